import { alertInfo, callerPrefix } from '../domain/parking/returning.js'
import { decide } from '../domain/talk/decide.js'
import type { TalkEvent } from '../domain/talk/events.js'
import { holdTime, talkRules } from '../domain/talk/settings.js'
import { partyOf, speakers, type Talk } from '../domain/talk/talk.js'
import type { Scope } from '../runtime/scope.js'
import { NoSuchThing, WrongState } from '../ports/pbx.js'
import { ringBells } from './bells.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { notesOf } from './phase.js'
import type { Pickup } from './pickups.js'
import { tell, type Table } from './talks.js'

/** G-06: how long the phone rings when it is called back. */
const recallSeconds = 20

/** Tells the talk when a phone holds with its own key, and when it resumes. */
export async function attendHold(
  call: Call,
  leg: Leg,
  table: Table,
  scope: Scope,
  deps: Deps,
): Promise<never> {
  const { exchange } = deps
  const person = leg.info.device === undefined ? undefined : deps.directory().device(leg.info.device)?.person
  for (;;) {
    await exchange.watch(scope, leg, (now) => (now.heldOrder === undefined ? undefined : true))
    const recallAfter = person && holdTime(call.company, person)
    tell(table, { kind: 'phoneHeld', leg: leg.id, recallAfter })
    await exchange.watch(scope, leg, (now) => (now.heldOrder === undefined ? true : undefined))
    tell(table, { kind: 'phoneResumed', leg: leg.id })
  }
}

/** G-06, TN-4: the phone that left the call on hold is called back; the other party keeps the music meanwhile. */
export async function recallHeld(call: Call, table: Table, scope: Scope, deps: Deps): Promise<void> {
  const { talk } = table
  const holder = talk.held && partyOf(talk, talk.held.leg)
  const leg = holder && deps.exchange.leg(holder.leg)
  const person = holder?.person && call.directory.person(call.company.company, holder.person)
  if (!leg || !person) return
  const waiting = speakers(talk).find((party) => party.leg !== holder.leg)
  let pickedUp = false
  scope.spawn('pickup', async (picking) => {
    const pickup = await deps.pickups.taker(talk.company, [person.id], picking)
    pickedUp = true
    await recallTo(call, table, pickup, picking, deps)
  })
  const end = await ringBells(
    { ...call, leg },
    {
      bells: person.devices.map(({ name }) => ({ kind: 'device', device: name })),
      seconds: recallSeconds,
      name: `r${String(talk.held.recallAt ?? 0)}`,
      shown: { name: waiting?.name, number: waiting?.number ?? '' },
      prefix: callerPrefix(call.tongue.language),
      headers: { 'Alert-Info': alertInfo },
      onMade: () => Promise.resolve(),
      stopped: () => (pickedUp ? 'answeredElsewhere' : 'noAnswer'),
      onAnswered: (answered) => {
        tell(table, { kind: 'recalled', leg: answered.id })
      },
    },
    () => Promise.resolve(),
    scope,
    deps,
  )
  const recallAfter = holdTime(call.company, person)
  if ('noLuck' in end && recallAfter !== undefined) tell(table, { kind: 'recallFailed', recallAfter })
}

/** A colleague answers the recall, and takes the place of whoever held. */
async function recallTo(call: Call, table: Table, pickup: Pickup, scope: Scope, deps: Deps): Promise<void> {
  const { leg } = pickup
  try {
    await scope.of(
      deps.exchange.pbx.note(leg.id, { ...notesOf(call), role: 'called', phase: '', pickup: 'held' }),
    )
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
    return
  }
  await scope.of(deps.calls.takeOver(leg, call.id))
  tell(table, recalledTo(call, leg))
}

function recalledTo(call: Call, leg: Leg): Extract<TalkEvent, { kind: 'recalled' }> {
  const { device, caller } = leg.info
  const person = device === undefined ? undefined : call.directory.device(device)?.person
  const as = { person: person?.id, name: person?.name, number: person?.extension ?? caller.number }
  return { kind: 'recalled', leg: leg.id, as }
}

/**
 * What an earlier run had begun of a recall that a colleague answered, or had not finished of one that is over: the leg that held the
 * call is of no use any more.
 */
export async function finishRecall(call: Call, talk: Talk, scope: Scope, deps: Deps): Promise<Talk> {
  if (talk.invitation) return talk
  const { exchange, clock } = deps
  const others = exchange.legs.filter(
    (leg) => leg.story === call.id && !leg.ended && leg.info.earOf === undefined && !partyOf(talk, leg.id),
  )
  const colleague = others.find((leg) => leg.state === 'up' && leg.info.notes['pickup'] === 'held')
  if (talk.held && colleague) {
    const decided = decide(talk, recalledTo(call, colleague), talkRules(call.company), clock.now())
    if ('talk' in decided) return finishRecall(call, decided.talk, scope, deps)
  }
  if (!talk.held) for (const leg of others) await scope.of(exchange.release(leg, call.id))
  return talk
}
