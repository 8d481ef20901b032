import { describe, expect, it } from 'vitest'
import type { AbsenceChange, StoredAbsences } from '../../src/domain/absence/absence.js'
import type { CompanyId, PersonId } from '../../src/domain/ids.js'
import type { Change } from '../../src/ports/feed.js'
import { RecordUnreadable, StoreUnavailable } from '../../src/ports/stores.js'
import { memoryStores, type StoreCall } from './memory-stores.js'

const acme = 'acme' as CompanyId
const anna = 'anna' as PersonId
const nothing: StoredAbsences = { v: 1, set: [], cancelled: [], version: 0 }
const change: AbsenceChange = { command: 'c1', at: 1, person: anna, by: anna, means: 'keypad' }

describe('the switches of the memory stores', () => {
  it('asks the hook before and after each call, in the order of the calls', async () => {
    const { stores, control } = memoryStores()
    const seen: StoreCall[] = []
    control.onCall = (call) => void seen.push(call)
    await stores.absences.replace(acme, anna, 0, nothing, change)
    await stores.calls.list(acme)
    expect(seen).toEqual([
      { store: 'absences', method: 'replace', moment: 'before' },
      { store: 'absences', method: 'replace', moment: 'after' },
      { store: 'calls', method: 'list', moment: 'before' },
      { store: 'calls', method: 'list', moment: 'after' },
    ])
  })
  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('a process that stops %s a write has version %i written', async (moment, version) => {
    const { stores, control } = memoryStores()
    let stopped: () => void = () => undefined
    const here = new Promise<void>((resolve) => (stopped = resolve))
    control.onCall = (call) => {
      if (call.moment !== moment) return
      stopped()
      return new Promise(() => undefined)
    }
    let answered = false
    void stores.absences.replace(acme, anna, 0, nothing, change).then(() => (answered = true))
    await here
    control.onCall = undefined
    expect((await stores.absences.read(acme, anna)).version).toBe(version)
    expect(answered).toBe(false)
    const again = await stores.absences.replace(acme, anna, 0, nothing, change)
    expect(again).toBe(version === 0 ? 'written' : 'already')
  })
  it('refuses everything while it is switched off, then tells the gap', async () => {
    const { stores, feed, control } = memoryStores()
    const gap = new Promise<Change>((resolve) => void feed.listen(resolve))
    control.setUnavailable(true)
    await expect(stores.absences.replace(acme, anna, 0, nothing, change)).rejects.toBeInstanceOf(
      StoreUnavailable,
    )
    await expect(feed.tell({ kind: 'company', company: acme })).rejects.toBeInstanceOf(StoreUnavailable)
    control.setUnavailable(false)
    expect(await gap).toEqual({ kind: 'gap' })
    expect((await stores.absences.read(acme, anna)).version).toBe(0)
  })
  it('fails as many calls as it is told to, of the named store', async () => {
    const { stores, control } = memoryStores()
    control.failNext(2, 'absences')
    await stores.calls.list(acme)
    await expect(stores.absences.read(acme, anna)).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(stores.absences.read(acme, anna)).rejects.toBeInstanceOf(StoreUnavailable)
    expect(await stores.absences.read(acme, anna)).toEqual(nothing)
  })
  it('spoilt records are unreadable and cannot be written over', async () => {
    const { stores, control } = memoryStores()
    control.spoilAbsence(acme, anna)
    control.spoilCompany(acme)
    await expect(stores.absences.read(acme, anna)).rejects.toBeInstanceOf(RecordUnreadable)
    await expect(stores.absences.replace(acme, anna, 0, nothing, change)).rejects.toBeInstanceOf(
      RecordUnreadable,
    )
    await expect(stores.companies.read(acme)).rejects.toBeInstanceOf(RecordUnreadable)
    expect(await stores.absences.readAll(acme)).toEqual(new Map())
    control.wipe()
    expect(await stores.absences.read(acme, anna)).toEqual(nothing)
  })
  it('listeners of a dead process hear nothing', async () => {
    const { feed, control } = memoryStores()
    const dead: Change[] = []
    feed.listen((told) => dead.push(told))
    control.dropListeners()
    const alive = new Promise((resolve) => void feed.listen(resolve))
    await feed.tell({ kind: 'company', company: acme })
    await alive
    expect(dead).toEqual([])
  })
})
