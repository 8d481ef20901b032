import { createHash } from 'node:crypto'
import type { CompanyId } from '../../domain/ids.js'
import type { ApiTokens } from '../../ports/api-tokens.js'
import type { Client } from './client.js'
import { keys } from './keys.js'

/** `exempel.SECRET`: the company stands in it, because the key of its digests does. */
const form = /^([a-z][a-z0-9-]{1,30})\.([A-Za-z0-9_-]{16,200})$/

/** The secret has 160 bits, so a plain digest cannot be turned back by trying. */
const digest = (token: string): string => createHash('sha256').update(token).digest('hex')

export function apiTokens(client: Client): ApiTokens {
  return {
    issue: async (company, secret, now) => {
      const token = `${company}.${secret}`
      const key = keys.apiTokens(company)
      await client.run(key, (redis) => redis.hset(key, digest(token), JSON.stringify({ v: 1, issued: now })))
      return token
    },
    holder: async (token) => {
      const company = form.exec(token)?.[1] as CompanyId | undefined
      if (company === undefined) return undefined
      const key = keys.apiTokens(company)
      const known = await client.run(key, (redis) => redis.hexists(key, digest(token)))
      return known === 1 ? company : undefined
    },
    revokeAll: async (company) => {
      const key = keys.apiTokens(company)
      const [count] = await Promise.all([
        client.run(key, (redis) => redis.hlen(key)),
        client.run(key, (redis) => redis.del(key)),
      ])
      return count
    },
  }
}
