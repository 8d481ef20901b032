import type { CompanyId, Language, RecordingName } from '../domain/ids.js'
import type { Phrase, PromptKey, Sentence } from '../domain/speech/phrase.js'

/** What Asterisk plays: `sound:` and the path of a sound file as Asterisk sees it, without its extension. */
export type Media = `sound:${string}`

/** What came of making phrases ready. */
export interface Prepared {
  /** Newly rendered. */
  readonly rendered: number
  /** There already, from an earlier run or as a recording. */
  readonly reused: number
  /** Could not be rendered: spoken as their `instead` (H-32). */
  readonly failed: readonly PromptKey[]
}

/** A recording made from a phone (`*77`) that takes the place of the rendered voice. */
export interface KeptRecording {
  readonly company: CompanyId
  /** `name/…`, `greeting/…` or `own-reason/…` of the same company. */
  readonly key: PromptKey
  /** An own reason belongs to the language it was spoken in; a name has none. */
  readonly language?: Language | undefined
}

/** A recording was taken over, or there was no sound in it, or there is no such recording. */
export type KeepResult = 'kept' | 'empty' | 'missing'

/** Makes phrases audible. Every call is repeatable; nothing is ever spoken in another language than the one asked for (H-32). */
export interface Voice {
  /**
   * Renders what is not there yet: names, company names and own reasons when a company is applied. Phrases named in `instead` are made
   * ready too. Never throws for a phrase that cannot be rendered.
   */
  prepare(language: Language, phrases: Sentence): Promise<Prepared>
  /**
   * The sound files of a sentence, in order, all on disk; to be played by one play command. Missing audio is rendered now, or replaced by
   * `instead`, or by a general sentence of the same language: the list is never empty, except for an empty sentence. A list at once
   * when nothing has to be waited for, which is nearly always so.
   */
  media(language: Language, sentence: Sentence): readonly Media[] | Promise<readonly Media[]>
  /** Takes over a stored recording of Asterisk: trimmed, brought to the same loudness, used from the next call on (H-28, H-32). */
  keepRecording(recording: RecordingName, kept: KeptRecording): Promise<KeepResult>
  /** Goes back to the rendered voice. False: there was no recording. */
  removeRecording(kept: KeptRecording): Promise<boolean>
  /** The recording that is in use for a phrase, to listen to it; undefined when the voice is rendered. */
  recordingOf(language: Language, phrase: Phrase): Media | undefined
}
