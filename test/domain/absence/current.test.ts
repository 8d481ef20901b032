import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CalendarEntry } from '../../../src/domain/absence/calendar-entries.js'
import {
  absenceAt,
  absenceRulesOf,
  absencesAt,
  nextChange,
  spokenAbsenceAt,
} from '../../../src/domain/absence/current.js'
import { ruleProblem, type Recurring } from '../../../src/domain/absence/recurring.js'
import { noAbsences, withCancelled, withSet } from '../../../src/domain/absence/transitions.js'
import { weekdayNames as weekdays } from '../../../src/domain/time/calendar.js'
import type { PersonId } from '../../../src/domain/ids.js'
import { underZone } from '../time/tables.js'
import { anna, at, officeHours, recurring, rules, set, stored } from './people.js'

const mondayMeeting = recurring({ id: 'weekly', days: ['mon'] })

describe('which absence counts', () => {
  it('H-25 holds from its start and not at its end', () => {
    const lunch = stored(set('lunch', '2026-11-23 12:00', '2026-11-23 13:00'))
    const until = at('2026-11-23 13:00')
    expect(absenceAt(lunch, rules(), at('2026-11-23 12:00') - 1)).toBeUndefined()
    expect(absenceAt(lunch, rules(), at('2026-11-23 12:00'))?.reason).toBe('lunch')
    expect(absenceAt(lunch, rules(), until - 1)?.reason).toBe('lunch')
    expect(absenceAt(lunch, rules(), until)).toBeUndefined()
  })

  it('R-07 lets the stronger source hide the weaker, and shows it again afterwards', () => {
    const now = at('2026-11-23 09:30')
    const calendar: CalendarEntry[] = [
      { id: 'c', private: false, busy: true, allDay: false, start: now - 60_000, end: now + 600_000 },
    ]
    const all = rules({ recurring: [mondayMeeting], schedule: { tue: ['08:00-17:00'] }, calendar })
    const person = set('lunch', '2026-11-23 09:00', '2026-11-23 09:35')
    const deputy = set('out', '2026-11-23 09:10', '2026-11-23 09:45', { source: 'deputy' })
    const found = absencesAt(stored(deputy, person), all, now)
    expect(found.map(({ source }) => source)).toEqual([
      'person',
      'deputy',
      'calendar',
      'recurring',
      'schedule',
    ])
    const sourceAt = (time: string) =>
      absenceAt(stored(deputy, person), all, at(`2026-11-23 ${time}`))?.source
    expect(['09:34', '09:35', '09:45', '10:00'].map(sourceAt)).toEqual([
      'person',
      'deputy',
      'recurring',
      'schedule',
    ])
  })

  it('R-07 prefers the newest inside a class', () => {
    const both = rules({
      recurring: [
        recurring({ id: 'long', days: ['mon'], from: '09:00', to: '12:00', reason: 'training' }),
        recurring({ id: 'short', days: ['mon'], from: '10:00', to: '11:00', reason: 'meeting' }),
      ],
    })
    const reasonAt = (time: string) => absenceAt(noAbsences, both, at(`2026-11-23 ${time}`))?.reason
    expect(['09:59', '10:00', '11:00', '12:00'].map(reasonAt)).toEqual([
      'training',
      'meeting',
      'training',
      undefined,
    ])
  })

  it('takes the rules of a person from the company file', () => {
    const people = [{ id: anna, recurring: [mondayMeeting], schedule: officeHours }]
    const company = { zone: 'Europe/Berlin', people } as unknown as Parameters<typeof absenceRulesOf>[0]
    expect(absenceRulesOf(company, anna)).toEqual({
      person: anna,
      zone: 'Europe/Berlin',
      recurring: [mondayMeeting],
      schedule: officeHours,
      calendar: [],
    })
    expect(absenceRulesOf(company, 'nobody' as PersonId).recurring).toEqual([])
  })
})

describe('recurring absences', () => {
  const reasonAt = (rule: Recurring, time: string) =>
    absenceAt(noAbsences, rules({ recurring: [rule] }), at(time))?.reason

  it('H-16 come every Monday from nine to ten', () => {
    expect(reasonAt(mondayMeeting, '2026-11-23 09:00')).toBe('meeting')
    expect(reasonAt(mondayMeeting, '2026-11-23 10:00')).toBeUndefined()
    expect(reasonAt(mondayMeeting, '2026-11-24 09:30')).toBeUndefined()
    expect(reasonAt(mondayMeeting, '2027-06-07 09:30')).toBe('meeting')
  })

  it('H-16 keep to their first and last day and their exceptions', () => {
    const limited = recurring({
      id: 'limited',
      days: ['mon'],
      starting: '2026-11-16',
      until: '2026-11-30',
      except: ['2026-11-23'],
    })
    const days = ['2026-11-09', '2026-11-16', '2026-11-23', '2026-11-30', '2026-12-07']
    expect(days.map((day) => reasonAt(limited, `${day} 09:30`) !== undefined)).toEqual([
      false,
      true,
      false,
      true,
      false,
    ])
  })

  it.each([
    [
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU',
      '2026-01-06',
      ['2026-01-06', '2026-01-20', '2026-11-24'],
      ['2026-01-13'],
    ],
    ['RRULE:FREQ=MONTHLY;BYDAY=-1FR', undefined, ['2026-11-27', '2026-10-30'], ['2026-11-20']],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1', undefined, ['2026-12-01', '2026-11-02'], ['2026-11-01']],
    ['freq=yearly;bymonth=12;bymonthday=13', undefined, ['2026-12-13', '2031-12-13'], ['2026-12-14']],
    ['FREQ=DAILY;COUNT=3', '2026-11-20', ['2026-11-20', '2026-11-22'], ['2026-11-19', '2026-11-23']],
    ['FREQ=DAILY;UNTIL=20261122', '2026-11-20', ['2026-11-20', '2026-11-22'], ['2026-11-23']],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', undefined, ['2028-02-29'], ['2027-02-28', '2027-03-01']],
  ])('H-16 understand the rule %s', async (rule, starting, yes, no) => {
    const row = recurring({ id: 'r', rule, ...(starting === undefined ? {} : { starting }) })
    expect(ruleProblem(row)).toBeUndefined()
    for (const zone of ['UTC', 'America/New_York', 'Pacific/Apia']) {
      await underZone(zone, async () => {
        await Promise.resolve()
        expect(yes.map((day) => reasonAt(row, `${day} 09:30`))).toEqual(yes.map(() => 'meeting'))
        expect(no.map((day) => reasonAt(row, `${day} 09:30`))).toEqual(no.map(() => undefined))
      })
    }
  })

  it.each([
    ['FREQ=HOURLY', /FREQ/],
    ['BYDAY=MO', /FREQ/],
    ['FREQ=WEEKLY;INTERVAL=0', /INTERVAL/],
    ['FREQ=DAILY;COUNT=0', /COUNT/],
    ['FREQ=WEEKLY;BYHOUR=9', /BYHOUR/],
    ['FREQ=DAILY;UNTIL=tomorrow', /./],
    ['every monday', /not understood/],
    ['FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30', /never happens/],
    ['FREQ=DAILY;INTERVAL=7;BYDAY=TU', /never happens/],
    ['', /not understood/],
  ])('H-16 refuse the rule %s in words, and never happen', (rule, problem) => {
    const row = recurring({ id: 'r', rule })
    expect(ruleProblem(row)).toMatch(problem)
    expect(reasonAt(row, '2026-11-23 09:30')).toBeUndefined()
  })

  it('H-16 need either days or a rule', () => {
    expect(ruleProblem(recurring({ id: 'r' }))).toBe('give either days or rule')
    expect(ruleProblem(recurring({ id: 'r', days: ['mon'], rule: 'FREQ=DAILY' }))).toBeDefined()
    expect(ruleProblem(mondayMeeting)).toBeUndefined()
  })

  it('H-16 last over midnight, and to the end of the day', () => {
    const night = recurring({ id: 'night', days: ['mon'], from: '22:00', to: '06:00' })
    expect(reasonAt(night, '2026-11-24 05:59')).toBe('meeting')
    expect(reasonAt(night, '2026-11-24 06:00')).toBeUndefined()
    const evening = recurring({ id: 'evening', days: ['mon'], from: '18:00', to: '24:00' })
    expect(reasonAt(evening, '2026-11-23 23:59')).toBe('meeting')
    expect(reasonAt(evening, '2026-11-24 00:00')).toBeUndefined()
  })

  it.each(['Europe/Stockholm', 'Europe/Berlin'])(
    'H-26 keep wall time over the clock change in %s',
    (zone) => {
      const daily = recurring({ id: 'd', days: [...weekdays], from: '02:30', to: '03:30' })
      const holds = (iso: string) =>
        absenceAt(noAbsences, rules({ zone, recurring: [daily] }), Date.parse(iso)) !== undefined
      // Spring: 03:00 to 03:30. Autumn: from the first 02:30.
      expect(['2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-03-29T01:30:00Z'].map(holds)).toEqual([
        false,
        true,
        false,
      ])
      expect(['2026-10-25T00:29:59Z', '2026-10-25T00:30:00Z', '2026-10-25T02:29:59Z'].map(holds)).toEqual([
        false,
        true,
        true,
      ])
      const untilHalfPastTwo = recurring({ id: 'e', days: ['sun'], from: '01:30', to: '02:30' })
      const autumn = absenceAt(
        noAbsences,
        rules({ zone, recurring: [untilHalfPastTwo] }),
        Date.parse('2026-10-25T00:45:00Z'),
      )
      expect(autumn?.until).toBe(Date.parse('2026-10-25T01:30:00Z'))
    },
  )
})

describe('the schedule', () => {
  const office = rules({ schedule: officeHours })
  it('makes a person gone for the day outside the hours, with the next start as the return', () => {
    expect(absenceAt(noAbsences, office, at('2026-11-23 16:59'))).toBeUndefined()
    expect(absenceAt(noAbsences, office, at('2026-11-27 17:00'))).toMatchObject({
      reason: 'gone',
      source: 'schedule',
      from: at('2026-11-27 17:00'),
      until: at('2026-11-30 08:00'),
      returnForm: 'dateTime',
    })
    expect(absenceAt(noAbsences, office, at('2026-11-30 08:00'))).toBeUndefined()
  })

  it('says only "not available" when the person comes back on the same day', () => {
    const split = rules({ schedule: { mon: ['08:00-12:00', '13:00-17:00'] } })
    expect(absenceAt(noAbsences, split, at('2026-11-23 12:30'))).toMatchObject({
      reason: 'unavailable',
      until: at('2026-11-23 13:00'),
    })
    expect(absenceAt(noAbsences, office, at('2026-11-24 06:00'))?.reason).toBe('unavailable')
  })

  it('says nothing of a person without a schedule, or with an empty one', () => {
    expect(absenceAt(noAbsences, rules(), at('2026-11-22 03:00'))).toBeUndefined()
    expect(absenceAt(noAbsences, rules({ schedule: {} }), at('2026-11-22 03:00'))).toBeUndefined()
    expect(absenceAt(noAbsences, rules({ schedule: { mon: [] } }), at('2026-11-22 03:00'))).toBeUndefined()
  })

  it('works over midnight, and round the clock', () => {
    const night = rules({ schedule: { mon: ['22:00-06:00'] } })
    expect(absenceAt(noAbsences, night, at('2026-11-24 05:59'))).toBeUndefined()
    expect(absenceAt(noAbsences, night, at('2026-11-24 06:00'))?.until).toBe(at('2026-11-30 22:00'))
    const always = Object.fromEntries(weekdays.map((day) => [day, ['00:00-24:00']]))
    expect(absenceAt(noAbsences, rules({ schedule: always }), at('2026-11-24 00:00'))).toBeUndefined()
    expect(nextChange(noAbsences, rules({ schedule: always }), at('2026-11-24 00:00'))).toBeUndefined()
  })
})

describe('calendar entries', () => {
  const entry = { id: 'e1', private: false, busy: true, title: 'Styrelsemöte' }
  const start = at('2026-11-23 13:00')

  it('H-19 divert as a meeting, a whole day until its end', () => {
    const calendar: CalendarEntry[] = [
      { ...entry, allDay: false, start, end: start + 3_600_000 },
      { ...entry, id: 'e2', allDay: true, start: '2026-12-24', end: '2026-12-27' },
      { ...entry, id: 'e3', allDay: true, start: '2026-12-30', end: '' },
    ]
    const withCalendar = rules({ calendar })
    expect(absenceAt(noAbsences, withCalendar, start)).toMatchObject({
      id: 'calendar:e1',
      reason: 'meeting',
      note: 'Styrelsemöte',
    })
    expect(absenceAt(noAbsences, withCalendar, at('2026-12-26 23:59'))).toMatchObject({
      until: at('2026-12-27 00:00'),
      returnForm: 'date',
    })
    expect(absenceAt(noAbsences, withCalendar, at('2026-12-27 00:00'))).toBeUndefined()
    expect(absenceAt(noAbsences, withCalendar, at('2026-12-30 12:00'))?.until).toBe(at('2026-12-31 00:00'))
  })

  it('H-19 that are private divert without their text; free ones do not divert', () => {
    const calendar: CalendarEntry[] = [
      { ...entry, private: true, allDay: false, start, end: start + 3_600_000 },
    ]
    const found = absenceAt(noAbsences, rules({ calendar }), start)
    expect(found?.reason).toBe('meeting')
    expect(JSON.stringify(found)).not.toContain('Styrelse')
    const free = calendar.map((one) => ({ ...one, busy: false }))
    expect(absenceAt(noAbsences, rules({ calendar: free }), start)).toBeUndefined()
  })
})

describe('what is spoken', () => {
  it('H-18 takes adjacent and overlapping absences of one reason as one', () => {
    const chain = rules({
      recurring: [
        recurring({ id: 'a', days: ['mon'], from: '09:00', to: '10:00' }),
        recurring({ id: 'b', days: ['mon'], from: '10:00', to: '11:00' }),
        recurring({ id: 'c', days: ['mon'], from: '10:30', to: '11:30' }),
        recurring({ id: 'd', days: ['mon'], from: '11:30', to: '12:00', reason: 'lunch' }),
      ],
    })
    const now = at('2026-11-23 09:15')
    expect(absenceAt(noAbsences, chain, now)?.until).toBe(at('2026-11-23 10:00'))
    expect(spokenAbsenceAt(noAbsences, chain, now)).toMatchObject({
      reason: 'meeting',
      from: at('2026-11-23 09:00'),
      until: at('2026-11-23 11:30'),
    })
    expect(spokenAbsenceAt(noAbsences, chain, at('2026-11-23 11:45'))?.until).toBe(at('2026-11-23 12:00'))
    expect(spokenAbsenceAt(noAbsences, chain, at('2026-11-23 13:00'))).toBeUndefined()
  })

  it('H-18 joins what was keyed with what recurs, and stops at an absence without an end', () => {
    const keyed = stored(set('meeting', '2026-11-23 08:30', '2026-11-23 09:30'))
    const monday = rules({ recurring: [mondayMeeting] })
    expect(spokenAbsenceAt(keyed, monday, at('2026-11-23 08:45'))?.until).toBe(at('2026-11-23 10:00'))
    const endless = stored(
      set('meeting', '2026-11-23 08:30', '2026-11-23 09:30'),
      set('meeting', '2026-11-23 08:00', undefined, { source: 'deputy' }),
    )
    const spoken = spokenAbsenceAt(endless, rules(), at('2026-11-23 08:45'))
    expect(spoken?.reason).toBe('meeting')
    expect(spoken).not.toHaveProperty('until')
    expect(spoken).not.toHaveProperty('returnForm')
  })
})

describe('what a command changes', () => {
  const now = at('2026-11-23 12:00')
  const lunch = set('lunch', '2026-11-23 12:00', '2026-11-23 13:00')

  it('H-11 replaces what was set, keeps a deputy’s, and tells what was before', () => {
    const deputy = set('out', '2026-11-23 11:00', '2026-11-23 15:00', { source: 'deputy' })
    const first = withSet(stored(deputy), lunch, now)
    const meeting = set('meeting', '2026-11-23 12:05', '2026-11-23 14:00')
    const second = withSet(first.next, meeting, now + 300_000)
    expect(second).toMatchObject({ before: lunch, after: meeting })
    expect(second.next.set).toEqual([deputy, meeting])
    expect([first.before, first.next.version, second.next.version]).toEqual([undefined, 1, 2])
  })

  it('H-12 lets the last of two writes win', () => {
    const other = set('meeting', '2026-11-23 12:00', '2026-11-23 14:00')
    const both = withSet(withSet(noAbsences, lunch, now).next, other, now)
    expect(absenceAt(both.next, rules(), now)?.reason).toBe('meeting')
  })

  it('forgets what is over', () => {
    const old = { ...stored(lunch), cancelled: [{ id: 'x', until: at('2026-11-23 13:00') }] }
    const later = at('2026-11-23 13:00')
    const next = withSet(old, set('out', '2026-11-23 13:00', undefined, { source: 'deputy' }), later).next
    expect(next.set.map(({ reason }) => reason)).toEqual(['out'])
    expect(next.cancelled).toEqual([])
  })

  it('H-17 cancels what was set, then a recurring one for this time only', () => {
    const monday = rules({ recurring: [mondayMeeting] })
    const nine = at('2026-11-23 09:15')
    const keyed = set('lunch', '2026-11-23 09:10', '2026-11-23 09:40')
    const first = withCancelled(stored(keyed), monday, nine)
    expect(first).toMatchObject({ cancelled: 'set', before: keyed, remaining: { source: 'recurring' } })
    if (first.cancelled === 'nothing') throw new Error('nothing was cancelled')
    const second = withCancelled(first.next, monday, nine)
    if (second.cancelled === 'nothing') throw new Error('nothing was cancelled')
    expect(second).toMatchObject({ cancelled: 'occurrence', before: { source: 'recurring' } })
    expect(second.remaining).toBeUndefined()
    expect(absenceAt(second.next, monday, at('2026-11-23 09:59'))).toBeUndefined()
    expect(absenceAt(second.next, monday, at('2026-11-30 09:15'))?.reason).toBe('meeting')
    expect(withCancelled(second.next, monday, nine)).toEqual({ cancelled: 'nothing' })
  })

  it('H-17 makes somebody reachable who works outside the hours, until the hours begin and end again', () => {
    const office = rules({ schedule: officeHours })
    const evening = at('2026-11-23 18:00')
    const result = withCancelled(noAbsences, office, evening)
    if (result.cancelled === 'nothing') throw new Error('nothing was cancelled')
    expect(absenceAt(result.next, office, at('2026-11-24 07:59'))).toBeUndefined()
    expect(absenceAt(result.next, office, at('2026-11-24 17:00'))?.reason).toBe('gone')
  })
})

describe('the next change', () => {
  it('H-25 is the end of what holds, or the start of what comes', () => {
    const monday = rules({ recurring: [mondayMeeting], schedule: officeHours })
    const lunch = stored(set('lunch', '2026-11-23 12:00', '2026-11-23 13:00'))
    const steps = ['2026-11-23 08:00', '2026-11-23 09:00', '2026-11-23 10:00', '2026-11-23 12:00'].map(
      (time) => nextChange(lunch, monday, at(time)),
    )
    expect(steps).toEqual(
      ['2026-11-23 09:00', '2026-11-23 10:00', '2026-11-23 12:00', '2026-11-23 13:00'].map((time) =>
        at(time),
      ),
    )
    expect(nextChange(lunch, monday, at('2026-11-23 13:00'))).toBe(at('2026-11-23 17:00'))
    expect(nextChange(lunch, monday, at('2026-11-27 17:00'))).toBe(at('2026-11-30 08:00'))
  })

  it('is looked for a year ahead', () => {
    const yearly = recurring({ id: 'y', rule: 'FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=5' })
    const found = nextChange(noAbsences, rules({ recurring: [yearly] }), at('2026-11-23 12:00'))
    expect(found).toBe(at('2027-06-05 09:00'))
    expect(nextChange(noAbsences, rules(), at('2026-11-23 12:00'))).toBeUndefined()
    expect(
      nextChange(stored(set('absent', '2026-11-23 11:00')), rules(), at('2026-11-23 12:00')),
    ).toBeUndefined()
  })
})

describe('whatever stands in the file and the store', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('09:00', '24:00', '02:30', '2026-03-29', 'FREQ=DAILY', '08:00-17:00'),
  )
  const anyRecurring = fc.record({
    id: text,
    reason: text,
    days: fc.option(fc.subarray([...weekdays]), { nil: undefined }),
    rule: fc.option(text, { nil: undefined }),
    from: text,
    to: text,
    starting: fc.option(text, { nil: undefined }),
    until: fc.option(text, { nil: undefined }),
    except: fc.array(text, { maxLength: 2 }),
  })
  const anyInstant = fc.integer({ min: at('2026-01-01 00:00'), max: at('2027-12-31 00:00') })
  const anyEntry: fc.Arbitrary<CalendarEntry> = fc.oneof(
    fc.record({
      id: text,
      private: fc.boolean(),
      busy: fc.boolean(),
      allDay: fc.constant(false as const),
      start: anyInstant,
      end: fc.oneof(anyInstant, fc.double()),
    }),
    fc.record({
      id: text,
      private: fc.boolean(),
      busy: fc.boolean(),
      allDay: fc.constant(true as const),
      start: text,
      end: text,
    }),
  )

  it('nothing throws, and what holds always holds now', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecurring, { maxLength: 2 }),
        fc.dictionary(fc.constantFrom(...weekdays), fc.array(text, { maxLength: 2 })),
        fc.array(anyEntry, { maxLength: 2 }),
        fc.oneof(fc.constant('Europe/Stockholm'), fc.string()),
        anyInstant,
        (repeated, schedule, calendar, zone, now) => {
          const all = rules({ recurring: repeated, schedule, calendar, zone })
          const found = spokenAbsenceAt(noAbsences, all, now)
          if (found?.until !== undefined) expect(found.until).toBeGreaterThan(now)
          const change = withCancelled(noAbsences, all, now)
          if (change.cancelled !== 'nothing') expect(change.remaining).toBeUndefined()
        },
      ),
      { numRuns: 10_000 },
    )
  })

  it('the next change is the first: in between the answer stays the same', () => {
    const quarter = fc.integer({ min: 0, max: 95 }).map((n) => {
      const pad = (value: number) => String(value).padStart(2, '0')
      return `${pad(Math.floor(n / 4))}:${pad((n % 4) * 15)}`
    })
    const weekly = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      reason: fc.constantFrom('lunch', 'meeting'),
      days: fc.subarray([...weekdays], { minLength: 1 }),
      from: quarter,
      to: quarter,
      except: fc.constant<string[]>([]),
    })
    const hours = fc.dictionary(
      fc.constantFrom(...weekdays),
      fc.tuple(quarter, quarter).map(([from, to]) => [`${from}-${to}`]),
    )
    fc.assert(
      fc.property(
        fc.uniqueArray(weekly, { maxLength: 3, selector: (row) => row.id }),
        hours,
        anyInstant,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (repeated, schedule, now, share) => {
          const all = rules({ recurring: repeated, schedule })
          const current = absenceAt(noAbsences, all, now)?.id
          const next = nextChange(noAbsences, all, now) ?? now + 20 * 86_400_000
          const between = Math.min(Math.floor(now + (next - now) * share), next - 1)
          expect(absenceAt(noAbsences, all, between)?.id).toBe(current)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
