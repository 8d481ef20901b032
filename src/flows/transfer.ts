import type { CallId, LegId } from '../domain/ids.js'
import type { Person } from '../domain/directory/company.js'
import { queueNamed } from '../domain/queue/settings.js'
import type { ParkedCall } from '../ports/park-store.js'
import { NoSuchThing, type LegInfo, type PbxEvent } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { handOnPlace } from './hand-on-place.js'
import { joinTalk } from './join.js'
import { notesOf, type Phase } from './phase.js'
import { tellParked } from './park.js'
import { freePlace } from './parked.js'
import { takeSeat, type Seat } from './take-seat.js'
import { goOnTransferred, parkTransferred } from './transferred.js'

type Gone = PbxEvent & { readonly kind: 'gone' }

/** A talk in which an inner leg has taken the place of the leg whose phone transferred. */
interface LeftTalk {
  /** Who is left of the talk: whom the phone transferred. */
  readonly party: Leg
  readonly by: Person | undefined
}

/** What a phone has transferred, as far as it is known. */
export interface Transfer {
  /** The inner legs that the exchange made for it. */
  readonly halves: LegId[]
  readonly talks: LeftTalk[]
  /** Places in talks of three, of which an inner leg has taken one. */
  readonly seats: Seat[]
  /** A park place whose party transferred itself away (P-20); the record names the call that is to have it. */
  readonly places: ParkedCall[]
  /** A phone that has asked for the place of another by itself, and gets it or is ended. */
  newcomer?: Leg
  /** What the phone dialled, when it transferred blind (RFC 3515), or the number of the queue that it has asked. */
  dialled?: string | undefined
}

export const newTransfer = (): Transfer => ({ halves: [], talks: [], seats: [], places: [] })

/**
 * Transfers that phones make by themselves (REFER). Asterisk carries them out with a pair of inner legs: blind, one half takes the
 * transferring phone's place in the talk and the other half comes in as a new call; attended, each half takes the phone's place
 * in one of the two talks, or on a park place; or another phone, sent by the first, takes that place itself. We take the inner legs
 * away and let the people themselves go on (I-20, P-02, P-20).
 *
 * The transferring phone's own legs end meanwhile. That is told only when it is noted where everybody goes on: until then the talks
 * stand as they were, and a later run finds them so.
 */
export class Transfers {
  readonly #deps: Deps
  readonly #tell: (event: PbxEvent) => void
  readonly #known = new Map<string, Transfer>()
  /** Legs whose place was taken, by the pair that took it, with their end when it has come. */
  readonly #replaced = new Map<LegId, { readonly pair: string; end?: Gone }>()

  constructor(deps: Deps, tell: (event: PbxEvent) => void) {
    this.#deps = deps
    this.#tell = tell
  }

  /** An inner leg arrived. */
  take(info: LegInfo, pair: string, args: readonly string[], replaces: LegId | undefined): void {
    const transfer = this.#known.get(pair) ?? newTransfer()
    this.#known.set(pair, transfer)
    transfer.halves.push(info.id)
    if (args[0] === 'transfer') transfer.dialled = info.dialled
    const replaced = replaces === undefined ? undefined : this.#deps.exchange.leg(replaces)
    if (replaced) {
      this.#replaced.set(replaced.id, { pair })
      noteReplaced(transfer, replaced, this.#deps)
    }
    if (transfer.halves.length === 2) this.#carryOut(pair, transfer)
  }

  /**
   * A phone has asked for the place of another call, whose leg ends (INVITE with Replaces, RFC 3891): it is parked, or talks, in its
   * place (P-20). False: there it is with nobody, or in another company.
   */
  takePlace(newcomer: LegId, place: LegId): boolean {
    const { exchange, calls } = this.#deps
    const [leg, replaced] = [exchange.leg(newcomer), exchange.leg(place)]
    if (!leg || !replaced) return false
    const company = calls.callFor(leg, newcomer as string as CallId)?.company.company
    if (company === undefined || calls.storyOf(replaced)?.company.company !== company) return false
    const transfer = newTransfer()
    noteReplaced(transfer, replaced, this.#deps)
    if (transfer.places.length + transfer.seats.length + transfer.talks.length === 0) return false
    transfer.talks.push({ party: leg, by: undefined })
    transfer.newcomer = leg
    this.#replaced.set(replaced.id, { pair: newcomer })
    this.#carryOut(newcomer, transfer)
    return true
  }

  /** A leg has ended. True: it is to be told later. */
  holdsBack(end: Gone): boolean {
    const replaced = this.#replaced.get(end.leg)
    if (replaced) replaced.end = end
    // The only half of its pair that ever came: what it took the place of is over.
    for (const [pair, transfer] of this.#known)
      if (transfer.halves.includes(end.leg)) this.#carryOut(pair, transfer)
    return replaced !== undefined
  }

  #carryOut(pair: string, transfer: Transfer): void {
    this.#known.delete(pair)
    const tellEnds = (): void => {
      for (const [leg, replaced] of this.#replaced) {
        if (replaced.pair !== pair) continue
        this.#replaced.delete(leg)
        if (replaced.end) this.#tell(replaced.end)
      }
    }
    carryOut(transfer, tellEnds, this.#deps)
      .catch((error: unknown) => {
        this.#deps.log.error('a transfer could not be carried out', { error })
      })
      .finally(tellEnds)
  }
}

function noteReplaced(transfer: Transfer, replaced: Leg, deps: Deps): void {
  const place = deps.parks.passOn(replaced.id, nextCall(replaced.id, deps))
  if (place) {
    transfer.places.push(place)
    return
  }
  const [party, ...more] = deps.calls.partnersOf(replaced)
  if (more.length > 0) {
    const talk = replaced.story === undefined ? undefined : deps.talks.ofCall(replaced.story)?.talk
    if (talk) transfer.seats.push({ talk, leg: replaced.id })
    return
  }
  // Who asks a queue for the caller, and does not wait for an answer: the caller waits there instead.
  if (!party) transfer.dialled ??= waitsAt(replaced, deps)
  const { device } = replaced.info
  const by = device === undefined ? undefined : deps.directory().device(device)?.person
  if (party) transfer.talks.push({ party, by })
}

/** The number of the queue in which the leg waits. */
function waitsAt(leg: Leg, deps: Deps): string | undefined {
  const call = deps.calls.storyOf(leg)
  const queue = call && deps.queues.queueOf(call.company.company, call.id)
  return queue && queueNamed(call.company, queue)?.number
}

/** A new name for what becomes of a leg. */
export const nextCall = (leg: LegId, deps: Pick<Deps, 'clock'>): CallId =>
  `${leg}-t${String(deps.clock.now())}` as CallId

/** How those who are left go on: noted already, but not begun. */
interface GoesOn {
  readonly call: Call
  readonly story: (scope: Scope) => Promise<void>
  readonly place?: ParkedCall
}

/** Intent: it is noted where everybody goes on. Act: they leave their talks, whose other legs end (`tellEnds`), and go on there. */
export async function carryOut(transfer: Transfer, tellEnds: () => void, deps: Deps): Promise<void> {
  try {
    const goesOn = (await seat(transfer, deps)) ? undefined : await intend(transfer, deps)
    if (goesOn) {
      for (const { party } of transfer.talks) await deps.calls.takeOver(party, goesOn.call.id)
      tellEnds()
      await deps.calls.moveTo(goesOn.call, goesOn.story)
    }
    // Nobody came in its place: whoever was parked there has left, as if by hanging up.
    for (const record of transfer.places) if (record !== goesOn?.place) await freePlace(record, deps)
  } finally {
    // Nobody else ever ends them, and until they end Asterisk does not let go of the phone that transferred.
    for (const half of transfer.halves) await deps.exchange.pbx.hangUp(half, 'normal')
    const { newcomer } = transfer
    if (newcomer && newcomer.story === undefined) await deps.exchange.pbx.hangUp(newcomer.id, 'normal')
  }
}

/** Of a talk of three whoever transfers leaves: attended, to who was asked; blind, the two others go on with each other (I-07). */
async function seat({ talks: [asked, more], seats: [free] }: Transfer, deps: Deps): Promise<boolean> {
  return asked !== undefined && more === undefined && free !== undefined && takeSeat(free, asked.party, deps)
}

async function intend(
  { talks: [first, second], places: [place], dialled }: Transfer,
  deps: Deps,
): Promise<GoesOn | undefined> {
  if (!first) return undefined
  const id = place && !second ? place.call : nextCall(first.party.id, deps)
  const call = deps.calls.callFor(first.party, id)
  if (!call) return undefined
  try {
    if (second) return await joinParties(call, second.party, deps)
    if (place) return { call, place, story: await handOnPlace(call, place, deps) }
    const parked = first.by && dialled && (await parkTransferred(call, dialled, first.by, deps))
    if (parked) return { call, story: (scope) => tellParked(call, parked, scope, deps) }
    return await leadOn({ ...call, transferredBy: first.by }, dialled, deps)
  } catch (error) {
    if (error instanceof NoSuchThing) return undefined // whoever was left has hung up
    throw error
  }
}

/** Attended: the two who are left talk with each other. */
async function joinParties(call: Call, other: Leg, deps: Deps): Promise<GoesOn> {
  const { pbx } = deps.exchange
  const phase: Phase = { at: 'talk', with: other.id }
  // The other one first: once the call's own leg says that they talk, a later run believes it.
  await pbx.note(other.id, { ...notesOf(call), role: 'called', phase: '' })
  await pbx.note(call.leg.id, { ...notesOf(call), role: 'caller', phase: JSON.stringify(phase) })
  return { call, story: (scope) => joinTalk(call, other, scope, deps) }
}

/**
 * Blind: the party goes where the phone has dialled, as if its person had called there for it. Attended to where nobody is: it
 * comes back to that person.
 */
async function leadOn(call: Call, dialled: string | undefined, deps: Deps): Promise<GoesOn> {
  const by = call.transferredBy
  const to = dialled ?? by?.extension ?? call.company.main
  const phase: Phase = { at: 'transferred', dialled: to, by: by?.id }
  const notes = { ...notesOf(call), role: 'caller', phase: JSON.stringify(phase) }
  await deps.exchange.pbx.note(call.leg.id, notes)
  return { call, story: (scope) => goOnTransferred(call, to, scope, deps) }
}
