import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../src/domain/ids.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import type { Office } from '../support/office.js'
import { answers, atEveryMoment, rings, talkTogether, until } from './harness.js'

const lunch = 'Hänvisning: lunch, åter klockan tretton.'
const sentence = 'Anna Andersson är på lunch och är åter klockan tretton.'
const lunchtime = Date.parse('2026-11-23T13:00:00+01:00')

/** Somebody dials a code in one go and waits for the end. */
async function dialsCode(office: Office, device: string, code: string): Promise<FakeLeg> {
  const leg = await office.dials(device, code)
  await until(office, () => !leg.alive)
  return leg
}

async function expectCallersHear(office: Office): Promise<void> {
  const caller = await office.outsideCalls('+46846500401')
  await until(office, () => caller.sounds.includes(sentence))
  expect(office.exchange.ringing('anna-bord')).toEqual([])
  caller.hangUp()
}

const history = (office: Office) =>
  office.memory.stores.absences.history(office.company.company, 'anna' as PersonId, 10)

describe('the app is killed at every step, and started again', () => {
  it('H-09 while somebody dials the whole code: it is set once, confirmed, and the next call hears it', async () => {
    await atEveryMoment(async (office) => {
      const anna = await dialsCode(office, 'anna-bord', '*23*1*1300#')
      expect(anna.sounds).toContain(lunch)
      expect((await office.absencesOf('anna')).set).toMatchObject([{ reason: 'lunch', until: lunchtime }])
      expect(await history(office)).toHaveLength(1)
      await expectCallersHear(office)
    })
  })

  it('H-01 while somebody keys the code in two steps: it is asked again, never half set', async () => {
    await atEveryMoment(async (office) => {
      const anna = await office.dials('anna-bord', '*23')
      await answers(office, anna, [[/^Ange orsak/, '1*1300#']])
      expect(anna.sounds).toContain(lunch)
      expect((await office.absencesOf('anna')).set).toMatchObject([{ reason: 'lunch', until: lunchtime }])
      expect(await history(office)).toHaveLength(1)
      await expectCallersHear(office)
    })
  })

  it('H-13 while a boss sets it for somebody else: it is set once, and there is one mail', async () => {
    await atEveryMoment(async (office) => {
      const bo = await dialsCode(office, 'bo-bord', '*230*101*1*1300#')
      expect(bo.sounds).toContain('Hänvisning för Anna Andersson: lunch, åter klockan tretton.')
      expect(await history(office)).toMatchObject([{ by: 'bo' }])
      expect(await office.memory.stores.outbox.due(office.clock.now(), 10)).toHaveLength(1)
      await expectCallersHear(office)
    })
  })

  it('H-17 while somebody cancels: it is gone, and that is what is said', async () => {
    await atEveryMoment(async (office) => {
      await dialsCode(office, 'anna-bord', '*23*1*1300#')
      const anna = await dialsCode(office, 'anna-bord', '#23#')
      expect(anna.sounds).toContain('Hänvisningen är borttagen.')
      expect((await office.absencesOf('anna')).set).toEqual([])
      const caller = await office.outsideCalls('+46846500401')
      const phone = await rings(office, 'anna-bord')
      phone.answer()
      await talkTogether(office, caller, phone)
      caller.hangUp()
    })
  })
})

/** Anna is at lunch, and somebody calls from outside. */
async function callerOfAbsent(office: Office): Promise<FakeLeg> {
  await office.away('anna', { reason: 'lunch', until: lunchtime, returnForm: 'time' })
  return office.outsideCalls('+46846500401')
}

const missedOf = (office: Office, person: string) =>
  office.memory.stores.missedCalls.list(office.company.company, person as PersonId, 10)

describe('the app is killed at every step of a spoken absence, and started again', () => {
  it('H-30 the caller hears the sentence and hangs up: at most one missed call', async () => {
    await atEveryMoment(async (office) => {
      const caller = await callerOfAbsent(office)
      await until(office, () => caller.sounds.includes(sentence))
      await office.pass(3)
      expect(caller.alive).toBe(true)
      caller.hangUp()
      await office.pass(5)
      expect((await missedOf(office, 'anna')).length).toBeLessThanOrEqual(1)
    })
  })

  it('H-22 somebody sets it while their own phones ring: none of them rings on, and the caller hears it', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls('+46846500402')
      await rings(office, 'erik-bord')
      await office.pass(2)
      await office.away('erik', { reason: 'meeting' })
      await until(office, () => caller.sounds.includes('Erik Ek sitter i möte.'))
      expect([...office.exchange.ringing('erik-bord'), ...office.exchange.ringing('erik-mobil')]).toEqual([])
      caller.hangUp()
    })
  })

  it('H-34 O-17 key 1: what the caller says is kept once, with one mail and a lamp', async () => {
    await atEveryMoment(async (office) => {
      const caller = await callerOfAbsent(office)
      await answers(office, caller, [[/^Tryck ett för att lämna/, '1']])
      expect(caller.sounds.at(-1)).toBe('Tack. Ditt meddelande är sparat.')
      await expectOneMessage(office)
    })
  })

  it('O-17 key 1, and the caller hangs up while speaking: the message is kept', async () => {
    await atEveryMoment(async (office) => {
      const caller = await callerOfAbsent(office)
      await answers(office, caller, [[/^Tryck ett för att lämna/, '1']], () => caller.recording !== undefined)
      await office.pass(3.5)
      caller.hangUp()
      await office.pass(5)
      await expectOneMessage(office)
    })
  })

  it('H-37 key 2: one request to be called back, one mail', async () => {
    await atEveryMoment(async (office) => {
      const caller = await callerOfAbsent(office)
      await answers(office, caller, [
        [/^Tryck ett för att lämna/, '2'],
        [/^Vi ringer upp dig/, '1'],
      ])
      expect(caller.sounds.at(-1)).toMatch(/^Tack\. Du blir uppringd/)
      expect(
        await office.memory.stores.callbacks.list(office.company.company, 'anna' as PersonId),
      ).toHaveLength(1)
      expect(await office.memory.stores.outbox.due(office.clock.now(), 10)).toHaveLength(1)
    })
  })

  it('H-34 key 3: the substitute answers on one of two phones, and they talk', async () => {
    await atEveryMoment(async (office) => {
      const caller = await callerOfAbsent(office)
      await answers(office, caller, [[/^Tryck ett för att lämna/, '3']], () => ringsAt(office, 'erik-mobil'))
      const phone = await rings(office, 'erik-mobil')
      phone.answer()
      await talkTogether(office, caller, phone)
      phone.hangUp()
      await until(office, () => !caller.alive)
    })
  })

  it('H-34 key 0: the reception answers, and they talk', async () => {
    await atEveryMoment(async (office) => {
      const caller = await callerOfAbsent(office)
      await answers(office, caller, [[/^Tryck ett för att lämna/, '0']], () => ringsAt(office, 'rut-bord'))
      const phone = await rings(office, 'rut-bord')
      phone.answer()
      await talkTogether(office, caller, phone)
      caller.hangUp()
    })
  })

  it('H-34 no key: the reception rings, and nobody answers: the mailbox', async () => {
    await atEveryMoment(async (office) => {
      const caller = await callerOfAbsent(office)
      await until(office, () => ringsAt(office, 'rut-bord'))
      await until(office, () => caller.recording !== undefined)
      await until(office, () => !caller.alive)
      await expectOneMessage(office)
    })
  })
})

const ringsAt = (office: Office, device: string): boolean => office.exchange.ringing(device).length > 0

async function expectOneMessage(office: Office): Promise<void> {
  const { company } = office.company
  expect(await office.memory.stores.messages.list(company, 'anna' as PersonId)).toHaveLength(1)
  expect(await office.memory.stores.outbox.due(office.clock.now(), 10)).toHaveLength(1)
  expect([...office.exchange.lamps.values()].at(-1)).toEqual({ fresh: 1, heard: 0 })
  expect(await office.memory.stores.calls.list(company)).toEqual([])
}
