import { nameOf, numberOf, originOf, type Call, type Deps } from './call.js'
import { readPublicNumber } from '../domain/numbers/dialled.js'
import type { Party } from '../ports/pbx.js'
import { allOf } from '../runtime/all-of.js'
import type { Scope } from '../runtime/scope.js'
import type { Leg } from './exchange.js'
import { notesOf, type Phase } from './phase.js'
import { talk } from './talk.js'
import { keysKept, openTalkRoom, talkRoom } from './talk-room.js'
import { unlessGone } from './unless-gone.js'

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
  await scope.of(openTalkRoom(call, deps))
  scope.defer(() => pbx.closeRoom(room))
  await scope.of(calls.takeOver(other, call.id))
  scope.defer(() => exchange.release(other, call.id))
  await scope.of(pbx.enter(room, [call.leg.id, other.id], keysKept([call.leg, other], deps)))
  await exchange.answer(scope, other) // an earlier run may have ended between the two
  if (before !== undefined && before !== room) await scope.of(pbx.closeRoom(before))
  await showEachOther(call, other, scope, deps)
}

/**
 * The same for a parked call and whoever takes it, asked for in one go, because each answer waited for is silence. The room is there
 * already (`parked`), and the other is in it before it is answered, or the first words of a phone that fetches would go nowhere. The legs'
 * own notes follow: ahead of it they would be silence too, and that both are in the room says enough to a later run (`asRoomsSay`).
 * `apart`: what becomes of the other if they do not come together.
 */
export async function joinAtOnce(
  call: Call,
  other: Leg,
  apart: () => void,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { exchange, calls } = deps
  const { pbx } = exchange
  let together = false
  await scope.of(calls.takeOver(other, call.id))
  scope.defer(() => {
    if (together) return exchange.release(other, call.id)
    apart()
    return undefined
  })
  await scope.of(
    allOf([
      pbx.enter(talkRoom(call), [call.leg.id, other.id], keysKept([call.leg, other], deps)),
      exchange.answer(scope, other),
    ]),
  )
  together = true
  const phase: Phase = { at: 'talk', with: other.id }
  await scope.of(
    allOf([
      pbx.note(call.leg.id, { ...notesOf(call), role: 'caller', phase: JSON.stringify(phase) }),
      unlessGone(pbx.note(other.id, { ...notesOf(call), role: 'called', phase: '' })),
    ]),
  )
}

/** Whoever has hung up meanwhile needs to see nothing: their end is told, and is the end of the talk. */
export async function showEachOther(call: Call, other: Leg, scope: Scope, deps: Deps): Promise<void> {
  const known = originOf(other.info, deps.directory(), readPublicNumber)
  if (known) await show(call.leg, partyOf(known.origin), scope, deps)
  await show(other, partyOf(call.origin), scope, deps)
}

async function show(leg: Leg, party: Party, scope: Scope, deps: Deps): Promise<void> {
  await scope.of(unlessGone(deps.exchange.pbx.show(leg.id, party)))
}

const partyOf = (origin: Call['origin']): Party => ({ name: nameOf(origin), number: numberOf(origin) })
