import { weekdays, type RecurringEntry } from './company.js'
import { error, type Path, type Problem } from './problem.js'

/**
 * Recurring absences that could never happen, or that a calendar library would search for without end (H-16).
 * A rule is local wall time of the company's zone, so it holds no zone, start or time of its own.
 */
export function checkRecurring(entry: RecurringEntry, path: Path): readonly Problem[] {
  return [...checkForm(entry, path), ...checkDates(entry, path), ...checkRule(entry, path)]
}

function checkForm(entry: RecurringEntry, path: Path): readonly Problem[] {
  const problems: Problem[] = []
  if (entry.days === undefined && entry.rule === undefined)
    problems.push(error(path, 'needs days (for example [mon]) or rule (RFC 5545)'))
  if (entry.days !== undefined && entry.rule !== undefined)
    problems.push(error([...path, 'rule'], 'days and rule exclude each other: keep one'))
  if (entry.from === entry.to)
    problems.push(error([...path, 'to'], `begins and ends at ${entry.from}: it would never hold`))
  return problems
}

function checkDates(entry: RecurringEntry, path: Path): readonly Problem[] {
  const problems: Problem[] = []
  const dates = [
    ['starting', entry.starting],
    ['until', entry.until],
  ] as const
  for (const [key, date] of dates)
    if (date !== undefined && !isCalendarDate(date))
      problems.push(error([...path, key], `${date} is not in the calendar`))
  entry.except.forEach((date, index) => {
    if (!isCalendarDate(date))
      problems.push(error([...path, 'except', index], `${date} is not in the calendar`))
  })
  if (problems.length > 0 || entry.starting === undefined || entry.until === undefined) return problems
  if (entry.until < entry.starting)
    return [error([...path, 'until'], `${entry.until} is before starting, ${entry.starting}`)]
  if (entry.days !== undefined && !hasOccurrence(entry.days, entry.starting, entry.until, entry.except))
    return [error([...path, 'until'], 'none of the days falls between starting and until')]
  return []
}

const dayLength = 86_400_000
const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayLength
const dateOfDay = (day: number): string => new Date(day * dayLength).toISOString().slice(0, 10)
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const weekdayOfDay = (day: number) => weekdays[(day + 3) % 7]

/** A date that exists, of this century: 2026-02-29 is none. */
export const isCalendarDate = (date: string): boolean =>
  /^20\d\d-\d\d-\d\d$/.test(date) && !Number.isNaN(dayNumber(date)) && dateOfDay(dayNumber(date)) === date

function hasOccurrence(
  days: readonly string[],
  starting: string,
  until: string,
  except: readonly string[],
): boolean {
  const last = dayNumber(until)
  for (let day = dayNumber(starting); day <= last; day += 1)
    if (days.includes(weekdayOfDay(day) ?? '') && !except.includes(dateOfDay(day))) return true
  return false
}

/** The parts of RFC 5545 that make sense for an absence. Times come from `from` and `to`. */
const partSchemas: Readonly<Record<string, RegExp>> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d?$/,
  COUNT: /^[1-9]\d{0,3}$/,
  UNTIL: /^20\d{6}(T\d{6}Z?)?$/,
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
  BYDAY: /^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*$/,
  BYMONTH: /^([1-9]|1[0-2])(,([1-9]|1[0-2]))*$/,
  BYMONTHDAY: /^-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*$/,
  BYSETPOS: /^-?[1-4]$/,
}

function checkRule(entry: RecurringEntry, path: Path): readonly Problem[] {
  if (entry.rule === undefined) return []
  const problem = ruleProblem(entry.rule)
  return problem === undefined ? [] : [error([...path, 'rule'], problem)]
}

/** What is wrong with a rule, or undefined. Every rule that passes has occurrences, and a search for the next one ends. */
export function ruleProblem(rule: string): string | undefined {
  const parts = new Map<string, string>()
  for (const part of rule.split(';')) {
    const [key = '', value = '', ...rest] = part.split('=')
    const schema = Object.hasOwn(partSchemas, key) ? partSchemas[key] : undefined
    if (schema === undefined || rest.length > 0)
      return `"${part}" is not a part a rule here may have (${Object.keys(partSchemas).join(', ')})`
    if (!schema.test(value)) return `${key} cannot be "${value}"`
    if (parts.has(key)) return `${key} stands twice`
    parts.set(key, value)
  }
  return parts.has('FREQ') ? combinationProblem(parts) : 'FREQ is missing'
}

function combinationProblem(parts: ReadonlyMap<string, string>): string | undefined {
  const frequency = parts.get('FREQ')
  const interval = Number(parts.get('INTERVAL') ?? '1')
  const days = parts.get('BYDAY')
  const monthDays = parts.get('BYMONTHDAY')
  const filtered = days !== undefined || monthDays !== undefined || parts.has('BYMONTH')
  if (days !== undefined && /\d/.test(days) && frequency !== 'MONTHLY' && frequency !== 'YEARLY')
    return 'BYDAY with a number needs FREQ=MONTHLY or YEARLY'
  if (monthDays !== undefined && frequency === 'WEEKLY') return 'BYMONTHDAY cannot be used with FREQ=WEEKLY'
  if (
    parts.has('BYSETPOS') &&
    (frequency !== 'MONTHLY' || days === undefined || /\d/.test(days) || monthDays)
  )
    return 'BYSETPOS needs FREQ=MONTHLY and BYDAY without numbers, and no BYMONTHDAY'
  if (frequency === 'DAILY' && interval > 1 && filtered)
    return 'INTERVAL above 1 with FREQ=DAILY cannot be combined with BYDAY, BYMONTH or BYMONTHDAY'
  if (interval > 1 && frequency !== 'YEARLY' && parts.has('BYMONTH'))
    return 'INTERVAL above 1 cannot be combined with BYMONTH'
  if (frequency === 'MONTHLY' && interval > 1 && monthDays !== undefined && /(29|30|31)/.test(monthDays))
    return 'INTERVAL above 1 cannot be combined with the days 29 to 31: some months do not have them'
  if (filtered && !anyDayMatches(parts)) return 'no day in the calendar fits this rule'
  return undefined
}

/** Whether some day of 28 years, after which weekdays and leap years repeat, passes the filters. */
function anyDayMatches(parts: ReadonlyMap<string, string>): boolean {
  const list = (key: string): readonly string[] | undefined => parts.get(key)?.split(',')
  const months = list('BYMONTH')?.map(Number)
  const monthDays = list('BYMONTHDAY')?.map(Number)
  const names = list('BYDAY')?.map((day) => day.slice(-2))
  const first = dayNumber('2024-01-01')
  for (let day = first; day < first + 28 * 366; day += 1) {
    const date = new Date(day * dayLength)
    const ofMonth = date.getUTCDate()
    const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
    const name = (weekdayOfDay(day) ?? '').slice(0, 2).toUpperCase()
    if (
      (months?.includes(date.getUTCMonth() + 1) ?? true) &&
      (monthDays?.some((wanted) => wanted === ofMonth || daysInMonth + 1 + wanted === ofMonth) ?? true) &&
      (names?.includes(name) ?? true)
    )
      return true
  }
  return false
}
