import type { CompanyId } from '../../domain/ids.js'
import { noOverrides, type StoredOverrides } from '../../domain/hours/overrides.js'
import type { HoursStore } from '../../ports/stores.js'
import type { Client } from './client.js'
import { encodeChange } from './feed.js'
import { keys } from './keys.js'
import { decode, encode, storedOverridesSchema } from './records.js'
import { replaceAndTell } from './scripts/replace-and-tell.js'

export function hoursStore(client: Client): HoursStore {
  const readText = (company: CompanyId): Promise<string | null> =>
    client.run(keys.hours(company), (redis) => redis.get(keys.hours(company)))
  const parse = (company: CompanyId, text: string | null): StoredOverrides =>
    text === null ? noOverrides : decode(storedOverridesSchema, keys.hours(company), text)
  return {
    read: async (company) => parse(company, await readText(company)),
    replace: async (company, expected, next) => {
      const text = await readText(company)
      if (parse(company, text).version !== expected) return 'conflict'
      const answer = await client.script(
        replaceAndTell,
        [keys.hours(company)],
        [
          text ?? '',
          encode({ ...next, version: expected + 1 }),
          keys.feed,
          encodeChange({ kind: 'hours', company }),
        ],
      )
      return answer === 'written' ? 'written' : 'conflict'
    },
  }
}
