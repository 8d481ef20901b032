import { describe, expect, it } from 'vitest'
import type { CallId, Extension, LegId, PersonId } from '../../src/domain/ids.js'
import type { FakeLeg, OnCall } from '../support/fake-exchange.js'
import { gate } from '../support/gate.js'
import { settle } from '../support/manual-clock.js'
import { Office } from '../support/office.js'
import { closeDown } from './opened.js'
import { talkWithRut } from './talk-scenes.js'

interface Scene {
  readonly office: Office
  readonly caller: FakeLeg
  readonly rut: FakeLeg
}

async function opened(onCall?: OnCall): Promise<Scene> {
  const office = await new Office().start(onCall)
  return { office, ...(await talkWithRut(office)) }
}

const places = async ({ office }: Scene) =>
  (await office.memory.stores.parking.list(office.company.company)).map(({ leg }) => leg)

/** A call of which only the store knows stands on Anna's place. */
const takenElsewhere = ({ office }: Scene) =>
  office.memory.stores.parking.claim({
    v: 1,
    company: office.company.company,
    place: '101' as Extension,
    call: 'elsewhere' as CallId,
    leg: 'elsewhere' as LegId,
    phase: 'parked',
    parkedBy: 'bo' as PersonId,
    party: { number: '' },
    since: office.clock.now(),
    deadline: office.clock.now() + 45_000,
    ceiling: office.clock.now() + 1_800_000,
    round: 0,
  })

describe('a phone transfers a call blind onto a place', () => {
  it('P-02 b P-05 the caller has music before the store has answered, and can be fetched', async () => {
    const store = gate('parking.claim', 'before')
    const scene = await opened(store.onCall)
    const { office, caller, rut } = scene
    store.hold()
    rut.transfer('*68*101#')
    await settle()
    expect(caller.hearsMusic).toBe(true)
    expect(await places(scene)).toEqual([])
    const anna = await office.dials('anna-bord', '*88#')
    store.letGo()
    await office.pass(1)
    expect(rut.alive).toBe(false)
    expect(caller.hears).toEqual([anna])
    expect(await places(scene)).toEqual([])
    await closeDown(office)
  })

  it('P-15 the caller hangs up before the store has answered: the place is free', async () => {
    const store = gate('parking.claim', 'after')
    const scene = await opened(store.onCall)
    store.hold()
    scene.rut.transfer('*68*101#')
    await settle()
    scene.caller.hangUp()
    await settle()
    store.letGo()
    await scene.office.pass(1)
    expect(await places(scene)).toEqual([])
    await closeDown(scene.office)
  })

  it('M-05 while the store is away: parked all the same, and written down when it is back', async () => {
    const scene = await opened()
    const { office, caller, rut } = scene
    office.memory.control.setUnavailable(true)
    rut.transfer('*68*101#')
    await office.pass(2)
    expect(caller.hearsMusic).toBe(true)
    expect(office.lamps.burning.get('park-kontoret-101')).toBe('busy')
    office.memory.control.setUnavailable(false)
    await office.pass(11)
    expect(await places(scene)).toEqual([caller.id])
    const anna = await office.dials('anna-bord', '*88#')
    await office.pass(1)
    expect(caller.hears).toEqual([anna])
    await closeDown(office)
  })

  it('P-03 P-04 onto a place of which only the store knows that it is taken: the caller comes back to the parker', async () => {
    const scene = await opened()
    const { office, caller, rut } = scene
    await takenElsewhere(scene)
    rut.transfer('*68*101#')
    await office.pass(1)
    expect(office.exchange.rooms.some(({ id }) => id === 'park-kontoret-101')).toBe(false)
    const back = office.ring('rut-bord')
    back.answer()
    await office.pass(1)
    expect(caller.hears).toEqual([back])
    expect(office.lamps.burning.get('park-kontoret-101')).not.toBe('busy')
    await closeDown(office)
  })
})
