import type { CompanyId, PersonId } from '../../domain/ids.js'
import type { Logger } from '../../ports/log.js'
import type { CallbackRequest, CallbackStore } from '../../ports/stores.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { callbackSchema, decode, encode, readable } from './records.js'
import { removeField } from './scripts/remove-field.js'

interface Stored {
  readonly number: string
  readonly text: string
  readonly request: CallbackRequest
}

/** The number is the field of the hash, so there can only be one open request of it. */
export function callbackStore(client: Client, log: Logger): CallbackStore {
  const readAll = async (company: CompanyId, person: PersonId): Promise<readonly Stored[]> => {
    const key = keys.callbacks(company, person)
    const all = await client.run(key, (redis) => redis.hgetall(key))
    return readable(log, Object.entries(all), ([number, text]) => ({
      number,
      text,
      request: decode(callbackSchema, key, text),
    }))
  }
  return {
    open: async (company, request) => {
      const key = keys.callbacks(company, request.person)
      const opened = await client.run(key, (redis) => redis.hsetnx(key, request.number, encode(request)))
      return opened === 1 ? 'opened' : 'already'
    },
    list: async (company, person) => {
      const all = await readAll(company, person)
      return all.map(({ request }) => request).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    },
    close: async (company, person, id) => {
      const found = (await readAll(company, person)).find(({ request }) => request.id === id)
      if (found === undefined) return
      await client.script(removeField, [keys.callbacks(company, person)], [found.number, found.text])
    },
  }
}
