import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectRedis, type ConnectedRedis } from '../../../src/adapters/redis/connect.js'
import type { AbsenceChange, StoredAbsences } from '../../../src/domain/absence/absence.js'
import type {
  CallId,
  CompanyId,
  DeviceName,
  Extension,
  LegId,
  PersonId,
  RecordingName,
} from '../../../src/domain/ids.js'
import type { Change } from '../../../src/ports/feed.js'
import type { ParkedCall } from '../../../src/ports/park-store.js'
import { StoreUnavailable, type Stores } from '../../../src/ports/stores.js'
import { startRedis, type PrivateRedis } from '../../support/redis.js'
import { silentLogger } from '../../support/silent-logger.js'

const port = 23_002
const acme = 'acme' as CompanyId
const anna = 'anna' as PersonId
const nothing: StoredAbsences = { v: 1, set: [], cancelled: [], version: 0 }
const change = (command: string): AbsenceChange => ({
  command,
  at: 1,
  person: anna,
  by: anna,
  means: 'keypad',
})
const limits = { tries: 5, within: 1000, lock: 1000 }

const parked: ParkedCall = {
  v: 1,
  company: acme,
  place: '101' as Extension,
  call: 'c' as CallId,
  leg: 'l' as LegId,
  phase: 'parked',
  parkedBy: anna,
  party: { number: '1' },
  since: 1,
  deadline: 2,
  ceiling: 3,
  round: 0,
}

/** One call of every method of every store. */
const everyCall = (stores: Stores): readonly (() => Promise<unknown>)[] => [
  () => stores.companies.list(),
  () => stores.companies.read(acme),
  () => stores.companies.remove(acme),
  () => stores.companies.ensureSecrets(acme, ['acme-phone' as DeviceName], () => 'x'),
  () => stores.absences.read(acme, anna),
  () => stores.absences.readAll(acme),
  () => stores.absences.replace(acme, anna, 0, nothing, change('c')),
  () => stores.absences.history(acme, anna, 5),
  () => stores.traces.append(acme, 'c' as CallId, { at: 1, zone: '', rule: '', inputs: {}, result: '' }),
  () => stores.traces.read(acme, 'c' as CallId),
  () => stores.traces.recent(acme, 5),
  () => stores.missedCalls.add(acme, { call: 'c' as CallId, at: 1, person: anna, from: '', why: '' }),
  () => stores.missedCalls.addSoon(acme, { call: 'd' as CallId, at: 1, person: anna, from: '', why: '' }),
  () => stores.missedCalls.list(acme, anna, 5),
  () => stores.callbacks.open(acme, { id: 'r', at: 1, person: anna, number: '1', call: 'c' as CallId }),
  () => stores.callbacks.list(acme, anna),
  () => stores.callbacks.close(acme, anna, 'r'),
  () => stores.messages.list(acme, anna),
  () => stores.messages.markHeard(acme, anna, 'm' as RecordingName),
  () => stores.messages.remove(acme, anna, 'm' as RecordingName),
  () => stores.attempts.lockedUntil(acme, 'w', 1),
  () => stores.attempts.failed(acme, 'w', 1, limits),
  () => stores.attempts.succeeded(acme, 'w'),
  () => stores.outbox.put(acme, { id: 'o', to: [], subject: '', text: '', attempts: 0, due: 1 }),
  () => stores.outbox.due(1, 5),
  () => stores.outbox.retryAt(acme, 'o', 1),
  () => stores.outbox.done(acme, 'o'),
  () =>
    stores.calls.save({
      v: 1,
      call: 'c' as CallId,
      leg: 'l' as LegId,
      company: acme,
      phase: 'ring',
      data: {},
      since: 1,
    }),
  () => stores.calls.read(acme, 'c' as CallId),
  () => stores.calls.list(acme),
  () => stores.calls.remove(acme, 'c' as CallId),
  () => stores.parking.claim(parked),
  () => stores.parking.claimInGroup('g', [parked.place], parked),
  () => stores.parking.update(parked),
  () => stores.parking.fetch(acme, parked.place, parked.leg, 1, 1),
  () => stores.parking.giveBack(acme, parked.place, parked.leg),
  () => stores.parking.free(acme, parked.place, parked.call),
  () => stores.parking.read(acme, parked.place),
  () => stores.parking.list(acme),
]

let server: PrivateRedis
let redis: ConnectedRedis
beforeEach(async () => {
  server = await startRedis({ port })
  redis = await connectRedis({ url: server.url, log: silentLogger, gatherFor: 200 })
})
afterEach(async () => {
  redis.close()
  await server.stop()
})

/** Resolves when `fits` is told. */
const told = (fits: (change: Change) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const stop = redis.feed.listen((heard) => {
      if (!fits(heard)) return
      stop()
      resolve()
    })
  })

/** Every call is refused with StoreUnavailable, each within a second. */
async function expectAllRefused(): Promise<void> {
  for (const call of everyCall(redis.stores)) {
    const began = performance.now()
    await expect(call(), call.toString()).rejects.toBeInstanceOf(StoreUnavailable)
    expect(performance.now() - began, call.toString()).toBeLessThan(1000)
  }
}

/** The call as soon as the store takes it again. */
async function untilTaken<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call()
    } catch (fault) {
      if (!(fault instanceof StoreUnavailable)) throw fault
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

describe('Redis that goes away', () => {
  it('M-05 killed: every call is refused within a second, and works again after the start', async () => {
    await redis.stores.absences.replace(acme, anna, 0, nothing, change('c1'))
    await server.kill()
    await expectAllRefused()
    expect(await redis.health()).toEqual({ reachable: false })
    await expect(redis.feed.tell({ kind: 'company', company: acme })).rejects.toBeInstanceOf(StoreUnavailable)
    const gap = told(({ kind }) => kind === 'gap')
    await server.start()
    expect((await untilTaken(() => redis.stores.absences.read(acme, anna))).version).toBe(1)
    for (const call of everyCall(redis.stores)) await call()
    await gap
    const again = told(({ kind }) => kind === 'company')
    await redis.feed.tell({ kind: 'company', company: acme })
    await again
  })

  it('M-05 frozen: every call is refused within a second, and works again after', async () => {
    await redis.stores.absences.read(acme, anna)
    server.freeze()
    const calls = everyCall(redis.stores)
    const began = performance.now()
    const results = await Promise.allSettled(calls.map((call) => call()))
    expect(performance.now() - began).toBeLessThan(1000)
    for (const result of results) {
      expect(result.status).toBe('rejected')
      expect(result.status === 'rejected' && (result.reason as unknown)).toBeInstanceOf(StoreUnavailable)
    }
    server.thaw()
    await untilTaken(() => redis.stores.absences.read(acme, anna))
    for (const call of calls) await call()
  })

  it('M-05 a call that is on its way when the server dies is refused, not sent again', async () => {
    const fates = await Promise.all([
      ...Array.from({ length: 200 }, (_, index) =>
        redis.stores.calls
          .save({
            v: 1,
            call: `c${index}` as CallId,
            leg: 'l' as LegId,
            company: acme,
            phase: 'ring',
            data: {},
            since: 1,
          })
          .then(
            () => 'saved' as const,
            (fault: unknown) => fault,
          ),
      ),
      server.kill(),
    ])
    for (const fate of fates.slice(0, -1)) if (fate !== 'saved') expect(fate).toBeInstanceOf(StoreUnavailable)
    await server.start()
    const kept = await untilTaken(() => redis.stores.calls.list(acme))
    expect(kept.length).toBeGreaterThanOrEqual(fates.filter((fate) => fate === 'saved').length)
  })

  it('M-05 nothing that was confirmed is lost by kill -9, five times over', async () => {
    let version = 0
    for (let round = 0; round < 5; round += 1) {
      let confirmed = version
      const work = { going: true }
      const writer = (async () => {
        while (work.going) {
          const stored = await redis.stores.absences
            .replace(acme, anna, version, nothing, change(`${round}-${version}`))
            .catch(() => 'refused' as const)
          if (stored !== 'written') return
          version += 1
          confirmed = version
        }
      })()
      await untilTaken(() =>
        confirmed > round * 50 ? Promise.resolve() : Promise.reject(new StoreUnavailable()),
      )
      await server.kill()
      work.going = false
      await writer
      await server.start()
      const found = await untilTaken(() => redis.stores.absences.read(acme, anna))
      // The last write may have been carried out without its answer reaching us.
      expect([confirmed, confirmed + 1]).toContain(found.version)
      expect(await redis.stores.absences.history(acme, anna, 500)).toHaveLength(Math.min(500, found.version))
      version = found.version
    }
  })

  it('M-06 wiped: everything is empty and can be written anew', async () => {
    await redis.stores.absences.replace(acme, anna, 0, nothing, change('c1'))
    await server.wipe()
    expect((await untilTaken(() => redis.stores.absences.read(acme, anna))).version).toBe(0)
    expect(await redis.stores.absences.replace(acme, anna, 0, nothing, change('c1'))).toBe('written')
  })

  it('M-05 connects to a server that comes later, and tells the gap', async () => {
    await server.kill()
    const early = await connectRedis({ url: server.url, log: silentLogger })
    await expect(early.stores.companies.list()).rejects.toBeInstanceOf(StoreUnavailable)
    const gap = new Promise<void>((resolve) => early.feed.listen(({ kind }) => kind === 'gap' && resolve()))
    await server.start()
    expect(await untilTaken(() => early.stores.companies.list())).toEqual([])
    await gap
    early.close()
  })

  it('M-05 does not wait for ever for a server that accepts and never answers', async () => {
    server.freeze()
    const early = await connectRedis({ url: server.url, log: silentLogger })
    await expect(early.stores.companies.list()).rejects.toBeInstanceOf(StoreUnavailable)
    server.thaw()
    expect(await untilTaken(() => early.stores.companies.list())).toEqual([])
    early.close()
  })

  it('says whether a confirmed write is on the disk', async () => {
    expect(await redis.health()).toEqual({ reachable: true, durable: true })
    await server.command('CONFIG', 'SET', 'appendfsync', 'everysec')
    expect(await redis.health()).toEqual({ reachable: true, durable: false })
    await server.command('CONFIG', 'SET', 'appendonly', 'no')
    expect(await redis.health()).toEqual({ reachable: true, durable: false })
  })

  it('a server that forgot the scripts is given them again', async () => {
    await redis.stores.absences.replace(acme, anna, 0, nothing, change('c1'))
    await server.command('SCRIPT', 'FLUSH')
    expect(await redis.stores.absences.replace(acme, anna, 1, nothing, change('c2'))).toBe('written')
  })
})
