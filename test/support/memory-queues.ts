import type { AgentRecord } from '../../src/domain/queue/agent.js'
import { isSameCallback } from '../../src/domain/queue/callback.js'
import type { Ticket } from '../../src/domain/queue/ticket.js'
import type { AgentId, CallId, CompanyId, Instant } from '../../src/domain/ids.js'
import type { QueueStore } from '../../src/ports/queue-store.js'

export interface QueueTables {
  /** JSON by `company/call`. */
  readonly tickets: Map<string, string>
  /** By `company/call`. */
  readonly ticketClaims: Map<string, { readonly agent: AgentId; readonly until: Instant }>
  /** By `company/agent`. */
  readonly leases: Map<string, { readonly call: CallId; readonly until: Instant }>
  /** JSON by `company/agent`. */
  readonly agents: Map<string, string>
}
type Guard = <Arguments extends readonly unknown[], Result>(
  method: string,
  run: (...given: Arguments) => Result,
) => (...given: Arguments) => Promise<Result>

export function memoryQueues(tables: QueueTables, guard: Guard): QueueStore {
  const { tickets, ticketClaims, leases, agents } = tables
  const of = <Value>(map: Map<string, Value>, company: CompanyId): readonly (readonly [string, Value])[] =>
    [...map]
      .filter(([key]) => key.startsWith(`${company}/`))
      .map(([key, value]) => [key.slice(company.length + 1), value])
  const read = (company: CompanyId, call: CallId): Ticket | undefined => {
    const text = tickets.get(`${company}/${call}`)
    return text === undefined ? undefined : (JSON.parse(text) as Ticket)
  }
  const agent = (company: CompanyId, id: AgentId): AgentRecord | undefined => {
    const text = agents.get(`${company}/${id}`)
    return text === undefined ? undefined : (JSON.parse(text) as AgentRecord)
  }
  const remove = (company: CompanyId, call: CallId): void => {
    tickets.delete(`${company}/${call}`)
    ticketClaims.delete(`${company}/${call}`)
    for (const [id, lease] of of(leases, company)) if (lease.call === call) leases.delete(`${company}/${id}`)
  }
  return {
    put: guard(
      'put',
      (ticket) => void tickets.set(`${ticket.company}/${ticket.call}`, JSON.stringify(ticket)),
    ),
    keepPlace: guard('keepPlace', (ticket) => {
      const others = of(tickets, ticket.company).map(([, text]) => JSON.parse(text) as Ticket)
      if (others.some((other) => isSameCallback(ticket, other))) return 'already'
      tickets.set(`${ticket.company}/${ticket.call}`, JSON.stringify(ticket))
      return 'kept'
    }),
    join: guard('join', (ticket, callback) => {
      tickets.set(`${ticket.company}/${ticket.call}`, JSON.stringify(ticket))
      remove(ticket.company, callback)
    }),
    remove: guard('remove', remove),
    read: guard('read', read),
    list: guard('list', (company) =>
      of(tickets, company)
        .map(([, text]) => JSON.parse(text) as Ticket)
        .sort((a, b) => a.arrivedAt - b.arrivedAt || (a.call < b.call ? -1 : 1)),
    ),
    claim: guard('claim', (company, call, who, now, until) => {
      if (!tickets.has(`${company}/${call}`)) return 'gone'
      const claim = ticketClaims.get(`${company}/${call}`)
      if (claim !== undefined && claim.agent !== who && claim.until > now) return 'taken'
      ticketClaims.set(`${company}/${call}`, { agent: who, until })
      return 'won'
    }),
    giveBack: guard('giveBack', (company, call, who) => {
      if (ticketClaims.get(`${company}/${call}`)?.agent === who) ticketClaims.delete(`${company}/${call}`)
    }),
    lease: guard('lease', (company, call, who, now, until) =>
      who.filter((id) => {
        const lease = leases.get(`${company}/${id}`)
        if (lease !== undefined && lease.call !== call && lease.until > now) return false
        leases.set(`${company}/${id}`, { call, until })
        return true
      }),
    ),
    release: guard('release', (company, call, who) => {
      for (const id of who)
        if (leases.get(`${company}/${id}`)?.call === call) leases.delete(`${company}/${id}`)
    }),
    leases: guard('leases', (company, now) =>
      of(leases, company)
        .map(([id, lease]) => ({ agent: id as AgentId, ...lease }))
        .filter(({ until }) => until > now)
        .sort((a, b) => (a.agent < b.agent ? -1 : 1)),
    ),
    agent: guard('agent', agent),
    agents: guard('agents', (company) =>
      of(agents, company)
        .map(([, text]) => JSON.parse(text) as AgentRecord)
        .sort((a, b) => (a.agent < b.agent ? -1 : 1)),
    ),
    replaceAgent: guard('replaceAgent', (record, expected) => {
      if ((agent(record.company, record.agent)?.version ?? 0) !== expected) return 'conflict'
      agents.set(`${record.company}/${record.agent}`, JSON.stringify({ ...record, version: expected + 1 }))
      return 'written'
    }),
  }
}
