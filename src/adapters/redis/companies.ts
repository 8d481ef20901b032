import type { CompanyId, DeviceName } from '../../domain/ids.js'
import { RecordUnreadable, type CompanyStore, type StoredCompany } from '../../ports/stores.js'
import type { Client } from './client.js'
import { encodeChange } from './feed.js'
import { keys } from './keys.js'
import { decode, encode, storedCompanySchema } from './records.js'
import { removeCompany } from './scripts/remove-company.js'
import { replaceAndTell } from './scripts/replace-and-tell.js'

export function companyStore(client: Client): CompanyStore {
  const readText = (company: CompanyId): Promise<string | null> =>
    client.run(keys.company(company), (redis) => redis.get(keys.company(company)))
  const parse = (company: CompanyId, text: string | null): StoredCompany | undefined =>
    text === null ? undefined : decode(storedCompanySchema, keys.company(company), text)
  return {
    list: async () => {
      const known = (await client.run(keys.companies, (redis) =>
        redis.smembers(keys.companies),
      )) as CompanyId[]
      const there = await Promise.all(
        known.map((company) =>
          client.run(keys.company(company), (redis) => redis.exists(keys.company(company))),
        ),
      )
      return known.filter((_, index) => there[index] === 1).sort()
    },
    read: async (company) => parse(company, await readText(company)),
    write: async (company, source, expected, now) => {
      const id = company.company
      const text = await readText(id)
      if ((parse(id, text)?.version ?? 0) !== expected) return 'conflict'
      // Listed first: a listed company that is not there is left out of the list, one that is not listed would be lost.
      await client.run(keys.companies, (redis) => redis.sadd(keys.companies, id))
      const next: StoredCompany = { source, company, version: expected + 1, appliedAt: now }
      const answer = await client.script(
        replaceAndTell,
        [keys.company(id)],
        [text ?? '', encode(next), keys.feed, encodeChange({ kind: 'company', company: id })],
      )
      return answer === 'written' ? 'written' : 'conflict'
    },
    remove: async (company) => {
      await client.script(
        removeCompany,
        [keys.company(company), keys.secrets(company)],
        [keys.feed, encodeChange({ kind: 'company', company })],
      )
    },
    ensureSecrets: async (company, devices, generate) => {
      if (devices.length === 0) return new Map()
      const key = keys.secrets(company)
      const read = () => client.run(key, (redis) => redis.hmget(key, ...devices))
      const before = await read()
      const missing = devices.filter((_, index) => before[index] === null)
      // Each only if it is still missing: somebody else may be making the same ones.
      await Promise.all(
        missing.map((device) => client.run(key, (redis) => redis.hsetnx(key, device, generate()))),
      )
      const after = missing.length === 0 ? before : await read()
      return new Map(devices.map((device, index) => [device, secret(key, device, after[index])]))
    },
  }
}

function secret(key: string, device: DeviceName, value: string | null | undefined): string {
  if (value === null || value === undefined || value === '')
    throw new RecordUnreadable(key, `the secret of ${device} is empty`)
  return value
}
