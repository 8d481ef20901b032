import type { CompanyId } from '../../domain/ids.js'
import { RecordUnreadable, type AttemptStore } from '../../ports/stores.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { instantSchema } from './records.js'
import { countFailure } from './scripts/count-failure.js'

/** Errors name the kind of key only: `who` may be a telephone number. */
export function attemptStore(client: Client): AttemptStore {
  const instant = (company: CompanyId, value: unknown): number | undefined => {
    if (value === null) return undefined
    const parsed = instantSchema.safeParse(typeof value === 'string' && value !== '' ? Number(value) : value)
    if (!parsed.success) throw new RecordUnreadable(keys.lock(company, ''), 'it is no instant')
    return parsed.data
  }
  return {
    lockedUntil: async (company, who, now) => {
      const value = await client.run(keys.lock(company, ''), (redis) => redis.get(keys.lock(company, who)))
      const until = instant(company, value)
      return until !== undefined && until > now ? until : undefined
    },
    failed: async (company, who, now, { tries, within, lock }) => {
      const value = await client.script(
        countFailure,
        [keys.failures(company, who), keys.lock(company, who)],
        [now, tries, within, lock],
        keys.failures(company, ''),
      )
      const lockedUntil = instant(company, value)
      return lockedUntil === undefined ? {} : { lockedUntil }
    },
    succeeded: async (company, who) => {
      await client.run(keys.failures(company, ''), (redis) => redis.del(keys.failures(company, who)))
    },
  }
}
