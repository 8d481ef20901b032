import type { FamilyName, Phrase, PromptKey, Sentence } from './phrase.js'

/** Phrases of one kind, one for each value: all of them for rendering, each of them for speaking. */
export interface Family<Value extends number | string> {
  /** @throws RangeError for a value that is not in the family: a fault in a grammar, never in what somebody keyed */
  readonly of: (value: Value) => Phrase
  readonly has: (value: Value) => boolean
  readonly all: readonly Phrase[]
}

/** Makes the phrase of every value. */
export function family<Value extends number | string>(
  name: FamilyName,
  values: readonly Value[],
  text: (value: Value) => string,
): Family<Value> {
  const phrases = new Map<Value, Phrase>(
    values.map((value) => [value, { key: `${name}/${String(value)}` as PromptKey, text: text(value) }]),
  )
  return {
    of: (value) => {
      const phrase = phrases.get(value)
      if (phrase === undefined) throw new RangeError(`no phrase ${name}/${String(value)}`)
      return phrase
    },
    has: (value) => phrases.has(value),
    all: [...phrases.values()],
  }
}

/** A family of named phrases. */
export function named<Name extends string>(
  name: FamilyName,
  texts: Readonly<Record<Name, string>>,
): Family<Name> {
  return family(name, Object.keys(texts) as Name[], (value) => texts[value])
}

/** The whole numbers from `first` to `last`. */
export function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

export const hours = range(0, 23)
export const minutes = range(1, 59)
export const weekdays = range(1, 7)
export const daysOfMonth = range(1, 31)
export const months = range(1, 12)
/** Years with a phrase of their own; others are said digit by digit. */
export const years = range(2024, 2060)
export const numbers = range(0, 99)

/** The phrase of a number, or its digits one by one when there is none. */
export function orDigits(
  numbersKnown: Family<number>,
  value: number,
  digit: (character: string) => Sentence,
): Sentence {
  return numbersKnown.has(value) ? [numbersKnown.of(value)] : Array.from(String(value)).flatMap(digit)
}

/** The digits as a rule of the grammar: unknown characters say nothing. */
export function digitRule(digits: Family<string>): (character: string) => Sentence {
  return (character) => (digits.has(character) ? [digits.of(character)] : [])
}
