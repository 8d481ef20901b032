import type { Person } from '../domain/directory/company.js'
import type { E164, Extension } from '../domain/ids.js'
import { readPublicNumber } from '../domain/numbers/dialled.js'
import type { Decision } from '../domain/routing/decision.js'
import { phoneNumber } from '../domain/speech/digits.js'
import { joined, type Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import { nameOf, type Call, type Deps } from './call.js'
import { callbackMail } from './mail-texts.js'
import { lightMessageLamp } from './message-lamp.js'
import type { Step } from './reach.js'
import { accept, askForDigits, askForKey, refuse, speak } from './speak.js'
import { refusedWithoutStore } from './store-away.js'

/** H-37: the caller asks to be called back, on the number shown or on one that is keyed. */
export async function askCallback(
  call: Call,
  decision: Extract<Decision, { to: 'callback' }>,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  const person = call.directory.person(call.company.company, decision.person)
  if (!person) return 'failed'
  await deps.exchange.answer(scope, call.leg)
  const number = await numberToCallBack(call, scope, deps)
  if (number === undefined) {
    await refuse(call, say(call.tongue, 'refuse/too-many-attempts'), scope, deps)
    return 'over'
  }
  return refusedWithoutStore<Step>(call, scope, deps, async () => {
    if (await scope.of(openRequest(call, person, number, deps))) {
      const accepted = say(call.tongue, 'callback/accepted', { number: spoken(call, number) })
      await accept(call, thanks(call, accepted), scope, deps)
    } else await speak(call, thanks(call, say(call.tongue, 'callback/already')), scope, deps)
    await scope.of(deps.exchange.pbx.hangUp(call.leg.id, 'normal'))
    return 'over'
  })
}

/** Stores the request and tells the person. False: there is one from this number already. A repetition after a crash is the same request. */
async function openRequest(
  call: Call,
  person: Person,
  number: E164 | Extension,
  deps: Deps,
): Promise<boolean> {
  const { company } = call.company
  const name = number === knownNumber(call) ? nameOf(call.origin) : undefined
  const request = { id: call.id, at: deps.clock.now(), person: person.id, number, name, call: call.id }
  const opened = await deps.stores.callbacks.open(company, request)
  const mine =
    opened === 'opened' ||
    (await deps.stores.callbacks.list(company, person.id)).some(({ id }) => id === request.id)
  if (!mine) return false
  await lightMessageLamp(call.company, person, deps)
  const mail = callbackMail(call.company, person, request, deps.clock.now())
  if (mail) await deps.stores.outbox.put(company, mail)
  return true
}

/** The caller says on which number they want to be called. Undefined: they could not. */
export const numberToCallBack = async (
  call: Call,
  scope: Scope,
  deps: Deps,
): Promise<E164 | Extension | undefined> =>
  (await confirmedNumber(call, scope, deps)) ?? (await keyedNumber(call, scope, deps))

/** The number the call comes from, if the caller says it is the right one. */
async function confirmedNumber(call: Call, scope: Scope, deps: Deps): Promise<E164 | Extension | undefined> {
  const number = knownNumber(call)
  if (number === undefined) return undefined
  const question = say(call.tongue, 'callback/confirm', { number: spoken(call, number) })
  const key = await askForKey(call, question, call.company.settings.menuSeconds * 1000, scope, deps)
  return key === '2' ? undefined : number // no key: the number is known to work
}

/** G-03: three tries. */
async function keyedNumber(call: Call, scope: Scope, deps: Deps): Promise<E164 | undefined> {
  let question = say(call.tongue, knownNumber(call) === undefined ? 'callback/withheld' : 'callback/enter')
  for (let tries = 0; tries < call.company.settings.attempts; tries += 1) {
    const digits = await askForDigits(call, question, scope, deps)
    const number = digits === undefined ? undefined : readPublicNumber(digits, call.company)
    if (number !== undefined) return number
    question = joined(say(call.tongue, 'refuse/invalid-number'), say(call.tongue, 'callback/enter'))
  }
  return undefined
}

const knownNumber = (call: Call): E164 | Extension | undefined =>
  call.origin.kind === 'phone' ? call.origin.person.extension : call.origin.number

const spoken = (call: Call, number: string): Sentence => phoneNumber(call.tongue, number, call.company.main)

const thanks = (call: Call, sentence: Sentence): Sentence =>
  joined(sentence, say(call.tongue, 'callback/thanks'))
