import { greyed } from '../domain/numbers/grey.js'
import type { E164 } from '../domain/ids.js'
import { keepsPlace } from '../domain/queue/callback.js'
import { visitOf, type VisitEnd } from '../domain/queue/visit.js'
import type { Decision } from '../domain/routing/decision.js'
import { phoneNumber } from '../domain/speech/digits.js'
import { joined } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import { numberToCallBack } from './ask-callback.js'
import { beginCallback } from './call-back.js'
import { nameOf, type Call, type Deps } from './call.js'
import type { Step } from './reach.js'
import { accept, refuse, speak } from './speak.js'
import { refusedWithoutStore } from './store-away.js'

/**
 * the caller says on which number, hangs up, and keeps the place in the queue. While they are asked nobody else gets the
 * place: it goes by the time of arrival.
 */
export async function askQueueCallback(
  call: Call,
  { ticket, why }: Extract<Decision, { to: 'queueCallback' }>,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  const { clock, stores, visits } = deps
  let end: VisitEnd | 'kept' = { how: 'abandoned', position: ticket.firstPosition }
  const refused: VisitEnd = { how: 'overflowed', why, to: 'callback' }
  scope.defer(() => (end === 'kept' ? undefined : visits.note(visitOf(ticket, end, clock.now()))))
  await deps.exchange.answer(scope, call.leg)
  const number = (await numberToCallBack(call, scope, deps)) as E164 | undefined
  if (number === undefined) {
    end = refused
    await refuse(call, say(call.tongue, 'refuse/too-many-attempts'), scope, deps)
    return 'over'
  }
  if (greyed(call.company, number, 'outgoing').blocked) {
    end = refused
    await refuse(call, say(call.tongue, 'refuse/blocked-number'), scope, deps)
    return 'over'
  }
  return refusedWithoutStore<Step>(call, scope, deps, async () => {
    const known = call.origin.kind === 'outside' && call.origin.number === number
    const name = known ? nameOf(call.origin) : undefined
    // Also if the caller hangs up at this very moment.
    const keeping = async (): Promise<'kept' | 'already'> => {
      end = refused
      const callback = keepsPlace(ticket, { number, name }, clock.now())
      const outcome = await stores.queues.keepPlace(callback)
      if (outcome === 'kept') {
        end = 'kept'
        beginCallback(callback, deps)
      }
      return outcome
    }
    const thanks = say(call.tongue, 'callback/thanks')
    if ((await scope.of(keeping())) === 'kept') {
      const spoken = phoneNumber(call.tongue, number, call.company.main)
      const words = say(call.tongue, 'queue/callback-kept', { number: spoken })
      await accept(call, joined(words, thanks), scope, deps)
    } else await speak(call, joined(say(call.tongue, 'callback/already'), thanks), scope, deps)
    await scope.of(deps.exchange.pbx.hangUp(call.leg.id, 'normal'))
    return 'over'
  })
}
