import { describe, expect, it } from 'vitest'
import type { DeviceName, Extension, PersonId } from '../../src/domain/ids.js'
import { parkOperations } from '../../src/flows/park-operations.js'
import { resume } from '../../src/flows/resume.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import { gate } from '../support/gate.js'
import { Office, officeFile } from '../support/office.js'
import { talkWithRut } from './talk-scenes.js'

/** Rut puts the caller on hold and keys a parking code. */
async function rutParks(office: Office, rut: FakeLeg, code: string): Promise<FakeLeg> {
  rut.hold()
  const keyed = await office.dials('rut-bord', code)
  await office.pass(1)
  return keyed
}

const parkedPlaces = async (office: Office): Promise<readonly string[]> =>
  (await office.memory.stores.parking.list(office.company.company)).map((record) => record.place)

async function allQuiet(office: Office): Promise<void> {
  await office.pass(10)
  expect(office.exchange.rooms).toEqual([])
  expect(office.exchange.legs.size).toBe(0)
  expect(office.switchboard.calls).toBe(0)
  expect(await parkedPlaces(office)).toEqual([])
  expect(office.faults).toEqual([])
}

describe('a call that is parked on somebody', () => {
  it('P-02 P-05 waits there with music; the parker hears where and is free at once', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    const keyed = await rutParks(office, rut, '*68*101#')
    expect(keyed.sounds).toContain('Parkerat på ett noll ett.')
    expect(rut.alive).toBe(false)
    expect(caller.room).toBe('park-kontoret-101')
    expect(await parkedPlaces(office)).toEqual(['101'])
    expect(office.lamps.burning.get('park-kontoret-101')).toBe('busy')
    await office.pass(3)
    expect(keyed.alive).toBe(false)
    expect(caller.longestSilence).toBeLessThanOrEqual(2000)

    caller.hangUp()
    await office.pass(1)
    expect(office.lamps.burning.get('park-kontoret-101')).toBe('off')
    await allQuiet(office)
  })

  it('P-05 hears the music of the company', async () => {
    const office = await new Office({ ...officeFile, parking: { music: 'harp' } }).start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    expect(caller.hearsMusic).toBe(true)
    expect(caller.musicClass).toBe('harp')
    caller.hangUp()
    await allQuiet(office)
  })

  it('P-22 P-27 is fetched from any phone, and both see each other', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    const erik = await office.dials('erik-bord', '*88*101#')
    await office.pass(1)
    expect(caller.hears).toEqual([erik])
    expect(erik.hears).toEqual([caller])
    expect(erik.display.number).toBe('+46701740630')
    expect(caller.display).toEqual({ name: 'Erik Ek', number: '102' })
    expect(await parkedPlaces(office)).toEqual([])
    erik.hangUp()
    await office.pass(1)
    expect(caller.alive).toBe(false)
    await allQuiet(office)
  })

  it('P-04 P-03 an occupied place is refused in words, and the caller stays with the parker', async () => {
    const office = await new Office().start()
    const first = await talkWithRut(office)
    await rutParks(office, first.rut, '*68*101#')
    const second = await talkWithRut(office)
    const keyed = await rutParks(office, second.rut, '*68*101#')
    await office.pass(6)
    expect(keyed.sounds).toEqual([
      'tone:congestion:se',
      'Det finns redan ett parkerat samtal på ett noll ett.',
    ])
    expect(second.caller.hears).toEqual([second.rut])
    second.caller.hangUp()
    first.caller.hangUp()
    await allQuiet(office)
  })

  it.each([
    ['*68*999#', 'Anknytningen finns inte.'],
    ['*68*101#', 'Det finns inget samtal att parkera.'],
    ['*88*101#', 'Inget parkerat samtal på ett noll ett.'],
    ['*58*7#', 'Numret finns inte.'],
  ])('P-03 P-22 %s with nothing in hand is refused: %s', async (code, words) => {
    const office = await new Office().start()
    const keyed = await office.dials('rut-bord', code)
    await office.pass(7)
    expect(keyed.sounds).toEqual(['tone:congestion:se', words])
    await allQuiet(office)
  })

  it('P-06 P-07 P-11 P-14 TN-4 comes back to the parker, who sees who it is, while the caller keeps the music', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    await office.pass(46)
    const back = office.ring('rut-bord')
    expect(back.display.name).toMatch(/^Åter:/)
    expect(back.headers['Alert-Info']).toMatch(/Bellcore/)
    expect(caller.room).toBe('park-kontoret-101')
    back.answer()
    await office.pass(1)
    expect(caller.hears).toEqual([back])
    expect(await parkedPlaces(office)).toEqual([])
    back.hangUp()
    await office.pass(1)
    expect(caller.alive).toBe(false)
    await allQuiet(office)
  })

  it('O-12 an alternate outside that has become grey is not dialled', async () => {
    const parking = { plan: 'alternate', alternate: 'number:+46701740611', recallSeconds: 30 }
    for (const outgoing of [[], ['+467017']]) {
      const office = await new Office({ ...officeFile, parking, grey: { outgoing } }).start()
      const { caller, rut } = await talkWithRut(office)
      await rutParks(office, rut, '*68*101#')
      await office.pass(32)
      const dialled = office.exchange.ringing('kontoret-trunk').map((leg) => leg.dialled)
      expect(dialled).toEqual(outgoing.length === 0 ? ['+46701740611'] : [])
      caller.hangUp()
      rut.hangUp()
      await allQuiet(office)
    }
  })

  it('P-09 P-10 P-18 that nobody takes goes on to the mailbox in the end, never to a disconnect', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    await office.pass(400)
    expect(caller.sounds.some((sound) => sound.includes('Lämna ett meddelande'))).toBe(true)
    expect(caller.longestSilence).toBeLessThanOrEqual(2000)
    caller.hangUp()
    await allQuiet(office)
  })

  it('P-12 of two who fetch at once one wins and the other hears that it is taken', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    const erik = office.exchange.call('erik-bord', '*88*101#')
    const bo = office.exchange.call('bo-bord', '*88*101#')
    await office.pass(7)
    const winner = [erik, bo].find((leg) => leg.hears.length > 0)
    const loser = winner === erik ? bo : erik
    expect(caller.hears).toEqual([winner])
    expect(loser.sounds.at(-1)).toMatch(/redan hämtat|Inget parkerat samtal/)
    caller.hangUp()
    await allQuiet(office)
  })

  it('P-22 whoever fetches is answered when they are in one room with the call, not before: no word is lost', async () => {
    const whenTogether: string[] = []
    const legs: { caller?: FakeLeg; fetching?: FakeLeg } = {}
    const office = await new Office().start((name, moment) => {
      const { caller, fetching } = legs
      if (name === 'enter' && moment === 'after' && fetching?.room !== undefined)
        whenTogether.push(`${fetching.room === caller?.room ? 'together' : 'apart'}, ${fetching.state}`)
    })
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    legs.caller = caller
    legs.fetching = office.exchange.call('erik-bord', '*88*101#')
    await office.pass(1)
    expect(caller.hears).toEqual([legs.fetching])
    expect(whenTogether).toEqual(['together, ringing'])
    expect(legs.fetching.state).toBe('up')
    caller.hangUp()
    await allQuiet(office)
  })

  it('P-13 fetched while it rings back: the ringing stops', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    await office.pass(46)
    const back = office.ring('rut-bord')
    const erik = await office.dials('erik-bord', '*88*101#')
    await office.pass(1)
    expect(back.alive).toBe(false)
    expect(caller.hears).toEqual([erik])
    caller.hangUp()
    await allQuiet(office)
  })

  it('P-15 who hangs up frees the place at once and stops the ringing', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    await office.pass(46)
    const back = office.ring('rut-bord')
    caller.hangUp()
    await office.pass(0.1)
    expect(back.alive).toBe(false)
    expect(await parkedPlaces(office)).toEqual([])
    await allQuiet(office)
  })

  it('P-02 by blind transfer of the phone to the code', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    rut.transfer('*68*101#')
    await office.pass(1)
    expect(caller.room).toBe('park-kontoret-101')
    expect(rut.alive).toBe(false)
    const anna = await office.dials('anna-bord', '*88#')
    await office.pass(1)
    expect(caller.hears).toEqual([anna])
    caller.hangUp()
    await allQuiet(office)
  })

  it('P-03 a blind transfer onto an occupied place brings the caller back to the parker', async () => {
    const office = await new Office().start()
    const first = await talkWithRut(office)
    await rutParks(office, first.rut, '*68*101#')
    const second = await talkWithRut(office)
    second.rut.transfer('*68*101#')
    await office.pass(1)
    const back = office.ring('rut-bord')
    expect(back.display.name).toMatch(/^Åter:/)
    expect(back.headers['Alert-Info']).toMatch(/Bellcore/)
    back.answer()
    await office.pass(1)
    expect(second.caller.hears).toEqual([back])
    await office.pass(6)
    const words = 'Det finns redan ett parkerat samtal på ett noll ett.'
    expect(back.sounds).toEqual(['tone:congestion:se', words])
    expect(second.caller.sounds).not.toContain(words)
    second.caller.hangUp()
    first.caller.hangUp()
    await allQuiet(office)
  })

  it('P-28 to a group: the next free extension in order, said to the parker', async () => {
    const office = await new Office().start()
    const first = await talkWithRut(office)
    const one = await rutParks(office, first.rut, '*58*1#')
    expect(one.sounds).toContain('Parkerat på ett noll ett.')
    const second = await talkWithRut(office)
    const two = await rutParks(office, second.rut, '*58#')
    expect(two.sounds).toContain('Parkerat på ett noll två.')
    first.caller.hangUp()
    second.caller.hangUp()
    await allQuiet(office)
  })
})

describe('a restart while calls are parked', () => {
  it('P-32 keeps the call, its music and its deadline', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    await office.pass(20)
    office.kill()
    await office.pass(5)
    await office.start()
    expect(caller.room).toBe('park-kontoret-101')
    expect(await parkedPlaces(office)).toEqual(['101'])
    await office.pass(15)
    expect(office.exchange.ringing('rut-bord')).toEqual([])
    await office.pass(6)
    office.ring('rut-bord').answer()
    await office.pass(1)
    expect(caller.hears).toHaveLength(1)
    caller.hangUp()
    await allQuiet(office)
  })

  it.each([
    [1, 3],
    [20, 3],
    [20, 24],
    [44, 0.5],
  ])(
    'P-32 killed %i s after the parking, and away for %i s: the call comes back in the same second as without',
    async (after, away) => {
      const office = await new Office().start()
      const { caller, rut } = await talkWithRut(office)
      const parkedAt = office.clock.now()
      await rutParks(office, rut, '*68*101#')
      const [record] = await office.memory.stores.parking.list(office.company.company)
      expect(record?.deadline).toBe(parkedAt + 45_000)
      const untilAfterParking = (seconds: number): Promise<void> =>
        office.pass(seconds - (office.clock.now() - parkedAt) / 1000)
      await untilAfterParking(Math.max(1, after))
      office.kill()
      await untilAfterParking(after + away)
      await office.start()
      await untilAfterParking(44.9)
      expect(office.exchange.ringing('rut-bord')).toEqual([])
      await untilAfterParking(46)
      expect(office.exchange.ringing('rut-bord')).toHaveLength(1)
      caller.hangUp()
      await allQuiet(office)
    },
  )

  it('P-14 P-34 a caller hangs up after it, before the store has answered: the place is free', async () => {
    const store = gate('parking.read', 'before')
    const office = await new Office().start(store.onCall)
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    office.kill()
    store.hold()
    await office.start(store.onCall)
    caller.hangUp()
    await office.pass(1)
    store.letGo()
    await office.pass(15)
    expect(await parkedPlaces(office)).toEqual([])
    await allQuiet(office)
  })

  it('M-06 a store that was wiped is filled again from the exchange', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    office.kill()
    office.memory.control.wipe()
    await office.start()
    await office.pass(1)
    expect(await parkedPlaces(office)).toEqual(['101'])
    const anna = await office.dials('anna-bord', '*88#')
    await office.pass(1)
    expect(caller.hears).toEqual([anna])
    caller.hangUp()
    await allQuiet(office)
  })
})

describe('what dies while calls are parked', () => {
  it('P-18 Växel: after the backup time, and not before, the exchange takes the caller away by itself', async () => {
    const parking = { recallSeconds: 600, backupSeconds: 30 }
    const office = await new Office({ ...officeFile, parking }).start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    await office.pass(500)
    expect(caller.room).toBe('park-kontoret-101')
    office.kill()
    await office.pass(29)
    expect(caller.room).toBe('park-kontoret-101')
    await office.pass(17)
    expect(caller.leftTo).toBe('vaxel-fallback,T')
  })

  it('P-18 Växel: a party that was called is taken away as well', async () => {
    const office = await new Office({ ...officeFile, parking: { backupSeconds: 10 } }).start()
    const rut = await office.dials('rut-bord', '102')
    const erik = office.ring('erik-bord')
    erik.answer()
    await office.pass(1)
    await rutParks(office, rut, '*68*101#')
    expect(erik.room).toBe('park-kontoret-101')
    expect(erik.hearsMusic).toBe(true)
    office.kill()
    await office.pass(21)
    expect(erik.leftTo).toBe('vaxel-fallback,T')
  })

  it('M-06 the store, wiped while calls are parked, is filled again from them', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    office.memory.control.wipe()
    await office.pass(11)
    expect(await parkedPlaces(office)).toEqual(['101'])
    const anna = await office.dials('anna-bord', '*88#')
    await office.pass(1)
    expect(caller.hears).toEqual([anna])
    caller.hangUp()
    await allQuiet(office)
  })

  it('M-05 P-34 the store, away while the call comes back and is answered: they talk, and the place is free when it is back', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    await office.pass(42)
    office.memory.control.setUnavailable(true)
    await office.pass(4)
    const back = office.ring('rut-bord')
    back.answer()
    await office.pass(1)
    expect(caller.hears).toEqual([back])
    office.memory.control.setUnavailable(false)
    expect(await parkedPlaces(office)).toEqual(['101'])
    await office.pass(11)
    expect(caller.hears).toEqual([back])
    expect(await parkedPlaces(office)).toEqual([])
    caller.hangUp()
    await allQuiet(office)
  })

  it('M-05 P-34 the store, away while a parked caller hangs up: the place is free when it is back', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    office.memory.control.setUnavailable(true)
    caller.hangUp()
    await office.pass(1)
    expect(office.lamps.burning.get('park-kontoret-101')).toBe('off')
    office.memory.control.setUnavailable(false)
    expect(await parkedPlaces(office)).toEqual(['101'])
    await allQuiet(office)
  })
})

describe('a phone that transfers', () => {
  it('I-20 blind: the caller rings where it was sent', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    rut.transfer('103')
    await office.pass(1)
    const bo = office.ring('bo-bord')
    bo.answer()
    await office.pass(1)
    expect(caller.hears).toEqual([bo])
    caller.hangUp()
    await allQuiet(office)
  })

  it('I-20 attended: the two who are left talk with each other', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    rut.hold()
    const consult = await office.dials('rut-bord', '103')
    const bo = office.ring('bo-bord')
    bo.answer()
    await office.pass(1)
    rut.transferTo(consult)
    await office.pass(1)
    expect(caller.hears).toEqual([bo])
    expect(bo.hears).toEqual([caller])
    bo.hangUp()
    await office.pass(1)
    expect(caller.alive).toBe(false)
    await allQuiet(office)
  })
})

describe('parking by a program', () => {
  it('P-02 d parks the held call of a person and fetches it to a phone', async () => {
    const office = await new Office().start()
    const desk = parkOperations(office.deps)
    const { company } = office.company
    let changes = 0
    const stop = desk.watch(company, () => (changes += 1))
    const { caller, rut } = await talkWithRut(office)
    const parking = desk.park(company, { kind: 'device', device: 'rut-bord' as DeviceName }, { kind: 'own' })
    await office.pass(1)
    expect(await parking).toEqual({ parkedOn: '100' })
    expect(rut.alive).toBe(false)
    expect(await desk.list(company)).toMatchObject([{ place: '100', state: 'parked', parkedBy: 'rut' }])
    const fetching = desk.fetch(company, '100' as Extension, 'bo-bord' as DeviceName)
    await office.pass(1)
    expect(await fetching).toBe('fetching')
    const bo = office.ring('bo-bord')
    expect(bo.headers['Call-Info']).toMatch(/answer-after=0/)
    bo.answer()
    await office.pass(1)
    expect(caller.hears).toEqual([bo])
    expect(changes).toBeGreaterThan(1)
    expect(await desk.fetch(company, '100' as Extension, 'bo-bord' as DeviceName)).toEqual({
      refused: 'nothing',
    })
    expect(
      await desk.park(company, { kind: 'device', device: 'nobody' as DeviceName }, { kind: 'own' }),
    ).toEqual({
      refused: 'noSuchDevice',
    })
    stop()
    caller.hangUp()
    await allQuiet(office)
  })
})

describe('fetching by a program', () => {
  const parked = async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    const fetch = (device: string) =>
      parkOperations(office.deps).fetch(office.company.company, '101' as Extension, device as DeviceName)
    return { office, caller, fetch }
  }

  it('P-02 d asked for twice at once rings the phone once', async () => {
    const { office, caller, fetch } = await parked()
    const both = [fetch('bo-bord'), fetch('bo-bord')]
    await office.pass(1)
    expect(await Promise.all(both)).toEqual(['fetching', 'fetching'])
    office.ring('bo-bord').answer()
    await office.pass(1)
    expect(caller.hears).toHaveLength(1)
    caller.hangUp()
    await allQuiet(office)
  })

  it('P-17 a phone that does not take it leaves the call parked, and may be asked again', async () => {
    const { office, caller, fetch } = await parked()
    const first = fetch('bo-bord')
    await office.pass(1)
    expect(await first).toBe('fetching')
    await office.pass(25)
    expect(caller.hearsMusic).toBe(true)
    const second = fetch('bo-bord')
    await office.pass(1)
    expect(await second).toBe('fetching')
    const bo = office.ring('bo-bord')
    bo.answer()
    await office.pass(1)
    expect(caller.hears).toEqual([bo])
    caller.hangUp()
    await allQuiet(office)
  })

  it('P-02 d a phone that is not there is refused, and the call stays parked', async () => {
    const { office, caller, fetch } = await parked()
    office.exchange.unregister('bo-bord')
    const asked = fetch('bo-bord')
    await office.pass(1)
    expect(await asked).toEqual({ refused: 'notReachable' })
    expect(caller.hearsMusic).toBe(true)
    caller.hangUp()
    await allQuiet(office)
  })
})

describe('a group that is paged', () => {
  it('P-31 hears on its phones where the call is parked', async () => {
    const file = {
      ...officeFile,
      parkGroups: [{ id: 'salj', number: '1', name: 'Sälj', members: ['anna', 'bo'], paging: true }],
    }
    const office = await new Office(file).start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*58#')
    const page = office.ring('bo-bord')
    expect(page.headers['Call-Info']).toMatch(/answer-after=0/)
    page.answer()
    await office.pass(0.5)
    expect(page.sounds).toEqual(['Samtal parkerat på ett noll ett.'])
    await office.pass(10)
    expect(page.alive).toBe(false)
    caller.hangUp()
    await allQuiet(office)
  })
})

describe('an exchange that restarted', () => {
  it('P-33 P-34 frees the places of calls that are gone, and the parker sees it', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    await office.pass(5)
    office.kill()
    caller.hangUp()
    await office.start()
    expect(await parkedPlaces(office)).toEqual([])
    expect(office.lamps.burning.get('park-kontoret-101')).toBe('off')
    const missed = await office.memory.stores.missedCalls.list(office.company.company, 'rut' as PersonId, 5)
    expect(missed.map((call) => call.why)).toContain('parkedLost')
  })
})

describe('an exchange that restarted while the app ran on', () => {
  it('P-33 frees the places of calls that are gone, and the parker sees it once', async () => {
    const office = await new Office().start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    await office.pass(5)
    office.exchange.mute = true
    caller.hangUp()
    office.exchange.mute = false
    await resume(office.switchboard, office.deps)
    await office.pass(1)
    expect(await parkedPlaces(office)).toEqual([])
    expect(office.lamps.burning.get('park-kontoret-101')).toBe('off')
    const missed = await office.memory.stores.missedCalls.list(office.company.company, 'rut' as PersonId, 5)
    expect(missed.map(({ why }) => why)).toEqual(['parkedLost'])
    await allQuiet(office)
  })
})

describe('a parked caller who waits long', () => {
  it('P-19 hears now and then that they are not forgotten', async () => {
    const office = await new Office({
      ...officeFile,
      parking: { comfortSeconds: 30, recallSeconds: 100 },
    }).start()
    const { caller, rut } = await talkWithRut(office)
    await rutParks(office, rut, '*68*101#')
    await office.pass(70)
    expect(caller.sounds.filter((sound) => sound === 'Tack för att du väntar.')).toHaveLength(2)
    caller.hangUp()
    await allQuiet(office)
  })
})
