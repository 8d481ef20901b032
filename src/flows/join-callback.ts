import type { CallId } from '../domain/ids.js'
import { inPlaceOf, isCallback } from '../domain/queue/callback.js'
import type { Ticket } from '../domain/queue/ticket.js'
import type { Call, Deps } from './call.js'
import { noteCallback } from './call-back.js'
import { isStoreFault } from './store-away.js'

/** a customer who is to be called back calls in again, and has the place that was kept. */
export function inOldPlace(ticket: Ticket, { origin }: Call, deps: Deps): Ticket {
  const number = origin.kind === 'outside' ? origin.number : undefined
  const old = number && deps.callbacks.find(ticket.company, ticket.queue, number)
  return old ? inPlaceOf(ticket, old) : ticket
}

/**
 * Keeps the ticket and dissolves the callback, as one: the customer neither loses the place nor has two. Again and again the same:
 * an earlier run may have died on the way. Without the store the callback ends in this process.
 */
export async function joinCallback(ticket: Ticket, callback: CallId, deps: Deps): Promise<void> {
  try {
    const old = deps.callbacks.ofCall(callback) ?? (await deps.stores.queues.read(ticket.company, callback))
    if (old && isCallback(old)) await noteCallback(old, 'calledAgain', deps)
    await deps.stores.queues.join(ticket, callback)
  } catch (error) {
    if (!isStoreFault(error)) throw error
  }
  deps.callbacks.forget(callback)
}
