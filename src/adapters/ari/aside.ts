import { WebSocket } from 'ws'
import type { Clock } from '../../runtime/clock.js'
import type { HttpAccess } from './http.js'
import type { RestRequest } from './operations.js'
import { Requests, type RestAnswer } from './requests.js'

interface AsideSettings extends HttpAccess {
  /** An application of its own, subscribed to nothing: no event comes this way. */
  readonly app: string
  readonly clock: Clock
  /** Milliseconds after which an unanswered request is given up. */
  readonly deadline: number
}

/** Milliseconds from a lost socket to the next. */
const pause = 1_000

/**
 * A second websocket for requests. Asterisk carries out those of one socket one after the other; what is asked for here goes on at the
 * same time. Nobody depends on it: while it is not open, `send` takes nothing.
 *
 *     closed --open()--> opening --> open --drops, or a request is not answered--> closed for a second --> opening ...
 */
export class Aside {
  readonly #settings: AsideSettings
  readonly #requests: Requests
  #socket: WebSocket | undefined
  #ended = false
  #stopWaiting = (): void => undefined

  constructor(settings: AsideSettings) {
    const nothing = (): void => undefined
    this.#settings = settings
    this.#requests = new Requests({
      clock: settings.clock,
      deadline: settings.deadline,
      onAnswer: nothing,
      readBriefly: nothing,
      onEvent: nothing,
      onNonsense: nothing,
    })
  }

  open(): void {
    if (this.#ended || this.#socket) return
    const { url, user, password, app, clock } = this.#settings
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ari/events?app=${app}`, {
      headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
      perMessageDeflate: false,
      handshakeTimeout: this.#settings.deadline,
    })
    this.#socket = socket
    socket.on('open', () => {
      this.#requests.attach(socket)
    })
    // Whatever it was, `close` follows.
    socket.on('error', () => undefined)
    socket.once('close', () => {
      this.#socket = undefined
      this.#requests.detach('closed')
      if (!this.#ended)
        this.#stopWaiting = clock.after(pause, () => {
          this.open()
        })
    })
  }

  /** Undefined: it is not open. Rejects with `PbxUnavailable` and nothing else. */
  send(request: RestRequest): Promise<RestAnswer> | undefined {
    if (!this.#requests.connected) return undefined
    const socket = this.#socket
    const answer = this.#requests.send(request)
    answer.catch(() => socket?.terminate())
    return answer
  }

  close(): void {
    this.#ended = true
    this.#stopWaiting()
    this.#socket?.terminate()
  }
}
