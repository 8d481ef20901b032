import { nameOf, numberOf, originOf, type Call, type Deps } from './call.js'
import { readPublicNumber } from '../domain/numbers/dialled.js'
import type { ParkedCall } from '../ports/park-store.js'
import { NoSuchThing, WrongState, type Party } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import type { Leg } from './exchange.js'
import { notesOf, type Phase } from './phase.js'
import { talk } from './talk.js'
import { keysKept, talkRoom } from './talk-room.js'

/**
 * Takes a leg out of the story it is part of, puts it together with the call's own leg, and lets both talk. Both phones show the
 * other party from now on (P-27, I-18). Rejects with `NoSuchThing` or `WrongState` when one of them has just gone.
 */
export async function joinTalk(call: Call, other: Leg, scope: Scope, deps: Deps): Promise<void> {
  await join(call, other, undefined, scope, deps)
  await showEachOther(call, other, scope, deps)
  await talk(call, other, scope, deps)
}

/**
 * The two are in one room. What prepares it is asked for in one go and in this order, because each answer waited for is silence: the
 * call's own leg is noted first, so that from there on a later run joins the two, whatever either leg was doing. `parked`: the place it
 * comes from, to which it goes back if the other is gone before they are together.
 */
export async function join(
  call: Call,
  other: Leg,
  parked: ParkedCall | undefined,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { exchange, calls } = deps
  const { pbx } = exchange
  const room = talkRoom(call)
  const before = call.leg.room
  const phase: Phase = { at: 'talk', with: other.id, parked }
  const notes = { ...notesOf(call), role: 'caller', phase: JSON.stringify(phase) }
  const prepared = Promise.all([
    pbx.note(call.leg.id, notes),
    pbx.note(other.id, { ...notesOf(call), role: 'called', phase: '' }),
    pbx.openRoom(room, 'talk', { company: call.company.company, call: call.id, caller: call.leg.id }),
  ])
  scope.defer(() => pbx.closeRoom(room))
  await scope.of(prepared)
  await scope.of(calls.takeOver(other, call.id))
  scope.defer(() => exchange.release(other, call.id))
  await scope.of(pbx.enter(room, [call.leg.id, other.id], keysKept([call.leg, other], deps)))
  if (before !== undefined && before !== room) await scope.of(pbx.closeRoom(before))
}

/** Whoever has hung up meanwhile needs to see nothing: their end is told, and is the end of the talk. */
export async function showEachOther(call: Call, other: Leg, scope: Scope, deps: Deps): Promise<void> {
  const known = originOf(other.info, deps.directory(), readPublicNumber)
  if (known) await show(call.leg, partyOf(known.origin), scope, deps)
  await show(other, partyOf(call.origin), scope, deps)
}

async function show(leg: Leg, party: Party, scope: Scope, deps: Deps): Promise<void> {
  try {
    await scope.of(deps.exchange.pbx.show(leg.id, party))
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
  }
}

const partyOf = (origin: Call['origin']): Party => ({ name: nameOf(origin), number: numberOf(origin) })
