import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../src/domain/ids.js'
import { officeFile, type Office } from '../support/office.js'
import { openOffice } from './opened.js'

const at = (text: string) => Date.parse(`2026-11-23T${text}:00+01:00`)
const lunch = { reason: 'lunch', until: at('13:00'), returnForm: 'time' } as const
const sentence = 'Anna Andersson är på lunch och är åter klockan tretton.'
const menu =
  'Tryck ett för att lämna ett meddelande. Tryck två för att bli uppringd. Tryck tre för att kopplas till Erik Ek. Tryck noll för att kopplas till receptionen.'

const missedOf = (office: Office, person = 'anna') =>
  office.memory.stores.missedCalls.list(office.company.company, person as PersonId, 10)

describe('a caller of somebody who is absent', () => {
  it('H-34 G-08 hears the sentence, then the menu, and goes to the reception when no key comes in seven seconds', async () => {
    const office = await openOffice()
    await office.away('anna', lunch)
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(2.1)
    expect(caller.sounds).toEqual([sentence, menu])
    await office.pass(6.8)
    expect(office.exchange.ringing('rut-bord')).toEqual([])
    await office.pass(0.5)
    expect(office.exchange.ringing('rut-bord')).toHaveLength(1)
  })

  it.each([
    ['1', (office: Office) => office.exchange.allLegs[0]!.sounds.some((sound) => sound.startsWith('Hej!'))],
    [
      '2',
      (office: Office) =>
        office.exchange.allLegs[0]!.sounds.some((sound) => sound.startsWith('Vi ringer upp dig på')),
    ],
    ['3', (office: Office) => office.exchange.ringing('erik-bord').length === 1],
    ['0', (office: Office) => office.exchange.ringing('rut-bord').length === 1],
  ])('H-34 key %s interrupts the sentence at once', async (key, isSo) => {
    const office = await openOffice()
    await office.away('anna', lunch)
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(0.5)
    caller.press(key)
    await office.pass(0.1)
    expect(caller.sounds).not.toContain(menu)
    expect(isSo(office)).toBe(true)
  })

  it('H-34 a wrong key is told, and two lead to the reception', async () => {
    const office = await openOffice()
    await office.away('anna', lunch)
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(1.5)
    caller.press('7')
    await office.pass(1.5)
    expect(caller.sounds).toEqual([sentence, menu, 'Fel val.', menu])
    caller.press('*')
    await office.pass(0.1)
    expect(office.exchange.ringing('rut-bord')).toHaveLength(1)
  })

  it('H-34 only what exists is offered, and nothing else can be chosen', async () => {
    const office = await openOffice()
    await office.away('rut', { reason: 'lunch' })
    const caller = await office.dials('anna-bord', '100')
    await office.pass(1.5)
    expect(caller.sounds[1]).toBe('Tryck ett för att lämna ett meddelande. Tryck två för att bli uppringd.')
    caller.press('3')
    await office.pass(0.1)
    expect(caller.sounds.at(-1)).toBe('Fel val.')
  })

  it('H-34 keys that were pressed while a phone rang choose nothing afterwards', async () => {
    const office = await openOffice({ ...officeFile, profile: { noAnswer: 'announcement' } })
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(5)
    caller.press('1')
    await office.pass(17)
    expect(caller.sounds).toEqual(['Anna Andersson svarar inte.', menu])
  })

  it('H-30 who hangs up while it is spoken leaves a missed call, with the reason and the seconds heard', async () => {
    const office = await openOffice()
    await office.away('anna', lunch)
    const caller = await office.outsideCalls('+46846500401', '+46701740630')
    await office.pass(3)
    caller.hangUp()
    await office.pass(1)
    expect(caller.playing).toEqual([])
    expect(await missedOf(office)).toMatchObject([
      {
        from: '+46701740630',
        why: 'absence',
        absence: { reason: 'lunch', until: lunch.until, heardSeconds: 3 },
      },
    ])
  })

  it('H-31 a sensitive reason is spoken as being absent, and shown so', async () => {
    const office = await openOffice()
    await office.away('anna', { reason: 'absent' })
    const colleague = await office.dials('bo-bord', '101')
    await office.pass(1)
    expect(colleague.sounds[0]).toBe('Anna Andersson är frånvarande.')
    expect(colleague.display.name).toBe('Anna Andersson – Frånvaro')
  })

  it('H-35 a colleague reads reason and return on the display, a caller from outside does not', async () => {
    const office = await openOffice()
    await office.away('anna', lunch)
    const colleague = await office.dials('bo-bord', '101')
    await office.pass(1)
    expect(colleague.display).toEqual({ name: 'Anna Andersson – Lunch, åter klockan tretton', number: '101' })
    const outside = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(outside.display.name).toBeUndefined()
  })

  it('H-20 it ends while it is spoken: the sentence is finished, and the caller may be connected', async () => {
    const office = await openOffice(officeFile, '2026-11-23T12:59:59+01:00')
    await office.away('anna', { ...lunch, until: at('13:00') })
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(1.5)
    expect(caller.sounds).toEqual([
      sentence,
      'Anna Andersson är tillgänglig igen. Tryck ett för att kopplas fram.',
    ])
    caller.press('1')
    await office.pass(0.5)
    office.ring('anna-bord').answer()
    await office.pass(1)
    expect(caller.hears).toHaveLength(1)
  })

  it('H-21 it ends while a message is left: the message goes on', async () => {
    const office = await openOffice(officeFile, '2026-11-23T12:59:55+01:00')
    await office.away('anna', { ...lunch, until: at('13:00') })
    const caller = await office.outsideCalls('+46846500401')
    caller.press('1')
    await office.pass(8)
    expect(caller.recording).toBeDefined()
  })

  it('H-22 somebody who sets it while their own phone rings is not rung on; set by a deputy it rings on', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500402')
    await office.pass(2)
    await office.dials('erik-mobil', '*23*2*1400#')
    await office.pass(1)
    expect(office.exchange.ringing('erik-bord')).toEqual([])
    expect(caller.sounds[0]).toBe('Erik Ek sitter i möte och är åter klockan fjorton.')

    const other = await office.outsideCalls('+46846500401')
    await office.pass(1)
    await office.dials('bo-bord', '*230*101*2*1400#')
    await office.pass(3)
    expect(office.exchange.ringing('anna-bord')).toHaveLength(1)
    expect(other.sounds).toEqual([])
  })

  it('H-23 set while talking it applies from the next call', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500402')
    const phone = office.ring('erik-bord')
    phone.answer()
    await office.dials('erik-mobil', '*23*2*1400#')
    await office.pass(5)
    expect(caller.hears).toEqual([phone])
    const next = await office.outsideCalls('+46846500402')
    await office.pass(1)
    expect(next.sounds[0]).toMatch(/sitter i möte/)
  })

  it.each([
    ['one phone', '+46846500403', 'bo', 'bo-bord'],
    ['two phones', '+46846500402', 'erik', 'erik-mobil'],
  ])(
    'H-23 M-03 set while talking, and the app is killed: they talk on (%s)',
    async (_, number, who, device) => {
      const people = officeFile.people.map((person) =>
        person.id === 'bo' ? { ...person, numbers: ['+46846500403'] } : person,
      )
      const office = await openOffice({ ...officeFile, people })
      const caller = await office.outsideCalls(number)
      const phone = office.ring(device)
      phone.answer()
      await office.pass(2)
      await office.away(who, { reason: 'meeting' })
      office.kill()
      await office.start()
      await office.pass(5)
      expect(caller.hears).toEqual([phone])
      expect(caller.sounds).toEqual([])
    },
  )

  it('H-25 it ends by itself at its time, also when the app was away at that moment', async () => {
    const office = await openOffice(officeFile, '2026-11-23T12:59:50+01:00')
    await office.away('anna', lunch)
    await office.pass(9.9)
    const before = await office.outsideCalls('+46846500401')
    expect(office.exchange.ringing('anna-bord')).toEqual([])
    before.hangUp()
    await office.pass(0.2)
    await office.outsideCalls('+46846500401')
    expect(office.exchange.ringing('anna-bord')).toHaveLength(1)

    const other = await openOffice(officeFile, '2026-11-23T12:59:50+01:00')
    await other.away('anna', lunch)
    other.kill()
    await other.pass(30)
    await other.start()
    await other.outsideCalls('+46846500401')
    expect(other.exchange.ringing('anna-bord')).toHaveLength(1)
  })

  it('H-27 "i morgon" is of the moment the call came, in the company’s zone', async () => {
    const office = await openOffice(officeFile, '2026-11-23T23:59:58+01:00')
    const until = Date.parse('2026-11-25T08:00:00+01:00')
    await office.away('anna', { reason: 'meeting', until, returnForm: 'dateTime' })
    const late = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(late.sounds[0]).toBe('Anna Andersson sitter i möte och är åter på onsdag klockan åtta.')
    await office.pass(3)
    const early = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(early.sounds[0]).toBe('Anna Andersson sitter i möte och är åter i morgon klockan åtta.')
  })

  it('H-32 an answer is heard in the caller’s company’s language, whatever is missing', async () => {
    const people = officeFile.people.map((person) =>
      person.id === 'anna' ? { ...person, name: '李小龍' } : person,
    )
    const office = await openOffice({ ...officeFile, people })
    await office.away('anna', { reason: 'lunch' })
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(caller.sounds[0]).toMatch(/är på lunch\.$/)
  })

  it('H-39 a reception that transfers hears reason and return first, and a second press goes through', async () => {
    for (const wait of [0.5, 1.5]) {
      const office = await openOffice()
      await office.away('anna', lunch)
      const rut = await office.dials('rut-bord', '101')
      await office.pass(wait)
      expect(rut.sounds[0]).toBe(sentence)
      expect(office.exchange.ringing('anna-bord')).toEqual([])
      rut.press('1')
      await office.pass(0.1)
      expect(office.exchange.ringing('anna-bord')).toHaveLength(1)
    }
  })
})
