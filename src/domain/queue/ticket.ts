import type { CallId, CompanyId, E164, Instant, LegId } from '../ids.js'

/** The caller has hung up, keeps the place, and is called back. */
export interface Callback {
  readonly number: E164
  readonly name?: string | undefined
  /** When the caller left the line. */
  readonly askedAt: Instant
  /** Nobody is called before. */
  readonly dueAt: Instant
  /** How often the customer was called and did not answer. */
  readonly tries: number
}

/** A caller who waits in a queue. Outlives the process, in the store and on the caller's leg (M-06). */
export interface Ticket {
  readonly v: 1
  readonly company: CompanyId
  readonly queue: string
  readonly call: CallId
  readonly leg: LegId
  /** When the caller came to the first queue; kept when the call goes on to another. */
  readonly arrivedAt: Instant
  /** When the caller came to this queue. */
  readonly enteredAt: Instant
  /** */
  readonly vip: boolean
  /** The place in this queue when the caller came. */
  readonly firstPosition: number
  /** The best place ever said. */
  readonly saidPosition?: number | undefined
  /** When the caller was last told how it stands, and when that was said to its end. */
  readonly saidAt?: Instant | undefined
  readonly saidUntil?: Instant | undefined
  /** Put before all others of this queue by hand, then; of several the latest is the next. */
  readonly aheadSince?: Instant | undefined
  /** Queues the call has been in, this one included. */
  readonly been: readonly string[]
  readonly callback?: Callback | undefined
  /** The callback whose place the caller took by calling in again. */
  readonly joined?: CallId | undefined
}

/** the caller goes on to another queue, as one who came when they came. */
export const movedTo = (ticket: Ticket, queue: string, firstPosition: number, now: Instant): Ticket => {
  const { saidAt: _at, saidUntil: _until, aheadSince: _ahead, ...kept } = ticket
  return { ...kept, queue, enteredAt: now, firstPosition, been: [...ticket.been, queue] }
}
