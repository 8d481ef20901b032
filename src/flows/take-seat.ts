import type { LegId } from '../domain/ids.js'
import { partyOf, type Talk } from '../domain/talk/talk.js'
import { NoSuchThing } from '../ports/pbx.js'
import type { Deps } from './call.js'
import type { Leg } from './exchange.js'
import { replacedBy } from './take-in.js'

/** The place of a leg in a talk, which its phone has transferred to somebody else. */
export interface Seat {
  /** As it was when the leg was transferred away. */
  readonly talk: Talk
  readonly leg: LegId
}

/**
 * Somebody takes the place of whoever transferred in a talk of three (I-20). It is noted on their own leg first, so that a later run comes to
 * the same end. False: there is no such place, or they have gone.
 */
export async function takeSeat({ talk, leg }: Seat, party: Leg, deps: Deps): Promise<boolean> {
  const { call, conversation, company } = talk
  const before = partyOf(talk, leg)
  // A coach was asked for themselves, and cannot pass it on.
  if (!before || before.role === 'coach') return false
  try {
    const notes = { company, call, conversation, role: 'called', phase: '', seat: leg }
    await deps.exchange.pbx.note(party.id, notes)
  } catch (error) {
    if (error instanceof NoSuchThing) return false
    throw error
  }
  await deps.calls.takeOver(party, call)
  const table = deps.talks.ofCall(call)
  // Transferred under an earlier run: the talk is taken up after this, and finds them by their note.
  return table === undefined || (await deps.talks.ask(table, replacedBy(leg, party, deps))) === 'done'
}
