import type { ParkedCall } from '../ports/park-store.js'
import type { Scope } from '../runtime/scope.js'
import type { Deps } from './call.js'
import type { Leg } from './exchange.js'
import { keepUnlessAway } from './store-away.js'

/** M-10: how long a claim to fetch holds in the store if whoever made it dies. */
const fetchClaim = 10_000

type Place = Pick<ParkedCall, 'company' | 'place'>

/** The right of one leg to take a parked call (P-12, P-13). */
export interface Claim {
  readonly leg: Leg
  /**
   * What the store says to it, which is asked once, at the first call: `taken` when somebody has claimed the call whom this process
   * knows nothing of. Never rejects.
   */
  readonly stands: () => Promise<'won' | 'taken'>
}

/**
 * Whoever asks first has the call: one process holds all calls of its Asterisk, so that nobody has to wait for the store to know who it
 * is. The store is asked when the two are together, for whoever goes on after this process, and has the last word. `taken`: another leg has it.
 */
export async function claimParked(
  place: Place,
  leg: Leg,
  scope: Scope,
  deps: Deps,
): Promise<Claim | 'taken'> {
  for (let first = deps.parks.claimOn(place); first; first = deps.parks.claimOn(place)) {
    if (first.leg === leg) return first
    const end = await scope.of(first.stands())
    // Unless the first has lost it to the store, or has hung up meanwhile.
    const isTheirs = deps.parks.claimOn(place) === first || !deps.parks.at(place.company, place.place)
    if (end === 'won' && isTheirs) return 'taken'
  }
  let asked: Promise<'won' | 'taken'> | undefined
  const ask = async (): Promise<'won' | 'taken'> => {
    const end = await askStore(place, leg, deps)
    if (end === 'taken') deps.parks.endClaim(place, leg)
    return end
  }
  const claim: Claim = { leg, stands: () => (asked ??= ask()) }
  deps.parks.claim(place, claim)
  return claim
}

/** P-17: the call is there for the next one. */
export async function endClaim(place: Place, leg: Leg, deps: Deps): Promise<void> {
  deps.parks.endClaim(place, leg)
  await keepUnlessAway(deps.stores.parking.giveBack(place.company, place.place, leg.id))
}

/** A call that is parked here is here, also when the store is away (M-05) or has lost its record (M-06). */
async function askStore({ company, place }: Place, leg: Leg, deps: Deps): Promise<'won' | 'taken'> {
  const { stores, clock, log } = deps
  try {
    const end = await stores.parking.fetch(company, place, leg.id, clock.now(), fetchClaim)
    return end === 'taken' ? 'taken' : 'won'
  } catch (error) {
    log.warn('a parked call is fetched without the store', { leg: leg.id, error })
    return 'won'
  }
}
