import type { Person } from '../domain/directory/company.js'
import type { Extension } from '../domain/ids.js'
import { mayFetch } from '../domain/parking/places.js'
import { digits } from '../domain/speech/digits.js'
import type { Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { CodeEnd } from './take-code.js'

/** M-10: how long a claim to fetch holds if whoever made it dies. */
export const fetchClaim = 10_000

/**
 * `*88*EXT#`: takes the call parked on an extension (P-12 to P-17, P-22). Who wins is decided in the store; then the story of the
 * parked call receives this phone and goes on with both.
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
  if (there && !mayFetch(call.company, person.id, there))
    return { refused: say(call.tongue, 'refuse/not-allowed') }
  scope.defer(() => giveBack(call, place, deps))
  const claimed = await scope.of(parking.fetch(company, place, call.leg.id, deps.clock.now(), fetchClaim))
  if (claimed === 'taken') return { refused: say(call.tongue, 'park/already-fetched') }
  if (claimed === 'nothing')
    return { refused: say(call.tongue, 'park/nothing-on', { extension: digits(call.tongue, place) }) }
  return { refused: await comeFor(call, place, scope, deps) }
}

/** The phone has the claim: the story of the parked call receives it. Ends only if that call has ended; then this is to be said. */
export async function comeFor(call: Call, place: Extension, scope: Scope, deps: Deps): Promise<Sentence> {
  await deps.parks.visit(call.company.company, place, call.leg, scope)
  return say(call.tongue, 'park/ended')
}

/** Hung up before the two were joined: the place is as it was (P-17), also when the store had not answered yet. */
export function giveBack(call: Call, place: Extension, deps: Deps): Promise<void> | undefined {
  if (call.leg.story !== call.id) return undefined
  return deps.stores.parking.giveBack(call.company.company, place, call.leg.id)
}
