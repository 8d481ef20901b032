import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../src/domain/ids.js'
import { officeFile, type Office } from '../support/office.js'
import { openOffice } from './opened.js'

const setOf = async (office: Office, person = 'anna') => (await office.absencesOf(person)).set
const historyOf = (office: Office, person = 'anna') =>
  office.memory.stores.absences.history(office.company.company, person as PersonId, 10)
const ask = 'Ange orsak, och avsluta med fyrkant.'

describe('keying an absence', () => {
  it('H-01 a whole code may come with # as %23, or without it', async () => {
    const office = await openOffice()
    for (const dialled of ['*23*1*1300#', '*23*1*1300%23', '%2A23*1*1300', '*23*1*1300']) {
      const anna = await office.dials('anna-bord', dialled)
      await office.pass(4)
      expect(anna.sounds, dialled).toEqual(['tone:accept:se', 'Hänvisning: lunch, åter klockan tretton.'])
      expect(anna.ended).toMatchObject({ reason: 'normal' })
    }
    expect(await historyOf(office)).toHaveLength(4)
  })

  it('H-01 G-01 in two steps a missing # is made up for by a pause of four seconds', async () => {
    const office = await openOffice()
    const anna = await office.dials('anna-bord', '*23')
    await office.pass(2)
    expect(anna.sounds[0]).toBe(ask)
    anna.press('1*13')
    await office.pass(3)
    anna.press('00')
    await office.pass(3.5)
    expect(await setOf(office)).toEqual([])
    await office.pass(1)
    expect(await setOf(office)).toMatchObject([{ reason: 'lunch' }])
  })

  it('H-01 the digits are not lost that are keyed before the question, and the stars may be left out', async () => {
    const office = await openOffice()
    const anna = office.exchange.call('anna-bord', '*23')
    anna.press('11300#')
    await office.pass(4)
    expect(anna.sounds).toContain('Hänvisning: lunch, åter klockan tretton.')
  })

  it('G-02 G-03 whoever keys nothing is asked three times, seven seconds each, and then refused', async () => {
    const office = await openOffice()
    const anna = await office.dials('anna-bord', '*23')
    await office.pass(3 * 8 + 5 + 4)
    expect(anna.sounds.filter((sound) => sound.includes(ask))).toHaveLength(3)
    expect(anna.sounds.slice(-2)).toEqual(['tone:congestion:se', 'Inget val gjordes.'])
    expect(anna.alive).toBe(false)
  })

  it('G-01 to G-03 are settings of the company', async () => {
    const settings = { firstDigitSeconds: 3, digitSeconds: 1, attempts: 1 }
    const office = await openOffice({ ...officeFile, settings })
    const slow = await office.dials('anna-bord', '*23')
    await office.pass(1 + 3 + 5 + 1.5)
    expect(slow.alive).toBe(false)
    const quick = await office.dials('anna-bord', '*23')
    quick.press('1')
    await office.pass(1.5)
    expect(await setOf(office)).toMatchObject([{ reason: 'lunch' }])
    expect(quick.alive).toBe(true)
  })

  it('H-03 H-04 H-05 TN-1 a wrong form is refused with words that say what is wanted, and nothing is set', async () => {
    const office = await openOffice(officeFile, '2026-11-23T14:00:00+01:00')
    for (const [code, words] of [
      ['*23*1*1231#', 'Tiden har passerat.'],
      ['*23*1*2512#', 'Ogiltigt klockslag.'],
      ['*23*6*1400#', 'Ange datum.'],
      ['*23*6#', 'Ange datum.'],
      ['*23*1*0231#', 'Tiden har passerat.'],
      ['*23*1*1#', 'Ange klockslag.'],
      ['*23*6*1131#', 'Ogiltigt datum.'],
      ['*23*6*0630#', 'Datumet har passerat.'],
      ['*23*1*1300#', 'Tiden har passerat.'],
    ] as const) {
      const anna = await office.dials('anna-bord', code)
      await office.pass(7)
      expect(anna.sounds, code).toEqual(['tone:congestion:se', words])
      expect(anna.alive, code).toBe(false)
    }
    expect(await historyOf(office)).toEqual([])
  })

  it('H-02 H-06 a date of next year counts if it is near; time and date go together', async () => {
    const office = await openOffice()
    const anna = await office.dials('anna-bord', '*23*6*0107#')
    await office.pass(4)
    expect(anna.sounds[1]).toMatch(/^Hänvisning: semester, åter den sjunde januari/)
    await office.dials('anna-bord', '*23*2*0930*1124#')
    await office.pass(4)
    expect(await setOf(office)).toMatchObject([
      { reason: 'meeting', until: Date.parse('2026-11-24T09:30:00+01:00') },
    ])
  })

  it('H-04 a reason that does not exist or is switched off changes nothing', async () => {
    const reasons = [{ id: 'training', digit: '8', argument: 'time', enabled: false }]
    const office = await openOffice({ ...officeFile, reasons })
    const anna = await office.dials('anna-bord', '*23*8#')
    await office.pass(7)
    expect(anna.sounds).toEqual(['tone:congestion:se', 'Okänd orsak.'])
    expect(await setOf(office)).toEqual([])
  })

  it('a refused code keyed in two steps may be keyed again', async () => {
    const office = await openOffice()
    const anna = await office.dials('anna-bord', '*23')
    await office.pass(1.5)
    anna.press('6*1400#')
    await office.pass(0.1)
    expect(anna.sounds.at(-1)).toBe(`Ange datum. ${ask}`)
    anna.press('6*1201#')
    await office.pass(3)
    expect(await setOf(office)).toMatchObject([{ reason: 'holiday' }])
  })

  it('H-09 who hangs up while it is confirmed has set it', async () => {
    const office = await openOffice()
    const anna = await office.dials('anna-bord', '*23*1*1300#')
    expect(await setOf(office)).toHaveLength(1)
    anna.hangUp()
    await office.pass(1)
    expect(await setOf(office)).toHaveLength(1)
  })

  it('H-10 who hangs up before the last digit has set nothing', async () => {
    const office = await openOffice()
    const anna = await office.dials('anna-bord', '*23')
    anna.press('1*1300')
    await office.pass(1)
    anna.hangUp()
    await office.pass(10)
    expect(await setOf(office)).toEqual([])
  })

  it('H-11 setting again replaces, and the history keeps who, when, how, before and after', async () => {
    const office = await openOffice()
    await office.dials('anna-bord', '*23*1*1300#')
    await office.pass(4)
    await office.dials('anna-bord', '*23*2*1400#')
    await office.pass(4)
    expect(await setOf(office)).toMatchObject([{ reason: 'meeting' }])
    const [latest, first] = await historyOf(office)
    expect(latest).toMatchObject({
      by: 'anna',
      means: 'keypad',
      before: { reason: 'lunch' },
      after: { reason: 'meeting' },
    })
    expect(latest!.at).toBeGreaterThan(first!.at)
  })

  it('H-12 two phones at once: both hear their own result, and one of them holds', async () => {
    const office = await openOffice()
    const desk = office.exchange.call('erik-bord', '*23*1*1300#')
    const mobile = office.exchange.call('erik-mobil', '*23*2*1400#')
    await office.pass(4)
    expect(desk.sounds).toContain('Hänvisning: lunch, åter klockan tretton.')
    expect(mobile.sounds).toContain('Hänvisning: möte, åter klockan fjorton.')
    const history = await historyOf(office, 'erik')
    expect(history).toHaveLength(2)
    expect(await setOf(office, 'erik')).toEqual([history[0]!.after])
  })

  it('H-16 H-17 #23# during a recurring absence cancels this time only', async () => {
    const recurring = [
      { id: 'planering', reason: 'meeting', days: ['mon', 'tue'], from: '09:00', to: '10:30' },
    ]
    const people = officeFile.people.map((person) =>
      person.id === 'anna' ? { ...person, recurring } : person,
    )
    const office = await openOffice({ ...officeFile, people })
    const before = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(before.sounds[0]).toBe('Anna Andersson sitter i möte och är åter klockan tio och trettio.')
    const anna = await office.dials('anna-bord', '#23#')
    await office.pass(4)
    expect(anna.sounds.at(-1)).toBe('Hänvisningen gäller inte den här gången.')
    await office.outsideCalls('+46846500401')
    expect(office.exchange.ringing('anna-bord')).toHaveLength(1)
    await office.clock.advance(23 * 3_600_000)
    const nextDay = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(nextDay.sounds[0]).toMatch(/sitter i möte/)
  })

  it('*#23# reads back, #23# says when nothing was set', async () => {
    const office = await openOffice()
    const nothing = await office.dials('anna-bord', '*#23#')
    await office.pass(3)
    expect(nothing.sounds).toEqual(['Ingen hänvisning är satt.'])
    const cancelled = await office.dials('anna-bord', '#23#')
    await office.pass(3)
    expect(cancelled.sounds).toEqual(['tone:accept:se', 'Ingen hänvisning är satt.'])
    await office.dials('anna-bord', '*23*1*1300#')
    await office.pass(3)
    const lunch = await office.dials('anna-bord', '*#23#')
    await office.pass(3)
    expect(lunch.sounds).toEqual(['Hänvisning: lunch, åter klockan tretton.'])
  })
})

describe('somebody else’s absence', () => {
  it('H-13 a boss sets, hears and cancels it; the person gets mails, the history says who', async () => {
    const office = await openOffice()
    const set = await office.dials('bo-bord', '*230*101*1*1300#')
    await office.pass(4)
    expect(set.sounds[1]).toBe('Hänvisning för Anna Andersson: lunch, åter klockan tretton.')
    const read = await office.dials('bo-bord', '*#230*101#')
    await office.pass(4)
    expect(read.sounds).toEqual([set.sounds[1]])
    const cancelled = await office.dials('bo-bord', '#230*101#')
    await office.pass(4)
    expect(cancelled.sounds[1]).toBe('Hänvisningen för Anna Andersson är borttagen.')
    expect(await historyOf(office)).toMatchObject([
      { by: 'bo', before: { source: 'deputy' } },
      { by: 'bo', after: { source: 'deputy', setBy: 'bo' } },
    ])
    const mails = await office.memory.stores.outbox.due(office.clock.now(), 10)
    expect(mails.map(({ item }) => item.to)).toEqual([['anna@kontoret.example'], ['anna@kontoret.example']])
  })

  it('H-13 a deputy may by grant; who may not and has no PIN to key is refused', async () => {
    const people = officeFile.people.map((person) =>
      person.id === 'erik' ? { ...person, deputyFor: ['rut'] } : person,
    )
    const office = await openOffice({ ...officeFile, people })
    await office.dials('erik-bord', '*230*100*1#')
    await office.pass(4)
    expect(await setOf(office, 'rut')).toMatchObject([{ source: 'deputy', setBy: 'erik' }])
    const refused = await office.dials('anna-bord', '*230*102*1#')
    await office.pass(7)
    expect(refused.sounds).toEqual(['tone:congestion:se', 'Du saknar behörighet.'])
    expect(await setOf(office, 'erik')).toEqual([])
    const nobody = await office.dials('anna-bord', '*230*199*1#')
    await office.pass(7)
    expect(nobody.sounds).toEqual(['tone:congestion:se', 'Anknytningen finns inte.'])
  })

  it('H-13 with the person’s own PIN it counts as the person’s own word', async () => {
    const office = await openOffice()
    const erik = await office.dials('erik-bord', '*230*101*1*1300#')
    await office.pass(0.5)
    expect(erik.sounds).toEqual(['Ange din pinkod, och avsluta med fyrkant.'])
    erik.press('4711#')
    await office.pass(3)
    expect(await setOf(office)).toMatchObject([{ source: 'person', setBy: 'anna' }])
  })

  it('H-14 five wrong PINs within ten minutes lock that phone for fifteen', async () => {
    const office = await openOffice()
    const first = await office.dials('erik-bord', '*230*101*1#')
    for (const pin of ['1111#', '2222#', '3333#']) {
      first.press(pin)
      await office.pass(1)
    }
    await office.pass(6)
    expect(first.sounds.slice(-2)).toEqual(['tone:congestion:se', 'Fel pinkod.'])
    const second = await office.dials('erik-bord', '*230*101*1#')
    second.press('4444#')
    await office.pass(1)
    second.press('5555#')
    await office.pass(6)
    expect(second.sounds.slice(-1)).toEqual(['Fel pinkod. Spärrad i femton minuter.'])
    const third = await office.dials('erik-bord', '*230*101*1#')
    await office.pass(7)
    expect(third.sounds.slice(-1)).toEqual(['Spärrad i femton minuter.'])
    await office.pass(15 * 60)
    const fourth = await office.dials('erik-bord', '*230*101*1#')
    fourth.press('4711#')
    await office.pass(3)
    expect(await setOf(office)).toMatchObject([{ reason: 'lunch' }])
  })

  it('H-15 from outside by the service number: the number shown and the PIN', async () => {
    const office = await openOffice()
    const stranger = await office.outsideCalls('+46846500409', '+46709999999')
    await office.pass(9)
    expect(stranger.sounds.slice(-2)).toEqual([
      'tone:congestion:se',
      'Numret du ringer från är inte känt i växeln.',
    ])
    const anna = await office.outsideCalls('+46846500409', '+46701740620')
    await office.pass(1)
    anna.press('4711#')
    await office.pass(1.5)
    expect(anna.sounds.at(-1)).toBe('Ange kod, och avsluta med fyrkant.')
    anna.press('*23*1*1300#')
    await office.pass(4)
    expect(await setOf(office)).toMatchObject([{ means: 'service-number', source: 'person' }])
    expect(anna.alive).toBe(false)
    const wrong = await office.outsideCalls('+46846500409', '+46701740620')
    await office.pass(1)
    wrong.press('1#2#3#')
    await office.pass(9)
    expect(wrong.sounds.at(-1)).toBe('Fel pinkod.')
  })
})

describe('the store is away', () => {
  it('M-05 codes are refused with words, calls go by what is known, and all is well when it is back', async () => {
    const office = await openOffice()
    await office.dials('erik-bord', '*23*1*1300#')
    await office.pass(4)
    office.memory.control.setUnavailable(true)
    const anna = await office.dials('anna-bord', '*23*1*1300#')
    await office.pass(7)
    expect(anna.sounds).toEqual(['tone:congestion:se', 'Ett fel har uppstått. Försök igen senare.'])
    const service = await office.outsideCalls('+46846500409', '+46701740620')
    await office.pass(9)
    expect(service.sounds.at(-1)).toBe('Ett fel har uppstått. Försök igen senare.')
    const known = await office.outsideCalls('+46846500402')
    await office.pass(1)
    expect(known.sounds[0]).toBe('Erik Ek är på lunch och är åter klockan tretton.')
    known.press('2')
    await office.pass(1)
    known.press('1')
    await office.pass(8)
    expect(known.sounds.at(-1)).toBe('Ett fel har uppstått. Försök igen senare.')
    const free = await office.outsideCalls('+46846500401')
    const phone = office.ring('anna-bord')
    phone.answer()
    await office.pass(1)
    expect(free.hears).toEqual([phone])
    office.memory.control.setUnavailable(false)
    phone.hangUp()
    await office.pass(1)
    await office.dials('anna-bord', '*23*1*1300#')
    await office.pass(4)
    expect(await setOf(office)).toHaveLength(1)
    expect(office.faults.splice(0).map(({ message }) => message)).toEqual([
      'a feature code could not be carried out: the store is away',
      'a caller was refused: the store is away',
      'a caller was refused: the store is away',
    ])
  })
})
