import type { Person, TargetWord } from '../domain/directory/company.js'
import type { Instant } from '../domain/ids.js'
import { isVip, queueNamed, type Queue } from '../domain/queue/settings.js'
import type { Ticket } from '../domain/queue/ticket.js'
import { visitOf, type QueueLeave } from '../domain/queue/visit.js'
import type { Decision, Routed } from '../domain/routing/decision.js'
import { leaveQueue } from '../domain/routing/queue.js'
import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { isOpenFor } from './queue-hours.js'
import { comeBack, type Step } from './reach.js'
import { questionOf } from './situation.js'

/** The door of a queue: who is let in, and where others go on. */
export type ToQueue = Extract<Decision, { to: 'queue' }>

/** Why somebody who reached us at that time is not let in (O-05, Q-14). */
export const refusalOf = (
  call: Call,
  queue: Queue,
  reachedAt: Instant,
  deps: Deps,
): QueueLeave | undefined =>
  isOpenFor(call, queue, reachedAt, deps) ? deps.queues.refusal(call.company, queue) : 'closed'

/** a call that a colleague has transferred here goes back to them, once: where their own calls go may be this queue again. */
export async function sendBack(
  call: Call,
  to: Person,
  queue: Queue,
  why: QueueLeave,
  callScope: Scope,
  deps: Deps,
): Promise<Step> {
  const end = { how: 'turnedAway', why, to: `person:${to.id}` } as const
  const ticket = newTicket(call, queue, deps)
  await callScope.of(deps.visits.note(visitOf(ticket, end, ticket.enteredAt)))
  const words = why === 'closed' ? 'call/closed' : 'queue/nobody'
  await comeBack(call, to, (tongue) => say(tongue, words), callScope, deps)
  return 'over'
}

/** */
export function refusedEntry(
  call: Call,
  dialled: string,
  decision: ToQueue,
  queue: Queue,
  why: QueueLeave,
  reachedAt: Instant,
  deps: Deps,
): Routed | { readonly queue: Queue } {
  const question = questionOf(call, dialled, deps)
  const onwards = onwardsOf(call, queue, why, [queue.id], reachedAt, deps)
  if (typeof onwards !== 'string') return onwards
  const ticket = mayKeepPlace(call, why) ? newTicket(call, queue, deps) : undefined
  return leaveQueue(question, decision, onwards, why, ticket)
}

/** somebody outside, who can be called. */
export const mayKeepPlace = (call: Call, why: QueueLeave): boolean =>
  call.origin.kind === 'outside' && call.company.trunk !== undefined && why !== 'removed'

/** a caller who is sent on at the door came all the same. */
export function noteTurnedAway(
  call: Call,
  queue: Queue,
  why: QueueLeave,
  onwards: Routed | { readonly queue: Queue },
  deps: Deps,
): Promise<void> {
  const to = 'queue' in onwards ? `queue:${onwards.queue.id}` : onwards.decision.to
  const ticket = newTicket(call, queue, deps)
  return deps.visits.note(visitOf(ticket, { how: 'turnedAway', why, to }, ticket.enteredAt))
}

/** the first of the list that can take the caller. A queue the caller was in, or that lets nobody in, cannot. */
export function onwardsOf(
  call: Call,
  queue: Queue,
  why: QueueLeave,
  been: readonly string[],
  reachedAt: Instant,
  deps: Deps,
): Onwards {
  for (const word of why === 'closed' ? queue.closed : queue.overflow) {
    if (!word.startsWith('queue:')) return word
    const other = queueNamed(call.company, word.slice('queue:'.length))
    if (other && !been.includes(other.id) && !refusalOf(call, other, reachedAt, deps)) return { queue: other }
  }
  return 'reception'
}

/** Where a caller goes on who is not let in, or waits no more. */
export type Onwards = TargetWord | { readonly queue: Queue }

export function newTicket(call: Call, queue: Queue, deps: Deps): Ticket {
  const now = deps.clock.now()
  const number = call.origin.kind === 'outside' ? call.origin.number : undefined
  return {
    v: 1,
    company: call.company.company,
    queue: queue.id,
    call: call.id,
    leg: call.leg.id,
    arrivedAt: now,
    enteredAt: now,
    vip: isVip(call.company, queue, number),
    firstPosition: 1,
    been: [queue.id],
  }
}
