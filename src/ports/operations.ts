import type { CompanyId, DeviceName, Extension, Instant, PersonId } from '../domain/ids.js'
import type { ParkRefusal, ParkWish } from '../domain/parking/places.js'
import type { TalkRefusal } from '../domain/talk/decided.js'
import type { Role } from '../domain/talk/talk.js'
import type { TalkState, TalkVerb } from '../domain/talk/verbs.js'
import type { HoursOperations } from './hours-operations.js'
import type { QueueOperations } from './queue-operations.js'

/** A parked call as people look at it. */
export interface ParkedPlace {
  readonly place: Extension
  readonly state: 'parked' | 'recalling' | 'alternate'
  readonly party: { readonly name?: string | undefined; readonly number: string }
  readonly parkedBy: PersonId
  readonly group?: string | undefined
  readonly since: Instant
  /** When the present state ends: of a parked call, when it comes back. */
  readonly until: Instant
}

/** Whose call is to be parked: the latest held one of this phone or person, or if none is held the one they talk in. */
export type ParkFrom =
  | { readonly kind: 'device'; readonly device: DeviceName }
  | { readonly kind: 'person'; readonly person: PersonId }

export type NotParked =
  | ParkRefusal
  | 'occupied'
  /** The phone or person has no call (P-02). */
  | 'nothingToPark'
  /** P-24 */
  | 'threeParty'
  /** The caller hung up meanwhile. */
  | 'ended'
  | 'noSuchDevice'
  | 'noSuchPerson'

export type NotFetched =
  /** No call is parked there. */
  | 'nothing'
  /** P-12: another phone has it already. */
  | 'taken'
  /** P-16 */
  | 'ended'
  /** P-22 */
  | 'notAllowed'
  /** The phone is not registered, or nobody answered it; the call is parked as before (P-17). */
  | 'notReachable'
  | 'noSuchDevice'

/**
 * What programs and the console may do with parked calls (P-02 d). Devices and people of another company count as unknown.
 * Rejects with `StoreUnavailable` when the store is away.
 */
export interface ParkOperations {
  /** Longest parked first. */
  list(company: CompanyId): Promise<readonly ParkedPlace[]>
  park(
    company: CompanyId,
    from: ParkFrom,
    wish: ParkWish,
  ): Promise<{ readonly parkedOn: Extension } | { readonly refused: NotParked }>
  /** Rings the phone (with automatic answer where it can) and gives it the call; resolves when that has begun or was refused. */
  fetch(
    company: CompanyId,
    place: Extension,
    device: DeviceName,
  ): Promise<'fetching' | { readonly refused: NotFetched }>
  /** Tells whenever something changed that `list` shows; the returned function ends it. */
  watch(company: CompanyId, changed: () => void): () => void
}

/** A talk as people look at it. */
export interface HeldTalk {
  /** One for the whole conversation (I-18). */
  readonly conversation: string
  readonly state: TalkState
  readonly parties: readonly {
    readonly role: Role
    readonly person?: PersonId | undefined
    readonly name?: string | undefined
    readonly number: string
    /** Hears music. */
    readonly aside: boolean
  }[]
  /** Whom somebody is calling into it. */
  readonly calling?:
    | { readonly as: 'invited' | 'coach'; readonly name?: string | undefined; readonly number: string }
    | undefined
}

export type NotTalked =
  | TalkRefusal
  /** The phone or person is in no talk. */
  | 'noTalk'
  /** I-04, I-05, C-01: the words say why. */
  | 'cannotInvite'
  | 'noSuchDevice'
  | 'noSuchPerson'

/** What programs may do in a talk, on behalf of whoever is in it; the same as by key. */
export interface TalkOperations {
  talks(company: CompanyId): readonly HeldTalk[]
  /** Tells whenever something changed that `talks` shows; the returned function ends it. */
  watchTalks(company: CompanyId, changed: () => void): () => void
  act(
    company: CompanyId,
    from: ParkFrom,
    verb: TalkVerb,
  ): Promise<'done' | { readonly refused: NotTalked; readonly words?: string | undefined }>
}

/** Everything that may be seen and done from outside. */
export type Operations = ParkOperations & TalkOperations & QueueOperations & HoursOperations
