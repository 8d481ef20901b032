import { parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Phrase, Sentence } from './phrase.js'
import { groupPause } from './phrase.js'
import { grammarOf } from './grammar.js'
import type { Tongue } from './tongue.js'

/** Digits one by one: "ett två tre fyra". Also says `+`, `*` and `#`; every other character parts groups by a short pause. */
export function digits(tongue: Tongue, characters: string): Sentence {
  const { digit } = grammarOf(tongue.language)
  return characters
    .split(/[^0-9+*#]+/)
    .map((group) => Array.from(group).flatMap(digit))
    .filter((group) => group.length > 0)
    .flatMap((group, index): readonly Phrase[] => (index === 0 ? group : [groupPause, ...group]))
}

/**
 * A telephone number in the groups people know it by: a number of the country of `home` (E.164, for example the company's main number) in
 * its national form, any other with `+` and country code. What is no number is said digit by digit.
 */
export function phoneNumber(tongue: Tongue, number: string, home?: string): Sentence {
  const parsed = number.startsWith('+') ? parsePhoneNumberFromString(number) : undefined
  if (parsed === undefined) return digits(tongue, number)
  const atHome = home !== undefined && parsePhoneNumberFromString(home)?.country === parsed.country
  return digits(tongue, atHome ? parsed.formatNational() : parsed.formatInternational())
}

/** A count from 0 to 99 as a number; a larger one digit by digit. */
export function count(tongue: Tongue, value: number): Sentence {
  return grammarOf(tongue.language).number(value)
}
