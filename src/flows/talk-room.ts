import type { CallId, RoomId } from '../domain/ids.js'
import type { Notes, RoomInfo } from '../ports/pbx.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'

/** The room in which those of a call talk; its name leads back to the call after a crash. */
export const talkRoom = (call: Pick<Call, 'id'>): RoomId => `${prefix}${call.id}` as RoomId
const prefix = 'talk-'

/** The call whose talk room this is. Of a room in which nobody has been yet the exchange may show its name alone. */
export function callOfTalkRoom({ id, notes }: Pick<RoomInfo, 'id' | 'notes'>): CallId | undefined {
  const call = notes['call'] ?? (id.startsWith(prefix) ? id.slice(prefix.length) : undefined)
  return call as CallId | undefined
}

/** With what leads back to the call on it. */
export async function openTalkRoom(
  call: Pick<Call, 'id' | 'company' | 'leg'>,
  { exchange }: Pick<Deps, 'exchange'>,
  more: Notes = {},
): Promise<void> {
  const notes = { company: call.company.company, call: call.id, caller: call.leg.id, ...more }
  await exchange.pbx.openRoom(talkRoom(call), 'talk', notes)
}

/** Where whoever of the talk is on hold has music. */
export const asideRoom = (call: Pick<Call, 'id'>): RoomId => `aside-${call.id}` as RoomId

/** Where a coach sits with the agent's ear. */
export const coachRoom = (call: Pick<Call, 'id'>): RoomId => `coach-${call.id}` as RoomId

/**
 * Keys of phones on which codes may be keyed during a talk do not go to the other party by themselves: the talk passes on those
 * that begin no code (I-22).
 */
export function keysKept(legs: readonly Leg[], deps: Deps): { readonly keysKept: readonly Leg['id'][] } {
  return { keysKept: legs.filter((leg) => mayKeyCodes(leg, deps)).map(({ id }) => id) }
}

export function mayKeyCodes(leg: Leg, deps: Pick<Deps, 'directory'>): boolean {
  const { device } = leg.info
  return device !== undefined && deps.directory().device(device)?.person.talkCodes === true
}
