import type { Ticket } from './ticket.js'
import type { Queue } from './settings.js'

/** When a caller counts as having come: of two, the one who counts as earlier is served first. */
interface Rank {
  /** Put before all others by hand comes first of all; the latest of them is the next. */
  readonly ahead: number
  /** Strict priority comes before all others. */
  readonly strict: boolean
  readonly since: number
}

function rankOf(ticket: Ticket, queue: Queue): Rank {
  const ahead = ticket.aheadSince ?? 0
  switch (queue.order) {
    case 'arrival':
      return { ahead, strict: false, since: ticket.arrivedAt }
    case 'priority':
      return { ahead, strict: ticket.vip, since: ticket.arrivedAt }
    case 'ageing':
      return {
        ahead,
        strict: false,
        since: ticket.vip ? ticket.arrivedAt - queue.ageingSeconds * 1000 : ticket.arrivedAt,
      }
    default:
      return queue.order satisfies never
  }
}

interface Ranked {
  readonly ticket: Ticket
  readonly rank: Rank
}

/** Of two who came in the same millisecond the name of the call decides, so that everybody sees the same order. */
function earlier(one: Ranked, other: Ranked): number {
  if (one.rank.ahead !== other.rank.ahead) return other.rank.ahead - one.rank.ahead
  if (one.rank.strict !== other.rank.strict) return one.rank.strict ? -1 : 1
  return one.rank.since - other.rank.since || (one.ticket.call < other.ticket.call ? -1 : 1)
}

/** the tickets of one queue, first to be served first. It does not change while they wait, whatever the time. */
export const inOrder = (tickets: readonly Ticket[], queue: Queue): readonly Ticket[] =>
  tickets
    .filter((ticket) => ticket.queue === queue.id)
    .map((ticket) => ({ ticket, rank: rankOf(ticket, queue) }))
    .sort(earlier)
    .map(({ ticket }) => ticket)

/** the tickets of all queues, those of heavier queues first. Tickets of a queue that is gone are left out. */
export function inOrderOfAll(
  tickets: readonly Ticket[],
  queues: ReadonlyMap<string, Queue>,
): readonly Ticket[] {
  const weighed = tickets.flatMap((ticket) => {
    const queue = queues.get(ticket.queue)
    return queue === undefined ? [] : [{ ticket, rank: rankOf(ticket, queue), weight: queue.weight }]
  })
  return weighed
    .sort((one, other) => other.weight - one.weight || earlier(one, other))
    .map(({ ticket }) => ticket)
}
