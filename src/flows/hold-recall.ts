import { alertInfo, callerPrefix } from '../domain/parking/returning.js'
import { holdTime } from '../domain/talk/settings.js'
import { partyOf, speakers } from '../domain/talk/talk.js'
import type { Scope } from '../runtime/scope.js'
import { ringBells } from './bells.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { recalledTo, takeIn } from './take-in.js'
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
    // A colleague answers, and takes the place of whoever held.
    if (await takeIn(call, pickup, 'held', picking, deps)) tell(table, recalledTo(pickup.leg, deps))
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
