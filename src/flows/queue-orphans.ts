import type { Ticket } from '../domain/queue/ticket.js'
import { visitOf, type VisitEnd } from '../domain/queue/visit.js'
import type { Snapshot } from '../ports/pbx.js'
import type { Deps } from './call.js'
import { phaseOf } from './phase.js'
import { keepUnlessAway } from './store-away.js'

/**
 * Tickets of callers who wait no more: they have hung up unheard, or talk by now, or the exchange has restarted. What was reserved
 * for them goes with them. An earlier run may have died before it could write down what came of them.
 */
export async function forgetTickets(snapshot: Snapshot, deps: Deps): Promise<void> {
  const callers = snapshot.legs.filter(({ notes }) => notes['role'] !== 'called')
  const phases = new Map(callers.map((leg) => [leg.notes['call'] ?? leg.id, phaseOf(leg.notes)]))
  for (const company of deps.directory().companies.keys()) await keepUnlessAway(forget(company))

  async function forget(company: Parameters<typeof deps.stores.queues.list>[0]): Promise<void> {
    for (const [index, ticket] of (await deps.stores.queues.list(company)).entries()) {
      if (ticket.callback || phases.get(ticket.call)?.at === 'queued') continue
      const end = endOf(ticket, index + 1)
      if (end) await deps.visits.note(visitOf(ticket, end, deps.clock.now()))
      await deps.stores.queues.remove(company, ticket.call)
    }
  }

  /** Undefined: it was written down before the caller went on. */
  function endOf({ call }: Ticket, position: number): VisitEnd | undefined {
    if (!phases.has(call)) return { how: 'abandoned', position }
    const phase = phases.get(call)
    return phase?.at === 'served' ? { how: 'answered', agent: phase.agent } : undefined
  }
}
