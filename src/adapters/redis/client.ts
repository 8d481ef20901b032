import { createHash } from 'node:crypto'
import type { Redis, RedisOptions } from 'ioredis'
import type { Logger } from '../../ports/log.js'
import type { CompanyId, Milliseconds } from '../../domain/ids.js'
import type { Clock } from '../../runtime/clock.js'
import { RecordUnreadable, StoreUnavailable } from '../../ports/stores.js'

/**
 * A command that gets no answer in this time is refused with `StoreUnavailable`. It leaves room for two commands in one
 * second, and the first to fail ends the operation.
 */
const commandTimeout = 700
const longestBackOff = 1000
/** A command costs as much as a dozen of the calls in it. */
const gatherFor: Milliseconds = 1_000
/** So many do not wait any longer: the command keeps Redis, and writing it keeps us, for a millisecond or two. */
const fullAt = 100

/** A Lua script: what stands in one file of scripts/. */
export interface Script {
  readonly lua: string
  readonly sha: string
}
/** What is carried out together with others in one command. Its answer is not looked at, and it keeps nothing global. */
export interface Part {
  /** So many of KEYS and of ARGV are its own. */
  readonly keys: number
  readonly args: number
  readonly lua: string
}
/**
 * Carries out any number of parts, one after the other, each with keys and arguments of its own behind its number; the failure of one does not
 * keep the others from being carried out. Answers with two words for each that failed: its place among them, from 0, and what was wrong.
 */
const scriptOf = (parts: readonly Part[]): Script =>
  script(`
local parts = {
${parts.map(({ keys, args, lua }) => `{${String(keys)}, ${String(args)}, function(KEYS, ARGV)\n${lua}\nend},`).join('\n')}
}
local function slice(list, first, count)
  local taken = {}
  for index = 1, count do taken[index] = list[first + index] end
  return taken
end
local key, arg, place, faults = 0, 0, 0, {}
while arg < #ARGV do
  local keys, args, once = unpack(parts[tonumber(ARGV[arg + 1])])
  local done, fault = pcall(once, slice(KEYS, key, keys), slice(ARGV, arg + 1, args))
  if not done then
    faults[#faults + 1] = tostring(place)
    faults[#faults + 1] = type(fault) == 'table' and fault.err or tostring(fault)
  end
  key, arg, place = key + keys, arg + 1 + args, place + 1
end
return faults
`)
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
  /**
   * Sent within a second, or at once for whoever waits for it, with all that waits for the company until then: it is one command, carried out
   * in this order. `args` is asked for when that is sent.
   */
  gather(
    when: 'soon' | 'now',
    company: CompanyId,
    part: Part,
    keys: readonly [string, ...string[]],
    args: () => readonly (string | number)[],
  ): Promise<void>
  /** Sends what waits; settles when it is written or has failed. */
  readonly flush: () => Promise<void>
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

/** `parts`: all that may be gathered; for how long, in milliseconds. */
export function createClient(
  redis: Redis,
  clock: Clock,
  parts: readonly Part[],
  longest: Milliseconds = gatherFor,
): Client {
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
  const together = scriptOf(parts)
  /** Only keys of one company may be in one command. */
  let gathered = new Map<CompanyId, Gathered[]>()
  let count = 0
  let stopWaiting = (): void => undefined
  const flush = async (): Promise<void> => {
    stopWaiting()
    const groups = [...gathered.values()]
    gathered = new Map()
    count = 0
    await Promise.all(groups.map((group) => sendGroup(group, together, runScript)))
  }
  const flushIn = (delay: Milliseconds): void => {
    stopWaiting()
    stopWaiting = clock.after(delay, () => void flush())
  }
  return {
    run,
    script: runScript,
    flush,
    gather: (when, company, part, keys, args) =>
      new Promise((resolve, reject) => {
        const one = { number: parts.indexOf(part) + 1, keys, args, resolve, reject }
        const group = gathered.get(company)
        if (group) group.push(one)
        else gathered.set(company, [one])
        count += 1
        // Not here and now: what comes in the same moment goes with it, and a call that is being told is not kept waiting.
        if (when === 'now' || count === fullAt) flushIn(0)
        else if (count === 1) flushIn(longest)
      }),
  }
}

interface Gathered {
  /** Of its part, from 1. */
  readonly number: number
  readonly keys: readonly [string, ...string[]]
  readonly args: () => readonly (string | number)[]
  readonly resolve: () => void
  readonly reject: (fault: Error) => void
}

async function sendGroup(group: readonly Gathered[], together: Script, run: Client['script']): Promise<void> {
  const keys: string[] = []
  const args: (string | number)[] = []
  // One after the other: `flat` and `flatMap` cost a hundred times as much.
  for (const one of group) {
    keys.push(...one.keys)
    args.push(one.number, ...one.args())
  }
  const [first = '', ...others] = keys
  try {
    const faults = (await run(together, [first, ...others], args)) as readonly string[]
    for (let index = 0; index < faults.length; index += 2) {
      const failed = group[Number(faults[index])]
      failed?.reject(translate(failed.keys[0], new Error(faults[index + 1])))
    }
    for (const { resolve } of group) resolve()
  } catch (fault) {
    for (const { reject } of group) reject(fault as Error)
  }
}

/** Whatever is not about the record itself (connection, loading, out of memory, read-only, disk full) means: not available. */
function translate(key: string, fault: unknown): Error {
  if (fault instanceof StoreUnavailable || fault instanceof RecordUnreadable) return fault
  const problem = fault instanceof Error ? fault.message : String(fault)
  if (problem.includes('WRONGTYPE')) return new RecordUnreadable(key, 'it is of another type')
  return new StoreUnavailable(problem, { cause: fault })
}
