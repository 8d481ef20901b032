import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { requireFree } from './ports.js'
import { endLeftover, startProcess, untilReady, type RunningProcess } from './process.js'

export interface RedisSettings {
  /** Holds the append-only file, the pid file and the log. */
  readonly directory: string
  /** Loopback port. */
  readonly port: number
  /** Log file; default `redis.log` in the directory. */
  readonly log?: string
}

export interface RunningRedis extends RunningProcess {
  readonly url: string
}

/**
 * Starts a private Redis with an append-only file: every confirmed write is on the disk, and survives a kill of Redis and a loss of
 * power.
 *
 * @throws LauncherError when the port is taken or Redis does not come up
 */
export async function startRedis(settings: RedisSettings): Promise<RunningRedis> {
  const { directory, port } = settings
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const pidFile = join(directory, 'redis.pid')
  await endLeftover(pidFile)
  await requireFree({
    what: 'Redis',
    setting: 'VAXEL_REDIS_PORT',
    address: '127.0.0.1',
    port,
    kinds: ['tcp'],
  })
  const log = settings.log ?? join(directory, 'redis.log')
  const child = await startProcess({
    name: 'Redis',
    command: 'redis-server',
    arguments: redisArguments(directory, port),
    pidFile,
    log,
  })
  await untilReady(child, () => answersPing(port), 60_000, `Its log: ${log}`)
  return { ...child, url: `redis://127.0.0.1:${String(port)}` }
}

function redisArguments(directory: string, port: number): readonly string[] {
  return [
    ...['--bind', '127.0.0.1', '--port', String(port), '--dir', directory],
    ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
    // Facts are never thrown away to make room: a full memory refuses writes, loudly.
    ...['--maxmemory-policy', 'noeviction', '--daemonize', 'no'],
  ]
}

/** `+PONG` only after the append-only file has been read: while loading, Redis answers `-LOADING`. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1_000, () => {
      finish(false)
    })
    socket.once('data', (data) => {
      finish(data.toString().startsWith('+PONG'))
    })
    socket.once('error', () => {
      finish(false)
    })
  })
}
