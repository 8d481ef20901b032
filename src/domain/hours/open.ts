import type { Company } from '../directory/company.js'
import type { DayRule, Hours, HoursException } from '../directory/hours-schema.js'
import type { HoursId, Instant, Zone } from '../ids.js'
import { addDays, dayNumber, parseIsoDate, weekdayOf, type CalendarDate } from '../time/calendar.js'
import { contains, intervalOn, type Interval } from '../time/intervals.js'
import { dateAt, startOfDay } from '../time/wall-time.js'
import { holidaysOn, isCalled, type Holiday } from './holidays.js'
import { overrideAt, type HoursOverride } from './overrides.js'

/** Everything that says whether it is open. */
export interface HoursRules {
  readonly zone: Zone
  readonly country: Company['country']
  readonly hours: Hours
  readonly overrides: readonly HoursOverride[]
}

/** The rules of hours by their name; undefined when the company file has none of that name. */
export function hoursRulesOf(
  company: Pick<Company, 'zone' | 'country' | 'hours'>,
  id: HoursId | string,
  overrides: readonly HoursOverride[],
): HoursRules | undefined {
  const hours = company.hours.find((candidate) => candidate.id === id)
  return hours === undefined ? undefined : { zone: company.zone, country: company.country, hours, overrides }
}

/** What decided, strongest first (O-04). */
export interface Opening {
  readonly open: boolean
  readonly because: 'emergency' | 'override' | 'exception' | 'holiday' | 'weekly'
  readonly override?: HoursOverride | undefined
  readonly holiday?: Holiday | undefined
  readonly note?: string | undefined
}

/** How one date is open, before anything set by hand. */
export interface Day {
  readonly because: 'exception' | 'holiday' | 'weekly'
  /** Texts such as `08:00-17:00`. */
  readonly intervals: readonly string[]
  /** Open by the week after all: nights that began the evening before go on as always. */
  readonly usual: boolean
  readonly holiday?: Holiday | undefined
  readonly note?: string | undefined
}

export const openAt = (rules: HoursRules, instant: Instant): boolean => openingAt(rules, instant).open

/** Emergency closure > manual override > exception > weekly hours (O-04); a public holiday is an exception by rule (O-03). */
export function openingAt(rules: HoursRules, instant: Instant): Opening {
  const override = overrideAt(rules.overrides, rules.hours.id, instant)
  if (override?.kind === 'emergency') return { open: false, because: 'emergency', override }
  if (override !== undefined) return { open: override.kind === 'open', because: 'override', override }
  return byCalendar(rules, instant)
}

function byCalendar(rules: HoursRules, instant: Instant): Opening {
  const date = dateAt(instant, rules.zone)
  const today = dayOf(rules, date)
  const { because, holiday, note } = today
  const open =
    isWithin(intervalsOf(rules, date, today), instant) || isWithin(nightBefore(rules, date, today), instant)
  return { open, because, holiday, note }
}

const isWithin = (intervals: readonly Interval[], instant: Instant): boolean =>
  intervals.some((interval) => contains(interval, instant))

/**
 * Intervals of the day before, which may last into this one (O-02). A day that is not as usual rules from its first minute, so
 * a night of the week ends at its 00:00; only a night that was itself opened for the one date goes through.
 */
function nightBefore(rules: HoursRules, date: CalendarDate, today: Day): readonly Interval[] {
  const before = addDays(date, -1)
  const yesterday = dayOf(rules, before)
  return today.usual || !yesterday.usual ? intervalsOf(rules, before, yesterday) : []
}

const intervalsOf = ({ zone }: HoursRules, date: CalendarDate, day: Day): readonly Interval[] =>
  day.intervals.map((text) => intervalOn(date, text, zone)).filter((interval) => interval !== undefined)

/** An exception written with its date, then a holiday, then the week. */
export function dayOf(rules: HoursRules, date: CalendarDate): Day {
  const exception = exceptionOn(rules.hours.exceptions, date)
  if (exception !== undefined)
    return dayBy(rules, date, exception.open, { because: 'exception', note: exception.note })
  const region = rules.hours.holidays?.region
  const holidays = rules.hours.holidays === undefined ? [] : holidaysOn(rules.country, region, date)
  for (const holiday of holidays) {
    const rule = ruleOfHoliday(rules.hours, holiday)
    if (rule !== undefined) return dayBy(rules, date, rule, { because: 'holiday', holiday })
  }
  return dayBy(rules, date, 'usual', { because: 'weekly' })
}

function ruleOfHoliday(hours: Hours, holiday: Holiday): DayRule | undefined {
  const written = Object.entries(hours.holidays?.days ?? {}).find(([name]) => isCalled(holiday, name))?.[1]
  return written ?? (holiday.publicly ? 'closed' : undefined)
}

function dayBy(
  rules: HoursRules,
  date: CalendarDate,
  rule: DayRule,
  told: Pick<Day, 'because' | 'holiday' | 'note'>,
): Day {
  if (rule === 'usual') return { ...told, intervals: rules.hours.week[weekdayOf(date)] ?? [], usual: true }
  return { ...told, intervals: rule === 'closed' ? [] : rule, usual: false }
}

/** Of several the one for the fewest days: a day within the holidays of July is written beside them. */
function exceptionOn(exceptions: readonly HoursException[], date: CalendarDate): HoursException | undefined {
  const wanted = dayNumber(date)
  return exceptions
    .map((exception) => ({ exception, ...exceptionDays(exception) }))
    .filter(({ first, last }) => first <= wanted && wanted <= last)
    .sort((a, b) => a.last - a.first - (b.last - b.first))[0]?.exception
}

/** First and last day, as day numbers; none for one that names no real date. */
export function exceptionDays({ date, from, until }: HoursException): {
  readonly first: number
  readonly last: number
} {
  const first = parseIsoDate(date ?? from ?? '')
  const last = parseIsoDate(date ?? until ?? '')
  return first === undefined || last === undefined
    ? { first: Infinity, last: -Infinity }
    : { first: dayNumber(first), last: dayNumber(last) }
}

/** How many days are looked ahead, one after the other: nearly always the first is enough. */
const horizons = [2, 15, 100]

/**
 * The next instant at which {@link openAt} gives another answer, looking 100 days ahead; undefined when nothing is known to change.
 * What is set by hand meanwhile changes it of course: whoever waits listens to the feed as well.
 */
export function nextChange(rules: HoursRules, instant: Instant): Instant | undefined {
  const now = openAt(rules, instant)
  let from = instant
  for (const days of horizons) {
    const limit = instant + days * 86_400_000
    const change = edgesBetween(rules, from, limit).find((edge) => openAt(rules, edge) !== now)
    if (change !== undefined) return change
    from = limit
  }
  return undefined
}

/** Every instant in (from, until] at which something begins or ends, in order. */
function edgesBetween(rules: HoursRules, from: Instant, until: Instant): readonly Instant[] {
  const first = dayNumber(dateAt(from, rules.zone)) - 1
  const last = dayNumber(dateAt(until, rules.zone)) + 1
  const dates = Array.from({ length: last - first + 1 }, (_, index) =>
    addDays({ year: 1970, month: 1, day: 1 }, first + index),
  )
  const edges = [
    ...dates.flatMap((date) => [
      startOfDay(date, rules.zone),
      ...intervalsOf(rules, date, dayOf(rules, date)).flatMap((interval) => [interval.from, interval.until]),
    ]),
    ...rules.overrides.flatMap((override) =>
      override.until === undefined ? [override.from] : [override.from, override.until],
    ),
  ]
  return [...new Set(edges)].filter((edge) => edge > from && edge <= until).sort((a, b) => a - b)
}
