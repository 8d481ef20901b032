import { describe, expect, it } from 'vitest'
import { hoursSchema } from '../../../src/domain/directory/hours-schema.js'
import { endOfDrain, mayBeAnswered } from '../../../src/domain/hours/closing.js'
import { holidayRegions, holidaysOf } from '../../../src/domain/hours/holidays.js'
import {
  hoursRulesOf,
  nextChange,
  openAt,
  openingAt,
  type HoursRules,
} from '../../../src/domain/hours/open.js'
import {
  noOverrides,
  overrideAt,
  withOverride,
  withoutOverride,
  type HoursOverride,
} from '../../../src/domain/hours/overrides.js'
import type { HoursId, PersonId } from '../../../src/domain/ids.js'
import { formatIsoDate } from '../../../src/domain/time/calendar.js'
import { at } from '../absence/people.js'
import { company } from '../directory/sample.js'

const office = ['08:00-17:00']
const week = { mon: office, tue: office, wed: office, thu: office, fri: office }
const kontor = 'kontor' as HoursId
const rules = (
  over: object = {},
  overrides: readonly HoursOverride[] = [],
  country: 'SE' | 'DE' = 'SE',
): HoursRules => ({
  zone: country === 'SE' ? 'Europe/Stockholm' : 'Europe/Berlin',
  country,
  hours: hoursSchema.parse({ id: 'kontor', week, ...over }),
  overrides,
})
const set = (kind: HoursOverride['kind'], from: string, until?: string, hours?: string): HoursOverride => ({
  id: `${kind} ${from}`,
  kind,
  ...(hours === undefined ? {} : { hours: hours as HoursId }),
  from: at(from),
  ...(until === undefined ? {} : { until: at(until) }),
  setBy: 'maria' as PersonId,
  means: 'keypad',
})

describe('opening hours', () => {
  it('O-01 [08:00,17:00) is open at 16:59:59 and closed at 17:00:00', () => {
    const monday = rules()
    expect(openAt(monday, at('2026-11-23 08:00') - 1)).toBe(false)
    expect(openAt(monday, at('2026-11-23 08:00'))).toBe(true)
    expect(openAt(monday, at('2026-11-23 17:00') - 1_000)).toBe(true)
    expect(openAt(monday, at('2026-11-23 17:00'))).toBe(false)
    expect(nextChange(monday, at('2026-11-27 16:59'))).toBe(at('2026-11-27 17:00'))
    expect(nextChange(monday, at('2026-11-27 17:00'))).toBe(at('2026-11-30 08:00'))
  })

  it('O-02 works over midnight, and round the clock', () => {
    const night = rules({ week: { fri: ['22:00-06:00'] } })
    expect(openAt(night, at('2026-11-27 22:00'))).toBe(true)
    expect(openAt(night, at('2026-11-28 05:59'))).toBe(true)
    expect(openAt(night, at('2026-11-28 06:00'))).toBe(false)
    expect(openAt(night, at('2026-11-27 05:59'))).toBe(false)
    const always = rules({
      week: Object.fromEntries(
        ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, ['00:00-24:00']]),
      ),
    })
    expect(openAt(always, at('2026-11-28 00:00'))).toBe(true)
    expect(nextChange(always, at('2026-11-28 00:00'))).toBeUndefined()
  })

  it('O-02 a night over the change of the clock is open as long as it really is', () => {
    const night = rules({ week: { sat: ['22:00-06:00'] } })
    // The spring night lacks an hour, the autumn night has one more.
    expect(at('2026-03-29 06:00') - at('2026-03-28 22:00')).toBe(7 * 3_600_000)
    expect(nextChange(night, at('2026-03-28 22:00'))).toBe(at('2026-03-29 06:00'))
    expect(at('2026-10-25 06:00') - at('2026-10-24 22:00')).toBe(9 * 3_600_000)
    expect(nextChange(night, at('2026-10-24 22:00'))).toBe(at('2026-10-25 06:00'))
  })

  it('O-03 an exception carries its year, a range holds on both its ends, and a day may be partly open', () => {
    const summer = rules({
      exceptions: [
        { date: '2026-12-23', open: ['08:00-12:00'], note: 'dan före dan' },
        { from: '2026-07-06', until: '2026-07-31', open: 'closed' },
        { date: '2026-07-15', open: ['10:00-11:00'] },
      ],
    })
    expect(openAt(summer, at('2026-12-23 11:59'))).toBe(true)
    expect(openAt(summer, at('2026-12-23 12:00'))).toBe(false)
    expect(openingAt(summer, at('2026-12-23 12:00'))).toMatchObject({
      because: 'exception',
      note: 'dan före dan',
    })
    expect(openAt(summer, at('2027-12-23 12:00'))).toBe(true)
    expect(openAt(summer, at('2026-07-06 09:00'))).toBe(false)
    expect(openAt(summer, at('2026-07-31 16:00'))).toBe(false)
    expect(openAt(summer, at('2026-08-03 09:00'))).toBe(true)
    // The one for the fewer days counts.
    expect(openAt(summer, at('2026-07-15 10:30'))).toBe(true)
  })

  it('O-03 a day of its own rules from 00:00: a night of the week ends there, one opened for the date goes on', () => {
    const nights = rules({
      week: { thu: ['22:00-06:00'], sat: ['22:00-06:00'] },
      exceptions: [
        { date: '2026-11-27', open: 'closed' },
        { date: '2026-12-24', open: ['20:00-02:00'] },
        { date: '2026-12-25', open: 'closed' },
        { date: '2026-12-13', open: 'usual' },
      ],
    })
    expect(openAt(nights, at('2026-11-26 23:59'))).toBe(true)
    expect(openAt(nights, at('2026-11-27 00:00'))).toBe(false)
    expect(openAt(nights, at('2026-12-25 01:59'))).toBe(true)
    expect(openAt(nights, at('2026-12-25 02:00'))).toBe(false)
    expect(openAt(nights, at('2026-12-13 05:59'))).toBe(true)
  })

  it('O-03 Swedish holidays come by rule, and midsommarafton and julafton only when they are named', () => {
    const plain = rules({ holidays: {} })
    expect(openingAt(plain, at('2027-01-06 10:00'))).toMatchObject({ open: false, because: 'holiday' })
    expect(openAt(plain, at('2026-12-24 10:00'))).toBe(true)
    const eves = rules({
      holidays: {
        days: {
          Midsommarafton: 'closed',
          julafton: ['08:00-12:00'],
          trettondagsafton: ['08:00-15:00'],
          'första maj': 'usual',
        },
      },
    })
    expect(openAt(eves, at('2026-06-19 10:00'))).toBe(false)
    expect(openAt(eves, at('2027-06-25 10:00'))).toBe(false)
    expect(openAt(eves, at('2026-12-24 11:59'))).toBe(true)
    expect(openAt(eves, at('2026-12-24 12:00'))).toBe(false)
    expect(openAt(eves, at('2027-01-05 15:00'))).toBe(false)
    expect(openAt(eves, at('2026-05-01 16:59'))).toBe(true)
    expect(openAt(rules(), at('2027-01-06 10:00'))).toBe(true)
  })

  it('O-03 German holidays come by Land, also those of one town', () => {
    const closedOn = (region: string | undefined, day: string): boolean =>
      !openAt(
        rules({ holidays: { ...(region === undefined ? {} : { region }) } }, [], 'DE'),
        at(`${day} 10:00`),
      )
    expect(closedOn(undefined, '2026-06-04')).toBe(false)
    expect(closedOn('BY', '2026-06-04')).toBe(true)
    expect(closedOn('BE', '2026-06-04')).toBe(false)
    expect(closedOn('SN', '2026-11-18')).toBe(true)
    expect(closedOn('BY', '2028-08-08')).toBe(false)
    expect(closedOn('BY-A', '2028-08-08')).toBe(true)
    expect(closedOn(undefined, '2026-05-14')).toBe(true)
    const half = rules({ holidays: { days: { 'Heiliger Abend': ['08:00-12:00'] } } }, [], 'DE')
    expect([openAt(half, at('2026-12-24 11:59')), openAt(half, at('2026-12-24 12:00'))]).toEqual([
      true,
      false,
    ])
    expect(holidayRegions('DE')).toContain('BY-A')
    expect(holidayRegions('SE')).toEqual([])
  })

  it('O-03 tells the names of a day in each language', () => {
    const midsummer = holidaysOf('SE', undefined, 2026).find(
      ({ date }) => formatIsoDate(date) === '2026-06-20',
    )
    expect(midsummer).toMatchObject({ publicly: true, names: { sv: 'midsommardagen', en: 'Midsummer Day' } })
  })

  it('O-03 an exception with a date beats a holiday', () => {
    const special = rules({ holidays: {}, exceptions: [{ date: '2026-06-06', open: ['10:00-14:00'] }] })
    expect(openAt(special, at('2026-06-06 10:00'))).toBe(true)
    expect(openAt(special, at('2027-06-06 10:00'))).toBe(false)
  })

  it('O-04 emergency closure > manual override > exception > weekly hours', () => {
    const exception = { exceptions: [{ date: '2026-11-23', open: 'closed' }] }
    const noon = at('2026-11-23 12:00')
    const open = set('open', '2026-11-23 11:00', '2026-11-23 13:00')
    const emergency = set('emergency', '2026-11-23 11:30')
    expect(openingAt(rules(), noon)).toMatchObject({ open: true, because: 'weekly' })
    expect(openingAt(rules(exception), noon)).toMatchObject({ open: false, because: 'exception' })
    expect(openingAt(rules(exception, [open]), noon)).toMatchObject({ open: true, because: 'override' })
    expect(openingAt(rules(exception, [open, emergency]), noon)).toMatchObject({
      open: false,
      because: 'emergency',
    })
    expect(openingAt(rules(exception, [emergency, open]), noon)).toMatchObject({ because: 'emergency' })
  })

  it('O-04 an override ends by itself at its time, for its own hours only', () => {
    const open = set('open', '2026-11-23 17:00', '2026-11-23 18:00', 'kontor')
    expect(openAt(rules({}, [open]), at('2026-11-23 18:00') - 1)).toBe(true)
    expect(openAt(rules({}, [open]), at('2026-11-23 18:00'))).toBe(false)
    expect(nextChange(rules({}, [open]), at('2026-11-23 17:30'))).toBe(at('2026-11-23 18:00'))
    expect(openAt(rules({ id: 'annat' }, [open]), at('2026-11-23 17:30'))).toBe(false)
    expect(
      openAt(
        rules({ id: 'annat' }, [set('open', '2026-11-23 17:00', '2026-11-23 18:00')]),
        at('2026-11-23 17:30'),
      ),
    ).toBe(true)
  })

  it('R-09 hours that the company does not have have no rules', () => {
    expect(hoursRulesOf(company(), 'kontor', [])).toBeUndefined()
    expect(hoursRulesOf(company({ hours: [{ id: 'kontor', week }] }), 'kontor', [])).toMatchObject({
      country: 'SE',
    })
  })
})

describe('what is set by hand', () => {
  it('O-04 a new one takes the place of the one before for the same hours, and of all when it is for all', () => {
    const first = set('closed', '2026-11-23 09:00', '2026-11-23 15:00', 'kontor')
    const other = set('closed', '2026-11-23 09:30', '2026-11-23 15:00', 'annat')
    const second = set('open', '2026-11-23 10:00', '2026-11-23 11:00', 'kontor')
    const stored = [first, other, second].reduce(withOverride, noOverrides)
    expect(overrideAt(stored.set, kontor, at('2026-11-23 10:30'))).toEqual(second)
    expect(overrideAt(stored.set, kontor, at('2026-11-23 12:00'))).toBeUndefined()
    expect(overrideAt(stored.set, 'annat' as HoursId, at('2026-11-23 12:00'))).toEqual(other)
    const all = withOverride(stored, set('closed', '2026-11-23 10:15', '2026-11-23 10:45'))
    expect(overrideAt(all.set, 'annat' as HoursId, at('2026-11-23 12:00'))).toBeUndefined()
  })

  it('O-04 the same command twice is one, and an emergency leaves the rest alone until it is lifted', () => {
    const open = set('open', '2026-11-23 17:00', '2026-11-23 20:00')
    const emergency = set('emergency', '2026-11-23 18:00')
    const stored = [open, emergency, emergency].reduce(withOverride, noOverrides)
    expect(stored.set).toHaveLength(2)
    expect(overrideAt(stored.set, kontor, at('2026-11-23 18:30'))).toEqual(emergency)
    const lifted = withoutOverride(stored, 'emergency', undefined, at('2026-11-23 19:00'))
    expect(overrideAt(lifted.set, kontor, at('2026-11-23 19:00'))).toEqual(open)
    expect(overrideAt(lifted.set, kontor, at('2026-11-23 18:59'))?.kind).toBe('emergency')
  })

  it('O-05 what has ended stays known for two days, for those who came before', () => {
    const stored = withOverride(noOverrides, set('open', '2026-11-23 17:00', '2026-11-23 20:00'))
    const ended = withoutOverride(stored, 'hand', kontor, at('2026-11-23 18:00'))
    expect(ended.set).toHaveLength(1)
    const later = withOverride(stored, set('open', '2026-11-23 19:00', '2026-11-23 20:00'))
    expect(openAt(rules({}, later.set), at('2026-11-23 18:00'))).toBe(true)
    expect(withOverride(later, set('closed', '2026-11-27 09:00', '2026-11-27 10:00')).set).toHaveLength(1)
  })
})

describe('closing time', () => {
  const came = at('2026-11-23 16:59') + 59_999

  it('O-05 O-06 drain: who came before closing is answered however late, who came after is not', () => {
    expect(mayBeAnswered(rules(), 'drain', came, at('2026-11-23 17:00'))).toBe(true)
    expect(mayBeAnswered(rules(), 'drain', came, at('2026-11-23 23:00'))).toBe(true)
    expect(mayBeAnswered(rules(), 'drain', at('2026-11-23 17:00'), at('2026-11-23 17:01'))).toBe(false)
    expect(endOfDrain(rules(), 'drain', came, at('2026-11-23 17:00'))).toBeUndefined()
  })

  it('O-06 cut: nobody is answered from closing on', () => {
    expect(mayBeAnswered(rules(), 'cut', came, at('2026-11-23 17:00') - 1)).toBe(true)
    expect(mayBeAnswered(rules(), 'cut', came, at('2026-11-23 17:00'))).toBe(false)
  })

  it('O-06 drain-until: to so many minutes after closing, or to a time of the day', () => {
    const minutes = 'drain-until 30 min'
    expect(mayBeAnswered(rules(), minutes, came, at('2026-11-23 17:30') - 1)).toBe(true)
    expect(mayBeAnswered(rules(), minutes, came, at('2026-11-23 17:30'))).toBe(false)
    expect(endOfDrain(rules(), minutes, came, at('2026-11-23 17:10'))).toBe(at('2026-11-23 17:30'))
    expect(mayBeAnswered(rules(), 'drain-until 18:00', came, at('2026-11-23 18:00') - 1)).toBe(true)
    expect(mayBeAnswered(rules(), 'drain-until 18:00', came, at('2026-11-23 18:00'))).toBe(false)
    // A time that is past at closing is that of the next day.
    expect(mayBeAnswered(rules(), 'drain-until 01:00', came, at('2026-11-24 00:59'))).toBe(true)
    expect(mayBeAnswered(rules(), 'drain-until 01:00', came, at('2026-11-24 01:00'))).toBe(false)
  })

  it('O-06 closing early by hand drains too, an emergency sends everybody away', () => {
    const early = rules({}, [set('closed', '2026-11-23 14:00', '2026-11-23 17:00')])
    expect(mayBeAnswered(early, 'drain', at('2026-11-23 13:59'), at('2026-11-23 14:01'))).toBe(true)
    expect(mayBeAnswered(early, 'drain-until 10 min', at('2026-11-23 13:59'), at('2026-11-23 14:10'))).toBe(
      false,
    )
    const emergency = rules({}, [set('emergency', '2026-11-23 14:00')])
    expect(mayBeAnswered(emergency, 'drain', at('2026-11-23 13:59'), at('2026-11-23 14:00'))).toBe(false)
  })

  it('O-06 with a lunch hour the last closing counts', () => {
    const split = rules({ week: { mon: ['08:00-12:00', '13:00-17:00'] } })
    const before = at('2026-11-23 11:59')
    expect(mayBeAnswered(split, 'drain-until 30 min', before, at('2026-11-23 12:29'))).toBe(true)
    expect(mayBeAnswered(split, 'drain-until 30 min', before, at('2026-11-23 12:31'))).toBe(false)
    expect(mayBeAnswered(split, 'drain-until 30 min', before, at('2026-11-23 13:00'))).toBe(true)
    expect(mayBeAnswered(split, 'drain-until 30 min', before, at('2026-11-23 17:29'))).toBe(true)
  })
})
