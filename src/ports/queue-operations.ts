import type { AgentState } from '../domain/queue/agent-state.js'
import type { QueueStatistics } from '../domain/queue/statistics.js'
import type { CalendarDate } from '../domain/time/calendar.js'
import type { AgentId, CallId, CompanyId, Instant, PersonId } from '../domain/ids.js'

/** A queue as people look at it. */
export interface SeenQueue {
  readonly id: string
  readonly name: string
  /** What agents key to log in. */
  readonly number: string
  /** `draining`: closed, while callers who came before are still answered (O-06). */
  readonly state: 'open' | 'draining' | 'closed'
  readonly waiting: number
  /** Since when the one waits who has waited longest. */
  readonly longestSince?: Instant | undefined
  /** How many of those who answer for it are doing what. */
  readonly agents: Readonly<Record<AgentState, number>>
}

/** Somebody who waits in a queue. */
export interface SeenCaller {
  readonly call: CallId
  readonly queue: string
  /** 1 is the next. */
  readonly position: number
  /** To the first queue; kept when the call goes on to another. */
  readonly arrivedAt: Instant
  readonly enteredAt: Instant
  /** When the caller has waited longest and goes on elsewhere. */
  readonly until: Instant
  readonly vip: boolean
  readonly number?: string | undefined
  readonly name?: string | undefined
  /** Has hung up and is to be called back. */
  readonly callback?: true | undefined
  /** Whose phones ring for the caller. */
  readonly ringing: readonly AgentId[]
}

/** Somebody who answers for queues. */
export interface SeenAgent {
  /** Their id as a person, or the number of a telephone outside. */
  readonly agent: AgentId
  readonly name: string
  readonly state: AgentState
  /** When the state ends by itself. */
  readonly until?: Instant | undefined
  /** Since when, by what a pause. */
  readonly paused?: { readonly since: Instant; readonly why: 'code' | 'noAnswers' } | undefined
  readonly queues: readonly { readonly queue: string; readonly loggedIn: boolean; readonly calls: number }[]
}

/** What an agent does, by code or by a program. */
export type AgentVerb =
  | { readonly kind: 'login' | 'logout'; readonly queue: string }
  | { readonly kind: 'pause' | 'resume' | 'extendWrapUp' | 'endWrapUp' }

export type NotAsAgent =
  | 'noSuchQueue'
  | 'noSuchPerson'
  /** The person does not answer for this queue, or for none. */
  | 'notMember'
  /** There is no time after a call to end or to extend; it is extended once. */
  | 'noWrapUp'

export type NotMoved =
  | 'noSuchQueue'
  /** Has hung up, talks by now, or went on elsewhere. */
  | 'notWaiting'
  /** In that queue. */
  | 'alreadyThere'
  | 'queueClosed'
  | 'queueFull'
  | 'nobodyLoggedIn'

/** Which days of a queue; today if left out. Instead of the queue's own `serviceSeconds` an answer may count as good within others. */
export interface StatisticsWish {
  readonly from?: CalendarDate | undefined
  readonly to?: CalendarDate | undefined
  readonly withinSeconds?: number | undefined
}

export type NotCounted = 'noSuchQueue' | 'badRange'

/** What programs may see of the queues and do with their agents. A queue or person of another company counts as unknown. */
export interface QueueOperations {
  /** In the order of the company file. */
  queues(company: CompanyId): readonly SeenQueue[]
  /** First to be served first; undefined: there is no such queue. */
  callers(company: CompanyId, queue: string): readonly SeenCaller[] | undefined
  agents(company: CompanyId): readonly SeenAgent[]
  /** While the store is away the change holds in this process (M-05). */
  asAgent(
    company: CompanyId,
    person: PersonId,
    verb: AgentVerb,
  ): Promise<'done' | { readonly refused: NotAsAgent }>
  /**
   * Lets somebody who waits go on waiting in another queue, as one who came when they came. `moving`: unless somebody answers
   * in this very moment.
   */
  moveCaller(
    company: CompanyId,
    queue: string,
    call: CallId,
    to: string,
  ): 'moving' | { readonly refused: NotMoved }
  /** Somebody who waits is the next in the queue. */
  putFirst(company: CompanyId, queue: string, call: CallId): SeenCaller | { readonly refused: NotMoved }
  /** Rejects with `StoreUnavailable`. */
  statistics(
    company: CompanyId,
    queue: string,
    wish: StatisticsWish,
  ): Promise<QueueStatistics | { readonly refused: NotCounted }>
  /** Tells whenever something may have changed that is shown here, within a second; the returned function ends it. */
  watchQueues(company: CompanyId, changed: () => void): () => void
}
