import type { Instant } from '../ids.js'
import type { AgentRecord } from './agent.js'

/** What somebody who answers for queues is doing, as people look at it: the first of these that fits. */
export const agentStates = [
  /** With a caller of a queue. */
  'talking',
  /** The phone rings for a caller of a queue. */
  'ringing',
  /** A phone of theirs is in use otherwise. */
  'busy',
  /** Answers for no queue at the moment; in the count of one queue: not for this one. */
  'loggedOut',
  /** By code, or after too many calls nobody answered. */
  'paused',
  /** H-36 */
  'absent',
  /** */
  'wrapUp',
  /** Left in peace for a while after a call they did not take. */
  'resting',
  /** None of their phones is registered. */
  'notReachable',
  /** Would be rung now. */
  'free',
] as const
export type AgentState = (typeof agentStates)[number]

/** Everything that says what an agent is doing. */
export interface AgentFacts {
  readonly record: AgentRecord
  readonly serving: 'talking' | 'ringing' | undefined
  /** A phone of theirs is in use, or a leg for them is there. */
  readonly inUse: boolean
  readonly loggedIn: boolean
  readonly absence: { readonly until: Instant | undefined } | undefined
  readonly reachable: boolean
  /** no phone could be reached lately. */
  readonly passedOverUntil: Instant | undefined
}

/** The state, and when it ends by itself, if that is known. */
export interface AgentStanding {
  readonly state: AgentState
  readonly until?: Instant | undefined
}

export function standingOf(facts: AgentFacts, now: Instant): AgentStanding {
  const { record, serving, absence, passedOverUntil = 0 } = facts
  if (serving !== undefined) return { state: serving }
  if (facts.inUse) return { state: 'busy' }
  if (!facts.loggedIn) return { state: 'loggedOut' }
  if (record.paused !== undefined) return { state: 'paused' }
  if (absence !== undefined) return { state: 'absent', until: absence.until }
  const wrapUp = record.wrapUp?.until ?? 0
  if (wrapUp > now) return { state: 'wrapUp', until: wrapUp }
  const rest = record.restUntil ?? 0
  if (rest > now) return { state: 'resting', until: rest }
  if (!facts.reachable || passedOverUntil > now) return { state: 'notReachable' }
  return { state: 'free' }
}
