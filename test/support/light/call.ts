import { headerValue, sequenceMethod, tagOf, type SipMessage } from '../phones/sip-message.js'
import { contactOf, type LightAgent, type Sent } from './agent.js'
import { authorization, type Account } from './digest.js'
import type { Stream } from './stream.js'

interface Dialog {
  readonly callId: string
  /** Address headers without their tags. */
  readonly local: string
  readonly remote: string
  /** Request URI of what is sent next. */
  readonly target: string
  readonly localTag: string
  readonly remoteTag?: string | undefined
  readonly account?: Account | undefined
  /** The INVITE by which the exchange called us. */
  readonly invited?: { readonly message: SipMessage; readonly at: number } | undefined
}

/** One call of a light phone. All moments are `performance.now()`. */
export class LightCall {
  readonly sound: Stream
  readonly callId: string
  /** The INVITE by which the exchange called, as it came. */
  readonly invitation: SipMessage | undefined
  /** Resolves when the call is answered, by either side; rejects when it is refused or ends before. */
  readonly answered: Promise<void>
  /** Resolves when the call has ended, whoever ended it. */
  readonly over: Promise<number>
  /** When the INVITE was sent that was let in, after the password; or when the exchange's INVITE came. */
  invitedAt: number
  readonly #agent: LightAgent
  readonly #dialog: Dialog
  #target: string
  #remoteTag: string | undefined
  #sequence = 1
  #version = 1
  #isUp = false
  #isOver = false
  #acknowledged = false
  #lastAck = ''
  #accept!: () => void
  #refuse!: (error: Error) => void
  #end!: (at: number) => void
  #onNotify: ((status: number) => void) | undefined

  constructor(agent: LightAgent, sound: Stream, dialog: Dialog) {
    this.#agent = agent
    this.#dialog = dialog
    this.sound = sound
    this.callId = dialog.callId
    this.#target = dialog.target
    this.#remoteTag = dialog.remoteTag
    this.invitation = dialog.invited?.message
    this.invitedAt = dialog.invited?.at ?? performance.now()
    this.answered = new Promise((resolve, reject) => {
      this.#accept = resolve
      this.#refuse = reject
    })
    this.answered.catch(() => undefined)
    this.over = new Promise((resolve) => (this.#end = resolve))
    if (this.invitation !== undefined) sound.sendTo(this.invitation.body)
  }

  get isUp(): boolean {
    return this.#isUp && !this.#isOver
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Sends the INVITE, and once more with the password when it is asked for. */
  async invite(): Promise<void> {
    const { account } = this.#dialog
    this.invitedAt = performance.now()
    let sent = this.#request('INVITE', [], this.#offer('sendrecv'))
    let answer = await sent.answer
    if (answer.status === 401 && account) {
      this.#acknowledge(sent, answer)
      this.#sequence += 1
      const proof = authorization(account, 'INVITE', this.#target, answer)
      this.invitedAt = performance.now()
      sent = this.#request('INVITE', [proof], this.#offer('sendrecv'))
      answer = await sent.answer
    }
    if (this.#isOver) return
    this.#remoteTag = tagOf(headerValue(answer, 'To'))
    if ((answer.status ?? 0) < 300) this.#target = contactOf(answer)
    this.#acknowledge(sent, answer)
    if ((answer.status ?? 0) >= 300) {
      this.#refuse(new Error(`the call was refused: ${answer.startLine}`))
      this.#finish()
      return
    }
    this.#up(answer.body)
  }

  ring(): void {
    if (this.invitation) this.#agent.respond(this.invitation, '180 Ringing', this.#dialog.localTag)
  }

  /** Answers a call of the exchange. */
  accept(): void {
    const { invitation } = this
    if (!invitation) return
    const body = this.#offer('sendrecv')
    const respond = (left: number): void => {
      if (this.#acknowledged || this.#isOver || left === 0) return
      this.#agent.respond(invitation, '200 OK', this.#dialog.localTag, body)
      setTimeout(respond, 500, left - 1)
    }
    respond(8)
    this.#up(invitation.body)
  }

  /** Puts the other side on hold, as a phone does before its person calls somebody else. */
  async hold(): Promise<void> {
    this.#sequence += 1
    const sent = this.#request('INVITE', [], this.#offer('sendonly'))
    this.#acknowledge(sent, await sent.answer)
  }

  /** Takes the other side off hold. Resolves with the moment at which it was asked for. */
  async resume(): Promise<number> {
    this.#sequence += 1
    const at = performance.now()
    const sent = this.#request('INVITE', [], this.#offer('sendrecv'))
    this.#acknowledge(sent, await sent.answer)
    return at
  }

  /** Transfers blind (RFC 3515). Resolves with the moment at which this phone is free: told that it is done, or hung up by the exchange. */
  refer(to: string): Promise<number> {
    return this.#refer(to.replaceAll('#', '%23'))
  }

  /** Transfers to whom this phone has asked in another call of its own (RFC 3891). */
  referTo(asked: LightCall): Promise<number> {
    const { callId, localTag } = asked.#dialog
    const replaces = `${callId};to-tag=${asked.#remoteTag ?? ''};from-tag=${localTag}`
    return this.#refer('asked', `?Replaces=${encodeURIComponent(replaces)}`)
  }

  async #refer(to: string, header = ''): Promise<number> {
    this.#sequence += 1
    const domain = this.#target.replace(/^sip:([^@]*@)?/, '')
    const free = new Promise<number>((resolve, reject) => {
      void this.over.then(resolve)
      this.#onNotify = (status) => {
        if (status >= 300) reject(new Error(`the transfer failed: ${String(status)}`))
        else if (status >= 200) resolve(performance.now())
      }
    })
    const { answer } = this.#request('REFER', [
      `Refer-To: <sip:${to}@${domain}${header}>`,
      `Referred-By: ${this.#dialog.local}`,
    ])
    void answer.then(({ status = 0 }) => this.#onNotify?.(status >= 300 ? status : 100))
    const at = await free
    if (!this.#isOver) void this.hangUp()
    return at
  }

  async hangUp(): Promise<void> {
    if (this.#isOver) return
    if (!this.#isUp && this.invitation) {
      this.#agent.respond(this.invitation, '486 Busy Here', this.#dialog.localTag)
      this.#finish()
      return
    }
    this.#sequence += 1
    const { answer } = this.#request('BYE', [])
    this.#finish()
    await answer
  }

  /** Forgets the call without a word, as a phone does that loses its power. */
  forget(): void {
    this.#finish()
  }

  /** A request of the exchange within this call. */
  take(request: SipMessage): void {
    const tag = this.#dialog.localTag
    switch (request.method) {
      case 'ACK':
        this.#acknowledged = true
        return
      case 'INVITE':
        if (tagOf(headerValue(request, 'To')) === undefined) return // ours again: it is answered, or will be
        if (request.body !== '') this.sound.sendTo(request.body)
        this.#agent.respond(request, '200 OK', tag, this.#offer('sendrecv'))
        return
      case 'BYE':
        this.#agent.respond(request, '200 OK', tag)
        this.#finish()
        return
      case 'CANCEL':
        this.#agent.respond(request, '200 OK', tag)
        if (this.invitation) this.#agent.respond(this.invitation, '487 Request Terminated', tag)
        this.#finish()
        return
      case 'NOTIFY':
        this.#agent.respond(request, '200 OK', tag)
        this.#onNotify?.(Number(/^SIP\/2\.0 (\d{3})/.exec(request.body)?.[1] ?? '0'))
        return
      default:
        this.#agent.respond(request, '200 OK', tag)
    }
  }

  /** A response to something that was answered before: our ACK was lost. */
  takeLate(message: SipMessage): void {
    if (sequenceMethod(message) === 'INVITE' && (message.status ?? 0) >= 200) this.#agent.send(this.#lastAck)
  }

  #up(sdp: string): void {
    this.sound.sendTo(sdp)
    this.#isUp = true
    this.#accept()
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.sound.close()
    this.#agent.forget(this.callId)
    this.#refuse(new Error('the call has ended'))
    this.#end(performance.now())
  }

  #acknowledge(invite: Sent, answer: SipMessage): void {
    const refused = (answer.status ?? 0) >= 300
    const lines = this.#lines('ACK', [], headerValue(answer, 'To'))
    this.#lastAck = this.#agent.withVia(lines, refused ? invite.branch : `${invite.branch}a`)
    this.#agent.send(this.#lastAck)
  }

  #request(method: string, extra: readonly string[], body = ''): Sent {
    return this.#agent.request(this.#lines(method, extra), body)
  }

  #lines(method: string, extra: readonly string[], to?: string): readonly string[] {
    const { local, remote, localTag, callId } = this.#dialog
    const { address, port } = this.#agent.place
    return [
      `${method} ${this.#target} SIP/2.0`,
      `From: ${local};tag=${localTag}`,
      `To: ${to ?? (this.#remoteTag === undefined ? remote : `${remote};tag=${this.#remoteTag}`)}`,
      `Call-ID: ${callId}`,
      `CSeq: ${String(this.#sequence)} ${method}`,
      `Contact: <sip:light@${address}:${String(port)}>`,
      'Allow: INVITE, ACK, CANCEL, BYE, UPDATE, NOTIFY, OPTIONS, REFER',
      ...extra,
    ]
  }

  #offer(direction: 'sendrecv' | 'sendonly'): string {
    const { address } = this.#agent.place
    return [
      'v=0',
      `o=- 1 ${String(this.#version++)} IN IP4 ${address}`,
      's=-',
      `c=IN IP4 ${address}`,
      't=0 0',
      `m=audio ${String(this.sound.port)} RTP/AVP 8 101`,
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=ptime:20',
      `a=${direction}`,
      '',
    ].join('\r\n')
  }
}
