import type { ParkedCall } from '../ports/park-store.js'
import type { Scope } from '../runtime/scope.js'
import { nameOf, numberOf, type Call, type Deps } from './call.js'
import { freePlace } from './parked.js'
import { notesOf } from './phase.js'
import { resumeParked } from './resume-parked.js'

/**
 * P-20: the parked party has transferred itself away, attended: whom it named is parked in its place, with the time that was left,
 * and gets who is about to fetch the call. `passedOn`: the record as the place knows it, with the id of `call`. Notes that it is
 * so, which a later run follows whatever the store says; gives the story to be told then.
 */
export async function handOnPlace(
  call: Call,
  passedOn: ParkedCall,
  deps: Deps,
): Promise<(scope: Scope) => Promise<void>> {
  const { leg, origin } = call
  const party = { name: nameOf(origin), number: numberOf(origin) }
  const record: ParkedCall = { ...passedOn, leg: leg.id, party }
  const phase = JSON.stringify({ at: 'parked', record })
  await deps.exchange.pbx.note(leg.id, { ...notesOf(call), role: 'caller', phase })
  return async (scope) => {
    scope.defer(() => freePlace(record, deps)) // also when it ends before it is parked
    await resumeParked(call, record, scope, deps)
  }
}
