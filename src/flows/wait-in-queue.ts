import type { AgentId } from '../domain/ids.js'
import { queueNamed, type Queue } from '../domain/queue/settings.js'
import { movedTo, type Ticket } from '../domain/queue/ticket.js'
import { visitOf, type QueueLeave, type QueueVisit, type VisitEnd } from '../domain/queue/visit.js'
import { leaveQueue } from '../domain/routing/queue.js'
import { Mailbox } from '../runtime/mailbox.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { keepPhase } from './phase.js'
import { inOldPlace, joinCallback } from './join-callback.js'
import {
  mayKeepPlace,
  newTicket,
  noteTurnedAway,
  onwardsOf,
  refusalOf,
  refusedEntry,
  sendBack,
  type Onwards,
  type ToQueue,
} from './queue-door.js'
import { untilClosed } from './queue-hours.js'
import { answeredBefore, endOthers, legsForAgents, seatedBefore, takeBack } from './queue-resume.js'
import { untilMoved, type WaitingCaller } from './queue-floor.js'
import { leaveQueueRoom, putInQueueRoom, queueRoom } from './queue-room.js'
import type { Earlier, Step } from './reach.js'
import { ringAgents, type AgentAnswer } from './ring-agents.js'
import { connect, keepHold, noteServed } from './serve.js'
import { questionOf } from './situation.js'
import { keepUnlessAway } from './store-away.js'
import { talk } from './talk.js'
import { talkRoom } from './talk-room.js'
import { waitInformed } from './wait-informed.js'

/** How much longer than planned the exchange waits before it takes a waiting caller to the reception by itself. */
const backupMargin = 45

/** What waiting came to. */
type Turn =
  | { readonly kind: 'answered'; readonly answer: AgentAnswer }
  | {
      readonly kind: 'leave'
      readonly why: QueueLeave
      readonly onwards?: Onwards | undefined
    }

/**
 * A caller in a queue, from the door to the talk.
 *
 *     entering --full, nobody logged in--> overflow
 *         \--> waiting, with music, told now and then how it stands; the phones of agents ring meanwhile
 *                 |--an agent answers--> talk
 *                 |--key 1, 2 or 0--> message, callback, reception
 *                 |--moved by hand--> another queue
 *                  \--the longest time, the queue is gone, it closes (O-06)--> overflow: another queue (the time of arrival is kept), or out
 */
export async function waitInQueue(
  call: Call,
  dialled: string,
  decision: ToQueue,
  earlier: Earlier,
  callScope: Scope,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  let ticket: Ticket | undefined = earlier.ticket
  const first = queueNamed(call.company, ticket?.queue ?? decision.queue)
  if (!first) return leaveQueue(questionOf(call, dialled, deps), decision, 'reception', 'removed')
  let queue = first
  const reachedAt = decision.journey.arrivedAt ?? call.arrivedAt
  if (!ticket) {
    const refusal = refusalOf(call, queue, reachedAt, deps)
    if (refusal && call.transferredBy && !call.comesBack)
      return sendBack(call, call.transferredBy, queue, refusal, callScope, deps)
    const onwards = refusal && refusedEntry(call, dialled, decision, queue, refusal, reachedAt, deps)
    const staysIn = onwards && 'decision' in onwards && onwards.decision.to === 'queueCallback'
    if (onwards && !staysIn) await scope.of(noteTurnedAway(call, queue, refusal, onwards, deps))
    if (onwards && !('queue' in onwards)) return onwards
    queue = onwards?.queue ?? queue
  }
  for (;;) {
    const here = { ...decision, queue: queue.id }
    const resumed = ticket !== undefined && ticket === earlier.ticket
    const turn = await waitOnce(call, here, queue, ticket, resumed, callScope, scope, deps)
    if (turn.end === 'over') return 'over'
    ticket = turn.ticket
    const { onwards } = turn
    if (typeof onwards === 'string')
      return leaveQueue(
        questionOf(call, dialled, deps),
        { ...decision, queue: queue.id },
        onwards,
        turn.why,
        mayKeepPlace(call, turn.why) ? ticket : undefined,
      )
    queue = onwards.queue
    ticket = movedTo(
      ticket,
      queue.id,
      deps.queues.positionOf(call.company, { ...ticket, queue: queue.id }),
      deps.clock.now(),
    )
  }
}

type Waited =
  | { readonly end: 'over' }
  | {
      readonly end: 'left'
      readonly ticket: Ticket
      readonly why: QueueLeave
      readonly onwards: Onwards
    }

/** One queue, from the ticket to the talk or the way out. */
async function waitOnce(
  call: Call,
  decision: ToQueue,
  queue: Queue,
  before: Ticket | undefined,
  resumed: boolean,
  callScope: Scope,
  scope: Scope,
  deps: Deps,
): Promise<Waited> {
  await deps.exchange.answer(scope, call.leg)
  call.leg.digits.clear()
  const caller = deps.queues.enter(before ?? inOldPlace(newTicket(call, queue, deps), call, deps))
  if (!before)
    caller.ticket = { ...caller.ticket, firstPosition: deps.queues.positionOf(call.company, caller.ticket) }
  const adopted = legsForAgents(call, deps)
  for (const agent of adopted) caller.ringing.add(agent)
  let leaving: Promise<void> | undefined
  const leaveOnce = (end?: VisitEnd | 'stays'): Promise<void> =>
    (leaving ??= leave(call, caller, queue, end, deps))
  scope.defer(() => leaveOnce())
  const together = answeredBefore(call, deps)
  caller.seated = resumed ? seatedBefore(call, deps) : undefined
  caller.isRoomOpen = caller.seated !== undefined
  // Nobody was put together with somebody who has just come.
  const closed =
    before && !caller.seated && (!together || together === 'gone')
      ? scope.of(deps.exchange.pbx.closeRoom(talkRoom(call)))
      : Promise.resolve()
  if (together === 'gone') {
    await closed
    await endOthers(call, undefined, scope, deps)
    await scope.of(leaveOnce({ how: 'answered' }))
    return { end: 'over' }
  }
  // The ticket of an earlier run was read from the caller's leg: only the store may have lost it.
  const kept = resumed ? keepInStore(caller, scope, deps) : keepTicket(call, decision, caller, scope, deps)
  if (together) {
    await kept
    caller.taken = together.agent
    caller.servedAt = deps.clock.now()
    await takeBack(call, together.leg, scope, deps)
    keepHold(call, caller, together, callScope, deps)
    await noteServed(call, queue, together.agent, together.leg, scope, deps)
    return talkWith(call, caller, together, leaveOnce, callScope, deps)
  }
  const backup = queue.maxWaitSeconds + queue.ringSeconds + backupMargin
  await Promise.all([closed, kept, scope.of(deps.exchange.pbx.limit(call.leg.id, backup))])
  await scope.of(putInQueueRoom(call, queue, deps))
  const turn = await waitForSomebody(call, decision, queue, caller, adopted, callScope, scope, deps)
  if (turn.kind === 'answered') return talkWith(call, caller, turn.answer, leaveOnce, callScope, deps)
  const { ticket } = caller
  const { why } = turn
  const reachedAt = decision.journey.arrivedAt ?? call.arrivedAt
  const onwards = turn.onwards ?? onwardsOf(call, queue, why, ticket.been, reachedAt, deps)
  const to = typeof onwards === 'string' ? onwards : `queue:${onwards.queue.id}`
  const stays = to === 'callback' && mayKeepPlace(call, why)
  await scope.of(leaveOnce(stays ? 'stays' : { how: 'overflowed', why, to }))
  await scope.of(deps.exchange.pbx.limit(call.leg.id, 0))
  await scope.of(leaveQueueRoom(call, queue, deps))
  return { end: 'left', ticket, why, onwards }
}

/** On the caller's own leg and in the store, so that the place outlives either (M-06, Q-23). */
async function keepTicket(
  call: Call,
  decision: ToQueue,
  caller: WaitingCaller,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  await keepPhase(call, { at: 'queued', decision, ticket: caller.ticket }, scope, deps)
  await keepInStore(caller, scope, deps)
}

async function keepInStore({ ticket }: WaitingCaller, scope: Scope, deps: Deps): Promise<void> {
  if (ticket.joined === undefined) await scope.of(keepUnlessAway(deps.stores.queues.put(ticket)))
  else await scope.of(joinCallback(ticket, ticket.joined, deps))
}

/** Music, words, keys and agents, until one of them ends the waiting. */
async function waitForSomebody(
  call: Call,
  decision: ToQueue,
  queue: Queue,
  caller: WaitingCaller,
  adopted: readonly AgentId[],
  callScope: Scope,
  scope: Scope,
  deps: Deps,
): Promise<Turn> {
  return scope.run('waiting', async (waiting): Promise<Turn> => {
    const answers = new Mailbox<AgentAnswer>()
    waiting.defer(() =>
      caller.isRoomOpen && caller.servedAt === undefined
        ? deps.exchange.pbx.closeRoom(talkRoom(call))
        : undefined,
    )
    waiting.spawn('agents', (ringing) => ringAgents(call, caller, adopted, answers, ringing, deps))
    const reachedAt = decision.journey.arrivedAt ?? caller.ticket.arrivedAt
    const keep = (keeping: Scope): Promise<void> => keepTicket(call, decision, caller, keeping, deps)
    for (;;) {
      const end = await waiting.race({
        answer: (listening) => answers.take(listening),
        key: (informed) => waitInformed(call, queue, caller, keep, informed, deps),
        maxWait: (patience) => patience.until(caller.ticket.enteredAt + queue.maxWaitSeconds * 1000),
        removed: (watching) => deps.queues.untilRemoved(caller, watching),
        closed: (watching) => untilClosed(call, queue, reachedAt, watching, deps),
        moved: (listening) => untilMoved(caller, keep, listening),
      })
      switch (end.won) {
        case 'answer':
          if (await connect(call, caller, end.value, callScope, waiting, deps)) {
            await noteServed(call, queue, end.value.agent, end.value.leg, waiting, deps)
            return { kind: 'answered', answer: end.value }
          }
          end.value.pickup?.turnAway(caller.taken === undefined ? 'ended' : 'taken')
          await waiting.of(putInQueueRoom(call, queue, deps))
          break
        case 'key':
          return { kind: 'leave', why: 'key', onwards: end.value }
        case 'moved':
          return { kind: 'leave', why: 'moved', onwards: { queue: end.value } }
        case 'maxWait':
        case 'removed':
        case 'closed':
          return { kind: 'leave', why: end.won }
        default:
          end satisfies never
      }
    }
  })
}

async function talkWith(
  call: Call,
  caller: WaitingCaller,
  { leg }: AgentAnswer,
  leaveOnce: () => Promise<void>,
  callScope: Scope,
  deps: Deps,
): Promise<Waited> {
  deps.queues.noteAnswered(caller.ticket)
  await callScope.of(leaveOnce())
  await talk(call, leg, callScope, deps)
  return { end: 'over' }
}

/** The caller waits no more, here and in the store; the last one out closes the room. `stays`: it is not the end of the ticket. */
async function leave(
  call: Call,
  caller: WaitingCaller,
  queue: Queue,
  end: VisitEnd | 'stays' | undefined,
  deps: Deps,
): Promise<void> {
  const { ticket } = caller
  const position = deps.queues.positionOf(call.company, ticket)
  deps.queues.leave(caller)
  if (deps.queues.count(ticket.company, queue.id) === 0)
    await deps.exchange.pbx.closeRoom(queueRoom(call, queue))
  // First what became of the caller, then the end of the ticket: if we die between them the next run finds the ticket.
  const visit =
    end && end !== 'stays' ? visitOf(ticket, end, deps.clock.now()) : endedVisit(call, caller, position, deps)
  if (visit && end !== 'stays') await deps.visits.note(visit)
  await keepUnlessAway(deps.stores.queues.remove(ticket.company, ticket.call))
}

/** Undefined: the caller is still there, and will be taken up again. */
function endedVisit(
  call: Call,
  { ticket, taken, servedAt }: WaitingCaller,
  position: number,
  deps: Deps,
): QueueVisit | undefined {
  if (taken !== undefined && servedAt !== undefined)
    return visitOf(ticket, { how: 'answered', agent: taken }, servedAt)
  return call.leg.ended ? visitOf(ticket, { how: 'abandoned', position }, deps.clock.now()) : undefined
}
