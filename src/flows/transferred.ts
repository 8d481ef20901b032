import { parseWhole } from '../domain/feature-codes/parse.js'
import { featureCodes } from '../domain/feature-codes/table.js'
import type { Person } from '../domain/directory/company.js'
import type { ParkWish } from '../domain/parking/places.js'
import type { ParkedCall } from '../ports/park-store.js'
import { NoSuchThing } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { findPlace, whyNoPlace, wishOf } from './park-codes.js'
import { parkAtOnce } from './park-at-once.js'
import { parkLeg, whyNotParked } from './park.js'
import { comeBack, reach } from './reach.js'

/**
 * What a phone has transferred blind onto a place is parked there at once (P-02 b). Undefined: it is to go on by `goOnTransferred`.
 * Rejects with `NoSuchThing` when it has hung up.
 */
export async function parkTransferred(
  call: Call,
  dialled: string,
  parker: Person,
  deps: Deps,
): Promise<ParkedCall | undefined> {
  const wish = parkWish(dialled)
  const where = wish && findPlace(call, parker, wish, deps)
  if (where === undefined || 'refused' in where || where.kind !== 'place') return undefined
  const end = await parkAtOnce(call, where.place, { person: parker.id }, deps)
  if (end === 'ended') throw new NoSuchThing('the transferred party has hung up')
  return end === 'occupied' ? undefined : end
}

/**
 * A call that a phone transferred blind: to a number, or onto a park place (P-02 b). What cannot be parked goes back to the one
 * who wanted to park it, who sees that it comes back and hears why: the caller is never lost (P-03, TN-4).
 */
export async function goOnTransferred(call: Call, dialled: string, scope: Scope, deps: Deps): Promise<void> {
  const parker = call.transferredBy
  const wish = parkWish(dialled)
  if (!wish || !parker) return reach(call, dialled, scope, deps)
  const where = findPlace(call, parker, wish, deps)
  if ('refused' in where)
    return comeBack(call, parker, (tongue) => whyNoPlace(tongue, where.refused), scope, deps)
  const end = await scope.of(parkLeg(call.leg, where, { person: parker.id, wish: call.id }, deps))
  if ('parkedOn' in end || end.refused === 'ended') return
  const { refused } = end
  return comeBack(call, parker, (tongue) => whyNotParked(tongue, refused, where), scope, deps)
}

function parkWish(dialled: string): ParkWish | undefined {
  const parsed = parseWhole(dialled, featureCodes)
  return parsed.kind === 'complete' ? wishOf(parsed.code) : undefined
}
