import type { DeviceName, LegId } from '../domain/ids.js'
import {
  CannotReach,
  NoSuchThing,
  WrongState,
  type HangUpReason,
  type LegEnd,
  type NewLeg,
  type Notes,
  type Party,
} from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import { nameOf, numberOf, type Deps, type Ringer } from './call.js'
import type { Leg } from './exchange.js'

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
  /** Told at the very moment at which somebody answers; from then on the leg is the caller's of this function to end. */
  readonly onAnswered?: ((leg: Leg) => void) | undefined
  /** SIP headers of the calls, for example a distinctive ring (TN-4). */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Put before the caller's name on the phones' displays (TN-4). */
  readonly prefix?: string | undefined
  /** Put on the legs besides what every dialled leg carries. */
  readonly notes?: Notes | undefined
  /** What phones are told that stop ringing although nobody of these has answered; `noAnswer` if left out. */
  readonly stopped?: (() => HangUpReason) | undefined
  /** Told how each phone's ringing ended without an answer, and whether it rang at all. */
  readonly onEnded?: ((end: LegEnd, rang: boolean) => void) | undefined
  /** Shown instead of the caller. */
  readonly shown?: Party | undefined
  /** Keeps the legs of this ringing apart from others of the same call to the same phone. */
  readonly name?: string | undefined
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
 * Rings phones together until one answers. The one who answered is kept; all others end here, told "answered elsewhere" when
 * somebody answered. `beforeDial`: what has to be done with each leg before it rings.
 */
export function ringBells(
  call: Ringer,
  ringing: Ringing,
  beforeDial: (leg: Leg, scope: Scope) => Promise<void>,
  scope: Scope,
  deps: Deps,
): Promise<RingEnd> {
  const fork = newFork(ringing.bells.length)
  return firstAnswer(ringing.bells, scope, (bell, one) =>
    ringBell(call, bell, ringing, beforeDial, fork, one, deps),
  )
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
  call: Ringer,
  bell: Bell,
  ringing: Ringing,
  beforeDial: (leg: Leg, scope: Scope) => Promise<void>,
  fork: Fork,
  scope: Scope,
  deps: Deps,
): Promise<RingEnd> {
  const { exchange } = deps
  const newLeg = legFor(call, bell, ringing)
  if (ringing.dialled && !exchange.leg(newLeg.id)) return { noLuck: 'noAnswer' }
  const leg = await createUnlessAway(call, newLeg, ringing, fork, scope, deps)
  fork.unmade -= 1
  if (fork.unmade === 0) fork.nowAllMade()
  if (!leg) return { noLuck: 'notReachable' }
  if (!ringing.dialled) {
    await scope.of(fork.allMade)
    await scope.of(ringing.onMade())
  }
  await beforeDial(leg, scope)
  if (!(await dialOnce(call, leg, ringing.seconds, scope, deps))) return { noLuck: 'notReachable' }

  let rang = false
  const end = await scope.within((ringing.seconds + overdueSeconds) * 1000, (waiting) =>
    exchange.watch(waiting, leg, (now) => {
      rang ||= now.state === 'ringing'
      return now.ended ?? (now.state === 'up' ? 'up' : undefined)
    }),
  )
  if (end !== 'up') {
    ringing.onEnded?.(end ?? 'noAnswer', rang)
    return { noLuck: noLuckOf(end ?? 'noAnswer') }
  }
  if (fork.winner === undefined) {
    fork.winner = leg.id
    ringing.onAnswered?.(leg)
  }
  return { answered: leg }
}

/** One of the phones was answered while an earlier run of the process, or none, was there. */
export function isAnswered(bells: readonly Bell[], call: Ringer, deps: Deps): boolean {
  return bells.some((bell) => deps.exchange.leg(legId(call, bell, undefined))?.state === 'up')
}

/** Ends whatever of these rings or was answered for the call, whoever began it. */
export async function endBells(
  bells: readonly Bell[],
  call: Ringer,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  for (const bell of bells) {
    const leg = deps.exchange.leg(legId(call, bell, undefined))
    const isOurs = leg?.story === undefined || leg.story === call.id
    if (leg && isOurs && !leg.ended) await scope.of(deps.exchange.pbx.hangUp(leg.id, 'noAnswer'))
  }
}

async function createUnlessAway(
  call: Ringer,
  newLeg: NewLeg,
  ringing: Ringing,
  fork: Fork,
  scope: Scope,
  deps: Deps,
): Promise<Leg | undefined> {
  const reason = (): HangUpReason | undefined => {
    const story = deps.exchange.leg(newLeg.id)?.story
    if (story !== undefined && story !== call.id) return undefined // transferred in the moment of the answer
    if (fork.winner === undefined) return ringing.stopped?.() ?? 'noAnswer'
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
async function dialOnce(call: Ringer, leg: Leg, seconds: number, scope: Scope, deps: Deps): Promise<boolean> {
  if (leg.ended) return false
  try {
    await scope.of(deps.exchange.pbx.dial(leg.id, { caller: call.leg?.id, ringSeconds: seconds }))
    return true
  } catch (error) {
    if (error instanceof WrongState) return true // dialled by an earlier run of the process
    if (error instanceof CannotReach || error instanceof NoSuchThing) return false
    throw error
  }
}

/** Derived from the call, so that a repeated dialling is refused instead of doubled. */
function legId(call: Ringer, bell: Bell, name: string | undefined): LegId {
  const which = bell.kind === 'device' ? bell.device : 'out'
  return (name === undefined ? `${call.id}-${which}` : `${call.id}-${name}-${which}`) as LegId
}

function legFor(
  call: Ringer,
  bell: Bell,
  { headers, prefix, notes, shown: instead, name: group }: Ringing,
): NewLeg {
  const { name, number } = instead ?? { name: nameOf(call.origin), number: numberOf(call.origin) }
  const shown = { name: prefix === undefined ? name : `${prefix} ${name ?? ''}`.trim(), number }
  return {
    id: legId(call, bell, group),
    to: bell.kind === 'device' ? bell : { kind: 'trunk', trunk: bell.trunk, number: bell.number },
    caller: bell.kind === 'device' ? shown : bell.shown,
    notes: { ...notes, company: call.company.company, call: call.id, role: 'called' },
    headers,
    originator: call.leg?.id,
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
