import type { RoomId } from '../domain/ids.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'

/** The room in which those of a call talk; its name leads back to the call after a crash. */
export const talkRoom = (call: Pick<Call, 'id'>): RoomId => `talk-${call.id}` as RoomId

/** With what leads back to the call on it. */
export async function openTalkRoom(
  call: Pick<Call, 'id' | 'company' | 'leg'>,
  { exchange }: Pick<Deps, 'exchange'>,
): Promise<void> {
  const notes = { company: call.company.company, call: call.id, caller: call.leg.id }
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
