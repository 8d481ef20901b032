import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectRedis, type ConnectedRedis } from '../../src/adapters/redis/connect.js'
import { keys } from '../../src/adapters/redis/keys.js'
import type { CallId, CompanyId, Extension, LegId, PersonId } from '../../src/domain/ids.js'
import type { ParkedCall, ParkStore } from '../../src/ports/park-store.js'
import { RecordUnreadable, StoreUnavailable } from '../../src/ports/stores.js'
import { memoryStores } from '../support/memory-stores.js'
import { startRedis, type PrivateRedis } from '../support/redis.js'
import { silentLogger } from '../support/silent-logger.js'

/** Empty stores, as several processes of the system see them. */
interface Kind {
  readonly name: string
  open(): Promise<void>
  fresh(): Promise<readonly [ParkStore, ParkStore, ...ParkStore[]]>
  spoil(company: CompanyId, place: Extension): Promise<void>
  close(): Promise<void>
}

const memory = (): Kind => {
  let both = memoryStores()
  return {
    name: 'memory',
    open: () => Promise.resolve(),
    fresh: () => {
      both = memoryStores()
      return Promise.resolve([both.stores.parking, both.stores.parking])
    },
    spoil: async (company, place) => both.control.spoilParked(company, place),
    close: () => Promise.resolve(),
  }
}

const connections = 8
const redis = (): Kind => {
  let server: PrivateRedis
  let open: ConnectedRedis[]
  return {
    name: 'Redis',
    open: async () => {
      server = await startRedis({ port: 23_061 })
      open = await Promise.all(
        Array.from({ length: connections }, () => connectRedis({ url: server.url, log: silentLogger })),
      )
    },
    fresh: async () => {
      await server.command('FLUSHALL')
      const [one, two, ...more] = open.map(({ stores }) => stores.parking)
      return [one!, two!, ...more]
    },
    spoil: async (company, place) => {
      await server.command('HSET', keys.park(company), place, JSON.stringify({ v: 2, call: 'later' }))
    },
    close: async () => {
      for (const connection of open) connection.close()
      await server.stop()
    },
  }
}

const acme = 'acme' as CompanyId
const other = 'other' as CompanyId
const place = (number: number | string): Extension => String(number) as Extension
const call = (name: number | string): CallId => String(name) as CallId
const leg = (name: number | string): LegId => String(name) as LegId
const noon = Date.UTC(2026, 9, 5, 10)
const claimTime = 10_000

const parked = (on: number | string, of: number | string, over: Partial<ParkedCall> = {}): ParkedCall => ({
  v: 1,
  company: acme,
  place: place(on),
  call: call(of),
  leg: leg(`${of}-caller`),
  phase: 'parked',
  parkedBy: 'maria' as PersonId,
  party: { name: 'Åsa "Kund" Öst', number: '+46701740605' },
  since: noon,
  deadline: noon + 45_000,
  ceiling: noon + 1_800_000,
  round: 0,
  ...over,
})
const count = (answers: readonly unknown[], wanted: unknown): number =>
  answers.filter((answer) => answer === wanted).length
const numbers = (length: number): readonly number[] => Array.from({ length }, (_, index) => index)

describe.each([memory(), redis()])('the store of parked calls on $name', (kind) => {
  let store: ParkStore
  let second: ParkStore
  let all: readonly ParkStore[]
  const storeOf = (index: number): ParkStore => all[index % all.length]!
  beforeAll(() => kind.open())
  afterAll(() => kind.close())
  beforeEach(async () => {
    all = await kind.fresh()
    store = all[0]!
    second = all[1]!
  })

  describe('places', () => {
    it('gives back what was parked, with every field and without those left out', async () => {
      const full = parked(101, 'full', {
        phase: 'alternate',
        parkedFrom: 'sal-reception' as NonNullable<ParkedCall['parkedFrom']>,
        group: 'lager',
        round: 2,
        parkerBusy: true,
      })
      const bare = parked(102, 'bare', { party: { number: '102' }, since: noon - 1 })
      expect(await store.claim(full)).toBe('claimed')
      expect(await store.claim(bare)).toBe('claimed')
      expect(await second.read(acme, place(101))).toEqual(full)
      expect(await second.read(acme, place(102))).toEqual(bare)
      expect(await second.list(acme)).toEqual([bare, full])
    })
    it('P-04 one call on each extension: the second hears that it is occupied and changes nothing', async () => {
      await store.claim(parked(101, 'first'))
      expect(await second.claim(parked(101, 'second'))).toBe('occupied')
      expect(await second.claim(parked(102, 'second'))).toBe('claimed')
      expect((await store.read(acme, place(101)))?.call).toBe('first')
    })
    it('the same call on the same place again is claimed, and what happened since stays', async () => {
      await store.claim(parked(101, 'c'))
      await store.update(parked(101, 'c', { phase: 'recalling', round: 1 }))
      expect(await store.claim(parked(101, 'c'))).toBe('claimed')
      expect((await store.read(acme, place(101)))?.phase).toBe('recalling')
    })
    it('companies do not see each other', async () => {
      await store.claim(parked(101, 'c'))
      expect(await store.claim(parked(101, 'd', { company: other }))).toBe('claimed')
      await store.free(other, place(101), call('d'))
      expect(await store.list(other)).toEqual([])
      expect(await store.list(acme)).toHaveLength(1)
    })
    it('P-04 of 1 000 who park on one extension at once exactly one has it', async () => {
      const answers = await Promise.all(numbers(1000).map((n) => storeOf(n).claim(parked(101, n))))
      expect(count(answers, 'claimed')).toBe(1)
      expect(count(answers, 'occupied')).toBe(999)
      expect((await store.read(acme, place(101)))?.call).toBe(call(answers.indexOf('claimed')))
    })
    it('P-04 1 000 at once on 100 extensions: exactly one winner on each', async () => {
      const answers = await Promise.all(
        numbers(1000).map(async (n) => ({
          n,
          on: 100 + (n % 100),
          answer: await storeOf(n >> 3).claim(parked(100 + (n % 100), n)),
        })),
      )
      const winners = answers.filter(({ answer }) => answer === 'claimed')
      expect(new Set(winners.map(({ on }) => on)).size).toBe(100)
      expect(winners).toHaveLength(100)
      const there = await store.list(acme)
      expect(new Set(there.map((record) => record.call))).toEqual(new Set(winners.map(({ n }) => String(n))))
    })
  })

  describe('changes', () => {
    it('M-04 phase, deadline, round and leg are written as absolute facts', async () => {
      await store.claim(parked(101, 'c'))
      const next = parked(101, 'c', {
        phase: 'recalling',
        deadline: noon + 65_000,
        round: 1,
        leg: leg('new-leg'),
      })
      expect(await store.update(next)).toBe('updated')
      expect(await second.read(acme, place(101))).toEqual(next)
    })
    it('tells that the call is gone from the place, and does not bring it back', async () => {
      expect(await store.update(parked(101, 'c'))).toBe('gone')
      await store.claim(parked(101, 'other'))
      expect(await store.update(parked(101, 'c', { round: 3 }))).toBe('gone')
      expect(await store.list(acme)).toEqual([parked(101, 'other')])
    })
    it('P-20 a call that follows another takes its place over, once, with the claim to fetch', async () => {
      await store.claim(parked(101, 'c'))
      await store.fetch(acme, place(101), leg('w'), noon, claimTime)
      const next = parked(101, 'd', { before: call('c') })
      expect(await second.update(next)).toBe('updated')
      expect(await store.read(acme, place(101))).toEqual({
        ...next,
        fetching: { leg: 'w', until: noon + claimTime },
      })
      expect(await store.update(parked(101, 'c'))).toBe('gone')
      expect(await store.update(parked(101, 'e', { before: call('c') }))).toBe('gone')
      await store.free(acme, place(101), call('c'))
      expect((await store.read(acme, place(101)))?.call).toBe('d')
    })
    it('keeps a claim to fetch, and does not make one', async () => {
      await store.claim(parked(101, 'c'))
      await second.fetch(acme, place(101), leg('w'), noon, claimTime)
      await store.update(parked(101, 'c', { phase: 'recalling' }))
      expect(await second.read(acme, place(101))).toMatchObject({
        phase: 'recalling',
        fetching: { leg: 'w', until: noon + claimTime },
      })
      await second.giveBack(acme, place(101), leg('w'))
      await store.update(parked(101, 'c', { fetching: { leg: leg('w'), until: noon + claimTime } }))
      expect((await second.read(acme, place(101)))?.fetching).toBeUndefined()
    })
    it('changes and claims to fetch at the same time are all kept', async () => {
      await store.claim(parked(101, 'c'))
      const updates = numbers(100).map((n) => storeOf(n).update(parked(101, 'c', { round: n })))
      const fetches = numbers(100).map((n) => storeOf(n + 3).fetch(acme, place(101), leg(n), noon, claimTime))
      expect(count(await Promise.all(updates), 'updated')).toBe(100)
      expect(count(await Promise.all(fetches), 'taken')).toBe(99)
      expect((await store.read(acme, place(101)))?.fetching).toBeDefined()
    })
    it('frees only for the call that is there; twice does no harm', async () => {
      await store.claim(parked(101, 'c'))
      await store.free(acme, place(101), call('d'))
      expect(await store.list(acme)).toHaveLength(1)
      await store.free(acme, place(101), call('c'))
      await store.free(acme, place(101), call('c'))
      expect(await store.read(acme, place(101))).toBeUndefined()
      expect(await store.claim(parked(101, 'd'))).toBe('claimed')
    })
  })

  describe('fetching', () => {
    it('P-12 of two who fetch one wins; nothing there is told apart', async () => {
      expect(await store.fetch(acme, place(101), leg('a'), noon, claimTime)).toBe('nothing')
      await store.claim(parked(101, 'c'))
      const won = { ...parked(101, 'c'), fetching: { leg: 'a', until: noon + claimTime } }
      expect(await store.fetch(acme, place(101), leg('a'), noon, claimTime)).toEqual({ won })
      expect(await second.fetch(acme, place(101), leg('b'), noon, claimTime)).toBe('taken')
      expect(await store.fetch(acme, place(101), leg('a'), noon, claimTime)).toEqual({ won })
    })
    it('P-12 of 1 000 who fetch one call at once exactly one has it', async () => {
      await store.claim(parked(101, 'c'))
      const answers = await Promise.all(
        numbers(1000).map((n) => storeOf(n).fetch(acme, place(101), leg(n), noon, claimTime)),
      )
      const winner = answers.findIndex((answer) => typeof answer === 'object')
      expect(count(answers, 'taken')).toBe(999)
      expect((await store.read(acme, place(101)))?.fetching).toEqual({
        leg: String(winner),
        until: noon + claimTime,
      })
    })
    it('P-17 a claim given back leaves the place with the time that was left', async () => {
      await store.claim(parked(101, 'c'))
      await store.fetch(acme, place(101), leg('a'), noon, claimTime)
      await store.giveBack(acme, place(101), leg('a'))
      expect(await second.read(acme, place(101))).toEqual(parked(101, 'c'))
      expect(await second.fetch(acme, place(101), leg('b'), noon, claimTime)).toHaveProperty('won')
    })
    it('P-17 a claim of another leg is not given back', async () => {
      await store.claim(parked(101, 'c'))
      await store.fetch(acme, place(101), leg('a'), noon, claimTime)
      await store.giveBack(acme, place(101), leg('b'))
      await store.giveBack(acme, place(102), leg('a'))
      expect(await store.fetch(acme, place(101), leg('b'), noon, claimTime)).toBe('taken')
    })
    it('M-10 a claim whose process died lapses at its time, not before', async () => {
      await store.claim(parked(101, 'c'))
      await store.fetch(acme, place(101), leg('dead'), noon, claimTime)
      expect(await store.fetch(acme, place(101), leg('b'), noon + claimTime - 1, claimTime)).toBe('taken')
      expect(await store.fetch(acme, place(101), leg('b'), noon + claimTime, claimTime)).toMatchObject({
        won: { fetching: { leg: 'b', until: noon + 2 * claimTime } },
      })
      await store.giveBack(acme, place(101), leg('dead'))
      expect((await store.read(acme, place(101)))?.fetching?.leg).toBe('b')
    })
    it('a claim does not outlive the call it was for', async () => {
      await store.claim(parked(101, 'c'))
      await store.fetch(acme, place(101), leg('a'), noon, claimTime)
      await store.free(acme, place(101), call('c'))
      await store.claim(parked(101, 'd'))
      expect(await store.fetch(acme, place(101), leg('b'), noon, claimTime)).toHaveProperty('won')
    })
    it('P-16 a call freed while many fetch it is had by one or by nobody', async () => {
      await store.claim(parked(101, 'c'))
      const [, ...answers] = await Promise.all([
        second.free(acme, place(101), call('c')),
        ...numbers(100).map((n) => storeOf(n).fetch(acme, place(101), leg(n), noon, claimTime)),
      ])
      expect(answers.filter((answer) => typeof answer === 'object').length).toBeLessThanOrEqual(1)
      expect(await store.list(acme)).toEqual([])
    })
  })

  describe('groups', () => {
    const members = numbers(200).map((n) => place(1000 + n))
    const inGroup = (of: number | string, over: Partial<ParkedCall> = {}) =>
      parked('9999', of, { group: 'lager', ...over })

    it('P-28 takes the places in turn, after the last used, and goes round', async () => {
      const three = members.slice(0, 3)
      const given = []
      for (const n of numbers(5)) {
        const on = await storeOf(n).claimInGroup('lager', three, inGroup(n))
        given.push(on)
        await store.free(acme, on as Extension, call(n))
      }
      expect(given).toEqual(['1000', '1001', '1002', '1000', '1001'])
      expect(await store.claimInGroup('annan', three, inGroup('x'))).toBe('1000')
    })
    it('P-28 the record is on the place it was given, and only there', async () => {
      expect(await store.claimInGroup('lager', members, inGroup('c'))).toBe('1000')
      expect(await store.list(acme)).toEqual([{ ...inGroup('c'), place: '1000' }])
    })
    it('P-28 skips what is occupied, also by calls parked on the person', async () => {
      await store.claim(parked(1000, 'direct'))
      await store.claim(parked(1002, 'direct too'))
      expect(await store.claimInGroup('lager', members.slice(0, 4), inGroup('a'))).toBe('1001')
      expect(await store.claimInGroup('lager', members.slice(0, 4), inGroup('b'))).toBe('1003')
      expect(await store.claimInGroup('lager', members.slice(0, 4), inGroup('c'))).toBe('full')
      expect(await store.claimInGroup('lager', [], inGroup('c'))).toBe('full')
    })
    it('P-28 members left out now keep their turn', async () => {
      const four = members.slice(0, 4)
      expect(await store.claimInGroup('lager', four.slice(2, 3), inGroup('a'), four)).toBe('1002')
      // 1002 was the last used and is absent now: the turn is at 1003, not at the beginning.
      expect(await store.claimInGroup('lager', [place(1000), place(1003)], inGroup('b'), four)).toBe('1003')
      expect(await store.claimInGroup('lager', four, inGroup('c'), four)).toBe('1000')
    })
    it('P-28 group of 200 with 199 occupied: the free one is found, then it is full', async () => {
      await Promise.all(
        members.filter((on) => on !== '1137').map((on) => store.claim(parked(on, `on-${on}`))),
      )
      expect(await store.claimInGroup('lager', members, inGroup('a'))).toBe('1137')
      expect(await second.claimInGroup('lager', members, inGroup('b'))).toBe('full')
    })
    it('P-28 300 at once in a group of 200: each place once, 100 are told that it is full', async () => {
      const answers = await Promise.all(
        numbers(300).map((n) => storeOf(n).claimInGroup('lager', members, inGroup(n))),
      )
      expect(count(answers, 'full')).toBe(100)
      expect(new Set(answers.filter((answer) => answer !== 'full'))).toEqual(new Set(members))
      expect(await store.list(acme)).toHaveLength(200)
    })
    it('the same call again gets the place it has, and takes no second one', async () => {
      await store.claimInGroup('lager', members, inGroup('c'))
      await store.claimInGroup('lager', members, inGroup('d'))
      expect(await second.claimInGroup('lager', members, inGroup('c'))).toBe('1000')
      expect(await store.list(acme)).toHaveLength(2)
    })
    it('a call whose names look like another call is told apart', async () => {
      const tricky = '","call":"c","x":"'
      await store.claimInGroup(
        'lager',
        members,
        inGroup('a', { party: { name: tricky, number: '"call":"c"' } }),
      )
      expect(await store.claimInGroup('lager', members, inGroup('c'))).toBe('1001')
    })
  })

  describe('a record nobody can read', () => {
    const unreadable = async (run: Promise<unknown>): Promise<void> => {
      await expect(run).rejects.toBeInstanceOf(RecordUnreadable)
    }
    it('is refused by whatever depends on it, and kept', async () => {
      await kind.spoil(acme, place(101))
      await unreadable(store.read(acme, place(101)))
      await unreadable(store.claim(parked(101, 'c')))
      await unreadable(store.update(parked(101, 'c')))
      await unreadable(store.fetch(acme, place(101), leg('a'), noon, claimTime))
      await unreadable(store.free(acme, place(101), call('later')))
      await unreadable(store.read(acme, place(101)))
    })
    it('does not hide the others, and its place is taken for occupied in a group', async () => {
      await kind.spoil(acme, place(101))
      await store.claim(parked(102, 'c'))
      expect(await store.list(acme)).toEqual([parked(102, 'c')])
      expect(await store.claimInGroup('lager', [place(101), place(102), place(103)], parked('1', 'd'))).toBe(
        '103',
      )
    })
  })
})

describe('parked calls and a Redis that is killed', () => {
  let server: PrivateRedis
  let connection: ConnectedRedis
  beforeAll(async () => {
    server = await startRedis({ port: 23_062 })
    connection = await connectRedis({ url: server.url, log: silentLogger })
  })
  afterAll(async () => {
    connection.close()
    await server.stop()
  })
  /** What is listed once the connection is there again. */
  const listed = (): Promise<number> =>
    connection.stores.parking.list(acme).then(
      (records) => records.length,
      () => -1,
    )
  const back = (places: number): Promise<unknown> =>
    expect.poll(listed, { timeout: 10_000, interval: 20 }).toBe(places)

  it('M-04 keeps every place, claim and turn that was confirmed; M-05 refuses while it is away', async () => {
    const store = connection.stores.parking
    await Promise.all(numbers(100).map((n) => store.claim(parked(100 + n, n))))
    await store.fetch(acme, place(150), leg('a'), noon, claimTime)
    await store.claimInGroup('lager', [place(300), place(301)], parked(1, 'group'))
    await server.kill()
    await expect(store.claim(parked(400, 'x'))).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(store.list(acme)).rejects.toBeInstanceOf(StoreUnavailable)
    await server.start()
    await back(101)
    expect(await store.fetch(acme, place(150), leg('b'), noon, claimTime)).toBe('taken')
    expect(await store.claimInGroup('lager', [place(300), place(301)], parked(1, 'next'))).toBe('301')
  })
  it('M-06 a wiped store is empty and takes the places again, each once', async () => {
    const store = connection.stores.parking
    await server.wipe()
    await back(0)
    const rebuilt = numbers(100).flatMap((n) => [
      store.claim(parked(100 + n, n)),
      store.claim(parked(100 + n, n)),
    ])
    expect(count(await Promise.all(rebuilt), 'claimed')).toBe(200)
    expect(await store.list(acme)).toHaveLength(100)
  })
})
