import type { RoomId } from '../domain/ids.js'
import { NoSuchThing, WrongState } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import { isAnswered, ringBells, type RingEnd, type Ringing } from './bells.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { zoneOf } from './speak.js'
import { keysKept, talkRoom } from './talk-room.js'

/**
 * Rings one or several phones until one answers, and puts the caller and that phone into the call's room.
 * The answered leg ends with `callScope`; all others end here, with "answered elsewhere" when somebody answered.
 *
 *     dialling --first answer--> answered (the other phones stop)
 *          \--every phone busy, silent or away--> no luck
 *
 * With one phone and an unanswered caller both are put in the room before the phone rings (early bridging): Asterisk then
 * passes ringing and answer on by itself, even while we are dead.
 */
export async function ring(
  call: Call,
  ringing: Ringing,
  callScope: Scope,
  scope: Scope,
  deps: Deps,
): Promise<RingEnd> {
  const { pbx } = deps.exchange
  const room = talkRoom(call)
  const early = ringing.bells.length === 1 && call.leg.state !== 'up'
  let answered = false

  const end = await scope.run('ring', async (ringScope) => {
    ringScope.defer(() => (answered ? undefined : pbx.closeRoom(room)))
    await ringScope.of(
      pbx.openRoom(room, 'talk', { company: call.company.company, call: call.id, caller: call.leg.id }),
    )
    let sounding: Promise<void> | undefined
    const sound = (): Promise<void> => (sounding ??= soundRinging(call, ringScope, deps))
    if (early) await ringScope.of(pbx.enter(room, [call.leg.id], keysKept([call.leg], deps)))
    else if (ringing.dialled && !isAnswered(ringing.bells, call, deps)) await sound()
    // What has to be noted on the caller's leg is noted first: while a tone plays to it, Asterisk sets nothing there.
    const onMade = async (): Promise<void> => {
      await ringing.onMade()
      if (!early) await sound()
    }
    const onAnswered = (other: Leg): void => {
      answered = true
      callScope.defer(() => pbx.closeRoom(room))
      callScope.defer(() => deps.exchange.release(other, call.id))
      ringing.onAnswered?.(other)
    }
    const beforeDial = (leg: Leg, one: Scope): Promise<void> =>
      early ? enterUnlessGone(room, [call.leg, leg], one, deps) : Promise.resolve()
    return ringBells(call, { ...ringing, onMade, onAnswered }, beforeDial, ringScope, deps)
  })

  if ('answered' in end) {
    const other = end.answered
    await deps.exchange.answer(scope, call.leg)
    await enterUnlessGone(room, [call.leg, other], scope, deps)
  } else call.leg.digits.clear() // what was keyed while it rang was not meant for what is asked next
  return end
}

/** A leg that hangs up at this very moment cannot enter any more: its end is told, and is the end of the ringing or the talk. */
async function enterUnlessGone(room: RoomId, legs: readonly Leg[], scope: Scope, deps: Deps): Promise<void> {
  try {
    const absent = legs.filter((leg) => leg.room !== room)
    await scope.of(
      deps.exchange.pbx.enter(
        room,
        absent.map(({ id }) => id),
        keysKept(absent, deps),
      ),
    )
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
  }
}

/** The caller hears that it rings: by the phone's own tone before the answer, by ours after it. */
async function soundRinging(call: Call, scope: Scope, deps: Deps): Promise<void> {
  if (call.leg.state !== 'up') {
    await scope.of(deps.exchange.pbx.indicateRinging(call.leg.id))
    return
  }
  scope.spawn('ring tone', (tone) =>
    deps.exchange.play(tone, call.leg, [{ kind: 'tone', tone: 'ring', zone: zoneOf(call) }]),
  )
}
