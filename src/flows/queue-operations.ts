import type { Company } from '../domain/directory/company.js'
import { hoursRulesOf, openAt } from '../domain/hours/open.js'
import type { AgentId, CallId, CompanyId, Instant } from '../domain/ids.js'
import { callsOf, isLoggedIn } from '../domain/queue/agent.js'
import { agentStates, standingOf, type AgentFacts, type AgentState } from '../domain/queue/agent-state.js'
import { inOrder } from '../domain/queue/order.js'
import { membersOf, queueNamed, type Queue } from '../domain/queue/settings.js'
import { dateAt } from '../domain/time/wall-time.js'
import type {
  NotMoved,
  QueueOperations,
  SeenAgent,
  SeenCaller,
  SeenQueue,
} from '../ports/queue-operations.js'
import { actAsAgent } from './agent-verbs.js'
import { nameOf, numberOf, type Deps } from './call.js'
import type { WaitingCaller } from './queue-floor.js'
import { isOpenFor } from './queue-hours.js'
import { queueStatistics } from './queue-statistics.js'

/** Ends of pauses after calls, absences and opening hours are told by nobody: whoever watches looks again so often. */
const lookEvery = 1_000

/** What the HTTP interface shows of the queues, and does with their agents; the same as by code. */
export function queueOperations(deps: Deps): QueueOperations {
  const companyOf = (id: CompanyId): Company | undefined => deps.directory().companies.get(id)
  return {
    queues: (id) => {
      const company = companyOf(id)
      return company ? seenQueues(company, deps) : []
    },
    callers: (id, queueId) => {
      const company = companyOf(id)
      const queue = company && queueNamed(company, queueId)
      return queue && seenCallers(deps.queues.look(company).callers, queue, deps)
    },
    agents: (id) => {
      const company = companyOf(id)
      return company ? seenAgents(company, deps) : []
    },
    asAgent: async (id, who, verb) => {
      const company = companyOf(id)
      const person = company?.people.find((one) => one.id === who)
      if (!company || !person) return { refused: 'noSuchPerson' }
      if (!company.queues.some(({ members }) => members.includes(person.id))) return { refused: 'notMember' }
      return actAsAgent(company, person, verb, deps)
    },
    statistics: async (id, queue, { from, to, withinSeconds }) => {
      const company = companyOf(id)
      if (!company) return { refused: 'noSuchQueue' }
      const last = to ?? dateAt(deps.clock.now(), company.zone)
      const question = { queue, from: from ?? last, to: last, withinSeconds }
      const found = await queueStatistics(company, question, deps.stores)
      return typeof found === 'string' ? { refused: found } : found
    },
    moveCaller: (id, from, call, to) => {
      const company = companyOf(id)
      const caller = company && waitingCaller(company, from, call, deps)
      const queue = company && queueNamed(company, to)
      if (!company || !queue || !queueNamed(company, from)) return { refused: 'noSuchQueue' }
      if (!caller) return { refused: 'notWaiting' }
      if (queue.id === from) return { refused: 'alreadyThere' }
      const refusal = entryRefusal(company, queue, caller, deps)
      if (refusal) return { refused: refusal }
      caller.moveTo = queue
      caller.changes.put('moved')
      return 'moving'
    },
    putFirst: (id, queueId, call) => {
      const company = companyOf(id)
      const queue = company && queueNamed(company, queueId)
      if (!company || !queue) return { refused: 'noSuchQueue' }
      const caller = waitingCaller(company, queueId, call, deps)
      if (!caller) return { refused: 'notWaiting' }
      caller.ticket = { ...caller.ticket, aheadSince: deps.clock.now() }
      caller.changes.put('kept')
      deps.queues.wake(company.company)
      const callers = seenCallers(deps.queues.look(company).callers, queue, deps)
      return callers.find((one) => one.call === call) ?? { refused: 'notWaiting' }
    },
    watchQueues: (company, changed) => {
      const stop = deps.queues.onChange((whose) => {
        if (whose === company) changed()
      })
      const look = (): (() => void) =>
        deps.clock.after(lookEvery, () => {
          changed()
          stopLooking = look()
        })
      let stopLooking = look()
      return () => {
        stop()
        stopLooking()
      }
    },
  }
}

/** Somebody who waits, on the line or to be called back, and whom nobody has answered. */
const waitingCaller = (
  company: Company,
  queue: string,
  call: CallId,
  deps: Deps,
): WaitingCaller | undefined =>
  deps.queues
    .look(company)
    .callers.find(
      ({ ticket, taken, moveTo }) => ticket.call === call && ticket.queue === queue && !taken && !moveTo,
    )

function entryRefusal(
  company: Company,
  queue: Queue,
  { ticket }: WaitingCaller,
  deps: Deps,
): NotMoved | undefined {
  // Whoever is to be called back takes up no room, and can wait until it opens; one callback of a number is in a queue.
  if (ticket.callback)
    return deps.callbacks.find(company.company, queue.id, ticket.callback.number) && 'alreadyThere'
  const refusal = deps.queues.refusal(company, queue)
  if (refusal === 'full') return 'queueFull'
  if (refusal) return refusal
  return isOpenFor({ company }, queue, ticket.arrivedAt, deps) ? undefined : 'queueClosed'
}

function seenQueues(company: Company, deps: Deps): readonly SeenQueue[] {
  const now = deps.clock.now()
  const view = deps.queues.look(company)
  const facts = factsOf(company, view)
  return company.queues.map((queue) => {
    const waiting = view.callers.filter(
      ({ ticket, taken }) => ticket.queue === queue.id && !taken && !ticket.callback,
    )
    const agents = Object.fromEntries(agentStates.map((state) => [state, 0])) as Record<AgentState, number>
    for (const agent of membersOf(queue)) {
      const known = facts(agent)
      const loggedIn = isLoggedIn(known.record, queue)
      agents[loggedIn ? standingOf({ ...known, loggedIn }, now).state : 'loggedOut'] += 1
    }
    return {
      id: queue.id,
      name: queue.name,
      number: queue.number,
      state: stateOf(company, queue, waiting.length > 0, now, deps),
      waiting: waiting.length,
      longestSince:
        waiting.length === 0 ? undefined : Math.min(...waiting.map(({ ticket }) => ticket.arrivedAt)),
      agents,
    }
  })
}

/** What is known of each agent, found out once. */
function factsOf(
  company: Company,
  view: ReturnType<Deps['queues']['look']>,
): (agent: AgentId) => Omit<AgentFacts, 'loggedIn'> {
  const people = new Map<string, Company['people'][number]>(
    company.people.map((person) => [person.id, person]),
  )
  const known = new Map<AgentId, Omit<AgentFacts, 'loggedIn'>>()
  return (agent) => {
    const facts = known.get(agent) ?? view.agent(agent, people.get(agent))
    known.set(agent, facts)
    return facts
  }
}

function stateOf(
  company: Company,
  queue: Queue,
  somebodyWaits: boolean,
  now: Instant,
  deps: Deps,
): SeenQueue['state'] {
  const rules = queue.hours && hoursRulesOf(company, queue.hours, deps.hours.of(company.company))
  if (!rules || openAt(rules, now)) return 'open'
  return somebodyWaits ? 'draining' : 'closed'
}

function seenCallers(callers: readonly WaitingCaller[], queue: Queue, deps: Deps): readonly SeenCaller[] {
  const byCall = new Map(callers.filter(({ taken }) => !taken).map((caller) => [caller.ticket.call, caller]))
  const tickets = inOrder(
    [...byCall.values()].map(({ ticket }) => ticket),
    queue,
  )
  return tickets.map((ticket, index) => {
    const leg = deps.exchange.leg(ticket.leg)
    const origin = leg && deps.calls.storyOf(leg)?.origin
    const number = origin && numberOf(origin)
    return {
      call: ticket.call,
      queue: queue.id,
      position: index + 1,
      arrivedAt: ticket.arrivedAt,
      enteredAt: ticket.enteredAt,
      until: ticket.enteredAt + queue.maxWaitSeconds * 1000,
      vip: ticket.vip,
      number: ticket.callback?.number ?? (number === '' ? undefined : number),
      name: ticket.callback?.name ?? (origin && nameOf(origin)),
      callback: ticket.callback ? true : undefined,
      ringing: [...(byCall.get(ticket.call)?.ringing ?? [])],
    }
  })
}

function seenAgents(company: Company, deps: Deps): readonly SeenAgent[] {
  const now = deps.clock.now()
  const facts = factsOf(company, deps.queues.look(company))
  const names = new Map<string, string>([
    ...company.queues.flatMap(({ external }) => external.map(({ number, name }) => [number, name] as const)),
    ...company.people.map(({ id, name }) => [id, name] as const),
  ])
  const agents = new Set(company.queues.flatMap(membersOf))
  return [...agents].map((agent) => {
    const queues = company.queues.filter((queue) => membersOf(queue).includes(agent))
    const known = facts(agent)
    const loggedIn = queues.some((queue) => isLoggedIn(known.record, queue))
    return {
      agent,
      name: names.get(agent) ?? agent,
      ...standingOf({ ...known, loggedIn }, now),
      paused: known.record.paused,
      queues: queues.map((queue) => ({
        queue: queue.id,
        loggedIn: isLoggedIn(known.record, queue),
        calls: callsOf(known.record, queue),
      })),
    }
  })
}
