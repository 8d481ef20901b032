import type { ClosingPolicy } from '../directory/hours-schema.js'
import type { Instant } from '../ids.js'
import { addDays } from '../time/calendar.js'
import { dateAt, instantOf, parseClockTime } from '../time/wall-time.js'
import { nextChange, openAt, openingAt, type HoursRules } from './open.js'

/**
 * Whether a caller who reached the exchange at `arrived` may still be answered at `now` (O-05, O-06). While it is open everybody may.
 * After closing the policy decides about those who came while it was open, whatever menu they are in; those who came later may not.
 * An emergency closure sends everybody away: nobody is there any more.
 */
export function mayBeAnswered(
  rules: HoursRules,
  policy: ClosingPolicy,
  arrived: Instant,
  now: Instant,
): boolean {
  const opening = openingAt(rules, now)
  if (opening.open) return true
  if (opening.because === 'emergency' || policy === 'cut' || !openAt(rules, arrived)) return false
  const end = endOfDrain(rules, policy, arrived, now)
  return end === undefined || now < end
}

/**
 * When {@link mayBeAnswered} ends for a caller who waits at `now`, after closing: the moment to tell them. Undefined: not before it
 * opens again. To be asked again when the hours change.
 */
export function endOfDrain(
  rules: HoursRules,
  policy: ClosingPolicy,
  arrived: Instant,
  now: Instant,
): Instant | undefined {
  const closed = lastClosing(rules, arrived, now)
  if (closed === undefined) return undefined
  if (policy === 'cut') return closed
  const [, written] = policy.split(' ')
  if (policy === 'drain' || written === undefined) return undefined
  const time = parseClockTime(written)
  if (time === undefined) return closed + Number(written) * 60_000
  const sameDay = instantOf(dateAt(closed, rules.zone), time, rules.zone, 'end')
  return sameDay >= closed
    ? sameDay
    : instantOf(addDays(dateAt(closed, rules.zone), 1), time, rules.zone, 'end')
}

/** Nobody waits through this many openings and closings. */
const mostChanges = 100

/** The last instant in (arrived, now] at which it closed. */
function lastClosing(rules: HoursRules, arrived: Instant, now: Instant): Instant | undefined {
  let closed: Instant | undefined
  let at = nextChange(rules, arrived)
  for (let count = 0; at !== undefined && at <= now && count < mostChanges; count += 1) {
    if (!openAt(rules, at)) closed = at
    at = nextChange(rules, at)
  }
  return closed
}
