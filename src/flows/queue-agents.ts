import type { Company, Person } from '../domain/directory/company.js'
import type { AgentId, CallId, CompanyId, E164, Instant } from '../domain/ids.js'
import {
  callOver,
  fromKept,
  isLoggedIn,
  newAgent,
  readyAt,
  toKeep,
  type AgentRecord,
} from '../domain/queue/agent.js'
import { agentOf, queueNamed, type Queue } from '../domain/queue/settings.js'
import { shownFor } from '../domain/routing/queue.js'
import { StoreUnavailable } from '../ports/stores.js'
import { Turns } from '../runtime/turns.js'
import type { Deps } from './call.js'
import type { Leg } from './exchange.js'
import { isStoreFault } from './store-away.js'

/** how much longer than they ring agents stay reserved. */
const leaseMargin = 5_000
/** How often a change is tried again that another process's came before. */
const tries = 10

/** Where what an agent has said of themselves is kept beside the store. */
const keptName = (company: CompanyId, agent: AgentId): string => `agent_${company}_${agent}`
/** A telephone outside logs in nowhere. */
const isPerson = (agent: AgentId): boolean => !agent.startsWith('+')

type AgentsDeps = Pick<Deps, 'exchange' | 'stores' | 'clock' | 'log' | 'directory'>

interface CompanyAgents {
  readonly records: Map<AgentId, AgentRecord>
  /** Rung for, or talking with, a caller of a queue. */
  readonly engaged: Map<AgentId, CallId>
  /** Whose phones could not be reached, and until when they are passed over if nothing is heard of them. */
  readonly passedOver: Map<AgentId, Instant>
}

/**
 * Those who answer for queues, as this process knows them: what is kept of each, and for whom they ring or with whom they talk. The
 * store is asked whenever an agent is taken, so that several processes share them; while it is away it goes on by what is
 * known (M-05).
 */
export class QueueAgents {
  readonly #deps: AgentsDeps
  readonly #changed: (company: CompanyId) => void
  readonly #companies = new Map<CompanyId, CompanyAgents>()
  readonly #recovered = new Set<CompanyId>()
  readonly #turns = new Turns()

  /** `changed` is told whenever something about the agents of a company is different. */
  constructor(deps: AgentsDeps, changed: (company: CompanyId) => void) {
    this.#deps = deps
    this.#changed = changed
    deps.exchange.onEvent((event, leg) => {
      if (event.kind === 'gone' || event.kind === 'left') this.#legEnded(leg)
      else if (event.kind === 'reachable') this.#isReachable(event.device)
    })
  }

  /** Reads who answers for which queue. */
  async load(company: CompanyId): Promise<void> {
    const { records } = this.#of(company)
    for (const record of await this.#deps.stores.queues.agents(company)) {
      const known = records.get(record.agent)
      if (!known || known.version <= record.version) records.set(record.agent, record)
    }
    await this.#recover(company)
    this.#changed(company)
  }

  /** Once at the start: of whom the store knows nothing the exchange may know what the store has lost (M-06). */
  async #recover(id: CompanyId): Promise<void> {
    const company = this.#deps.directory().companies.get(id)
    if (!company || this.#recovered.has(id)) return
    this.#recovered.add(id)
    const { records } = this.#of(id)
    const members = new Set(company.queues.flatMap((queue) => queue.members.map(agentOf)))
    const unknown = [...members].filter((agent) => !records.has(agent))
    await Promise.all(unknown.map((agent) => this.#recoverOne(id, agent)))
  }

  async #recoverOne(company: CompanyId, agent: AgentId): Promise<void> {
    const { exchange, stores, log } = this.#deps
    try {
      const record = fromKept(await exchange.pbx.kept(keptName(company, agent)), company, agent)
      if (record && (await stores.queues.replaceAgent(record, 0)) === 'written')
        this.#of(company).records.set(agent, { ...record, version: 1 })
    } catch (error) {
      log.warn('an agent could not be looked for in the exchange', { agent, error })
    }
  }

  /** Tells the exchange all of them: an exchange that has restarted knows none. */
  async keepAll(company: CompanyId): Promise<void> {
    for (const record of this.#of(company).records.values()) {
      const text = this.#toKeep(record)
      if (isPerson(record.agent) && text !== '')
        await this.#deps.exchange.pbx.keep(keptName(company, record.agent), text)
    }
  }

  read(company: CompanyId, agent: AgentId): AgentRecord {
    return this.#of(company).records.get(agent) ?? newAgent(company, agent)
  }

  /**
   * Changes what is kept of an agent, in the store and here; changes of one agent one after the other. Without the store it is changed
   * here only. Gives the record as it is then; `undefined` from `change` means there is nothing to change.
   */
  change(
    company: CompanyId,
    agent: AgentId,
    change: (record: AgentRecord) => AgentRecord | undefined,
  ): Promise<AgentRecord> {
    return this.#turns.run(`${company} ${agent}`, () => this.#change(company, agent, change))
  }

  async #change(
    company: CompanyId,
    agent: AgentId,
    change: (record: AgentRecord) => AgentRecord | undefined,
  ): Promise<AgentRecord> {
    try {
      for (let attempt = 0; attempt < tries; attempt += 1) {
        const stored = await this.#deps.stores.queues.agent(company, agent)
        // A store that has lost its data learns it again from here (M-06).
        const before = stored ?? { ...this.read(company, agent), version: 0 }
        const next = change(before)
        if (!next || next === before) return this.#learn(before)
        const outcome = await this.#deps.stores.queues.replaceAgent(next, before.version)
        if (outcome === 'written') return this.#learn({ ...next, version: before.version + 1 })
      }
      throw new StoreUnavailable('an agent was changed by somebody else at every try')
    } catch (error) {
      this.#unlessAway(error, 'a change of an agent was not kept')
      return this.#learn(change(this.read(company, agent)) ?? this.read(company, agent))
    }
  }

  /** O-10: what the person shows outside for the sake of a queue they answer for; of several the heaviest. */
  shownFor(company: Company, person: Person): E164 | undefined {
    const record = this.read(company.company, agentOf(person.id))
    const shown = company.queues
      .filter((queue) => queue.members.includes(person.id) && isLoggedIn(record, queue))
      .sort((one, other) => other.weight - one.weight)
      .map((queue) => shownFor(queue, company.main))
    return shown.find((number) => number !== undefined)
  }

  /** For whom the agent rings, or with whom they talk. */
  engagedFor(company: CompanyId, agent: AgentId): CallId | undefined {
    return this.#of(company).engaged.get(agent)
  }

  /** The agent rings for the caller, or talks with them, from now on. */
  engage(company: CompanyId, agent: AgentId, call: CallId): void {
    this.#of(company).engaged.set(agent, call)
    this.#changed(company)
  }

  /** The agent is no longer taken by this caller. */
  async disengage(company: CompanyId, agent: AgentId, call: CallId): Promise<void> {
    if (this.engagedFor(company, agent) !== call) return
    try {
      await this.#deps.stores.queues.release(company, call, [agent])
    } catch (error) {
      this.#unlessAway(error, 'an agent stays reserved until the lease ends')
    }
    this.notRung(company, agent, call)
    this.#changed(company)
  }

  /** The agent was given to this caller, and is not rung for them. */
  notRung(company: CompanyId, agent: AgentId, call: CallId): void {
    const { engaged } = this.#of(company)
    if (engaged.get(agent) === call) engaged.delete(agent)
  }

  /** reserves the agents for the caller as long as they ring; gives those who are not reserved for others. */
  async reserve(
    company: CompanyId,
    call: CallId,
    agents: readonly AgentId[],
    queue: Queue,
  ): Promise<readonly AgentId[]> {
    const now = this.#deps.clock.now()
    const until = now + queue.ringSeconds * 1000 + leaseMargin
    try {
      return await this.#deps.stores.queues.lease(company, call, agents, now, until)
    } catch (error) {
      this.#unlessAway(error, 'agents are rung without being reserved')
      return agents
    }
  }

  /** no phone of the agent could be reached; one that registers is rung at once. */
  passOver(company: CompanyId, agent: AgentId, until: Instant): void {
    this.#of(company).passedOver.set(agent, until)
  }

  passedOverUntil(company: CompanyId, agent: AgentId): Instant | undefined {
    return this.#of(company).passedOver.get(agent)
  }

  /** When the next agent is ready who is not now. */
  nextReady(company: CompanyId, now: Instant): Instant | undefined {
    const { records, passedOver } = this.#of(company)
    const times = [...[...records.values()].map((record) => readyAt(record) ?? 0), ...passedOver.values()]
    const later = times.filter((at) => at > now)
    return later.length === 0 ? undefined : Math.min(...later)
  }

  /** somebody who answers for queues had a call of another kind. */
  #legEnded(leg: Leg | undefined): void {
    const found = leg?.info.device === undefined ? undefined : this.#deps.directory().device(leg.info.device)
    if (!leg || !found) {
      for (const company of this.#companies.keys()) this.#changed(company)
      return
    }
    const { company } = found.company
    const agent = agentOf(found.person.id)
    const { records, engaged } = this.#of(company)
    const now = this.#deps.clock.now()
    if (leg.state === 'up' && records.has(agent) && !engaged.has(agent))
      void this.change(company, agent, (record) => callOver(record, now))
    this.#changed(company)
  }

  #isReachable(device: string): void {
    const found = this.#deps.directory().device(device)
    if (!found) return
    this.#of(found.company.company).passedOver.delete(agentOf(found.person.id))
    this.#changed(found.company.company)
  }

  #learn(record: AgentRecord): AgentRecord {
    const { company, agent } = record
    const before = this.#toKeep(this.read(company, agent))
    this.#of(company).records.set(agent, record)
    this.#changed(company)
    const after = this.#toKeep(record)
    if (isPerson(agent) && after !== before)
      this.#deps.exchange.pbx.keep(keptName(company, agent), after).catch((error: unknown) => {
        this.#deps.log.warn('an agent is not kept by the exchange', { agent, error })
      })
    return record
  }

  #toKeep(record: AgentRecord): string {
    const company = this.#deps.directory().companies.get(record.company)
    return toKeep(
      record,
      (queue) => company !== undefined && queueNamed(company, queue)?.strategy === 'fewestCalls',
    )
  }

  #unlessAway(error: unknown, what: string): void {
    if (!isStoreFault(error)) throw error
    this.#deps.log.warn(what, { error })
  }

  #of(company: CompanyId): CompanyAgents {
    const known = this.#companies.get(company)
    if (known) return known
    const made: CompanyAgents = { records: new Map(), engaged: new Map(), passedOver: new Map() }
    this.#companies.set(company, made)
    return made
  }
}
