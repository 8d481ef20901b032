import type { Person } from '../domain/directory/company.js'
import { profileOf } from '../domain/directory/profile.js'
import type { PersonId } from '../domain/ids.js'
import { alertInfo, callerPrefix } from '../domain/parking/returning.js'
import type { ParkOutcome, ParkSituation } from '../domain/parking/recall.js'
import { readPublicNumber } from '../domain/numbers/dialled.js'
import { greyed } from '../domain/numbers/grey.js'
import { say } from '../domain/speech/tongue.js'
import type { ParkedCall } from '../ports/park-store.js'
import type { Scope } from '../runtime/scope.js'
import { ringBells, type Bell } from './bells.js'
import type { Call, Deps } from './call.js'
import { claimParked, endClaim, type Claim } from './claim-parked.js'
import { absenceOf, isTalking } from './situation.js'
import { speak } from './speak.js'

/** How it is with those to whom the call may return. */
export function situationOf(call: Call, record: ParkedCall, deps: Deps): ParkSituation {
  const owner = call.directory.extension(record.company, record.place)
  return { parker: parkerOf(call, record, deps), noAnswer: owner && profileOf(call.company, owner).noAnswer }
}

function parkerOf(call: Call, record: ParkedCall, deps: Deps): ParkSituation['parker'] {
  const parker = call.directory.person(record.company, record.parkedBy)
  if (!parker?.devices.some(({ name }) => deps.exchange.isReachable(name))) return 'away'
  if (absenceOf(call, parker, deps)) return 'absent'
  return isTalking(call, parker, deps) ? 'busy' : 'free'
}

/**
 * P-06 to P-11: rings the parker, or the alternate, while the caller keeps the music. Whoever answers must still win the claim
 * (P-13); if somebody else is fetching the call just then, they are told so and the call waits for that other.
 */
export async function returnTo(
  call: Call,
  record: ParkedCall,
  scope: Scope,
  deps: Deps,
): Promise<ParkOutcome | { readonly answered: Claim }> {
  const seconds = Math.max(1, Math.ceil((record.deadline - deps.clock.now()) / 1000))
  let claimed = false
  scope.spawn('pickup', (picking) => leadPickups(call, record, picking, deps))
  const end = await ringBells(
    call,
    {
      bells: bellsOf(call, record),
      seconds,
      onMade: () => Promise.resolve(),
      onAnswered: (leg) => {
        scope.defer(() => (claimed ? undefined : deps.exchange.release(leg, call.id)))
      },
      headers: { 'Alert-Info': alertInfo },
      prefix: callerPrefix(call.tongue.language),
      // Stopped while the caller is there: somebody else has fetched the call.
      stopped: () => (call.leg.ended ? 'noAnswer' : 'answeredElsewhere'),
    },
    () => Promise.resolve(),
    scope,
    deps,
  )
  if ('noLuck' in end) return end.noLuck
  const { answered } = end
  scope.defer(() => (claimed ? undefined : endClaim(record, answered, deps)))
  const claim = await claimParked(record, answered, scope, deps)
  if (claim !== 'taken' && (await scope.of(claim.stands())) === 'won') {
    claimed = true
    return { answered: claim }
  }
  await speak({ ...call, leg: answered }, say(call.tongue, 'park/already-fetched'), scope, deps)
  await deps.exchange.release(answered, call.id)
  return scope.forever() // whoever holds the claim comes, or it lapses with the next turn
}

/** Whoever picks up a parked call that comes back is told where it is parked, and fetches it there. */
async function leadPickups(call: Call, record: ParkedCall, scope: Scope, deps: Deps): Promise<never> {
  for (;;) {
    const pickup = await deps.pickups.taker(record.company, peopleOf(call, record), scope)
    pickup.turnAway({ parkedOn: record.place })
  }
}

/** Whose phones ring. */
function peopleOf(call: Call, record: ParkedCall): readonly PersonId[] {
  if (record.phase === 'recalling') return [record.parkedBy]
  const [kind, value] = (record.ringing ?? '').split(':')
  if (kind === 'person') return [value as PersonId]
  return kind === 'reception' ? call.company.reception.people : []
}

function bellsOf(call: Call, record: ParkedCall): readonly Bell[] {
  if (record.phase === 'recalling') return devicesOf(call.directory.person(record.company, record.parkedBy))
  const [kind, value] = (record.ringing ?? '').split(':')
  if (kind === 'person') return devicesOf(call.directory.person(record.company, value ?? ''))
  if (kind === 'reception')
    return call.company.reception.people.flatMap((id) => devicesOf(call.directory.person(record.company, id)))
  const number = kind === 'number' ? readPublicNumber(value ?? '', call.company) : undefined
  const { trunk } = call.company
  // O-12: an apply may have put it on the grey list since the call was parked.
  if (number === undefined || !trunk || greyed(call.company, number, 'outgoing').blocked) return []
  return [{ kind: 'trunk', trunk: trunk.name, number, shown: { number: call.company.main } }]
}

const devicesOf = (person: Person | undefined): readonly Bell[] =>
  person?.devices.map(({ name }) => ({ kind: 'device', device: name })) ?? []
