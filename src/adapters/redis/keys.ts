import type { CallId, CompanyId, PersonId } from '../../domain/ids.js'

/**
 * Every key the system has in Redis. The company stands in braces, the hash tag of Redis Cluster: all keys of a company
 * live on one node, and every script touches one company only.
 */
const of = (company: CompanyId, what: string, whose?: string): string =>
  whose === undefined ? `vaxel:{${company}}:${what}` : `vaxel:{${company}}:${what}:${whose}`

export const keys = {
  /** Set of the companies that were ever written; a removed one is still in it. */
  companies: 'vaxel:companies',
  /** Set of the companies that ever had mail to send. */
  outboxes: 'vaxel:outboxes',
  /** Publish/subscribe channel of the change feed; JSON of `Change`. */
  feed: 'vaxel:feed',

  /** String: JSON of the applied company. */
  company: (company: CompanyId) => of(company, 'company'),
  /** Hash: device name -> registration password. */
  secrets: (company: CompanyId) => of(company, 'secrets'),

  /** String: JSON of the stored absences. */
  absence: (company: CompanyId, person: PersonId) => of(company, 'absence', person),
  /** Set of the people that have one. */
  absencePeople: (company: CompanyId) => of(company, 'absence-people'),
  /** Sorted set of the commands that were carried out, by the version they made. */
  absenceCommands: (company: CompanyId, person: PersonId) => of(company, 'absence-commands', person),
  /** List of JSON changes, newest first. */
  absenceHistory: (company: CompanyId, person: PersonId) => of(company, 'absence-history', person),

  /** List of JSON decisions about one call, oldest first. */
  trace: (company: CompanyId, call: CallId | '') => of(company, 'trace', call),
  /** Sorted set of traced calls, by the time of their first decision. */
  traces: (company: CompanyId) => of(company, 'traces'),

  /** Hash: call -> JSON of the missed call. */
  missedCalls: (company: CompanyId, person: PersonId) => of(company, 'missed', person),
  /** Sorted set of these calls by time. */
  missedCallOrder: (company: CompanyId, person: PersonId) => of(company, 'missed-order', person),
  /** Hash: number -> JSON of the open callback request. */
  callbacks: (company: CompanyId, person: PersonId) => of(company, 'callbacks', person),
  /** Hash: recording -> JSON of the message. */
  messages: (company: CompanyId, person: PersonId) => of(company, 'messages', person),

  /** Hash: colleague -> JSON of the notice that they changed the absence. */
  notices: (company: CompanyId, person: PersonId) => of(company, 'notices', person),

  /** Hash: digest of a token of the HTTP API -> JSON of when it was issued. */
  apiTokens: (company: CompanyId) => of(company, 'api-tokens'),

  /** List of the times of the latest failures. */
  failures: (company: CompanyId, who: string) => of(company, 'failures', who),
  /** String: instant until which `who` is locked. */
  lock: (company: CompanyId, who: string) => of(company, 'lock', who),

  /** Hash: id -> JSON of the mail as it was put. */
  outbox: (company: CompanyId) => of(company, 'outbox'),
  /** Sorted set: id by the time it is due. */
  outboxDue: (company: CompanyId) => of(company, 'outbox-due'),
  /** Hash: id -> attempts made. */
  outboxAttempts: (company: CompanyId) => of(company, 'outbox-attempts'),
  /** String that lives 7 days: this id was put. */
  outboxKnown: (company: CompanyId, id: string) => of(company, 'outbox-known', id),

  /** Hash: call -> JSON of its record. */
  calls: (company: CompanyId) => of(company, 'calls'),

  /** String: JSON of what was set by hand above the opening hours. */
  hours: (company: CompanyId) => of(company, 'hours'),

  /** Hash: place -> JSON of the call parked there; `fetching:<place>` -> end and leg of the claim to fetch it. */
  park: (company: CompanyId) => of(company, 'park'),
  /** Hash: group -> place last used in it. */
  parkGroups: (company: CompanyId) => of(company, 'park-groups'),

  /** Hash: call -> JSON of the ticket of a caller who waits in a queue. */
  queueTickets: (company: CompanyId) => of(company, 'queue-tickets'),
  /** Hash: call -> end and agent of the claim on it. */
  queueClaims: (company: CompanyId) => of(company, 'queue-claims'),
  /** Hash: agent -> end and call for which the agent is reserved. */
  queueLeases: (company: CompanyId) => of(company, 'queue-leases'),
  /** Hash: agent -> JSON of the queues logged in to, the pause, the wrap-up. */
  queueAgents: (company: CompanyId) => of(company, 'queue-agents'),
  /** Hash: visit -> JSON of what came of a call in this queue. */
  queueVisits: (company: CompanyId, queue: string) => of(company, 'queue-visits', queue),
  /** Sorted set of these visits, by the time at which they began. */
  queueVisitOrder: (company: CompanyId, queue: string) => of(company, 'queue-visit-order', queue),

  /** Set of the exchanges that ever ran. */
  exchanges: 'vaxel:exchanges',
  /** String that expires: JSON of what the exchange last said of itself. */
  exchange: (node: string) => `vaxel:exchange:${node}`,

  /** String: fencing token of the owner. */
  leaseOwner: (name: string) => `vaxel:lease:{${name}}:owner`,
  /** String: the last token given out. */
  /** Name of the process that took the lease; kept, so that a successor can see whether it has died. */
  leaseHolder: (name: string) => `vaxel:lease:{${name}}:holder`,
  leaseToken: (name: string) => `vaxel:lease:{${name}}:token`,
} as const
