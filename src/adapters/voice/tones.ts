import type { Phrase } from '../../domain/speech/phrase.js'
import { pauseLength } from '../../domain/speech/phrase.js'
import type { Tone } from './rendering.js'

const both: readonly Tone[] = ['flowing', 'closing']
const closing: readonly Tone[] = ['closing']

// Phrases that stand inside a sentence as well as at its end, by the start of their key. All others are said on their own or come last.
const insideToo =
  /^(reason|label|person|digit|at|from|clock|and-at|and-from|back-at|day|and-day|weekday|and-weekday|month|return|moment|number|name|company|own-reason)\//
const piece = /\.\d+$/

/** The tones in which a phrase is rendered beforehand. */
export function tonesOf(phrase: Phrase): readonly Tone[] {
  if (pauseLength(phrase) !== undefined) return closing
  return insideToo.test(phrase.key) || piece.test(phrase.key) ? both : closing
}

/** The tone of each phrase of a sentence: it closes before a pause and at the end. */
export function toneAt(sentence: readonly Phrase[], index: number): Tone {
  const next = sentence[index + 1]
  return next === undefined || pauseLength(next) !== undefined ? 'closing' : 'flowing'
}
