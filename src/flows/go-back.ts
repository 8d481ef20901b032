import type { Person } from '../domain/directory/company.js'
import type { CallId, PersonId } from '../domain/ids.js'
import type { Ring } from '../domain/routing/decision.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { notesOf, type Phase } from './phase.js'
import { follow } from './reach.js'
import { goOnTransferred } from './transferred.js'

/** I-06 */
const backSeconds = 20

/**
 * I-06: the inviter has hung up while the invited was still ringing. The customer rings back at the inviter, then goes to the
 * reception; or, where the company says so, on to the invited as by a blind transfer. From here on it is a call of its own.
 */
export async function goBack(
  call: Call,
  customer: Leg,
  to: PersonId | undefined,
  transfer: string | undefined,
  deps: Deps,
): Promise<void> {
  const { exchange, calls } = deps
  const own = calls.callFor(customer, `${customer.id}-b${String(deps.clock.now())}` as CallId)
  const inviter = to === undefined ? undefined : call.directory.person(call.company.company, to)
  if (!own || !inviter || customer.ended) return exchange.release(customer, call.id)
  const back: Call = { ...own, transferredBy: inviter }
  exchange.assign(customer, back.id)
  const decision = ringBack(inviter)
  const phase: Phase =
    transfer === undefined
      ? { at: 'carryingOut', decision }
      : { at: 'transferred', dialled: transfer, by: inviter.id }
  await exchange.pbx.note(customer.id, { ...notesOf(back), role: 'caller', phase: JSON.stringify(phase) })
  calls.tell(back, (scope) =>
    transfer === undefined
      ? follow(back, inviter.extension, decision, {}, scope, deps)
      : goOnTransferred(back, transfer, scope, deps),
  )
}

function ringBack(inviter: Person): Ring {
  return {
    to: 'ring',
    person: inviter.id,
    devices: inviter.devices.map(({ name }) => name),
    seconds: backSeconds,
    as: 'free',
    targets: { busy: 'reception', noAnswer: 'reception', notReachable: 'reception' },
    journey: {
      dialled: inviter.id,
      visited: [inviter.id],
      announced: [],
      diversions: 0,
      receptionTried: false,
    },
  }
}
