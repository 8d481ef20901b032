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
import { cardinal, hourWord, monthNames, ordinal, weekdayNames } from './words-de.js'

const weekdayName = (weekday: number): string => weekdayNames[weekday - 1] ?? ''

const backAt = family('back-at', hours, (hour) => `und ist ab ${hourWord(hour)} Uhr wieder erreichbar`)
const andFrom = family('and-from', hours, (hour) => `und ist ab ${hourWord(hour)} Uhr`)
const andWeekday = family('and-weekday', weekdays, (weekday) => `und ist am ${weekdayName(weekday)}`)
const from = family('from', hours, (hour) => `ab ${hourWord(hour)} Uhr`)
const at = family('at', hours, (hour) => `um ${hourWord(hour)} Uhr`)
const minute = family('minute', minutes, cardinal)
const weekday = family('weekday', weekdays, (value) => `am ${weekdayName(value)}`)
const dayOfMonth = family('day', daysOfMonth, (day) => `dem ${ordinal(day)}`)
const month = family('month', months, (value) => monthNames[value - 1] ?? '')
const year = family('year', years, (value) => `zweitausend${value % 100 === 0 ? '' : cardinal(value % 100)}`)
const number = family('number', numbers, cardinal)
const digits = family('digit', Array.from('0123456789+*#'), (character) =>
  character === '+'
    ? 'plus'
    : character === '*'
      ? 'Stern'
      : character === '#'
        ? 'Raute'
        : cardinal(Number(character)),
)
const returning = named('return', {
  today: 'und ist heute',
  tomorrow: 'und ist morgen',
  yesterday: 'und ist seit gestern',
  again: 'wieder erreichbar',
})
const moment = named('moment', { today: 'heute', tomorrow: 'morgen', yesterday: 'gestern' })

const digit = digitRule(digits)

function clock(time: ClockTime | undefined, hour: Family<number>): Sentence {
  if (time === undefined) return []
  return [hour.of(time.hour), ...(time.minute === 0 ? [] : [minute.of(time.minute)])]
}

interface DayWords {
  readonly near: (kind: 'today' | 'tomorrow' | 'yesterday') => Phrase
  readonly weekday: Family<number>
}

const afterReason: DayWords = { near: returning.of, weekday: andWeekday }
const alone: DayWords = { near: moment.of, weekday }

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
        words.weekday.of(spoken.weekday),
        afterComma(dayOfMonth.of(spoken.day)),
        month.of(spoken.month),
        ...(spoken.year === undefined ? [] : orDigits(year, spoken.year, digit)),
      ]
  }
}

/** German: "und ist ab dreizehn Uhr fünf wieder erreichbar", "am Montag, dem siebzehnten Oktober". */
export const german: Grammar = {
  returning: (when) => {
    if (when.day.kind !== 'today' || when.time === undefined)
      return [...day(when.day, afterReason), ...clock(when.time, from), returning.of('again')]
    return when.time.minute === 0
      ? [backAt.of(when.time.hour)]
      : [...clock(when.time, andFrom), returning.of('again')]
  },
  back: (when) => {
    const days = when.day.kind === 'today' && when.time !== undefined ? [] : day(when.day, alone)
    const [first, ...rest] = [...days, ...clock(when.time, from), returning.of('again')]
    return [afterComma(first), ...rest]
  },
  moment: (when) => [...day(when.day, alone), ...clock(when.time, at)],
  number: (value) => orDigits(number, value, digit),
  digit,
  phrases: [
    ...[backAt, andFrom, andWeekday, from, at, minute, weekday, dayOfMonth, month, year, number].flatMap(
      ({ all }) => all,
    ),
    ...[digits.all, returning.all, moment.all].flat(),
  ],
}
