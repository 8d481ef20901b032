import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectRedis, type ConnectedRedis } from '../../src/adapters/redis/connect.js'
import type { AbsenceChange, StoredAbsences } from '../../src/domain/absence/absence.js'
import { companySchema, type Company } from '../../src/domain/directory/company.js'
import type {
  AgentId,
  CallId,
  CompanyId,
  DeviceName,
  E164,
  HoursId,
  Instant,
  LegId,
  PersonId,
  RecordingName,
} from '../../src/domain/ids.js'
import type { StoredOverrides } from '../../src/domain/hours/overrides.js'
import type { QueueVisit, VisitEnd } from '../../src/domain/queue/visit.js'
import type { Change, Feed } from '../../src/ports/feed.js'
import type {
  CallbackRequest,
  CallRecord,
  MissedCall,
  OutboxItem,
  Stores,
  Notice,
  VoiceMessage,
} from '../../src/ports/stores.js'
import { memoryStores } from '../support/memory-stores.js'
import { startRedis, type PrivateRedis } from '../support/redis.js'
import { silentLogger } from '../support/silent-logger.js'

/** Every store is one of these; the suite below must not be able to tell them apart. */
interface Kind {
  readonly name: string
  open(): Promise<void>
  /** Empty stores, as two processes of the system see them. */
  fresh(): Promise<{ readonly one: Shore; readonly two: Shore }>
  close(): Promise<void>
}
interface Shore {
  readonly stores: Stores
  readonly feed: Feed
}

const memory: Kind = {
  name: 'memory',
  open: () => Promise.resolve(),
  fresh: () => {
    const both = memoryStores()
    return Promise.resolve({ one: both, two: both })
  },
  close: () => Promise.resolve(),
}

const redis = (): Kind => {
  let server: PrivateRedis
  let one: ConnectedRedis
  let two: ConnectedRedis
  return {
    name: 'Redis',
    open: async () => {
      server = await startRedis({ port: 23_001 })
      one = await connectRedis({ url: server.url, log: silentLogger, gatherFor: 50 })
      two = await connectRedis({ url: server.url, log: silentLogger, gatherFor: 50 })
    },
    fresh: async () => {
      await server.command('FLUSHALL')
      return { one, two }
    },
    close: async () => {
      one.close()
      two.close()
      await server.stop()
    },
  }
}

const acme = 'acme' as CompanyId
const other = 'other' as CompanyId
const anna = 'anna' as PersonId
const bo = 'bo' as PersonId
const call = (name: string): CallId => name as CallId
const noon: Instant = Date.UTC(2026, 9, 5, 10)

const company = (id: CompanyId, name = 'Acme'): Company =>
  companySchema.parse({
    company: id,
    name,
    language: 'sv',
    zone: 'Europe/Stockholm',
    country: 'SE',
    main: '+46812345600',
    reception: { people: ['anna'] },
    people: [{ id: 'anna', name: 'Anna Åkesson', extension: '101' }],
  })

const lunch = (version: number): StoredAbsences => ({
  v: 1,
  version,
  set: [
    {
      id: 'c1',
      person: anna,
      reason: 'lunch',
      source: 'person',
      from: noon,
      until: noon + 3_600_000,
      returnForm: 'time',
      number: '+46701234567' as E164,
      note: 'Styrelsemöte',
      setBy: anna,
      setAt: noon,
      means: 'keypad',
    },
  ],
  cancelled: [{ id: 'weekly/2026-10-05', until: noon + 60_000 }],
})
const change = (command: string): AbsenceChange => ({
  command,
  at: noon,
  person: anna,
  by: anna,
  means: 'keypad',
  after: lunch(1).set[0],
})

describe.each([memory, redis()])('the stores on $name', (kind) => {
  let stores: Stores
  let second: Stores
  let feed: Feed
  let secondFeed: Feed
  beforeAll(() => kind.open())
  afterAll(() => kind.close())
  beforeEach(async () => {
    const shores = await kind.fresh()
    stores = shores.one.stores
    feed = shores.one.feed
    second = shores.two.stores
    secondFeed = shores.two.feed
  })

  /** The next changes that are told, up to and including one that fits. */
  const until = (from: Feed, fits: (change: Change) => boolean): Promise<readonly Change[]> =>
    new Promise((resolve) => {
      const heard: Change[] = []
      const stop = from.listen((told) => {
        heard.push(told)
        if (!fits(told)) return
        stop()
        resolve(heard)
      })
    })

  describe('companies', () => {
    it('gives back what was written, to the letter, and counts the versions', async () => {
      const source = '# åäö "quoted"\ncompany: acme\n\t'
      expect(await stores.companies.read(acme)).toBeUndefined()
      expect(await stores.companies.write(company(acme), source, 0, noon)).toBe('written')
      expect(await second.companies.read(acme)).toEqual({
        source,
        company: company(acme),
        version: 1,
        appliedAt: noon,
      })
      expect(await stores.companies.write(company(acme, 'Acme AB'), 'two', 1, noon + 1)).toBe('written')
      expect(await second.companies.read(acme)).toMatchObject({ version: 2, source: 'two' })
    })
    it('refuses to write over what somebody else applied meanwhile', async () => {
      await stores.companies.write(company(acme), 'one', 0, noon)
      expect(await second.companies.write(company(acme), 'two', 0, noon)).toBe('conflict')
      expect(await second.companies.write(company(acme), 'two', 7, noon)).toBe('conflict')
      expect(await stores.companies.read(acme)).toMatchObject({ version: 1, source: 'one' })
    })
    it('lets exactly one of two simultaneous applies through', async () => {
      const results = await Promise.all([
        stores.companies.write(company(acme), 'one', 0, noon),
        second.companies.write(company(acme), 'two', 0, noon),
      ])
      expect([...results].sort()).toEqual(['conflict', 'written'])
    })
    it('lists the companies there are, sorted, and no removed one', async () => {
      expect(await stores.companies.list()).toEqual([])
      await stores.companies.write(company(other), '', 0, noon)
      await stores.companies.write(company(acme), '', 0, noon)
      expect(await second.companies.list()).toEqual([acme, other])
      await second.companies.remove(acme)
      expect(await stores.companies.list()).toEqual([other])
      expect(await stores.companies.read(acme)).toBeUndefined()
      expect(await stores.companies.write(company(acme), '', 0, noon)).toBe('written')
      expect(await stores.companies.list()).toEqual([acme, other])
    })
    it('tells of an applied and of a removed company', async () => {
      const heard = until(secondFeed, (told) => told.kind === 'company' && told.company === other)
      await stores.companies.write(company(acme), '', 0, noon)
      await stores.companies.remove(acme)
      await stores.companies.write(company(other), '', 0, noon)
      expect(await heard).toEqual([
        { kind: 'company', company: acme },
        { kind: 'company', company: acme },
        { kind: 'company', company: other },
      ])
    })
    it('makes the missing secrets only, and never changes one', async () => {
      const [fixed, mobile] = ['acme-anna-1', 'acme-anna-2'] as [DeviceName, DeviceName]
      let made = 0
      const generate = (): string => `secret-${(made += 1)}`
      const first = await stores.companies.ensureSecrets(acme, [fixed], generate)
      const both = await second.companies.ensureSecrets(acme, [mobile, fixed], generate)
      expect(both.get(fixed)).toBe(first.get(fixed))
      expect(both.get(mobile)).toMatch(/^secret-/)
      expect(both.get(mobile)).not.toBe(first.get(fixed))
      expect(both.size).toBe(2)
      expect([...(await stores.companies.ensureSecrets(acme, [], generate)).keys()]).toEqual([])
      const elsewhere = await stores.companies.ensureSecrets(other, [fixed], generate)
      expect(elsewhere.get(fixed)).not.toBe(first.get(fixed))
    })
    it('gives two processes that ask at once the same secrets', async () => {
      const devices = Array.from({ length: 40 }, (_, index) => `acme-phone-${index}` as DeviceName)
      const [mine, yours] = await Promise.all([
        stores.companies.ensureSecrets(acme, devices, () => `mine-${Math.random()}`),
        second.companies.ensureSecrets(acme, devices, () => `yours-${Math.random()}`),
      ])
      expect([...mine]).toEqual([...yours])
    })
  })

  describe('opening hours set by hand', () => {
    const closed = (version: number): StoredOverrides => ({
      version,
      set: [
        {
          id: 'one',
          kind: 'closed',
          hours: 'kontor' as HoursId,
          from: noon,
          until: noon + 3_600_000,
          setBy: anna,
          means: 'keypad',
        },
        { id: 'two', kind: 'emergency', from: noon, setBy: 'operator', means: 'api' },
      ],
    })

    it('O-04 what was set is read by everybody from then on, of this company only', async () => {
      expect(await stores.hours.read(acme)).toEqual({ version: 0, set: [] })
      expect(await stores.hours.replace(acme, 0, closed(99))).toBe('written')
      expect(await second.hours.read(acme)).toEqual(closed(1))
      expect(await second.hours.read(other)).toEqual({ version: 0, set: [] })
    })
    it('O-04 of many who write on the same version exactly one wins', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 ? stores : second).hours.replace(acme, 0, closed(1)),
        ),
      )
      expect(results.filter((result) => result === 'written')).toHaveLength(1)
      expect(await stores.hours.replace(acme, 0, closed(1))).toBe('conflict')
      expect(await stores.hours.replace(acme, 1, { version: 1, set: [] })).toBe('written')
    })
    it('O-04 every change is told to the feed', async () => {
      const told = new Promise<Change>((resolve) => secondFeed.listen(resolve))
      await stores.hours.replace(acme, 0, closed(1))
      expect(await told).toEqual({ kind: 'hours', company: acme })
    })
  })

  describe('absences', () => {
    const nothing: StoredAbsences = { v: 1, set: [], cancelled: [], version: 0 }

    it('gives version 0 and nothing for a person of whom nothing is stored', async () => {
      expect(await stores.absences.read(acme, anna)).toEqual(nothing)
      expect(await stores.absences.readAll(acme)).toEqual(new Map())
      expect(await stores.absences.history(acme, anna, 10)).toEqual([])
    })
    it('H-09 what was written is read by everybody from then on', async () => {
      expect(await stores.absences.replace(acme, anna, 0, lunch(1), change('c1'))).toBe('written')
      expect(await second.absences.read(acme, anna)).toEqual(lunch(1))
      expect(await second.absences.readAll(acme)).toEqual(new Map([[anna, lunch(1)]]))
      expect(await second.absences.readAll(other)).toEqual(new Map())
      expect(await second.absences.read(other, anna)).toEqual(nothing)
    })
    it('counts the version itself, whatever the writer put there', async () => {
      await stores.absences.replace(acme, anna, 0, lunch(77), change('c1'))
      expect((await stores.absences.read(acme, anna)).version).toBe(1)
    })
    it('A-06 refuses a writer who read an older version, and changes nothing', async () => {
      await stores.absences.replace(acme, anna, 0, lunch(1), change('c1'))
      expect(await second.absences.replace(acme, anna, 0, nothing, change('c2'))).toBe('conflict')
      expect(await second.absences.replace(acme, anna, 2, nothing, change('c3'))).toBe('conflict')
      expect(await stores.absences.read(acme, anna)).toEqual(lunch(1))
      expect(await stores.absences.history(acme, anna, 10)).toEqual([change('c1')])
    })
    it('H-12 of many devices that write on the same version exactly one wins', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 ? stores : second).absences.replace(acme, anna, 0, lunch(1), change(`c${index}`)),
        ),
      )
      expect(results.filter((result) => result === 'written')).toHaveLength(1)
      expect(results.filter((result) => result === 'conflict')).toHaveLength(19)
      expect(await stores.absences.history(acme, anna, 50)).toHaveLength(1)
      expect((await stores.absences.read(acme, anna)).version).toBe(1)
    })
    it('carries a command out once, however often it is sent', async () => {
      expect(await stores.absences.replace(acme, anna, 0, lunch(1), change('c1'))).toBe('written')
      expect(await second.absences.replace(acme, anna, 0, nothing, change('c1'))).toBe('already')
      expect(await second.absences.replace(acme, anna, 1, nothing, change('c1'))).toBe('already')
      expect(await stores.absences.replace(acme, anna, 1, nothing, change('c2'))).toBe('written')
      expect(await stores.absences.replace(acme, anna, 2, lunch(3), change('c1'))).toBe('already')
      expect(await stores.absences.read(acme, anna)).toEqual({ ...nothing, version: 2 })
      expect((await stores.absences.history(acme, anna, 9)).map(({ command }) => command)).toEqual([
        'c2',
        'c1',
      ])
    })
    it('carries a command that is sent twice at once out once', async () => {
      const results = await Promise.all([
        stores.absences.replace(acme, anna, 0, lunch(1), change('c1')),
        second.absences.replace(acme, anna, 0, lunch(1), change('c1')),
      ])
      expect([...results].sort()).toEqual(['already', 'written'])
    })
    it('the same command id of another person is another command', async () => {
      await stores.absences.replace(acme, anna, 0, lunch(1), change('c1'))
      expect(await stores.absences.replace(acme, bo, 0, nothing, change('c1'))).toBe('written')
    })
    it('H-11 keeps the history, newest first, and 500 lines of it', async () => {
      for (let version = 0; version < 503; version += 1)
        await stores.absences.replace(acme, anna, version, nothing, change(`c${version}`))
      const history = await second.absences.history(acme, anna, 1000)
      expect(history).toHaveLength(500)
      expect(history[0]?.command).toBe('c502')
      expect(history.at(-1)?.command).toBe('c3')
      expect(await second.absences.history(acme, anna, 2)).toEqual([change('c502'), change('c501')])
    })
    it('A-01 tells every process of a change, and not of a refused one', async () => {
      const heard = until(secondFeed, (told) => told.kind === 'absence' && told.person === bo)
      await stores.absences.replace(acme, anna, 0, lunch(1), change('c1'))
      await stores.absences.replace(acme, anna, 0, lunch(1), change('c2'))
      await stores.absences.replace(acme, anna, 1, lunch(1), change('c1'))
      await stores.absences.replace(acme, bo, 0, nothing, { ...change('c3'), by: anna, person: bo })
      expect(await heard).toEqual([
        { kind: 'absence', company: acme, person: anna, by: anna },
        { kind: 'absence', company: acme, person: bo, by: anna },
      ])
    })
    it('a value that was read or written is a copy', async () => {
      const mine = { ...lunch(1), set: [...lunch(1).set] }
      await stores.absences.replace(acme, anna, 0, mine, change('c1'))
      mine.set.length = 0
      Object.assign(await stores.absences.read(acme, anna), { version: 99 })
      expect(await stores.absences.read(acme, anna)).toEqual(lunch(1))
    })
  })

  describe('traces', () => {
    const step = (rule: string, at = noon) => ({
      at,
      zone: 'Europe/Stockholm',
      rule,
      inputs: { dialled: '101', nested: { list: [], none: null } },
      result: 'ring',
    })
    it('R-08 keeps the decisions of a call in their order', async () => {
      await stores.traces.append(acme, call('a'), step('R-04'))
      await second.traces.append(acme, call('a'), step('R-05', noon + 1))
      expect(await stores.traces.read(acme, call('a'))).toEqual([step('R-04'), step('R-05', noon + 1)])
      expect(await stores.traces.read(acme, call('b'))).toEqual([])
      expect(await stores.traces.read(other, call('a'))).toEqual([])
    })
    it('lists the calls, the one that began last first', async () => {
      await stores.traces.append(acme, call('a'), step('R-04', noon))
      await stores.traces.append(acme, call('b'), step('R-04', noon + 5))
      await stores.traces.append(acme, call('a'), step('R-05', noon + 9))
      await stores.traces.append(acme, call('c'), step('R-04', noon + 5))
      expect(await second.traces.recent(acme, 9)).toEqual(['c', 'b', 'a'])
      expect(await second.traces.recent(acme, 1)).toEqual(['c'])
      expect(await second.traces.recent(other, 9)).toEqual([])
    })
    it('keeps at most 500 decisions of a call, the latest', async () => {
      const steps = Array.from({ length: 502 }, (_, index) => step(`rule-${index}`))
      await stores.traces.append(acme, call('a'), ...steps)
      await stores.traces.append(acme, call('a'), step('rule-502'))
      const kept = await stores.traces.read(acme, call('a'))
      expect(kept).toHaveLength(500)
      expect(kept[0]?.rule).toBe('rule-3')
    })
  })

  describe('missed calls', () => {
    const missed = (name: string, at = noon): MissedCall => ({
      call: call(name),
      at,
      person: anna,
      from: '+46701234567',
      why: 'absence',
      absence: { reason: 'lunch', until: noon, heardSeconds: 4 },
    })
    it('H-30 lists them newest first', async () => {
      await stores.missedCalls.add(acme, missed('a', noon))
      await stores.missedCalls.add(acme, missed('b', noon + 5))
      expect(await second.missedCalls.list(acme, anna, 9)).toEqual([missed('b', noon + 5), missed('a', noon)])
      expect(await second.missedCalls.list(acme, anna, 1)).toEqual([missed('b', noon + 5)])
      expect(await second.missedCalls.list(acme, bo, 9)).toEqual([])
      expect(await second.missedCalls.list(other, anna, 9)).toEqual([])
    })
    it('counts a call once, and the first telling stands', async () => {
      await stores.missedCalls.add(acme, missed('a'))
      await second.missedCalls.add(acme, { ...missed('a'), why: 'cancelled' })
      expect(await stores.missedCalls.list(acme, anna, 9)).toEqual([missed('a')])
    })
    it('one that is waited for is there at once, with those that nobody waited for', async () => {
      const soon = stores.missedCalls.addSoon(acme, missed('a', noon))
      await stores.missedCalls.add(acme, missed('b', noon + 5))
      expect(await second.missedCalls.list(acme, anna, 9)).toEqual([missed('b', noon + 5), missed('a', noon)])
      await soon
    })
    it('keeps the latest 200 of a person', async () => {
      // At once: what is told in the same moment is written in the order in which it was told.
      const calls = Array.from({ length: 203 }, (_, index) => missed(`c${index}`, noon + index))
      await Promise.all(calls.map((call) => stores.missedCalls.add(acme, call)))
      const kept = await stores.missedCalls.list(acme, anna, 999)
      expect(kept).toHaveLength(200)
      expect(kept.at(-1)?.call).toBe('c3')
    })
  })

  describe('callback requests', () => {
    const request = (id: string, number: string, at = noon): CallbackRequest => ({
      id,
      at,
      person: anna,
      number,
      call: call(`call-${id}`),
    })
    it('H-37 keeps one open request per number and person', async () => {
      expect(await stores.callbacks.open(acme, request('r1', '+46701'))).toBe('opened')
      expect(await second.callbacks.open(acme, request('r2', '+46701', noon + 1))).toBe('already')
      expect(await second.callbacks.open(acme, request('r1', '+46701'))).toBe('already')
      expect(await second.callbacks.open(acme, { ...request('r3', '+46701'), person: bo })).toBe('opened')
      expect(await stores.callbacks.list(acme, anna)).toEqual([request('r1', '+46701')])
    })
    it('H-37 of two requests at once exactly one is opened', async () => {
      const results = await Promise.all([
        stores.callbacks.open(acme, request('r1', '+46701')),
        second.callbacks.open(acme, request('r2', '+46701')),
      ])
      expect([...results].sort()).toEqual(['already', 'opened'])
    })
    it('lists the oldest first', async () => {
      await stores.callbacks.open(acme, request('late', '+46702', noon + 5))
      await stores.callbacks.open(acme, request('early', '+46701', noon))
      expect((await second.callbacks.list(acme, anna)).map(({ id }) => id)).toEqual(['early', 'late'])
      expect(await second.callbacks.list(other, anna)).toEqual([])
    })
    it('closes one, after which the number can ask again', async () => {
      await stores.callbacks.open(acme, request('r1', '+46701'))
      await stores.callbacks.open(acme, request('r2', '+46702'))
      await second.callbacks.close(acme, anna, 'r1')
      await second.callbacks.close(acme, anna, 'r1')
      await second.callbacks.close(acme, anna, 'unknown')
      expect((await stores.callbacks.list(acme, anna)).map(({ id }) => id)).toEqual(['r2'])
      expect(await stores.callbacks.open(acme, request('r3', '+46701'))).toBe('opened')
      await second.callbacks.close(acme, anna, 'r1')
      expect((await stores.callbacks.list(acme, anna)).map(({ id }) => id)).toEqual(['r2', 'r3'])
    })
  })

  describe('voice messages', () => {
    const message = (name: string, at = noon): VoiceMessage => ({
      recording: name as RecordingName,
      at,
      person: anna,
      from: '101',
      fromName: 'Bo',
      seconds: 12,
      heard: false,
    })
    it('O-17 lists them newest first', async () => {
      await stores.messages.add(acme, message('m1', noon))
      await stores.messages.add(acme, message('m2', noon + 1))
      expect(await second.messages.list(acme, anna)).toEqual([message('m2', noon + 1), message('m1', noon)])
      expect(await second.messages.list(acme, bo)).toEqual([])
      expect(await second.messages.list(other, anna)).toEqual([])
    })
    it('adds a recording once: a repeated add does not make it unheard', async () => {
      await stores.messages.add(acme, message('m1'))
      await stores.messages.markHeard(acme, anna, message('m1').recording)
      await second.messages.add(acme, message('m1'))
      expect(await stores.messages.list(acme, anna)).toEqual([{ ...message('m1'), heard: true }])
    })
    it('marks and removes one, and is content when it is gone already', async () => {
      await stores.messages.add(acme, message('m1'))
      await stores.messages.add(acme, message('m2', noon + 1))
      await second.messages.remove(acme, anna, message('m1').recording)
      await second.messages.remove(acme, anna, message('m1').recording)
      await second.messages.markHeard(acme, anna, message('m1').recording)
      expect((await stores.messages.list(acme, anna)).map(({ recording }) => recording)).toEqual(['m2'])
    })
    it('of a mark and a removal at once, the message stays removed', async () => {
      for (let round = 0; round < 20; round += 1) {
        await stores.messages.add(acme, message('m1'))
        await Promise.all([
          stores.messages.markHeard(acme, anna, message('m1').recording),
          second.messages.remove(acme, anna, message('m1').recording),
        ])
        expect(await stores.messages.list(acme, anna)).toEqual([])
      }
    })
    it('tells of a new, a heard and a removed message, once each', async () => {
      const heard = until(secondFeed, (told) => told.kind === 'messages' && told.person === bo)
      await stores.messages.add(acme, message('m1'))
      await stores.messages.add(acme, message('m1'))
      await stores.messages.markHeard(acme, anna, message('m1').recording)
      await stores.messages.markHeard(acme, anna, message('m1').recording)
      await stores.messages.remove(acme, anna, message('m1').recording)
      await stores.messages.remove(acme, anna, message('m1').recording)
      await stores.messages.add(acme, { ...message('m2'), person: bo })
      expect(await heard).toHaveLength(4)
    })
  })

  describe('notices', () => {
    const notice = (id: string, by: PersonId, at = noon): Notice => ({ id, at, person: anna, by })
    it('H-13 keeps the latest of each colleague, oldest first', async () => {
      await stores.notices.leave(acme, notice('n1', bo))
      await stores.notices.leave(acme, notice('n2', anna, noon - 1))
      await second.notices.leave(acme, notice('n3', bo, noon + 1))
      expect(await second.notices.list(acme, anna)).toEqual([
        notice('n2', anna, noon - 1),
        notice('n3', bo, noon + 1),
      ])
      expect(await second.notices.list(acme, bo)).toEqual([])
      expect(await second.notices.list(other, anna)).toEqual([])
    })
    it('H-13 removes what was heard, and nothing that came later', async () => {
      await stores.notices.leave(acme, notice('n1', bo))
      await stores.notices.leave(acme, notice('n2', bo, noon + 1))
      await second.notices.heard(acme, anna, 'n1')
      expect(await stores.notices.list(acme, anna)).toEqual([notice('n2', bo, noon + 1)])
      await second.notices.heard(acme, anna, 'n2')
      await second.notices.heard(acme, anna, 'n2')
      expect(await stores.notices.list(acme, anna)).toEqual([])
    })
  })

  describe('what came of calls in queues', () => {
    const visit = (name: string, enteredAt: Instant, over: Partial<QueueVisit> = {}): QueueVisit => ({
      v: 1,
      company: acme,
      queue: 'support',
      call: call(name),
      vip: true,
      arrivedAt: enteredAt - 5_000,
      enteredAt,
      leftAt: enteredAt + 10_000,
      endedAt: enteredAt + 20_000,
      end: { how: 'answered', agent: 'anna' as AgentId },
      ...over,
    })

    it('Q-25 gives back every field, those of one queue in the order in which they began', async () => {
      const ends: readonly VisitEnd[] = [
        { how: 'abandoned', position: 3 },
        { how: 'overflowed', why: 'maxWait', to: 'queue:salj' },
        { how: 'turnedAway', why: 'full', to: 'voicemail' },
        { how: 'callback', result: 'talked' },
      ]
      const visits = [
        visit('c0', noon),
        ...ends.map((end, index) => visit(`c${String(index + 1)}`, noon + index + 1, { end })),
      ]
      for (const each of [...visits].reverse()) await stores.queueLog.add(each, 0)
      await stores.queueLog.add(visit('elsewhere', noon, { queue: 'salj' }), 0)
      await stores.queueLog.add(visit('others', noon, { company: other }), 0)
      expect(await second.queueLog.visits(acme, 'support', noon, noon + 60_000)).toEqual(visits)
      expect(await second.queueLog.visits(acme, 'support', noon + 1, noon + 3)).toEqual(visits.slice(1, 3))
    })

    it('Q-25 keeps the first word on a visit, and forgets what is too old', async () => {
      const { queueLog } = stores
      await queueLog.add(visit('c1', noon), 0)
      await queueLog.add(visit('c1', noon, { end: { how: 'abandoned', position: 1 } }), 0)
      expect(await queueLog.visits(acme, 'support', 0, noon + 1)).toEqual([visit('c1', noon)])
      await queueLog.add(visit('c2', noon + 9_000), noon + 1)
      expect(await queueLog.visits(acme, 'support', 0, noon + 60_000)).toEqual([visit('c2', noon + 9_000)])
    })
  })

  describe('attempts', () => {
    const minute = 60_000
    const limits = { tries: 5, within: 10 * minute, lock: 15 * minute }
    it('H-14 the fifth failure in 10 minutes locks for 15', async () => {
      for (let tries = 1; tries < 5; tries += 1)
        expect((await stores.attempts.failed(acme, '101', noon + tries, limits)).lockedUntil).toBeUndefined()
      expect(await second.attempts.lockedUntil(acme, '101', noon + 5)).toBeUndefined()
      const until = noon + 5 + 15 * minute
      expect(await second.attempts.failed(acme, '101', noon + 5, limits)).toEqual({ lockedUntil: until })
      expect(await stores.attempts.lockedUntil(acme, '101', noon + 6)).toBe(until)
      expect(await stores.attempts.lockedUntil(acme, '101', until - 1)).toBe(until)
      expect(await stores.attempts.lockedUntil(acme, '101', until)).toBeUndefined()
      expect(await stores.attempts.lockedUntil(acme, '102', noon + 6)).toBeUndefined()
      expect(await stores.attempts.lockedUntil(other, '101', noon + 6)).toBeUndefined()
    })
    it('H-14 a failure while locked does not make the lock longer', async () => {
      for (let tries = 0; tries < 5; tries += 1) await stores.attempts.failed(acme, 'x', noon, limits)
      expect(await stores.attempts.failed(acme, 'x', noon + minute, limits)).toEqual({
        lockedUntil: noon + 15 * minute,
      })
      expect(await stores.attempts.lockedUntil(acme, 'x', noon + 15 * minute)).toBeUndefined()
    })
    it('H-14 failures further apart than 10 minutes do not add up', async () => {
      for (let tries = 0; tries < 30; tries += 1)
        expect(
          (await stores.attempts.failed(acme, 'x', noon + tries * 2.5 * minute, limits)).lockedUntil,
        ).toBeUndefined()
    })
    it('H-14 after a lock the count begins anew', async () => {
      for (let tries = 0; tries < 5; tries += 1) await stores.attempts.failed(acme, 'x', noon, limits)
      const after = noon + 15 * minute
      expect((await stores.attempts.failed(acme, 'x', after, limits)).lockedUntil).toBeUndefined()
    })
    it('H-14 a success forgets the failures', async () => {
      for (let tries = 0; tries < 4; tries += 1) await stores.attempts.failed(acme, 'x', noon, limits)
      await second.attempts.succeeded(acme, 'x')
      expect((await stores.attempts.failed(acme, 'x', noon, limits)).lockedUntil).toBeUndefined()
    })
    it('H-14 no failure is lost when many come at once', async () => {
      const results = await Promise.all(
        Array.from({ length: 5 }, (_, index) =>
          (index % 2 ? stores : second).attempts.failed(acme, '} *\n', noon, limits),
        ),
      )
      expect(results.filter(({ lockedUntil }) => lockedUntil !== undefined)).toHaveLength(1)
    })
  })

  describe('outbox', () => {
    const mail = (id: string, due = noon): OutboxItem => ({
      id,
      to: ['anna@example.com'],
      subject: 'Nytt röstmeddelande',
      text: 'Hej',
      attachment: { recording: 'm1' as RecordingName, fileName: 'm1.wav' },
      attempts: 0,
      due,
    })
    it('S-05 puts an id once, also after it was sent', async () => {
      expect(await stores.outbox.put(acme, mail('a'))).toBe('put')
      expect(await second.outbox.put(acme, mail('a'))).toBe('already')
      expect(await second.outbox.put(other, mail('a'))).toBe('put')
      await second.outbox.done(acme, 'a')
      expect(await stores.outbox.put(acme, mail('a'))).toBe('already')
      expect(await stores.outbox.due(noon, 9)).toEqual([{ company: other, item: mail('a') }])
    })
    it('S-05 of two puts at once exactly one counts', async () => {
      const results = await Promise.all([
        stores.outbox.put(acme, mail('a')),
        second.outbox.put(acme, mail('a')),
      ])
      expect([...results].sort()).toEqual(['already', 'put'])
    })
    it('S-05 gives what is due over all companies, the longest due first', async () => {
      await stores.outbox.put(acme, mail('late', noon + 9))
      await stores.outbox.put(other, mail('early', noon + 1))
      await stores.outbox.put(acme, mail('first', noon))
      expect((await second.outbox.due(noon + 8, 9)).map(({ item }) => item.id)).toEqual(['first', 'early'])
      expect((await second.outbox.due(noon + 9, 2)).map(({ item }) => item.id)).toEqual(['first', 'early'])
      expect(await second.outbox.due(noon + 9, 9)).toHaveLength(3)
      expect(await second.outbox.due(noon - 1, 9)).toEqual([])
    })
    it('S-05 a retry is due later and counts the attempt', async () => {
      await stores.outbox.put(acme, mail('a'))
      await stores.outbox.retryAt(acme, 'a', noon + 60_000)
      await stores.outbox.retryAt(acme, 'unknown', noon)
      expect(await second.outbox.due(noon, 9)).toEqual([])
      expect(await second.outbox.due(noon + 60_000, 9)).toEqual([
        { company: acme, item: { ...mail('a', noon + 60_000), attempts: 1 } },
      ])
    })
    it('S-05 what is done is not given again, and a late retry does not bring it back', async () => {
      await stores.outbox.put(acme, mail('a'))
      await stores.outbox.done(acme, 'a')
      await second.outbox.done(acme, 'a')
      await second.outbox.retryAt(acme, 'a', noon)
      expect(await stores.outbox.due(noon + 1e9, 9)).toEqual([])
    })
  })

  describe('calls', () => {
    const record = (name: string, since = noon): CallRecord => ({
      v: 1,
      call: call(name),
      leg: `leg-${name}` as LegId,
      company: acme,
      phase: 'ring',
      data: { person: 'anna', list: [1, 2], deep: { yes: true } },
      since,
      deadline: noon + 20_000,
    })
    it('M-03 gives back every step that was saved, the latest of each call', async () => {
      await stores.calls.save(record('b', noon + 1))
      await stores.calls.save(record('a'))
      await stores.calls.save({ ...record('a'), phase: 'sayAbsence' })
      expect(await second.calls.read(acme, call('a'))).toEqual({ ...record('a'), phase: 'sayAbsence' })
      expect((await second.calls.list(acme)).map((known) => known.call)).toEqual(['a', 'b'])
      expect(await second.calls.list(other)).toEqual([])
      expect(await second.calls.read(other, call('a'))).toBeUndefined()
      await second.calls.remove(acme, call('a'))
      await second.calls.remove(acme, call('a'))
      expect(await stores.calls.read(acme, call('a'))).toBeUndefined()
      expect(await stores.calls.list(acme)).toEqual([record('b', noon + 1)])
    })
  })

  describe('feed', () => {
    it('tells all listeners in order, own changes included, until they stop listening', async () => {
      const here: Change[] = []
      const there: Change[] = []
      const stop = feed.listen((told) => here.push(told))
      secondFeed.listen((told) => there.push(told))
      const first: Change = { kind: 'messages', company: acme, person: anna }
      const last: Change = { kind: 'company', company: acme }
      const both = [
        until(feed, (told) => told.kind === 'messages'),
        until(secondFeed, (told) => told.kind === 'messages'),
      ]
      await feed.tell(first)
      await Promise.all(both)
      stop()
      const end = until(secondFeed, (told) => told.kind === 'company')
      await feed.tell(last)
      await end
      expect(here).toEqual([first])
      expect(there).toEqual([first, last])
    })
  })
})
