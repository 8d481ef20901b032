import { pausesQueues } from '../domain/absence/absence.js'
import type { Company, Person } from '../domain/directory/company.js'
import type { AgentId, CallId, CompanyId, E164, Instant } from '../domain/ids.js'
import {
  callOver,
  callsOf,
  freeSince,
  isLoggedIn,
  newAgent,
  readyAt,
  type AgentRecord,
} from '../domain/queue/agent.js'
import type { AgentFacts } from '../domain/queue/agent-state.js'
import { stillCounted, type Answered } from '../domain/queue/announcement.js'
import { choose, type FreeAgent, type Offer } from '../domain/queue/choose.js'
import { inOrder } from '../domain/queue/order.js'
import { agentOf, queueNamed, type Queue } from '../domain/queue/settings.js'
import type { Ticket } from '../domain/queue/ticket.js'
import { shownFor } from '../domain/routing/queue.js'
import { greyed } from '../domain/numbers/grey.js'
import { StoreUnavailable } from '../ports/stores.js'
import { Mailbox } from '../runtime/mailbox.js'
import type { Scope } from '../runtime/scope.js'
import type { Deps } from './call.js'
import type { Leg } from './exchange.js'
import { absenceOf } from './situation.js'
import { isStoreFault } from './store-away.js'

/** While somebody waits, the floor is looked over at least this often: no event is assumed to have arrived. */
const lookEvery = 1_000
/** how much longer than they ring agents stay reserved. */
const leaseMargin = 5_000
/** How often a change is tried again that somebody else's came before. */
const tries = 10

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
  /** When the two were put together. */
  servedAt: Instant | undefined
}

/** The queues of a company as they are at the moment, for people who look at them. */
interface FloorView {
  readonly callers: readonly WaitingCaller[]
  /** Whether somebody answers for a queue at the moment is not in it. */
  agent(agent: AgentId, person: Person | undefined): Omit<AgentFacts, 'loggedIn'>
}

interface CompanyFloor {
  readonly waiting: Map<CallId, WaitingCaller>
  readonly agents: Map<AgentId, AgentRecord>
  /** Rung for, or talking with, a caller of a queue. */
  readonly engaged: Map<AgentId, CallId>
  /** Whose phones could not be reached, and until when they are passed over if nothing is heard of them. */
  readonly passedOver: Map<AgentId, Instant>
  readonly turns: Map<string, AgentId>
  readonly answered: Map<string, readonly Answered[]>
  readonly absences: Map<AgentId, SeenAbsence>
  woken: boolean
  stopLooking: () => void
}

/** Whether an agent was absent when last looked, and when an absence last ended. */
interface SeenAbsence {
  readonly at: Instant
  readonly absent: boolean
  readonly until: Instant | undefined
  readonly ended: Instant
}

/**
 * The queues of all companies as this process knows them: who waits, who answers, who is rung for whom. The store is asked whenever
 * an agent is taken, so that several processes share the agents; while it is away the queues go on by what is known (M-05).
 */
export class QueueFloor {
  readonly #deps: FloorDeps
  readonly #floors = new Map<CompanyId, CompanyFloor>()
  readonly #listeners = new Set<(company: CompanyId) => void>()

  constructor(deps: FloorDeps) {
    this.#deps = deps
    deps.exchange.onEvent((event, leg) => {
      if (event.kind === 'gone' || event.kind === 'left') this.#legEnded(leg)
      else if (event.kind === 'reachable') this.#wakeFor(event.device)
    })
    deps.absences.onChange((company) => {
      const floor = this.#floors.get(company)
      for (const [agent, seen] of floor?.absences ?? []) floor?.absences.set(agent, { ...seen, at: 0 })
      this.wake(company)
    })
  }

  /** Reads who answers for which queue. */
  async load(company: CompanyId): Promise<void> {
    const floor = this.#floor(company)
    for (const record of await this.#deps.stores.queues.agents(company)) {
      const known = floor.agents.get(record.agent)
      if (!known || known.version <= record.version) floor.agents.set(record.agent, record)
    }
    this.wake(company)
  }

  /** A caller begins to wait, or goes on. */
  enter(ticket: Ticket): WaitingCaller {
    const caller: WaitingCaller = {
      ticket,
      offers: new Mailbox(),
      ringing: new Set(),
      taken: undefined,
      servedAt: undefined,
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
    for (const agent of caller.ringing)
      if (agent !== caller.taken && floor.engaged.get(agent) === call) floor.engaged.delete(agent)
    if (floor.waiting.size === 0) floor.stopLooking()
    this.wake(company)
  }

  /** How many wait in the queue on the line; callbacks take up no room. */
  count(company: CompanyId, queue: string): number {
    const waiting = [...this.#floor(company).waiting.values()]
    return waiting.filter(({ ticket }) => ticket.queue === queue && !ticket.callback).length
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
    const someone = [
      ...queue.members.map(agentOf),
      ...queue.external.map(({ number }) => number as string),
    ].some((agent) => isLoggedIn(this.agent(company.company, agent as AgentId), queue))
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

  agent(company: CompanyId, agent: AgentId): AgentRecord {
    return this.#floor(company).agents.get(agent) ?? newAgent(company, agent)
  }

  /** O-10: what the person shows outside for the sake of a queue they answer for; of several the heaviest. */
  shownFor(company: Company, person: Person): E164 | undefined {
    const record = this.agent(company.company, agentOf(person.id))
    const shown = company.queues
      .filter((queue) => queue.members.includes(person.id) && isLoggedIn(record, queue))
      .sort((one, other) => other.weight - one.weight)
      .map((queue) => shownFor(queue, company.main))
    return shown.find((number) => number !== undefined)
  }

  /** The queues as they are now. */
  look(company: Company): FloorView {
    const floor = this.#floor(company.company)
    const now = this.#deps.clock.now()
    const busy = this.#busy()
    const serving = (agent: AgentId): AgentFacts['serving'] => {
      const call = floor.engaged.get(agent)
      if (call === undefined) return undefined
      const caller = floor.waiting.get(call)
      return caller === undefined || caller.taken === agent ? 'talking' : 'ringing'
    }
    return {
      callers: [...floor.waiting.values()],
      agent: (agent, person) => {
        const seen = person && this.#absence(company, floor, person, agent, now)
        const devices = person?.devices.map(({ name }) => name) ?? []
        return {
          record: this.agent(company.company, agent),
          serving: serving(agent),
          inUse: busy.has(agent) || devices.some((device) => busy.has(device)),
          absence: seen?.absent === true ? { until: seen.until } : undefined,
          reachable: person
            ? devices.some((device) => this.#deps.exchange.isReachable(device))
            : this.#mayBeDialled(company, agent),
          passedOverUntil: floor.passedOver.get(agent),
        }
      },
    }
  }

  /** Told when somebody comes or leaves, or an agent does something. What only time changes is not told. */
  onChange(listener: (company: CompanyId) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The agent rings for the caller, or talks with them, from now on. */
  engage(company: CompanyId, agent: AgentId, call: CallId): void {
    this.#floor(company).engaged.set(agent, call)
    this.#changed(company)
  }

  /** no phone of the agent could be reached; one that registers is rung at once. */
  passOver(company: CompanyId, agent: AgentId, until: Instant): void {
    this.#floor(company).passedOver.set(agent, until)
  }

  /** The agent is no longer taken by this caller. */
  async disengage(company: CompanyId, agent: AgentId, call: CallId): Promise<void> {
    const { engaged } = this.#floor(company)
    if (engaged.get(agent) !== call) return
    try {
      await this.#deps.stores.queues.release(company, call, [agent])
    } catch (error) {
      this.#unlessAway(error, 'an agent stays reserved until the lease ends')
    }
    if (engaged.get(agent) === call) engaged.delete(agent)
    this.wake(company)
  }

  /**
   * Changes what is kept of an agent, in the store and here. Without the store it is changed here only. Gives the record as it is
   * then; `undefined` from `change` means there is nothing to change.
   */
  async change(
    company: CompanyId,
    agent: AgentId,
    change: (record: AgentRecord) => AgentRecord | undefined,
  ): Promise<AgentRecord> {
    try {
      for (let attempt = 0; attempt < tries; attempt += 1) {
        const before = (await this.#deps.stores.queues.agent(company, agent)) ?? newAgent(company, agent)
        const next = change(before)
        if (!next || next === before) return this.#learn(before)
        const outcome = await this.#deps.stores.queues.replaceAgent(next, before.version)
        if (outcome === 'written') return this.#learn({ ...next, version: before.version + 1 })
      }
      throw new StoreUnavailable('an agent was changed by somebody else at every try')
    } catch (error) {
      this.#unlessAway(error, 'a change of an agent was not kept')
      return this.#learn(change(this.agent(company, agent)) ?? this.agent(company, agent))
    }
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
    const now = this.#deps.clock.now()
    const waiting = [...floor.waiting.values()].filter(({ taken }) => !taken)
    const offers = choose({
      queues: new Map(company.queues.map((queue) => [queue.id, queue])),
      waiting: waiting.map(({ ticket, ringing }) => ({ ticket, ringing: [...ringing] })),
      free: this.#freeAgents(company, floor, now),
      turns: floor.turns,
    })
    for (const offer of offers) {
      const caller = floor.waiting.get(offer.call)
      const queue = queueNamed(company, offer.queue)
      if (caller && queue) void this.#offer(caller, offer, queue, floor)
    }
    this.#lookAgain(company, floor, now)
  }

  /** Marks the agents at once, so that nobody else is given them while the store is asked. */
  async #offer(caller: WaitingCaller, offer: Offer, queue: Queue, floor: CompanyFloor): Promise<void> {
    const { company, call } = caller.ticket
    for (const agent of offer.agents) {
      floor.engaged.set(agent, call)
      caller.ringing.add(agent)
      floor.turns.set(queue.id, agent)
    }
    const given = await this.#reserve(company, offer, queue)
    for (const agent of offer.agents)
      if (!given.includes(agent) || !floor.waiting.has(call)) {
        caller.ringing.delete(agent)
        if (floor.engaged.get(agent) === call) floor.engaged.delete(agent)
      }
    if (given.length > 0 && floor.waiting.has(call)) caller.offers.put(given)
    this.#changed(company)
  }

  async #reserve(company: CompanyId, { call, agents }: Offer, queue: Queue): Promise<readonly AgentId[]> {
    const now = this.#deps.clock.now()
    const until = now + queue.ringSeconds * 1000 + leaseMargin
    try {
      return await this.#deps.stores.queues.lease(company, call, agents, now, until)
    } catch (error) {
      this.#unlessAway(error, 'agents are rung without being reserved')
      return agents
    }
  }

  #freeAgents(company: Company, floor: CompanyFloor, now: Instant): readonly FreeAgent[] {
    const busy = this.#busy()
    const isFree = (record: AgentRecord): boolean => {
      const ready = readyAt(record)
      return (
        ready !== undefined &&
        ready <= now &&
        (floor.passedOver.get(record.agent) ?? 0) <= now &&
        !floor.engaged.has(record.agent) &&
        !busy.has(record.agent)
      )
    }
    const answersFor = new Map<AgentId, FreeAgent['queues'][number][]>()
    const add = (record: AgentRecord, queue: Queue, absenceEnded: Instant): void => {
      const entry = {
        queue: queue.id,
        since: freeSince(record, queue, absenceEnded),
        calls: callsOf(record, queue),
      }
      const known = answersFor.get(record.agent)
      if (known) known.push(entry)
      else answersFor.set(record.agent, [entry])
    }
    const usable = new Map<AgentId, SeenAbsence | undefined>()
    for (const queue of company.queues) {
      for (const id of queue.members) {
        const record = this.agent(company.company, agentOf(id))
        if (!isLoggedIn(record, queue) || !isFree(record)) continue
        if (!usable.has(record.agent))
          usable.set(record.agent, this.#usable(company, floor, id, record.agent, busy, now))
        const seen = usable.get(record.agent)
        if (seen) add(record, queue, seen.ended)
      }
      for (const { number } of queue.external) {
        const record = this.agent(company.company, number as string as AgentId)
        const usable = this.#mayBeDialled(company, number)
        if (usable && isLoggedIn(record, queue) && isFree(record)) add(record, queue, 0)
      }
    }
    return [...answersFor].map(([agent, queues]) => ({ agent, queues }))
  }

  /** a telephone outside. */
  #mayBeDialled(company: Company, number: string): boolean {
    return company.trunk !== undefined && !greyed(company, number as E164, 'outgoing').blocked
  }

  /** A person who is there, and has a phone that is registered, none of whose phones is in use (R-06, H-36). */
  #usable(
    company: Company,
    floor: CompanyFloor,
    id: string,
    agent: AgentId,
    busy: ReadonlySet<string>,
    now: Instant,
  ): SeenAbsence | undefined {
    const person = this.#deps.directory().person(company.company, id)
    if (!person?.devices.some(({ name }) => this.#deps.exchange.isReachable(name))) return undefined
    if (person.devices.some(({ name }) => busy.has(name))) return undefined
    const seen = this.#absence(company, floor, person, agent, now)
    return seen.absent ? undefined : seen
  }

  #absence(company: Company, floor: CompanyFloor, person: Person, agent: AgentId, now: Instant): SeenAbsence {
    const before = floor.absences.get(agent)
    if (before && now - before.at < lookEvery) return before
    const current = absenceOf({ company }, person, this.#deps)
    const absent = pausesQueues(current)
    const ended = before?.absent && !absent ? Math.min(now, before.until ?? now) : (before?.ended ?? 0)
    const seen = { at: now, absent, until: current?.absence.until, ended }
    floor.absences.set(agent, seen)
    return seen
  }

  /** Phones that are in use, and agents for whom a leg is there. */
  #busy(): ReadonlySet<string> {
    return new Set(
      this.#deps.exchange.legs.flatMap(({ info, ended }) =>
        ended ? [] : [info.device ?? '', info.notes['agent'] ?? ''],
      ),
    )
  }

  /** Wakes when the next agent is ready, or in a second. */
  #lookAgain(company: Company, floor: CompanyFloor, now: Instant): void {
    floor.stopLooking()
    const ready = [...floor.agents.values()]
      .map((record) => readyAt(record) ?? 0)
      .concat([...floor.passedOver.values()])
      .filter((at) => at > now)
    floor.stopLooking = this.#deps.clock.after(Math.min(lookEvery, ...ready.map((at) => at - now)), () => {
      this.wake(company.company)
    })
  }

  /** somebody who answers for queues had a call of another kind. */
  #legEnded(leg: Leg | undefined): void {
    const found = leg?.info.device === undefined ? undefined : this.#deps.directory().device(leg.info.device)
    if (!leg || !found) {
      for (const company of this.#floors.keys()) this.wake(company)
      return
    }
    const { company } = found.company
    const agent = agentOf(found.person.id)
    const floor = this.#floor(company)
    const now = this.#deps.clock.now()
    if (leg.state === 'up' && floor.agents.has(agent) && !floor.engaged.has(agent))
      void this.change(company, agent, (record) => callOver(record, now))
    this.wake(company)
  }

  #wakeFor(device: string): void {
    const found = this.#deps.directory().device(device)
    if (!found) return
    this.#floor(found.company.company).passedOver.delete(agentOf(found.person.id))
    this.wake(found.company.company)
  }

  #learn(record: AgentRecord): AgentRecord {
    this.#floor(record.company).agents.set(record.agent, record)
    this.wake(record.company)
    return record
  }

  #company(company: CompanyId, queue: string): Company | undefined {
    const found = this.#deps.directory().companies.get(company)
    return found && queueNamed(found, queue) ? found : undefined
  }

  #unlessAway(error: unknown, what: string): void {
    if (!isStoreFault(error)) throw error
    this.#deps.log.warn(what, { error })
  }

  #changed(company: CompanyId): void {
    for (const listener of [...this.#listeners]) listener(company)
  }

  #floor(company: CompanyId): CompanyFloor {
    const known = this.#floors.get(company)
    if (known) return known
    const made: CompanyFloor = {
      waiting: new Map(),
      agents: new Map(),
      engaged: new Map(),
      passedOver: new Map(),
      turns: new Map(),
      answered: new Map(),
      absences: new Map(),
      woken: false,
      stopLooking: () => undefined,
    }
    this.#floors.set(company, made)
    return made
  }
}
