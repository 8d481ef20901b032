import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  addDays,
  dateOfDay,
  dayNumber,
  daysBetween,
  formatIsoDate,
  isRealDate,
  parseIsoDate,
  weekdayOf,
} from '../../../src/domain/time/calendar.js'
import {
  dateAt,
  instantOf,
  isZone,
  parseClockTime,
  startOfDay,
  wallTimeAt,
} from '../../../src/domain/time/wall-time.js'
import { failures, underZone, yearIn } from './tables.js'

const anyInstant = fc.integer({ min: Date.parse('1972-01-01'), max: Date.parse('2090-01-01') })
const zones = ['Europe/Stockholm', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'UTC']

describe('calendar dates', () => {
  it('agree with the calendar of the machine on every day from 1900 to 2200', () => {
    const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
    const wrong: number[] = []
    for (let day = -25_567; day < 84_000; day += 1) {
      const date = dateOfDay(day)
      const theirs = new Date(day * 86_400_000)
      const same =
        formatIsoDate(date) === theirs.toISOString().slice(0, 10) &&
        dayNumber(date) === day &&
        weekdayOf(date) === weekdays[theirs.getUTCDay()]
      if (!same) wrong.push(day)
    }
    expect(wrong).toEqual([])
  })

  it('know leap days', () => {
    expect(isRealDate({ year: 2028, month: 2, day: 29 })).toBe(true)
    expect(isRealDate({ year: 2026, month: 2, day: 29 })).toBe(false)
    expect(isRealDate({ year: 2100, month: 2, day: 29 })).toBe(false)
    expect(isRealDate({ year: 2000, month: 2, day: 29 })).toBe(true)
    expect(isRealDate({ year: 2026, month: 13, day: 1 })).toBe(false)
    expect(isRealDate({ year: 2026, month: 0, day: 1 })).toBe(false)
  })

  it('are read only in ISO form', () => {
    expect(parseIsoDate('2026-02-28')).toEqual({ year: 2026, month: 2, day: 28 })
    for (const text of ['2026-02-29', '2026-2-8', '', '26-02-08', '2026-02-08T00:00']) {
      expect(parseIsoDate(text)).toBeUndefined()
    }
  })

  it('count days across years', () => {
    const christmas = { year: 2026, month: 12, day: 24 }
    expect(addDays(christmas, 8)).toEqual({ year: 2027, month: 1, day: 1 })
    expect(daysBetween(christmas, { year: 2026, month: 12, day: 1 })).toBe(-23)
  })
})

describe('wall time', () => {
  it.each(['Europe/Stockholm', 'Europe/Berlin'])('H-26 follows the clock change in %s', (zone) => {
    expect(failures(zone)).toEqual([])
  })

  it.each(['UTC', 'Europe/Stockholm', 'America/New_York', 'Pacific/Apia'])(
    'H-26 gives the same instants in a process whose own zone is %s',
    async (zoneOfProcess) => {
      const here = yearIn('Europe/Stockholm')
      await underZone(zoneOfProcess, async () => {
        // Fresh modules: nothing remembered from the other zone may answer.
        vi.resetModules()
        const fresh = await import('./tables.js')
        expect(fresh.failures('Europe/Stockholm')).toEqual([])
        expect(fresh.failures('Europe/Berlin')).toEqual([])
        expect(fresh.yearIn('Europe/Stockholm')).toEqual(here)
      })
    },
  )

  it('is read back from its own instant, for any instant and zone', () => {
    fc.assert(
      fc.property(anyInstant, fc.constantFrom(...zones), (instant, zone) => {
        const wall = wallTimeAt(instant, zone)
        const minute = Math.floor(instant / 60_000) * 60_000
        const found = [instantOf(wall, wall, zone, 'start'), instantOf(wall, wall, zone, 'end')]
        expect(found).toContain(minute)
      }),
      { numRuns: 10_000 },
    )
  })

  it('begins the day when its date begins, also where midnight is skipped', () => {
    fc.assert(
      fc.property(
        anyInstant,
        fc.constantFrom(...zones, 'America/Sao_Paulo', 'Africa/Cairo'),
        (instant, zone) => {
          const date = dateAt(instant, zone)
          const start = startOfDay(date, zone)
          expect(start).toBeLessThanOrEqual(instant)
          expect(dateAt(start, zone)).toEqual(date)
          expect(dateAt(start - 1, zone)).not.toEqual(date)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('never throws, not even for a zone or an instant that does not exist', () => {
    fc.assert(
      fc.property(
        fc.double(),
        fc.oneof(fc.constantFrom(...zones), fc.string()),
        fc.integer(),
        fc.integer(),
        (instant, zone, a, b) => {
          wallTimeAt(instant, zone)
          instantOf({ year: a, month: 1, day: 1 }, { hour: b % 24, minute: 0 }, zone, 'end')
          instantOf(dateAt(instant, zone), { hour: 2, minute: 30 }, 'Europe/Berlin', 'start')
          parseClockTime(zone)
          parseIsoDate(zone)
        },
      ),
      { numRuns: 10_000 },
    )
  })

  it('knows which zones exist', () => {
    expect(isZone('Europe/Stockholm')).toBe(true)
    expect(isZone('Europe/Växjö')).toBe(false)
  })

  it('reads clock times', () => {
    expect(parseClockTime('08:05')).toEqual({ hour: 8, minute: 5 })
    expect(parseClockTime('24:00')).toEqual({ hour: 24, minute: 0 })
    for (const text of ['24:01', '8:00', '12:60', '25:00', '']) expect(parseClockTime(text)).toBeUndefined()
  })
})
