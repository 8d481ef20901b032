import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** A redis-server of the test's own: its port, its directory, every confirmed write on the disk. */
export interface PrivateRedis {
  readonly url: string
  /** Sends one command as an administrator would, on a connection of its own. */
  command(name: string, ...args: readonly (string | Buffer | number)[]): Promise<unknown>
  /** kill -9: the data stays on the disk. */
  kill(): Promise<void>
  /** Starts it again, on what is on the disk. */
  start(): Promise<void>
  /** Stops it from answering without closing anything, and lets it go on. */
  freeze(): void
  thaw(): void
  /** kill -9, removes everything on the disk, and starts it empty. */
  wipe(): Promise<void>
  /** Ends it for good and removes its directory. */
  stop(): Promise<void>
}

export interface RedisServerOptions {
  readonly port: number
  readonly appendfsync?: 'always' | 'everysec' | 'no'
  readonly executable?: string
}

export async function startRedis({
  port,
  appendfsync = 'always',
  executable = 'redis-server',
}: RedisServerOptions): Promise<PrivateRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'vaxel-redis-'))
  const url = `redis://127.0.0.1:${port}`
  let server: ChildProcess | undefined

  const start = async (): Promise<void> => {
    const output: string[] = []
    const child = spawn(
      executable,
      [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory],
        ...['--appendonly', 'yes', '--appendfsync', appendfsync, '--save', ''],
        ...['--daemonize', 'no', '--logfile', ''],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    server = child
    await new Promise<void>((resolve, reject) => {
      const hear = (chunk: Buffer): void => {
        output.push(chunk.toString())
        if (output.join('').includes('Ready to accept connections')) resolve()
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`redis-server ended (${code}): ${output.join('')}`)))
    })
  }
  const kill = async (): Promise<void> => {
    const child = server
    server = undefined
    if (child?.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
  const end = async (): Promise<void> => {
    await kill()
    await rm(directory, { recursive: true, force: true })
  }
  const onExit = (): void => void server?.kill('SIGKILL')
  process.once('exit', onExit)

  await start()
  return {
    url,
    command: async (name, ...args) => {
      const admin = new Redis(url, { lazyConnect: true, retryStrategy: null })
      await admin.connect()
      try {
        return await admin.call(name, ...args)
      } finally {
        admin.disconnect()
      }
    },
    kill,
    start,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    wipe: async () => {
      await kill()
      await rm(join(directory, 'appendonlydir'), { recursive: true, force: true })
      await start()
    },
    stop: async () => {
      process.removeListener('exit', onExit)
      await end()
    },
  }
}
