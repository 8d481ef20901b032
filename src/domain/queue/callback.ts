import type { CallId, E164, Instant } from '../ids.js'
import type { Queue } from './settings.js'
import type { Callback, Ticket } from './ticket.js'

/** A ticket whose caller has hung up and is to be called back. */
export type CallbackTicket = Ticket & { readonly callback: Callback }

export const isCallback = (ticket: Ticket): ticket is CallbackTicket => ticket.callback !== undefined

/** The caller leaves the line, the ticket stays where it is. It has a name of its own: the caller's call is over. */
export const keepsPlace = (
  ticket: Ticket,
  { number, name }: { readonly number: E164; readonly name?: string | undefined },
  now: Instant,
): CallbackTicket => ({
  ...ticket,
  call: `${ticket.call}-back` as CallId,
  callback: { number, name, askedAt: now, dueAt: now, tries: 0 },
})

/** Only one callback of a number waits in a queue. */
export const isSameCallback = (one: CallbackTicket, other: Ticket): boolean =>
  other.call !== one.call &&
  other.company === one.company &&
  other.queue === one.queue &&
  other.callback?.number === one.callback.number

/** The customer was called and did not answer. Undefined: that was the last try. */
export function triedOnce(ticket: CallbackTicket, queue: Queue, now: Instant): CallbackTicket | undefined {
  const { callback } = ticket
  const pause = queue.callbackMinutes[callback.tries]
  if (pause === undefined) return undefined
  return { ...ticket, callback: { ...callback, tries: callback.tries + 1, dueAt: now + pause * 60_000 } }
}

/** The customer calls in again and has the old place: it was theirs since then, and nothing worse was said than before. */
export const inPlaceOf = (ticket: Ticket, old: CallbackTicket): Ticket => ({
  ...ticket,
  arrivedAt: Math.min(ticket.arrivedAt, old.arrivedAt),
  vip: ticket.vip || old.vip,
  saidPosition: old.saidPosition,
  joined: old.call,
})
