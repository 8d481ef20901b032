import type { Scope } from '../runtime/scope.js'
import type { Call, Deps, Ringer } from './call.js'
import type { Leg } from './exchange.js'
import type { WaitingCaller } from './queue-floor.js'
import { keysKept, openTalkRoom, talkRoom } from './talk-room.js'
import { unlessGone } from './unless-gone.js'

/**
 * How a waiting caller and the agent who answers come into one room. A leg that rings for the caller alone sits in it before it
 * rings, so that at the answer only the caller has to come. It is no room that nobody has been in, of which a later run knew nothing.
 */

/** Puts the leg into the room of the talk, in one breath with what is asked for next. */
export function seat(call: Call, caller: WaitingCaller, leg: Leg, scope: Scope, deps: Deps): void {
  const opened = caller.isRoomOpen ? Promise.resolve() : openTalkRoom(call, deps)
  caller.isRoomOpen = true
  caller.seated = leg
  const entered = deps.exchange.pbx.enter(talkRoom(call), [leg.id], keysKept([leg], deps))
  // A leg that could not be seated comes when it answers.
  scope.beside(unlessGone(Promise.all([opened, entered])))
}

/** Whether it is worth while: with several phones it is not known who answers, and no third may be in the room with those who talk. */
export const maySit = (call: Ringer, caller: WaitingCaller): call is Call =>
  call.leg !== undefined && caller.ringing.size === 1 && caller.seated === undefined && !caller.taken

/** Out of the room of the talk: the caller is not to meet this leg. */
export async function stand(
  call: Pick<Call, 'id'>,
  caller: WaitingCaller,
  leg: Leg,
  deps: Deps,
): Promise<void> {
  if (caller.seated !== leg) return
  caller.seated = undefined
  await unlessGone(deps.exchange.pbx.leave(talkRoom(call), [leg.id]))
}

/**
 * The two are together. Rejects with `NoSuchThing` or `WrongState` if one of them has hung up. To enter the room cuts whatever plays to
 * the caller.
 */
export async function meet(
  call: Call,
  caller: WaitingCaller,
  leg: Leg,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { pbx } = deps.exchange
  const room = talkRoom(call)
  if (isIn(leg, room)) {
    const entered = await scope.of(unlessGone(pbx.enter(room, [call.leg.id], keysKept([call.leg], deps))))
    // Whoever has hung up at this very moment has left it: the caller is not to stay there alone.
    if (entered && isIn(leg, room)) return
  }
  if (caller.seated && caller.seated !== leg) await scope.of(stand(call, caller, caller.seated, deps))
  caller.isRoomOpen = true
  // In one breath: the way in is carried out behind the opening.
  const opened = openTalkRoom(call, deps)
  const entered = enterTogether(call, leg, scope, deps)
  for (const end of await scope.of(Promise.allSettled([opened, entered])))
    if (end.status === 'rejected') throw end.reason
}

export async function enterTogether(call: Call, leg: Leg, scope: Scope, deps: Deps): Promise<void> {
  const both = keysKept([call.leg, leg], deps)
  await scope.of(deps.exchange.pbx.enter(talkRoom(call), [call.leg.id, leg.id], both))
}

const isIn = (leg: Leg, room: Leg['room']): boolean => !leg.ended && leg.room === room
