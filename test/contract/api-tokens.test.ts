import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectRedis, type ConnectedRedis } from '../../src/adapters/redis/connect.js'
import type { CompanyId } from '../../src/domain/ids.js'
import type { ApiTokens } from '../../src/ports/api-tokens.js'
import { memoryTokens } from '../support/memory-tokens.js'
import { startRedis, type PrivateRedis } from '../support/redis.js'
import { silentLogger } from '../support/silent-logger.js'

const acme = 'acme' as CompanyId
const other = 'other' as CompanyId
let server: PrivateRedis
let redis: ConnectedRedis
beforeAll(async () => {
  server = await startRedis({ port: 23_063 })
  redis = await connectRedis({ url: server.url, log: silentLogger })
})
afterAll(async () => {
  redis.close()
  await server.stop()
})
const kinds: readonly (readonly [string, () => ApiTokens])[] = [
  ['memory', memoryTokens],
  ['Redis', () => redis.tokens],
]

describe.each(kinds)('tokens of the HTTP API in %s', (_name, open) => {
  it('open the company they were issued for, until they are revoked', async () => {
    const tokens = open()
    const one = await tokens.issue(acme, 'a'.repeat(28), 1)
    const two = await tokens.issue(acme, 'b'.repeat(28), 2)
    const theirs = await tokens.issue(other, 'a'.repeat(28), 3)
    expect(await Promise.all([one, two, theirs].map((token) => tokens.holder(token)))).toEqual([
      acme,
      acme,
      other,
    ])
    expect(await tokens.revokeAll(acme)).toBe(2)
    expect(await Promise.all([one, two, theirs].map((token) => tokens.holder(token)))).toEqual([
      undefined,
      undefined,
      other,
    ])
    expect(await tokens.revokeAll(acme)).toBe(0)
  })
  it.each([
    '',
    'acme',
    'acme.',
    '.x',
    'acme.wrongwrongwrongwrongwrong',
    '{x}.aaaaaaaaaaaaaaaaaaaaaaaa',
    'a:b.c',
  ])('nobody holds "%s"', async (token) => {
    const tokens = open()
    await tokens.issue(acme, 'c'.repeat(28), 1)
    expect(await tokens.holder(token)).toBeUndefined()
  })
})

it('Redis holds the digest of a token and not the token', async () => {
  const token = await redis.tokens.issue(acme, 'geheimgeheimgeheimgeheim', 1)
  const stored = JSON.stringify(await server.command('HGETALL', 'vaxel:{acme}:api-tokens'))
  expect(stored).toContain('issued')
  expect(stored).not.toContain('geheim')
  expect(stored).not.toContain(token)
})
