import type { Digit, Milliseconds } from '../domain/ids.js'
import { oncePer } from '../domain/remembered.js'
import type { Sentence } from '../domain/speech/phrase.js'
import type { HangUpReason, Sound } from '../ports/pbx.js'
import type { Media } from '../ports/voice.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'

type Speaking = Pick<Deps, 'exchange' | 'voice' | 'clock'>

/** TN-1: how long the reject tone lasts. */
const rejectToneLength: Milliseconds = 5_000
/** A talk goes on behind it, or has just ended: nobody needs five seconds to notice. */
export const shortToneLength: Milliseconds = 1_000
/** TN-2: three times 100 ms of 425 Hz. */
const acceptToneLength: Milliseconds = 600
/** G-08: quick fingers hear nothing, whoever is waited for longer hears that the exchange is still there. */
const quietWait: Milliseconds = 1_500

/** Says a sentence to the caller. False: not to its end, for example because the caller hung up, which is told a moment later. */
export async function speak(call: Call, sentence: Sentence, scope: Scope, deps: Speaking): Promise<boolean> {
  const media = mediaOf(call, sentence, scope, deps)
  const sounds = media instanceof Promise ? await media : media
  return deps.exchange.play(scope, call.leg, soundsOf(sounds))
}

/** Of a sentence that is said again and again the voice gives the same list each time. */
const soundsOf = oncePer((media: readonly Media[]): readonly Sound[] => media.map(soundOf))

/** At once where it can be: then a call is answered and spoken to in one write. */
export function mediaOf(
  call: Pick<Call, 'tongue'>,
  sentence: Sentence,
  scope: Scope,
  deps: Pick<Deps, 'voice'>,
): readonly Media[] | Promise<readonly Media[]> {
  const media = deps.voice.media(call.tongue.language, sentence)
  return media instanceof Promise ? scope.of(media) : media
}

/** Says a sentence that a key may interrupt (barge-in). Gives the key, or undefined when none came within `silence` after the last word. */
export function askForKey(
  call: Call,
  sentence: Sentence,
  silence: Milliseconds,
  scope: Scope,
  deps: Speaking,
): Promise<Digit | undefined> {
  return scope.unless<Digit>(
    (key) => call.leg.digits.next(key),
    'question',
    async (asking) => {
      await speak(call, sentence, asking, deps)
      if (silence > 0) await waitAudibly(call, silence, asking, deps)
    },
  )
}

/** G-08: nobody is left in silence for more than two seconds; a faint blip is repeated while we wait. */
async function waitAudibly(call: Call, length: Milliseconds, scope: Scope, deps: Speaking): Promise<void> {
  const quiet = Math.min(length, quietWait)
  await scope.sleep(quiet)
  if (length > quiet) await tone(call, 'waiting', length - quiet, scope, deps)
}

/** G-01, G-02: a number or code keyed after a question, ended by `#` or by a pause. Undefined when not one key came. */
export async function askForDigits(
  call: Call,
  sentence: Sentence,
  scope: Scope,
  deps: Speaking,
): Promise<string | undefined> {
  const { firstDigitSeconds, digitSeconds } = call.company.settings
  let digits = ''
  let key = await askForKey(call, sentence, firstDigitSeconds * 1000, scope, deps)
  while (key !== undefined && key !== '#') {
    digits += key
    key = await askForKey(call, [], digitSeconds * 1000, scope, deps)
  }
  return digits === '' && key === undefined ? undefined : digits
}

/** TN-2: the accept tone, then the confirmation. */
export async function accept(
  call: Call,
  confirmation: Sentence,
  scope: Scope,
  deps: Speaking,
): Promise<void> {
  await tone(call, 'accept', acceptToneLength, scope, deps)
  await speak(call, confirmation, scope, deps)
}

/** TN-1: the reject tone for five seconds, then the reason in words, then the end of the call. */
export async function refuse(
  call: Call,
  reason: Sentence,
  scope: Scope,
  deps: Speaking,
  hangUp: HangUpReason = 'normal',
): Promise<void> {
  await tone(call, 'congestion', rejectToneLength, scope, deps)
  await speak(call, reason, scope, deps)
  await scope.of(deps.exchange.pbx.hangUp(call.leg.id, hangUp))
}

/** Somebody who was in a talk until now: a short tone, the reason in words, the end. */
export async function dismiss(call: Call, reason: Sentence, scope: Scope, deps: Speaking): Promise<void> {
  await tone(call, 'congestion', shortToneLength, scope, deps)
  await speak(call, reason, scope, deps)
  await scope.of(deps.exchange.pbx.hangUp(call.leg.id, 'normal'))
}

/** A tone of the company's country for a while; the names stand in asterisk-conf/indications.conf. */
async function tone(
  call: Call,
  name: string,
  length: Milliseconds,
  scope: Scope,
  deps: Speaking,
): Promise<void> {
  await scope.within(length, (playing) =>
    deps.exchange.play(playing, call.leg, [{ kind: 'tone', tone: name, zone: zoneOf(call) }]),
  )
}

/** TN-5: tones are those of the company's country. */
export function zoneOf(call: Call): 'se' | 'de' {
  return call.company.country === 'DE' ? 'de' : 'se'
}

export function soundOf(media: Media): Sound {
  return { kind: 'file', path: media.slice('sound:'.length) }
}
