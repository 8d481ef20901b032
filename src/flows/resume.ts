import type { CallId, LegId, RoomId } from '../domain/ids.js'
import type { LegInfo, RoomInfo, Snapshot } from '../ports/pbx.js'
import { partyOf, readTalk, type Talk } from '../domain/talk/talk.js'
import type { Deps } from './call.js'
import { takeUpCallbacks } from './call-back.js'
import { freeOrphans } from './park-orphans.js'
import { keepWhatWasLeft } from './keep-message.js'
import type { Leg } from './exchange.js'
import { goesAlong, phaseOf } from './phase.js'
import { forgetTickets } from './queue-orphans.js'
import { expectParked } from './resume-parked.js'
import { finishTransfers } from './resume-transfers.js'
import { carryOutUntold } from './untold-transfers.js'
import { recorderEar } from './record-call.js'
import { asRoomsSay } from './rooms-say.js'
import type { Switchboard } from './switchboard.js'
import { asideRoom, callOfTalkRoom, talkRoom } from './talk-room.js'
import { coachEar } from './whisper.js'

/** What has to be done so that every leg has a story and every room a purpose (M-03). */
export type Repair =
  | { readonly kind: 'goOn'; readonly leg: LegInfo }
  /** Three, a coach, somebody on hold or ringing: what an earlier run noted of the talk says it all (I-19). */
  | { readonly kind: 'talk'; readonly talk: Talk; readonly legs: readonly LegInfo[] }
  /** A leg dialled for a caller who is gone. */
  | { readonly kind: 'release'; readonly leg: LegId }
  | { readonly kind: 'close'; readonly room: RoomId }

/** Compares what the exchange holds with the stories that run. Pure; no event is assumed to have arrived. */
function repairs(snapshot: Snapshot, isRunning: (leg: LegId) => boolean): readonly Repair[] {
  const talks = talksIn(snapshot).filter(({ legs }) => !legs.some((leg) => isRunning(leg.id)))
  const held = new Set(talks.flatMap(({ legs }) => legs.map(({ id }) => id)))
  const people = snapshot.legs.filter((leg) => leg.earOf === undefined && !held.has(leg.id))
  const callers = people.filter((leg) => leg.notes['role'] !== 'called')
  const calls = new Set([
    ...callers.map((leg) => leg.notes['call'] ?? leg.id),
    ...talks.map(({ talk }) => talk.call as string),
    ...snapshot.legs.filter((leg) => isRunning(leg.id)).map((leg) => leg.notes['call'] ?? leg.id),
  ])
  /** Legs with which somebody is to talk, whatever stands on them. */
  const expected = new Set(
    callers.map((leg) => phaseOf(leg.notes)).flatMap((phase) => (phase?.at === 'talk' ? [phase.with] : [])),
  )
  const isExpected = (leg: LegInfo): boolean => expected.has(leg.id) && goesAlong(leg)
  const left = [
    ...people.filter(
      (leg) => leg.notes['role'] === 'called' && !calls.has(leg.notes['call'] ?? '') && !expected.has(leg.id),
    ),
    // What an earlier run was whispering.
    ...snapshot.legs.filter((leg) => isEarToShut(leg, held) && !isRunning(leg.id)),
  ].map((leg) => leg.id)
  /** Its call goes on elsewhere, or not at all: whoever is still in it has a story of their own. */
  const isDeserted = (room: RoomInfo): boolean => {
    const call = callOfTalkRoom(room)
    return !calls.has(call ?? '') && (call !== undefined || room.legs.every((leg) => left.includes(leg)))
  }
  const parkedOn = placesParkedOn(snapshot)
  /** A park place from which the call has gone; whoever waits there, or is to, may have it from an earlier call (P-20). */
  const isLeftOver = (room: RoomInfo): boolean =>
    isAside(room)
      ? !calls.has(room.notes['call'] ?? '')
      : room.legs.every((leg) => left.includes(leg)) &&
        !parkedOn.has(placeKey(room.notes['company'], room.notes['place']))
  return [
    ...talks.map((talk): Repair => ({ kind: 'talk', ...talk })),
    ...callers
      .filter((leg) => leg.pair === undefined && !isRunning(leg.id) && !isExpected(leg))
      .map((leg): Repair => ({ kind: 'goOn', leg })),
    ...left.map((leg): Repair => ({ kind: 'release', leg })),
    ...snapshot.rooms
      .filter((room) => (room.kind === 'holding' ? isLeftOver(room) : isDeserted(room)))
      .map((room): Repair => ({ kind: 'close', room: room.id })),
  ]
}

const placeKey = (company: string | undefined, place: string | undefined): string =>
  `${company ?? ''} ${place ?? ''}`

/** The places on which legs are noted as parked. */
const placesParkedOn = ({ legs }: Snapshot): ReadonlySet<string> =>
  new Set(
    legs.flatMap(({ notes }) => {
      const phase = phaseOf(notes)
      return phase?.at === 'parked' ? [placeKey(phase.record.company, phase.record.place)] : []
    }),
  )

/** The talks of which something is noted, each with those of its legs that are there and were not taken elsewhere since. */
function talksIn({
  legs,
  rooms,
}: Snapshot): readonly { readonly talk: Talk; readonly legs: readonly LegInfo[] }[] {
  return rooms.flatMap((room) => {
    const talk = readTalk(room.notes['talk'])
    if (!talk || room.id !== talkRoom({ id: talk.call })) return []
    const own = legs.filter(
      (leg) => leg.earOf === undefined && (leg.notes['call'] ?? (leg.id as string)) === talk.call,
    )
    return own.some((leg) => partyOf(talk, leg.id)) ? [{ talk, legs: own }] : []
  })
}

/** Belongs to a talk as long as that lasts, whoever sits there. */
const isAside = ({ id, notes }: RoomInfo): boolean =>
  id === asideRoom({ id: (notes['call'] ?? '') as CallId })

/** Only the ears of coaches and recordings are used further. */
const isEarToShut = ({ id, earOf }: LegInfo, held: ReadonlySet<LegId>): boolean =>
  earOf !== undefined && id !== recorderEar(earOf) && !(held.has(earOf) && id === coachEar(earOf))

/** Takes the exchange's own word for what is, of these legs; `lost`: those that have ended unheard. */
async function look(
  { exchange }: Deps,
  concerns: (leg: LegId) => boolean = () => true,
): Promise<{ readonly snapshot: Snapshot; readonly lost: readonly Leg[] }> {
  const known = exchange.legs
  const snapshot = asRoomsSay(await exchange.pbx.snapshot())
  const of = <Each extends { readonly id: LegId }>(legs: readonly Each[]): readonly Each[] =>
    legs.filter(({ id }) => concerns(id))
  return { snapshot, lost: exchange.reconcile(of(known), { ...snapshot, legs: of(snapshot.legs) }) }
}

/** At start and after every gap in the events: takes the exchange's own word for what is, and goes on from there. */
export async function resume(switchboard: Switchboard, deps: Deps): Promise<void> {
  const { exchange, log } = deps
  const first = await look(deps)
  // What is noted on legs, and where they are, has changed then. Stories that go on already, and the legs they made, are left to themselves.
  const before = new Set(first.snapshot.legs.map(({ id }) => id))
  const isIdle = (leg: LegId): boolean => before.has(leg) && !switchboard.isRunning(leg)
  const untold = await carryOutUntold(first.snapshot, deps)
  const finished = await finishTransfers(first.snapshot, deps)
  const again = untold || finished ? await look(deps, isIdle) : undefined
  const { snapshot } = again ?? first
  const lost = [...first.lost, ...(again?.lost ?? [])]
  await freeOrphans(snapshot, deps) // before their stories end and free the places without a word
  for (const leg of lost) switchboard.end(leg)
  await forgetTickets(snapshot, deps)
  expectParked(snapshot, deps)
  const plan = repairs(snapshot, (leg) => switchboard.isRunning(leg))
  for (const repair of plan) {
    switch (repair.kind) {
      case 'goOn':
        switchboard.begin(repair.leg, 'maybe')
        break
      case 'talk':
        switchboard.goOnTalking(repair.talk, repair.legs)
        break
      case 'release':
        await exchange.pbx.hangUp(repair.leg, 'normal')
        break
      case 'close':
        await exchange.pbx.closeRoom(repair.room)
        break
      default:
        repair satisfies never
    }
  }
  await takeUpCallbacks(deps)
  await keepWhatWasLeft(deps).catch((error: unknown) => {
    log.warn('messages that were being left could not be looked for', { error })
  })
  if (plan.length > 0) log.info('calls were taken up again', { repairs: plan.length })
}
