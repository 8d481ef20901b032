import type { Person } from '../domain/directory/company.js'
import type { RecordingName } from '../domain/ids.js'
import type { Decision } from '../domain/routing/decision.js'
import { companyName, greeting } from '../domain/speech/names.js'
import { joined } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { RecordingLimits } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import { nameOf, numberOf, type Call, type Deps } from './call.js'
import { keepMessage, saveDraft, type Draft, type Kept } from './keep-message.js'
import { keepPhase } from './phase.js'
import type { Earlier, Step } from './reach.js'
import { askForKey, speak } from './speak.js'

/** O-17 */
const limits: RecordingLimits = { maxSeconds: 180, silenceSeconds: 5, beep: true, endKey: '#' }

/**
 * The mailbox of a person (O-17): greeting, tone, recording. What was spoken is kept even when the caller just hangs up, or when
 * the process dies meanwhile: the recording goes on without us, and who it is for is stored before it begins.
 * An absence that ends meanwhile changes nothing (H-21).
 */
export async function leaveMessage(
  call: Call,
  decision: Extract<Decision, { to: 'voicemail' }>,
  earlier: Earlier,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  const person = call.directory.person(call.company.company, decision.person)
  if (!person) return 'failed'
  const draft: Draft = {
    recording: `${call.company.company}-${person.id}-${call.id}` as RecordingName,
    at: deps.clock.now(),
    person: person.id,
    from: numberOf(call.origin),
    fromName: nameOf(call.origin),
  }
  if (earlier.recorded) {
    const kept = await scope.of(keepEarlier(call, person, draft, deps))
    if (kept !== 'too-short') return thank(call, kept, scope, deps)
  }
  await deps.exchange.answer(scope, call.leg)
  await askForKey(call, greetingOf(call, person, decision), 0, scope, deps) // any key skips the greeting
  await keepPhase(call, { at: 'recording', decision }, scope, deps)
  await scope.of(saveDraft(call, draft, deps))
  return thank(call, await record(call, person, draft, scope, deps), scope, deps)
}

/** Whoever could not be answered in a queue hears so instead of the greeting of somebody they did not ask for. */
function greetingOf(call: Call, person: Person, { queue, closed }: Extract<Decision, { to: 'voicemail' }>) {
  const afterTone = say(call.tongue, 'voicemail/after-tone')
  const before = closed === true ? say(call.tongue, 'call/closed') : []
  if (queue !== undefined)
    return joined(closed === true ? before : say(call.tongue, 'queue/nobody'), afterTone)
  const { company, name } = call.company
  const who = { company, person: person.id, name: person.name, extension: person.extension }
  return joined(before, greeting(call.tongue, who, companyName(company, name)), afterTone)
}

/** What has been said is kept whatever becomes of the call. */
async function record(call: Call, person: Person, draft: Draft, scope: Scope, deps: Deps): Promise<Kept> {
  const begun = deps.exchange.record(call.leg, draft.recording, limits)
  const kept = begun
    .then(({ ended }) => ended)
    .then(({ seconds }) => keepMessage(call.company, person, call.id, draft, seconds, deps))
  scope.defer(() =>
    kept.then(
      () => undefined,
      () => undefined,
    ),
  )
  return scope.of(kept)
}

/** The process died while the caller spoke: what was said until now is the message. */
async function keepEarlier(call: Call, person: Person, draft: Draft, deps: Deps): Promise<Kept> {
  await deps.exchange.pbx.stopRecording(draft.recording)
  return keepMessage(call.company, person, call.id, draft, 0, deps)
}

async function thank(call: Call, kept: Kept, scope: Scope, deps: Deps): Promise<Step> {
  await speak(call, say(call.tongue, `voicemail/${kept}`), scope, deps)
  await scope.of(deps.exchange.pbx.hangUp(call.leg.id, 'normal'))
  return 'over'
}
