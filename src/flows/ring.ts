import type { DeviceName, LegId, RoomId } from '../domain/ids.js'
import {
  CannotReach,
  NoSuchThing,
  WrongState,
  type HangUpReason,
  type LegEnd,
  type NewLeg,
  type Party,
} from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import { nameOf, numberOf, type Call, type Deps } from './call.js'
import type { Leg } from './exchange.js'
import { zoneOf } from './speak.js'
import { talkRoom } from './talk.js'

/** G-09: the exchange ends a leg after its ringing time; if it does not, we do. */
const overdueSeconds = 5

/** One thing that may ring. */
export type Bell =
  | { readonly kind: 'device'; readonly device: DeviceName }
  | { readonly kind: 'trunk'; readonly trunk: DeviceName; readonly number: string; readonly shown: Party }

export interface Ringing {
  readonly bells: readonly Bell[]
  readonly seconds: number
  /** An earlier run of the process dialled already: what still rings is adopted, nothing is dialled anew. */
  readonly dialled?: boolean | undefined
  /** Told when all legs are made and none is dialled yet, so that a later run knows that a leg that is missing has rung. */
  readonly onMade: () => Promise<void>
  /** Told at the very moment at which somebody answers. */
  readonly onAnswered?: (() => void) | undefined
}

/** Why nobody answered. A call that was rejected by hand counts as busy. */
export type NoLuck = 'busy' | 'noAnswer' | 'notReachable'
export type RingEnd = { readonly answered: Leg } | { readonly noLuck: NoLuck }

/** Which leg of a fork answered first; the others then are told so. */
interface Fork {
  winner: LegId | undefined
  /** Bells whose leg is still being made. */
  unmade: number
  readonly allMade: Promise<void>
  readonly nowAllMade: () => void
}

function newFork(bells: number): Fork {
  let nowAllMade = (): void => undefined
  const allMade = new Promise<void>((resolve) => (nowAllMade = resolve))
  return { winner: undefined, unmade: bells, allMade, nowAllMade }
}

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
  const fork = newFork(ringing.bells.length)

  const end = await scope.run('ring', async (ringScope) => {
    ringScope.defer(() => (fork.winner === undefined ? pbx.closeRoom(room) : undefined))
    await ringScope.of(
      pbx.openRoom(room, 'talk', { company: call.company.company, call: call.id, caller: call.leg.id }),
    )
    if (early) await ringScope.of(pbx.enter(room, [call.leg.id]))
    else if (!ringing.dialled || !isAnswered(ringing.bells, call, deps))
      await soundRinging(call, ringScope, deps)
    return firstAnswer(ringing.bells, ringScope, (bell, one) =>
      ringBell(call, bell, ringing, early, fork, one, deps),
    )
  })

  if ('answered' in end) {
    const { answered } = end
    callScope.defer(() => pbx.closeRoom(room))
    callScope.defer(() => deps.exchange.release(answered, call.id))
    await deps.exchange.answer(scope, call.leg)
    await enterUnlessGone(room, [call.leg.id, answered.id], scope, deps)
  } else call.leg.digits.clear() // what was keyed while it rang was not meant for what is asked next
  return end
}

/** The first bell that is answered; when none is, what tells most about the person. */
async function firstAnswer(
  bells: readonly Bell[],
  scope: Scope,
  ringBell: (bell: Bell, scope: Scope) => Promise<RingEnd>,
): Promise<RingEnd> {
  const failed: NoLuck[] = []
  const racers = bells.map((bell, index) => [
    String(index),
    async (one: Scope): Promise<RingEnd> => {
      const end = await ringBell(bell, one)
      if ('answered' in end) return end
      failed.push(end.noLuck)
      return failed.length === bells.length ? { noLuck: summary(failed) } : one.forever()
    },
  ])
  if (racers.length === 0) return { noLuck: 'notReachable' }
  const first = await scope.race(
    Object.fromEntries(racers) as Record<string, (one: Scope) => Promise<RingEnd>>,
  )
  return first.value
}

/** one phone that says busy makes the person busy; somebody whose phone rang was reachable. */
function summary(failed: readonly NoLuck[]): NoLuck {
  if (failed.includes('busy')) return 'busy'
  return failed.includes('noAnswer') ? 'noAnswer' : 'notReachable'
}

async function ringBell(
  call: Call,
  bell: Bell,
  ringing: Ringing,
  early: boolean,
  fork: Fork,
  scope: Scope,
  deps: Deps,
): Promise<RingEnd> {
  const { exchange } = deps
  const newLeg = legFor(call, bell)
  if (ringing.dialled && !exchange.leg(newLeg.id)) return { noLuck: 'noAnswer' }
  const leg = await createUnlessAway(call, newLeg, fork, scope, deps)
  fork.unmade -= 1
  if (fork.unmade === 0) fork.nowAllMade()
  if (!leg) return { noLuck: 'notReachable' }
  if (!ringing.dialled) {
    await scope.of(fork.allMade)
    await scope.of(ringing.onMade())
  }
  if (early) await enterUnlessGone(talkRoom(call), [call.leg.id, leg.id], scope, deps)
  if (!(await dialOnce(call, leg, ringing.seconds, scope, deps))) return { noLuck: 'notReachable' }

  const end = await scope.within((ringing.seconds + overdueSeconds) * 1000, (waiting) =>
    exchange.watch(waiting, leg, (now) => now.ended ?? (now.state === 'up' ? 'up' : undefined)),
  )
  if (end !== 'up') return { noLuck: noLuckOf(end ?? 'noAnswer') }
  if (fork.winner === undefined) {
    fork.winner = leg.id
    ringing.onAnswered?.()
  }
  return { answered: leg }
}

/** A leg that hangs up at this very moment cannot enter any more: its end is told, and is the end of the ringing or the talk. */
async function enterUnlessGone(
  room: RoomId,
  legs: readonly LegId[],
  scope: Scope,
  deps: Deps,
): Promise<void> {
  try {
    await scope.of(deps.exchange.pbx.enter(room, legs))
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
  }
}

/** One of the phones was answered while an earlier run of the process, or none, was there. */
function isAnswered(bells: readonly Bell[], call: Call, deps: Deps): boolean {
  return bells.some((bell) => deps.exchange.leg(legFor(call, bell).id)?.state === 'up')
}

async function createUnlessAway(
  call: Call,
  newLeg: NewLeg,
  fork: Fork,
  scope: Scope,
  deps: Deps,
): Promise<Leg | undefined> {
  const reason = (): HangUpReason | undefined => {
    if (fork.winner === undefined) return 'noAnswer'
    return fork.winner === newLeg.id ? undefined : 'answeredElsewhere'
  }
  try {
    const leg = await deps.exchange.create(scope, newLeg, reason)
    deps.exchange.assign(leg, call.id)
    return leg
  } catch (error) {
    if (error instanceof CannotReach) return undefined
    throw error
  }
}

/** False when the phone went away between the making of the leg and its dialling. */
async function dialOnce(call: Call, leg: Leg, seconds: number, scope: Scope, deps: Deps): Promise<boolean> {
  if (leg.ended) return false
  try {
    await scope.of(deps.exchange.pbx.dial(leg.id, { caller: call.leg.id, ringSeconds: seconds }))
    return true
  } catch (error) {
    if (error instanceof WrongState) return true // dialled by an earlier run of the process
    if (error instanceof CannotReach || error instanceof NoSuchThing) return false
    throw error
  }
}

function legFor(call: Call, bell: Bell): NewLeg {
  const notes = { company: call.company.company, call: call.id, role: 'called' }
  if (bell.kind === 'device') {
    const id = `${call.id}-${bell.device}` as LegId
    return {
      id,
      to: bell,
      caller: { name: nameOf(call.origin), number: numberOf(call.origin) },
      notes,
      originator: call.leg.id,
    }
  }
  const id = `${call.id}-out` as LegId
  return {
    id,
    to: { kind: 'trunk', trunk: bell.trunk, number: bell.number },
    caller: bell.shown,
    notes,
    originator: call.leg.id,
  }
}

function noLuckOf(end: LegEnd): NoLuck {
  switch (end) {
    case 'busy':
    case 'rejected':
      return 'busy'
    case 'notReachable':
    case 'failed':
      return 'notReachable'
    case 'normal':
    case 'noAnswer':
    case 'answeredElsewhere':
      return 'noAnswer'
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
