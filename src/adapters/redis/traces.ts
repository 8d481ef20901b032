import type { CallId } from '../../domain/ids.js'
import type { Logger } from '../../ports/log.js'
import type { TraceStore } from '../../ports/stores.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { decode, encode, readable, traceEntrySchema } from './records.js'
import { appendTrace } from './scripts/append-trace.js'

/** Traces are for finding out, not for keeping: they go after 30 days, or when 20 000 newer calls were traced. */
export function traceStore(client: Client, log: Logger): TraceStore {
  return {
    append: (company, call, ...entries) => {
      const last = entries.at(-1)
      if (!last) return Promise.resolve()
      const names: readonly [string, string] = [keys.trace(company, call), keys.traces(company)]
      return client.gather('soon', company, appendTrace, names, () => [
        call,
        last.at,
        entries.map(encode).join('\n'),
      ])
    },
    read: async (company, call) => {
      const key = keys.trace(company, call)
      const lines = await client.run(key, (redis) => redis.lrange(key, 0, -1))
      return readable(log, lines, (line) => decode(traceEntrySchema, key, line))
    },
    recent: async (company, limit) => {
      const key = keys.traces(company)
      if (limit < 1) return []
      return (await client.run(key, (redis) => redis.zrevrange(key, 0, limit - 1))) as CallId[]
    },
  }
}
