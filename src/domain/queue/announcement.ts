import type { Instant, Milliseconds } from '../ids.js'
import type { Queue } from './settings.js'
import type { Ticket } from './ticket.js'

/** between the end of what was said and the next thing. */
const gap: Milliseconds = 15_000
/** the waiting time is said only when so many were answered in so long. */
const countedFor: Milliseconds = 30 * 60_000
const enough = 5

/** A caller who was answered: how long they waited, and in which place they came. */
export interface Answered {
  readonly at: Instant
  readonly waited: Milliseconds
  readonly position: number
}

/** What a caller is told: the place, and the waiting time in whole minutes. */
export interface Announcement {
  readonly position?: number | undefined
  readonly minutes?: number | undefined
}

/** when the caller is next told how it stands. */
export function nextAnnouncementAt(ticket: Ticket, queue: Queue): Instant {
  if (ticket.saidAt === undefined) return ticket.enteredAt + queue.firstSeconds * 1000
  return Math.max(ticket.saidAt + queue.repeatSeconds * 1000, (ticket.saidUntil ?? ticket.saidAt) + gap)
}

/** What is said now. Undefined: the place is worse than one said before, so nothing is. */
export function announcementNow(
  ticket: Ticket,
  position: number,
  queue: Queue,
  answered: readonly Answered[],
  now: Instant,
): Announcement | undefined {
  if (!queue.sayPosition) return {}
  if (ticket.saidPosition !== undefined && position > ticket.saidPosition) return undefined
  return { position, minutes: queue.sayWait ? minutesFor(position, answered, now) : undefined }
}

/** What those waited who were answered lately, for each place they had before them. */
function minutesFor(position: number, answered: readonly Answered[], now: Instant): number | undefined {
  const lately = answered.filter(({ at }) => at > now - countedFor)
  if (lately.length < enough) return undefined
  const perPlace = lately.reduce((sum, { waited, position: was }) => sum + waited / Math.max(1, was), 0)
  return Math.max(1, Math.ceil(((perPlace / lately.length) * position) / 60_000))
}

/** Those who can still count. */
export const stillCounted = (answered: readonly Answered[], now: Instant): readonly Answered[] =>
  answered.filter(({ at }) => at > now - countedFor)
