import { exceptionDays } from '../hours/open.js'
import { holidayNames, holidayRegions, isHolidayName } from '../hours/holidays.js'
import { parseIsoDate } from '../time/calendar.js'
import type { Company } from './company.js'
import type { DayRule, Hours, HoursException } from './hours-schema.js'
import { error, warning, type Path, type Problem } from './problem.js'
import { unsafeText } from './safe-text.js'

/** Opening hours that could never be, and days the calendar does not have (O-01 to O-03). */
export function checkHours(company: Company): readonly Problem[] {
  return company.hours.flatMap((hours, index) => checkOne(company, hours, ['hours', index]))
}

function checkOne(company: Company, hours: Hours, path: Path): readonly Problem[] {
  const exceptions = hours.exceptions.flatMap((exception, index) =>
    checkException(exception, [...path, 'exceptions', index]),
  )
  return [
    ...(Object.values(hours.week).some((intervals) => intervals.length > 0)
      ? []
      : [warning([...path, 'week'], 'is never open but for its exceptions')]),
    ...Object.entries(hours.week).flatMap(([day, intervals]) =>
      checkIntervals(intervals, [...path, 'week', day]),
    ),
    ...exceptions,
    ...(exceptions.length > 0 ? [] : checkOverlaps(hours.exceptions, path)),
    ...checkHolidays(company, hours, path),
  ]
}

/** Intervals of one day: each is open at some time, and none meets another. */
export function checkIntervals(intervals: readonly string[], path: Path): readonly Problem[] {
  return intervals.flatMap((interval, index) => {
    const at = [...path, index]
    const [from = '', to = ''] = interval.split('-')
    if (from === to) return [error(at, `begins and ends at ${from}: it is never open`)]
    const overlaps = intervals.slice(0, index).some((other) => {
      const [otherFrom = '', otherTo = ''] = other.split('-')
      return from < endOf(otherFrom, otherTo) && otherFrom < endOf(from, to)
    })
    return overlaps ? [error(at, 'overlaps another interval of the day')] : []
  })
}

/** O-02: an interval that ends before it begins goes over midnight; `~` sorts after every time of the day. */
const endOf = (from: string, to: string): string => (to < from ? '~' : to)

const checkDayRule = (rule: DayRule, path: Path): readonly Problem[] =>
  typeof rule === 'string' ? [] : checkIntervals(rule, path)

function checkException(exception: HoursException, path: Path): readonly Problem[] {
  const { date, from, until, note } = exception
  const isRange = from !== undefined && until !== undefined
  if (date === undefined ? !isRange : from !== undefined || until !== undefined)
    return [error(path, 'needs a date, or from and until: the one or the other')]
  const problems = (['date', 'from', 'until'] as const).flatMap((key) => {
    const written = exception[key]
    return written === undefined || isDateOfToday(written)
      ? []
      : [error([...path, key], `${written} is not in the calendar`)]
  })
  if (problems.length === 0 && isRange && until < from)
    problems.push(error([...path, 'until'], `${until} is before ${from}`))
  const unsafe = note === undefined ? undefined : unsafeText(note)
  if (unsafe !== undefined) problems.push(error([...path, 'note'], `${unsafe} cannot stand here`))
  return [...problems, ...checkDayRule(exception.open, [...path, 'open'])]
}

/** A date that exists, of this century: 2026-02-29 is none. */
const isDateOfToday = (date: string): boolean => date.startsWith('20') && parseIsoDate(date) !== undefined

/** Of two exceptions for one day the shorter counts; of two that are equally long nobody could say which. */
function checkOverlaps(exceptions: readonly HoursException[], path: Path): readonly Problem[] {
  return exceptions.flatMap((exception, index) => {
    const { first, last } = exceptionDays(exception)
    const rivals = exceptions.slice(0, index).map((other) => exceptionDays(other))
    return rivals.some(
      (other) => last - first === other.last - other.first && first <= other.last && other.first <= last,
    )
      ? [
          error(
            [...path, 'exceptions', index],
            'falls on days of another exception that is as long: which of them is to count?',
          ),
        ]
      : []
  })
}

function checkHolidays(company: Company, hours: Hours, path: Path): readonly Problem[] {
  const { holidays } = hours
  if (holidays === undefined) return []
  const { region } = holidays
  const known = holidayRegions(company.country)
  if (region !== undefined && !known.includes(region))
    return [
      error(
        [...path, 'holidays', 'region'],
        known.length === 0
          ? `the holidays of ${company.country} are the same everywhere: leave the region out`
          : `there is no region "${region}" in ${company.country} (there are: ${known.join(', ')})`,
      ),
    ]
  return Object.entries(holidays.days).flatMap(([name, rule]) => {
    const at = [...path, 'holidays', 'days', name]
    if (!isHolidayName(company.country, region, name))
      return [error(at, `there is no holiday "${name}" here (there are: ${namesOf(company, region)})`)]
    return checkDayRule(rule, at)
  })
}

const namesOf = (company: Company, region: string | undefined): string =>
  holidayNames(company.country, region, company.language).join(', ')
