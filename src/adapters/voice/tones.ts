import type { Phrase } from '../../domain/speech/phrase.js'
import { pauseLength } from '../../domain/speech/phrase.js'
import type { Tone } from './rendering.js'

const both: readonly Tone[] = ['flowing', 'closing']
const closing: readonly Tone[] = ['closing']
const flowing: readonly Tone[] = ['flowing']

// Phrases that stand inside a sentence as well as at its end, by the start of their key. All others are said on their own or come last.
const insideToo =
  /^(reason|label|person|digit|at|back-at|weekday|and-weekday|month|return|moment|name|company|own-reason)\//
// Phrases that something always follows, or nearly so: a day has its month, an hour its minutes, a number what is counted.
const insideOnly = /^(day|and-day|from|and-from|clock|and-at|number)\//
const piece = /\.\d+$/

/** The tones in which a phrase is rendered beforehand. When one is missing the other one is played. */
export function tonesOf(phrase: Phrase): readonly Tone[] {
  if (pauseLength(phrase) !== undefined) return closing
  if (insideOnly.test(phrase.key)) return flowing
  return insideToo.test(phrase.key) || piece.test(phrase.key) ? both : closing
}

/** The tone of each phrase of a sentence: it closes before a pause and at the end. */
export function toneAt(sentence: readonly Phrase[], index: number): Tone {
  const next = sentence[index + 1]
  return next === undefined || pauseLength(next) !== undefined ? 'closing' : 'flowing'
}
