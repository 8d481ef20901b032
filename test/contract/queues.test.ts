import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectRedis, type ConnectedRedis } from '../../src/adapters/redis/connect.js'
import { keys } from '../../src/adapters/redis/keys.js'
import { loggedIn, newAgent, paused } from '../../src/domain/queue/agent.js'
import { inPlaceOf, keepsPlace } from '../../src/domain/queue/callback.js'
import type { Queue } from '../../src/domain/queue/settings.js'
import type { Ticket } from '../../src/domain/queue/ticket.js'
import type { AgentId, CallId, CompanyId, E164, LegId } from '../../src/domain/ids.js'
import type { QueueStore } from '../../src/ports/queue-store.js'
import { RecordUnreadable, StoreUnavailable } from '../../src/ports/stores.js'
import { memoryStores } from '../support/memory-stores.js'
import { startRedis, type PrivateRedis } from '../support/redis.js'
import { silentLogger } from '../support/silent-logger.js'

/** Empty stores, as two processes of the system see them. */
interface Kind {
  readonly name: string
  open(): Promise<void>
  fresh(): Promise<readonly [QueueStore, QueueStore]>
  close(): Promise<void>
}

const memory = (): Kind => ({
  name: 'memory',
  open: () => Promise.resolve(),
  fresh: () => {
    const { queues } = memoryStores().stores
    return Promise.resolve([queues, queues])
  },
  close: () => Promise.resolve(),
})

let server: PrivateRedis
const redis = (): Kind => {
  let open: readonly [ConnectedRedis, ConnectedRedis]
  return {
    name: 'Redis',
    open: async () => {
      server = await startRedis({ port: 23_561 })
      const connect = (): Promise<ConnectedRedis> => connectRedis({ url: server.url, log: silentLogger })
      open = [await connect(), await connect()]
    },
    fresh: async () => {
      await server.command('FLUSHALL')
      return [open[0].stores.queues, open[1].stores.queues]
    },
    close: async () => {
      for (const connection of open) connection.close()
      await server.stop()
    },
  }
}

const acme = 'acme' as CompanyId
const other = 'other' as CompanyId
const call = (name: string | number): CallId => `call-${String(name)}` as CallId
const agent = (name: string | number): AgentId => String(name) as AgentId
const noon = Date.UTC(2026, 9, 5, 10)

const ticket = (name: string | number, over: Partial<Ticket> = {}): Ticket => ({
  v: 1,
  company: acme,
  queue: 'support',
  call: call(name),
  leg: `leg-${String(name)}` as LegId,
  arrivedAt: noon,
  enteredAt: noon,
  vip: false,
  firstPosition: 1,
  been: ['support'],
  ...over,
})

describe.each([memory(), redis()])('the store of queues on $name', (kind) => {
  let one: QueueStore
  let two: QueueStore
  beforeAll(() => kind.open())
  beforeEach(async () => {
    ;[one, two] = await kind.fresh()
  })
  afterAll(() => kind.close())

  it('gives back every field of a ticket, and lists by arrival, for each company its own', async () => {
    const full = ticket('a', {
      vip: true,
      saidPosition: 3,
      saidAt: noon + 1,
      saidUntil: noon + 2,
      aheadSince: noon + 3,
    })
    await one.put(full)
    await one.put(ticket('b', { arrivedAt: noon - 5 }))
    await one.put(ticket('c', { company: other }))
    expect(await two.read(acme, call('a'))).toEqual(full)
    expect((await two.list(acme)).map((found) => found.call)).toEqual([call('b'), call('a')])
    expect(await two.read(acme, call('c'))).toBeUndefined()
  })

  it('Q-13 a ticket that is written again is the same place in another queue', async () => {
    await one.put(ticket('a'))
    await one.put(ticket('a', { queue: 'salj', been: ['support', 'salj'] }))
    expect((await one.list(acme)).map(({ queue }) => queue)).toEqual(['salj'])
  })

  const callback = (name: string | number, number = '+46701740630', over: Partial<Ticket> = {}) =>
    keepsPlace(ticket(name, over), { number: number as E164, name: 'Kund' }, noon + 60_000)

  it('Q-17 keeps one callback of a number in a queue, with every field; the same one again is kept', async () => {
    const kept = callback(1)
    expect(await one.keepPlace(kept)).toBe('kept')
    expect(await two.keepPlace(kept)).toBe('kept')
    expect(await two.keepPlace(callback(2))).toBe('already')
    expect(await two.keepPlace(callback(3, '+46701740631'))).toBe('kept')
    expect(await two.keepPlace(callback(4, '+46701740630', { queue: 'salj' }))).toBe('kept')
    expect(await two.keepPlace(callback(5, '+46701740630', { company: other }))).toBe('kept')
    expect(await two.read(acme, kept.call)).toEqual(kept)
    expect((await one.list(acme)).map(({ call: id }) => id)).not.toContain(call('2-back'))
  })

  it('Q-17 two calls from one number ask at once: one place is kept', async () => {
    const outcomes = await Promise.all([one.keepPlace(callback(1)), two.keepPlace(callback(2))])
    expect([...outcomes].sort()).toEqual(['already', 'kept'])
    expect(await one.list(acme)).toHaveLength(1)
  })

  it('Q-17 whoever calls in again has the place of the callback, and it is gone, however often it is done', async () => {
    const old = callback(1)
    await one.keepPlace(old)
    const again = inPlaceOf(ticket(2, { arrivedAt: noon + 90_000 }), old)
    await one.lease(acme, old.call, [agent('anna')], noon, noon + 25_000)
    await two.join(again, old.call)
    await two.join(again, old.call)
    expect(await one.leases(acme, noon)).toEqual([])
    expect(await one.list(acme)).toEqual([again])
    expect(again).toMatchObject({ arrivedAt: old.arrivedAt, joined: old.call })
  })

  it('Q-06 of two who answer at once one wins; the same one wins again', async () => {
    await one.put(ticket('a'))
    const until = noon + 10_000
    const outcome = await Promise.all([
      one.claim(acme, call('a'), agent('anna'), noon, until),
      two.claim(acme, call('a'), agent('bo'), noon, until),
    ])
    expect([...outcome].sort()).toEqual(['taken', 'won'])
    const winner = agent(outcome[0] === 'won' ? 'anna' : 'bo')
    expect(await two.claim(acme, call('a'), winner, noon + 1, until)).toBe('won')
  })

  it('Q-06 a claim that is given back, or has lapsed, leaves the caller to another', async () => {
    await one.put(ticket('a'))
    await one.claim(acme, call('a'), agent('anna'), noon, noon + 10)
    await one.giveBack(acme, call('a'), agent('bo'))
    expect(await two.claim(acme, call('a'), agent('bo'), noon + 9, noon + 20)).toBe('taken')
    expect(await two.claim(acme, call('a'), agent('bo'), noon + 10, noon + 20)).toBe('won')
    await two.giveBack(acme, call('a'), agent('bo'))
    expect(await one.claim(acme, call('a'), agent('anna'), noon + 11, noon + 20)).toBe('won')
  })

  it('Q-05 nobody wins a caller who is gone', async () => {
    await one.put(ticket('a'))
    await one.remove(acme, call('a'))
    expect(await two.claim(acme, call('a'), agent('anna'), noon, noon + 10)).toBe('gone')
    await one.remove(acme, call('a'))
  })

  it('Q-07 two callers at once never get the same agent', async () => {
    const everybody = Array.from({ length: 50 }, (_, index) => agent(index))
    const [first, second] = await Promise.all([
      one.lease(acme, call('a'), everybody, noon, noon + 25_000),
      two.lease(acme, call('b'), everybody, noon, noon + 25_000),
    ])
    expect(first.length + second.length).toBe(50)
    expect(new Set([...first, ...second]).size).toBe(50)
    expect(await one.leases(acme, noon)).toHaveLength(50)
    expect(await one.leases(acme, noon + 25_000)).toEqual([])
  })

  it('Q-07 a lease ends by itself, by release of its caller, or with the caller', async () => {
    await one.lease(acme, call('a'), [agent('anna'), agent('bo')], noon, noon + 10)
    await one.release(acme, call('b'), [agent('anna')])
    expect(await two.lease(acme, call('b'), [agent('anna')], noon, noon + 10)).toEqual([])
    await one.release(acme, call('a'), [agent('anna')])
    expect(await two.lease(acme, call('b'), [agent('anna')], noon, noon + 30)).toEqual(['anna'])
    expect(await two.lease(acme, call('c'), [agent('bo')], noon + 10, noon + 30)).toEqual(['bo'])
    await two.put(ticket('c'))
    await two.remove(acme, call('c'))
    expect(await one.leases(acme, noon + 10)).toEqual([{ agent: 'anna', call: call('b'), until: noon + 30 }])
  })

  it('Q-20 gives back every field of an agent, and refuses a change of what is no longer so', async () => {
    const queue = { id: 'support', login: 'code', external: [] as Queue['external'] } as Queue
    const record = {
      ...paused(loggedIn(newAgent(acme, agent('anna')), queue, noon), 'code', noon),
      restUntil: noon + 1,
      wrapUp: { until: noon + 2, extended: true, seconds: 10 },
      lastEnd: noon + 3,
    }
    expect(await one.replaceAgent(record, 0)).toBe('written')
    expect(await two.agent(acme, agent('anna'))).toEqual({ ...record, version: 1 })
    expect(await two.replaceAgent(record, 0)).toBe('conflict')
    const both = await Promise.all([one.replaceAgent(record, 1), two.replaceAgent(record, 1)])
    expect([...both].sort()).toEqual(['conflict', 'written'])
    expect((await one.agents(acme)).map(({ version }) => version)).toEqual([2])
    expect(await one.agents(other)).toEqual([])
  })
})

describe('the store of queues on Redis', () => {
  const kind = redis()
  let store: QueueStore
  beforeAll(() => kind.open())
  beforeEach(async () => {
    ;[store] = await kind.fresh()
  })
  afterAll(() => kind.close())

  it('M-09 leaves a record of a later release out of lists, and refuses to read it', async () => {
    await server.command('HSET', keys.queueTickets(acme), 'call-x', JSON.stringify({ v: 2 }))
    await server.command('HSET', keys.queueAgents(acme), 'anna', JSON.stringify({ v: 2 }))
    await store.put(ticket('a'))
    expect((await store.list(acme)).map((found) => found.call)).toEqual([call('a')])
    await expect(store.read(acme, call('x'))).rejects.toThrow(RecordUnreadable)
    await expect(store.agent(acme, agent('anna'))).rejects.toThrow(RecordUnreadable)
    await expect(store.replaceAgent(newAgent(acme, agent('anna')), 0)).rejects.toThrow(RecordUnreadable)
  })

  it('M-05 a claim or lease that cannot be read is refused, not taken over', async () => {
    await store.put(ticket('a'))
    await server.command('HSET', keys.queueClaims(acme), 'call-a', 'nonsense')
    await server.command('HSET', keys.queueLeases(acme), 'anna', 'nonsense')
    await expect(store.claim(acme, call('a'), agent('anna'), noon, noon + 1)).rejects.toThrow(
      RecordUnreadable,
    )
    await expect(store.lease(acme, call('a'), [agent('anna')], noon, noon + 1)).rejects.toThrow(
      RecordUnreadable,
    )
  })

  it('M-05 is unavailable within a second when the server has gone', async () => {
    await server.stop()
    await expect(store.put(ticket('a'))).rejects.toThrow(StoreUnavailable)
    await expect(store.lease(acme, call('a'), [agent('anna')], noon, noon + 1)).rejects.toThrow(
      StoreUnavailable,
    )
  })
})
