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
  range,
  weekdays,
  years,
} from './family.js'
import type { Grammar } from './grammar.js'
import type { Phrase, Sentence } from './phrase.js'
import { afterComma } from './phrase.js'
import type { ClockTime, SpokenDay } from './when.js'
import { cardinal, hourWords, minuteWords, monthNames, ordinal, weekdayNames, yearWords } from './words-en.js'

const weekdayName = (weekday: number): string => weekdayNames[weekday - 1] ?? ''
const clockHours = range(1, 12)

const backAt = family('back-at', hours, (hour) => `and will be back at ${hourWords(hour)}`)
const andAt = family('and-at', clockHours, (hour) => `and will be back at ${cardinal(hour)}`)
const andWeekday = family('and-weekday', weekdays, (weekday) => `and will be back on ${weekdayName(weekday)}`)
const andDay = family('and-day', daysOfMonth, (day) => `and will be back on the ${ordinal(day)}`)
const at = family('at', hours, (hour) => `at ${hourWords(hour)}`)
const clockHour = family('clock', clockHours, (hour) => `at ${cardinal(hour)}`)
const morningMinute = family('minute-am', minutes, (minute) => `${minuteWords(minute)} a.m.`)
const afternoonMinute = family('minute-pm', minutes, (minute) => `${minuteWords(minute)} p.m.`)
const weekday = family('weekday', weekdays, (value) => `on ${weekdayName(value)}`)
const dayOfMonth = family('day', daysOfMonth, (day) => `on the ${ordinal(day)}`)
const month = family('month', months, (value) => `of ${monthNames[value - 1] ?? ''}`)
const year = family('year', years, yearWords)
const number = family('number', numbers, cardinal)
const digits = family('digit', Array.from('0123456789+*#'), (character) =>
  character === '+'
    ? 'plus'
    : character === '*'
      ? 'star'
      : character === '#'
        ? 'hash'
        : cardinal(Number(character)),
)
const returning = named('return', {
  today: 'and will be back today',
  tomorrow: 'and will be back tomorrow',
  yesterday: 'and has been back since yesterday',
  back: 'back',
})
const moment = named('moment', { today: 'today', tomorrow: 'tomorrow', yesterday: 'yesterday' })

const digit = digitRule(digits)

function clock(
  time: ClockTime | undefined,
  full: Family<number> = at,
  started: Family<number> = clockHour,
): Sentence {
  if (time === undefined) return []
  if (time.minute === 0) return [full.of(time.hour)]
  const minute = time.hour < 12 ? morningMinute : afternoonMinute
  return [started.of(time.hour % 12 === 0 ? 12 : time.hour % 12), minute.of(time.minute)]
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

/** English on the twelve-hour clock: "and will be back at one oh five p.m.", "on the seventeenth of October". */
export const english: Grammar = {
  returning: (when) =>
    when.day.kind === 'today' && when.time !== undefined
      ? clock(when.time, backAt, andAt)
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
    ...[backAt, andAt, andWeekday, andDay, at, clockHour, morningMinute, afternoonMinute].flatMap(
      ({ all }) => all,
    ),
    ...[weekday, dayOfMonth, month, year, number].flatMap(({ all }) => all),
    ...[digits.all, returning.all, moment.all].flat(),
  ],
}
