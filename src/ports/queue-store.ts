import type { AgentRecord } from '../domain/queue/agent.js'
import type { CallbackTicket } from '../domain/queue/callback.js'
import type { Ticket } from '../domain/queue/ticket.js'
import type { AgentId, CallId, CompanyId, Instant } from '../domain/ids.js'

/** An agent who is reserved for a caller, until then. */
export interface AgentLease {
  readonly agent: AgentId
  readonly call: CallId
  readonly until: Instant
}

/**
 * Who waits in the queues, who answers for them, and who is reserved for whom. Atomic per company. Rejects like the other stores.
 *
 *     a ticket:  waiting --claim by the first who answers--> claimed --bridged--> removed
 *                   \<--the one who claimed is gone: giveBack, or the claim lapses--/
 */
export interface QueueStore {
  /** Writes the ticket, also over an earlier one of the same call; a claim on it stays. */
  put(ticket: Ticket): Promise<void>
  /** keeps the place of a callback. `already`: another one of the same number is kept in the same queue; nothing was changed. */
  keepPlace(ticket: CallbackTicket): Promise<'kept' | 'already'>
  /** writes the ticket and removes that of the callback whose place it takes, as one. */
  join(ticket: Ticket, callback: CallId): Promise<void>
  /** Removes the ticket, its claim, and what was reserved for it. */
  remove(company: CompanyId, call: CallId): Promise<void>
  read(company: CompanyId, call: CallId): Promise<Ticket | undefined>
  /** By arrival. */
  list(company: CompanyId): Promise<readonly Ticket[]>
  /**
   * of several who answer one gets the caller. The claim lapses at `until` (M-10); the same agent again wins again.
   * `gone`: there is no such ticket.
   */
  claim(
    company: CompanyId,
    call: CallId,
    agent: AgentId,
    now: Instant,
    until: Instant,
  ): Promise<'won' | 'taken' | 'gone'>
  /** The claim of this agent ends, the ticket waits on. */
  giveBack(company: CompanyId, call: CallId, agent: AgentId): Promise<void>
  /**
   * reserves those of the agents for the caller who are not reserved for another one; gives them. Those who are reserved
   * for this very caller already are reserved anew.
   */
  lease(
    company: CompanyId,
    call: CallId,
    agents: readonly AgentId[],
    now: Instant,
    until: Instant,
  ): Promise<readonly AgentId[]>
  /** Ends what was reserved for this caller; what others have reserved stays. */
  release(company: CompanyId, call: CallId, agents: readonly AgentId[]): Promise<void>
  /** Those that have not lapsed. */
  leases(company: CompanyId, now: Instant): Promise<readonly AgentLease[]>

  agent(company: CompanyId, agent: AgentId): Promise<AgentRecord | undefined>
  agents(company: CompanyId): Promise<readonly AgentRecord[]>
  /** Writes the record if the stored version is still `expected` (0: there is none); it gets the version `expected + 1`. */
  replaceAgent(record: AgentRecord, expected: number): Promise<'written' | 'conflict'>
}
