import { fromZonedTime } from 'date-fns-tz'
import type { Instant, Zone } from '../ids.js'
import { dateOfDay, dayNumber, formatIsoDate, type CalendarDate } from './calendar.js'

/**
 * What the clock on the wall of a zone shows, and the instants it shows it at (H-26).
 *
 * Nothing here depends on the zone of the process. `date-fns-tz` alone does not give that: `fromZonedTime('2026-10-25T02:30',
 * 'Europe/Stockholm')` is the first 02:30 in a process in New York and the second one in a process in Stockholm, 02:30 in the
 * night that has none becomes 01:30, and `toZonedTime` answers in local fields, which lack an hour of their own once a year.
 * It is therefore only asked at noon, where all processes get the same answer, and `Intl` is asked for the way back.
 */

/** Hours 0 to 23, or 24 for the end of the day. */
export interface ClockTime {
  readonly hour: number
  readonly minute: number
}

export interface WallTime extends CalendarDate, ClockTime {
  readonly second: number
}

/** Whether a wall time begins or ends something: in the autumn night a start is the first 02:30, an end the second. */
export type Edge = 'start' | 'end'

const dayLength = 86_400_000
const minuteLength = 60_000
/** 9990-12-31: later instants are treated as this one, so that no arithmetic leaves the range of dates. */
const latest = 253_117_785_600_000

function newClock(zone: Zone): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
}

const clocks = new Map<Zone, Intl.DateTimeFormat>()
const utc = newClock('UTC')

/** Whether the zone is known to this machine. */
export function isZone(zone: string): boolean {
  try {
    newClock(zone)
    return true
  } catch {
    return false
  }
}

/** An unknown zone is read as UTC: the company file is refused before it gets here (see {@link isZone}). */
function clockOf(zone: Zone): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known !== undefined) return known
  const made = isZone(zone) ? newClock(zone) : utc
  if (clocks.size >= 1_000) clocks.clear()
  clocks.set(zone, made)
  return made
}

/** Instants before 1970 and what is no number become 0, those far in the future 9990-12-31. */
function withinRange(instant: Instant): Instant {
  return instant >= 0 ? Math.min(instant, latest) : 0
}

/** The wall time of the zone at the instant; milliseconds are dropped. */
export function wallTimeAt(instant: Instant, zone: Zone): WallTime {
  const shown = clockOf(zone).format(new Date(withinRange(instant)))
  const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = shown
    .split(/[^0-9]+/)
    .map(Number)
  return { year, month, day, hour, minute, second }
}

/** `2026-03-29 08:05` */
export function formatWallTime(wall: WallTime): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${formatIsoDate(wall)} ${two(wall.hour)}:${two(wall.minute)}`
}

/** The date of the zone at the instant. */
export function dateAt(instant: Instant, zone: Zone): CalendarDate {
  const { year, month, day } = wallTimeAt(instant, zone)
  return { year, month, day }
}

/** The instant at which a clock in UTC would show this. */
function asUtc(date: CalendarDate, { hour, minute }: ClockTime): Instant {
  return dayNumber(date) * dayLength + (hour * 60 + minute) * minuteLength
}

/** Offsets found so far, by zone and day: a look-up costs some 20 microseconds, and the same few days are asked for all the time. */
const offsets = new Map<Zone, Map<number, number>>()

/** How far the zone is ahead of UTC at noon of the day. */
function offsetAtNoon(day: number, zone: Zone): number {
  const known = offsets.get(zone) ?? new Map<number, number>()
  const remembered = known.get(day)
  if (remembered !== undefined) return remembered
  const offset = askOffset(dateOfDay(day), zone)
  if (known.size >= 5_000) known.clear()
  if (clockOf(zone) !== utc) offsets.set(zone, known.set(day, offset))
  return offset
}

function askOffset(date: CalendarDate, zone: Zone): number {
  // date-fns-tz throws for names such as `__proto__`, which its cache mistakes for a zone it knows.
  if (clockOf(zone) === utc) return 0
  const instant = fromZonedTime(`${formatIsoDate(date)}T12:00:00`, zone).getTime()
  return Number.isNaN(instant) ? 0 : asUtc(date, { hour: 12, minute: 0 }) - instant
}

function shows(instant: Instant, zone: Zone, wanted: Instant): boolean {
  const wall = wallTimeAt(instant, zone)
  return asUtc(wall, wall) === wanted
}

/** First instant in (before, after] at which the zone is no longer `offset` ahead; offsets change on whole minutes. */
function changeBetween(before: Instant, after: Instant, zone: Zone, offset: number): Instant {
  let low = before
  let high = after
  while (high - low > minuteLength) {
    const middle = low + Math.floor((high - low) / 2 / minuteLength) * minuteLength
    if (shows(middle, zone, middle + offset)) low = middle
    else high = middle
  }
  return high
}

/**
 * The instant of a wall time (H-26). In the hour that the spring night lacks it is the end of the gap: 02:30 means 03:00.
 * In the hour that the autumn night has twice, the first for a start and the second for an end. 24:00 is the next day's 00:00.
 */
export function instantOf(date: CalendarDate, time: ClockTime, zone: Zone, edge: Edge): Instant {
  const wanted = asUtc(date, time)
  // 1971 to 9989; also false for what is no number.
  if (!(wanted >= 365 * dayLength && wanted < latest - 365 * dayLength)) return withinRange(wanted)
  const day = Math.floor(wanted / dayLength)
  const offsetBefore = offsetAtNoon(day - 1, zone)
  const offsetAfter = offsetAtNoon(day + 1, zone)
  if (offsetBefore === offsetAfter) return wanted - offsetBefore
  const candidates = [wanted - offsetBefore, wanted - offsetAfter]
    .filter((instant) => shows(instant, zone, wanted))
    .sort((a, b) => a - b)
  const found = edge === 'start' ? candidates[0] : candidates.at(-1)
  return found ?? changeBetween(wanted - offsetAfter, wanted - offsetBefore, zone, offsetBefore)
}

/** First instant of the date: 00:00, or the end of the gap in a zone that changes its clock at midnight. */
export function startOfDay(date: CalendarDate, zone: Zone): Instant {
  return instantOf(date, { hour: 0, minute: 0 }, zone, 'start')
}

/** Reads `08:00`, or `24:00` as the end of the day; undefined for anything else. */
export function parseClockTime(text: string): ClockTime | undefined {
  const parts = /^([0-9]{2}):([0-9]{2})$/.exec(text)
  if (parts === null) return undefined
  const time = { hour: Number(parts[1]), minute: Number(parts[2]) }
  const real = time.minute <= 59 && (time.hour <= 23 || (time.hour === 24 && time.minute === 0))
  return real ? time : undefined
}
