import type { Logger } from '../../ports/log.js'
import type { MissedCallStore } from '../../ports/stores.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { decode, encode, missedCallSchema, readable } from './records.js'
import { addMissedCall } from './scripts/add-missed-call.js'

export function missedCallStore(client: Client, log: Logger): MissedCallStore {
  return {
    add: (company, missed) =>
      client.later(
        company,
        addMissedCall,
        [keys.missedCalls(company, missed.person), keys.missedCallOrder(company, missed.person)],
        () => [missed.call, missed.at, encode(missed)],
      ),
    list: async (company, person, limit) => {
      const key = keys.missedCalls(company, person)
      const order = keys.missedCallOrder(company, person)
      if (limit < 1) return []
      const calls = await client.run(order, (redis) => redis.zrevrange(order, 0, limit - 1))
      if (calls.length === 0) return []
      const texts = await client.run(key, (redis) => redis.hmget(key, ...calls))
      return readable(log, texts, (text) => (text === null ? undefined : decode(missedCallSchema, key, text)))
    },
  }
}
