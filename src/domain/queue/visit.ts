import type { AgentId, CallId, CompanyId, Instant, Milliseconds } from '../ids.js'
import type { Ticket } from './ticket.js'

/** Why a caller leaves a queue without having talked to anybody. */
export type QueueLeave = 'closed' | 'full' | 'nobodyLoggedIn' | 'maxWait' | 'removed' | 'key' | 'moved'

/** How a callback that kept its place ended. */
export const callbackResults = ['talked', 'calledAgain', 'noAnswer', 'refused', 'removed'] as const
export type CallbackResult = (typeof callbackResults)[number]

/** How a visit to a queue ended. */
export type VisitEnd =
  /** The agent is not known if nobody was there to see how their talk ended. */
  | { readonly how: 'answered'; readonly agent?: AgentId | undefined }
  /** The caller hung up, at this place. */
  | { readonly how: 'abandoned'; readonly position: number }
  /** The caller had waited, and went on elsewhere. */
  | { readonly how: 'overflowed'; readonly why: QueueLeave; readonly to: string }
  /** The caller was not let in (Q-14, O-01). */
  | { readonly how: 'turnedAway'; readonly why: QueueLeave; readonly to: string }
  | { readonly how: 'callback'; readonly result: CallbackResult }

/** One call in one queue, written once, at its end. It names nobody but the agent. */
export interface QueueVisit {
  readonly v: 1
  readonly company: CompanyId
  readonly queue: string
  readonly call: CallId
  readonly vip: boolean
  /** When the call came to its first queue. */
  readonly arrivedAt: Instant
  /** When it came to this one; the day to which the visit belongs. */
  readonly enteredAt: Instant
  /** When the caller no longer waited on the line. */
  readonly leftAt: Instant
  /** When the ticket ended: later, if the caller was to be called back. */
  readonly endedAt: Instant
  readonly end: VisitEnd
}

/** The visit of a ticket that ends now; the caller left the line at `leftAt`. */
export const visitOf = (
  { company, queue, call, vip, arrivedAt, enteredAt }: Ticket,
  end: VisitEnd,
  leftAt: Instant,
  now: Instant = leftAt,
): QueueVisit => ({ v: 1, company, queue, call, vip, arrivedAt, enteredAt, leftAt, endedAt: now, end })

/** A visit has one name however often it is written: a writer that died may have written it already. */
export const visitId = ({ call, enteredAt }: QueueVisit): string => `${call}/${String(enteredAt)}`

/** How long the caller waited, since coming to the first queue. */
export const waitedFor = ({ arrivedAt, leftAt }: QueueVisit): Milliseconds => leftAt - arrivedAt
