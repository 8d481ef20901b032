import type { Person } from '../domain/directory/company.js'
import type { RecordingName } from '../domain/ids.js'
import type { Decision } from '../domain/routing/decision.js'
import { companyName, greeting } from '../domain/speech/names.js'
import { joined } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { RecordingLimits } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import { nameOf, numberOf, type Call, type Deps } from './call.js'
import type { Recorded } from './exchange.js'
import { lightMessageLamp } from './message-lamp.js'
import { messageMail } from './mail-texts.js'
import { keepPhase } from './phase.js'
import type { Step } from './reach.js'
import { askForKey, speak } from './speak.js'

/** O-17 */
const limits: RecordingLimits = { maxSeconds: 180, silenceSeconds: 5, beep: true, endKey: '#' }
const shortest = 2

/**
 * The mailbox of a person (O-17): greeting, tone, recording. What was spoken is kept even when the caller just hangs up.
 * An absence that ends meanwhile changes nothing (H-21).
 */
export async function leaveMessage(
  call: Call,
  decision: Extract<Decision, { to: 'voicemail' }>,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  const person = call.directory.person(call.company.company, decision.person)
  if (!person) return 'failed'
  await keepPhase(call, { at: 'carryingOut', decision }, scope, deps)
  await deps.exchange.answer(scope, call.leg)
  await askForKey(call, greetingOf(call, person), 0, scope, deps) // any key skips the greeting

  const recording = `${call.company.company}-${person.id}-${call.id}` as RecordingName
  const { ended } = await scope.of(deps.exchange.record(call.leg, recording, limits))
  const kept = ended.then((recorded) => keepMessage(call, person, recording, recorded, deps))
  scope.defer(() => kept)
  const saved = await scope.of(kept)
  await speak(call, say(call.tongue, saved ? 'voicemail/saved' : 'voicemail/too-short'), scope, deps)
  await scope.of(deps.exchange.pbx.hangUp(call.leg.id, 'normal'))
  return 'over'
}

function greetingOf(call: Call, person: Person) {
  const { company, name } = call.company
  const who = { company, person: person.id, name: person.name, extension: person.extension }
  return joined(
    greeting(call.tongue, who, companyName(company, name)),
    say(call.tongue, 'voicemail/after-tone'),
  )
}

/** Stores the message, lights the lamp and sends the mail. False when too little was said. */
async function keepMessage(
  call: Call,
  person: Person,
  recording: RecordingName,
  recorded: Recorded,
  deps: Deps,
): Promise<boolean> {
  if (!recorded.ok || recorded.seconds < shortest) {
    await deps.exchange.pbx.deleteRecording(recording)
    return false
  }
  const { company } = call.company
  const message = {
    recording,
    at: deps.clock.now(),
    person: person.id,
    from: numberOf(call.origin),
    fromName: nameOf(call.origin),
    seconds: recorded.seconds,
    heard: false,
  }
  await deps.stores.messages.add(company, message)
  await lightMessageLamp(call.company, person, deps)
  const mail = messageMail(call, person, message, deps.clock.now())
  if (mail) await deps.stores.outbox.put(company, mail)
  return true
}
