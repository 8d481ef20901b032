import { companySchema } from '../../../src/domain/directory/company.js'
import type { AgentId, CallId, CompanyId, LegId } from '../../../src/domain/ids.js'
import type { Queue } from '../../../src/domain/queue/settings.js'
import type { Ticket } from '../../../src/domain/queue/ticket.js'
import { officeFile } from '../../support/office.js'

export const noon = Date.UTC(2026, 9, 5, 10)
export const agent = (name: string | number): AgentId => `a${String(name)}` as AgentId

/** A queue as the company file gives it, every default filled in. Its members are not looked up. */
export function queue(over: object = {}): Queue {
  const written = {
    id: 'support',
    name: 'Support',
    number: '300',
    members: ['a0', 'a1', 'a2', 'a3'],
    ...over,
  }
  const company = companySchema.parse({ ...officeFile, queues: [written] })
  return company.queues[0]!
}

export const ticket = (name: string | number, over: Partial<Ticket> = {}): Ticket => ({
  v: 1,
  company: 'kontoret' as CompanyId,
  queue: 'support',
  call: `c${String(name)}` as CallId,
  leg: `l${String(name)}` as LegId,
  arrivedAt: noon,
  enteredAt: noon,
  vip: false,
  firstPosition: 1,
  been: ['support'],
  ...over,
})
