/**
 * `npm start`: runs Redis, Asterisk and Växel in the foreground until Ctrl-C. scripts/start has set up everything
 * before; scripts/test and the tests use the same parts through test/support/exchange.ts.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asteriskPlaces, startAsterisk, type AsteriskSettings } from './asterisk.js'
import { LauncherError } from './errors.js'
import { requireFree } from './ports.js'
import { startTime, type RunningProcess } from './process.js'
import { endLeftVaxel, keepVaxel } from './keep-vaxel.js'
import { projectDirectory } from '../project.js'
import { startRedis } from './redis.js'
import { loadSecrets, type Secrets } from './secrets.js'
import { bringOver, saidDirectories, type SaidDirectories } from './said.js'
import { readSettings, usage, type LauncherSettings } from './settings.js'
import { supervise, type Supervised } from './supervise.js'
import { untilVaxelReady, vaxelEnvironment } from './vaxel.js'

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Commands of the command line whose output belongs on the screen when the exchange is up. */
const shownWhenReady = ['phones', 'codes'] as const

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2), process.env)
  if (settings === 'help') {
    say(usage)
    return
  }
  const release = claim(settings.dataDirectory)
  const parts: Supervised[] = []
  const stopped = untilAskedToStop(parts)
  try {
    await Promise.race([startAll(settings, parts, stopped.signal), stopped.asked])
    await stopped.asked
  } finally {
    await stopAll(parts)
    release()
  }
  say('Stopped.')
}

async function startAll(settings: LauncherSettings, parts: Supervised[], stop: AbortSignal): Promise<void> {
  const secrets = loadSecrets(settings.dataDirectory)
  if (settings.lan) warnOfLan(settings)
  await endLeftVaxel(settings.dataDirectory)
  await requireHttpPort(settings)
  const logs = join(settings.dataDirectory, 'logs')

  const redis = {
    directory: join(settings.dataDirectory, 'redis'),
    port: settings.redisPort,
    log: join(logs, 'redis.log'),
  }
  await run(
    'Redis',
    parts,
    stop,
    keptRunning(() => startRedis(redis)),
  )

  const said = keepSaid(settings)
  const asterisk = asteriskSettings(settings, secrets, said, join(logs, 'asterisk.log'))
  await run(
    'Asterisk',
    parts,
    stop,
    keptRunning(() => startAsterisk(asterisk)),
  )

  const environment = environmentOf(settings, asterisk, said)
  const log = join(logs, 'vaxel.log')
  const vaxel = await run('Växel', parts, stop, () =>
    keepVaxel({
      vaxel: { environment, log: settings.verbose ? 'inherit' : log },
      directory: settings.dataDirectory,
      standby: settings.standby,
      report: say,
    }),
  )
  const first = vaxel.active()
  if (first !== undefined) await untilVaxelReady(first, settings.httpPort, log)
  stop.throwIfAborted()
  welcome(settings, environment, logs)
}

/** Registered before its first start, so that a Ctrl-C in the middle of it ends it too. */
async function run<Part extends Supervised>(
  name: string,
  parts: Supervised[],
  stop: AbortSignal,
  begin: () => Part,
): Promise<Part> {
  stop.throwIfAborted()
  say(`Starting ${name}`)
  const part = begin()
  parts.push(part)
  await part.ready
  return part
}

const keptRunning = (start: () => Promise<RunningProcess>) => (): Supervised =>
  supervise({ start, report: say })

/** Two data directories are two exchanges: each has its own Asterisk database. */
function instanceName(settings: LauncherSettings): string {
  return `main-${createHash('sha256').update(settings.dataDirectory).digest('hex').slice(0, 8)}`
}

function keepSaid(settings: LauncherSettings): SaidDirectories {
  const name = instanceName(settings)
  const said = saidDirectories(name, settings.dataDirectory)
  const moved = bringOver(name, said)
  if (moved > 0)
    say(`${String(moved)} recordings of earlier versions were moved to ${settings.dataDirectory}`)
  if (!said.safe) {
    say(
      `WARNING: this machine allows no mounts (unshare --mount). Messages are kept in ${said.recordings}, ` +
        'in a cache, and those of the data directory are not heard. In a container, give it CAP_SYS_ADMIN.',
    )
  }
  return said
}

function asteriskSettings(
  settings: LauncherSettings,
  secrets: Secrets,
  said: SaidDirectories,
  log: string,
): AsteriskSettings {
  return {
    name: instanceName(settings),
    recordings: said.recordings,
    sipAddress: settings.sipAddress,
    sipPort: settings.sipPort,
    ariPort: settings.ariPort,
    ariUser: 'vaxel',
    ariPassword: secrets.ariPassword,
    ariApp: 'vaxel',
    rtpPorts: settings.rtpPorts,
    log,
  }
}

function environmentOf(
  settings: LauncherSettings,
  asterisk: AsteriskSettings,
  said: SaidDirectories,
): Readonly<Record<string, string>> {
  return {
    ...vaxelEnvironment({
      asterisk: {
        ...asteriskPlaces(asterisk.name),
        ariUrl: `http://127.0.0.1:${String(settings.ariPort)}`,
      },
      said,
      ariUser: asterisk.ariUser,
      ariPassword: asterisk.ariPassword,
      ariApp: asterisk.ariApp,
      redisUrl: redisUrlOf(settings),
      httpPort: settings.httpPort,
      sip: { address: settings.sipAddress, port: settings.sipPort },
    }),
    VAXEL_COMPANIES: settings.companies.join(','),
    // Without a mail server given, mail is written to files.
    ...(process.env['VAXEL_MAIL_URL'] === undefined
      ? { VAXEL_MAIL_DIR: join(settings.dataDirectory, 'mail') }
      : {}),
  }
}

async function requireHttpPort(settings: LauncherSettings): Promise<void> {
  await requireFree({
    what: 'Växel',
    setting: 'VAXEL_HTTP_PORT',
    address: '127.0.0.1',
    port: settings.httpPort,
    kinds: ['tcp'],
  })
}

function warnOfLan(settings: LauncherSettings): void {
  say(
    `WARNING: SIP (${String(settings.sipPort)}) and RTP are open to the network of ${settings.sipAddress}. ` +
      'Speech and sign-in are not encrypted there. Do not let these ports be reached from the internet.',
  )
}

const redisUrlOf = ({ redisPort }: LauncherSettings): string => `redis://127.0.0.1:${String(redisPort)}`

function welcome(
  settings: LauncherSettings,
  environment: Readonly<Record<string, string>>,
  logs: string,
): void {
  for (const command of shownWhenReady) show(command, environment)
  say('')
  say(`SIP     ${settings.sipAddress}:${String(settings.sipPort)} (udp, tcp)`)
  say(`WebRTC  ws://127.0.0.1:${String(settings.ariPort)}/ws`)
  say(`HTTP    http://127.0.0.1:${String(settings.httpPort)}`)
  // `bin/vaxel` in another terminal knows the usual port only.
  say(`Redis   VAXEL_REDIS_URL=${redisUrlOf(settings)}`)
  say(`Logs    ${logs}`)
  say('Ready. Ctrl-C stops everything.')
}

function show(command: string, environment: Readonly<Record<string, string>>): void {
  const program = join(projectDirectory, 'dist/cli/main.js')
  if (!existsSync(program)) return
  say('')
  try {
    execFileSync(process.execPath, [program, command], {
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    })
  } catch {
    say(`(vaxel ${command} failed: see above)`)
  }
}

interface AskedToStop {
  readonly asked: Promise<void>
  readonly signal: AbortSignal
}

/** Resolves `asked` at the first Ctrl-C or SIGTERM; a second one ends everything at once. */
function untilAskedToStop(parts: readonly Supervised[]): AskedToStop {
  const controller = new AbortController()
  let times = 0
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        times += 1
        if (times === 1) {
          say('\nStopping Växel, Asterisk and Redis. Ctrl-C again ends them at once.')
          controller.abort()
          resolve()
        } else {
          for (const part of parts) void part.stop(true)
        }
      })
    }
  })
  return { asked, signal: controller.signal }
}

/** In reverse order of their start: Växel first, so that it sees Asterisk and Redis to its end. */
async function stopAll(parts: Supervised[]): Promise<void> {
  for (const part of parts.reverse()) await part.stop()
}

/** One launcher for a data directory. The pid file of a killed one is taken over. */
function claim(dataDirectory: string): () => void {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  const file = join(dataDirectory, 'launcher.pid')
  const [pid, since] = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : []
  if (pid !== undefined && since !== undefined && startTime(Number(pid)) === since) {
    throw new LauncherError(
      `the exchange of ${dataDirectory} runs already (process ${pid}). Stop it with Ctrl-C there, or with: kill ${pid}. ` +
        'A second exchange needs another directory (--data) and other ports.',
    )
  }
  writeFileSync(file, `${String(process.pid)} ${startTime(process.pid) ?? ''}\n`)
  return () => {
    rmSync(file, { force: true })
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(error instanceof LauncherError ? `\n${error.message}\n` : `${String(error)}\n`)
    process.exit(1)
  },
)
