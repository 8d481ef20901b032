import type { Company } from '../domain/directory/company.js'
import type { CallId, E164 } from '../domain/ids.js'
import { greyed } from '../domain/numbers/grey.js'
import { shownNumber } from '../domain/numbers/shown.js'
import { callOver, refused, talkOver } from '../domain/queue/agent.js'
import { isCallback, triedOnce, type CallbackTicket } from '../domain/queue/callback.js'
import { queueNamed, type Queue } from '../domain/queue/settings.js'
import { movedTo, type Ticket } from '../domain/queue/ticket.js'
import { visitOf, type CallbackResult } from '../domain/queue/visit.js'
import { shownFor } from '../domain/routing/queue.js'
import { phoneNumber } from '../domain/speech/digits.js'
import { queueName } from '../domain/speech/names.js'
import { say } from '../domain/speech/tongue.js'
import { NoSuchThing } from '../ports/pbx.js'
import { Mailbox } from '../runtime/mailbox.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps, Ringer } from './call.js'
import { keepPhase, notesOf, type Phase } from './phase.js'
import { untilOpen, untilShut } from './queue-hours.js'
import { ring } from './ring.js'
import { untilMoved } from './queue-floor.js'
import { ringAgents, type AgentAnswer } from './ring-agents.js'
import { noteServed } from './serve.js'
import { speak } from './speak.js'
import { keepUnlessAway } from './store-away.js'
import { talk } from './talk.js'

/** So long a customer is rung. */
const customerRingSeconds = 40

/**
 * somebody who keeps a place in a queue is called back when it is their turn, from the agent to the customer.
 *
 *     resting until it is due and the queue is open
 *        --its turn, an agent is free--> the agent's phone rings, nobody is on the line (waitForAgent)
 *            --the agent answers--> hears what it is about, and the customer is rung (reachCustomer)
 *                 |--the customer answers--> talk
 *                 |--does not--> resting, due in 10, 30, 60 minutes; then given up
 *                  \--the agent hangs up before--> resting, due at once
 *        --moved by hand--> resting, in the other queue
 *        --the customer calls in again (join-callback.ts), the queue is gone, the number is blocked--> over
 *
 * A customer is rung only by an agent who is on the line: dial-outs never exceed free agents.
 */
export function beginCallback(ticket: CallbackTicket, deps: Deps): void {
  deps.callbacks.keep(ticket)
  const company = deps.directory().companies.get(ticket.company)
  if (!company || deps.calls.isTold(ticket.call)) return
  deps.calls.tell(ringerFor(ticket, company, deps), async (scope) => {
    await scope.race({
      calling: (calling) => waitForAgent(ticket.call, calling, deps),
      over: (watching) => deps.callbacks.untilForgotten(ticket.call, watching),
    })
  })
}

/** At start and after every gap: callbacks of an earlier run, and such as failed here. Those whose agent is on the line go on by that leg. */
export async function takeUpCallbacks(deps: Deps): Promise<void> {
  for (const company of deps.directory().companies.keys())
    await keepUnlessAway(
      deps.stores.queues.list(company).then((tickets) => {
        for (const ticket of tickets)
          if (isCallback(ticket) && !deps.callbacks.ofCall(ticket.call)) deps.callbacks.keep(ticket)
      }),
    )
  for (const ticket of deps.callbacks.all) beginCallback(ticket, deps)
}

function ringerFor({ call, callback }: CallbackTicket, company: Company, deps: Deps): Ringer {
  return {
    id: call,
    conversation: call,
    company,
    directory: deps.directory(),
    origin: { kind: 'outside', number: callback.number, name: callback.name },
    tongue: deps.tongues[company.language],
    arrivedAt: deps.clock.now(),
  }
}

async function waitForAgent(id: CallId, scope: Scope, deps: Deps): Promise<void> {
  for (;;) {
    const ticket = deps.callbacks.ofCall(id)
    const company = ticket && deps.directory().companies.get(ticket.company)
    if (!ticket || !company) return
    const queue = queueNamed(company, ticket.queue)
    const why = obstacle(company, queue, ticket)
    if (!queue || why) return scope.of(finish(ticket, why ?? 'removed', deps))
    await scope.until(ticket.callback.dueAt)
    await untilOpen(company, queue, scope, deps)
    const answer = await ringSomebody(ringerFor(ticket, company, deps), company, queue, ticket, scope, deps)
    if (answer && (await scope.of(handOver(ticket, answer, deps)))) return
  }
}

/** Why nobody can be called (any longer). */
function obstacle(
  company: Company,
  queue: Queue | undefined,
  { callback }: CallbackTicket,
): CallbackResult | undefined {
  if (!queue || !company.trunk) return 'removed'
  return greyed(company, callback.number, 'outgoing').blocked ? 'refused' : undefined
}

/** Its turn comes as that of a caller does. Undefined: it was moved, the queue has closed, or the company file has changed. */
async function ringSomebody(
  ringer: Ringer,
  company: Company,
  queue: Queue,
  ticket: CallbackTicket,
  scope: Scope,
  deps: Deps,
): Promise<AgentAnswer | undefined> {
  return scope.run('ring agents', async (waiting) => {
    const caller = deps.queues.enter(ticket)
    waiting.defer(() => {
      deps.queues.leave(caller)
    })
    const answers = new Mailbox<AgentAnswer>()
    waiting.spawn('agents', (ringing) => ringAgents(ringer, caller, [], answers, ringing, deps))
    const end = await waiting.race({
      answer: async (listening) => {
        let answer = await answers.take(listening)
        while (answer.leg.ended) answer = await answers.take(listening)
        return answer
      },
      shut: (watching) => untilShut(company, queue, watching, deps),
      removed: (watching) => deps.queues.untilRemoved(caller, watching),
      moved: (listening) =>
        untilMoved(caller, (keeping) => keeping.of(keepTicket(caller.ticket, deps)), listening),
    })
    if (end.won === 'moved') await waiting.of(moveOn(ticket, end.value, deps))
    if (end.won !== 'answer') return undefined
    caller.taken = end.value.agent
    return end.value
  })
}

async function keepTicket(ticket: Ticket, deps: Deps): Promise<void> {
  if (!isCallback(ticket) || !deps.callbacks.ofCall(ticket.call)) return
  deps.callbacks.keep(ticket)
  await keepUnlessAway(deps.stores.queues.put(ticket))
}

/** in the other queue it has the place of one who came when the customer did. */
async function moveOn(ticket: CallbackTicket, queue: Queue, deps: Deps): Promise<void> {
  const now = deps.clock.now()
  const end = { how: 'overflowed', why: 'moved', to: `queue:${queue.id}` } as const
  await deps.visits.note(visitOf(ticket, end, ticket.callback.askedAt, now))
  await keepTicket(movedTo(ticket, queue.id, 1, now), deps)
}

/** From here on it is the agent's call: it ends with the agent's leg, and goes on from there after a crash. */
async function handOver(
  ticket: CallbackTicket,
  { agent, leg, pickup }: AgentAnswer,
  deps: Deps,
): Promise<boolean> {
  const { company, call: id } = ticket
  const call = deps.calls.callFor(leg, id)
  const phase: Phase = { at: 'callingBack', ticket, agent, dialled: false }
  if (pickup) await deps.calls.takeOver(leg, id)
  try {
    if (call)
      await deps.exchange.pbx.note(leg.id, {
        ...notesOf(call),
        role: 'caller',
        agent: '',
        phase: JSON.stringify(phase),
      })
  } catch (error) {
    if (!(error instanceof NoSuchThing)) throw error
  }
  // Meanwhile the agent may have hung up, or the customer have called in again.
  if (!call || leg.ended || !deps.callbacks.ofCall(id)) {
    await deps.exchange.release(leg, id)
    await deps.queues.agents.disengage(company, agent, id)
    return false
  }
  deps.calls.tell(call, (own) => reachCustomer(call, phase, own, deps))
  return true
}

/** The agent was on the line when an earlier run ended; the store may have lost the ticket (M-06). */
export async function goOnCallingBack(
  call: Call,
  phase: Extract<Phase, { at: 'callingBack' }>,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  if (!deps.callbacks.ofCall(phase.ticket.call)) deps.callbacks.keep(phase.ticket)
  return reachCustomer(call, phase, scope, deps)
}

/** The agent is on the line. */
async function reachCustomer(
  call: Call,
  { ticket, agent, dialled }: Extract<Phase, { at: 'callingBack' }>,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { company } = call
  const queue = queueNamed(company, ticket.queue)
  let end: 'agentLeft' | 'talked' | 'noAnswer' = 'agentLeft'
  deps.queues.agents.engage(company.company, agent, call.id)
  // The callback rests again unless somebody was reached. A story that failed is taken up again by the sweep.
  scope.defer(() => {
    const left = deps.callbacks.ofCall(ticket.call)
    if (left && (end === 'noAnswer' || call.leg.ended))
      deps.calls.afterwards(call.id, () => {
        beginCallback(left, deps)
      })
  })
  scope.defer(async () => {
    const now = deps.clock.now()
    await deps.queues.agents.change(company.company, agent, (record) => {
      if (!queue || end === 'noAnswer') return callOver(record, now)
      return end === 'talked' ? talkOver(record, queue, now) : refused(record, 'rejected', queue, now)
    })
    await deps.queues.agents.disengage(company.company, agent, call.id)
  })
  const { trunk } = company
  if (!queue || !trunk || greyed(company, ticket.callback.number, 'outgoing').blocked) {
    end = 'noAnswer'
    return
  }
  const { number } = ticket.callback
  if (!dialled) await announce(call, queue, ticket, scope, deps)
  const bell = {
    kind: 'trunk',
    trunk: trunk.name,
    number,
    shown: { name: queue.name, number: shownTo(company, queue) },
  } as const
  const ringing = {
    bells: [bell],
    seconds: customerRingSeconds,
    dialled,
    onMade: () => keepPhase(call, { at: 'callingBack', ticket, agent, dialled: true }, scope, deps),
  }
  const rung = await scope.race({
    customer: (inner) => ring(call, ringing, scope, inner, deps),
    calledAgain: (watching) => deps.callbacks.untilForgotten(ticket.call, watching),
  })
  if (rung.won === 'calledAgain' || 'noLuck' in rung.value) {
    end = 'noAnswer'
    const words =
      rung.won === 'calledAgain' ? 'queue/callback-again' : await notReached(queue, ticket, scope, deps)
    await speak(call, say(call.tongue, words), scope, deps)
    return
  }
  const { answered } = rung.value
  end = 'talked'
  await scope.of(finish(ticket, 'talked', deps))
  await noteServed(call, queue, agent, answered, scope, deps)
  await scope.of(deps.exchange.pbx.show(call.leg.id, { name: ticket.callback.name, number }))
  await talk(call, answered, scope, deps)
}

/** O-10: the queue's number. */
function shownTo(company: Company, queue: Queue): E164 {
  const asked = shownFor(queue, company.main)
  if (asked === undefined) return queue.numbers[0] ?? company.main
  return shownNumber(company, { queue: asked }).number
}

/** The agent hears that it is a callback, and to whom. */
async function announce(
  call: Call,
  queue: Queue,
  { callback }: CallbackTicket,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const slots = {
    queue: [queueName(call.company.company, queue)],
    number: phoneNumber(call.tongue, callback.number, call.company.main),
  }
  await speak(call, say(call.tongue, 'queue/call-back', slots), scope, deps)
}

/** When the customer is called next; what the agent is told of it. */
async function notReached(
  queue: Queue,
  { call: id }: CallbackTicket,
  scope: Scope,
  deps: Deps,
): Promise<'queue/callback-later' | 'queue/callback-given-up'> {
  const ticket = deps.callbacks.ofCall(id)
  const next = ticket && triedOnce(ticket, queue, deps.clock.now())
  if (next) {
    deps.callbacks.keep(next)
    await scope.of(keepUnlessAway(deps.stores.queues.put(next)))
  } else if (ticket) await scope.of(finish(ticket, 'noAnswer', deps))
  return next ? 'queue/callback-later' : 'queue/callback-given-up'
}

/** */
export const noteCallback = (ticket: CallbackTicket, result: CallbackResult, deps: Deps): Promise<void> =>
  deps.visits.note(visitOf(ticket, { how: 'callback', result }, ticket.callback.askedAt, deps.clock.now()))

/** First what became of it, then the end of the ticket: if we die between them the next run comes to the same end. */
async function finish(ticket: CallbackTicket, result: CallbackResult, deps: Deps): Promise<void> {
  await noteCallback(ticket, result, deps)
  await keepUnlessAway(deps.stores.queues.remove(ticket.company, ticket.call))
  deps.callbacks.forget(ticket.call)
}
