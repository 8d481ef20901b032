import type { PersonId } from '../domain/ids.js'
import { alertInfo, callerPrefix } from '../domain/parking/returning.js'
import type { Decision, Ring, RingReception } from '../domain/routing/decision.js'
import type { Scope } from '../runtime/scope.js'
import { isAnswered, type Bell, type RingEnd } from './bells.js'
import type { Call, Deps } from './call.js'
import { keepPhase } from './phase.js'
import { joinPickup } from './pick-up.js'
import type { Pickup } from './pickups.js'
import type { Earlier } from './reach.js'
import { ring } from './ring.js'

interface PersonsRing {
  readonly decision: Ring | RingReception
  /** Whose extensions may be given to have the call. */
  readonly people: readonly PersonId[]
  readonly bells: readonly Bell[]
  readonly earlier: Earlier
  /** Told at the very moment at which it is certain that somebody answers. */
  readonly onAnswered: () => void
}

/**
 * Rings phones of people until one answers, or a colleague answers for them: then the phones stop, told "answered elsewhere". If the
 * colleague has hung up before the two were put together, the phones ring again.
 */
export async function ringOrPickUp(
  call: Call,
  { decision, people, bells, earlier, onAnswered }: PersonsRing,
  callScope: Scope,
  scope: Scope,
  deps: Deps,
): Promise<RingEnd & { readonly pickedUp?: true }> {
  for (let run = earlier; ; run = {}) {
    let answered = false
    let pickedUp = false
    const end = await scope.race({
      rung: (ringScope) =>
        ring(
          call,
          {
            bells,
            seconds: decision.seconds,
            ...(call.comesBack
              ? { headers: { 'Alert-Info': alertInfo }, prefix: callerPrefix(call.tongue.language) }
              : {}),
            ...run,
            onMade: ringingOnce(call, decision, ringScope, deps),
            onAnswered: () => {
              answered = true
              onAnswered()
            },
            stopped: () => (pickedUp ? 'answeredElsewhere' : 'noAnswer'),
          },
          callScope,
          ringScope,
          deps,
        ),
      pickedUp: async (waiting): Promise<Pickup> => {
        const pickup = await deps.pickups.taker(call.company.company, people, waiting)
        if (answered || isAnswered(bells, call, deps)) {
          pickup.turnAway('taken')
          return waiting.forever()
        }
        pickedUp = true
        onAnswered()
        return pickup
      },
    })
    if (end.won === 'rung') return end.value
    if (await joinPickup(call, end.value, callScope, deps)) return { answered: end.value.leg, pickedUp: true }
  }
}

/** Notes once that the phones are about to ring, so that a later run of the process rings nobody twice. */
export function ringingOnce(call: Call, decision: Decision, scope: Scope, deps: Deps): () => Promise<void> {
  const wasUp = call.leg.state === 'up'
  let noted: Promise<void> | undefined
  return () => (noted ??= keepPhase(call, { at: 'ringing', decision, wasUp }, scope, deps))
}
