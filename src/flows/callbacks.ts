import type { CallId, CompanyId, E164 } from '../domain/ids.js'
import type { CallbackTicket } from '../domain/queue/callback.js'
import type { Scope } from '../runtime/scope.js'

/** The callbacks whose places are kept, as this process knows them; what outlives it is in the store. */
export class Callbacks {
  readonly #kept = new Map<CallId, CallbackTicket>()
  readonly #watchers = new Set<() => void>()

  /** From now on it is known, with this ticket. */
  keep(ticket: CallbackTicket): void {
    this.#kept.set(ticket.call, ticket)
  }

  /** It has come to its end, or the customer is on the line again. */
  forget(call: CallId): void {
    this.#kept.delete(call)
    for (const look of [...this.#watchers]) look()
  }

  ofCall(call: CallId): CallbackTicket | undefined {
    return this.#kept.get(call)
  }

  get all(): readonly CallbackTicket[] {
    return [...this.#kept.values()]
  }

  /** The callback of this number in this queue. */
  find(company: CompanyId, queue: string, number: E164): CallbackTicket | undefined {
    return this.all.find(
      (ticket) => ticket.company === company && ticket.queue === queue && ticket.callback.number === number,
    )
  }

  untilForgotten(call: CallId, scope: Scope): Promise<void> {
    return scope.wait<undefined>(({ resolve }) => {
      const look = (): void => {
        if (!this.#kept.has(call)) resolve(undefined)
      }
      this.#watchers.add(look)
      look()
      return () => this.#watchers.delete(look)
    })
  }
}
