import type { Person } from '../domain/directory/company.js'
import type { FeatureCode } from '../domain/feature-codes/table.js'
import type { Extension } from '../domain/ids.js'
import { mayPark, type ParkRefusal, type ParkWhere, type ParkWish } from '../domain/parking/places.js'
import type { Sentence } from '../domain/speech/phrase.js'
import type { TextKey } from '../domain/speech/text-keys.js'
import { say, type Tongue } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { fetchParked } from './fetch-parked.js'
import { parkHeld } from './park.js'
import { absenceOf } from './situation.js'
import type { CodeEnd } from './take-code.js'

/** What is said of a place that cannot be used (P-03). */
const refusals = {
  noSuchPlace: 'refuse/no-such-person',
  notParkable: 'park/not-parkable',
  noSuchGroup: 'refuse/no-such-number',
  whichGroup: 'park/not-parkable',
  notAllowed: 'refuse/not-allowed',
  groupFull: 'park/group-full',
} as const satisfies Readonly<Record<ParkRefusal, TextKey>>

export const whyNoPlace = (tongue: Tongue, why: ParkRefusal): Sentence => say(tongue, refusals[why])

/** Where a parking code asks to park; undefined for codes that park nothing. */
export function wishOf(code: FeatureCode): ParkWish | undefined {
  switch (code.id) {
    case 'park.here':
      return code.args.extension === undefined
        ? { kind: 'own' }
        : { kind: 'extension', extension: code.args.extension as Extension }
    case 'park.group':
      return { kind: 'group', number: code.args.group }
    case 'park.onlyGroup':
      return { kind: 'group' }
    default:
      return undefined
  }
}

/** The place somebody may park on now (P-03, P-28). */
export function findPlace(
  call: Pick<Call, 'company' | 'directory'>,
  parker: Person,
  wish: ParkWish,
  deps: Deps,
): ParkWhere | { readonly refused: ParkRefusal } {
  return mayPark(call.company, parker, wish, (id) => {
    const person = call.directory.person(call.company.company, id)
    const reachable = person?.devices.some(({ name }) => deps.exchange.isReachable(name)) ?? false
    return { absent: person && absenceOf(call, person, deps), phones: reachable ? 'some' : 'none' }
  })
}

/** `*68…`, `*58…`: parks the latest held call. */
export async function parkByCode(
  call: Call,
  parker: Person,
  wish: ParkWish,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  const where = findPlace(call, parker, wish, deps)
  if ('refused' in where) return { refused: whyNoPlace(call.tongue, where.refused) }
  return parkHeld(call, parker, where, scope, deps)
}

/** `*88…`: one's own place, or that of an extension. */
export function fetchByCode(
  call: Call,
  person: Person,
  extension: string | undefined,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  return fetchParked(call, person, (extension ?? person.extension) as Extension, scope, deps)
}
