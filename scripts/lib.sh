# Shared by the scripts in this directory; sourced by bash.
set -euo pipefail

project=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$project"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vaxel

say() { printf '%s\n' "$*"; }

# fail WHAT_HAPPENED WHAT_TO_DO
fail() {
  printf '\nFailed: %s\n' "$1" >&2
  printf 'What to do: %s\n' "$2" >&2
  exit 1
}

# The packages of a list: one a line, # begins a comment.
packages_of() { sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "scripts/packages/$1.txt"; }

# Where the launcher looks for it too (src/launcher/project.ts).
asterisk_root() { printf '%s/asterisk-%s\n' "$cache" "$(sha256sum < scripts/packages/asterisk.txt | cut -c1-12)"; }

# Runs a command as root: directly or with sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; return; fi
  command -v sudo > /dev/null || fail "root rights are needed for: $*" 'run this as root, or install sudo'
  sudo "$@"
}

# Runs a long command quietly, showing that it lives; its output is shown only when it fails.
# quietly WHAT_TO_DO COMMAND...
quietly() {
  local advice=$1 log started pid
  shift
  log=$(mktemp)
  started=$SECONDS
  "$@" > "$log" 2>&1 < /dev/null &
  pid=$!
  while kill -0 "$pid" 2> /dev/null; do
    if [ -t 1 ]; then printf '\r      %3d s ' $((SECONDS - started)); fi
    sleep 0.2
  done
  if [ -t 1 ]; then printf '\r'; fi
  if wait "$pid"; then
    say "      done in $((SECONDS - started)) s"
    rm -f "$log"
  else
    tail -n 30 "$log" >&2
    rm -f "$log"
    fail "$*" "$advice"
  fi
}
