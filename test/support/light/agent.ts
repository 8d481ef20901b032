import { createSocket, type Socket } from 'node:dgram'
import {
  callIdOf,
  headerValue,
  headerValues,
  parseSip,
  requestUser,
  tagOf,
  type SipMessage,
} from '../phones/sip-message.js'
import { LightCall } from './call.js'
import { authorization, type Account } from './digest.js'
import { openStream } from './stream.js'

export interface Place {
  readonly address: string
  readonly port: number
}

/** A request that is sent again until somebody answers. */
export interface Sent {
  readonly branch: string
  /** The first final response; 408 when none came. */
  readonly answer: Promise<SipMessage>
}

/** How often and how long a request is sent again (RFC 3261, T1; fewer times), and how long an answer that was announced is waited for. */
const again = { everyMs: 500, times: 8, patienceMs: 60_000 }

/**
 * Hundreds of phones in one process, for load: they sign in, call, answer, transfer and count packets, and nothing more. Sound is not
 * decoded. That real phones understand the exchange is shown by the tests with baresip.
 */
export class LightAgent {
  readonly place: Place
  readonly #exchange: Place
  readonly #socket: Socket
  readonly #calls = new Map<string, LightCall>()
  readonly #arriving = new Set<string>()
  readonly #waiting = new Map<string, (answer: SipMessage) => void>()
  #listener: (call: LightCall, user: string) => void = () => undefined
  #count = 0
  #closed = false

  private constructor(socket: Socket, exchange: Place) {
    this.#socket = socket
    this.#exchange = exchange
    const { address, port } = socket.address()
    this.place = { address, port }
    socket.on('message', (data) => {
      this.#take(parseSip(data.toString('latin1')))
    })
  }

  /** `port` 0: any that is free. */
  static async open(address: string, exchange: Place, port = 0): Promise<LightAgent> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(port, address, resolve)
    })
    return new LightAgent(socket, exchange)
  }

  /** Calls that were begun here or came in, and are not over. */
  get calls(): readonly LightCall[] {
    return [...this.#calls.values()]
  }

  /** Signs a phone of a company in. */
  async register(account: Account): Promise<void> {
    const uri = `sip:${placeText(this.#exchange)}`
    const identity = `<sip:${account.name}@${this.#exchange.address}>`
    const callId = this.#newId()
    const form = (sequence: number, extra: readonly string[]): readonly string[] => [
      `REGISTER ${uri} SIP/2.0`,
      `From: ${identity};tag=${callId}`,
      `To: ${identity}`,
      `Call-ID: ${callId}`,
      `CSeq: ${String(sequence)} REGISTER`,
      `Contact: <sip:${account.name}@${placeText(this.place)}>`,
      'Expires: 3600',
      ...extra,
    ]
    const challenge = await this.request(form(1, [])).answer
    const answer = await this.request(form(2, [authorization(account, 'REGISTER', uri, challenge)])).answer
    if (answer.status !== 200) throw new Error(`${account.name} could not sign in: ${answer.startLine}`)
  }

  /** Calls as a phone of a company, or as a number of the trunk, whom the exchange knows by the address. */
  async call(to: string, from: Account | { readonly number: string }): Promise<LightCall> {
    const sound = await openStream(this.place.address)
    const callId = this.#newId()
    const user = 'name' in from ? from.name : from.number
    const uri = `sip:${to}@${placeText(this.#exchange)}`
    const call = new LightCall(this, sound, {
      callId,
      local: `<sip:${user}@${this.#exchange.address}>`,
      remote: `<${uri}>`,
      target: uri,
      localTag: callId,
      account: 'name' in from ? from : undefined,
    })
    this.#calls.set(callId, call)
    void call.invite()
    return call
  }

  /** Gets each incoming call with the user part that was asked for, before anything is answered. */
  onCall(listener: (call: LightCall, user: string) => void): void {
    this.#listener = listener
  }

  close(): void {
    for (const call of this.#calls.values()) call.forget()
    this.#waiting.clear()
    this.#closed = true
    this.#socket.close()
  }

  /** `Via` and the like are added. */
  request(lines: readonly string[], body = ''): Sent {
    const branch = `z9hG4bK${this.#newId()}`
    const text = this.withVia(lines, branch, body)
    const answer = new Promise<SipMessage>((resolve) => {
      let left = again.times
      const settle = (message: SipMessage): void => {
        clearInterval(repeating)
        clearTimeout(giveUp)
        this.#waiting.delete(branch)
        resolve(message)
      }
      const nobody = (): void => {
        settle(parseSip('SIP/2.0 408 Nobody answered\r\n\r\n'))
      }
      const repeating = setInterval(() => {
        if (!this.#waiting.has(branch)) clearInterval(repeating)
        else if (left-- > 0) this.send(text)
        else nobody()
      }, again.everyMs)
      const giveUp = setTimeout(nobody, again.patienceMs).unref()
      this.#waiting.set(branch, (message) => {
        if ((message.status ?? 0) >= 200) settle(message)
        else clearInterval(repeating)
      })
    })
    this.send(text)
    return { branch, answer }
  }

  withVia([first = '', ...rest]: readonly string[], branch: string, body = ''): string {
    const via = `Via: SIP/2.0/UDP ${placeText(this.place)};branch=${branch};rport`
    return written([first, via, 'Max-Forwards: 70', ...rest], body)
  }

  respond(request: SipMessage, status: string, tag: string, body = ''): void {
    const to = headerValue(request, 'To') ?? ''
    const lines = [
      `SIP/2.0 ${status}`,
      ...headerValues(request, 'Via').map((via) => `Via: ${via}`),
      `From: ${headerValue(request, 'From') ?? ''}`,
      `To: ${tagOf(to) === undefined ? `${to};tag=${tag}` : to}`,
      `Call-ID: ${callIdOf(request)}`,
      `CSeq: ${headerValue(request, 'CSeq') ?? ''}`,
      `Contact: <sip:light@${placeText(this.place)}>`,
    ]
    this.send(written(lines, body))
  }

  send(text: string): void {
    if (this.#closed) return
    this.#socket.send(text, this.#exchange.port, this.#exchange.address)
  }

  forget(callId: string): void {
    this.#calls.delete(callId)
  }

  #take(message: SipMessage): void {
    const call = this.#calls.get(callIdOf(message))
    if (message.status !== undefined) {
      const branch = /branch=([^;,\s]+)/.exec(headerValue(message, 'Via') ?? '')?.[1] ?? ''
      const waiting = this.#waiting.get(branch)
      if (waiting) waiting(message)
      else call?.takeLate(message)
    } else if (call) call.take(message)
    else if (message.method === 'INVITE') void this.#ring(message, performance.now())
    else if (message.method !== 'ACK') this.respond(message, '200 OK', 'light')
  }

  async #ring(invite: SipMessage, at: number): Promise<void> {
    const callId = callIdOf(invite)
    if (this.#arriving.has(callId)) return
    this.#arriving.add(callId)
    const sound = await openStream(this.place.address)
    const call = new LightCall(this, sound, {
      callId,
      local: withoutTag(headerValue(invite, 'To')),
      remote: withoutTag(headerValue(invite, 'From')),
      target: contactOf(invite),
      localTag: this.#newId(),
      remoteTag: tagOf(headerValue(invite, 'From')),
      invited: { message: invite, at },
    })
    this.#calls.set(callId, call)
    this.#arriving.delete(callId)
    this.#listener(call, requestUser(invite))
  }

  #newId(): string {
    return `light${String(process.pid)}x${String(this.place.port)}x${String(++this.#count)}`
  }
}

const placeText = ({ address, port }: Place): string => `${address}:${String(port)}`

function written(lines: readonly string[], body: string): string {
  const type = body === '' ? [] : ['Content-Type: application/sdp']
  return [...lines, ...type, `Content-Length: ${String(Buffer.byteLength(body))}`, '', body].join('\r\n')
}

export function contactOf(message: SipMessage): string {
  const contact = headerValue(message, 'Contact') ?? ''
  return /<([^>]+)>/.exec(contact)?.[1] ?? contact
}

const withoutTag = (address: string | undefined): string => (address ?? '').replace(/;tag=[^;>\s]+/, '')
