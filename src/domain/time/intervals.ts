import type { Instant, Zone } from '../ids.js'
import { addDays, type CalendarDate } from './calendar.js'
import { instantOf, parseClockTime } from './wall-time.js'

/** Half-open: [from, until) (O-01). */
export interface Interval {
  readonly from: Instant
  readonly until: Instant
}

/**
 * `08:00-17:00` on the date; `22:00-06:00` ends on the next day (O-02). In the autumn night the first 02:30 begins and the second
 * ends (H-26). Undefined for what is no interval, and for one that the spring night swallows whole.
 */
export function intervalOn(date: CalendarDate, text: string, zone: Zone): Interval | undefined {
  const [first, second] = text.split('-').map(parseClockTime)
  if (first === undefined || second === undefined) return undefined
  const overMidnight = second.hour * 60 + second.minute <= first.hour * 60 + first.minute
  const from = instantOf(date, first, zone, 'start')
  const until = instantOf(overMidnight ? addDays(date, 1) : date, second, zone, 'end')
  return from < until ? { from, until } : undefined
}

export const contains = ({ from, until }: Interval, instant: Instant): boolean =>
  from <= instant && instant < until

/** In order, those that touch or overlap made one. */
export function joined(intervals: readonly Interval[]): readonly Interval[] {
  const result: Interval[] = []
  for (const next of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last !== undefined && next.from <= last.until) {
      result[result.length - 1] = { from: last.from, until: Math.max(last.until, next.until) }
    } else result.push(next)
  }
  return result
}
