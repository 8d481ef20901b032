import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../src/domain/ids.js'
import { menuFile } from '../flows/menu-office.js'
import { answers, atEveryMoment, rings, talkTogether, until } from './harness.js'

/** Hours in which it is always open, so that a telling may begin at any time. */
const allDay = ['00:00-24:00']
const week = { mon: allDay, tue: allDay, wed: allDay, thu: allDay, fri: allDay, sat: allDay, sun: allDay }
const open = { ...menuFile, hours: [{ id: 'kontor', week }] }
const closed = { ...menuFile, hours: [{ id: 'kontor', week: {} }] }

describe('the app is killed at every step of a menu, and started again', () => {
  it('R-04 the caller goes through two menus to a person, however often the menu is said', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls('+46846500400')
      await answers(
        office,
        caller,
        [
          [/^Välkommen/, '2'],
          [/^Tryck ett för Bo/, '1'],
        ],
        () => office.exchange.ringing('bo-bord').length > 0,
      )
      const phone = await rings(office, 'bo-bord')
      phone.answer()
      await talkTogether(office, caller, phone)
      phone.hangUp()
      await until(office, () => !caller.alive)
    }, open)
  })

  it('O-17 the caller hears that it is closed and leaves one message', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls('+46846500400')
      await answers(office, caller, [[/^Vi har stängt\. Tryck/, '1']])
      expect(caller.sounds.at(-1)).toBe('Tack. Ditt meddelande är sparat.')
      expect(
        await office.memory.stores.messages.list(office.company.company, 'rut' as PersonId),
      ).toHaveLength(1)
    }, closed)
  })
})
