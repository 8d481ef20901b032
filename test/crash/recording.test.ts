import { describe, expect, it } from 'vitest'
import { readRecordingName } from '../../src/domain/recording/names.js'
import { officeFile, type Office } from '../support/office.js'
import { atEveryMoment, rings, talkTogether, until } from './harness.js'

const always: Record<string, readonly string[]> = {}
for (const day of ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']) always[day] = ['00:00-24:00']

const file = {
  ...officeFile,
  hours: [{ id: 'jamt', week: always }],
  recording: { licence: true, people: ['bo'], hours: 'jamt' },
}

const recorder = (office: Office, leg: string) =>
  office.exchange.allLegs.find(({ id, alive }) => id === `${leg}-recorder` && alive)?.recording

describe('the app is killed at every step while a talk is recorded, and started again', () => {
  it('O-14 O-16 M-03 it is recorded once, paused when parked, goes on when fetched, and ends with the call', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls('+46846500400')
      const rut = await rings(office, 'rut-bord')
      rut.answer()
      await talkTogether(office, caller, rut)
      rut.hold()
      await office.dials('rut-bord', '*68*103#')
      await until(office, () => caller.room?.startsWith('park-') === true && !rut.alive, 20)
      const bo = await office.dials('bo-bord', '*88*103#')
      await talkTogether(office, caller, bo)
      await until(office, () => recorder(office, caller.id)?.paused === false, 30)
      await office.pass(8) // also if the app was dead just now
      expect(caller.hears).toEqual([bo])
      bo.hold()
      await office.dials('bo-bord', '*68*101#')
      await until(office, () => caller.room?.startsWith('park-') === true && !bo.alive, 20)
      await office.pass(8)
      const again = await office.dials('bo-bord', '*88*101#')
      await talkTogether(office, caller, again)
      await until(office, () => recorder(office, caller.id)?.paused === false, 30)
      caller.hangUp()
      await until(office, () => !again.alive)
      expect([...office.exchange.recordings.keys()].filter(readRecordingName)).toHaveLength(1)
    }, file)
  })
})
