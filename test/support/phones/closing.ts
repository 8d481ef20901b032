import type { Entry } from './journal.js'
import { causesOf, sequenceMethod, type Cause, type SipMessage } from './sip-message.js'

/** How a call ended, as the phone saw it. */
export interface Closed {
  readonly by: 'us' | 'them'
  /** `refused` = final failure response to the INVITE; `vanished` = the phone's process ended without a word. */
  readonly how: 'bye' | 'cancel' | 'refused' | 'vanished'
  /** Failure status of a refused call. */
  readonly status: number | undefined
  /** Reason headers (RFC 3326) of the message that ended it. */
  readonly causes: readonly Cause[]
  /** True for a fork's loser: `Reason: SIP;cause=200`, so the phone shows no missed call. */
  readonly answeredElsewhere: boolean
  readonly at: number
}

type SipEntry = Extract<Entry, { kind: 'sip' }>

export function closingOf(entries: readonly SipEntry[]): Closed | undefined {
  let answered = false
  for (const entry of entries) {
    const { message, sent, at } = entry
    if (message.method === 'BYE') return closed(sent, 'bye', message, at)
    if (message.method === 'CANCEL') return closed(sent, 'cancel', message, at)
    if (message.status === undefined || sequenceMethod(message) !== 'INVITE') continue
    if (message.status >= 200 && message.status < 300) answered = true
    if (!answered && message.status >= 300 && !asksForPassword(message.status)) {
      return closed(sent, 'refused', message, at)
    }
  }
  return undefined
}

function asksForPassword(status: number): boolean {
  return status === 401 || status === 407
}

function closed(sent: boolean, how: Closed['how'], message: SipMessage, at: number): Closed {
  const causes = causesOf(message)
  return {
    by: sent ? 'us' : 'them',
    how,
    status: message.status,
    causes,
    answeredElsewhere: causes.some(
      ({ protocol, cause }) => protocol.toUpperCase() === 'SIP' && cause === 200,
    ),
    at,
  }
}
