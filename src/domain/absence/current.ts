import type { Company } from '../directory/company.js'
import { recurringOf, scheduleOf } from '../directory/profile.js'
import type { Instant, PersonId, Zone } from '../ids.js'
import { addDays } from '../time/calendar.js'
import { dateAt } from '../time/wall-time.js'
import { absenceSources, type Absence, type AbsenceSource, type StoredAbsences } from './absence.js'
import { calendarAbsences, type CalendarEntry } from './calendar-entries.js'
import { occurrencesBetween, type Recurring } from './recurring.js'
import { hoursAround, timeOffAt, type Schedule } from './schedule.js'

/** Everything besides what was set that can make a person absent. */
export interface AbsenceRules {
  readonly person: PersonId
  readonly zone: Zone
  readonly recurring: readonly Recurring[]
  readonly schedule?: Schedule | undefined
  readonly calendar: readonly CalendarEntry[]
}

/** The rules of a person of the company; a person who is not in the file has none. */
export function absenceRulesOf(
  company: Pick<Company, 'zone' | 'people' | 'roles'>,
  person: PersonId,
  calendar: readonly CalendarEntry[] = [],
): AbsenceRules {
  const found = company.people.find((candidate) => candidate.id === person)
  const schedule = found && scheduleOf(company, found)
  return {
    person,
    zone: company.zone,
    recurring: found ? recurringOf(company, found) : [],
    ...(schedule === undefined ? {} : { schedule }),
    calendar,
  }
}

const byRule = (person: PersonId, from: Instant) =>
  ({ person, from, setBy: 'rule', setAt: from, means: 'rule' }) as const

function fromCalendar(rules: AbsenceRules): readonly Absence[] {
  if (rules.calendar.length === 0) return []
  return calendarAbsences(rules.calendar, rules.zone).map((entry) => ({
    ...entry,
    ...byRule(rules.person, entry.from),
    source: 'calendar',
  }))
}

/** Occurrences that begin from the day before yesterday on: one of a night in two dates is still running. */
function fromRecurring(rules: AbsenceRules, now: Instant, daysAhead: number): readonly Absence[] {
  if (rules.recurring.length === 0) return []
  const today = dateAt(now, rules.zone)
  return rules.recurring.flatMap((recurring) =>
    occurrencesBetween(recurring, addDays(today, -2), addDays(today, daysAhead), rules.zone).map(
      ({ id, from, until }) => ({
        ...byRule(rules.person, from),
        id,
        reason: recurring.reason,
        source: 'recurring' as const,
        until,
        returnForm: 'dateTime' as const,
      }),
    ),
  )
}

/**
 * Outside the hours of a schedule: "har gått för dagen" until the next start of hours. When that is later on the same day (a
 * lunch hour, the morning before work) it would be wrong, and the person is only "not available".
 */
function fromSchedule(rules: AbsenceRules, now: Instant): readonly Absence[] {
  const off = rules.schedule === undefined ? undefined : timeOffAt(rules.schedule, now, rules.zone)
  if (off === undefined) return []
  const [today, back] = [dateAt(now, rules.zone), dateAt(off.until, rules.zone)]
  const backToday = today.day === back.day && today.month === back.month && today.year === back.year
  return [
    {
      ...byRule(rules.person, off.from),
      id: `schedule:${String(off.until)}`,
      reason: backToday ? 'unavailable' : 'gone',
      source: 'schedule',
      until: off.until,
      returnForm: 'dateTime',
    },
  ]
}

const strength = (source: AbsenceSource) => absenceSources.indexOf(source)

/** Strongest first; inside a class the newest, and among equals the one that lasts longer, so that the answer is never a toss-up. */
function byStrength(a: Absence, b: Absence): number {
  return (
    strength(a.source) - strength(b.source) ||
    b.setAt - a.setAt ||
    (b.until ?? Infinity) - (a.until ?? Infinity) ||
    (a.id < b.id ? -1 : 1)
  )
}

const isRunning = (absence: Absence, now: Instant) =>
  absence.from <= now && (absence.until === undefined || now < absence.until)

/** All absences that hold at the instant, strongest first. Half-open: at its end an absence holds no more (H-25). */
export function absencesAt(stored: StoredAbsences, rules: AbsenceRules, now: Instant): readonly Absence[] {
  const cancelled = new Set(stored.cancelled.map((occurrence) => occurrence.id))
  const computed = [...fromCalendar(rules), ...fromRecurring(rules, now, 0), ...fromSchedule(rules, now)]
  return [...stored.set, ...computed.filter((absence) => !cancelled.has(absence.id))]
    .filter((absence) => isRunning(absence, now))
    .sort(byStrength)
}

/** The absence that counts at the instant, if any: computed anew from what is stored, the rules and the clock (R-07, H-25). */
export function absenceAt(stored: StoredAbsences, rules: AbsenceRules, now: Instant): Absence | undefined {
  // What was set is stronger than any rule, and then the rules, which cost most of the time, need not be asked.
  const set = stored.set.filter((absence) => isRunning(absence, now)).sort(byStrength)[0]
  return set ?? absencesAt(stored, rules, now)[0]
}

/** A chain of this many is cut; nobody is told of a return that far off. */
const longestRun = 31

/**
 * The absence as it is spoken (H-18): adjacent and overlapping absences of one reason are one, and the return is the end of the
 * last. One without an end makes the whole run endless.
 */
export function spokenAbsenceAt(
  stored: StoredAbsences,
  rules: AbsenceRules,
  now: Instant,
): Absence | undefined {
  const first = absenceAt(stored, rules, now)
  let last = first
  for (let length = 0; last?.until !== undefined && length < longestRun; length += 1) {
    const next = absenceAt(stored, rules, last.until)
    if (next?.reason !== last.reason) break
    last = next
  }
  if (first === undefined || last === undefined || last === first) return first
  const { until: _until, returnForm: _returnForm, ...rest } = first
  return {
    ...rest,
    ...(last.until === undefined ? {} : { until: last.until }),
    ...(last.returnForm === undefined ? {} : { returnForm: last.returnForm }),
  }
}

/** How many days are looked ahead, one after the other: nearly always the first is enough. */
const horizons = [2, 15, 400]

/**
 * The next instant at which {@link absenceAt} gives another answer, looking a year ahead; undefined when nothing is known to
 * change. What is set meanwhile changes it of course: whoever waits listens to the feed as well.
 */
export function nextChange(stored: StoredAbsences, rules: AbsenceRules, now: Instant): Instant | undefined {
  const current = absenceAt(stored, rules, now)?.id
  for (const days of horizons) {
    const boundaries = boundariesAfter(stored, rules, now, days)
    const change = boundaries.find((instant) => absenceAt(stored, rules, instant)?.id !== current)
    if (change !== undefined) return change
  }
  return undefined
}

/** Every instant within the days after now at which something begins or ends, in order. */
function boundariesAfter(
  stored: StoredAbsences,
  rules: AbsenceRules,
  now: Instant,
  days: number,
): readonly Instant[] {
  const limit = now + days * 86_400_000
  const edges = [...stored.set, ...fromCalendar(rules), ...fromRecurring(rules, now, days)].flatMap(
    ({ from, until }) => (until === undefined ? [from] : [from, until]),
  )
  const instants = [...edges, ...scheduleEdges(rules, now, days)]
  return [...new Set(instants)].filter((instant) => instant > now && instant <= limit).sort((a, b) => a - b)
}

/** Starts and ends of hours; a fortnight shows every one that can matter, since hours repeat each week. */
function scheduleEdges({ schedule, zone }: AbsenceRules, now: Instant, days: number): readonly Instant[] {
  if (schedule === undefined) return []
  const hours = hoursAround(schedule, now, zone, { before: 1, after: Math.min(days, 15) })
  return hours.flatMap(({ from, until }) => [from, until])
}
