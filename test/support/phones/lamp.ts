import { createHash, randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { createJournal, type Journal } from './journal.js'
import { headerValue, headerValues, parseSip, sequenceMethod, tagOf, type SipMessage } from './sip-message.js'

/** A busy lamp (BLF) as a phone has it: idle, blinking, lit; `unknown` when the extension has no hint. */
export type LampState = 'idle' | 'ringing' | 'inUse' | 'unknown'

export interface BusyLampSettings {
  readonly name: string
  readonly password: string
  /** `sip:HOST:PORT` of the exchange. */
  readonly registrar: string
  /** The extension whose hint is watched. */
  readonly target: string
  readonly address?: string
}

export interface BusyLamp {
  readonly state: () => LampState | undefined
  /** Every state told, in order, with the clock time of its coming. */
  readonly history: () => readonly { readonly state: LampState; readonly at: number }[]
  readonly shows: (state: LampState, withinMs?: number) => Promise<void>
  /** Final status of the SUBSCRIBE. */
  readonly subscribed: (withinMs?: number) => Promise<number>
  readonly stop: () => Promise<void>
}

/**
 * Subscribes to `Event: dialog` (RFC 4235). baresip 1.0.0 knows presence of contacts only, so this small subscriber
 * speaks SIP itself: one SUBSCRIBE with digest authentication, a 200 to each NOTIFY, and a last SUBSCRIBE at the end.
 */
export async function watchBusyLamp(settings: BusyLampSettings): Promise<BusyLamp> {
  const address = settings.address ?? '127.0.0.1'
  const socket = await bound(address)
  const { port } = socket.address()
  const journal = createJournal(`lamp ${settings.target} of ${settings.name}`)
  const dialog = createDialog(settings, address, port)
  const [host = '', registrarPort = '5060'] = settings.registrar.replace(/^sip:/, '').split(':')
  const send = (text: string): void => {
    socket.send(text, Number(registrarPort), host)
    journal.add({ kind: 'sip', sent: true, message: parseSip(text), at: Date.now() })
  }
  socket.on('message', (bytes: Buffer) => {
    const message = parseSip(bytes.toString('utf8'))
    if (message.method === 'NOTIFY') send(okTo(message))
    if (message.status === 401 && sequenceMethod(message) === 'SUBSCRIBE') send(dialog.subscribe(message))
    if (message.status === 200) dialog.established(message)
    journal.add({ kind: 'sip', sent: false, message, at: Date.now() })
  })
  send(dialog.subscribe())
  const history = (): readonly { state: LampState; at: number }[] => historyOf(journal)
  return {
    state: () => history().at(-1)?.state,
    history,
    shows: async (state, withinMs) => {
      await journal.until(
        `the lamp to show ${state}`,
        () => (history().at(-1)?.state === state ? true : undefined),
        withinMs,
      )
    },
    subscribed: (withinMs) =>
      journal.until('the answer to SUBSCRIBE', () => subscribeStatus(journal), withinMs),
    stop: async () => {
      const answered = countAnswers(journal)
      if (subscribeStatus(journal) === 200) {
        send(dialog.unsubscribe())
        await journal
          .until(
            'the answer to the last SUBSCRIBE',
            () => (countAnswers(journal) > answered ? true : undefined),
            1000,
          )
          .catch(() => undefined)
      }
      await new Promise<void>((resolve) => {
        socket.close(() => {
          resolve()
        })
      })
    },
  }
}

function historyOf(journal: Journal): readonly { state: LampState; at: number }[] {
  return journal.entries.flatMap((entry) => {
    if (entry.kind !== 'sip' || entry.sent || entry.message.method !== 'NOTIFY' || entry.message.body === '')
      return []
    return [{ state: stateIn(entry.message.body), at: entry.at }]
  })
}

/** dialog-info (RFC 4235): no dialog or a terminated one = idle, early = ringing, confirmed = in use. */
function stateIn(body: string): LampState {
  const states = [...body.matchAll(/<state>([^<]+)<\/state>/g)].map((match) => match[1])
  if (states.includes('early')) return 'ringing'
  if (states.includes('confirmed')) return 'inUse'
  return body.includes('<dialog-info') ? 'idle' : 'unknown'
}

function subscribeStatus(journal: Journal): number | undefined {
  for (const entry of journal.entries) {
    if (entry.kind !== 'sip' || entry.sent || sequenceMethod(entry.message) !== 'SUBSCRIBE') continue
    const { status } = entry.message
    if (status !== undefined && status >= 200 && status !== 401) return status
  }
  return undefined
}

function countAnswers(journal: Journal): number {
  return journal.entries.filter(
    (entry) =>
      entry.kind === 'sip' &&
      !entry.sent &&
      sequenceMethod(entry.message) === 'SUBSCRIBE' &&
      entry.message.status === 200,
  ).length
}

interface Dialog {
  readonly subscribe: (challenge?: SipMessage) => string
  readonly unsubscribe: () => string
  readonly established: (answer: SipMessage) => void
}

function createDialog(settings: BusyLampSettings, address: string, port: number): Dialog {
  const callId = randomBytes(12).toString('hex')
  const localTag = randomBytes(6).toString('hex')
  const registrar = settings.registrar.replace(/^sip:/, '')
  const uri = `sip:${settings.target}@${registrar}`
  let sequence = 0
  let remoteTag = ''
  let lastChallenge: SipMessage | undefined
  const request = (expires: number): string => {
    sequence += 1
    const authorization =
      lastChallenge === undefined ? [] : [authorizationFor(settings, uri, lastChallenge, sequence)]
    return [
      `SUBSCRIBE ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address}:${String(port)};branch=z9hG4bK${randomBytes(8).toString('hex')};rport`,
      'Max-Forwards: 70',
      `From: <sip:${settings.name}@${registrar}>;tag=${localTag}`,
      `To: <${uri}>${remoteTag === '' ? '' : `;tag=${remoteTag}`}`,
      `Call-ID: ${callId}`,
      `CSeq: ${String(sequence)} SUBSCRIBE`,
      `Contact: <sip:${settings.name}@${address}:${String(port)}>`,
      'Event: dialog',
      'Accept: application/dialog-info+xml',
      `Expires: ${String(expires)}`,
      ...authorization,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n')
  }
  return {
    subscribe: (challenge) => {
      lastChallenge = challenge
      return request(3600)
    },
    unsubscribe: () => request(0),
    established: (answer) => {
      remoteTag = tagOf(headerValue(answer, 'To')) ?? remoteTag
    },
  }
}

/** Digest with MD5 and qop=auth (RFC 2617), which is what Asterisk asks for. */
function authorizationFor(
  settings: BusyLampSettings,
  uri: string,
  challenge: SipMessage,
  count: number,
): string {
  const asked = headerValue(challenge, 'WWW-Authenticate') ?? ''
  const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(asked)?.[1] ?? ''
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
  const clientNonce = randomBytes(6).toString('hex')
  const nonceCount = count.toString(16).padStart(8, '0')
  const secret = md5(`${settings.name}:${field('realm')}:${settings.password}`)
  const response = md5(
    `${secret}:${field('nonce')}:${nonceCount}:${clientNonce}:auth:${md5(`SUBSCRIBE:${uri}`)}`,
  )
  const opaque = field('opaque') === '' ? '' : `, opaque="${field('opaque')}"`
  return (
    `Authorization: Digest username="${settings.name}", realm="${field('realm')}", nonce="${field('nonce')}", ` +
    `uri="${uri}", response="${response}", algorithm=MD5, qop=auth, nc=${nonceCount}, cnonce="${clientNonce}"${opaque}`
  )
}

function okTo(request: SipMessage): string {
  return [
    'SIP/2.0 200 OK',
    ...headerValues(request, 'Via').map((value) => `Via: ${value}`),
    `From: ${headerValue(request, 'From') ?? ''}`,
    `To: ${headerValue(request, 'To') ?? ''}`,
    `Call-ID: ${headerValue(request, 'Call-ID') ?? ''}`,
    `CSeq: ${headerValue(request, 'CSeq') ?? ''}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
}

function bound(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', reject)
    socket.bind(0, address, () => {
      resolve(socket)
    })
  })
}
