import { nameOf, numberOf, originOf, type Call, type Deps } from './call.js'
import { readPublicNumber } from '../domain/numbers/dialled.js'
import type { Party } from '../ports/pbx.js'
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
  await join(call, other, scope, deps)
  await talk(call, other, scope, deps)
}

export async function join(call: Call, other: Leg, scope: Scope, deps: Deps): Promise<void> {
  const { exchange, calls } = deps
  const { pbx } = exchange
  const room = talkRoom(call)
  const before = call.leg.room
  // The call's own leg first: from here on a later run joins the two, whatever either leg was doing.
  const phase: Phase = { at: 'talk', with: other.id }
  const notes = { ...notesOf(call), role: 'caller', phase: JSON.stringify(phase) }
  await scope.of(pbx.note(call.leg.id, notes))
  await deps.exchange.answer(scope, call.leg) // it may still have been ringing for others
  await scope.of(pbx.note(other.id, { ...notesOf(call), role: 'called', phase: '' }))
  await scope.of(
    pbx.openRoom(room, 'talk', { company: call.company.company, call: call.id, caller: call.leg.id }),
  )
  scope.defer(() => pbx.closeRoom(room))
  await scope.of(calls.takeOver(other, call.id))
  scope.defer(() => exchange.release(other, call.id))
  await scope.of(pbx.enter(room, [call.leg.id, other.id], keysKept([call.leg, other], deps)))
  if (before !== undefined && before !== room) await scope.of(pbx.closeRoom(before))
  await showEachOther(call, other, scope, deps)
}

async function showEachOther(call: Call, other: Leg, scope: Scope, deps: Deps): Promise<void> {
  const { pbx } = deps.exchange
  const known = originOf(other.info, deps.directory(), readPublicNumber)
  if (known) await scope.of(pbx.show(call.leg.id, partyOf(known.origin)))
  await scope.of(pbx.show(other.id, partyOf(call.origin)))
}

const partyOf = (origin: Call['origin']): Party => ({ name: nameOf(origin), number: numberOf(origin) })
