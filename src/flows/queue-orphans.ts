import type { Snapshot } from '../ports/pbx.js'
import type { Deps } from './call.js'
import { phaseOf } from './phase.js'
import { keepUnlessAway } from './store-away.js'

/**
 * Tickets of callers who wait no more: they have hung up unheard, or talk by now, or the exchange has restarted. What was reserved
 * for them goes with them.
 */
export async function forgetTickets(snapshot: Snapshot, deps: Deps): Promise<void> {
  const waiting = new Set(
    snapshot.legs.filter((leg) => phaseOf(leg.notes)?.at === 'queued').map((leg) => leg.notes['call']),
  )
  for (const company of deps.directory().companies.keys()) await keepUnlessAway(forget(company))

  async function forget(company: Parameters<typeof deps.stores.queues.list>[0]): Promise<void> {
    for (const { call } of await deps.stores.queues.list(company))
      if (!waiting.has(call)) await deps.stores.queues.remove(company, call)
  }
}
