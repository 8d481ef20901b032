import { parseWhole } from '../domain/feature-codes/parse.js'
import { featureCodes, type FeatureCode } from '../domain/feature-codes/table.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { findPlace, wishOf } from './park-codes.js'
import { parkLeg } from './park.js'
import { reach } from './reach.js'

/**
 * A call that a phone transferred blind: to a number, or onto a park place (P-02 b). What cannot be parked goes back to the one
 * who wanted to park it: the caller is never lost (P-03).
 */
export async function goOnTransferred(call: Call, dialled: string, scope: Scope, deps: Deps): Promise<void> {
  const code = parkCode(dialled)
  const parker = call.transferredBy
  if (!code || !parker) return reach(call, dialled, scope, deps)
  const wish = wishOf(code)
  const where = wish && findPlace(call, parker, wish, deps)
  if (where && !('refused' in where)) {
    const end = await scope.of(parkLeg(call.leg, where, { person: parker.id, wish: call.id }, deps))
    if ('parkedOn' in end || end.refused === 'ended') return
  }
  return reach(call, parker.extension, scope, deps)
}

function parkCode(dialled: string): FeatureCode | undefined {
  const parsed = parseWhole(dialled, featureCodes)
  return parsed.kind === 'complete' ? parsed.code : undefined
}
