import type { E164, Extension, Instant, Zone } from '../ids.js'
import { addDays, dayNumber, daysBetween, isRealDate, type CalendarDate } from '../time/calendar.js'
import { dateAt, instantOf, startOfDay, type ClockTime } from '../time/wall-time.js'
import type { Reason, ReturnForm } from './absence.js'
import { reasonWithDigit } from './reasons.js'
import { nextArrival, nextWorkingDay, type Schedule } from './schedule.js'

/** What was keyed: the reason's digit and one or two groups of digits (`*23*R*T*D#`). An empty group counts as not keyed. */
export interface KeyedAbsence {
  readonly reason: string
  readonly first?: string | undefined
  readonly second?: string | undefined
}

/** What the reading of keyed digits depends on. */
export interface SetRules {
  readonly reasons: readonly Reason[]
  readonly zone: Zone
  /** How the company keys a date (H-02). */
  readonly dateOrder: 'MMDD' | 'DDMM'
  readonly schedule?: Schedule | undefined
  /** Reads a keyed number for reasons that take one; extensions only, when left out. */
  readonly readNumber?: ((digits: string) => E164 | Extension | undefined) | undefined
}

/** Why keyed digits set nothing; each has words of its own. */
export type SetRefusal =
  /** No such digit in the company's table, or disabled (H-04). */
  | 'unknownReason'
  /** The reason takes a time and something else was keyed: "ange klockslag" (H-03). */
  | 'askTime'
  /** The reason takes a date and something else was keyed: "ange datum" (H-03). */
  | 'askDate'
  /** The reason takes nothing after its digit. */
  | 'reasonOnly'
  | 'timeRequired'
  | 'dateRequired'
  | 'numberRequired'
  /** Four digits that are no time of day. */
  | 'noSuchTime'
  /** A day the calendar does not have, such as 29 February in a common year (H-07). */
  | 'noSuchDate'
  | 'noSuchNumber'
  /** H-05 */
  | 'timePassed'
  /** H-06 */
  | 'datePassed'

/** What the absence will say; who set it and how is added by the caller. */
export interface KeyedFields {
  readonly reason: Reason
  readonly until?: Instant | undefined
  readonly returnForm?: ReturnForm | undefined
  readonly number?: E164 | Extension | undefined
}

export type SetReading =
  { readonly ok: KeyedFields } | { readonly refused: SetRefusal; readonly reason?: Reason | undefined }

interface Return {
  readonly until?: Instant | undefined
  readonly returnForm?: ReturnForm | undefined
  readonly number?: E164 | Extension | undefined
}
type ReturnReading = Return | SetRefusal

/** How far ahead a date of next year may lie (H-06). */
const daysIntoNextYear = 90

function pair(digits: string): readonly [number, number] | undefined {
  return /^[0-9]{4}$/.test(digits) ? [Number(digits.slice(0, 2)), Number(digits.slice(2))] : undefined
}

function readTime(digits: string): ClockTime | undefined {
  const [hour, minute] = pair(digits) ?? []
  if (hour === undefined || minute === undefined || hour > 23 || minute > 59) return undefined
  return { hour, minute }
}

/** Month and day as keyed, if some year has such a day or at least looks as if it might (30 February does). */
function readMonthDay(digits: string, order: SetRules['dateOrder']) {
  const [one, other] = pair(digits) ?? []
  if (one === undefined || other === undefined) return undefined
  const [month, day] = order === 'MMDD' ? [one, other] : [other, one]
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? { month, day } : undefined
}

/** The date meant by month and day (H-06, H-07): this year's, or next year's when this year's is past. */
function readDate(
  digits: string,
  today: CalendarDate,
  order: SetRules['dateOrder'],
): CalendarDate | SetRefusal {
  const keyed = readMonthDay(digits, order)
  if (keyed === undefined)
    return readTime(digits) !== undefined || digits.length !== 4 ? 'askDate' : 'noSuchDate'
  const past = keyed.month < today.month || (keyed.month === today.month && keyed.day < today.day)
  const date = { year: today.year + (past ? 1 : 0), ...keyed }
  if (!isRealDate({ ...date, year: 2000 })) return 'noSuchDate'
  // 29 February counts as 1 March here, so that a common year refuses it for what it is and not for being far away.
  const ahead = past ? dayNumber(date) - dayNumber(today) : 0
  if (ahead > daysIntoNextYear) return 'datePassed'
  return isRealDate(date) ? date : 'noSuchDate'
}

function timeRefusal(digits: string, rules: SetRules): SetRefusal {
  const looksLikeDate = readMonthDay(digits, rules.dateOrder) !== undefined
  return digits.length !== 4 || looksLikeDate ? 'askTime' : 'noSuchTime'
}

/** A return today at the time; past already, it is refused or means the next working day (H-05). */
function returnToday(digits: string, reason: Reason, rules: SetRules, now: Instant): ReturnReading {
  const time = readTime(digits)
  if (time === undefined) return timeRefusal(digits, rules)
  const today = dateAt(now, rules.zone)
  const until = instantOf(today, time, rules.zone, 'end')
  if (until > now) return { until, returnForm: 'time' }
  if (!reason.pastMeansNextDay) return 'timePassed'
  const day = nextWorkingDay(today, rules.schedule, rules.zone)
  return { until: instantOf(day, time, rules.zone, 'end'), returnForm: 'dateTime' }
}

/** A return on the date: at its first instant, or at the time when both were keyed. */
function returnOn(
  dateDigits: string,
  timeDigits: string | undefined,
  rules: SetRules,
  now: Instant,
): ReturnReading {
  const time = timeDigits === undefined ? undefined : readTime(timeDigits)
  if (timeDigits !== undefined && time === undefined) return timeRefusal(timeDigits, rules)
  const today = dateAt(now, rules.zone)
  const date = readDate(dateDigits, today, rules.dateOrder)
  if (typeof date === 'string') return date
  if (time === undefined) {
    return daysBetween(today, date) > 0
      ? { until: startOfDay(date, rules.zone), returnForm: 'date' }
      : 'datePassed'
  }
  const until = instantOf(date, time, rules.zone, 'end')
  return until > now ? { until, returnForm: 'dateTime' } : 'timePassed'
}

/** A number under which the person is reached, with an optional return time after it. */
function returnWithNumber(
  digits: string,
  time: string | undefined,
  reason: Reason,
  rules: SetRules,
  now: Instant,
): ReturnReading {
  const number = (rules.readNumber ?? readExtension)(digits)
  if (number === undefined) return 'noSuchNumber'
  const end = time === undefined ? defaultReturn(reason, rules, now) : returnToday(time, reason, rules, now)
  return typeof end === 'string' ? end : { ...end, number }
}

function readExtension(digits: string): Extension | undefined {
  return /^[1-9][0-9]{1,5}$/.test(digits) ? (digits as Extension) : undefined
}

/** The end of an absence for which no return was keyed. A length chosen by the table is not spoken; a start of hours is. */
function defaultReturn(reason: Reason, rules: Pick<SetRules, 'zone' | 'schedule'>, now: Instant): Return {
  const end = reason.defaultEnd
  switch (end.kind) {
    case 'minutes':
      return { until: now + end.minutes * 60_000 }
    case 'endOfDay':
      return { until: startOfDay(addDays(dateAt(now, rules.zone), 1), rules.zone) }
    case 'nextScheduleStart': {
      const arrival = nextArrival(rules.schedule, now, rules.zone)
      return { until: arrival.at, returnForm: arrival.stated === 'time' ? 'dateTime' : 'date' }
    }
    case 'open':
      return {}
    default:
      return end satisfies never
  }
}

const requiredRefusal = { time: 'timeRequired', date: 'dateRequired', number: 'numberRequired' } as const

function readReturn(
  reason: Reason,
  first: string | undefined,
  second: string | undefined,
  rules: SetRules,
  now: Instant,
): ReturnReading {
  if (first === undefined) {
    const missing = reason.argument !== 'none' && reason.argumentRequired
    return missing ? requiredRefusal[reason.argument] : defaultReturn(reason, rules, now)
  }
  switch (reason.argument) {
    case 'none':
      return 'reasonOnly'
    case 'number':
      return returnWithNumber(first, second, reason, rules, now)
    case 'time':
      return second === undefined
        ? returnToday(first, reason, rules, now)
        : returnOn(second, first, rules, now)
    case 'date':
      return second === undefined
        ? returnOn(first, undefined, rules, now)
        : returnOn(second, first, rules, now)
    default:
      return reason.argument satisfies never
  }
}

const keyed = (digits: string | undefined) => (digits === '' ? undefined : digits)

/**
 * Reads what was keyed after the code (H-02 to H-07). Nothing is guessed: the reason says whether its digits are a time, a date
 * or a number, and with two groups the first is a time and the second a date. Never throws, whatever the digits.
 */
export function readSetCode(input: KeyedAbsence, rules: SetRules, now: Instant): SetReading {
  const reason = reasonWithDigit(rules.reasons, input.reason)
  if (reason === undefined) return { refused: 'unknownReason' }
  // A second group without a first is what is left of `*23*6**1017#`: the date alone.
  const [first, second] = [keyed(input.first), keyed(input.second)]
  const reading =
    first === undefined && second !== undefined
      ? readReturn(reason, second, undefined, rules, now)
      : readReturn(reason, first, second, rules, now)
  return typeof reading === 'string' ? { refused: reading, reason } : { ok: { reason, ...reading } }
}
