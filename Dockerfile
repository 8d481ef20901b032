# The exchange as three images on one base. `npm run test:images` builds exactly this file and makes a call through it.
#
#   docker compose build        all three (see docker-compose.yml)
#
# Targets: redis, asterisk, vaxel. All run as the same unprivileged user, because Asterisk writes recordings that Växel
# reads and Växel writes sounds that Asterisk plays.

FROM debian:sid-slim AS base
ENV LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
# 64088 is what the launcher uses too (src/launcher/asterisk.ts).
RUN groupadd --gid 64088 vaxel \
 && useradd --uid 64088 --gid 64088 --home-dir /srv/vaxel --no-create-home --shell /usr/sbin/nologin vaxel \
 && install -d -o vaxel -g vaxel /srv/vaxel


FROM base AS redis
RUN apt-get update \
 && apt-get install -y --no-install-recommends redis-server \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o vaxel -g vaxel /srv/vaxel/redis
COPY docker/redis /opt/vaxel/docker/
USER vaxel
ENTRYPOINT ["/opt/vaxel/docker/redis"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD redis-cli -p "${VAXEL_REDIS_PORT:-6390}" ping | grep -qx PONG


FROM base AS asterisk
COPY scripts/packages/asterisk.txt /opt/vaxel/scripts/packages/
RUN apt-get update \
 && sed 's/#.*//' /opt/vaxel/scripts/packages/asterisk.txt | xargs apt-get install -y --no-install-recommends \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o vaxel -g vaxel \
      /srv/vaxel/sounds /srv/vaxel/asterisk /srv/vaxel/asterisk/spool /srv/vaxel/asterisk/spool/recording
COPY asterisk-conf /opt/vaxel/asterisk-conf
COPY dialplans /opt/vaxel/dialplans
COPY docker/asterisk docker/asterisk-healthy /opt/vaxel/docker/
USER vaxel
ENTRYPOINT ["/opt/vaxel/docker/asterisk"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD /opt/vaxel/docker/asterisk-healthy


FROM base AS node
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates espeak-ng nodejs sox \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/vaxel


FROM node AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends npm \
 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-progress --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/bundle.js scripts/bundle.js
COPY src src
COPY prompts prompts
COPY bin bin
COPY company company
RUN npm run build \
 && npm prune --omit=dev --no-progress --ignore-scripts \
 && mkdir /made \
 && mv package.json node_modules dist prompts bin company /made
# What was rendered in an earlier build is kept beside the image: a changed program does not speak everything again.
RUN --mount=type=cache,target=/var/cache/sounds \
    VAXEL_SOUNDS_DIR=/var/cache/sounds node /made/dist/cli/main.js prompts \
 && cp -R /var/cache/sounds /made/sounds


FROM node AS vaxel
COPY --from=build /made ./
COPY docker/vaxel docker/vaxel-healthy docker/
RUN ln -s /opt/vaxel/bin/vaxel /usr/local/bin/vaxel \
 && install -d -o vaxel -g vaxel /srv/vaxel/sounds /srv/vaxel/recordings /srv/vaxel/own /srv/vaxel/mail
USER vaxel
ENV NODE_ENV=production \
    VAXEL_SOUNDS_DIR=/srv/vaxel/sounds \
    VAXEL_SOUNDS_PATH=/srv/vaxel/sounds \
    VAXEL_RECORDINGS_DIR=/srv/vaxel/recordings \
    VAXEL_OWN_DIR=/srv/vaxel/own \
    VAXEL_MAIL_DIR=/srv/vaxel/mail
ENTRYPOINT ["/opt/vaxel/docker/vaxel"]
# /health answers as long as the process lives; whether calls can be taken is /ready.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD /opt/vaxel/docker/vaxel-healthy
