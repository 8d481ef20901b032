import type { Language } from '../ids.js'
import {
  addDays,
  dayNumber,
  formatIsoDate,
  weekdayOf,
  type CalendarDate,
  type WeekdayName,
} from '../time/calendar.js'
import { dayOf, type HoursRules } from './open.js'

/** One day as the file has it, without what was set by hand. */
export interface PreviewDay {
  readonly date: string
  readonly weekday: WeekdayName
  /** Empty: closed all day, but for a night that began the day before. */
  readonly open: readonly string[]
  readonly because: 'exception' | 'holiday' | 'weekly'
  /** Name of the holiday, or the note of the exception. */
  readonly note?: string | undefined
}

/** Every day from the first to the last, both included. */
export function preview(
  rules: HoursRules,
  first: CalendarDate,
  last: CalendarDate,
  language: Language,
): readonly PreviewDay[] {
  const days = Math.max(0, dayNumber(last) - dayNumber(first) + 1)
  return Array.from({ length: days }, (_, index) => {
    const date = addDays(first, index)
    const { because, intervals, holiday, note } = dayOf(rules, date)
    return {
      date: formatIsoDate(date),
      weekday: weekdayOf(date),
      open: intervals,
      because,
      note: holiday?.names[language] ?? note,
    }
  })
}
