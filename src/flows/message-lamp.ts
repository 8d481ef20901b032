import type { Company, Person } from '../domain/directory/company.js'
import { mailboxOf } from '../domain/directory/provision.js'
import type { Deps } from './call.js'

type Lighting = Pick<Deps, 'stores' | 'exchange'>

/** Lights or clears the message lamp (RFC 3842): new messages, open requests to call back and unheard notices count as new. */
export async function lightMessageLamp(company: Company, person: Person, deps: Lighting): Promise<void> {
  await deps.exchange.pbx.setMessageLamp(mailboxOf(company, person), await countsOf(company, person, deps))
}

/** After a start: the exchange forgets lamps when it restarts, and then all are dark. */
export async function lightMessageLamps(company: Company, deps: Lighting): Promise<void> {
  for (const person of company.people) {
    const counts = await countsOf(company, person, deps)
    if (counts.fresh + counts.heard > 0)
      await deps.exchange.pbx.setMessageLamp(mailboxOf(company, person), counts)
  }
}

async function countsOf({ company }: Company, { id }: Person, deps: Lighting) {
  const messages = await deps.stores.messages.list(company, id)
  const callbacks = await deps.stores.callbacks.list(company, id)
  const notices = await deps.stores.notices.list(company, id)
  const heard = messages.filter((message) => message.heard).length
  return { fresh: messages.length - heard + callbacks.length + notices.length, heard }
}
