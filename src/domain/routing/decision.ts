import type { TargetWord } from '../directory/company.js'
import type { DeviceName, Digit, E164, Instant, PersonId, ShortNumber, Zone } from '../ids.js'
import type { Shown } from '../numbers/shown.js'
import type { Ticket } from '../queue/ticket.js'
import type { QueueLeave } from '../queue/visit.js'
import type { CurrentAbsence } from './question.js'

/** What became of a call so far. It travels inside the decisions, so that a chain of them always ends. */
export interface Journey {
  /** The person first asked for: theirs is the mailbox at the very end. */
  readonly dialled?: PersonId | undefined
  /** People the call was at, in order. Nobody is tried twice. */
  readonly visited: readonly PersonId[]
  /** People of whom the caller has heard why they cannot be reached. */
  readonly announced: readonly PersonId[]
  /** Counted against G-05. */
  readonly diversions: number
  readonly receptionTried: boolean
  /** When the call reached the exchange: it belongs to the hours of then, however long it is in menus (O-05). */
  readonly arrivedAt?: Instant | undefined
  /** How many menus the caller has heard; counted, so that walking in circles ends. */
  readonly menus?: number | undefined
}

/** Why a call to somebody goes on elsewhere. */
export type Cause = 'absent' | 'busy' | 'noAnswer' | 'notReachable' | 'doNotDisturb'

/** What is said before the menu. */
export type Says =
  ({ readonly because: 'absent' } & CurrentAbsence) | { readonly because: Exclude<Cause, 'absent'> }

/** What a caller can choose after the sentence (H-34); only what exists is true or set. */
export interface Menu {
  readonly message: boolean
  readonly callback: boolean
  /** Substitute or other number; the word is where key 3 leads. */
  readonly other?: TargetWord | undefined
  readonly reception: boolean
  /** The absence ended while it was spoken: offer to ring the person (H-20). */
  readonly connect: boolean
}

export type RejectReason =
  | 'greyOutgoing'
  | 'greyIncoming'
  | 'tooManyDiversions'
  | 'nothingDialled'
  | 'noSuchExtension'
  | 'notANumber'
  | 'noOutsideLine'
  | 'busy'
  | 'noAnswer'
  | 'notReachable'
  /** The company file says `reject`. */
  | 'refused'
  /** The company file says so outside its hours. */
  | 'closed'
  /** Something of ours is broken. */
  | 'failure'

export interface Ring {
  readonly to: 'ring'
  readonly person: PersonId
  /** Rung together; the others are told "answered elsewhere". */
  readonly devices: readonly DeviceName[]
  /** G-04 */
  readonly seconds: number
  /** Why it rings although something may stand against it. */
  readonly as: 'free' | 'vip' | 'insisted' | 'stillRing' | 'offered'
  /** The person is absent all the same: said if nobody answers. */
  readonly absent?: CurrentAbsence | undefined
  /** Where it goes on, fixed when it began to ring. */
  readonly targets: Readonly<Record<'busy' | 'noAnswer' | 'notReachable', TargetWord>>
  readonly journey: Journey
}

export interface RingReception {
  readonly to: 'reception'
  /** Rung together; the first who answers has the call. Never empty. */
  readonly phones: readonly { readonly person: PersonId; readonly device: DeviceName }[]
  readonly seconds: number
  readonly journey: Journey
}

export interface Announce {
  readonly to: 'announce'
  readonly person: PersonId
  readonly says: Says
  readonly menu: Menu
  /** Where it goes when no key comes; never `announcement`. */
  readonly otherwise: TargetWord
  readonly journey: Journey
}

/** The caller hears a menu and chooses by key. */
export interface AskMenu {
  readonly to: 'menu'
  readonly menu: string
  readonly journey: Journey
}

/** Where a call goes now. Plain data: it can be stored and read again. */
export type Decision =
  | Ring
  | RingReception
  | Announce
  | AskMenu
  | {
      readonly to: 'voicemail'
      readonly person: PersonId
      /** The message is for this queue, whose mailbox the person has. */
      readonly queue?: string | undefined
      /** The caller is told first that it is closed (O-17). */
      readonly closed?: boolean | undefined
      readonly journey: Journey
    }
  | { readonly to: 'callback'; readonly person: PersonId; readonly journey: Journey }
  /** The caller is asked for a number and keeps the place in the queue. `why`: how they came to that. */
  | {
      readonly to: 'queueCallback'
      readonly ticket: Ticket
      readonly why: QueueLeave
      readonly journey: Journey
    }
  | { readonly to: 'queue'; readonly queue: string; readonly journey: Journey }
  | ({
      readonly to: 'external'
      readonly number: E164 | ShortNumber
      readonly shown: E164
      /** Of the person who dials it, or to whom the call was before it was diverted there. */
      readonly person?: PersonId | undefined
      readonly diverted: boolean
      readonly journey: Journey
    } & Pick<Shown, 'alarm'>)
  | { readonly to: 'emergency'; readonly number: string; readonly shown: E164 }
  | { readonly to: 'feature'; readonly code: string }
  /** H-15: asks for the PIN, then takes absence codes. */
  | { readonly to: 'service' }
  /** TN-1: reject tone, the reason in words, hang-up. */
  | { readonly to: 'reject'; readonly why: RejectReason }

/** How a decision came out when it was carried out. An answered call has no next decision. */
export type Outcome =
  /** Every phone said 486. */
  | 'busy'
  | 'noAnswer'
  /** No phone could be reached. */
  | 'notReachable'
  /** Declined by key; goes where busy goes. */
  | 'rejected'
  /** Could not be carried out at all. */
  | 'failed'
  /** Keys of the menu (H-34) */
  | 'message'
  | 'callback'
  | 'other'
  | 'reception'
  | 'connect'
  | 'noKey'
  /** Two wrong keys. */
  | 'wrongKeys'
  /** A key of a menu of the company */
  | `key ${Digit}`

/** One step of thinking; the same shape as the trace store keeps. */
export interface TraceStep {
  readonly at: Instant
  readonly zone: Zone
  readonly rule: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly result: string
}

/** What somebody has to look at: the call went on, but not as intended. */
export type Alarm = 'evaluationError' | 'shownNumberNotOwned' | 'unknownCalledNumber' | 'badTarget'

export interface Routed {
  readonly decision: Decision
  readonly trace: readonly TraceStep[]
  readonly alarms: readonly Alarm[]
}
