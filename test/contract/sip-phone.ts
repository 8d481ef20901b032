import { createHash, randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import {
  callIdOf,
  causesOf,
  headerValue,
  headerValues,
  parseSip,
  sequenceMethod,
  shownIdentity,
  tagOf,
  type Cause,
  type Identity,
  type SipMessage,
} from '../support/phones/sip-message.js'
import { openSound, type SoundStream } from './sip-sound.js'

/**
 * A SIP phone that does exactly what a test tells it, in this process: it answers with any status, keeps every message and
 * sends and hears G.711 A-law. Independent phones (baresip) prove that real phones work; this one reaches the corners that
 * a well-behaved phone does not show. UDP on loopback only, no retransmissions: nothing is lost there.
 */
export interface SipPhone {
  readonly user: string
  /** Every message that came, newest last. */
  readonly received: readonly SipMessage[]
  register(): Promise<void>
  unregister(): Promise<void>
  /** With `replaces`: in the place of that call, whosever it is (RFC 3891). */
  call(number: string, replaces?: SipCall): SipCall
  /** The oldest call that nobody took yet. It is not even ringing until `ring` is called. */
  takeIncoming(): SipCall | undefined
  /** The same, waiting for it. */
  incoming(withinMs?: number): Promise<SipCall>
  /** Resolves with the first message, past or future, that fits. */
  message(fits: (message: SipMessage) => boolean, withinMs?: number): Promise<SipMessage>
  close(): Promise<void>
}

export interface CallEnd {
  /** Final status of a call of ours that failed; 0 when it was ended by BYE or CANCEL. */
  readonly status: number
  readonly by: 'us' | 'BYE' | 'CANCEL' | 'status'
  readonly causes: readonly Cause[]
}

export interface SipCall {
  readonly invite: SipMessage | undefined
  /** Name and number that the phone would show now. */
  shown(): Identity
  /** Statuses of our INVITE so far. */
  statuses(): readonly number[]
  status(wanted: number, withinMs?: number): Promise<SipMessage>
  ring(): void
  answer(): void
  reject(status: number, phrase: string): void
  hangUp(): void
  hold(): void
  resume(): void
  /** Blind transfer (RFC 3515). */
  refer(number: string): void
  /** Attended transfer: REFER with Replaces (RFC 3891). */
  referTo(other: SipCall): void
  end(): CallEnd | undefined
  ended(withinMs?: number): Promise<CallEnd>
  /** Answered, by either side, and not ended. */
  isUp(): boolean
  readonly sound: SoundStream
}

export interface SipPhoneSettings {
  readonly user: string
  readonly password: string
  readonly server: { readonly address: string; readonly port: number }
  readonly address?: string
}

const DEFAULT_WAIT_MS = 8_000

export async function openSipPhone(settings: SipPhoneSettings): Promise<SipPhone> {
  const address = settings.address ?? '127.0.0.1'
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, address, resolve)
  })
  return new Phone(settings, address, socket)
}

interface Dialog {
  readonly callId: string
  readonly localTag: string
  remoteTag: string | undefined
  remoteUri: string
  localIdentity: string
  remoteIdentity: string
  sequence: number
  version: number
}

class Phone implements SipPhone {
  readonly user: string
  readonly received: SipMessage[] = []
  readonly #settings: SipPhoneSettings
  readonly #address: string
  readonly #socket: Socket
  readonly #port: number
  readonly #calls = new Map<string, Call>()
  readonly #untaken: Call[] = []
  readonly #watchers = new Set<() => void>()
  #registerSequence = 1
  readonly #registerCallId = randomBytes(8).toString('hex')

  constructor(settings: SipPhoneSettings, address: string, socket: Socket) {
    this.#settings = settings
    this.user = settings.user
    this.#address = address
    this.#socket = socket
    this.#port = socket.address().port
    socket.on('message', (data) => {
      this.#onMessage(parseSip(data.toString('utf8')))
    })
  }

  register(): Promise<void> {
    return this.#register(3600)
  }

  unregister(): Promise<void> {
    return this.#register(0)
  }

  call(number: string, replaces?: SipCall): SipCall {
    const uri = this.uriOf(number)
    const call = new Call(this, undefined, {
      callId: randomBytes(8).toString('hex'),
      localTag: randomBytes(4).toString('hex'),
      remoteTag: undefined,
      remoteUri: uri,
      localIdentity: this.identity(),
      remoteIdentity: `<${uri}>`,
      sequence: 1,
      version: 1,
    })
    this.#calls.set(call.dialog.callId, call)
    void call.begin(replaces === undefined ? [] : [`Replaces: ${replacesOf(replaces)}`])
    return call
  }

  takeIncoming(): SipCall | undefined {
    return this.#untaken.shift()
  }

  incoming(withinMs = DEFAULT_WAIT_MS): Promise<SipCall> {
    return this.until(() => this.takeIncoming(), `${this.user}: a call`, withinMs)
  }

  message(fits: (message: SipMessage) => boolean, withinMs = DEFAULT_WAIT_MS): Promise<SipMessage> {
    return this.until(() => this.received.find(fits), `${this.user}: a message`, withinMs)
  }

  async close(): Promise<void> {
    for (const call of this.#calls.values()) call.close()
    await new Promise<void>((resolve) => this.#socket.close(resolve))
  }

  /** Waits until `find` gives something; looked at again after every message. */
  until<T>(find: () => T | undefined, what: string, withinMs = DEFAULT_WAIT_MS): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const look = (): void => {
        const found = find()
        if (found === undefined) return
        clearTimeout(timer)
        this.#watchers.delete(look)
        resolve(found)
      }
      const timer = setTimeout(() => {
        this.#watchers.delete(look)
        const story = this.received.map((message) => message.startLine).join(' | ')
        reject(new Error(`waited ${String(withinMs)} ms for ${what}; received: ${story}`))
      }, withinMs)
      this.#watchers.add(look)
      look()
    })
  }

  changed(): void {
    for (const look of [...this.#watchers]) look()
  }

  get address(): string {
    return this.#address
  }

  uriOf(number: string): string {
    return `sip:${number}@${this.#settings.server.address}:${String(this.#settings.server.port)}`
  }

  identity(): string {
    return `<sip:${this.user}@${this.#settings.server.address}>`
  }

  contact(): string {
    return `<sip:${this.user}@${this.#address}:${String(this.#port)}>`
  }

  send(lines: readonly string[], body = ''): void {
    const text = [
      ...lines,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${String(Buffer.byteLength(body))}`,
      '',
      body,
    ].join('\r\n')
    this.#socket.send(text, this.#settings.server.port, this.#settings.server.address)
  }

  request(
    method: string,
    dialog: Dialog,
    uri: string,
    extra: readonly string[],
    body = '',
    branch = newBranch(),
    sequence = dialog.sequence,
  ): string {
    this.send(
      [
        `${method} ${uri} SIP/2.0`,
        `Via: SIP/2.0/UDP ${this.#address}:${String(this.#port)};branch=${branch};rport`,
        'Max-Forwards: 70',
        `From: ${dialog.localIdentity};tag=${dialog.localTag}`,
        `To: ${dialog.remoteIdentity}${dialog.remoteTag === undefined ? '' : `;tag=${dialog.remoteTag}`}`,
        `Call-ID: ${dialog.callId}`,
        `CSeq: ${String(sequence)} ${method}`,
        `Contact: ${this.contact()}`,
        'Allow: INVITE, ACK, CANCEL, BYE, UPDATE, NOTIFY, OPTIONS, REFER',
        'Supported: replaces',
        ...extra,
      ],
      body,
    )
    return branch
  }

  /** Sends a response to a request, with the tag of our side. */
  respond(
    request: SipMessage,
    status: number,
    phrase: string,
    tag: string,
    extra: readonly string[] = [],
    body = '',
  ): void {
    const to = headerValue(request, 'To') ?? ''
    this.send(
      [
        `SIP/2.0 ${String(status)} ${phrase}`,
        ...headerValues(request, 'Via').map((via) => `Via: ${via}`),
        `From: ${headerValue(request, 'From') ?? ''}`,
        `To: ${to}${tagOf(to) === undefined && status > 100 ? `;tag=${tag}` : ''}`,
        `Call-ID: ${callIdOf(request)}`,
        `CSeq: ${headerValue(request, 'CSeq') ?? ''}`,
        `Contact: ${this.contact()}`,
        ...extra,
      ],
      body,
    )
  }

  authorization(challenge: SipMessage, method: string, uri: string): string {
    const header = headerValue(challenge, 'WWW-Authenticate') ?? ''
    const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? ''
    const realm = field('realm')
    const nonce = field('nonce')
    const cnonce = randomBytes(4).toString('hex')
    const { user, password } = this.#settings
    const response = md5(
      `${md5(`${user}:${realm}:${password}`)}:${nonce}:00000001:${cnonce}:auth:${md5(`${method}:${uri}`)}`,
    )
    return (
      `Authorization: Digest username="${user}",realm="${realm}",nonce="${nonce}",uri="${uri}",response="${response}",` +
      `algorithm=MD5,qop=auth,nc=00000001,cnonce="${cnonce}",opaque="${field('opaque')}"`
    )
  }

  async #register(seconds: number): Promise<void> {
    const uri = `sip:${this.#settings.server.address}:${String(this.#settings.server.port)}`
    const extra: string[] = []
    for (let round = 0; round < 3; round += 1) {
      const sequence = this.#registerSequence
      this.#registerSequence += 1
      const dialog: Dialog = {
        callId: this.#registerCallId,
        localTag: randomBytes(4).toString('hex'),
        remoteTag: undefined,
        remoteUri: uri,
        localIdentity: this.identity(),
        remoteIdentity: this.identity(),
        sequence,
        version: 1,
      }
      this.request('REGISTER', dialog, uri, [`Expires: ${String(seconds)}`, ...extra])
      const answer = await this.message(
        (message) =>
          callIdOf(message) === this.#registerCallId &&
          headerValue(message, 'CSeq') === `${String(sequence)} REGISTER` &&
          (message.status ?? 0) >= 200,
      )
      if (answer.status === 200) return
      if (answer.status !== 401) throw new Error(`REGISTER: ${answer.startLine}`)
      extra.splice(0, extra.length, this.authorization(answer, 'REGISTER', uri))
    }
    throw new Error(`${this.user}: REGISTER is not accepted`)
  }

  #onMessage(message: SipMessage): void {
    this.received.push(message)
    const call = this.#calls.get(callIdOf(message))
    if (call) call.onMessage(message)
    else if (message.method === 'INVITE') this.#onInvite(message)
    else if (message.method !== undefined && message.method !== 'ACK')
      this.respond(message, message.method === 'BYE' ? 481 : 200, 'Answer', randomBytes(4).toString('hex'))
    this.changed()
  }

  #onInvite(invite: SipMessage): void {
    const call = new Call(this, invite, {
      callId: callIdOf(invite),
      localTag: randomBytes(4).toString('hex'),
      remoteTag: tagOf(headerValue(invite, 'From')),
      remoteUri: contactUri(invite),
      localIdentity: stripTag(headerValue(invite, 'To')),
      remoteIdentity: stripTag(headerValue(invite, 'From')),
      sequence: 1,
      version: 1,
    })
    this.#calls.set(call.dialog.callId, call)
    this.#untaken.push(call)
    this.respond(invite, 100, 'Trying', call.dialog.localTag)
  }
}

class Call implements SipCall {
  readonly invite: SipMessage | undefined
  readonly dialog: Dialog
  readonly sound: SoundStream
  readonly #phone: Phone
  readonly #statuses: SipMessage[] = []
  #branch = ''
  #extra: readonly string[] = []
  #authorized = false
  #answered = false
  #end: CallEnd | undefined
  #shown: Identity

  constructor(phone: Phone, invite: SipMessage | undefined, dialog: Dialog) {
    this.#phone = phone
    this.invite = invite
    this.dialog = dialog
    this.sound = openSound(phone.address)
    this.#shown = invite ? shownIdentity(invite) : { number: '', name: '' }
    if (invite) this.sound.sendTo(invite.body)
  }

  shown(): Identity {
    return this.#shown
  }

  statuses(): readonly number[] {
    return this.#statuses.map((message) => message.status ?? 0)
  }

  status(wanted: number, withinMs = DEFAULT_WAIT_MS): Promise<SipMessage> {
    return this.#phone.until(
      () => this.#statuses.find((message) => message.status === wanted),
      `${this.#phone.user}: status ${String(wanted)}`,
      withinMs,
    )
  }

  async begin(extra: readonly string[] = []): Promise<void> {
    await this.sound.ready
    this.#extra = extra
    this.#branch = this.#phone.request('INVITE', this.dialog, this.dialog.remoteUri, extra, this.#offer())
  }

  ring(): void {
    if (this.invite) this.#phone.respond(this.invite, 180, 'Ringing', this.dialog.localTag)
  }

  answer(): void {
    const { invite } = this
    if (!invite) return
    void this.sound.ready.then(() => {
      this.#phone.respond(invite, 200, 'OK', this.dialog.localTag, [], this.#offer())
      this.#answered = true
      this.sound.start()
    })
  }

  reject(status: number, phrase: string): void {
    if (this.invite) this.#phone.respond(this.invite, status, phrase, this.dialog.localTag)
    this.#finish({ status, by: 'us', causes: [] })
  }

  hangUp(): void {
    if (this.#answered) {
      this.dialog.sequence += 1
      this.#phone.request('BYE', this.dialog, this.dialog.remoteUri, [])
    } else if (this.invite) {
      this.#phone.respond(this.invite, 480, 'Temporarily Unavailable', this.dialog.localTag)
    } else {
      const tag = this.dialog.remoteTag
      this.dialog.remoteTag = undefined
      this.#phone.request('CANCEL', this.dialog, this.dialog.remoteUri, [], '', this.#branch)
      this.dialog.remoteTag = tag
    }
    this.#finish({ status: 0, by: 'us', causes: [] })
  }

  hold(): void {
    this.#reinvite('sendonly')
  }

  resume(): void {
    this.#reinvite('sendrecv')
  }

  refer(number: string): void {
    this.#refer(this.#phone.uriOf(number))
  }

  referTo(other: SipCall): void {
    if (!(other instanceof Call)) throw new Error('a call of such a phone')
    const { remoteIdentity } = other.dialog
    const uri = /<([^>;]+)/.exec(remoteIdentity)?.[1] ?? remoteIdentity
    this.#refer(`${uri}?Replaces=${encodeURIComponent(replacesOf(other))}`)
  }

  end(): CallEnd | undefined {
    return this.#end
  }

  isUp(): boolean {
    return this.#answered && !this.#end
  }

  ended(withinMs = DEFAULT_WAIT_MS): Promise<CallEnd> {
    return this.#phone.until(() => this.#end, `${this.#phone.user}: the end of the call`, withinMs)
  }

  close(): void {
    this.sound.close()
  }

  onMessage(message: SipMessage): void {
    if (message.status === undefined) this.#onRequest(message)
    else if (sequenceMethod(message) === 'INVITE') this.#onInviteStatus(message, message.status)
  }

  #onRequest(request: SipMessage): void {
    const tag = this.dialog.localTag
    switch (request.method) {
      case 'ACK':
        return
      case 'BYE':
        this.#phone.respond(request, 200, 'OK', tag)
        this.#finish({ status: 0, by: 'BYE', causes: causesOf(request) })
        return
      case 'CANCEL':
        this.#phone.respond(request, 200, 'OK', tag)
        if (this.invite) this.#phone.respond(this.invite, 487, 'Request Terminated', tag)
        this.#finish({ status: 0, by: 'CANCEL', causes: causesOf(request) })
        return
      case 'INVITE':
      case 'UPDATE': {
        this.#shown = shownIdentity(request)
        const offer = request.body !== ''
        if (offer) this.sound.sendTo(request.body)
        this.#phone.respond(
          request,
          200,
          'OK',
          tag,
          [],
          offer || request.method === 'INVITE' ? this.#offer() : '',
        )
        return
      }
      default:
        this.#phone.respond(request, 200, 'OK', tag)
    }
  }

  #onInviteStatus(message: SipMessage, status: number): void {
    const sequence = Number((headerValue(message, 'CSeq') ?? '').split(' ')[0])
    if (status >= 300) this.#acknowledge(sequence, this.#branch, tagOf(headerValue(message, 'To')))
    if (status === 401 && !this.#authorized) {
      this.#authorized = true
      this.dialog.sequence += 1
      void this.begin([...this.#extra, this.#phone.authorization(message, 'INVITE', this.dialog.remoteUri)])
      return
    }
    this.#statuses.push(message)
    if (status > 100 && status < 300) {
      this.dialog.remoteTag = tagOf(headerValue(message, 'To'))
      this.#shown = shownIdentity(message)
      if (message.body !== '') this.sound.sendTo(message.body)
    }
    if (status >= 200 && status < 300) {
      this.#answered = true
      this.dialog.remoteUri = contactUri(message)
      this.#acknowledge(sequence, newBranch(), this.dialog.remoteTag)
      this.sound.start()
    }
    if (status >= 300) this.#finish({ status, by: 'status', causes: causesOf(message) })
  }

  #acknowledge(sequence: number, branch: string, tag: string | undefined): void {
    const { remoteTag } = this.dialog
    this.dialog.remoteTag = tag
    this.#phone.request('ACK', this.dialog, this.dialog.remoteUri, [], '', branch, sequence)
    this.dialog.remoteTag = remoteTag
  }

  #refer(target: string): void {
    this.dialog.sequence += 1
    this.#phone.request('REFER', this.dialog, this.dialog.remoteUri, [
      `Refer-To: <${target}>`,
      `Referred-By: ${this.dialog.localIdentity}`,
    ])
  }

  #reinvite(direction: string): void {
    this.dialog.sequence += 1
    this.#phone.request('INVITE', this.dialog, this.dialog.remoteUri, [], this.#offer(direction))
  }

  #offer(direction = 'sendrecv'): string {
    const address = this.#phone.address
    const version = this.dialog.version++
    return [
      'v=0',
      `o=- 1 ${String(version)} IN IP4 ${address}`,
      's=-',
      `c=IN IP4 ${address}`,
      't=0 0',
      `m=audio ${String(this.sound.port())} RTP/AVP 8 101`,
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      'a=ptime:20',
      `a=${direction}`,
      '',
    ].join('\r\n')
  }

  #finish(end: CallEnd): void {
    this.#end ??= end
    this.sound.close()
    this.#phone.changed()
  }
}

function newBranch(): string {
  return `z9hG4bK${randomBytes(6).toString('hex')}`
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

function stripTag(address: string | undefined): string {
  return (address ?? '').replace(/;tag=[^;>\s]+/, '')
}

function contactUri(message: SipMessage): string {
  const contact = headerValue(message, 'Contact') ?? ''
  return /<([^>]+)>/.exec(contact)?.[1] ?? contact
}

/** The dialog of this call, as the exchange knows it. */
function replacesOf(call: SipCall): string {
  if (!(call instanceof Call)) throw new Error('a call of such a phone')
  const { callId, localTag, remoteTag } = call.dialog
  return `${callId};to-tag=${remoteTag ?? ''};from-tag=${localTag}`
}
