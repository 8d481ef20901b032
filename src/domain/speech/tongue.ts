import type { Language } from '../ids.js'
import { grammarOf } from './grammar.js'
import type { Phrase, Sentence } from './phrase.js'
import { afterMark, groupPause, sentencePause } from './phrase.js'
import type { ParameterOf, TextKey } from './text-keys.js'
import { isTextKey, textKeys, textParameters } from './text-keys.js'

/** `mark`: what is written before the parameter and not said, such as a colon. */
type Piece = { readonly phrase: Phrase } | { readonly parameter: string; readonly mark: string }

/** One language with all its texts: what every speaking function takes first. Made once at start by {@link tongueOf}. */
export interface Tongue {
  readonly language: Language
  readonly pieces: Readonly<Record<TextKey, readonly Piece[]>>
}

/** The texts of a language do not fit the table of keys; `problems` has one line for each fault. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError'
  readonly language: Language
  readonly problems: readonly string[]
  constructor(language: Language, problems: readonly string[]) {
    super(`texts of language ${language}: ${problems.join('; ')}`)
    this.language = language
    this.problems = problems
  }
}

/**
 * Checks the texts of one language (key to text, parameters in braces) and makes them ready to speak.
 * @throws CatalogueError when a key is missing or unknown, a text is empty, or its parameters are not those of the table
 */
export function tongueOf(language: Language, texts: Readonly<Record<string, string>>): Tongue {
  const problems = problemsIn(texts)
  if (problems.length > 0) throw new CatalogueError(language, problems)
  const entries = textKeys.map((key) => [key, piecesOf(key, texts[key] ?? '')] as const)
  return { language, pieces: Object.fromEntries(entries) as Tongue['pieces'] }
}

type Filling<Key extends TextKey> = [ParameterOf<Key>] extends [never]
  ? []
  : [parameters: Readonly<Record<ParameterOf<Key>, Phrase | Sentence>>]

/** The sentence of a fixed text, its parameters filled in: `say(sv, 'park/parked-on', { extension: digits(sv, '101') })`. */
export function say<Key extends TextKey>(tongue: Tongue, key: Key, ...filling: Filling<Key>): Sentence {
  const parameters: Readonly<Record<string, Phrase | Sentence>> = filling[0] ?? {}
  const sentence: Phrase[] = []
  for (const piece of tongue.pieces[key]) {
    if ('phrase' in piece) sentence.push(piece.phrase)
    else sentence.push(...afterMark(piece.mark, parameters[piece.parameter] ?? []))
  }
  return sentence
}

/** A text without parameters as the one phrase it is. */
export function phraseOf<Key extends TextKey>(
  tongue: Tongue,
  key: [ParameterOf<Key>] extends [never] ? Key : never,
): Phrase {
  const piece = tongue.pieces[key][0]
  if (piece === undefined || !('phrase' in piece)) throw new RangeError(`text ${key} has no words`)
  return piece.phrase
}

/** Every phrase of the language that does not depend on a company: what is rendered beforehand. */
export function cataloguePhrases(tongue: Tongue): readonly Phrase[] {
  const fixed = textKeys.flatMap((key) =>
    tongue.pieces[key].flatMap((piece) => ('phrase' in piece ? [piece.phrase] : [])),
  )
  const worded = fixed.filter((phrase) => phrase !== sentencePause)
  return [...worded, ...grammarOf(tongue.language).phrases, sentencePause, groupPause]
}

function problemsIn(texts: Readonly<Record<string, string>>): readonly string[] {
  const unknown = Object.keys(texts).filter((key) => !isTextKey(key))
  return [
    ...unknown.map((key) => `${key} is not a known key`),
    ...textKeys.flatMap((key) => problemsOf(key, texts[key])),
  ]
}

function problemsOf(key: TextKey, text: string | undefined): readonly string[] {
  if (text === undefined) return [`${key} is missing`]
  if (text.trim() === '') return [`${key} is empty`]
  const found = [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '').sort()
  const wanted = [...textParameters[key]].sort()
  return found.join() === wanted.join()
    ? []
    : [`${key} has the parameters [${found.join()}] and needs [${wanted.join()}]`]
}

function piecesOf(key: TextKey, text: string): readonly Piece[] {
  if (textParameters[key].length === 0) return [{ phrase: { key, text: text.trim() } }]
  let count = 0
  let mark = ''
  return text.split(/(\{[^{}]*\})/).flatMap((part): readonly Piece[] => {
    if (part.startsWith('{')) {
      const piece = { parameter: part.slice(1, -1), mark }
      mark = ''
      return [piece]
    }
    // Between two parameters there may be nothing to say, and still something to write.
    mark = /^[,:;]$/.exec(part.trim())?.[0] ?? ''
    if (!/\p{L}/u.test(part)) return []
    count += 1
    const phrase: Phrase = { key: `${key}.${count}`, text: part.trim().replace(/^[.!?]\s*/, '') }
    return /^\s*[.!?]/.test(part) ? [{ phrase: sentencePause }, { phrase }] : [{ phrase }]
  })
}
