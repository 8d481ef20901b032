import { describe, expect, it } from 'vitest'
import type { PersonId, RecordingName } from '../../src/domain/ids.js'
import { officeFile, type Office } from '../support/office.js'
import { answers, atEveryMoment, rings, talkTogether, until } from './harness.js'

const anna = 'anna' as PersonId
const announcing = { ...officeFile, profile: { busy: 'announcement', noAnswer: 'announcement' } }

describe('the app is killed at every step of a call, and started again', () => {
  it('R-05 one phone rings, is answered, and they talk until the other hangs up', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls('+46846500401')
      const phone = await rings(office, 'anna-bord')
      await office.pass(2)
      phone.answer()
      await talkTogether(office, caller, phone)
      await office.pass(5)
      expect(caller.hears).toEqual([phone])
      phone.hangUp()
      await until(office, () => !caller.alive)
    })
  })

  it('R-05 two phones ring, one is answered; the other stops and is not rung again', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls('+46846500402')
      const mobile = await rings(office, 'erik-mobil')
      await office.pass(2)
      mobile.answer()
      await talkTogether(office, caller, mobile)
      expect(office.exchange.ringing('erik-bord')).toEqual([])
      caller.hangUp()
      await until(office, () => !mobile.alive)
    })
  })

  it('G-04 nobody answers: the caller hears it, and leaves a message', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls('+46846500401')
      await answers(office, caller, [[/Tryck ett för att lämna/, '1']])
      expect(caller.sounds.at(-1)).toBe('Tack. Ditt meddelande är sparat.')
      expect(await office.memory.stores.messages.list(office.company.company, anna)).toHaveLength(1)
      expect(await missed(office)).toHaveLength(1)
    }, announcing)
  })

  it('R-06 the phone is engaged: the caller hears something, and is asked what to do', async () => {
    await atEveryMoment(async (office) => {
      office.exchange.register('anna-bord', { kind: 'busy' })
      const caller = await office.outsideCalls('+46846500401')
      await answers(office, caller, [[/Tryck ett för att lämna/, '1']])
      expect(caller.sounds.at(-1)).toBe('Tack. Ditt meddelande är sparat.')
    }, announcing)
  })

  it('the caller hangs up while it rings: the phone stops', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls('+46846500401')
      const phone = await rings(office, 'anna-bord')
      await office.pass(2)
      caller.hangUp()
      await office.pass(5)
      expect(phone.alive).toBe(false)
    })
  })

  it('R-01 an emergency call gets through', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.dials('anna-bord', '112')
      await office.pass(2)
      if (caller.leftTo !== undefined) {
        expect(caller.leftTo).toBe('vaxel-fallback,emergency') // nobody was there: the dialplan dials
        caller.hangUp()
        return
      }
      const outside = await rings(office, 'kontoret-trunk')
      expect(outside.dialled).toBe('112')
      outside.answer()
      await talkTogether(office, caller, outside)
      caller.hangUp()
    })
  })

  it('R-04 a call outside is answered, and they talk', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.dials('anna-bord', '0812345678')
      const outside = await rings(office, 'kontoret-trunk')
      outside.answer()
      await talkTogether(office, caller, outside)
      caller.hangUp()
      await until(office, () => !outside.alive)
    })
  })

  it('O-17 *98: the messages are heard, one is deleted, and who asked is called back', async () => {
    await atEveryMoment(async (office) => {
      const recording = await someoneLeftAMessage(office)
      const caller = await office.dials('anna-bord', '*98')
      await answers(
        office,
        caller,
        [
          [/^Tryck ett för att lyssna igen/, '3'],
          [/Tryck ett för att ringa upp/, '1'],
        ],
        () => office.exchange.ringing('kontoret-trunk').length > 0,
      )
      expect(caller.sounds).toContain(`recording:${recording}`)
      const outside = office.ring('kontoret-trunk')
      expect(outside.dialled).toBe('+46701740630')
      outside.answer()
      await talkTogether(office, caller, outside)
      // Killed between the decision to call and the closing, it is called and stays open: better twice than never.
      const open = await office.memory.stores.callbacks.list(office.company.company, anna)
      expect(open.length).toBeLessThanOrEqual(office.wasKilled ? 1 : 0)
      expect(await office.memory.stores.messages.list(office.company.company, anna)).toEqual([])
      caller.hangUp()
    })
  })
})

const missed = (office: Office) => office.memory.stores.missedCalls.list(office.company.company, anna, 10)

async function someoneLeftAMessage(office: Office): Promise<RecordingName> {
  const recording = 'kontoret-anna-before' as RecordingName
  office.exchange.recordings.set(recording, 5)
  const { company } = office.company
  const at = office.clock.now()
  const from = '+46701740630'
  await office.memory.stores.messages.add(company, {
    recording,
    at,
    person: anna,
    from,
    seconds: 5,
    heard: false,
  })
  const request = { id: 'before', at, person: anna, number: from, call: 'before' as never }
  await office.memory.stores.callbacks.open(company, request)
  return recording
}
