import { createHash } from 'node:crypto'
import type { Redis, RedisOptions } from 'ioredis'
import type { Logger } from '../../ports/log.js'
import type { Clock } from '../../runtime/clock.js'
import { RecordUnreadable, StoreUnavailable } from '../../ports/stores.js'

/**
 * A command that gets no answer in this time is refused with `StoreUnavailable`. It leaves room for two commands in one
 * second, and the first to fail ends the operation.
 */
const commandTimeout = 700
const longestBackOff = 1000
/** With `commandTimeout` still within the second that the port allows. */
const gatherFor = 250

/** A Lua script: what stands in one file of scripts/. */
export interface Script {
  readonly lua: string
  readonly sha: string
}
export const script = (lua: string): Script => ({ lua, sha: createHash('sha1').update(lua).digest('hex') })

/** The one way to Redis: every fault comes out as an error of the port. */
export interface Client {
  /** `key` is named in the error if what is stored there is of the wrong type. */
  run<Result>(key: string, command: (redis: Redis) => Promise<Result>): Promise<Result>
  /** Runs a script by its digest, and sends it whole when the server does not know it (any more). `named` stands in errors for the first key. */
  script(
    script: Script,
    keys: readonly [string, ...string[]],
    args: readonly (string | number)[],
    named?: string,
  ): Promise<unknown>
  /** The same for what nobody waits for: sent within a quarter of a second, together with the others of that time. */
  scriptLater(
    script: Script,
    keys: readonly [string, ...string[]],
    args: readonly (string | number)[],
  ): Promise<unknown>
}

/**
 * Commands are refused at once while there is no connection, are never sent again by themselves (whoever sent them
 * decides that), and the connection is tried again for ever.
 */
export const connectionOptions = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  commandTimeout,
  // A server that accepts and never answers: the connection is given up and made anew.
  socketTimeout: 3 * commandTimeout,
  connectTimeout: 1000,
  retryStrategy: (attempt) => Math.min(25 * 2 ** Math.min(attempt, 10), longestBackOff),
  reconnectOnError: (fault) => fault.message.startsWith('READONLY'),
} satisfies RedisOptions

/** Tells the log once when the connection goes and once when it comes back, however often it is tried in between. */
export function watchConnection(redis: Redis, log: Logger): void {
  let away = false
  redis.on('error', (error: unknown) => {
    if (!away) log.warn('store connection failed', { error })
    away = true
  })
  redis.on('close', () => {
    if (!away) log.warn('store connection closed')
    away = true
  })
  redis.on('ready', () => {
    if (away) log.info('store connection is back')
    away = false
  })
}

export function createClient(redis: Redis, clock: Clock): Client {
  const run = async <Result>(key: string, command: (redis: Redis) => Promise<Result>): Promise<Result> => {
    try {
      return await command(redis)
    } catch (fault) {
      throw translate(key, fault)
    }
  }
  const runScript: Client['script'] = (script, keys, args, named = keys[0]) =>
    run(named, async () => {
      try {
        return await redis.evalsha(script.sha, keys.length, ...keys, ...args)
      } catch (fault) {
        if (!(fault instanceof Error) || !fault.message.startsWith('NOSCRIPT')) throw fault
        return await redis.eval(script.lua, keys.length, ...keys, ...args)
      }
    })
  // Commands of one turn of the event loop leave in one write: a write of its own for each costs more than the command.
  let gathered: (() => void)[] = []
  const send = (): void => {
    const waiting = gathered
    gathered = []
    const stream = redis.status === 'ready' ? redis.stream : undefined
    stream?.cork()
    for (const command of waiting) command()
    stream?.uncork()
  }
  return {
    run,
    script: runScript,
    scriptLater: (script, keys, args) =>
      new Promise((resolve, reject) => {
        if (gathered.length === 0) clock.after(gatherFor, send)
        gathered.push(() => {
          runScript(script, keys, args).then(resolve, reject)
        })
      }),
  }
}

/** Whatever is not about the record itself (connection, loading, out of memory, read-only, disk full) means: not available. */
function translate(key: string, fault: unknown): Error {
  if (fault instanceof StoreUnavailable || fault instanceof RecordUnreadable) return fault
  const problem = fault instanceof Error ? fault.message : String(fault)
  if (problem.includes('WRONGTYPE')) return new RecordUnreadable(key, 'it is of another type')
  return new StoreUnavailable(problem, { cause: fault })
}
