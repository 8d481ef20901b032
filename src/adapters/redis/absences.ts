import type { CompanyId, PersonId } from '../../domain/ids.js'
import type { StoredAbsences } from '../../domain/absence/absence.js'
import type { Logger } from '../../ports/log.js'
import type { AbsenceStore } from '../../ports/stores.js'
import type { Client } from './client.js'
import { encodeChange } from './feed.js'
import { keys } from './keys.js'
import { absenceChangeSchema, decode, encode, readable, storedAbsencesSchema } from './records.js'
import { replaceAbsences } from './scripts/replace-absences.js'

const historyLines = 500
const nothing: StoredAbsences = { v: 1, set: [], cancelled: [], version: 0 }

export function absenceStore(client: Client, log: Logger): AbsenceStore {
  const parse = (company: CompanyId, person: PersonId, text: string | null): StoredAbsences =>
    text === null ? nothing : decode(storedAbsencesSchema, keys.absence(company, person), text)
  return {
    read: async (company, person) => {
      const key = keys.absence(company, person)
      return parse(company, person, await client.run(key, (redis) => redis.get(key)))
    },
    readAll: async (company) => {
      const people = (await client.run(keys.absencePeople(company), (redis) =>
        redis.smembers(keys.absencePeople(company)),
      )) as PersonId[]
      const own = people.map((person) => keys.absence(company, person))
      if (own.length === 0) return new Map()
      const texts = await client.run(keys.absencePeople(company), (redis) => redis.mget(...own))
      const found = people.map((person, index) => ({ name: person, text: texts[index] ?? null }))
      const read = readable(log, found, ({ name, text }) =>
        text === null ? undefined : ([name, parse(company, name, text)] as const),
      )
      return new Map(read)
    },
    replace: async (company, person, expected, next, change) => {
      const key = keys.absence(company, person)
      const commands = keys.absenceCommands(company, person)
      const [text, done] = await Promise.all([
        client.run(key, (redis) => redis.get(key)),
        client.run(commands, (redis) => redis.zscore(commands, change.command)),
      ])
      const stored = parse(company, person, text)
      if (done !== null) return 'already'
      if (stored.version !== expected) return 'conflict'
      const version = expected + 1
      const answer = await client.script(
        replaceAbsences,
        [key, keys.absencePeople(company), commands, keys.absenceHistory(company, person)],
        [
          text ?? '',
          encode({ ...next, version }),
          change.command,
          version,
          encode(change),
          historyLines,
          person,
          keys.feed,
          encodeChange({ kind: 'absence', company, person, by: change.by }),
        ],
      )
      return answer === 'written' || answer === 'already' ? answer : 'conflict'
    },
    history: async (company, person, limit) => {
      const key = keys.absenceHistory(company, person)
      if (limit < 1) return []
      const lines = await client.run(key, (redis) => redis.lrange(key, 0, limit - 1))
      return readable(log, lines, (line) => decode(absenceChangeSchema, key, line))
    },
  }
}
