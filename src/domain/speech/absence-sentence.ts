import type { Reason, ReturnForm } from '../absence/absence.js'
import type { CompanyId, Instant, Zone } from '../ids.js'
import { grammarOf } from './grammar.js'
import type { Phrase, PromptKey, Sentence } from './phrase.js'
import { joined } from './phrase.js'
import { isTextKey } from './text-keys.js'
import type { Tongue } from './tongue.js'
import { phraseOf, say } from './tongue.js'
import { dayOf, whenOf } from './when.js'

/** A reason that has texts in every language of the product. */
type StandardReason =
  'unavailable' | 'lunch' | 'meeting' | 'out' | 'gone' | 'travel' | 'holiday' | 'absent' | 'training'

/** What of a row of the company's table of reasons decides how it is said. */
export type SpokenReason = Pick<Reason, 'id' | 'sensitive' | 'text' | 'person'>

/** When the person is back, and what of it was stated. */
export interface SpokenReturn {
  readonly at: Instant
  readonly form: ReturnForm
}

/** An absence as it is to be said now. */
export interface SpokenAbsence {
  readonly company: CompanyId
  readonly reason: SpokenReason
  /** Absent: only the reason is said. */
  readonly return?: SpokenReturn | undefined
  /** The clock of the call (H-27). */
  readonly now: Instant
  readonly zone: Zone
}

/** `{name} {reason}{return}.`: "Anna Andersson är på lunch och är åter klockan tretton." A sensitive reason is "är frånvarande" (H-31). */
export function absenceSentence(tongue: Tongue, name: Phrase, absence: SpokenAbsence): Sentence {
  const today = dayOf(absence.now, absence.zone)
  const last = lastSaid.get(name)
  if (last?.tongue === tongue && last.today === today && isSame(last.absence, absence)) return last.sentence
  const sentence = newSentence(tongue, name, absence)
  lastSaid.set(name, { tongue, today, absence, sentence })
  return sentence
}

/** Whoever calls on the same day hears the same of an absence, so that it is put together once; by the name of the person. */
const lastSaid = new WeakMap<
  Phrase,
  {
    readonly tongue: Tongue
    readonly today: number
    readonly absence: SpokenAbsence
    readonly sentence: Sentence
  }
>()

const isSame = (one: SpokenAbsence, other: SpokenAbsence): boolean =>
  one.reason === other.reason &&
  one.return?.at === other.return?.at &&
  one.return?.form === other.return?.form &&
  one.zone === other.zone &&
  one.company === other.company

function newSentence(tongue: Tongue, name: Phrase, absence: SpokenAbsence): Sentence {
  const back = absence.return
  const returning =
    back === undefined
      ? []
      : grammarOf(tongue.language).returning(whenOf(back.at, back.form, absence.now, absence.zone))
  return [name, reasonPhrase(tongue, absence.company, absence.reason), ...returning]
}

/** The absence as a note to the person: "lunch, åter klockan tretton". The parameter `absence` of `absence/set`. */
export function absenceNote(tongue: Tongue, absence: SpokenAbsence): Sentence {
  const back = absence.return
  const returning =
    back === undefined
      ? []
      : grammarOf(tongue.language).back(whenOf(back.at, back.form, absence.now, absence.zone))
  return [reasonLabel(tongue, absence.company, absence.reason), ...returning]
}

/** What an attendant hears who transfers to an absent person: the sentence, then how to connect all the same (H-39). */
export function attendantNotice(tongue: Tongue, name: Phrase, absence: SpokenAbsence): Sentence {
  return joined(absenceSentence(tongue, name, absence), say(tongue, 'attendant/connect-anyway'))
}

/** The reason as it follows a name. An own reason (H-28) without words in this language is "är inte anträffbar", never another language. */
export function reasonPhrase(tongue: Tongue, company: CompanyId, reason: SpokenReason): Phrase {
  if (reason.sensitive) return phraseOf(tongue, 'reason/absent')
  const own = ownText(tongue, reason)
  const instead = phraseOf(tongue, 'reason/unavailable')
  if (own !== undefined) return { key: ownReasonKey(company, reason), text: own, instead: [instead] }
  return isStandard(reason.id)
    ? phraseOf(tongue, `reason/${reason.id}`)
    : ownRecording(company, reason, instead)
}

/** Where a recording of the reason is kept: a person's own beside those of the company. */
export function ownReasonKey(company: CompanyId, { id, person }: Pick<Reason, 'id' | 'person'>): PromptKey {
  return `own-reason/${company}/${person === undefined ? id : `${person}/${id}`}`
}

/** A reason of the company's without words may still have been recorded from a phone. */
function ownRecording(company: CompanyId, reason: SpokenReason, instead: Phrase): Phrase {
  return { key: ownReasonKey(company, reason), text: '', instead: [instead] }
}

/** The reason as a word of its own. The person set it, so that a sensitive one is named; an own reason is said with its own words. */
function reasonLabel(tongue: Tongue, company: CompanyId, reason: SpokenReason): Phrase {
  const own = ownText(tongue, reason)
  if (own !== undefined) return reasonPhrase(tongue, company, { ...reason, sensitive: false })
  if (isStandard(reason.id)) return phraseOf(tongue, `label/${reason.id}`)
  return reason.sensitive
    ? phraseOf(tongue, 'label/absent')
    : ownRecording(company, reason, phraseOf(tongue, 'label/unavailable'))
}

function ownText(tongue: Tongue, reason: SpokenReason): string | undefined {
  const text = reason.text?.[tongue.language]?.trim()
  return text === '' ? undefined : text
}

function isStandard(reason: string): reason is StandardReason {
  return isTextKey(`reason/${reason}`)
}
