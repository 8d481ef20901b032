import type { TextKey } from './text-keys.js'

/** Families of phrases that rules produce (hours, ordinals, names ...); the fixed texts are the {@link TextKey}s. */
export type FamilyName =
  | 'back-at'
  | 'and-at'
  | 'and-from'
  | 'and-weekday'
  | 'and-day'
  | 'at'
  | 'from'
  | 'clock'
  | 'minute'
  | 'minute-am'
  | 'minute-pm'
  | 'weekday'
  | 'day'
  | 'on-day'
  | 'month'
  | 'year'
  | 'number'
  | 'digit'
  | 'return'
  | 'moment'
  | 'name'
  | 'company'
  | 'queue-name'
  | 'own-reason'
  | 'greeting'
  | 'menu'
  | 'pause'

/** Names one phrase in every language, for example `reason/lunch`, `at/13`, `name/exempel/anna`. A text with parameters has a numbered key for each piece: `park/parked-on.1`. */
export type PromptKey = TextKey | `${TextKey}.${number}` | `${FamilyName}/${string}`

/** A piece of speech between two natural joints: one piece of audio. */
export interface Phrase {
  readonly key: PromptKey
  /** What is said. A comma at the start belongs to the written text only. Empty: there is only a recording, or else `instead`. */
  readonly text: string
  /** What to say when no audio can be had for this phrase (H-32). */
  readonly instead?: Sentence
}

/** What is said in one go, in order. Several sentences in one list are parted by {@link sentencePause}. */
export type Sentence = readonly Phrase[]

/** Silence between two sentences. */
export const sentencePause: Phrase = { key: 'pause/350', text: '' }
/** Silence between the groups of a long number; short enough to stay inside one sentence. */
export const groupPause: Phrase = { key: 'pause/120', text: '' }

/** Length in milliseconds of a phrase that is only silence, or undefined for one with words. */
export function pauseLength(phrase: Phrase): number | undefined {
  return phrase.key.startsWith('pause/') ? Number(phrase.key.slice('pause/'.length)) : undefined
}

/** Several sentences said after each other, with a pause between them. Empty ones are left out. */
export function joined(...sentences: readonly Sentence[]): Sentence {
  return sentences
    .filter((sentence) => sentence.length > 0)
    .flatMap((sentence, index) => (index === 0 ? sentence : [sentencePause, ...sentence]))
}

/** The same phrase, written after a comma. */
export function afterComma(phrase: Phrase): Phrase {
  return { ...phrase, text: `, ${phrase.text}` }
}

/** The same sentence, written after a mark such as a colon; it is said as before. */
export function afterMark(mark: string, sentence: Phrase | Sentence): Sentence {
  const [first, ...rest] = 'key' in sentence ? [sentence] : sentence
  if (first === undefined || mark === '') return 'key' in sentence ? [sentence] : sentence
  const marked =
    first.text === '' && first.instead !== undefined
      ? { ...first, instead: afterMark(mark, first.instead) }
      : { ...first, text: `${mark} ${first.text}` }
  return [marked, ...rest]
}

/** The sentence as people write it: capital first, full stop last. */
export function textOf(sentence: Sentence): string {
  const sentences: string[] = ['']
  for (const phrase of sentence.flatMap(worded)) {
    if (phrase.key === sentencePause.key) sentences.push('')
    else if (phrase.text !== '') sentences.push(append(sentences.pop() ?? '', phrase.text))
  }
  return sentences
    .filter((text) => text !== '')
    .map((text) => capitalised(/[.!?]$/.test(text) ? text : `${text}.`))
    .join(' ')
}

/** A phrase that may only have been recorded is written as what is said without the recording. */
function worded(phrase: Phrase): Sentence {
  return phrase.text === '' && phrase.instead !== undefined ? phrase.instead.flatMap(worded) : [phrase]
}

function append(text: string, next: string): string {
  return text === '' || /^[,.!?:;]/.test(next) ? text + next : `${text} ${next}`
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}
