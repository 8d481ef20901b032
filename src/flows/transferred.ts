import { parseWhole } from '../domain/feature-codes/parse.js'
import { featureCodes } from '../domain/feature-codes/table.js'
import type { Person } from '../domain/directory/company.js'
import type { ParkWhere } from '../domain/parking/places.js'
import type { ParkedCall } from '../ports/park-store.js'
import { NoSuchThing } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { findPlace, wishOf } from './park-codes.js'
import { parkAtOnce } from './park-at-once.js'
import { parkLeg } from './park.js'
import { reach } from './reach.js'

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
  const where = placeFor(call, dialled, parker, deps)
  if (where?.kind !== 'place') return undefined
  const end = await parkAtOnce(call, where.place, { person: parker.id }, deps)
  if (end === 'ended') throw new NoSuchThing('the transferred party has hung up')
  return end === 'occupied' ? undefined : end
}

/**
 * A call that a phone transferred blind: to a number, or onto a park place (P-02 b). What cannot be parked goes back to the one
 * who wanted to park it: the caller is never lost (P-03).
 */
export async function goOnTransferred(call: Call, dialled: string, scope: Scope, deps: Deps): Promise<void> {
  const parker = call.transferredBy
  if (!parker || !isCode(dialled)) return reach(call, dialled, scope, deps)
  const where = placeFor(call, dialled, parker, deps)
  if (where) {
    const end = await scope.of(parkLeg(call.leg, where, { person: parker.id, wish: call.id }, deps))
    if ('parkedOn' in end || end.refused === 'ended') return
  }
  return reach(call, parker.extension, scope, deps)
}

const isCode = (dialled: string): boolean => parseWhole(dialled, featureCodes).kind === 'complete'

/** Where a code asks to park; undefined: nowhere, or it may not be. */
function placeFor(call: Call, dialled: string, parker: Person, deps: Deps): ParkWhere | undefined {
  const parsed = parseWhole(dialled, featureCodes)
  const wish = parsed.kind === 'complete' ? wishOf(parsed.code) : undefined
  const where = wish && findPlace(call, parker, wish, deps)
  return where && !('refused' in where) ? where : undefined
}
