import type { Person } from '../directory/company.js'
import type { Instant, Zone } from '../ids.js'
import { addDays, weekdayOf, type CalendarDate } from '../time/calendar.js'
import { intervalOn, joined, type Interval } from '../time/intervals.js'
import { dateAt, startOfDay } from '../time/wall-time.js'

/** Hours of a person: per weekday half-open intervals such as `08:00-17:00`; `22:00-06:00` ends on the next day (O-01, O-02). */
export type Schedule = NonNullable<Person['schedule']>

/** Longer than a week, so that every weekday comes, and one more for a start that the clock change swallows. */
const searchedDays = 15

function intervalsOn(date: CalendarDate, schedule: Schedule, zone: Zone): readonly Interval[] {
  return (schedule[weekdayOf(date)] ?? [])
    .map((text) => intervalOn(date, text, zone))
    .filter((interval) => interval !== undefined)
}

/** The hours that begin from so many days before today to so many after it, in order, those that touch joined to one. */
export function hoursAround(
  schedule: Schedule,
  now: Instant,
  zone: Zone,
  days: { readonly before: number; readonly after: number },
): readonly Interval[] {
  const today = addDays(dateAt(now, zone), -days.before)
  const dates = Array.from({ length: days.before + days.after + 1 }, (_, index) => addDays(today, index))
  return joined(dates.flatMap((date) => intervalsOn(date, schedule, zone)))
}

/**
 * The time off the person is in at `now`: from the last end of hours until the next start. Undefined within the hours, and for
 * a schedule that has no hours at all, which says nothing about when somebody works.
 */
export function timeOffAt(schedule: Schedule, now: Instant, zone: Zone): Interval | undefined {
  // Nearly all questions are answered by today, yesterday and tomorrow.
  for (const days of [1, searchedDays]) {
    const hours = hoursAround(schedule, now, zone, { before: days, after: days })
    if (hours.some((interval) => interval.from <= now && now < interval.until)) return undefined
    const before = hours.filter((interval) => interval.until <= now).at(-1)
    const after = hours.find((interval) => interval.from > now)
    if (before !== undefined && after !== undefined) return { from: before.until, until: after.from }
  }
  return undefined
}

/** Whether anybody works on the date: by the schedule, or Monday to Friday when there is none. */
function isWorkingDay(date: CalendarDate, schedule: Schedule | undefined, zone: Zone): boolean {
  const weekday = weekdayOf(date)
  if (schedule === undefined || !hasHours(schedule)) return weekday !== 'sat' && weekday !== 'sun'
  return intervalsOn(date, schedule, zone).length > 0
}

function hasHours(schedule: Schedule): boolean {
  return Object.values(schedule).some((intervals) => intervals.length > 0)
}

/** The next working day after the date (H-05). */
export function nextWorkingDay(date: CalendarDate, schedule: Schedule | undefined, zone: Zone): CalendarDate {
  for (let ahead = 1; ahead <= searchedDays; ahead += 1) {
    const candidate = addDays(date, ahead)
    if (isWorkingDay(candidate, schedule, zone)) return candidate
  }
  return addDays(date, 1)
}

/**
 * When somebody who "has left for the day" is back: the first start of hours after now, but not the one after today's lunch.
 * Without a schedule the beginning of the next working day; `stated` tells the two apart, because only a start of hours is
 * worth saying as a time.
 */
export function nextArrival(
  schedule: Schedule | undefined,
  now: Instant,
  zone: Zone,
): { readonly at: Instant; readonly stated: 'time' | 'date' } {
  const today = dateAt(now, zone)
  if (schedule !== undefined) {
    const todays = intervalsOn(today, schedule, zone).map((interval) => interval.from)
    const yetToCome = todays.length > 0 && todays.every((start) => start > now)
    const first = yetToCome ? today : nextWorkingDay(today, schedule, zone)
    const starts = intervalsOn(first, schedule, zone).map((interval) => interval.from)
    if (starts.length > 0) return { at: Math.min(...starts), stated: 'time' }
  }
  return { at: startOfDay(nextWorkingDay(today, schedule, zone), zone), stated: 'date' }
}
