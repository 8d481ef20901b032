import type { CallId } from '../domain/ids.js'
import { say } from '../domain/speech/tongue.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { speak } from './speak.js'

/** whoever answered hears that somebody else has the caller by now (`taken`), or that the caller has hung up. */
export async function sayTooLate(
  call: Pick<Call, 'id'>,
  taken: boolean,
  leg: Leg,
  deps: Deps,
): Promise<void> {
  if (leg.ended) return
  const own = deps.calls.callFor(leg, `${leg.id}-late` as CallId)
  if (!own) {
    await deps.exchange.release(leg, call.id)
    return
  }
  deps.exchange.assign(leg, own.id) // at once: it must not end the story of the caller, whose leg it was until now
  deps.calls.tell(own, async (scope) => {
    await speak(own, say(own.tongue, taken ? 'queue/taken' : 'park/ended'), scope, deps)
    await scope.of(deps.exchange.pbx.hangUp(leg.id, 'normal'))
  })
}
