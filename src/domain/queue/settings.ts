import type { Company } from '../directory/company.js'
import type { AgentId, E164, PersonId } from '../ids.js'

/** A queue of the company file, with every value filled in. */
export type Queue = Company['queues'][number]

export const queueNamed = (company: Pick<Company, 'queues'>, id: string): Queue | undefined =>
  company.queues.find((queue) => queue.id === id)

/** A person as one who answers for queues. */
export const agentOf = (person: PersonId): AgentId => person as string as AgentId
/** A telephone outside as one who answers for queues. */
const externalAgent = (number: E164): AgentId => number as string as AgentId

/** Everybody who may answer for the queue, in the order of the file. */
export const membersOf = (queue: Queue): readonly AgentId[] => [
  ...queue.members.map(agentOf),
  ...queue.external.map(({ number }) => externalAgent(number)),
]

/** The telephone outside that an agent is, if it is one. */
export const externalOf = (queue: Queue, agent: AgentId): Queue['external'][number] | undefined =>
  queue.external.find(({ number }) => externalAgent(number) === agent)

/** */
export const isVip = (company: Pick<Company, 'vip'>, queue: Queue, number: E164 | undefined): boolean =>
  number !== undefined && [...queue.vip, ...company.vip].some((vip) => vip.number === number)

/** In whose mailbox messages for the queue are: somebody of the reception if the file names nobody. */
export const mailboxOf = (company: Pick<Company, 'reception'>, queue: Queue): PersonId | undefined =>
  queue.mailbox ?? company.reception.people[0]
