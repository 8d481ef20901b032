import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectRedis, type ConnectedRedis } from '../../../src/adapters/redis/connect.js'
import { keys } from '../../../src/adapters/redis/keys.js'
import type { StoredAbsences } from '../../../src/domain/absence/absence.js'
import { companySchema } from '../../../src/domain/directory/company.js'
import type {
  CallId,
  CompanyId,
  DeviceName,
  Extension,
  LegId,
  PersonId,
  RecordingName,
} from '../../../src/domain/ids.js'
import type { ParkedCall } from '../../../src/ports/park-store.js'
import { RecordUnreadable, type Stores } from '../../../src/ports/stores.js'
import { startRedis, type PrivateRedis } from '../../support/redis.js'
import { silentLogger } from '../../support/silent-logger.js'

const acme = 'acme' as CompanyId
const anna = 'anna' as PersonId
const call = 'c1' as CallId
const recording = 'm1' as RecordingName
const device = 'acme-phone' as DeviceName
const limits = { tries: 5, within: 1000, lock: 1000 }
const nothing: StoredAbsences = { v: 1, set: [], cancelled: [], version: 0 }

/** Records as this release writes them; the property bends one place of each. */
const right = {
  company: {
    v: 1,
    source: 'x',
    version: 1,
    appliedAt: 1,
    company: companySchema.parse({
      company: 'acme',
      name: 'Acme',
      language: 'sv',
      zone: 'Europe/Stockholm',
      country: 'SE',
      main: '+46812345600',
      reception: { people: ['anna'] },
      people: [{ id: 'anna', name: 'Anna', extension: '101' }],
    }),
  },
  absences: {
    v: 1,
    version: 1,
    cancelled: [{ id: 'x', until: 5 }],
    set: [
      {
        id: 'c',
        person: 'anna',
        reason: 'lunch',
        source: 'person',
        from: 1,
        until: 2,
        returnForm: 'time',
        number: '+46701234567',
        setBy: 'anna',
        setAt: 1,
        means: 'keypad',
      },
    ],
  },
  change: { v: 1, command: 'c', at: 1, person: 'anna', by: 'anna', means: 'keypad' },
  trace: { v: 1, at: 1, zone: 'z', rule: 'r', inputs: { a: [1] }, result: 'x' },
  missed: { v: 1, call: 'c1', at: 1, person: 'anna', from: '1', why: 'busy' },
  callback: { v: 1, id: 'r', at: 1, person: 'anna', number: '1', call: 'c1' },
  message: { v: 1, recording: 'm1', at: 1, person: 'anna', from: '1', seconds: 1, heard: false },
  notice: { v: 1, id: 'n', at: 1, person: 'anna', by: 'bo' },
  mail: { v: 1, id: 'o', to: ['a@example.com'], subject: 's', text: 't', attempts: 0, due: 1 },
  call: { v: 1, call: 'c1', leg: 'l', company: 'acme', phase: 'ring', data: {}, since: 1 },
  parked: {
    v: 1,
    company: 'acme',
    place: '101',
    call: 'c1',
    leg: 'l',
    phase: 'parked',
    parkedBy: 'anna',
    party: { number: '1' },
    since: 1,
    deadline: 2,
    ceiling: 3,
    round: 0,
  },
} as const

interface Place {
  readonly name: string
  readonly like: object
  /** Puts a text where the store keeps its record. */
  readonly put: (redis: Redis, text: string) => Promise<unknown>
  /** Everything that reads it. */
  readonly reads: readonly ((stores: Stores) => Promise<unknown>)[]
  /** Writes that must not lay anything over what they cannot read. */
  readonly writes?: readonly ((stores: Stores) => Promise<unknown>)[]
}
const change = { ...right.change, person: anna, by: anna }
const place = '101' as Extension
const parked: ParkedCall = {
  ...right.parked,
  company: acme,
  place,
  call,
  leg: 'l' as LegId,
  parkedBy: anna,
}
const places: readonly Place[] = [
  {
    name: 'company',
    like: right.company,
    put: async (redis, text) => {
      await redis.sadd(keys.companies, acme)
      await redis.set(keys.company(acme), text)
    },
    reads: [(stores) => stores.companies.read(acme), (stores) => stores.companies.list()],
    writes: [(stores) => stores.companies.write(right.company.company, '', 0, 1)],
  },
  {
    name: 'secret',
    like: {},
    put: (redis, text) => redis.hset(keys.secrets(acme), device, text),
    reads: [(stores) => stores.companies.ensureSecrets(acme, [device], () => 'new')],
  },
  {
    name: 'absences',
    like: right.absences,
    put: async (redis, text) => {
      await redis.sadd(keys.absencePeople(acme), anna)
      await redis.set(keys.absence(acme, anna), text)
    },
    reads: [(stores) => stores.absences.read(acme, anna), (stores) => stores.absences.readAll(acme)],
    writes: [(stores) => stores.absences.replace(acme, anna, 0, nothing, change)],
  },
  {
    name: 'history',
    like: right.change,
    put: (redis, text) => redis.lpush(keys.absenceHistory(acme, anna), text),
    reads: [(stores) => stores.absences.history(acme, anna, 5)],
  },
  {
    name: 'trace',
    like: right.trace,
    put: (redis, text) => redis.lpush(keys.trace(acme, call), text),
    reads: [(stores) => stores.traces.read(acme, call)],
  },
  {
    name: 'missed call',
    like: right.missed,
    put: async (redis, text) => {
      await redis.zadd(keys.missedCallOrder(acme, anna), 1, call)
      await redis.hset(keys.missedCalls(acme, anna), call, text)
    },
    reads: [(stores) => stores.missedCalls.list(acme, anna, 5)],
  },
  {
    name: 'callback',
    like: right.callback,
    put: (redis, text) => redis.hset(keys.callbacks(acme, anna), '1', text),
    reads: [
      (stores) => stores.callbacks.list(acme, anna),
      (stores) => stores.callbacks.close(acme, anna, 'unknown'),
    ],
  },
  {
    name: 'message',
    like: right.message,
    put: (redis, text) => redis.hset(keys.messages(acme, anna), recording, text),
    reads: [(stores) => stores.messages.list(acme, anna)],
  },
  {
    name: 'notice',
    like: right.notice,
    put: (redis, text) => redis.hset(keys.notices(acme, anna), 'bo', text),
    reads: [
      (stores) => stores.notices.list(acme, anna),
      (stores) => stores.notices.heard(acme, anna, 'unknown'),
    ],
  },
  {
    name: 'lock',
    like: {},
    put: (redis, text) => redis.set(keys.lock(acme, 'w'), text),
    reads: [
      (stores) => stores.attempts.lockedUntil(acme, 'w', 1),
      (stores) => stores.attempts.failed(acme, 'w', 1, limits),
    ],
  },
  {
    name: 'mail',
    like: right.mail,
    put: async (redis, text) => {
      await redis.sadd(keys.outboxes, acme)
      await redis.zadd(keys.outboxDue(acme), 1, 'o')
      await redis.hset(keys.outbox(acme), 'o', text)
    },
    reads: [(stores) => stores.outbox.due(9, 9)],
  },
  {
    name: 'mail attempts',
    like: {},
    put: async (redis, text) => {
      await redis.sadd(keys.outboxes, acme)
      await redis.zadd(keys.outboxDue(acme), 1, 'o')
      await redis.hset(keys.outbox(acme), 'o', JSON.stringify(right.mail))
      await redis.hset(keys.outboxAttempts(acme), 'o', text)
    },
    reads: [(stores) => stores.outbox.due(9, 9)],
  },
  {
    name: 'call',
    like: right.call,
    put: (redis, text) => redis.hset(keys.calls(acme), call, text),
    reads: [(stores) => stores.calls.read(acme, call), (stores) => stores.calls.list(acme)],
  },
  {
    name: 'parked call',
    like: right.parked,
    put: (redis, text) => redis.hset(keys.park(acme), place, text),
    reads: [(stores) => stores.parking.read(acme, place), (stores) => stores.parking.list(acme)],
    writes: [
      (stores) => stores.parking.claim(parked),
      (stores) => stores.parking.update(parked),
      (stores) => stores.parking.fetch(acme, place, parked.leg, 1, 10),
      (stores) => stores.parking.free(acme, place, call),
    ],
  },
  {
    name: 'claim to fetch a parked call',
    like: {},
    put: (redis, text) =>
      redis.hset(keys.park(acme), { [place]: JSON.stringify(right.parked), [`fetching:${place}`]: text }),
    reads: [(stores) => stores.parking.read(acme, place), (stores) => stores.parking.list(acme)],
    writes: [(stores) => stores.parking.fetch(acme, place, parked.leg, 1, 10)],
  },
]

/** Any text; any JSON; and right records with one place bent, which are the ones that could slip through. */
const anyText = (like: object): fc.Arbitrary<string> => {
  const paths = pathsOf(like)
  return fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.integer().map(String),
    fc.constantFrom(
      '',
      'null',
      '{}',
      '[]',
      '{"v":1}',
      '{"v":2}',
      '{"__proto__":{"v":1}}',
      'NaN',
      '1e999',
      '-1',
    ),
    ...(paths.length === 0
      ? []
      : [
          fc
            .tuple(fc.constantFrom(...paths), fc.oneof(fc.jsonValue(), fc.constant(undefined)))
            .map(([path, value]) => JSON.stringify(bend(like, path, value))),
        ]),
  )
}
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path]
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...pathsOf(inner, [...path, key])])
}
function bend(value: unknown, [key, ...rest]: readonly string[], next: unknown): unknown {
  if (key === undefined) return next
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === key ? bend(item, rest, next) : item))
  const record = value as Readonly<Record<string, unknown>>
  return { ...record, [key]: bend(record[key], rest, next) }
}

let server: PrivateRedis
let redis: ConnectedRedis
let admin: Redis
beforeAll(async () => {
  // How the server keeps its files does not matter here, and not waiting for the disk makes 10 000 cases quick.
  server = await startRedis({ port: 23_004, appendfsync: 'no' })
  redis = await connectRedis({ url: server.url, log: silentLogger })
  admin = new Redis(server.url)
})
afterEach(() => server.command('FLUSHALL'))
afterAll(async () => {
  redis.close()
  admin.disconnect()
  await server.stop()
})

/** Everything that is in Redis, to the byte; what a refused write may count (failures) is left out. */
async function contents(): Promise<ReadonlyMap<string, string>> {
  const found = await admin.keys('*')
  const dumps = await Promise.all(found.sort().map((key) => admin.dumpBuffer(key)))
  return new Map(found.map((key, index) => [key, dumps[index]?.toString('hex') ?? '']))
}

/** The result, or `unreadable`; any other error fails the test. */
async function fate(run: Promise<unknown>): Promise<unknown> {
  try {
    return await run
  } catch (fault) {
    if (fault instanceof RecordUnreadable) return 'unreadable'
    throw fault
  }
}

const casesOf = Math.ceil(10_800 / places.length)

describe('records of the wrong shape (10 800 cases)', () => {
  it.each(places)('$name: readable or refused, never changed', async ({ like, put, reads, writes = [] }) => {
    let refused = 0
    await fc.assert(
      fc.asyncProperty(anyText(like), async (text) => {
        await admin.flushall()
        await put(admin, text)
        const before = await contents()
        const fates = []
        for (const read of reads) fates.push(await fate(read(redis.stores)))
        if (fates[0] === 'unreadable' || (Array.isArray(fates[0]) && fates[0].length === 0)) refused += 1
        if (fates[0] === 'unreadable') {
          for (const write of writes) expect(await fate(write(redis.stores))).toBe('unreadable')
        }
        const after = await contents()
        for (const [key, bytes] of before) expect(after.get(key)).toBe(bytes)
      }),
      { numRuns: casesOf },
    )
    expect(refused).toBeGreaterThan(0)
  })

  it('gives the right record of every place back', async () => {
    for (const { like, put } of places)
      if (Object.keys(like).length > 0) await put(admin, JSON.stringify(like))
    const { stores } = redis
    expect(await stores.companies.read(acme)).toMatchObject({ source: 'x', version: 1 })
    expect(await stores.absences.read(acme, anna)).toEqual(right.absences)
    expect(await stores.absences.history(acme, anna, 5)).toHaveLength(1)
    expect(await stores.traces.read(acme, call)).toHaveLength(1)
    expect(await stores.missedCalls.list(acme, anna, 5)).toHaveLength(1)
    expect(await stores.callbacks.list(acme, anna)).toHaveLength(1)
    expect(await stores.messages.list(acme, anna)).toHaveLength(1)
    expect(await stores.notices.list(acme, anna)).toHaveLength(1)
    expect(await stores.outbox.due(9, 9)).toHaveLength(1)
    expect(await stores.calls.read(acme, call)).toEqual(right.call)
    expect(await stores.parking.read(acme, place)).toEqual(right.parked)
  })

  it('keys of another type are refused and stay', async () => {
    for (const key of [
      keys.company(acme),
      keys.secrets(acme),
      keys.absence(acme, anna),
      keys.absenceHistory(acme, anna),
      keys.trace(acme, call),
      keys.missedCallOrder(acme, anna),
      keys.callbacks(acme, anna),
      keys.messages(acme, anna),
      keys.notices(acme, anna),
      keys.failures(acme, 'w'),
      keys.calls(acme),
      keys.park(acme),
    ])
      await admin.pfadd(key, 'something')
    // A HyperLogLog is a string, so where a string is expected it is its content that is wrong.
    const before = await contents()
    const { stores } = redis
    for (const run of [
      () => stores.companies.read(acme),
      () => stores.companies.ensureSecrets(acme, [device], () => 'x'),
      () => stores.absences.read(acme, anna),
      () => stores.absences.history(acme, anna, 5),
      () => stores.absences.replace(acme, anna, 0, nothing, change),
      () => stores.traces.read(acme, call),
      () => stores.traces.append(acme, call, right.trace),
      () => stores.missedCalls.list(acme, anna, 5),
      () => stores.callbacks.list(acme, anna),
      () => stores.callbacks.open(acme, { ...right.callback, person: anna, call }),
      () => stores.messages.list(acme, anna),
      () => stores.messages.markHeard(acme, anna, recording),
      () => stores.notices.list(acme, anna),
      () => stores.attempts.failed(acme, 'w', 1, limits),
      () => stores.calls.list(acme),
      () => stores.calls.read(acme, call),
      () => stores.parking.read(acme, place),
      () => stores.parking.list(acme),
      () => stores.parking.claim(parked),
      () => stores.parking.claimInGroup('g', [place], parked),
    ])
      expect(await fate(run()), run.toString()).toBe('unreadable')
    const after = await contents()
    for (const [key, bytes] of before) expect(after.get(key)).toBe(bytes)
  })

  it('one bad record of a list does not hide the good ones, and is told', async () => {
    const alarms: unknown[] = []
    const log = { ...silentLogger, error: (message: string) => alarms.push(message) }
    const other = await connectRedis({ url: server.url, log })
    await admin.hset(keys.calls(acme), { c1: JSON.stringify(right.call), c2: 'rubbish' })
    expect(await other.stores.calls.list(acme)).toHaveLength(1)
    expect(alarms).toEqual(['unreadable record left out'])
    other.close()
  })
})
