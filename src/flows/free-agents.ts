import { pausesQueues } from '../domain/absence/absence.js'
import type { Company, Person } from '../domain/directory/company.js'
import type { AgentId, CompanyId, E164, Instant, Milliseconds } from '../domain/ids.js'
import { callsOf, freeSince, isLoggedIn, readyAt, type AgentRecord } from '../domain/queue/agent.js'
import type { AgentFacts } from '../domain/queue/agent-state.js'
import type { FreeAgent } from '../domain/queue/choose.js'
import { agentOf, type Queue } from '../domain/queue/settings.js'
import { greyed } from '../domain/numbers/grey.js'
import type { Deps } from './call.js'
import type { QueueAgents } from './queue-agents.js'
import { absenceOf } from './situation.js'

/** An absence is found out at most this often, as long as nobody changes it. */
const lookEvery: Milliseconds = 1_000

/** Whether an agent was absent when last looked, and when an absence last ended. */
interface SeenAbsence {
  readonly at: Instant
  readonly absent: boolean
  readonly until: Instant | undefined
  readonly ended: Instant
}

type FreeDeps = Pick<Deps, 'exchange' | 'clock' | 'absences' | 'calendars' | 'directory'>

/** Which agents may be rung now: logged in, ready, not taken, there, with a phone that can be reached and none in use. */
export class FreeAgents {
  readonly #deps: FreeDeps
  readonly #agents: QueueAgents
  readonly #absences = new Map<CompanyId, Map<AgentId, SeenAbsence>>()

  constructor(deps: FreeDeps, agents: QueueAgents) {
    this.#deps = deps
    this.#agents = agents
  }

  /** The absences of a company have changed. */
  absencesChanged(company: CompanyId): void {
    const known = this.#absences.get(company)
    for (const [agent, seen] of known ?? []) known?.set(agent, { ...seen, at: 0 })
  }

  /** All of them, each with the queues they answer for. */
  of(company: Company): readonly FreeAgent[] {
    const now = this.#deps.clock.now()
    const busy = this.#busyOnce()
    const answersFor = new Map<AgentId, FreeAgent['queues'][number][]>()
    const add = (record: AgentRecord, queue: Queue, absenceEnded: Instant): void => {
      const since = freeSince(record, queue, absenceEnded)
      const entry = { queue: queue.id, since, calls: callsOf(record, queue) }
      const known = answersFor.get(record.agent)
      if (known) known.push(entry)
      else answersFor.set(record.agent, [entry])
    }
    const usable = new Map<AgentId, SeenAbsence | undefined>()
    for (const queue of company.queues) {
      for (const id of queue.members) {
        const record = this.#agents.read(company.company, agentOf(id))
        if (!isLoggedIn(record, queue) || !this.#isReady(record, busy, now)) continue
        if (!usable.has(record.agent)) usable.set(record.agent, this.#usable(company, id, record.agent, busy))
        const seen = usable.get(record.agent)
        if (seen) add(record, queue, seen.ended)
      }
      for (const { number } of queue.external) {
        const record = this.#agents.read(company.company, number as string as AgentId)
        if (!mayBeDialled(company, number) || !isLoggedIn(record, queue)) continue
        if (this.#isReady(record, busy, now)) add(record, queue, 0)
      }
    }
    return [...answersFor].map(([agent, queues]) => ({ agent, queues }))
  }

  /** What is known of agents of the company, but for whom they ring; for people who look at them. */
  facts(
    company: Company,
  ): (agent: AgentId, person: Person | undefined) => Omit<AgentFacts, 'loggedIn' | 'serving'> {
    const busy = this.#busy()
    return (agent, person) => {
      const seen = person && this.#absence(company, person, agent)
      const devices = person?.devices.map(({ name }) => name) ?? []
      return {
        record: this.#agents.read(company.company, agent),
        inUse: busy.has(agent) || devices.some((device) => busy.has(device)),
        absence: seen?.absent === true ? { until: seen.until } : undefined,
        reachable: person
          ? devices.some((device) => this.#deps.exchange.isReachable(device))
          : mayBeDialled(company, agent),
        passedOverUntil: this.#agents.passedOverUntil(company.company, agent),
      }
    }
  }

  #isReady(record: AgentRecord, busy: () => ReadonlySet<string>, now: Instant): boolean {
    const { company, agent } = record
    const ready = readyAt(record)
    return (
      ready !== undefined &&
      ready <= now &&
      (this.#agents.passedOverUntil(company, agent) ?? 0) <= now &&
      this.#agents.engagedFor(company, agent) === undefined &&
      !busy().has(agent)
    )
  }

  /** A person who is there, and has a phone that is registered, none of whose phones is in use (R-06, H-36). */
  #usable(
    company: Company,
    id: string,
    agent: AgentId,
    busy: () => ReadonlySet<string>,
  ): SeenAbsence | undefined {
    const person = this.#deps.directory().person(company.company, id)
    if (!person?.devices.some(({ name }) => this.#deps.exchange.isReachable(name))) return undefined
    if (person.devices.some(({ name }) => busy().has(name))) return undefined
    const seen = this.#absence(company, person, agent)
    return seen.absent ? undefined : seen
  }

  #absence(company: Company, person: Person, agent: AgentId): SeenAbsence {
    const known = this.#absences.get(company.company) ?? new Map<AgentId, SeenAbsence>()
    this.#absences.set(company.company, known)
    const now = this.#deps.clock.now()
    const before = known.get(agent)
    if (before && now - before.at < lookEvery) return before
    const current = absenceOf({ company }, person, this.#deps)
    const absent = pausesQueues(current)
    const ended = before?.absent && !absent ? Math.min(now, before.until ?? now) : (before?.ended ?? 0)
    const seen = { at: now, absent, until: current?.absence.until, ended }
    known.set(agent, seen)
    return seen
  }

  /** Looked up when it is first asked for: mostly all agents are rung or talk, and nobody asks. */
  #busyOnce(): () => ReadonlySet<string> {
    let known: ReadonlySet<string> | undefined
    return () => (known ??= this.#busy())
  }

  /** Phones that are in use, and agents for whom a leg is there. */
  #busy(): ReadonlySet<string> {
    return new Set(
      this.#deps.exchange.legs.flatMap(({ info, ended }) =>
        ended ? [] : [info.device ?? '', info.notes['agent'] ?? ''],
      ),
    )
  }
}

/** a telephone outside. */
const mayBeDialled = (company: Company, number: string): boolean =>
  company.trunk !== undefined && !greyed(company, number as E164, 'outgoing').blocked
