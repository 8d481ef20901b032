import { z } from 'zod'
import type { AgentId, CompanyId, Instant } from '../ids.js'
import type { Queue } from './settings.js'

/** Somebody who answers for queues, as the store keeps it. What follows from the telephones is not in it. */
export interface AgentRecord {
  readonly v: 1
  readonly company: CompanyId
  readonly agent: AgentId
  /** Grows with every change. */
  readonly version: number
  readonly queues: readonly QueueLogin[]
  readonly paused?: { readonly since: Instant; readonly why: 'code' | 'noAnswers' } | undefined
  /** not rung until then. */
  readonly restUntil?: Instant | undefined
  /** */
  readonly wrapUp?:
    { readonly until: Instant; readonly extended: boolean; readonly seconds: number } | undefined
  /** in a row. */
  readonly noAnswers: number
  /** When the last call ended, of whatever kind. */
  readonly lastEnd?: Instant | undefined
}

/** One queue somebody has logged in to or out of. */
export interface QueueLogin {
  readonly queue: string
  readonly in: boolean
  readonly since: Instant
  /** Answered since. */
  readonly calls: number
}

export const newAgent = (company: CompanyId, agent: AgentId): AgentRecord => ({
  v: 1,
  company,
  agent,
  version: 0,
  queues: [],
  noAnswers: 0,
})

const loginOf = (record: AgentRecord, queue: Queue): QueueLogin =>
  record.queues.find((login) => login.queue === queue.id) ?? {
    queue: queue.id,
    in: queue.login === 'always' || queue.external.some(({ number }) => (number as string) === record.agent),
    since: 0,
    calls: 0,
  }

export const isLoggedIn = (record: AgentRecord, queue: Queue): boolean => loginOf(record, queue).in

const withLogin = (record: AgentRecord, login: QueueLogin): AgentRecord => ({
  ...record,
  queues: [...record.queues.filter(({ queue }) => queue !== login.queue), login],
})

/** Q-20; the calls are counted from here on. Somebody who is logged in already stays as they are. */
export const loggedIn = (record: AgentRecord, queue: Queue, now: Instant): AgentRecord =>
  isLoggedIn(record, queue) ? record : withLogin(record, { queue: queue.id, in: true, since: now, calls: 0 })

export const loggedOut = (record: AgentRecord, queue: Queue, now: Instant): AgentRecord =>
  isLoggedIn(record, queue) ? withLogin(record, { queue: queue.id, in: false, since: now, calls: 0 }) : record

export const paused = (record: AgentRecord, why: 'code' | 'noAnswers', now: Instant): AgentRecord => ({
  ...record,
  paused: record.paused ?? { since: now, why },
})

/** Whoever ends their pause wants calls now: nothing else holds them back either. */
export function resumed(record: AgentRecord, now: Instant): AgentRecord {
  const { paused: was, restUntil: _rest, ...kept } = record
  return endedWrapUp({ ...kept, noAnswers: 0, ...(was ? { lastEnd: latest(record.lastEnd, now) } : {}) }, now)
}

/** has answered a caller of the queue. */
export function answered(record: AgentRecord, queue: Queue): AgentRecord {
  const { restUntil: _rest, ...kept } = record
  const login = loginOf(record, queue)
  return withLogin({ ...kept, noAnswers: 0 }, { ...login, calls: login.calls + 1 })
}

/** the talk with a caller of the queue is over. */
export const talkOver = (record: AgentRecord, queue: Queue, now: Instant): AgentRecord => ({
  ...record,
  lastEnd: now,
  ...(queue.wrapUpSeconds === 0
    ? {}
    : {
        wrapUp: {
          until: now + queue.wrapUpSeconds * 1000,
          extended: false,
          seconds: queue.wrapUpSeconds,
        },
      }),
})

/** another call of theirs has ended. */
export const callOver = (record: AgentRecord, now: Instant): AgentRecord => ({ ...record, lastEnd: now })

export function endedWrapUp(record: AgentRecord, now: Instant): AgentRecord {
  if (record.wrapUp === undefined) return record
  const { wrapUp, ...kept } = record
  return { ...kept, lastEnd: latest(record.lastEnd, Math.min(wrapUp.until, now)) }
}

/** once, by as long again. Undefined: there is none, or it was extended before. */
export const extendedWrapUp = (record: AgentRecord, now: Instant): AgentRecord | undefined =>
  record.wrapUp === undefined || record.wrapUp.until <= now || record.wrapUp.extended
    ? undefined
    : {
        ...record,
        wrapUp: {
          ...record.wrapUp,
          until: record.wrapUp.until + record.wrapUp.seconds * 1000,
          extended: true,
        },
      }

const keptSchema = z.object({
  queues: z.array(
    z.object({ queue: z.string(), in: z.boolean(), since: z.number(), calls: z.number().optional() }),
  ),
  paused: z.object({ since: z.number(), why: z.enum(['code', 'noAnswers']) }).optional(),
})

/**
 * What people have said of themselves, to be kept beside the store: nothing else could tell it again (M-06). Their calls too, for
 * queues that go by them.
 */
export const toKeep = (
  { queues, paused: pause }: AgentRecord,
  goesByCalls: (queue: string) => boolean,
): string =>
  queues.length === 0 && !pause
    ? ''
    : JSON.stringify({
        queues: queues.map(({ queue, in: isIn, since, calls }) => ({
          queue,
          in: isIn,
          since,
          calls: goesByCalls(queue) ? calls : undefined,
        })),
        paused: pause,
      })

/** The record that `toKeep` was made of. Undefined for what cannot be read. */
export function fromKept(text: string, company: CompanyId, agent: AgentId): AgentRecord | undefined {
  if (text === '') return undefined
  try {
    const { queues, paused: pause } = keptSchema.parse(JSON.parse(text))
    const logins = queues.map((login) => ({ ...login, calls: login.calls ?? 0 }))
    return { ...newAgent(company, agent), queues: logins, ...(pause ? { paused: pause } : {}) }
  } catch {
    return undefined
  }
}

/** How ringing an agent ended without a talk. */
export type Refusal = 'rejected' | 'noAnswer' | 'busy'

/** how long they are left in peace, and the pause after too many calls nobody answered. */
export function refused(record: AgentRecord, how: Refusal, queue: Queue, now: Instant): AgentRecord {
  const rest = { ...record, restUntil: now + restSeconds(how, queue) * 1000 }
  if (how !== 'noAnswer') return rest
  const noAnswers = record.noAnswers + 1
  const counted = { ...rest, noAnswers }
  return queue.noAnswers > 0 && noAnswers >= queue.noAnswers ? paused(counted, 'noAnswers', now) : counted
}

function restSeconds(how: Refusal, queue: Queue): number {
  switch (how) {
    case 'rejected':
      return queue.rejectSeconds
    case 'noAnswer':
      return queue.noAnswerSeconds
    case 'busy':
      return queue.busySeconds
    default:
      return how satisfies never
  }
}

/** When the agent may next be rung, as far as the record says; undefined: not before they do something themselves. */
export function readyAt(record: AgentRecord): Instant | undefined {
  if (record.paused) return undefined
  return Math.max(record.restUntil ?? 0, record.wrapUp?.until ?? 0)
}

/** since when the agent has been free for this queue, if they are free now. */
export const freeSince = (record: AgentRecord, queue: Queue, absenceEnded: Instant): Instant =>
  Math.max(loginOf(record, queue).since, record.wrapUp?.until ?? 0, record.lastEnd ?? 0, absenceEnded)

export const callsOf = (record: AgentRecord, queue: Queue): number => loginOf(record, queue).calls

const latest = (one: Instant | undefined, other: Instant): Instant => Math.max(one ?? 0, other)
