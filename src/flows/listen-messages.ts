import type { Person } from '../domain/directory/company.js'
import { route } from '../domain/routing/route.js'
import {
  callbackRequest,
  messageHeader,
  waitingSummary,
  type SpokenCaller,
} from '../domain/speech/messages.js'
import { joined, type Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import { NoSuchThing, type Sound } from '../ports/pbx.js'
import type { CallbackRequest, VoiceMessage } from '../ports/stores.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { lightMessageLamp } from './message-lamp.js'
import { keepPhase } from './phase.js'
import { askForKey, mediaOf, soundOf, speak } from './speak.js'
import type { CodeEnd } from './take-code.js'
import { questionOf } from './situation.js'
import { nameOfPerson } from './whose-absence.js'

/**
 * `*98`: the person hears who changed their absence (H-13), their messages (O-17), newest first, and who asked to be called
 * back (H-37).
 */
export async function listenMessages(call: Call, person: Person, scope: Scope, deps: Deps): Promise<CodeEnd> {
  const { company } = call.company
  await hearNotices(call, person, scope, deps)
  const messages = await scope.of(deps.stores.messages.list(company, person.id))
  const callbacks = await scope.of(deps.stores.callbacks.list(company, person.id))
  const fresh = messages.filter((message) => !message.heard).length
  await speak(
    call,
    waitingSummary(call.tongue, { messages: fresh, callbacks: callbacks.length }),
    scope,
    deps,
  )
  for (const [index, message] of messages.entries())
    await hearMessage(call, person, message, index + 1, scope, deps)
  for (const request of callbacks) {
    const end = await hearCallback(call, person, request, scope, deps)
    if (end !== 'next') return end
  }
  await speak(call, say(call.tongue, 'listen/no-more'), scope, deps)
  return 'done'
}

/** H-13: heard when it was said to its end; whoever hangs up before hears it again. */
async function hearNotices(call: Call, person: Person, scope: Scope, deps: Deps): Promise<void> {
  const { company } = call.company
  for (const notice of await scope.of(deps.stores.notices.list(company, person.id))) {
    const by = call.directory.person(company, notice.by)
    // Who has left the company since is not named, and without a name there is nothing to say.
    const said = by ? say(call.tongue, 'absence/changed-by', { name: nameOfPerson(call, by) }) : []
    if (!(await speak(call, said, scope, deps))) return
    await scope.of(deps.stores.notices.heard(company, person.id, notice.id))
    await scope.of(lightMessageLamp(call.company, person, deps))
  }
}

/** One message: 1 again, 2 save, 3 delete, `#` or silence next. */
async function hearMessage(
  call: Call,
  person: Person,
  message: VoiceMessage,
  position: number,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { company } = call.company
  const from = { ...callerOf(call, message.fromName, message.from), home: call.company.main }
  const header = messageHeader(call.tongue, {
    position,
    from,
    at: message.at,
    now: deps.clock.now(),
    zone: call.company.zone,
  })
  for (;;) {
    await playMessage(call, header, message, scope, deps)
    await scope.of(deps.stores.messages.markHeard(company, person.id, message.recording))
    const key = await askForKey(
      call,
      say(call.tongue, 'listen/menu'),
      call.company.settings.menuSeconds * 1000,
      scope,
      deps,
    )
    if (key === '1') continue
    if (key === '2') await speak(call, say(call.tongue, 'listen/saved'), scope, deps)
    if (key === '3') {
      await scope.of(deps.stores.messages.remove(company, person.id, message.recording))
      await scope.of(deps.exchange.pbx.deleteRecording(message.recording))
      await speak(call, say(call.tongue, 'listen/deleted'), scope, deps)
    }
    await scope.of(lightMessageLamp(call.company, person, deps))
    return
  }
}

/** A key ends the message early and is then taken as the choice. */
async function playMessage(
  call: Call,
  header: Sentence,
  message: VoiceMessage,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const spoken = await mediaOf(call, header, scope, deps)
  const sounds: readonly Sound[] = [...spoken.map(soundOf), { kind: 'recording', name: message.recording }]
  try {
    await scope.race({
      played: (playing) => deps.exchange.play(playing, call.leg, sounds),
      key: (keys) => untilKeyed(call, keys),
    })
  } catch (error) {
    if (!(error instanceof NoSuchThing)) throw error
    await speak(call, joined(header, say(call.tongue, 'refuse/error')), scope, deps) // the sound is gone; who called is known
  }
}

/** Waits for a key without taking it. */
async function untilKeyed(call: Call, scope: Scope): Promise<void> {
  const key = await call.leg.digits.take(scope)
  call.leg.digits.putBack(key)
}

/** One request: 1 call up, 2 keep, 3 delete, `#` or silence next. A request that was called up is closed. */
async function hearCallback(
  call: Call,
  person: Person,
  request: CallbackRequest,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd | 'next'> {
  const { company } = call.company
  const said = callbackRequest(call.tongue, {
    ...callerOf(call, request.name, request.number),
    number: request.number,
    home: call.company.main,
  })
  const question = joined(said, say(call.tongue, 'listen/callback-menu'))
  const key = await askForKey(call, question, call.company.settings.menuSeconds * 1000, scope, deps)
  const goOn = key === '1' ? route(questionOf(call, request.number, deps)) : undefined
  // Noted before the request is closed: the one who asked is called, whatever becomes of us now.
  if (goOn) await keepPhase(call, { at: 'carryingOut', decision: goOn.decision }, scope, deps)
  if (key === '1' || key === '3') {
    await scope.of(deps.stores.callbacks.close(company, person.id, request.id))
    await scope.of(lightMessageLamp(call.company, person, deps))
  }
  if (goOn) return { goOn }
  if (key === '3') await speak(call, say(call.tongue, 'listen/deleted'), scope, deps)
  return 'next'
}

/** A colleague by name, anybody else by number. */
function callerOf(call: Call, name: string | undefined, number: string): SpokenCaller {
  const colleague = call.directory.extension(call.company.company, number)
  if (colleague) return { name: nameOfPerson(call, colleague), number }
  return number === '' ? {} : { number }
}
