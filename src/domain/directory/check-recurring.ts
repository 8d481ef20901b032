import { ruleProblem } from '../absence/recurring.js'
import { addDays, dayNumber, formatIsoDate, parseIsoDate, weekdayOf } from '../time/calendar.js'
import type { RecurringEntry } from './company.js'
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

/** A date that exists, of this century: 2026-02-29 is none. */
const isCalendarDate = (date: string): boolean => date.startsWith('20') && parseIsoDate(date) !== undefined

function hasOccurrence(
  days: readonly string[],
  starting: string,
  until: string,
  except: readonly string[],
): boolean {
  const [first, last] = [parseIsoDate(starting), parseIsoDate(until)]
  if (first === undefined || last === undefined) return false
  for (let date = first; dayNumber(date) <= dayNumber(last); date = addDays(date, 1))
    if (days.includes(weekdayOf(date)) && !except.includes(formatIsoDate(date))) return true
  return false
}

/** Values a part of a rule may have, for a clearer message than the calendar library's. */
const partValues: Readonly<Record<string, RegExp>> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
  BYDAY: /^([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU))*$/,
  BYMONTH: /^([1-9]|1[0-2])(,([1-9]|1[0-2]))*$/,
  BYMONTHDAY: /^-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*$/,
}

function checkRule(entry: RecurringEntry, path: Path): readonly Problem[] {
  if (entry.rule === undefined || entry.days !== undefined) return []
  const problem = partProblem(entry.rule) ?? ruleProblem(entry)
  return problem === undefined ? [] : [error([...path, 'rule'], problem)]
}

function partProblem(rule: string): string | undefined {
  const seen = new Set<string>()
  for (const part of rule.trim().toUpperCase().split(';')) {
    const [key = '', value = ''] = part.split('=')
    if (seen.has(key)) return `${key} stands twice`
    seen.add(key)
    const values = Object.hasOwn(partValues, key) ? partValues[key] : undefined
    if (values?.test(value) === false) return `${key} cannot be "${value}"`
  }
  return undefined
}
