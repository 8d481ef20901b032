import type { Logger } from '../../ports/log.js'
import type { CallStore } from '../../ports/stores.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { callRecordSchema, decode, encode, readable } from './records.js'

export function callStore(client: Client, log: Logger): CallStore {
  return {
    save: async (record) => {
      const key = keys.calls(record.company)
      await client.run(key, (redis) => redis.hset(key, record.call, encode(record)))
    },
    read: async (company, call) => {
      const key = keys.calls(company)
      const text = await client.run(key, (redis) => redis.hget(key, call))
      return text === null ? undefined : decode(callRecordSchema, `${key} ${call}`, text)
    },
    list: async (company) => {
      const key = keys.calls(company)
      const all = await client.run(key, (redis) => redis.hgetall(key))
      const records = readable(log, Object.entries(all), ([call, text]) =>
        decode(callRecordSchema, `${key} ${call}`, text),
      )
      return [...records].sort((a, b) => a.since - b.since || (a.call < b.call ? -1 : 1))
    },
    remove: async (company, call) => {
      const key = keys.calls(company)
      await client.run(key, (redis) => redis.hdel(key, call))
    },
  }
}
