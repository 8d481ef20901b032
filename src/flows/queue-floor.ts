import type { Company, Person } from '../domain/directory/company.js'
import type { AgentId, CallId, CompanyId, Instant } from '../domain/ids.js'
import { isLoggedIn } from '../domain/queue/agent.js'
import type { AgentFacts } from '../domain/queue/agent-state.js'
import { stillCounted, type Answered } from '../domain/queue/announcement.js'
import { choose, type Board, type FreeAgent, type Offer } from '../domain/queue/choose.js'
import { inOrder } from '../domain/queue/order.js'
import { membersOf, queueNamed, type Queue } from '../domain/queue/settings.js'
import type { Ticket } from '../domain/queue/ticket.js'
import { Mailbox } from '../runtime/mailbox.js'
import type { Scope } from '../runtime/scope.js'
import type { Deps } from './call.js'
import type { Leg } from './exchange.js'
import { FreeAgents } from './free-agents.js'
import { QueueAgents } from './queue-agents.js'

/** While somebody waits, the floor is looked over at least this often: no event is assumed to have arrived. */
const lookEvery = 1_000
type FloorDeps = Pick<Deps, 'exchange' | 'stores' | 'clock' | 'log' | 'absences' | 'calendars' | 'directory'>

/** A caller who waits, as the dispatcher and the caller's own story share them. */
export interface WaitingCaller {
  ticket: Ticket
  /** Agents whose phones are to ring for the caller. */
  readonly offers: Mailbox<readonly AgentId[]>
  /** Agents whose phones ring. */
  readonly ringing: Set<AgentId>
  /** Who has answered. */
  taken: AgentId | undefined
  /** Whoever has answered is not together with the caller yet. */
  joining: boolean
  /** When the two were put together. */
  servedAt: Instant | undefined
  /** To be taken to this queue, by hand. */
  moveTo: Queue | undefined
  /** Told when that is so, or the ticket was changed by hand and is to be kept. */
  readonly changes: Mailbox<'moved' | 'kept'>
  /** The room of the talk is there, or being opened. */
  isRoomOpen: boolean
  /** Who sits in it and has not met the caller, mostly because the phone rings. */
  seated: Leg | undefined
}

/** Waits until the caller is to be taken to another queue, by hand; whatever else was changed by hand is kept meanwhile. */
export async function untilMoved(
  caller: WaitingCaller,
  keep: (scope: Scope) => Promise<void>,
  scope: Scope,
): Promise<Queue> {
  for (;;) {
    if (caller.moveTo) return caller.moveTo
    if ((await caller.changes.take(scope)) === 'kept') await keep(scope)
  }
}

/** The queues of a company as they are at the moment, for people who look at them. */
interface FloorView {
  readonly callers: readonly WaitingCaller[]
  /** Whether somebody answers for a queue at the moment is not in it. */
  agent(agent: AgentId, person: Person | undefined): Omit<AgentFacts, 'loggedIn'>
}

interface CompanyFloor {
  readonly waiting: Map<CallId, WaitingCaller>
  readonly turns: Map<string, AgentId>
  readonly answered: Map<string, readonly Answered[]>
  woken: boolean
  stopLooking: () => void
}

function boardOf(company: Company, floor: CompanyFloor, free: readonly FreeAgent[]): Board {
  const waiting = [...floor.waiting.values()].filter(({ taken }) => !taken)
  return {
    queues: new Map(company.queues.map((queue) => [queue.id, queue])),
    waiting: waiting.map(({ ticket, ringing }) => ({ ticket, ringing: [...ringing] })),
    free,
    turns: floor.turns,
  }
}

/**
 * The queues of all companies as this process knows them: who waits, and who is rung for whom. Those who answer are in
 * queue-agents.ts, which of them may be rung now in free-agents.ts.
 */
export class QueueFloor {
  readonly agents: QueueAgents
  readonly #deps: FloorDeps
  readonly #free: FreeAgents
  readonly #floors = new Map<CompanyId, CompanyFloor>()
  readonly #listeners = new Set<(company: CompanyId) => void>()

  constructor(deps: FloorDeps) {
    this.#deps = deps
    this.agents = new QueueAgents(deps, (company) => {
      this.wake(company)
    })
    this.#free = new FreeAgents(deps, this.agents)
    deps.absences.onChange((company) => {
      this.#free.absencesChanged(company)
      this.wake(company)
    })
  }

  /** A caller begins to wait, or goes on. */
  enter(ticket: Ticket): WaitingCaller {
    const caller: WaitingCaller = {
      ticket,
      offers: new Mailbox(),
      ringing: new Set(),
      taken: undefined,
      joining: false,
      servedAt: undefined,
      moveTo: undefined,
      changes: new Mailbox(),
      isRoomOpen: false,
      seated: undefined,
    }
    this.#floor(ticket.company).waiting.set(ticket.call, caller)
    this.wake(ticket.company)
    return caller
  }

  /** The caller no longer waits. */
  leave(caller: WaitingCaller): void {
    const { company, call } = caller.ticket
    const floor = this.#floor(company)
    if (floor.waiting.get(call) === caller) floor.waiting.delete(call)
    // Given to the caller at the very end, and never rung.
    for (const agent of caller.ringing) if (agent !== caller.taken) this.agents.notRung(company, agent, call)
    if (floor.waiting.size === 0) floor.stopLooking()
    this.wake(company)
  }

  /** How many wait in the queue on the line; callbacks take up no room. */
  count(company: CompanyId, queue: string): number {
    const waiting = [...this.#floor(company).waiting.values()]
    return waiting.filter(({ ticket }) => ticket.queue === queue && !ticket.callback).length
  }

  /** The queue in which the call waits. */
  queueOf(company: CompanyId, call: CallId): string | undefined {
    return this.#floor(company).waiting.get(call)?.ticket.queue
  }

  /** The caller's place among those who wait in the same queue, the first is 1. */
  positionOf(company: Company, ticket: Ticket): number {
    const queue = queueNamed(company, ticket.queue)
    if (!queue) return 1
    const waiting = [...this.#floor(company.company).waiting.values()].filter(({ taken }) => !taken)
    const tickets = waiting.map((caller) => caller.ticket).filter(({ call }) => call !== ticket.call)
    return inOrder([...tickets, ticket], queue).findIndex(({ call }) => call === ticket.call) + 1
  }

  /** why a caller cannot be let in. */
  refusal(company: Company, queue: Queue): 'full' | 'nobodyLoggedIn' | undefined {
    if (this.count(company.company, queue.id) >= queue.maxWaiting) return 'full'
    const someone = membersOf(queue).some((agent) =>
      isLoggedIn(this.agents.read(company.company, agent), queue),
    )
    return someone ? undefined : 'nobodyLoggedIn'
  }

  answeredLately(company: CompanyId, queue: string): readonly Answered[] {
    return this.#floor(company).answered.get(queue) ?? []
  }

  /** somebody who waited was answered. */
  noteAnswered({ company, queue, arrivedAt, firstPosition }: Ticket): void {
    const now = this.#deps.clock.now()
    const { answered } = this.#floor(company)
    const known = stillCounted(answered.get(queue) ?? [], now)
    answered.set(queue, [...known, { at: now, waited: now - arrivedAt, position: firstPosition }])
  }

  /** The queues as they are now. */
  look(company: Company): FloorView {
    const floor = this.#floor(company.company)
    const facts = this.#free.facts(company)
    const serving = (agent: AgentId): AgentFacts['serving'] => {
      const call = this.agents.engagedFor(company.company, agent)
      if (call === undefined) return undefined
      const caller = floor.waiting.get(call)
      return caller === undefined || caller.taken === agent ? 'talking' : 'ringing'
    }
    return {
      callers: [...floor.waiting.values()],
      agent: (agent, person) => ({ ...facts(agent, person), serving: serving(agent) }),
    }
  }

  /** Told when somebody comes or leaves, or an agent does something. What only time changes is not told. */
  onChange(listener: (company: CompanyId) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** waits until the queue is taken out of the company file. */
  async untilRemoved(caller: WaitingCaller, scope: Scope): Promise<void> {
    while (this.#company(caller.ticket.company, caller.ticket.queue)) await scope.sleep(lookEvery)
  }

  /** Something has changed: whoever can be rung now is. Changes of one moment are looked at together. */
  wake(company: CompanyId): void {
    this.#changed(company)
    const floor = this.#floor(company)
    if (floor.woken || floor.waiting.size === 0) return
    floor.woken = true
    queueMicrotask(() => {
      floor.woken = false
      this.#dispatch(company, floor)
    })
  }

  #dispatch(id: CompanyId, floor: CompanyFloor): void {
    const company = this.#deps.directory().companies.get(id)
    if (!company || floor.waiting.size === 0) return
    const free = this.#free.of(company)
    // Mostly nobody is free: those who wait need not be put in order for that.
    const offers = free.length === 0 ? [] : choose(boardOf(company, floor, free))
    for (const offer of offers) {
      const caller = floor.waiting.get(offer.call)
      const queue = queueNamed(company, offer.queue)
      if (caller && queue) void this.#offer(caller, offer, queue, floor)
    }
    this.#lookAgain(id, floor)
  }

  /** Marks the agents at once, so that nobody else is given them while the store is asked. */
  async #offer(caller: WaitingCaller, offer: Offer, queue: Queue, floor: CompanyFloor): Promise<void> {
    const { company, call } = caller.ticket
    for (const agent of offer.agents) {
      this.agents.engage(company, agent, call)
      caller.ringing.add(agent)
      floor.turns.set(queue.id, agent)
    }
    const given = await this.agents.reserve(company, call, offer.agents, queue)
    for (const agent of offer.agents)
      if (!given.includes(agent) || !floor.waiting.has(call)) {
        caller.ringing.delete(agent)
        this.agents.notRung(company, agent, call)
      }
    if (given.length > 0 && floor.waiting.has(call)) caller.offers.put(given)
    this.#changed(company)
  }

  /** Wakes when the next agent is ready, or in a second. */
  #lookAgain(company: CompanyId, floor: CompanyFloor): void {
    floor.stopLooking()
    const now = this.#deps.clock.now()
    const next = Math.min(now + lookEvery, this.agents.nextReady(company, now) ?? Infinity)
    floor.stopLooking = this.#deps.clock.after(next - now, () => {
      this.wake(company)
    })
  }

  #company(company: CompanyId, queue: string): Company | undefined {
    const found = this.#deps.directory().companies.get(company)
    return found && queueNamed(found, queue) ? found : undefined
  }

  #changed(company: CompanyId): void {
    for (const listener of [...this.#listeners]) listener(company)
  }

  #floor(company: CompanyId): CompanyFloor {
    const known = this.#floors.get(company)
    if (known) return known
    const made: CompanyFloor = {
      waiting: new Map(),
      turns: new Map(),
      answered: new Map(),
      woken: false,
      stopLooking: () => undefined,
    }
    this.#floors.set(company, made)
    return made
  }
}
