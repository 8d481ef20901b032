import type { Instant, Zone } from '../ids.js'
import { count, phoneNumber } from './digits.js'
import { grammarOf } from './grammar.js'
import type { Phrase, Sentence } from './phrase.js'
import { joined } from './phrase.js'
import type { Tongue } from './tongue.js'
import { say } from './tongue.js'
import { whenOf } from './when.js'

/** What waits for a person who calls `*98`: "Du har två nya meddelanden. En person har bett att bli uppringd." */
export function waitingSummary(
  tongue: Tongue,
  waiting: { readonly messages: number; readonly callbacks: number },
): Sentence {
  if (waiting.messages === 0 && waiting.callbacks === 0) return say(tongue, 'listen/none')
  return joined(messageCount(tongue, waiting.messages), callbackCount(tongue, waiting.callbacks))
}

function messageCount(tongue: Tongue, messages: number): Sentence {
  if (messages === 0) return []
  return messages === 1
    ? say(tongue, 'listen/one-message')
    : say(tongue, 'listen/messages', { count: count(tongue, messages) })
}

function callbackCount(tongue: Tongue, callbacks: number): Sentence {
  if (callbacks === 0) return []
  return callbacks === 1
    ? say(tongue, 'listen/one-callback')
    : say(tongue, 'listen/callbacks', { count: count(tongue, callbacks) })
}

/** Who left a message or asked to be called: a name known to the company, a number, or neither. */
export interface SpokenCaller {
  readonly name?: Phrase | undefined
  readonly number?: string | undefined
  /** A number of the company's country (E.164): numbers of that country are said in national form. */
  readonly home?: string | undefined
}

/** "Meddelande ett. Från noll sju noll ... Mottaget i dag klockan tretton noll fem." */
export function messageHeader(
  tongue: Tongue,
  message: {
    readonly position: number
    readonly from: SpokenCaller
    readonly at: Instant
    readonly now: Instant
    readonly zone: Zone
  },
): Sentence {
  return joined(
    say(tongue, 'listen/message', { count: count(tongue, message.position) }),
    caller(tongue, message.from),
    say(tongue, 'listen/received', { moment: moment(tongue, message.at, message.now, message.zone) }),
  )
}

/** A point in time in the past or future: "i dag klockan tretton", "i går klockan åtta och trettio", "den sjuttonde oktober klockan tio". */
export function moment(tongue: Tongue, at: Instant, now: Instant, zone: Zone): Sentence {
  return grammarOf(tongue.language).moment(whenOf(at, 'dateTime', now, zone))
}

/** "X har bett att bli uppringd på ..." (H-37). */
export function callbackRequest(tongue: Tongue, from: SpokenCaller & { readonly number: string }): Sentence {
  const number = phoneNumber(tongue, from.number, from.home)
  return from.name === undefined
    ? say(tongue, 'listen/asked-callback-number', { number })
    : say(tongue, 'listen/asked-callback', { name: from.name, number })
}

function caller(tongue: Tongue, from: SpokenCaller): Sentence {
  if (from.name !== undefined) return say(tongue, 'listen/from-name', { name: from.name })
  if (from.number === undefined) return say(tongue, 'listen/from-withheld')
  return say(tongue, 'listen/from-number', { number: phoneNumber(tongue, from.number, from.home) })
}
