import type { CompanyId, PersonId } from '../../domain/ids.js'
import type { Logger } from '../../ports/log.js'
import type { Notice, NoticeStore } from '../../ports/stores.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { decode, encode, noticeSchema, readable } from './records.js'
import { removeField } from './scripts/remove-field.js'

interface Stored {
  readonly text: string
  readonly notice: Notice
}

/** The colleague who changed the absence is the field of the hash, so there is one notice of each. */
export function noticeStore(client: Client, log: Logger): NoticeStore {
  const readAll = async (company: CompanyId, person: PersonId): Promise<readonly Stored[]> => {
    const key = keys.notices(company, person)
    const texts = await client.run(key, (redis) => redis.hvals(key))
    return readable(log, texts, (text) => ({ text, notice: decode(noticeSchema, key, text) }))
  }
  return {
    leave: async (company, notice) => {
      const key = keys.notices(company, notice.person)
      await client.run(key, (redis) => redis.hset(key, notice.by, encode(notice)))
    },
    list: async (company, person) => {
      const all = await readAll(company, person)
      return all.map(({ notice }) => notice).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    },
    heard: async (company, person, id) => {
      const found = (await readAll(company, person)).find(({ notice }) => notice.id === id)
      if (found === undefined) return
      // Only if it is still the same: a later notice of this colleague has not been heard.
      await client.script(removeField, [keys.notices(company, person)], [found.notice.by, found.text])
    },
  }
}
