import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, existsSync, linkSync, lchownSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LauncherError } from './errors.js'
import { asteriskUser, chrootCommand, withMount } from './chroot.js'
import { requireFree } from './ports.js'
import { endLeftover, startProcess, untilReady, type RunningProcess } from './process.js'
import { projectDirectory } from '../project.js'
import { asteriskRoot } from './project.js'

export interface AsteriskSettings {
  /** Names the instance: its directories are `<root>/srv/vaxel/<name>`. Letters, digits and hyphens. */
  readonly name: string
  /** Address SIP and RTP bind to. */
  readonly sipAddress: string
  readonly sipPort: number
  /** ARI and WebRTC signalling, always on loopback. */
  readonly ariPort: number
  readonly ariUser: string
  readonly ariPassword: string
  readonly ariApp: string
  readonly rtpPorts: PortRange
  /** Where recordings are to be, as the host sees it: outside of the instance, or its spool directory. */
  readonly recordings: string
  /** Also loads Asterisk's own queue, conference, spy and parking applications, to measure against. */
  readonly benchmarkModules?: boolean
  /** Standard output of Asterisk; default `log/console` in the instance's directory. */
  readonly log?: string
}

export interface PortRange {
  readonly first: number
  readonly last: number
}

/** Where an instance keeps its things, on the host and as Asterisk sees the same directories. */
export interface AsteriskPlaces {
  readonly root: string
  readonly directory: string
  readonly pathInside: string
  readonly soundsDirectory: string
  readonly soundsPath: string
  /** Where Asterisk writes recordings, unless another directory is mounted over it. */
  readonly spoolDirectory: string
}

export interface RunningAsterisk extends RunningProcess, AsteriskPlaces {
  /** `http://127.0.0.1:PORT` */
  readonly ariUrl: string
  /** What `asterisk -rx LINE` prints. */
  readonly command: (line: string) => Promise<string>
}

export function asteriskPlaces(name: string): AsteriskPlaces {
  if (!/^[A-Za-z0-9-]{1,40}$/.test(name))
    throw new LauncherError(`instance name ${JSON.stringify(name)} is not usable`)
  const root = asteriskRoot()
  const pathInside = `/srv/vaxel/${name}`
  const directory = join(root, pathInside)
  return {
    root,
    directory,
    pathInside,
    soundsDirectory: join(directory, 'sounds'),
    soundsPath: `${pathInside}/sounds`,
    spoolDirectory: join(directory, 'spool/recording'),
  }
}

/**
 * Starts Asterisk in its chroot and waits until ARI answers and all modules are loaded (about half a second).
 * What an earlier run of the same name left running is ended first; its database and recordings are kept.
 *
 * @throws LauncherError when a port is taken, set-up has not run, or Asterisk does not come up
 */
export async function startAsterisk(settings: AsteriskSettings): Promise<RunningAsterisk> {
  const places = asteriskPlaces(settings.name)
  const pidFile = join(places.directory, 'asterisk.pid')
  await endLeftover(pidFile)
  await requirePorts(settings)
  makeDirectories(places)
  mkdirSync(settings.recordings, { recursive: true })
  renderConfiguration(settings, places)
  handOver(places.directory, settings.recordings)
  const log = settings.log ?? join(places.directory, 'log/console')
  const configuration = `${places.pathInside}/etc/asterisk.conf`
  const inRoot = chrootCommand(places.root)
  const [command, ...words] =
    settings.recordings === places.spoolDirectory
      ? inRoot
      : ([...withMount(settings.recordings, places.spoolDirectory), ...inRoot] as const)
  const child = await startProcess({
    name: 'Asterisk',
    command,
    arguments: [...words, '/usr/sbin/asterisk', '-C', configuration, '-f'],
    environment: { TERM: 'dumb', LC_ALL: 'C.UTF-8' },
    directory: '/',
    pidFile,
    log,
  })
  const ariUrl = `http://127.0.0.1:${String(settings.ariPort)}`
  const run = promisify(execFile)
  const rx = async (line: string): Promise<string> => {
    const [enter, ...before] = inRoot
    const result = await run(enter, [...before, '/usr/sbin/asterisk', '-C', configuration, '-rx', line], {
      maxBuffer: 64 * 1024 * 1024,
    })
    return result.stdout
  }
  await untilReady(child, () => ariAnswers(ariUrl, settings), 90_000, `Its log: ${log}`)
  await rx('core waitfullybooted')
  return { ...child, ...places, ariUrl, command: rx }
}

async function requirePorts(settings: AsteriskSettings): Promise<void> {
  await requireFree({
    what: 'SIP',
    setting: 'VAXEL_SIP_PORT',
    address: settings.sipAddress,
    port: settings.sipPort,
    kinds: ['udp', 'tcp'],
  })
  await requireFree({
    what: 'Asterisk REST interface',
    setting: 'VAXEL_ARI_PORT',
    address: '127.0.0.1',
    port: settings.ariPort,
    kinds: ['tcp'],
  })
  // Asterisk looks for free RTP ports by itself; a range whose first port is taken is likely somebody else's.
  await requireFree({
    what: 'first RTP port',
    setting: 'VAXEL_RTP_PORTS',
    address: settings.sipAddress,
    port: settings.rtpPorts.first,
    kinds: ['udp'],
  })
}

function makeDirectories(places: AsteriskPlaces): void {
  for (const name of ['etc', 'run', 'spool/recording', 'log', 'db/keys', 'sounds']) {
    mkdirSync(join(places.directory, name), { recursive: true })
  }
  // The sounds rendered at set-up, shared by all instances: hard links, so that a start costs no copying.
  linkTree(join(places.root, 'srv/vaxel/sounds'), places.soundsDirectory)
}

/** Files of `from` that are missing in `to` become hard links. A changed file must be replaced by rename, never in place. */
function linkTree(from: string, to: string): void {
  if (!existsSync(from)) return
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkTree(source, target)
    else if (!existsSync(target)) linkSync(source, target)
  }
}

function renderConfiguration(settings: AsteriskSettings, places: AsteriskPlaces): void {
  const script = join(projectDirectory, 'asterisk-conf/render')
  try {
    execFileSync('sh', [script, join(places.directory, 'etc'), places.root], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        VAXEL_ASTERISK_HOME: places.pathInside,
        VAXEL_SIP_ADDRESS: settings.sipAddress,
        VAXEL_SIP_PORT: String(settings.sipPort),
        VAXEL_ARI_ADDRESS: '127.0.0.1',
        VAXEL_ARI_PORT: String(settings.ariPort),
        VAXEL_ARI_USER: settings.ariUser,
        VAXEL_ARI_PASSWORD: settings.ariPassword,
        VAXEL_ARI_APP: settings.ariApp,
        VAXEL_RTP_PORTS: `${String(settings.rtpPorts.first)}-${String(settings.rtpPorts.last)}`,
        VAXEL_BENCH_MODULES: settings.benchmarkModules === true ? 'yes' : 'no',
      },
    })
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : ''
    throw new LauncherError(`the Asterisk configuration could not be written: ${said}`, { cause })
  }
}

/** Gives the instance's directories and the recordings to Asterisk's user. The sounds stay ours: Asterisk only reads them. */
function handOver(directory: string, recordings: string): void {
  if (process.getuid?.() !== 0) return
  chmodSync(directory, 0o755)
  for (const name of ['etc', 'run', 'spool', 'log', 'db']) own(join(directory, name))
  own(recordings)
}

function own(path: string): void {
  lchownSync(path, asteriskUser, asteriskUser)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) own(inner)
    else lchownSync(inner, asteriskUser, asteriskUser)
  }
}

async function ariAnswers(url: string, settings: AsteriskSettings): Promise<boolean> {
  const secret = Buffer.from(`${settings.ariUser}:${settings.ariPassword}`).toString('base64')
  try {
    const response = await fetch(`${url}/ari/asterisk/info?only=status`, {
      headers: { authorization: `Basic ${secret}` },
      signal: AbortSignal.timeout(2_000),
    })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

/** Removes everything an instance owns. It must not run any more. */
export function removeInstance(name: string): void {
  rmSync(asteriskPlaces(name).directory, { recursive: true, force: true })
}
