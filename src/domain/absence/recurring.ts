import rrule, { type Options } from 'rrule'
import type { Person } from '../directory/company.js'
import type { Zone } from '../ids.js'
import {
  addDays,
  dateOfDay,
  dayNumber,
  formatIsoDate,
  parseIsoDate,
  weekdayOf,
  type CalendarDate,
} from '../time/calendar.js'
import { instantOf, parseClockTime } from '../time/wall-time.js'
import type { Interval } from '../time/intervals.js'

/** A recurring absence of the company file: "every Monday 09-10" (H-16). */
export type Recurring = Person['recurring'][number]

/** One time that a recurring absence happens; `id` stays the same however often it is computed. */
export interface Occurrence extends Interval {
  readonly id: string
  readonly date: CalendarDate
}

/**
 * Days are computed with rrule as floating dates at midnight UTC: with its own `tzid` the answers depend on the zone of the
 * process. Its CommonJS build has no named exports, hence the default import.
 */
const { RRule } = rrule

/** A Monday: where rules begin that say no `starting`, so that "every other week" means the same to everybody. */
const firstDay = dayNumber({ year: 2024, month: 1, day: 1 })

/**
 * rrule looks for the next date until the year 9999, which takes 12 s for a rule that never happens ("30 February"). The
 * calendar repeats exactly every 400 years, weekdays included, so rules are moved to the last 400 of them before they are asked.
 */
const eraDays = 146_097
const movedDays = 19 * eraDays
const dayLength = 86_400_000
/** Days remembered on each side of a question. */
const daysBack = 40
const daysAhead = 400

const asMoved = (day: number) => new Date((day + movedDays) * dayLength)

interface Days {
  readonly first: number
  readonly last: number
  readonly days: ReadonlySet<number>
}

interface CompiledRule {
  readonly problem?: string | undefined
  readonly between: (first: number, last: number) => ReadonlySet<number>
}

const allowedParts =
  /^(FREQ|INTERVAL|COUNT|UNTIL|WKST|BYDAY|BYMONTH|BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYSETPOS)=[A-Z0-9,+-]+$/

function parseRule(text: string, start: number): Partial<Options> | string {
  const parts = text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .split(';')
  const strange = parts.find((part) => !allowedParts.test(part))
  if (strange !== undefined) return `"${strange}" is not understood here`
  const options = RRule.parseString(parts.join(';'))
  if (options.freq === undefined || options.freq > RRule.DAILY) {
    return 'FREQ must be YEARLY, MONTHLY, WEEKLY or DAILY'
  }
  const { interval = 1 } = options
  const count = options.count ?? undefined
  if (!Number.isInteger(interval) || interval < 1 || interval > 1000) return 'INTERVAL must be 1 to 1000'
  if (count !== undefined && !(Number.isInteger(count) && count >= 1 && count <= 10_000)) {
    return 'COUNT must be 1 to 10000'
  }
  const { until: given, ...rest } = options
  const until = given ?? undefined
  if (until === undefined) return { ...rest, dtstart: asMoved(start) }
  if (Number.isNaN(until.getTime())) return 'UNTIL is no date'
  return { ...rest, dtstart: asMoved(start), until: asMoved(Math.floor(until.getTime() / dayLength)) }
}

const nothing: ReadonlySet<number> = new Set()
const never = (problem: string): CompiledRule => ({ problem, between: () => nothing })

function compile(text: string, start: number): CompiledRule {
  try {
    const options = parseRule(text, start)
    if (typeof options === 'string') return never(options)
    const rule = new RRule(options, true)
    if (rule.after(asMoved(start), true) === null) return never('the rule never happens')
    let known: Days | undefined
    return {
      between: (first, last) => {
        if (known === undefined || first < known.first || last > known.last) {
          const [from, to] = [first - daysBack, last + daysAhead]
          const dates = rule.between(asMoved(from), asMoved(to), true)
          const days = dates.map((date) => Math.floor(date.getTime() / dayLength) - movedDays)
          known = { first: from, last: to, days: new Set(days) }
        }
        return known.days
      },
    }
  } catch (error) {
    return never(error instanceof Error ? error.message : 'the rule cannot be read')
  }
}

const compiled = new Map<string, CompiledRule>()

/** Reading a rule and walking to today costs milliseconds, and every call asks: both are remembered by the rule's text. */
function compiledRule(text: string, start: number): CompiledRule {
  const key = `${String(start)} ${text}`
  const known = compiled.get(key)
  if (known !== undefined) return known
  const made = compile(text, start)
  if (compiled.size >= 2_000) compiled.clear()
  compiled.set(key, made)
  return made
}

/**
 * The days, as of `dayNumber`, on which a rule of RFC 5545 happens that begins on the day `start`: at least those from `first` to `last`.
 * Undefined when the rule cannot be read, or chooses more than days.
 */
export function daysOfRule(
  rule: string,
  start: number,
  first: number,
  last: number,
): ReadonlySet<number> | undefined {
  const found = compiledRule(rule, start)
  return found.problem === undefined ? found.between(first, last) : undefined
}

function startOf(recurring: Recurring): number {
  const date = recurring.starting === undefined ? undefined : parseIsoDate(recurring.starting)
  return date === undefined ? firstDay : dayNumber(date)
}

/**
 * What is wrong with a rule of the company file, in words, if anything: `apply` refuses it. Rules are those of RFC 5545 that
 * choose days; the time of day stands beside the rule, and `starting` is its DTSTART.
 */
export function ruleProblem(recurring: Recurring): string | undefined {
  if ((recurring.days === undefined) === (recurring.rule === undefined)) {
    return 'give either days or rule'
  }
  return recurring.rule === undefined ? undefined : compiledRule(recurring.rule, startOf(recurring)).problem
}

function happensOn(recurring: Recurring, date: CalendarDate): boolean {
  const iso = formatIsoDate(date)
  if (recurring.starting !== undefined && iso < recurring.starting) return false
  if (recurring.until !== undefined && iso > recurring.until) return false
  if (recurring.except.includes(iso)) return false
  if (recurring.rule === undefined) return recurring.days?.includes(weekdayOf(date)) ?? false
  const day = dayNumber(date)
  return compiledRule(recurring.rule, startOf(recurring)).between(day, day).has(day)
}

/** The occurrence that begins on the date, if there is one; one that the clock change leaves no time for does not happen. */
function occurrenceOn(recurring: Recurring, date: CalendarDate, zone: Zone): Occurrence | undefined {
  if (!happensOn(recurring, date)) return undefined
  const [begin, end] = [parseClockTime(recurring.from), parseClockTime(recurring.to)]
  if (begin === undefined || end === undefined) return undefined
  const overMidnight = end.hour * 60 + end.minute <= begin.hour * 60 + begin.minute
  const from = instantOf(date, begin, zone, 'start')
  const until = instantOf(overMidnight ? addDays(date, 1) : date, end, zone, 'end')
  return from < until
    ? { id: `recurring:${recurring.id}:${formatIsoDate(date)}`, date, from, until }
    : undefined
}

/** The occurrences that begin on the dates from `first` to `last`, both included, in order. */
export function occurrencesBetween(
  recurring: Recurring,
  first: CalendarDate,
  last: CalendarDate,
  zone: Zone,
): readonly Occurrence[] {
  const result: Occurrence[] = []
  for (let day = dayNumber(first); day <= dayNumber(last); day += 1) {
    const occurrence = occurrenceOn(recurring, dateOfDay(day), zone)
    if (occurrence !== undefined) result.push(occurrence)
  }
  return result
}
