import type { Person } from '../domain/directory/company.js'
import type { Extension } from '../domain/ids.js'
import { mayFetch } from '../domain/parking/places.js'
import type { ParkedCall } from '../ports/park-store.js'
import { digits } from '../domain/speech/digits.js'
import type { Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { claimParked, endClaim } from './claim-parked.js'
import type { CodeEnd } from './take-code.js'

/**
 * `*88*EXT#`: takes the call parked on an extension (P-12 to P-17, P-22). Whoever claims it first comes to the story of the parked
 * call, which receives this phone and goes on with both.
 */
export async function fetchParked(
  call: Call,
  person: Person,
  place: Extension,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  const { company } = call.company
  const { parking } = deps.stores
  // Asked for only where it is not known: each question to the store is silence for whoever fetches.
  const there = deps.parks.at(company, place) ?? (await scope.of(parking.read(company, place)))
  if (!there)
    return { refused: say(call.tongue, 'park/nothing-on', { extension: digits(call.tongue, place) }) }
  if (!mayFetch(call.company, person.id, there)) return { refused: say(call.tongue, 'refuse/not-allowed') }
  // It has just left its place, or is only on its way there, and the store has not written that down yet.
  if (!deps.parks.at(company, place))
    return { refused: say(call.tongue, there.fetching ? 'park/already-fetched' : 'park/ended') }
  return { refused: await comeFor(call, there, scope, deps) }
}

/** Comes to the story of the parked call, which receives the phone. Ends only if it is not received; then this is to be said. */
export async function comeFor(
  call: Call,
  place: Pick<ParkedCall, 'company' | 'place'>,
  scope: Scope,
  deps: Deps,
): Promise<Sentence> {
  // Hung up before the two were joined: the place is as it was (P-17), also when the store had not answered yet.
  scope.defer(() => (call.leg.story === call.id ? endClaim(place, call.leg, deps) : undefined))
  const claim = await claimParked(place, call.leg, scope, deps)
  if (claim === 'taken') return say(call.tongue, 'park/already-fetched')
  await deps.parks.visit(place, claim, scope)
  return say(call.tongue, 'park/ended')
}
