import type { ParkWhere } from '../domain/parking/places.js'
import { firstDeadlines } from '../domain/parking/recall.js'
import { parkSettings } from '../domain/parking/settings.js'
import type { Person } from '../domain/directory/company.js'
import type { CallId, DeviceName, Extension, PersonId } from '../domain/ids.js'
import { digits } from '../domain/speech/digits.js'
import type { Sentence } from '../domain/speech/phrase.js'
import { say, type Tongue } from '../domain/speech/tongue.js'
import { inRole } from '../domain/talk/talk.js'
import { NoSuchThing } from '../ports/pbx.js'
import type { ParkedCall } from '../ports/park-store.js'
import { allOf } from '../runtime/all-of.js'
import type { Scope } from '../runtime/scope.js'
import { nameOf, numberOf, type Call, type Deps } from './call.js'
import type { Leg } from './exchange.js'
import { pageGroup } from './page-group.js'
import { backupSeconds, parked, putInPlace } from './parked.js'
import { notesOf, type Phase } from './phase.js'
import { accept } from './speak.js'
import type { CodeEnd } from './take-code.js'
import { unlessGone } from './unless-gone.js'

/** Who parks, and from which phone. */
export interface Parker {
  readonly person: PersonId
  /** Names this one wish to park, so that carrying it out again after a crash is the same parking. */
  readonly wish: string
  readonly device?: DeviceName | undefined
}

export type ParkEnd =
  { readonly parkedOn: Extension } | { readonly refused: 'occupied' | 'groupFull' | 'ended' }

/**
 * `*68…#` after hold (P-02 a): parks the party of the parker's latest held call. The parker hears where and is free at once
 * (P-05); refused, the caller stays with the parker (P-03).
 */
export async function parkHeld(
  call: Call,
  parker: Person,
  where: ParkWhere,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  const earlier = await scope.of(parkedBefore(call, deps))
  if (earlier !== undefined) return confirm(call, earlier, scope, deps)
  const held = heldParty(call, deps)
  if (held === 'nobody') return { refused: say(call.tongue, 'park/nothing-to-park') }
  if (held === 'several') return { refused: say(call.tongue, 'park/three-party') }
  const device = call.origin.kind === 'phone' ? call.origin.device.name : undefined
  const end = await scope.of(parkLeg(held, where, { person: parker.id, wish: call.id, device }, deps))
  if ('refused' in end) return { refused: whyNotParked(call.tongue, end.refused, where) }
  return confirm(call, end.parkedOn, scope, deps)
}

/** P-05 */
async function confirm(call: Call, place: Extension, scope: Scope, deps: Deps): Promise<CodeEnd> {
  await accept(
    call,
    say(call.tongue, 'park/parked-on', { extension: digits(call.tongue, place) }),
    scope,
    deps,
  )
  return 'done'
}

/** An earlier run of the process has carried out this very wish and could not say so any more. */
async function parkedBefore(call: Call, deps: Deps): Promise<Extension | undefined> {
  const records = await deps.stores.parking.list(call.company.company)
  return records.find((record) => record.call.endsWith(`-park-${call.id}`))?.place
}

/** What is said of a place that was free to be tried (P-03). */
export function whyNotParked(
  tongue: Tongue,
  why: 'occupied' | 'groupFull' | 'ended',
  where: ParkWhere,
): Sentence {
  if (why === 'ended') return say(tongue, 'park/ended')
  return where.kind === 'group'
    ? say(tongue, 'park/group-full')
    : say(tongue, 'park/occupied', { extension: digits(tongue, where.place) })
}

/** The other party of the latest held call of this phone; a phone that calls out has put its other call on hold. */
function heldParty(call: Call, deps: Deps): Leg | 'nobody' | 'several' {
  return partyOf((leg) => leg.id !== call.leg.id && leg.info.device === call.leg.info.device, deps)
}

/** The other party of the latest held of these legs, or of the talk one of them is in. */
export function partyOf(mine: (leg: Leg) => boolean, deps: Deps): Leg | 'nobody' | 'several' {
  const talking = deps.exchange.legs
    .filter((leg) => mine(leg) && leg.here && leg.state === 'up')
    .sort((a, b) => (b.heldOrder ?? 0) - (a.heldOrder ?? 0))
  for (const leg of talking) {
    const [party, ...more] = deps.calls.partnersOf(leg)
    if (more.length > 0) return 'several'
    if (party) return party
  }
  return 'nobody'
}

/**
 * Parks a leg that so far was in a talk. Intent (the claim of the place), act (the leg goes into the place's room), result (its
 * own story). From the claim on it is carried through whatever the parker does, so that nobody is lost between two stories.
 */
export async function parkLeg(leg: Leg, where: ParkWhere, parker: Parker, deps: Deps): Promise<ParkEnd> {
  const call = deps.calls.callFor(leg, `${leg.id}-park-${parker.wish}` as CallId)
  if (!call) return { refused: 'ended' }
  const record = await claim(newRecord(call, where, parker, deps), where, deps)
  if (typeof record === 'string') return { refused: record }
  await dropCoach(leg, deps)
  try {
    await putAside(call, record, deps)
  } catch (error) {
    if (!(error instanceof NoSuchThing)) throw error
    await deps.stores.parking.free(record.company, record.place, call.id)
    return { refused: 'ended' }
  }
  await deps.calls.moveTo(call, (scope) => tellParked(call, record, scope, deps))
  return { parkedOn: record.place }
}

/** The story of a call that has been put on its place. */
export function tellParked(call: Call, record: ParkedCall, scope: Scope, deps: Deps): Promise<void> {
  scope.spawn('page', (paging) => pageGroup(call, record, paging, deps))
  // The story that the leg was part of may have noted its own last word after ours.
  scope.beside(unlessGone(noteParked(call, record, deps)))
  return parked(call, record, scope, deps)
}

/** Asked for in one go, and carried out in this order: whoever dies in between leaves a leg that says where it is to be, and its limit. */
export async function putAside(call: Call, record: ParkedCall, deps: Deps): Promise<void> {
  const { pbx } = deps.exchange
  const settings = parkSettings(call.company, record.group)
  await allOf([
    noteParked(call, record, deps),
    pbx.limit(call.leg.id, backupSeconds(record, settings, record.since)),
    putInPlace(call.leg, record, settings, deps),
  ])
}

function noteParked(call: Call, record: ParkedCall, { exchange }: Deps): Promise<void> {
  const phase: Phase = { at: 'parked', record }
  return exchange.pbx.note(call.leg.id, { ...notesOf(call), role: 'caller', phase: JSON.stringify(phase) })
}

/** P-25: a coach hears that it is over before the call is parked. */
export async function dropCoach(leg: Leg, deps: Deps): Promise<void> {
  const table = leg.story === undefined ? undefined : deps.talks.ofCall(leg.story)
  const coach = table && inRole(table.talk, 'coach')
  if (table && coach) await deps.talks.ask(table, { kind: 'remove', by: coach.leg })
}

/** The record of a call that is parked now; of a group the place is not chosen yet. */
export function newRecord(
  call: Call,
  where: ParkWhere,
  parker: Omit<Parker, 'wish'>,
  deps: Deps,
): ParkedCall {
  const now = deps.clock.now()
  const group = where.kind === 'group' ? where.group : undefined
  return {
    v: 1,
    company: call.company.company,
    place: where.kind === 'place' ? where.place : ('' as Extension),
    call: call.id,
    leg: call.leg.id,
    phase: 'parked',
    parkedBy: parker.person,
    parkedFrom: parker.device,
    group,
    party: { name: nameOf(call.origin), number: numberOf(call.origin) },
    since: now,
    ...firstDeadlines(parkSettings(call.company, group), now),
    round: 0,
  }
}

async function claim(
  record: ParkedCall,
  where: ParkWhere,
  { stores: { parking } }: Deps,
): Promise<ParkedCall | 'occupied' | 'groupFull'> {
  if (where.kind === 'place') return (await parking.claim(record)) === 'claimed' ? record : 'occupied'
  const place = await parking.claimInGroup(where.group, where.places, record, where.order)
  return place === 'full' ? 'groupFull' : { ...record, place }
}
