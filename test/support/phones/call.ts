import { createSocket } from 'node:dgram'
import type { Closed } from './closing.js'
import { closingOf } from './closing.js'
import type { Entry, Journal } from './journal.js'
import { layOut, type Heard, type Recording } from './recording.js'
import {
  callIdOf,
  headerValue,
  headerValues,
  parseIdentity,
  requestUser,
  decodeUser,
  sequenceMethod,
  shownIdentity,
  tagOf,
  type Identity,
  type SipMessage,
} from './sip-message.js'

export interface Progress {
  /** 180 = the phone makes its own ring tone, 183 with early media = the network plays one. */
  readonly status: number
  readonly earlyMedia: boolean
  readonly at: number
}

export interface Call {
  /** The SIP Call-ID. */
  readonly id: string
  readonly direction: 'incoming' | 'outgoing'
  /** User part of the request URI, decoded: what was dialled, or for a trunk the number called out. */
  readonly dialled: string
  /** Who calls (From of the INVITE) or who was called (To). */
  readonly peer: Identity
  /** Header of the INVITE that opened the call, for instance Alert-Info. */
  readonly header: (name: string) => string | undefined
  readonly headers: (name: string) => readonly string[]
  /** Epoch milliseconds at which the INVITE was sent or came. */
  readonly startedAt: number
  /** Everything sent and received in this call. */
  readonly messages: () => readonly SipEntry[]

  readonly progress: (withinMs?: number) => Promise<Progress>
  /** Resolves with the time of the answer (epoch ms); rejects at once when the call ends unanswered. */
  readonly answered: (withinMs?: number) => Promise<number>
  readonly accept: () => Promise<void>
  /** Refuses a ringing call; 486 unless told otherwise. */
  readonly reject: (status?: number) => Promise<void>
  readonly hangup: () => Promise<void>
  /** Resolves when the exchange has accepted the re-INVITE. */
  readonly hold: () => Promise<void>
  readonly resume: () => Promise<void>
  /** One RFC 4733 digit. */
  readonly key: (digit: string) => Promise<void>
  /** Digits with `gapMs` between their starts; without a gap the phone sends them back to back (about 240 ms each). */
  readonly keys: (digits: string, gapMs?: number) => Promise<void>
  /** Blind transfer by REFER: a number, or a whole sip: URI. Resolves with the REFER's own status (202). */
  readonly transfer: (to: string) => Promise<number>
  /** Attended transfer: joins this call's far end with `other`'s (REFER with Replaces). */
  readonly transferTo: (other: Call) => Promise<number>
  /** Status told by the last NOTIFY of a REFER (RFC 3515): 200 when the transfer worked. */
  readonly transferOutcome: (withinMs?: number) => Promise<number>
  readonly closed: (withinMs?: number) => Promise<Closed>
  readonly isClosed: () => boolean

  /** Name and number a phone would show now, connected line updates included. */
  readonly display: () => Identity
  readonly displays: (fits: (shown: Identity) => boolean, withinMs?: number) => Promise<Identity>

  /** All that was heard until now. Can be asked during and after the call. */
  readonly heard: () => Heard
  /** Waits for `ms` of clock time and gives what was heard in it. */
  readonly listen: (ms: number) => Promise<Heard>
  /** Sound packets received and decoded. */
  readonly packetsReceived: () => number
  readonly localTag: () => string
  readonly remoteTag: () => string
}

export type SipEntry = Extract<Entry, { kind: 'sip' }>

export interface CallContext {
  readonly owner: string
  readonly journal: Journal
  readonly invite: SipEntry
  /** What was dialled before a trunk's relay rewrote it. */
  readonly dialled: string | undefined
  readonly registrar: string
  /** Runs menu commands with this call (and its account) current. */
  readonly onThisCall: (command: string, parameter?: string) => Promise<string>
  readonly beforeAccept: () => void
  readonly recordings: () => readonly Recording[]
  readonly address: string
}

export function createCall(context: CallContext): Call {
  const { journal, invite } = context
  const id = callIdOf(invite.message)
  const incoming = !invite.sent
  const messages = (): readonly SipEntry[] =>
    journal.entries.filter(
      (entry): entry is SipEntry => entry.kind === 'sip' && callIdOf(entry.message) === id,
    )
  const closing = (): Closed | undefined => closingOf(messages()) ?? vanished(journal)
  const until = <T>(what: string, find: () => T | undefined, withinMs?: number): Promise<T> =>
    journal.until(`${what} (${incoming ? 'call from' : 'call to'} ${peer.number})`, find, withinMs)
  const peer = parseIdentity(headerValue(invite.message, incoming ? 'From' : 'To'))

  const answered = async (withinMs?: number): Promise<number> => {
    const outcome = await until('an answer', () => answerOf(messages()) ?? closing(), withinMs)
    if (typeof outcome === 'number') return outcome
    throw new Error(`${context.owner}: the call ended before an answer: ${JSON.stringify(outcome)}`)
  }
  const exchange = async (method: string, run: () => Promise<unknown>): Promise<number> => {
    const before = messages().length
    await run()
    return until(`the answer to ${method}`, () => finalStatus(messages().slice(before), method))
  }
  const modify = async (command: 'hold' | 'resume'): Promise<void> => {
    const status = await exchange('INVITE', () => context.onThisCall(command))
    if (status >= 300) throw new Error(`${context.owner}: ${command} was answered ${String(status)}`)
  }
  const heard = (): Heard => {
    const end = closing()?.at ?? Date.now()
    const recordings = context.recordings()
    const startedAt = recordings[0]?.openedAt ?? end
    return layOut(
      recordings.map((recording) => recording.heard()),
      startedAt,
      end,
    )
  }
  const display = (): Identity => shownNow(messages(), invite)

  return {
    id,
    direction: incoming ? 'incoming' : 'outgoing',
    dialled: decodeUser(context.dialled ?? requestUser(invite.message)),
    peer,
    header: (name) => headerValue(invite.message, name),
    headers: (name) => headerValues(invite.message, name),
    startedAt: invite.at,
    messages,
    progress: (withinMs) => until('ringing or progress', () => progressOf(messages()), withinMs),
    answered,
    accept: async () => {
      context.beforeAccept()
      await context.onThisCall('accept')
      await until('the ACK of our answer', () => acknowledged(messages()))
    },
    reject: async (status = 486) => {
      if (status !== 486) await refuseWith(status, messages(), context.address)
      await context.onThisCall('hangup')
      await until('the end of the refused call', closing)
    },
    hangup: async () => {
      if (closing() !== undefined) return
      // It may end by itself at this moment: the phone says then that it has no such call.
      await context.onThisCall('hangup').catch(() => undefined)
      await until('the end of the call', closing)
    },
    hold: () => modify('hold'),
    resume: () => modify('resume'),
    key: async (digit) => {
      await context.onThisCall('sndcode', digit)
    },
    keys: async (digits, gapMs) => {
      if (gapMs === undefined) {
        await context.onThisCall('sndcode', digits)
        return
      }
      for (const [index, digit] of Array.from(digits).entries()) {
        if (index > 0) await new Promise((resolve) => setTimeout(resolve, gapMs))
        await context.onThisCall('sndcode', digit)
      }
    },
    transfer: (to) =>
      exchange('REFER', () =>
        context.onThisCall('transfer', to.startsWith('sip:') ? to : `sip:${to}@${context.registrar}`),
      ),
    transferTo: (other) =>
      exchange('REFER', () => context.onThisCall('transfer', replacingUri(other, context.registrar))),
    transferOutcome: (withinMs) =>
      until('the outcome of the transfer', () => referOutcome(messages()), withinMs),
    closed: (withinMs) => until('the end of the call', closing, withinMs),
    isClosed: () => closing() !== undefined,
    display,
    displays: (fits, withinMs) =>
      until(
        'another name or number on the display',
        () => {
          const shown = display()
          return fits(shown) ? shown : undefined
        },
        withinMs,
      ),
    heard,
    listen: async (ms) => {
      const from = Date.now()
      await new Promise((resolve) => setTimeout(resolve, ms))
      return since(heard(), from)
    },
    packetsReceived: () =>
      context.recordings().reduce((sum, recording) => sum + recording.heard().packets, 0),
    localTag: () => dialogTags(messages()).local,
    remoteTag: () => dialogTags(messages()).remote,
  }
}

/** The part of what was heard from `at` (epoch milliseconds) on. */
export function since(heard: Heard, at: number): Heard {
  const skipMs = Math.max(0, at - heard.startedAt)
  const offset = Math.round((skipMs * heard.rate) / 1000)
  const missing = heard.missing
    .filter((gap) => gap.until > skipMs)
    .map((gap) => ({ from: Math.max(0, gap.from - skipMs), until: gap.until - skipMs }))
  return {
    ...heard,
    samples: heard.samples.subarray(Math.min(offset, heard.samples.length)),
    startedAt: heard.startedAt + skipMs,
    missing,
  }
}

function vanished(journal: Journal): Closed | undefined {
  const exit = journal.entries.find((entry) => entry.kind === 'exit')
  if (exit === undefined) return undefined
  return { by: 'us', how: 'vanished', status: undefined, causes: [], answeredElsewhere: false, at: exit.at }
}

function progressOf(entries: readonly SipEntry[]): Progress | undefined {
  const entry = entries.find(
    ({ message: { status } }) => status !== undefined && status > 100 && status < 200,
  )
  if (entry?.message.status === undefined) return undefined
  return { status: entry.message.status, earlyMedia: entry.message.body.includes('m=audio'), at: entry.at }
}

function answerOf(entries: readonly SipEntry[]): number | undefined {
  return entries.find(
    ({ message }) =>
      message.status !== undefined && isSuccess(message) && sequenceMethod(message) === 'INVITE',
  )?.at
}

function isSuccess(message: SipMessage): boolean {
  return message.status !== undefined && message.status >= 200 && message.status < 300
}

function acknowledged(entries: readonly SipEntry[]): true | undefined {
  return entries.some(({ sent, message }) => !sent && message.method === 'ACK') ? true : undefined
}

function finalStatus(entries: readonly SipEntry[], method: string): number | undefined {
  return entries.find(
    ({ sent, message: { status }, message }) =>
      !sent &&
      status !== undefined &&
      status >= 200 &&
      status !== 401 &&
      status !== 407 &&
      sequenceMethod(message) === method,
  )?.message.status
}

function referOutcome(entries: readonly SipEntry[]): number | undefined {
  const statuses = entries
    .filter(({ sent, message }) => !sent && message.method === 'NOTIFY')
    .map(({ message }) => Number(/SIP\/2\.0 (\d{3})/.exec(message.body)?.[1] ?? '0'))
  return statuses.find((status) => status >= 200)
}

/** Requests of the far end and its answers to our INVITE carry who it is now. */
function shownNow(entries: readonly SipEntry[], invite: SipEntry): Identity {
  const tellers = entries.filter(({ sent, message }) => !sent && tellsIdentity(message))
  const latest = tellers.at(-1)?.message
  return latest === undefined
    ? parseIdentity(headerValue(invite.message, invite.sent ? 'To' : 'From'))
    : shownIdentity(latest)
}

function tellsIdentity(message: SipMessage): boolean {
  if (message.method !== undefined) return message.method === 'INVITE' || message.method === 'UPDATE'
  if (message.status === undefined || message.status <= 100 || message.status >= 300) return false
  const carriesIdentity =
    headerValue(message, 'P-Asserted-Identity') ?? headerValue(message, 'Remote-Party-ID')
  return sequenceMethod(message) === 'INVITE' && carriesIdentity !== undefined
}

function dialogTags(entries: readonly SipEntry[]): { readonly local: string; readonly remote: string } {
  const found = entries.findLast(
    ({ message }) =>
      sequenceMethod(message) === 'INVITE' &&
      message.status !== undefined &&
      tagOf(headerValue(message, 'To')) !== undefined &&
      isSuccess(message),
  )
  if (found === undefined) throw new Error('the call has no dialog yet')
  const from = tagOf(headerValue(found.message, 'From')) ?? ''
  const to = tagOf(headerValue(found.message, 'To')) ?? ''
  // a response that we sent names us in To, one that we received names us in From
  return found.sent ? { local: to, remote: from } : { local: from, remote: to }
}

function replacingUri(other: Call, registrar: string): string {
  const replaces = `${other.id};to-tag=${other.remoteTag()};from-tag=${other.localTag()}`
  const user = other.direction === 'outgoing' ? other.dialled : other.peer.number
  return `sip:${encodeURIComponent(user)}@${registrar}?Replaces=${encodeURIComponent(replaces)}`
}

/**
 * baresip 1.0.0 can only refuse with 486. A response is matched by its branch and not by where it came from, so another
 * status is sent for the phone, written from the INVITE it received, and its own 486 then comes too late to matter.
 */
async function refuseWith(status: number, entries: readonly SipEntry[], address: string): Promise<void> {
  const invite = entries.find(({ sent, message }) => !sent && message.method === 'INVITE')?.message
  const ringing = entries.find(({ sent, message }) => sent && message.status === 180)?.message
  if (invite === undefined) throw new Error('only a ringing incoming call can be refused')
  const via = headerValue(invite, 'Via') ?? ''
  const [, host = '', port = '5060'] = /SIP\/2\.0\/UDP ([^:;]+):?(\d+)?/.exec(via) ?? []
  const lines = [
    `SIP/2.0 ${String(status)} Refused`,
    ...headerValues(invite, 'Via').map((value) => `Via: ${value}`),
    `From: ${headerValue(invite, 'From') ?? ''}`,
    `To: ${headerValue(ringing ?? invite, 'To') ?? ''}`,
    `Call-ID: ${callIdOf(invite)}`,
    `CSeq: ${headerValue(invite, 'CSeq') ?? ''}`,
    'Content-Length: 0',
    '',
    '',
  ]
  await sendDatagram(lines.join('\r\n'), address, host, Number(port))
}

function sendDatagram(text: string, from: string, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.bind(0, from, () => {
      socket.send(text, port, host, (error) => {
        socket.close()
        if (error === null) resolve()
        else reject(error)
      })
    })
  })
}
