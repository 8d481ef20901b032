import { describe, expect, it } from 'vitest'
import type { Extension, LegId } from '../../src/domain/ids.js'
import { gate } from '../support/gate.js'
import { settle } from '../support/manual-clock.js'
import type { FakeLeg, OnCall } from '../support/fake-exchange.js'
import { Office } from '../support/office.js'
import { closeDown } from './opened.js'
import { talkWithRut } from './talk-scenes.js'

const place = '101' as Extension
const elsewhere = 'a-leg-of-another-exchange' as LegId

interface Parked {
  readonly office: Office
  readonly caller: FakeLeg
}

/** Rut has parked a caller on Anna's extension. */
async function parkedOnAnna(onCall?: OnCall): Promise<Parked> {
  const office = await new Office().start(onCall)
  const { caller, rut } = await talkWithRut(office)
  rut.hold()
  await office.dials('rut-bord', '*68*101#')
  await office.pass(5)
  expect(caller.hearsMusic).toBe(true)
  return { office, caller }
}

const records = ({ office }: Parked) => office.memory.stores.parking.list(office.company.company)

/** Another process has claimed the call. */
async function claimedElsewhere({ office }: Parked): Promise<void> {
  const now = office.clock.now()
  await office.memory.stores.parking.fetch(office.company.company, place, elsewhere, now, 10_000)
}

describe('a parked call is fetched while the store has not answered yet', () => {
  it.each(['before', 'after'] as const)(
    'P-22 M-05 they talk at once (%s the store has decided), and the place is free when it has answered',
    async (moment) => {
      const store = gate('parking.fetch', moment)
      const parked = await parkedOnAnna(store.onCall)
      store.hold()
      const erik = await parked.office.dials('erik-bord', '*88*101#')
      expect(erik.hears).toEqual([parked.caller])
      expect(parked.caller.hears).toEqual([erik])
      expect(await records(parked)).toHaveLength(1)
      store.letGo()
      await parked.office.pass(0.1)
      expect(await records(parked)).toEqual([])
      expect(erik.hears).toEqual([parked.caller])
      await closeDown(parked.office)
    },
  )

  it.each(['erik', 'the caller'])(
    'P-14 P-15 %s hangs up: both calls end, and the place is free',
    async (who) => {
      const store = gate('parking.fetch', 'after')
      const parked = await parkedOnAnna(store.onCall)
      store.hold()
      const erik = await parked.office.dials('erik-bord', '*88*101#')
      if (who === 'erik') erik.hangUp()
      else parked.caller.hangUp()
      await settle()
      store.letGo()
      await parked.office.pass(1)
      expect([erik.alive, parked.caller.alive]).toEqual([false, false])
      expect(await records(parked)).toEqual([])
      await closeDown(parked.office)
    },
  )

  it('P-12 whoever asks second hears that it was fetched, once that is certain', async () => {
    const store = gate('parking.fetch', 'after')
    const parked = await parkedOnAnna(store.onCall)
    store.hold()
    const erik = await parked.office.dials('erik-bord', '*88*101#')
    const bo = await parked.office.dials('bo-bord', '*88*101#')
    await parked.office.pass(0.5)
    expect(bo.sounds).toEqual([])
    store.letGo()
    await parked.office.pass(7)
    expect(bo.sounds.at(-1)).toBe('Samtalet är redan hämtat.')
    expect(parked.caller.hears).toEqual([erik])
    await closeDown(parked.office)
  })

  it('P-12 whoever asks while the place is being freed hears that it was fetched', async () => {
    const freeing = gate('parking.free', 'before')
    const parked = await parkedOnAnna(freeing.onCall)
    freeing.hold()
    const erik = await parked.office.dials('erik-bord', '*88*101#')
    const bo = await parked.office.dials('bo-bord', '*88*101#')
    await parked.office.pass(0.1)
    freeing.letGo()
    await parked.office.pass(6)
    expect(bo.sounds.at(-1)).toBe('Samtalet är redan hämtat.')
    expect(parked.caller.hears).toEqual([erik])
    await closeDown(parked.office)
  })

  it('P-17 who hangs up on the way in leaves the call to the next one at once', async () => {
    const entering = gate('enter', 'before')
    const parked = await parkedOnAnna(entering.onCall)
    entering.hold()
    const erik = await parked.office.dials('erik-bord', '*88*101#')
    erik.hangUp()
    entering.letGo()
    await parked.office.pass(0.5)
    expect(parked.caller.hearsMusic).toBe(true)
    const bo = await parked.office.dials('bo-bord', '*88*101#')
    await parked.office.pass(0.5)
    expect(parked.caller.hears).toEqual([bo])
    await closeDown(parked.office)
  })
})

describe('a parked call is fetched without the store', () => {
  it('M-05 while it is away: they talk, and the place is free when it is back', async () => {
    const parked = await parkedOnAnna()
    const { office, caller } = parked
    office.memory.control.setUnavailable(true)
    const erik = await office.dials('erik-bord', '*88*101#')
    await office.pass(1)
    expect(caller.hears).toEqual([erik])
    office.memory.control.setUnavailable(false)
    expect(await records(parked)).toHaveLength(1)
    await office.pass(11)
    expect(caller.hears).toEqual([erik])
    expect(await records(parked)).toEqual([])
    await closeDown(office)
  })

  it('M-06 after it has lost the record', async () => {
    const { office, caller } = await parkedOnAnna()
    office.memory.control.wipe()
    const erik = await office.dials('erik-bord', '*88*101#')
    await office.pass(1)
    expect(caller.hears).toEqual([erik])
    await closeDown(office)
  })
})

describe('a parked call that another process has claimed', () => {
  it('P-12 M-10 whoever fetches it hears so, the caller is back in place, and when that claim has lapsed it is fetched', async () => {
    const parked = await parkedOnAnna()
    const { office, caller } = parked
    await claimedElsewhere(parked)
    const erik = await office.dials('erik-bord', '*88*101#')
    await office.pass(1)
    expect(caller.room).toBe('park-kontoret-101')
    expect(caller.hearsMusic).toBe(true)
    await office.pass(6)
    expect(erik.sounds.at(-1)).toBe('Samtalet är redan hämtat.')
    expect(erik.alive).toBe(false)
    expect(await records(parked)).toMatchObject([{ place, leg: caller.id, fetching: { leg: elsewhere } }])
    await office.pass(4)
    const bo = await office.dials('bo-bord', '*88*101#')
    await office.pass(1)
    expect(caller.hears).toEqual([bo])
    await closeDown(office)
  })

  it('P-12 the store says so only after a second one has asked: both hear it, and nobody is lost', async () => {
    const store = gate('parking.fetch', 'after')
    const parked = await parkedOnAnna(store.onCall)
    const { office, caller } = parked
    await claimedElsewhere(parked)
    store.hold()
    const erik = await office.dials('erik-bord', '*88*101#')
    const bo = await office.dials('bo-bord', '*88*101#')
    store.letGo()
    await office.pass(7)
    expect([erik.sounds.at(-1), bo.sounds.at(-1)]).toEqual([
      'Samtalet är redan hämtat.',
      'Samtalet är redan hämtat.',
    ])
    expect(caller.hearsMusic).toBe(true)
    await closeDown(office)
  })

  it.each(['erik', 'the caller'])('P-12 P-15 %s hangs up before the store has said so', async (who) => {
    const store = gate('parking.fetch', 'after')
    const parked = await parkedOnAnna(store.onCall)
    const { office, caller } = parked
    await claimedElsewhere(parked)
    store.hold()
    const erik = await office.dials('erik-bord', '*88*101#')
    if (who === 'erik') erik.hangUp()
    else caller.hangUp()
    await settle()
    store.letGo()
    await office.pass(1)
    expect(erik.alive).toBe(false)
    expect(caller.hearsMusic).toBe(who === 'erik')
    expect(await records(parked)).toHaveLength(who === 'erik' ? 1 : 0)
    await closeDown(office)
  })
})
