import type { Instant, Zone } from '../../domain/ids.js'
import { dayNumber, parseIsoDate, type CalendarDate } from '../../domain/time/calendar.js'
import type { Edge } from '../../domain/time/wall-time.js'
import type { Property } from './lines.js'
import type { Zones } from './zones.js'

/** A time as it stands in the calendar. */
export interface Stated {
  readonly date: CalendarDate
  /** Absent: a whole day. Seconds count in. */
  readonly seconds?: number | undefined
  /** Name of the zone: the calendar's own, `UTC`, or that of the person's company. */
  readonly zone: Zone
}

/** Years outside are mistakes, and rules that begin there are long to compute. */
const firstYear = 1900
const lastYear = 2200

/** Reads one value of a property such as DTSTART; `zone` is that of times without one. */
export function readTime(value: string, property: Property | undefined, zone: Zone): Stated | undefined {
  const [day = '', time] = value.split('T', 2)
  const date = parseIsoDate(day)
  if (date === undefined || date.year < firstYear || date.year > lastYear) return undefined
  // Some programs forget to say that a value is a date; then the time is empty.
  if (time === undefined || /^:*$/.test(time)) return { date, zone }
  const parts = /^([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(Z?)$/.exec(time)
  if (parts === null) return undefined
  const seconds = Number(parts[1]) * 3600 + Number(parts[2]) * 60 + Number(parts[3])
  return { date, seconds, zone: parts[4] === 'Z' ? 'UTC' : (property?.zone ?? zone) }
}

export const dayOf = (stated: Stated): number => dayNumber(stated.date)

export function instantOfStated({ date, seconds = 0, zone }: Stated, zones: Zones, edge: Edge): Instant {
  const instant = zones.instantOf(date, Math.floor(seconds / 60), zone, edge)
  return instant + (seconds % 60) * 1000
}
