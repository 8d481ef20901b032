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
/**
 * A script that is carried out many times in one command, each time with keys and arguments of its own, and that one failure does not
 * keep from the others. It answers with a list for each: 1 and the answer, or 0 and what was wrong.
 */
export const scriptForMany = (lua: string): Script =>
  script(`
local function once(KEYS, ARGV)
${lua}
end
local function part(list, first, count)
  local taken = {}
  for index = 1, count do taken[index] = list[first + index] end
  return taken
end
local keys, args, answers = tonumber(ARGV[1]), tonumber(ARGV[2]), {}
for time = 0, #KEYS / keys - 1 do
  local done, answer = pcall(once, part(KEYS, time * keys, keys), part(ARGV, 2 + time * args, args))
  if done then answers[time + 1] = {1, answer}
  else answers[time + 1] = {0, type(answer) == 'table' and answer.err or tostring(answer)} end
end
return answers
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
   * For what nobody waits for, with a script for many: what comes within a quarter of a second for a company is one command. `args` is
   * asked for when that is sent.
   */
  scriptLater(
    script: Script,
    keys: readonly [string, ...string[]],
    args: () => readonly (string | number)[],
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
  let gathered = new Map<string, Gathered[]>()
  const sendGathered = (): void => {
    const groups = [...gathered.values()]
    gathered = new Map()
    for (const group of groups) void sendGroup(group, runScript)
  }
  return {
    run,
    script: runScript,
    scriptLater: (script, keys, args) =>
      new Promise((resolve, reject) => {
        if (gathered.size === 0) clock.after(gatherFor, sendGathered)
        const name = `${script.sha} ${hashTagOf(keys[0])}`
        const group = gathered.get(name) ?? []
        gathered.set(name, group)
        group.push({ script, keys, args, resolve, reject })
      }),
  }
}

interface Gathered {
  readonly script: Script
  readonly keys: readonly [string, ...string[]]
  readonly args: () => readonly (string | number)[]
  readonly resolve: (answer: unknown) => void
  readonly reject: (fault: Error) => void
}

/** Only keys with the same tag may be in one command. */
const hashTagOf = (key: string): string => /\{(.*?)\}/.exec(key)?.[1] ?? key

async function sendGroup(group: readonly Gathered[], run: Client['script']): Promise<void> {
  const [first] = group
  if (!first) return
  const [key, ...otherKeys] = one(group.map(({ keys }) => keys))
  const each = group.map(({ args }) => args())
  const args = [first.keys.length, each[0]?.length ?? 0, ...one(each)]
  try {
    const answers = (await run(
      first.script,
      [key ?? first.keys[0], ...otherKeys],
      args,
    )) as readonly Answered[]
    for (const [index, { keys, resolve, reject }] of group.entries()) {
      const [done, answer] = answers[index] ?? [0, 'no answer']
      if (done === 1) resolve(answer)
      else reject(translate(keys[0], new Error(String(answer))))
    }
  } catch (fault) {
    for (const { reject } of group) reject(fault as Error)
  }
}

/** All of them in one list: a quarter of a second of calls, for which `flat` takes a hundred times as long. */
function one<Item>(lists: readonly (readonly Item[])[]): readonly Item[] {
  const all: Item[] = []
  for (const list of lists) all.push(...list)
  return all
}

type Answered = readonly [done: 0 | 1, answer?: unknown]

/** Whatever is not about the record itself (connection, loading, out of memory, read-only, disk full) means: not available. */
function translate(key: string, fault: unknown): Error {
  if (fault instanceof StoreUnavailable || fault instanceof RecordUnreadable) return fault
  const problem = fault instanceof Error ? fault.message : String(fault)
  if (problem.includes('WRONGTYPE')) return new RecordUnreadable(key, 'it is of another type')
  return new StoreUnavailable(problem, { cause: fault })
}
