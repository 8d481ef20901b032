import type { ReturnForm } from '../absence/absence.js'
import type { Instant, Zone } from '../ids.js'

export interface ClockTime {
  /** 0 to 23 */
  readonly hour: number
  /** 0 to 59 */
  readonly minute: number
}

export interface CalendarDay {
  readonly year: number
  /** 1 to 12 */
  readonly month: number
  /** 1 to 31 */
  readonly day: number
  /** 1 = Monday to 7 = Sunday (ISO 8601) */
  readonly weekday: number
}

/** How a day is called from where the speaker stands. */
export type SpokenDay =
  | { readonly kind: 'today' }
  | { readonly kind: 'tomorrow' }
  | { readonly kind: 'yesterday' }
  | { readonly kind: 'weekday'; readonly weekday: number }
  /** `year` only when it is another year than now. */
  | {
      readonly kind: 'date'
      readonly weekday: number
      readonly day: number
      readonly month: number
      readonly year?: number
    }

/** A point in time as it is spoken: a day, and a time of day where one belongs. */
export interface When {
  readonly day: SpokenDay
  readonly time?: ClockTime
}

/**
 * How a point in time is called at `now` in `zone` (H-27: worked out when spoken). Today is left unnamed by the grammars when there is
 * a time; tomorrow; two to six days on the weekday; from seven days on the date, with the year when it is another one.
 */
export function whenOf(instant: Instant, keyed: ReturnForm, now: Instant, zone: Zone): When {
  const then = wallTime(instant, zone)
  const day = spokenDay(then, wallTime(now, zone))
  return keyed === 'date' ? { day } : { day, time: { hour: then.hour, minute: then.minute } }
}

function spokenDay(then: CalendarDay, today: CalendarDay): SpokenDay {
  const days = dayNumber(then) - dayNumber(today)
  if (days === 0) return { kind: 'today' }
  if (days === 1) return { kind: 'tomorrow' }
  if (days === -1) return { kind: 'yesterday' }
  if (days > 1 && days < 7) return { kind: 'weekday', weekday: then.weekday }
  const date = { kind: 'date', weekday: then.weekday, day: then.day, month: then.month } as const
  return then.year === today.year ? date : { ...date, year: then.year }
}

/** All of `now` that decides how a point in time is called: the day in the zone, counted since 1970. */
export const dayOf = (now: Instant, zone: Zone): number => dayNumber(wallTime(now, zone))

function dayNumber({ year, month, day }: CalendarDay): number {
  return Date.UTC(year, month - 1, day) / 86_400_000
}

// Making a formatter costs a hundred times more than using it, and a company has one zone.
const formatters = new Map<Zone, Intl.DateTimeFormat>()

function formatterOf(zone: Zone): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  formatters.set(zone, made)
  return made
}

// Most calls of a minute ask for the same two minutes: now, and when the person is back.
const lately = new Map<string, CalendarDay & ClockTime>()
const keptLately = 200

/** The calendar and the clock on the wall in a zone; independent of the zone of the process (H-26). */
export function wallTime(instant: Instant, zone: Zone): CalendarDay & ClockTime {
  const id = `${zone} ${String(Math.floor(instant / 60_000))}`
  const known = lately.get(id)
  if (known !== undefined) return known
  if (lately.size >= keptLately) lately.clear()
  const worked = workOut(instant, zone)
  lately.set(id, worked)
  return worked
}

function workOut(instant: Instant, zone: Zone): CalendarDay & ClockTime {
  const fields: Record<string, number> = {}
  for (const { type, value } of formatterOf(zone).formatToParts(instant)) fields[type] = Number(value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = fields
  const weekday = ((dayNumber({ year, month, day, weekday: 0 }) + 3) % 7) + 1
  return { year, month, day, weekday, hour, minute }
}
