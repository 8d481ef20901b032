import type { AgentId, CallId, Instant } from '../ids.js'
import { inOrderOfAll } from './order.js'
import { membersOf, type Queue } from './settings.js'
import type { Ticket } from './ticket.js'

/** An agent who may be rung now, with the queues they answer for. */
export interface FreeAgent {
  readonly agent: AgentId
  readonly queues: readonly { readonly queue: string; readonly since: Instant; readonly calls: number }[]
}

/** A caller who waits, with the agents whose phones ring for them already. */
export interface Waiting {
  readonly ticket: Ticket
  readonly ringing: readonly AgentId[]
}

/** All queues of a company as they are now. Callers whom somebody has answered are not on it. */
export interface Board {
  readonly queues: ReadonlyMap<string, Queue>
  readonly waiting: readonly Waiting[]
  readonly free: readonly FreeAgent[]
  /** The agent last rung for each queue (round robin). */
  readonly turns: ReadonlyMap<string, AgentId>
}

/** Whose phones are to ring for a caller. */
export interface Offer {
  readonly call: CallId
  readonly queue: string
  readonly agents: readonly AgentId[]
}

/**
 * Who is rung for whom now, over all queues at once (Q-10, Q-11): the callers in the order of the queues' weights and of their
 * places, each taking of the free agents what the queue's strategy says. So an agent in several queues is given to the best of all
 * callers, and nobody is offered twice. With ring all an agent who becomes free is added to those who ring already (Q-08).
 */
export function choose(board: Board): readonly Offer[] {
  const lines = linesOf(board)
  const taken = new Set<AgentId>()
  const ringing = new Map(board.waiting.map(({ ticket, ringing: now }) => [ticket.call, now.length]))
  const offers: Offer[] = []
  for (const { call, queue } of inOrderOfAll(
    board.waiting.map(({ ticket }) => ticket),
    board.queues,
  )) {
    const line = lines.get(queue)
    if (line === undefined || line.at >= line.agents.length) continue
    if (line.all) {
      const agents = line.agents.slice(line.at).filter((agent) => !taken.has(agent))
      line.at = line.agents.length
      for (const agent of agents) taken.add(agent)
      if (agents.length > 0) offers.push({ call, queue, agents })
    } else if (ringing.get(call) === 0) {
      const agent = nextOf(line, taken)
      if (agent === undefined) continue
      taken.add(agent)
      offers.push({ call, queue, agents: [agent] })
    }
  }
  return offers
}

/** The free agents of one queue in the order in which they are rung; those before `at` are given away. */
interface Line {
  readonly all: boolean
  readonly agents: readonly AgentId[]
  at: number
}

function nextOf(line: Line, taken: ReadonlySet<AgentId>): AgentId | undefined {
  while (line.at < line.agents.length) {
    const agent = line.agents[line.at]
    line.at += 1
    if (agent !== undefined && !taken.has(agent)) return agent
  }
  return undefined
}

interface Candidate {
  readonly agent: AgentId
  readonly since: Instant
  readonly calls: number
}

function linesOf({ queues, free, turns }: Board): ReadonlyMap<string, Line> {
  const candidates = new Map<string, Candidate[]>()
  for (const { agent, queues: answersFor } of free)
    for (const { queue, since, calls } of answersFor) {
      const line = candidates.get(queue)
      if (line) line.push({ agent, since, calls })
      else candidates.set(queue, [{ agent, since, calls }])
    }
  return new Map(
    [...candidates].flatMap(([id, line]) => {
      const queue = queues.get(id)
      if (queue === undefined) return []
      const agents = sorted(line, queue, turns.get(id)).map(({ agent }) => agent)
      return [[id, { all: queue.strategy === 'ringAll', agents, at: 0 }] as const]
    }),
  )
}

const knownPlaces = new WeakMap<Queue, ReadonlyMap<AgentId, number>>()

/** The members' places in the file, made once for each version of the queue. */
function placesOf(queue: Queue): ReadonlyMap<AgentId, number> {
  const known = knownPlaces.get(queue)
  if (known) return known
  const places = new Map(membersOf(queue).map((agent, index) => [agent, index]))
  knownPlaces.set(queue, places)
  return places
}

function sorted(line: readonly Candidate[], queue: Queue, last: AgentId | undefined): readonly Candidate[] {
  const place = placesOf(queue)
  const placeOf = ({ agent }: Candidate): number => place.get(agent) ?? place.size
  const byPlace = (one: Candidate, other: Candidate): number => placeOf(one) - placeOf(other)
  const bySince = (one: Candidate, other: Candidate): number => one.since - other.since || byPlace(one, other)
  switch (queue.strategy) {
    case 'ringAll':
    case 'fixedOrder':
      return [...line].sort(byPlace)
    case 'longestAvailable':
      return [...line].sort(bySince)
    case 'fewestCalls':
      return [...line].sort((one, other) => one.calls - other.calls || bySince(one, other))
    case 'roundRobin': {
      const turn = last === undefined ? -1 : (place.get(last) ?? -1)
      const distance = (candidate: Candidate): number => {
        const ahead = placeOf(candidate) - turn
        return ahead > 0 ? ahead : ahead + place.size + 1
      }
      return [...line].sort((one, other) => distance(one) - distance(other))
    }
    default:
      return queue.strategy satisfies never
  }
}
