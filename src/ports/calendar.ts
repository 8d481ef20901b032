import type { CalendarEntry } from '../domain/absence/calendar-entries.js'
import type { Instant, Zone } from '../domain/ids.js'

/** Which part of a calendar is asked for. */
export interface CalendarWindow {
  /** Half-open: entries that overlap [from, until). */
  readonly from: Instant
  readonly until: Instant
  /** The zone of times that name none. */
  readonly zone: Zone
}

/**
 * Why a feed gave no entries. None of these says anything about what stands in the calendar, so entries read before stay true.
 * `notACalendar`: what came is something else, for example a page that asks for a password.
 */
export type CalendarProblem =
  'badAddress' | 'unreachable' | 'refused' | 'tooLarge' | 'timedOut' | 'notACalendar'

/** The message holds no part of the address: such addresses are secrets. */
export class CalendarUnavailable extends Error {
  override readonly name = 'CalendarUnavailable'
  readonly problem: CalendarProblem
  /** HTTP status, if the server answered. */
  readonly status: number | undefined
  constructor(problem: CalendarProblem, status?: number) {
    super(`the calendar could not be read: ${problem}`)
    this.problem = problem
    this.status = status
  }
}

export interface CalendarReading {
  readonly entries: readonly CalendarEntry[]
  /** Entries that could not be understood and are missing. */
  readonly skipped: number
}

/** Calendar feeds (RFC 5545) of people (H-19). */
export interface CalendarFeeds {
  /** The entries of the feed, recurrences expanded, earliest first. Rejects with `CalendarUnavailable`, within half a minute. */
  read(address: string, window: CalendarWindow): Promise<CalendarReading>
}
