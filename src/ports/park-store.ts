import type { CallId, CompanyId, DeviceName, Extension, Instant, LegId, PersonId } from '../domain/ids.js'

/**
 * A call on a park place. The record outlives the process; the sound is with the exchange, in the place's room.
 *
 *     parked --deadline--> recalling (rings the parker) --nobody--> alternate (rings somebody else) --nobody--> parked again
 *        \-------fetched by a phone, in any phase--------> fetching --joined--> (gone)
 */
export interface ParkedCall {
  readonly v: 1
  readonly company: CompanyId
  /** The extension on which it is parked; one call each (P-04). */
  readonly place: Extension
  readonly call: CallId
  /** P-20: the call whose place this one took over. */
  readonly before?: CallId | undefined
  readonly leg: LegId
  readonly phase: 'parked' | 'recalling' | 'alternate'
  /** Who parked it, and from which phone. */
  readonly parkedBy: PersonId
  readonly parkedFrom?: DeviceName | undefined
  readonly group?: string | undefined
  /** The parked party as phones show it. */
  readonly party: { readonly name?: string | undefined; readonly number: string }
  readonly since: Instant
  /** When the present phase ends. */
  readonly deadline: Instant
  /** P-18: when waiting ends in any case. */
  readonly ceiling: Instant
  /** How often it has come back already (P-09). */
  readonly round: number
  /** P-09: in this round the parker was busy once already. */
  readonly parkerBusy?: boolean | undefined
  /** Whom the present phase rings: the parker, or a target word. */
  readonly ringing?: string | undefined
  /** A phone is fetching it; the claim lapses by itself (M-10). */
  readonly fetching?: { readonly leg: LegId; readonly until: Instant } | undefined
}

/** Atomic per company. Rejects like the other stores. */
export interface ParkStore {
  /** Takes the place, or tells that a call is parked there. The same call on the same place again is `claimed`. */
  claim(record: ParkedCall): Promise<'claimed' | 'occupied'>
  /**
   * P-28: takes the first free place of `places`, looking from the one after the last used of the group; `record.place` is ignored.
   * Gives the place; the same call again gets the place it has. `order`: the places of all members, if `places` leaves out
   * some (absent, unregistered), so that the turn goes on from the last used even when that one is left out now.
   */
  claimInGroup(
    group: string,
    places: readonly Extension[],
    record: ParkedCall,
    order?: readonly Extension[],
  ): Promise<Extension | 'full'>
  /**
   * Writes phase, deadline, round, leg, keeping a claim to fetch. `gone`: neither this call nor the one it took the place over from
   * (`before`, P-20) is on this place.
   */
  update(record: ParkedCall): Promise<'updated' | 'gone'>
  /** P-12: of several who fetch one wins. The claim lapses after `claim` milliseconds if it is neither freed nor given back. */
  fetch(
    company: CompanyId,
    place: Extension,
    leg: LegId,
    now: Instant,
    claim: number,
  ): Promise<{ readonly won: ParkedCall } | 'nothing' | 'taken'>
  /** P-17: the claim of this leg ends, the place stays as it was. */
  giveBack(company: CompanyId, place: Extension, leg: LegId): Promise<void>
  /** Frees the place if this call is on it. */
  free(company: CompanyId, place: Extension, call: CallId): Promise<void>
  read(company: CompanyId, place: Extension): Promise<ParkedCall | undefined>
  list(company: CompanyId): Promise<readonly ParkedCall[]>
}
