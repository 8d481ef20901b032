import type { Family } from './family.js'
import {
  daysOfMonth,
  digitRule,
  family,
  hours,
  minutes,
  months,
  named,
  numbers,
  orDigits,
  weekdays,
  years,
} from './family.js'
import type { Grammar } from './grammar.js'
import type { Phrase, Sentence } from './phrase.js'
import { afterComma } from './phrase.js'
import type { ClockTime, SpokenDay } from './when.js'
import { cardinal, monthNames, ordinal, weekdayNames } from './words-sv.js'

const weekdayName = (weekday: number): string => weekdayNames[weekday - 1] ?? ''

const backAt = family('back-at', hours, (hour) => `och är åter klockan ${cardinal(hour)}`)
const andWeekday = family('and-weekday', weekdays, (weekday) => `och är åter på ${weekdayName(weekday)}`)
const andDay = family('and-day', daysOfMonth, (day) => `och är åter den ${ordinal(day)}`)
const at = family('at', hours, (hour) => `klockan ${cardinal(hour)}`)
const minute = family('minute', minutes, (value) =>
  value < 10 ? `noll ${cardinal(value)}` : `och ${cardinal(value)}`,
)
const weekday = family('weekday', weekdays, (value) => `på ${weekdayName(value)}`)
const dayOfMonth = family('day', daysOfMonth, (day) => `den ${ordinal(day)}`)
const month = family('month', months, (value) => monthNames[value - 1] ?? '')
const year = family('year', years, (value) => `tjugohundra${value % 100 === 0 ? '' : cardinal(value % 100)}`)
const number = family('number', numbers, cardinal)
const digits = family('digit', Array.from('0123456789+*#'), (character) =>
  character === '+'
    ? 'plus'
    : character === '*'
      ? 'stjärna'
      : character === '#'
        ? 'fyrkant'
        : cardinal(Number(character)),
)
const returning = named('return', {
  today: 'och är åter i dag',
  tomorrow: 'och är åter i morgon',
  yesterday: 'och är åter sedan i går',
  back: 'åter',
})
const moment = named('moment', { today: 'i dag', tomorrow: 'i morgon', yesterday: 'i går' })

const digit = digitRule(digits)

function clock(time: ClockTime | undefined, hour: Family<number> = at): Sentence {
  if (time === undefined) return []
  return [hour.of(time.hour), ...(time.minute === 0 ? [] : [minute.of(time.minute)])]
}

interface DayWords {
  readonly near: (kind: 'today' | 'tomorrow' | 'yesterday') => Phrase
  readonly weekday: Family<number>
  readonly dayOfMonth: Family<number>
}

const afterReason: DayWords = { near: returning.of, weekday: andWeekday, dayOfMonth: andDay }
const alone: DayWords = { near: moment.of, weekday, dayOfMonth }

function day(spoken: SpokenDay, words: DayWords): Sentence {
  switch (spoken.kind) {
    case 'today':
    case 'tomorrow':
    case 'yesterday':
      return [words.near(spoken.kind)]
    case 'weekday':
      return [words.weekday.of(spoken.weekday)]
    case 'date':
      return [
        words.dayOfMonth.of(spoken.day),
        month.of(spoken.month),
        ...(spoken.year === undefined ? [] : orDigits(year, spoken.year, digit)),
      ]
  }
}

/** Swedish: "och är åter klockan tretton noll fem", "på måndag", "den sjuttonde oktober". */
export const swedish: Grammar = {
  returning: (when) =>
    when.day.kind === 'today' && when.time !== undefined
      ? clock(when.time, backAt)
      : [...day(when.day, afterReason), ...clock(when.time)],
  back: (when) => [
    afterComma(returning.of('back')),
    ...(when.day.kind === 'today' && when.time !== undefined ? [] : day(when.day, alone)),
    ...clock(when.time),
  ],
  moment: (when) => [...day(when.day, alone), ...clock(when.time)],
  number: (value) => orDigits(number, value, digit),
  digit,
  phrases: [
    ...[backAt, andWeekday, andDay, at, minute, weekday, dayOfMonth, month, year, number].flatMap(
      ({ all }) => all,
    ),
    ...[digits.all, returning.all, moment.all].flat(),
  ],
}
