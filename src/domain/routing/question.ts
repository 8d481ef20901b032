import type { Absence, Reason } from '../absence/absence.js'
import type { Company } from '../directory/company.js'
import type { Directory } from '../directory/directory.js'
import type { CallId, DeviceName, E164, Instant, PersonId } from '../ids.js'

/** Who calls. What comes in through a trunk may reach people and the service number, never the outside (no way through). */
export type Caller =
  | { readonly kind: 'phone'; readonly person: PersonId; readonly device?: DeviceName | undefined }
  | {
      readonly kind: 'trunk'
      /** Absent: withheld or unreadable. */
      readonly number?: E164 | undefined
      /** Numbers that already diverted this call, from Diversion or History-Info (RFC 5806, RFC 7044). */
      readonly divertedBy?: readonly E164[] | undefined
    }

/** The absence that holds now, as `absenceAt` found it, with its row of the table of reasons. */
export interface CurrentAbsence {
  readonly absence: Absence
  readonly reason: Reason
}

/** How it is with one person at `Question.now`. */
export interface Situation {
  readonly absent?: CurrentAbsence | undefined
  /** In a call through the exchange, on any device. */
  readonly busy: boolean
  /** Left out: what the company file says. */
  readonly doNotDisturb?: boolean | undefined
  /** `none`: no phone of theirs is registered. `unknown` is tried like `some`. */
  readonly phones: 'some' | 'none' | 'unknown'
}

/** Everything a decision may look at. Nothing else is looked at, so the same question always has the same answer. */
export interface Question {
  readonly call: CallId
  readonly now: Instant
  readonly company: Company
  readonly directory: Directory
  readonly caller: Caller
  /** SIP user part or keyed digits, as they came. */
  readonly dialled: string
  /** Must answer at once and the same for the same person; may throw, which is an evaluation error. */
  readonly situationOf: (person: PersonId) => Situation
  /** When the call reached the exchange, if that was before `now` (O-05). */
  readonly arrivedAt?: Instant | undefined
  /**
   * Whether a call that arrived then finds these hours open now, and what decided (O-04, O-05). Undefined: there are no such hours.
   * May throw, which is an evaluation error.
   */
  readonly opens?:
    | ((
        hours: string,
        arrivedAt: Instant,
      ) => { readonly open: boolean; readonly because: string } | undefined)
    | undefined
  /** The second press of H-39: ring although absent. Honoured for reception people and for those who may set the person's absence. */
  readonly insists?: boolean | undefined
  /** Number chosen to be shown for this call, and that of the queue the caller answers for (O-10). */
  readonly chosenNumber?: E164 | undefined
  readonly queueNumber?: E164 | undefined
}
