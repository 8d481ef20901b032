import { afterEach, describe, expect, it } from 'vitest'
import type { CalendarEntry } from '../../src/domain/absence/calendar-entries.js'
import { Office, officeFile } from '../support/office.js'

const address = 'https://calendar.example/anna.ics'
const withCalendar = {
  ...officeFile,
  people: officeFile.people.map((person) =>
    person.id === 'anna' ? { ...person, calendar: address } : person,
  ),
}

/** A meeting this very moment: the office opens on a Monday at ten. */
const meeting: CalendarEntry = {
  id: 'm1',
  allDay: false,
  start: Date.parse('2026-11-23T09:30:00+01:00'),
  end: Date.parse('2026-11-23T11:00:00+01:00'),
  busy: true,
  private: false,
  title: 'Styrelsen',
}

let office: Office

async function openWith(entries: readonly CalendarEntry[] | undefined): Promise<Office> {
  office = new Office(withCalendar)
  if (entries) office.calendars.entries.set(address, entries)
  return office.start()
}

/** What a caller hears who calls Anna now. */
async function heardByACaller(): Promise<string | undefined> {
  const caller = await office.outsideCalls('+46846500401')
  await office.pass(1)
  const [first] = caller.sounds
  caller.hangUp()
  await office.pass(1)
  return first
}

afterEach(() => {
  office.kill()
})

describe('a person with a calendar', () => {
  it('H-19 is in a meeting while the calendar says so, and callers hear until when', async () => {
    await openWith([meeting])
    expect(await heardByACaller()).toBe('Anna Andersson sitter i möte och är åter klockan elva.')
    await office.pass(3_600)
    await office.outsideCalls('+46846500401')
    expect(office.ring('anna-bord').alive).toBe(true)
    expect(office.faults).toEqual([])
  })

  it('H-19 a private entry diverts, and its text is nowhere to be heard', async () => {
    await openWith([{ ...meeting, private: true, title: 'Tandläkaren' }])
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(5)
    expect(caller.sounds.join(' ')).toContain('sitter i möte')
    expect(caller.sounds.join(' ')).not.toContain('Tandläkaren')
  })

  it('H-19 an entry that appears is followed within five minutes', async () => {
    await openWith([])
    const before = await office.outsideCalls('+46846500401')
    expect(office.ring('anna-bord').alive).toBe(true)
    before.hangUp()
    office.calendars.entries.set(address, [meeting])
    await office.pass(300)
    expect(await heardByACaller()).toContain('sitter i möte')
  })

  it('H-19 a feed that cannot be read leaves the entries that are known', async () => {
    await openWith([meeting])
    office.calendars.entries.delete(address)
    await office.pass(600)
    expect(office.calendars.reads).toBe(3)
    expect(await heardByACaller()).toContain('sitter i möte')
  })

  it('H-19 a feed that cannot be read at first is tried again', async () => {
    await openWith(undefined)
    office.calendars.entries.set(address, [meeting])
    await office.pass(300)
    expect(await heardByACaller()).toContain('sitter i möte')
  })

  it('H-17 H-19 #23# during an entry cancels this entry only', async () => {
    const later = { ...meeting, id: 'm2', start: meeting.end + 3_600_000, end: meeting.end + 7_200_000 }
    await openWith([meeting, later])
    const anna = await office.dials('anna-bord', '#23#')
    await office.pass(5)
    anna.hangUp()
    const caller = await office.outsideCalls('+46846500401')
    expect(office.ring('anna-bord').alive).toBe(true)
    caller.hangUp()
    await office.pass(2.5 * 3_600)
    expect(await heardByACaller()).toContain('sitter i möte')
  })
})
