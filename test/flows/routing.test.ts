import { describe, expect, it } from 'vitest'
import type { CallId, PersonId } from '../../src/domain/ids.js'
import { officeFile, type Office } from '../support/office.js'
import { openOffice } from './opened.js'

/** Whoever cannot take a call is announced. */
const announcing = {
  ...officeFile,
  profile: { busy: 'announcement', noAnswer: 'announcement', notReachable: 'announcement' },
}

const missedOf = (office: Office, person: string) =>
  office.memory.stores.missedCalls.list(office.company.company, person as PersonId, 10)
const traceOf = (office: Office, call: string) =>
  office.memory.stores.traces.read(office.company.company, call as CallId)

describe('where a call goes', () => {
  it('R-01 an emergency number goes out at once with the location’s number, whatever is blocked or set', async () => {
    const file = {
      ...officeFile,
      emergency: ['112', '113'],
      emergencyShows: '+46846500499',
      owned: ['+46846500499'],
      grey: { outgoing: ['+46', '+'] },
    }
    const office = await openOffice(file)
    await office.away('anna', { reason: 'lunch' })
    for (const number of ['112', '113', '+46112']) {
      const anna = await office.dials('anna-bord', number)
      const outside = office.ring('kontoret-trunk')
      expect(outside.dialled).toBe(number.slice(-3))
      expect(outside.caller.number).toBe('+46846500499')
      outside.answer()
      await office.pass(1)
      expect(anna.hears).toEqual([outside])
      anna.hangUp()
      await office.pass(1)
    }
  })

  it('R-01 an emergency call that we cannot place is left to the dialplan', async () => {
    const office = await openOffice()
    office.exchange.trunk('kontoret-trunk', () => ({ kind: 'busy' }))
    const anna = await office.dials('anna-bord', '112')
    await office.pass(1)
    expect(anna.leftTo).toBe('vaxel-fallback,emergency')
  })

  it('R-02 TN-1 a blocked number is refused: tone for five seconds, the reason in words, the end', async () => {
    const office = await openOffice({ ...officeFile, grey: { outgoing: ['+46900'], incoming: ['+46701'] } })
    const anna = await office.dials('anna-bord', '0900123456')
    await office.pass(0.5)
    expect(anna.sounds).toEqual(['tone:congestion:se'])
    await office.pass(4)
    expect(anna.sounds).toEqual(['tone:congestion:se'])
    await office.pass(1)
    expect(anna.sounds).toEqual(['tone:congestion:se', 'Numret är spärrat.'])
    await office.pass(1)
    expect(anna.ended).toMatchObject({ by: 'exchange', reason: 'rejected' })

    const caller = await office.outsideCalls('+46846500401')
    await office.pass(7)
    expect(caller.sounds).toContain('Numret är spärrat.')
    expect(office.exchange.ringing('anna-bord')).toEqual([])
  })

  it('R-03 G-05 a diversion that goes in a circle ends in a mailbox, one that is too deep is refused in words', async () => {
    const to = (id: string) => ({
      noAnswer: `person:${id}`,
      busy: `person:${id}`,
      notReachable: `person:${id}`,
    })
    const chain = ['a', 'b', 'c', 'd'].map((id, index, all) => ({
      id,
      name: `Person ${id.toUpperCase()}`,
      extension: `20${String(index)}`,
      numbers: [`+4684650050${String(index)}`],
      devices: [{ name: `${id}-telefon` }],
      profile: to(all[(index + 1) % all.length]!),
    }))
    const circle = await openOffice({
      ...officeFile,
      settings: { ringSeconds: 5 },
      people: [...officeFile.people, ...chain],
    })
    const caller = await circle.outsideCalls('+46846500500')
    for (const id of ['a', 'b', 'c', 'd']) {
      expect(circle.exchange.ringing(`${id}-telefon`)).toHaveLength(1)
      await circle.pass(5.5)
    }
    await circle.pass(6)
    await circle.pass(3)
    expect(caller.recording).toBeDefined()

    const shallow = { ringSeconds: 5, diversions: 1 }
    const deep = await openOffice({
      ...officeFile,
      settings: shallow,
      people: [...officeFile.people, ...chain],
    })
    const other = await deep.outsideCalls('+46846500500')
    await deep.pass(18)
    expect(other.sounds).toContain('Samtalet kan inte kopplas vidare.')
    expect(other.ended).toMatchObject({ reason: 'congestion' })
  })

  it('R-04 what was dialled: extension, number of a colleague, number outside, nobody, nothing that can be read', async () => {
    const office = await openOffice()
    const inside = await office.dials('anna-bord', '103')
    expect(office.ring('bo-bord').display).toMatchObject({ name: 'Anna Andersson', number: '101' })
    inside.hangUp()
    const colleague = await office.dials('anna-bord', '0846500402')
    expect(office.exchange.ringing('erik-bord')).toHaveLength(1)
    colleague.hangUp()
    await office.pass(1)
    const outside = await office.dials('anna-bord', '0812345678')
    expect(office.ring('kontoret-trunk')).toMatchObject({
      dialled: '+46812345678',
      caller: { number: '+46846500401' },
    })
    outside.hangUp()
    for (const [dialled, words] of [
      ['199', 'Anknytningen finns inte.'],
      ['hello', 'Ogiltigt nummer.'],
      ['*99#', 'Okänd kod.'],
    ] as const) {
      const leg = await office.dials('anna-bord', dialled)
      await office.pass(7)
      expect(leg.sounds.at(-1)).toBe(words)
      expect(leg.alive).toBe(false)
    }
  })

  it('R-04 a call for a number that nobody has reaches the reception, with an alarm', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500477')
    const rut = office.ring('rut-bord')
    rut.answer()
    await office.pass(1)
    expect(caller.hears).toEqual([rut])
    expect(office.faults.splice(0).map(({ error, message }) => [message, error])).toEqual([
      ['a call could not be routed as intended', undefined],
    ])
  })

  it('R-05 a VIP gets through to somebody who is absent', async () => {
    const people = officeFile.people.map((person) =>
      person.id === 'anna' ? { ...person, vip: [{ number: '+46701740699' }] } : person,
    )
    const office = await openOffice({ ...officeFile, people })
    await office.away('anna', { reason: 'holiday' })
    await office.outsideCalls('+46846500401', '+46701740699')
    expect(office.exchange.ringing('anna-bord')).toHaveLength(1)
  })

  it('R-05 not reachable is not the same as no answer: no phone rings, and that is said at once', async () => {
    const office = await openOffice(announcing)
    office.exchange.unregister('anna-bord')
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(caller.sounds[0]).toBe('Anna Andersson kan inte nås just nu.')
    expect((await missedOf(office, 'anna')).map(({ why }) => why)).toEqual(['notReachable'])
    const ida = await office.dials('anna-bord', '104')
    await office.pass(1)
    expect(ida.sounds[0]).toBe('Ida Ilar kan inte nås just nu.')
  })

  it('R-06 busy is who talks on any device, or whose phone says so; absence beats busy', async () => {
    const office = await openOffice(announcing)
    await office.outsideCalls('+46846500402')
    office.ring('erik-mobil').answer()
    await office.pass(1)
    const second = await office.outsideCalls('+46846500402')
    await office.pass(1)
    expect(second.sounds[0]).toBe('Erik Ek är upptagen i telefon.')
    expect(office.exchange.ringing('erik-bord')).toEqual([])

    await office.away('erik', { reason: 'lunch' })
    const third = await office.outsideCalls('+46846500402')
    await office.pass(1)
    expect(third.sounds[0]).toBe('Erik Ek är på lunch.')

    office.exchange.register('anna-bord', { kind: 'busy' })
    const fourth = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(fourth.sounds[0]).toBe('Anna Andersson är upptagen i telefon.')
  })

  it('R-07 what a person sets is stronger than what a deputy sets, and the weaker shows again', async () => {
    const office = await openOffice()
    const bo = await office.dials('bo-bord', '*230*101*2*1500#')
    await office.pass(4)
    const anna = await office.dials('anna-bord', '*23*1*1130#')
    await office.pass(4)
    expect([bo.alive, anna.alive]).toEqual([false, false])
    const first = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(first.sounds[0]).toBe('Anna Andersson är på lunch och är åter klockan elva och trettio.')
    first.hangUp()
    await office.clock.advance(Date.parse('2026-11-23T11:30:00+01:00') - office.clock.now())
    const second = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(second.sounds[0]).toBe('Anna Andersson sitter i möte och är åter klockan femton.')
  })

  it('R-08 every decision stands in the trace of the call, with clock and zone', async () => {
    const office = await openOffice()
    await office.away('anna', { reason: 'lunch' })
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(1)
    caller.press('1')
    await office.pass(1)
    const trace = await traceOf(office, caller.id)
    expect(trace.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['R-01', 'R-02', 'R-03', 'R-04', 'R-05 absence', 'H-34']),
    )
    expect(trace.at(-1)?.rule).toBe('next')
    expect(new Set(trace.map(({ zone }) => zone))).toEqual(new Set(['Europe/Stockholm']))
    expect(trace.every(({ at }) => at >= caller.createdAt && at <= office.clock.now())).toBe(true)
  })

  it('R-09 a person whose facts cannot be had goes to the reception, with an alarm', async () => {
    const office = await openOffice()
    const directory = office.deps.directory()
    Object.assign(directory.person(office.company.company, 'anna')!, { recurring: [{ broken: true }] })
    const caller = await office.outsideCalls('+46846500401')
    const rut = office.ring('rut-bord')
    rut.answer()
    await office.pass(1)
    expect(caller.hears).toEqual([rut])
    expect(office.faults.splice(0).map(({ message }) => message)).toContain(
      'a call could not be routed as intended',
    )
  })

  it('R-10 a change meanwhile does not move a call that talks', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500401')
    const phone = office.ring('anna-bord')
    phone.answer()
    await office.pass(1)
    await office.away('anna', { reason: 'holiday' })
    await office.pass(5)
    expect(caller.hears).toEqual([phone])
  })

  it('G-04 the ringing time of the company and of the person count', async () => {
    const people = officeFile.people.map((person) =>
      person.id === 'anna' ? { ...person, ringSeconds: 30 } : person,
    )
    const office = await openOffice({ ...officeFile, settings: { ringSeconds: 10 }, people })
    await office.outsideCalls('+46846500401')
    await office.outsideCalls('+46846500402')
    await office.pass(9)
    expect(office.exchange.ringing('erik-bord')).toHaveLength(1)
    await office.pass(2)
    expect(office.exchange.ringing('erik-bord')).toEqual([])
    await office.pass(18)
    expect(office.exchange.ringing('anna-bord')).toHaveLength(1)
    await office.pass(2)
    expect(office.exchange.ringing('anna-bord')).toEqual([])
  })

  it.each([
    ['one phone', '+46846500401', 'anna-bord'],
    ['two phones', '+46846500402', 'erik-mobil'],
  ])('M-03 a talk that ends while it is taken up again ends the call (%s)', async (_, number, device) => {
    const office = await openOffice()
    const caller = await office.outsideCalls(number)
    const phone = office.ring(device)
    phone.answer()
    await office.pass(2)
    office.kill()
    await office.start((name, moment) => {
      if (name === 'openRoom' && moment === 'after') phone.hangUp()
    })
    await office.pass(5)
    expect(caller.ended).toMatchObject({ by: 'exchange', reason: 'normal' })
    expect(caller.sounds.filter((sound) => !sound.startsWith('tone:ring'))).toEqual([])
  })

  it('G-09 a phone that Asterisk forgets to stop is stopped by us, five seconds after its ringing time', async () => {
    const office = await openOffice(announcing)
    office.exchange.ringsForEver = true
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(24)
    expect(office.exchange.ringing('anna-bord')).toHaveLength(1)
    await office.pass(2)
    expect(office.exchange.ringing('anna-bord')).toEqual([])
    expect(caller.sounds[0]).toBe('Anna Andersson svarar inte.')
  })

  it('G-10 a call nobody told us of is found by the sweep and sent where somebody answers', async () => {
    const office = await openOffice()
    office.exchange.mute = true
    const caller = await office.outsideCalls('+46846500401')
    office.exchange.mute = false
    await office.pass(14)
    expect(caller.leftTo).toBeUndefined()
    await office.pass(16)
    expect(caller.leftTo).toBe('vaxel-fallback,reception')
    expect(office.faults.splice(0).map(({ message }) => message)).toEqual(['a leg belonged to no call'])
  })

  it('G-10 inner legs of a transfer nobody told us of are ended, and do not keep the sweep from its other work', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500401')
    const anna = office.ring('anna-bord')
    anna.answer()
    await office.pass(1)
    office.exchange.mute = true
    anna.transfer('103')
    office.exchange.mute = false
    // Nobody ever answers them, so they are not up in Asterisk.
    for (const leg of office.exchange.allLegs) if (leg.pair !== undefined) leg.state = 'down'
    caller.hangUp()
    await office.pass(40)
    expect(office.exchange.allLegs.filter(({ pair, alive }) => pair !== undefined && alive)).toEqual([])
    expect(new Set(office.faults.splice(0).map(({ message }) => message))).toEqual(
      new Set(['a leg belonged to no call']),
    )
  })

  it('a call from a device that belongs to nobody is left to the dialplan', async () => {
    const office = await openOffice()
    office.exchange.register('nobodys-phone')
    const leg = await office.dials('nobodys-phone', '101')
    expect(leg.leftTo).toBe('vaxel-fallback,dialled')
    expect(office.faults.splice(0).map(({ message }) => message)).toContain('a leg belongs to no company')
  })

  it('somebody answers and hangs up at once: the caller is released, and nobody is rung twice', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500402')
    const phone = office.ring('erik-mobil')
    phone.answer()
    phone.hangUp()
    await office.pass(3)
    expect(caller.alive).toBe(false)
    expect(office.exchange.allLegs.filter(({ device }) => device === 'erik-bord')).toHaveLength(1)
  })
})

describe('two companies on one exchange', () => {
  const other = {
    ...officeFile,
    company: 'buero',
    name: 'Büro GmbH',
    language: 'de',
    zone: 'Europe/Berlin',
    country: 'DE',
    main: '+493012345600',
    trunk: { name: 'buero-trunk', host: '127.0.0.3:5060' },
    reception: { people: ['rita'] },
    serviceNumber: '+493012345609',
    people: [
      { id: 'rita', name: 'Rita Roth', extension: '100', devices: [{ name: 'rita-tisch' }] },
      {
        id: 'anna',
        name: 'Anna Arndt',
        extension: '101',
        numbers: ['+493012345601'],
        devices: [{ name: 'arndt-tisch' }],
      },
    ],
  }

  it('the same extension is somebody else in each, and so are absences, tones, tongues and zones (TN-5)', async () => {
    const office = await openOffice([officeFile, other])
    const swede = await office.dials('anna-bord', '*23*1*1300#')
    await office.pass(4)
    expect(swede.sounds).toEqual(['tone:accept:se', 'Hänvisning: lunch, åter klockan tretton.'])

    const german = await office.dials('rita-tisch', '101')
    expect(office.exchange.ringing('arndt-tisch')).toHaveLength(1)
    expect(office.exchange.ringing('anna-bord')).toEqual([])
    german.hangUp()
    const set = await office.dials('arndt-tisch', '*23*1*1200#')
    await office.pass(4)
    expect(set.sounds[0]).toBe('tone:accept:de')
    const refused = await office.dials('arndt-tisch', '*23*1*0800#')
    await office.pass(7)
    expect(refused.sounds[0]).toBe('tone:congestion:de')
    expect(refused.sounds[1]).toMatch(/Uhrzeit/)

    const caller = office.exchange.call('buero-trunk', '+493012345601', { number: '+491701234567' })
    await office.pass(1)
    expect(caller.sounds[0]).toBe(
      'Anna Arndt ist in der Mittagspause und ist ab zwölf Uhr wieder erreichbar.',
    )
  })

  it('a number of the other company is outside, and its trunk does not lead in here', async () => {
    const office = await openOffice([officeFile, other])
    await office.dials('anna-bord', '00493012345601')
    expect(office.exchange.ringing('arndt-tisch')).toEqual([])
    expect(office.ring('kontoret-trunk').dialled).toBe('+493012345601')
    office.exchange.call('buero-trunk', '+46846500401', { number: '+491701234567' })
    await office.pass(1)
    expect(office.exchange.ringing('anna-bord')).toEqual([])
    expect(office.faults.splice(0).length).toBeGreaterThan(0)
  })
})
