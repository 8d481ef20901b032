import type { Instant, Zone } from '../ids.js'
import { addDays, parseIsoDate } from '../time/calendar.js'
import { startOfDay } from '../time/wall-time.js'
import type { ReturnForm } from './absence.js'
import type { Interval } from '../time/intervals.js'

/** One entry of a person's calendar, already read and its recurrences expanded (H-19). */
export type CalendarEntry = {
  /** Unique in the calendar; of a recurring entry the identifier with its occurrence. */
  readonly id: string
  /** Marked so that others must not read it: it diverts without its text. */
  readonly private: boolean
  /** Entries that leave the person free divert nothing (RFC 5545 TRANSP). */
  readonly busy: boolean
  readonly title?: string | undefined
} & (
  | { readonly allDay: false; readonly start: Instant; readonly end: Instant }
  /** ISO dates; the end is the first day after, as in RFC 5545. */
  | { readonly allDay: true; readonly start: string; readonly end: string }
)

export interface CalendarAbsence extends Interval {
  readonly id: string
  readonly reason: string
  readonly returnForm: ReturnForm
  readonly note?: string | undefined
}

function intervalOf(entry: CalendarEntry, zone: Zone): Interval | undefined {
  if (!entry.allDay) return { from: entry.start, until: entry.end }
  const [first, after] = [parseIsoDate(entry.start), parseIsoDate(entry.end)]
  if (first === undefined) return undefined
  // An entry without an end lasts its day (RFC 5545, 3.6.1).
  return { from: startOfDay(first, zone), until: startOfDay(after ?? addDays(first, 1), zone) }
}

/**
 * The absences of a calendar (H-19). A timed entry is a meeting, a whole day is "not available"; entries that leave the person
 * free, or that have no length, divert nothing. The title goes along as a note for colleagues unless the entry is private.
 */
export function calendarAbsences(entries: readonly CalendarEntry[], zone: Zone): readonly CalendarAbsence[] {
  return entries.flatMap((entry) => {
    const interval = entry.busy ? intervalOf(entry, zone) : undefined
    if (interval === undefined || !(interval.from < interval.until)) return []
    return [
      {
        ...interval,
        id: `calendar:${entry.id}`,
        reason: entry.allDay ? 'unavailable' : 'meeting',
        returnForm: entry.allDay ? ('date' as const) : ('dateTime' as const),
        ...(entry.private || entry.title === undefined ? {} : { note: entry.title }),
      },
    ]
  })
}
