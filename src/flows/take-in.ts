import type { LegId } from '../domain/ids.js'
import { readPublicNumber } from '../domain/numbers/dialled.js'
import { decide } from '../domain/talk/decide.js'
import type { TalkEvent } from '../domain/talk/events.js'
import { talkRules } from '../domain/talk/settings.js'
import { partyOf, type Party, type Talk } from '../domain/talk/talk.js'
import { NoSuchThing, WrongState } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import { nameOf, numberOf, originOf, type Call, type Deps } from './call.js'
import type { Leg } from './exchange.js'
import { notesOf } from './phase.js'
import type { Pickup } from './pickups.js'

/** What a colleague has answered (`*8*EXT#`): a call on hold that came back, or somebody's invitation into the talk. */
type Answered = 'held' | 'invited'

/**
 * Makes a colleague who has answered part of the talk's story; then the talk is to be told. What was answered is noted on the leg first,
 * so that a later run comes to the same end. False: they have hung up at this very moment.
 */
export async function takeIn(
  call: Call,
  { leg }: Pickup,
  answered: Answered,
  scope: Scope,
  deps: Deps,
): Promise<boolean> {
  try {
    const notes = { ...notesOf(call), role: 'called', phase: '', pickup: answered }
    await scope.of(deps.exchange.pbx.note(leg.id, notes))
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
    return false
  }
  await scope.of(deps.calls.takeOver(leg, call.id))
  return true
}

export const recalledTo = (leg: Leg, deps: Deps): TalkEvent => ({
  kind: 'recalled',
  leg: leg.id,
  as: asOf(leg, deps),
})

export const invitedInstead = (leg: Leg, deps: Deps): TalkEvent => ({
  kind: 'answered',
  leg: leg.id,
  as: asOf(leg, deps),
})

export const replacedBy = (before: LegId, leg: Leg, deps: Deps): TalkEvent => ({
  kind: 'replaced',
  leg: before,
  to: leg.id,
  as: asOf(leg, deps),
})

function asOf(leg: Leg, deps: Deps): Pick<Party, 'person' | 'name' | 'number'> {
  const known = originOf(leg.info, deps.directory(), readPublicNumber)
  if (!known) return { number: leg.info.caller.number }
  const { origin } = known
  const person = origin.kind === 'phone' ? origin.person.id : undefined
  return { person, name: nameOf(origin), number: numberOf(origin) }
}

/**
 * Finishes what an earlier run had begun with those who were to come into the talk, and with those who have become of no use: a leg that
 * held the call and was recalled, phones that ring for an invitation that is over.
 */
export async function finishTakingIn(call: Call, talk: Talk, scope: Scope, deps: Deps): Promise<Talk> {
  const { exchange, clock } = deps
  const others = exchange.legs.filter(
    (leg) => leg.story === call.id && !leg.ended && leg.info.earOf === undefined && !partyOf(talk, leg.id),
  )
  const event = others.map((leg) => comingOf(talk, leg, deps)).find((one) => one !== undefined)
  const decided = event && decide(talk, event, talkRules(call.company), clock.now())
  if (decided && 'talk' in decided) return finishTakingIn(call, decided.talk, scope, deps)
  if (!talk.held && !talk.invitation) for (const leg of others) await scope.of(exchange.release(leg, call.id))
  return talk
}

/** What was about to be told of this leg, by what is noted on it. */
function comingOf(talk: Talk, leg: Leg, deps: Deps): TalkEvent | undefined {
  if (leg.state !== 'up') return undefined
  const { pickup, seat } = leg.info.notes
  if (talk.held && pickup === 'held') return recalledTo(leg, deps)
  if (talk.invitation && pickup === 'invited') return invitedInstead(leg, deps)
  const before = talk.parties.find((party) => party.leg === seat)
  return before && replacedBy(before.leg, leg, deps)
}
