import type { Person } from '../domain/directory/company.js'
import type { Extension } from '../domain/ids.js'
import type { TextKey } from '../domain/speech/text-keys.js'
import { say } from '../domain/speech/tongue.js'
import { NoSuchThing, WrongState } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { fetchParked } from './fetch-parked.js'
import { join } from './join.js'
import type { Pickup, PickupEnd } from './pickups.js'
import type { CodeEnd } from './take-code.js'

/** What is said to somebody who came to answer and was not put together with the caller. */
const words = {
  nobody: 'talk/nobody-rings',
  taken: 'queue/taken',
  ended: 'park/ended',
} as const satisfies Readonly<Record<Extract<PickupEnd, string>, TextKey>>

/**
 * `*8*EXT#`: answers the call that rings at a colleague's phones, on behalf of the colleague. The story of the ringing call receives
 * this phone as if it were one of those that rang.
 */
export async function pickUp(
  call: Call,
  person: Person,
  extension: Extension,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  const { company } = call.company
  const colleague = call.directory.extension(company, extension)
  if (!colleague) return { refused: say(call.tongue, 'refuse/no-such-person') }
  const end = await deps.pickups.visit(company, colleague.id, { leg: call.leg, person: person.id }, scope)
  if (typeof end !== 'string') return fetchParked(call, person, end.parkedOn, scope, deps)
  return { refused: say(call.tongue, words[end]) }
}

/**
 * Puts the caller together with whoever picked the call up, once the phones have stopped. False: they have hung up at this very
 * moment, and the phones have to ring again.
 */
export async function joinPickup(call: Call, pickup: Pickup, callScope: Scope, deps: Deps): Promise<boolean> {
  callScope.defer(() => {
    pickup.turnAway('ended')
  })
  try {
    if (pickup.leg.ended) return false
    await join(call, pickup.leg, callScope, deps)
    return true
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
    return false
  }
}
