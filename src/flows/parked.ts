import type { CallId, Milliseconds, RoomId } from '../domain/ids.js'
import { afterWait, nextComfort, type ParkOutcome, type ParkStep } from '../domain/parking/recall.js'
import { parkSettings, type ParkSettings } from '../domain/parking/settings.js'
import { say } from '../domain/speech/tongue.js'
import { NoSuchThing, WrongState } from '../ports/pbx.js'
import type { ParkedCall } from '../ports/park-store.js'
import { RecordUnreadable, StoreUnavailable } from '../ports/stores.js'
import { allOf } from '../runtime/all-of.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { endClaim, type Claim } from './claim-parked.js'
import type { Leg } from './exchange.js'
import { comeFor } from './fetch-parked.js'
import { joinAtOnce, showEachOther } from './join.js'
import { leadOn } from './park-lead-on.js'
import { notesOf, type Phase } from './phase.js'
import { returnTo, situationOf } from './park-return.js'
import { refuse, speak } from './speak.js'
import { keepUnlessAway } from './store-away.js'
import { parkLamp } from './park-lamps.js'
import { talk } from './talk.js'
import { openTalkRoom, talkRoom } from './talk-room.js'

/** However long a call may be parked: so often the exchange is told that we are there. */
const signOfLife = (settings: ParkSettings): Milliseconds => settings.backupSeconds * 500

export const parkRoom = ({ company, place }: ParkedCall): RoomId => `park-${company}-${place}` as RoomId

/** What a phase of waiting came to. */
type Turn =
  | { readonly kind: 'answered'; readonly claim: Claim }
  | { readonly kind: 'wait'; readonly record: ParkedCall }
  | Extract<ParkStep, { kind: 'leave' }>

/**
 * A parked call, from the moment it is in its place until it is fetched, answered on its return, led on, or ends (P-04 to P-20).
 *
 *     waiting --deadline--> returning to the parker --nobody--> to somebody else --nobody--> waiting again, at most so many rounds
 *         \------------------------- fetched or answered -----------------------> talk
 *
 * The place is freed however this ends. The caller keeps the music while phones ring (P-11).
 */
export async function parked(call: Call, first: ParkedCall, scope: Scope, deps: Deps): Promise<void> {
  const { pbx } = deps.exchange
  const settings = parkSettings(call.company, first.group)
  scope.defer(() => freePlace(first, deps))
  deps.parks.open(first)
  scope.defer(() => pbx.closeRoom(talkRoom(call)))
  // The room of the talk to come is opened now: to open it only when somebody comes would be silence.
  await scope.of(allOf([putInPlace(call.leg, first, settings, deps), openTalkRoom(call, deps)]))
  await scope.of(deps.lamps.set(parkLamp(first), 'busy'))

  for (let record = first; ;) {
    const end = await scope.race({
      fetched: async (waiting): Promise<Turn> => ({
        kind: 'answered',
        claim: await deps.parks.visitor(first, waiting),
      }),
      turn: (turn) => takeTurn(call, record, settings, turn, deps),
    })
    const turn = end.value
    switch (turn.kind) {
      case 'answered':
        if (await join(call, record, turn.claim, settings, scope, deps)) return
        await scope.of(putInPlace(call.leg, record, settings, deps))
        break
      case 'wait':
        record = turn.record
        break
      case 'leave':
        await freePlace(first, deps)
        await scope.of(allOf([pbx.limit(call.leg.id, 0), pbx.closeRoom(talkRoom(call))]))
        return leadOn(call, record, turn.to, scope, deps)
      default:
        turn satisfies never
    }
  }
}

/**
 * The place is free for others, unless another call has taken it over by then (P-20). Twice does no harm. While the store is away its
 * record stays; `payOwed` frees it afterwards.
 */
export async function freePlace(record: ParkedCall, deps: Deps): Promise<void> {
  if (!deps.parks.close(record)) return
  deps.parks.owe(record)
  await keepUnlessAway(payOwed(record, deps))
  await deps.exchange.pbx.closeRoom(parkRoom(record))
  await deps.lamps.set(parkLamp(record), 'off')
  deps.parks.changed(record.company)
}

/** Frees the record of a call that is not on its place any more. Rejects with `StoreUnavailable`, and is to be tried again then. */
export async function payOwed(record: ParkedCall, deps: Deps): Promise<void> {
  const { company, place, call, before } = record
  const { parking } = deps.stores
  try {
    await parking.free(company, place, call)
    if (before !== undefined) await parking.free(company, place, before)
  } catch (error) {
    if (!(error instanceof RecordUnreadable)) throw error
  }
  deps.parks.paid(record)
}

/**
 * How many seconds from now the exchange waits before it takes the caller to the reception by itself. Each step of a parked call, and
 * at the latest each sign of life, puts it off: it passes only when we are dead.
 */
export function backupSeconds(record: ParkedCall, settings: ParkSettings, now: number): number {
  const left = Math.max(0, record.deadline - now)
  const planned = record.phase === 'parked' ? Math.min(left, signOfLife(settings)) : left
  return Math.ceil(planned / 1000) + settings.backupSeconds
}

/** P-05: the company's music, in the room of the place. A leg that is there already is not touched: its music goes on without a gap. */
export async function putInPlace(
  leg: Leg,
  record: ParkedCall,
  { music }: ParkSettings,
  deps: Deps,
): Promise<void> {
  const { pbx } = deps.exchange
  const room = parkRoom(record)
  if (leg.room === room) return
  await allOf([
    pbx.openRoom(room, 'holding', { company: record.company, call: record.call, place: record.place }),
    pbx.enter(room, [leg.id], { music }),
  ])
}

/** One phase: wait for the deadline or ring somebody; then the rules say what follows. */
async function takeTurn(
  call: Call,
  record: ParkedCall,
  settings: ParkSettings,
  scope: Scope,
  deps: Deps,
): Promise<Turn> {
  const outcome = await outcomeOf(call, record, settings, scope, deps)
  if (typeof outcome !== 'string') return { kind: 'answered', claim: outcome.answered }
  const now = deps.clock.now()
  const step = afterWait(record, outcome, situationOf(call, record, deps), settings, now)
  if (step.kind === 'leave') return step
  const next: ParkedCall = { ...record, ...step.record, ringing: step.kind === 'ring' ? step.who : undefined }
  await scope.of(keepRecord(call, next, settings, deps))
  return { kind: 'wait', record: next }
}

/** The store may be away: the call goes on by what is known here (M-05). */
async function keepRecord(call: Call, record: ParkedCall, settings: ParkSettings, deps: Deps): Promise<void> {
  try {
    await deps.stores.parking.update(record)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    deps.log.warn('the state of a parked call was not kept', { call: call.id })
  }
  await deps.exchange.pbx.limit(call.leg.id, backupSeconds(record, settings, deps.clock.now()))
  deps.parks.update(record)
}

async function outcomeOf(
  call: Call,
  record: ParkedCall,
  settings: ParkSettings,
  scope: Scope,
  deps: Deps,
): Promise<ParkOutcome | { readonly answered: Claim }> {
  if (record.phase === 'parked') {
    await waitWithComfort(call, record, settings, scope, deps)
    return 'waited'
  }
  return returnTo(call, record, scope, deps)
}

/** P-19: now and then the caller hears that they are not forgotten; and the exchange, that we are there. */
async function waitWithComfort(
  call: Call,
  record: ParkedCall,
  settings: ParkSettings,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  for (;;) {
    const now = deps.clock.now()
    const comfort = nextComfort(record, settings, now) ?? record.deadline
    const next = Math.min(comfort, now + signOfLife(settings))
    await scope.until(next)
    if (next >= record.deadline) return
    await scope.of(deps.exchange.pbx.limit(call.leg.id, backupSeconds(record, settings, next)))
    if (next === comfort) await speak(call, say(call.tongue, 'park/comfort'), scope, deps)
  }
}

/** P-27, P-17: both phones show the other; a phone that has gone meanwhile leaves the call where it was. */
async function join(
  call: Call,
  record: ParkedCall,
  { leg, stands }: Claim,
  settings: ParkSettings,
  scope: Scope,
  deps: Deps,
): Promise<boolean> {
  const apart = (): void => {
    if (!leg.ended && leg.story === call.id) comeAgain(leg, record, deps)
  }
  try {
    if (leg.ended) throw new NoSuchThing('the phone has hung up')
    await joinAtOnce(call, leg, apart, scope, deps)
    // Only now: each moment waited for is silence, and the work of the store would stand in the way of the exchange's.
    if ((await scope.of(stands())) === 'taken') {
      await takeApart(call, record, leg, settings, scope, deps)
      return false
    }
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
    apart()
    if (leg.ended) await endClaim(record, leg, deps)
    return false
  }
  await freePlace(record, deps)
  await scope.of(deps.exchange.pbx.limit(call.leg.id, 0))
  await showEachOther(call, leg, scope, deps)
  await talk(call, leg, scope, deps)
  return true
}

/** P-16, P-20: whoever came to fetch a call that ended at this very moment hears so, or gets whoever is parked in its place. */
function comeAgain(leg: Leg, record: ParkedCall, deps: Deps): void {
  const call = deps.calls.callFor(leg, `${leg.id}-e` as CallId)
  if (call?.company.company !== record.company) return
  // Not `moveTo`: the story it is part of is the one that ends here, and would wait for itself.
  deps.calls.tell(call, async (scope) => {
    const ended = await comeFor(call, record, scope, deps)
    await deps.exchange.answer(scope, leg)
    await refuse(call, ended, scope, deps)
  })
}

/**
 * P-12: somebody of whom this process knows nothing had the call first, as the store says. The caller is back in place, and whoever
 * came hears that it was fetched. All is noted before anybody is moved: a later run joins the two again and asks the store, or finds a
 * parked call and a phone that calls.
 */
async function takeApart(
  call: Call,
  record: ParkedCall,
  leg: Leg,
  settings: ParkSettings,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { pbx } = deps.exchange
  const late = deps.calls.callFor(leg, `${leg.id}-e` as CallId)
  const phase: Phase = { at: 'parked', record }
  if (late) await scope.of(pbx.note(leg.id, { ...notesOf(late), role: 'caller', phase: '' }))
  await scope.of(pbx.note(call.leg.id, { ...notesOf(call), role: 'caller', phase: JSON.stringify(phase) }))
  await scope.of(putInPlace(call.leg, record, settings, deps))
  await scope.of(pbx.leave(talkRoom(call), [leg.id]))
  if (late) deps.calls.tell(late, (own) => refuse(late, say(late.tongue, 'park/already-fetched'), own, deps))
}
