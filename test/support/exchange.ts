import { readdirSync, readFileSync, existsSync, mkdirSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import {
  asteriskPlaces,
  removeInstance,
  startAsterisk,
  type AsteriskPlaces,
  type PortRange,
  type RunningAsterisk,
} from '../../src/launcher/asterisk.js'
import { endLeftover, startTime, type RunningProcess } from '../../src/launcher/process.js'
import { asteriskRoot } from '../../src/launcher/project.js'
import { saidDirectories, type SaidDirectories } from '../../src/launcher/said.js'
import { startRedis } from '../../src/launcher/redis.js'
import { startVaxel, untilVaxelReady, vaxelEnvironment, type VaxelPlan } from '../../src/launcher/vaxel.js'
import { ahead } from './ahead.js'
import { keptPart, type KeptPart } from './kept-vaxel.js'

/**
 * A whole exchange on loopback for one test file: Redis and Asterisk, and Växel when asked for. Several run side by
 * side, in one process or many: each holds its own block of ports by listening on the first of them.
 */
export interface Exchange {
  readonly name: string
  readonly ports: ExchangePorts
  readonly sip: { readonly address: string; readonly port: number }
  readonly ari: {
    readonly url: string
    readonly user: string
    readonly password: string
    readonly app: string
  }
  readonly redisUrl: string
  /** Instance, sounds and recordings directories, on the host and as Asterisk sees them. */
  readonly places: AsteriskPlaces
  /** Where recordings and own names are. */
  readonly said: SaidDirectories
  /** The environment Växel (and its command line) needs to work with this exchange. */
  readonly environment: Readonly<Record<string, string>>
  readonly asterisk: Part
  readonly redis: Part
  readonly vaxel: Part
  /** The same part, if it is `kept`. */
  readonly kept?: KeptPart
  /** What `asterisk -rx COMMAND` prints. */
  asteriskCli(command: string): Promise<string>
  /** One ARI request over HTTP; `path` begins after `/ari`, `body` is sent as JSON. Never throws for a status. */
  rest(method: string, path: string, body?: unknown): Promise<RestAnswer>
  /** The end of every log, to be shown when a test fails. */
  logs(lines?: number): string
  /** Stops all parts (Växel, Asterisk, Redis) and removes everything, logs included. */
  stop(): Promise<void>
}

export interface RestAnswer {
  readonly status: number
  /** Parsed JSON, or undefined when the answer had no body. */
  readonly body: unknown
}

export interface ExchangePorts {
  readonly base: number
  readonly sip: number
  readonly ari: number
  readonly redis: number
  readonly http: number
  /** Four ports for whatever else a test listens on: an SMTP server, a web hook. */
  readonly spare: readonly [number, number, number, number]
  /** SIP ports for phones, every second one: a phone may also take the port above (baresip does). */
  readonly phones: readonly number[]
  /** The same ports as a range in which phones look for free ones by themselves. */
  readonly phoneRange: { readonly from: number; readonly to: number }
  readonly rtp: PortRange
}

/** One process of the exchange, which a test may kill and start again. */
export interface Part {
  readonly pid: number | undefined
  /** Starts it and waits until it is ready; nothing happens when it runs. */
  start(): Promise<void>
  /** SIGKILL; settles when it is gone. */
  kill(): Promise<void>
  /** SIGTERM; settles when it is gone. */
  stop(): Promise<void>
  /** `kill` and `start`. */
  restart(): Promise<void>
}

export interface ExchangeOptions {
  /** First port of the block of 260; default: a free block between 30000 and 32600. */
  readonly base?: number
  /** Other RTP ports than the 200 of the block: a load test needs more. */
  readonly rtp?: PortRange
  /** Starts `dist/main.js` too, which scripts/test has built. Default false. */
  readonly vaxel?: boolean
  /** Waits until Växel answers on `/ready`. Default true. */
  readonly waitForVaxel?: boolean
  /** The data directory: what people said. Default: in the instance, removed with it. */
  readonly data?: string
  /** More of Växel's environment, for example VAXEL_COMPANIES. */
  readonly environment?: Readonly<Record<string, string>>
  /** The same, asked at each start of Växel, with what it would be given without. */
  readonly atStart?: (environment: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
  /** Another compiled main program than `dist/main.js`. */
  readonly main?: string
  /** Växel is kept running as by `npm start`, with a process that stands by or without one; `kill` then kills the active one. */
  readonly kept?: 'with standby' | 'alone'
  /** Its processes go before this one (default): a benchmark measures them as equals. */
  readonly ahead?: boolean
  /** Loads Asterisk's own queue, conference and parking applications. */
  readonly benchmarkModules?: boolean
}

const address = '127.0.0.1'
const blockSize = 260
const firstBlock = 30_000
const blocks = 10
let count = 0

export async function startExchange(options: ExchangeOptions = {}): Promise<Exchange> {
  await removeLeftovers()
  const guard = await takeBlock(options.base)
  const ports = layOut(guard.base, options.rtp)
  const name = `test-${String(process.pid)}-${startTime(process.pid) ?? '0'}-${String(++count)}`
  const exchange = build(name, ports, options, guard.server)
  try {
    await Promise.all([exchange.redis.start(), exchange.asterisk.start()])
    if (options.vaxel === true) await exchange.vaxel.start()
    return exchange
  } catch (error) {
    const logs = exchange.logs()
    await exchange.stop()
    throw new Error(`the exchange did not start\n${logs}`, { cause: error })
  }
}

function build(name: string, ports: ExchangePorts, options: ExchangeOptions, guard: Server): Exchange {
  const places = asteriskPlaces(name)
  const said = saidDirectories(name, options.data ?? join(places.directory, 'data'))
  mkdirSync(places.directory, { recursive: true })
  const ari = {
    url: `http://${address}:${String(ports.ari)}`,
    user: 'vaxel',
    password: randomBytes(18).toString('base64url'),
    app: 'vaxel',
  }
  const redisUrl = `redis://${address}:${String(ports.redis)}`
  const environment = {
    ...vaxelEnvironment({
      asterisk: { ...places, ariUrl: ari.url },
      said,
      ariUser: ari.user,
      ariPassword: ari.password,
      ariApp: ari.app,
      redisUrl,
      httpPort: ports.http,
      sip: { address, port: ports.sip },
    }),
    VAXEL_MAIL_DIR: join(places.directory, 'mail'),
    ...options.environment,
  }
  const logDirectory = join(places.directory, 'logs')
  const log = (part: string): string => join(logDirectory, `${part}.log`)

  const part = options.ahead === false ? equalPart : partAhead
  const redis = part(() =>
    startRedis({ directory: join(places.directory, 'redis'), port: ports.redis, log: log('redis') }),
  )
  const asterisk = part<RunningAsterisk>(() =>
    startAsterisk({
      name,
      sipAddress: address,
      sipPort: ports.sip,
      ariPort: ports.ari,
      ariUser: ari.user,
      ariPassword: ari.password,
      ariApp: ari.app,
      rtpPorts: ports.rtp,
      recordings: said.recordings,
      benchmarkModules: options.benchmarkModules ?? false,
      log: log('asterisk'),
    }),
  )
  const vaxelPlan = (): Pick<VaxelPlan, 'environment' | 'main' | 'log'> => ({
    environment: { ...environment, ...options.atStart?.(environment) },
    ...(options.main === undefined ? {} : { main: options.main }),
    log: log('vaxel'),
  })
  const untilReady = async (child: RunningProcess): Promise<void> => {
    if (options.waitForVaxel !== false) await untilVaxelReady(child, ports.http, log('vaxel'))
  }
  const kept =
    options.kept !== undefined
      ? keptPart({
          vaxel: vaxelPlan(),
          directory: places.directory,
          standby: options.kept === 'with standby',
          begin: options.ahead === false ? (start) => start() : ahead,
          untilReady,
        })
      : undefined
  const vaxel =
    kept ??
    part(async () => {
      const child = await startVaxel({ ...vaxelPlan(), pidFile: join(places.directory, 'vaxel.pid') })
      await untilReady(child)
      return child
    })

  return {
    name,
    ports,
    sip: { address, port: ports.sip },
    ari,
    redisUrl,
    places,
    said,
    environment,
    asterisk,
    redis,
    vaxel,
    ...(kept === undefined ? {} : { kept }),
    asteriskCli: async (command) => {
      const running = asterisk.running()
      if (running === undefined) throw new Error('Asterisk does not run')
      return running.command(command)
    },
    rest: (method, path, body) => rest(ari, method, path, body),
    logs: (lines = 60) => tails(logDirectory, lines),
    stop: async () => {
      await vaxel.stop()
      await asterisk.stop()
      await redis.stop()
      removeInstance(name)
      guard.close()
    },
  }
}

interface StartedPart<Running extends RunningProcess> extends Part {
  running(): Running | undefined
}

const partAhead = <Running extends RunningProcess>(start: () => Promise<Running>): StartedPart<Running> =>
  equalPart(() => ahead(start))

function equalPart<Running extends RunningProcess>(start: () => Promise<Running>): StartedPart<Running> {
  let current: Running | undefined
  const running = (): Running | undefined => (current?.exit() === undefined ? current : undefined)
  const begin = async (): Promise<void> => {
    if (running() === undefined) current = await start()
  }
  const kill = async (): Promise<void> => {
    current?.signal('SIGKILL')
    await current?.ended
  }
  return {
    get pid() {
      return running()?.pid
    },
    running,
    start: begin,
    kill,
    stop: async () => {
      await current?.stop()
    },
    restart: async () => {
      await kill()
      await begin()
    },
  }
}

async function rest(ari: Exchange['ari'], method: string, path: string, body?: unknown): Promise<RestAnswer> {
  const response = await fetch(`${ari.url}/ari${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${ari.user}:${ari.password}`).toString('base64')}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : parseJson(text) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function tails(directory: string, lines: number): string {
  if (!existsSync(directory)) return '(no logs)'
  return readdirSync(directory)
    .map((file) => {
      const text = readFileSync(join(directory, file), 'utf8').trimEnd()
      return `--- ${file}\n${text.split('\n').slice(-lines).join('\n')}`
    })
    .join('\n')
}

function layOut(base: number, rtp: PortRange | undefined): ExchangePorts {
  return {
    base,
    sip: base + 2,
    ari: base + 3,
    redis: base + 4,
    http: base + 5,
    spare: [base + 6, base + 7, base + 8, base + 9],
    phones: Array.from({ length: 25 }, (_, index) => base + 10 + 2 * index),
    phoneRange: { from: base + 10, to: base + 59 },
    rtp: rtp ?? { first: base + 60, last: base + blockSize - 1 },
  }
}

interface Guard {
  readonly base: number
  readonly server: Server
}

/** A block belongs to whoever listens on its first port; a killed test run gives it back by dying. */
async function takeBlock(wanted: number | undefined): Promise<Guard> {
  const candidates =
    wanted === undefined
      ? Array.from({ length: blocks }, (_, index) => firstBlock + index * blockSize)
      : [wanted]
  for (const base of candidates) {
    const server = await listen(base)
    if (server === undefined) continue
    if (await areFree([base + 3, base + 4, base + 5])) return { base, server }
    // Its owner was killed, and what it had started still runs.
    server.close()
  }
  throw new Error(`no block of ports is free: ${candidates.join(', ')}`)
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  const servers = await Promise.all(ports.map(listen))
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((closed) =>
          server
            ? server.close(() => {
                closed()
              })
            : closed(),
        ),
    ),
  )
  return servers.every((server) => server !== undefined)
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.unref()
    server.once('error', () => {
      resolve(undefined)
    })
    server.listen(port, address, () => {
      resolve(server)
    })
  })
}

/** Ends and removes what killed test runs left behind; instances of living runs are not touched. */
async function removeLeftovers(): Promise<void> {
  const instances = join(asteriskRoot(), 'srv/vaxel')
  if (!existsSync(instances)) return
  for (const name of readdirSync(instances)) {
    const owner = /^test-(\d+)-(\d+)-\d+$/.exec(name)
    if (owner === null || startTime(Number(owner[1])) === owner[2]) continue
    const { directory } = asteriskPlaces(name)
    for (const pidFile of ['vaxel.pid', 'vaxel-2.pid', 'asterisk.pid', 'redis/redis.pid'])
      await endLeftover(join(directory, pidFile))
    removeInstance(name)
  }
}
