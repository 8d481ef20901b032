import type { Language } from '../ids.js'
import { english } from './grammar-en.js'
import { german } from './grammar-de.js'
import { swedish } from './grammar-sv.js'
import type { Phrase, Sentence } from './phrase.js'
import type { When } from './when.js'

/** What rules of a language say about numbers and times. */
export interface Grammar {
  /** The end of a sentence about an absent person: "och är åter klockan tretton". */
  readonly returning: (when: When) => Sentence
  /** The same as a note, after a comma: ", åter klockan tretton". */
  readonly back: (when: When) => Sentence
  /** When something happened: "i dag klockan tretton". */
  readonly moment: (when: When) => Sentence
  /** A number from 0 to 99; larger ones are said digit by digit. */
  readonly number: (value: number) => Sentence
  /** One key of a number: 0 to 9, `+`, `*` or `#`. Other characters say nothing. */
  readonly digit: (character: string) => Sentence
  /** Every phrase these rules can produce. */
  readonly phrases: readonly Phrase[]
}

const grammars: Readonly<Record<Language, Grammar>> = { sv: swedish, de: german, en: english }

/** The grammar of a language. */
export function grammarOf(language: Language): Grammar {
  return grammars[language]
}
