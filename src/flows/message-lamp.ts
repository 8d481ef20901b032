import type { CompanyId, PersonId } from '../domain/ids.js'
import type { Deps } from './call.js'

/** The name of a person's mailbox as the phones know it (RFC 3842). */
export const mailboxOf = (company: CompanyId, person: PersonId): string => `${person}@${company}`

/** Lights or clears the message lamp: new messages and open requests to call back count as new. */
export async function lightMessageLamp(
  company: CompanyId,
  person: PersonId,
  deps: Pick<Deps, 'stores' | 'exchange'>,
): Promise<void> {
  const messages = await deps.stores.messages.list(company, person)
  const callbacks = await deps.stores.callbacks.list(company, person)
  const heard = messages.filter((message) => message.heard).length
  const fresh = messages.length - heard + callbacks.length
  await deps.exchange.pbx.setMessageLamp(mailboxOf(company, person), { fresh, heard })
}
