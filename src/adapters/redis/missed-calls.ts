import type { CompanyId } from '../../domain/ids.js'
import type { Logger } from '../../ports/log.js'
import type { MissedCall, MissedCallStore } from '../../ports/stores.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { decode, encode, missedCallSchema, readable } from './records.js'
import { addMissedCall } from './scripts/add-missed-call.js'

export function missedCallStore(client: Client, log: Logger): MissedCallStore {
  const add = (when: 'soon' | 'now', company: CompanyId, missed: MissedCall): Promise<void> =>
    client.gather(
      when,
      company,
      addMissedCall,
      [keys.missedCalls(company, missed.person), keys.missedCallOrder(company, missed.person)],
      () => [missed.call, missed.at, encode(missed)],
    )
  return {
    add: (company, missed) => add('now', company, missed),
    addSoon: (company, missed) => add('soon', company, missed),
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
