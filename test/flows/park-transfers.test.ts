import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../src/domain/ids.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import { Office, officeFile } from '../support/office.js'
import { closeDown, openOffice } from './opened.js'
import { talkWithRut } from './talk-scenes.js'

/** Erik has called Rut, who has parked him on Anna's extension. */
async function erikIsParked(office: Office): Promise<FakeLeg> {
  const erik = await office.dials('erik-bord', '100')
  const rut = office.ring('rut-bord')
  rut.answer()
  await office.pass(1)
  rut.hold()
  await office.dials('rut-bord', '*68*101#')
  await office.pass(3)
  expect(erik.room).toBe('park-kontoret-101')
  return erik
}

/** Erik has called Bo meanwhile, who has answered. */
async function erikAsksBo(office: Office): Promise<{ readonly consult: FakeLeg; readonly bo: FakeLeg }> {
  const consult = await office.dials('erik-bord', '103')
  const bo = office.ring('bo-bord')
  bo.answer()
  await office.pass(1)
  expect(bo.hears).toEqual([consult])
  return { consult, bo }
}

const records = (office: Office) => office.memory.stores.parking.list(office.company.company)

describe('a parked party that transfers itself away', () => {
  it.each(['the parked call onto the other', 'the other onto the parked call'])(
    'P-20 attended, %s: whom it named is parked in its place, with the time that was left',
    async (which) => {
      const office = await openOffice()
      const erik = await erikIsParked(office)
      const [before] = await records(office)
      await office.pass(10)
      const { consult, bo } = await erikAsksBo(office)
      if (which.startsWith('the parked')) erik.transferTo(consult)
      else consult.transferTo(erik)
      await office.pass(1)
      expect(erik.alive).toBe(false)
      expect(bo.room).toBe('park-kontoret-101')
      const [after] = await records(office)
      expect(after).toMatchObject({
        place: '101',
        leg: bo.id,
        party: { name: 'Bo Berg', number: '103' },
        parkedBy: 'rut',
        since: before?.since,
        deadline: before?.deadline,
      })
      expect(office.lamps.burning.get('park-kontoret-101')).toBe('busy')

      const anna = await office.dials('anna-bord', '*88#')
      await office.pass(1)
      expect(anna.hears).toEqual([bo])
      expect(anna.display).toEqual({ name: 'Bo Berg', number: '103' })
      expect(await records(office)).toEqual([])
      expect(office.lamps.burning.get('park-kontoret-101')).toBe('off')
    },
  )

  it('P-20 by INVITE with Replaces: the phone that was sent is parked in its place, with the time that was left', async () => {
    const office = await openOffice()
    const erik = await erikIsParked(office)
    const [before] = await records(office)
    await office.pass(10)
    const bo = office.exchange.takeOver('bo-bord', erik)
    await office.pass(1)
    expect(bo.room).toBe('park-kontoret-101')
    expect(bo.hearsMusic).toBe(true)
    expect(await records(office)).toMatchObject([
      { leg: bo.id, party: { name: 'Bo Berg', number: '103' }, deadline: before?.deadline, parkedBy: 'rut' },
    ])
    expect(office.lamps.burning.get('park-kontoret-101')).toBe('busy')
    office.kill()
    await office.start()
    await office.pass(36)
    const back = office.ring('rut-bord')
    expect(back.display.name).toBe('Åter: Bo Berg')
    back.answer()
    await office.pass(1)
    expect(back.hears).toEqual([bo])
    expect(await records(office)).toEqual([])
  })

  it('P-20 by INVITE with Replaces, and hung up in the same moment: the place is free', async () => {
    const office = await openOffice()
    const erik = await erikIsParked(office)
    office.exchange.takeOver('bo-bord', erik).hangUp()
    await office.pass(1)
    expect(await records(office)).toEqual([])
    expect(office.lamps.burning.get('park-kontoret-101')).toBe('off')
  })

  it('P-20 by INVITE with Replaces, while Växel is dead: the phone is hung up, and whoever is parked stays so', async () => {
    const office = await openOffice()
    const erik = await erikIsParked(office)
    office.kill()
    const bo = office.exchange.takeOver('bo-bord', erik)
    await office.start()
    await office.pass(20)
    expect([bo.alive, erik.hearsMusic]).toEqual([false, true])
    expect(await records(office)).toMatchObject([{ place: '101', leg: erik.id }])
  })

  it('P-20 while it rings back: the phone rings on for the new party', async () => {
    const office = await openOffice()
    const erik = await erikIsParked(office)
    await office.pass(30)
    const { consult, bo } = await erikAsksBo(office)
    await office.pass(13)
    office.ring('rut-bord')
    erik.transferTo(consult)
    await office.pass(1)
    const back = office.ring('rut-bord')
    expect(back.display.name).toBe('Åter: Bo Berg')
    back.answer()
    await office.pass(1)
    expect(back.hears).toEqual([bo])
    expect(await records(office)).toEqual([])
  })

  it('P-20 just as somebody fetches the call: they have the new party', async () => {
    const office = await openOffice()
    const erik = await erikIsParked(office)
    const { consult, bo } = await erikAsksBo(office)
    const fetching = office.exchange.call('rut-bord', '*88*101#')
    erik.transferTo(consult)
    await office.pass(7)
    expect(fetching.hears).toEqual([bo])
  })

  it('P-20 P-15 the new party hangs up: the place is free', async () => {
    const office = await openOffice()
    const erik = await erikIsParked(office)
    const { consult, bo } = await erikAsksBo(office)
    erik.transferTo(consult)
    await office.pass(1)
    bo.hangUp()
    await office.pass(1)
    expect(await records(office)).toEqual([])
    expect(office.lamps.burning.get('park-kontoret-101')).toBe('off')
  })

  it('P-20 the new party hangs up in the same moment: the place is free', async () => {
    const office = await openOffice()
    const erik = await erikIsParked(office)
    const { consult, bo } = await erikAsksBo(office)
    erik.transferTo(consult)
    bo.hangUp()
    await office.pass(1)
    expect(await records(office)).toEqual([])
    expect(office.lamps.burning.get('park-kontoret-101')).toBe('off')
  })

  it.each(['the parked call onto the talk', 'the talk onto the parked call'])(
    'P-20 P-24 attended, %s of three that it is in besides: it leaves both, the place is free, the two others go on',
    async (which) => {
      const office = await openOffice()
      const erik = await erikIsParked(office)
      const { consult, bo } = await erikAsksBo(office)
      consult.press('*3101#')
      await office.pass(1)
      const anna = office.ring('anna-bord')
      anna.answer()
      await office.pass(1)
      expect(new Set(bo.hears)).toEqual(new Set([consult, anna]))
      if (which.startsWith('the parked')) erik.transferTo(consult)
      else consult.transferTo(erik)
      await office.pass(2)
      expect([erik.alive, consult.alive]).toEqual([false, false])
      expect([bo.hears, anna.hears]).toEqual([[anna], [bo]])
      expect(await records(office)).toEqual([])
      expect(office.exchange.rooms.filter(({ id }) => id.startsWith('park-'))).toEqual([])
      expect(office.lamps.burning.get('park-kontoret-101')).toBe('off')
    },
  )

  it('P-20 P-15 blind: whoever leaves the place so frees it', async () => {
    const office = await openOffice()
    const erik = await erikIsParked(office)
    erik.transfer('103')
    await office.pass(1)
    expect(await records(office)).toEqual([])
    expect(office.lamps.burning.get('park-kontoret-101')).toBe('off')
  })

  it('P-20 P-32 after a restart the new party is still parked there, and comes back in time', async () => {
    const office = await openOffice()
    const erik = await erikIsParked(office)
    const { consult, bo } = await erikAsksBo(office)
    erik.transferTo(consult)
    await office.pass(1)
    for (const _ of [1, 2]) {
      office.kill()
      await office.start()
    }
    expect(bo.room).toBe('park-kontoret-101')
    await office.pass(45)
    const back = office.ring('rut-bord')
    back.answer()
    await office.pass(1)
    expect(back.hears).toEqual([bo])
  })

  it('P-20 M-05 while the store is away: the new party keeps the music and comes back to the parker', async () => {
    const office = await openOffice()
    const erik = await erikIsParked(office)
    const { consult, bo } = await erikAsksBo(office)
    office.memory.control.setUnavailable(true)
    erik.transferTo(consult)
    await office.pass(1)
    expect(bo.room).toBe('park-kontoret-101')
    office.memory.control.setUnavailable(false)
    await office.pass(45)
    const back = office.ring('rut-bord')
    back.answer()
    await office.pass(1)
    expect(back.hears).toEqual([bo])
    const missed = await office.memory.stores.missedCalls.list(office.company.company, 'rut' as PersonId, 5)
    expect(missed.map(({ why }) => why)).not.toContain('parkedLost')
  })
})

/**
 * The code takes the held call by itself, and then the line of its phone is free. A phone may complete the transfer by a key of its own
 * in any moment before.
 */
describe('a phone that parks by attended transfer', () => {
  it('P-02 c P-03 completed in whatever moment: the call is parked, or rings the parker again, and nothing else is', async () => {
    const ends: string[] = []
    for (let moment = 0; !ends.includes('too late'); moment += 1) {
      const office = new Office()
      let complete: () => void = () => undefined
      let seen = 0
      await office.start(() => {
        seen += 1
        if (seen === moment) complete()
      })
      const { caller, rut } = await talkWithRut(office)
      rut.hold()
      seen = 0
      const code = office.exchange.call('rut-bord', '*68*101#')
      let end = 'too late'
      complete = () => {
        if (!rut.alive || !code.alive) return
        end = 'in time'
        rut.transferTo(code)
      }
      if (moment === 0) complete()
      await office.pass(8)
      const places = await office.memory.stores.parking.list(office.company.company)
      const rings = office.exchange.ringing('rut-bord').length
      const isParked = caller.room === 'park-kontoret-101'
      expect([places.length, rings], `moment ${String(moment)}`).toEqual(isParked ? [1, 0] : [0, 1])
      expect([rut.alive, code.alive]).toEqual([false, false])
      ends.push(end)
      await closeDown(office)
    }
    expect(ends.length).toBeGreaterThan(10)
  })
})

describe('a phone that transfers attended to where nobody is', () => {
  it('I-20 the party comes back to whoever transferred it', async () => {
    const office = await openOffice()
    const listening = await office.dials('erik-bord', '*98')
    await office.pass(1)
    const { consult, bo } = await erikAsksBo(office)
    listening.transferTo(consult)
    await office.pass(1)
    expect(bo.alive).toBe(true)
    expect(office.exchange.ringing('erik-bord')).toHaveLength(1)
  })
})

describe('a phone that asks for the place of another (INVITE with Replaces)', () => {
  it('I-20 in a talk: goes on talking with the other party, and both see it', async () => {
    const office = await openOffice()
    const { consult, bo } = await erikAsksBo(office)
    const anna = office.exchange.takeOver('anna-bord', consult)
    await office.pass(1)
    expect(consult.alive).toBe(false)
    expect(anna.hears).toEqual([bo])
    expect(bo.hears).toEqual([anna])
    expect(bo.display).toEqual({ name: 'Anna Andersson', number: '101' })
    bo.hangUp()
    await office.pass(1)
    expect(anna.alive).toBe(false)
  })

  it('I-20 from another company: has no part in the call', async () => {
    const neighbour = {
      company: 'grannen',
      name: 'Grannen AB',
      zone: 'Europe/Stockholm',
      country: 'SE',
      language: 'sv',
      main: '+46846600200',
      reception: { people: ['gun'] },
      people: [{ id: 'gun', name: 'Gun Gran', extension: '201', devices: [{ name: 'gun-bord' }] }],
    }
    const office = await openOffice([officeFile, neighbour])
    const { consult, bo } = await erikAsksBo(office)
    const stranger = office.exchange.takeOver('gun-bord', consult)
    await office.pass(10)
    expect(bo.hears).toEqual([])
    expect(stranger.hears).toEqual([])
  })
})
