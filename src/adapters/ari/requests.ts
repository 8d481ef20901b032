import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { PbxUnavailable } from '../../ports/pbx.js'
import type { Clock } from '../../runtime/clock.js'
import { whenSettled } from '../../runtime/turn.js'
import { onTexts } from './frames.js'
import { framesOf } from './masked.js'
import type { RestRequest } from './operations.js'

export interface RestAnswer {
  readonly status: number
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown
}

export interface RequestSettings {
  readonly clock: Clock
  /** Milliseconds after which an unanswered request is given up. */
  readonly deadline: number
  /** An answer came: whoever carries out the requests is alive. */
  readonly onAnswer: () => void
  /** What is known of a message without reading all of it; undefined: it has to be read. */
  readonly readBriefly: (text: string) => unknown
  /** Everything that is not an answer: events. */
  readonly onEvent: (event: unknown) => void
  readonly onNonsense: (problem: string) => void
}

interface Waiting {
  readonly resolve: (answer: RestAnswer) => void
  readonly reject: (error: Error) => void
  readonly request: RestRequest
  /** Which turn of the deadlines it was sent in. */
  readonly turn: number
}

/** Turns of the deadlines in one deadline. */
const turns = 4

/**
 * REST over the websocket that carries the events (Asterisk 22): each request has an id, a status and a deadline.
 * Asterisk carries out the requests of one socket one after the other, so commands keep their order.
 */
export class Requests {
  readonly #settings: RequestSettings
  /** The oldest first. */
  readonly #waiting = new Map<number, Waiting>()
  #socket: WebSocket | undefined
  #gathered: string[] = []
  #count = 0
  #turn = 0
  #turning = false

  constructor(settings: RequestSettings) {
    this.#settings = settings
  }

  get connected(): boolean {
    return this.#socket !== undefined
  }

  /** Answers and events come from this socket from now on; what waited for an older one is lost. */
  attach(socket: WebSocket): void {
    this.detach('a new connection')
    this.#socket = socket
    // In the place of ari-client's own handler, which throws at an event type it does not know and thereby kills the socket.
    socket.removeAllListeners('message')
    onTexts(socket, (text) => {
      if (this.#socket === socket) this.#onMessage(text)
    })
  }

  /** Rejects everything that waits: nobody knows whether it was carried out. */
  detach(why: string): void {
    this.#socket = undefined
    this.#gathered = []
    for (const id of [...this.#waiting.keys()]) this.#fail(id, `connection to Asterisk lost: ${why}`)
  }

  /** Rejects with `PbxUnavailable` and nothing else. */
  send(request: RestRequest): Promise<RestAnswer> {
    const socket = this.#socket
    if (!socket) return Promise.reject(new PbxUnavailable('no connection to Asterisk'))
    return new Promise<RestAnswer>((resolve, reject) => {
      const id = ++this.#count
      this.#waiting.set(id, { resolve, reject, request, turn: this.#turn })
      this.#watchDeadlines()
      this.#gather(socket, requestText(id, request))
    })
  }

  #fail(id: number, why: string): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    waiting?.reject(new PbxUnavailable(why))
  }

  /** One timer for all that wait, not one for each: a request is given up after its deadline, a quarter of it later at the most. */
  #watchDeadlines(): void {
    if (this.#turning) return
    this.#turning = true
    const { clock, deadline } = this.#settings
    clock.after(deadline / turns, () => {
      this.#turning = false
      this.#turn += 1
      for (const [id, { turn, request }] of this.#waiting) {
        if (this.#turn - turn <= turns) break
        this.#fail(id, `no answer within ${String(deadline)} ms: ${request.method} ${pathOf(request.uri)}`)
      }
      if (this.#waiting.size > 0) this.#watchDeadlines()
    })
  }

  /** What is sent because of one piece that has arrived leaves in one write: a write costs more than all the rest of a request. */
  #gather(socket: WebSocket, text: string): void {
    this.#gathered.push(text)
    if (this.#gathered.length > 1) return
    whenSettled(() => {
      if (this.#socket !== socket) return
      const texts = this.#gathered
      this.#gathered = []
      // Not in its types. One that is closing takes nothing any more, and is told as closed next.
      if (socket.readyState === socket.OPEN)
        (socket as { readonly _socket?: Socket })._socket?.write(framesOf(texts))
    })
  }

  #onMessage(text: string): void {
    const answer = opening.exec(text)
    if (answer) {
      this.#answered(Number(answer[1]), Number(answer[2]), text)
      return
    }
    const brief = this.#settings.readBriefly(text)
    if (brief !== undefined) {
      this.#settings.onEvent(brief)
      return
    }
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch {
      this.#settings.onNonsense('a message that is not JSON')
      return
    }
    if (isAnswer(message)) this.#answered(Number(message.request_id), message.status_code, text)
    else this.#settings.onEvent(message)
  }

  #answered(id: number, status: number, text: string): void {
    this.#settings.onAnswer()
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    waiting?.resolve(new LazyAnswer(status, text))
  }
}

interface Answer {
  readonly type: 'RESTResponse'
  readonly request_id: string
  readonly status_code: number
}

function isAnswer(message: unknown): message is Answer {
  return (
    typeof message === 'object' && message !== null && 'type' in message && message.type === 'RESTResponse'
  )
}

/** Of most answers only the status is looked at: the rest is read when it is asked for. */
class LazyAnswer implements RestAnswer {
  readonly status: number
  readonly #text: string
  constructor(status: number, text: string) {
    this.status = status
    this.#text = text
  }
  get body(): unknown {
    return parseBody((JSON.parse(this.#text) as { readonly message_body?: unknown }).message_body)
  }
}

/** How Asterisk begins an answer: known without reading all of it. One that begins in another way is read. */
const opening =
  /^\{"type":"RESTResponse","transaction_id":"[^"]*","request_id":"([^"]*)","status_code":(\d+),/

function requestText(id: number, { method, uri, body }: RestRequest): string {
  const name = String(id)
  const head = `{"type":"RESTRequest","transaction_id":"${name}","request_id":"${name}","method":"${method}","uri":${JSON.stringify(uri)}`
  return body === undefined
    ? `${head}}`
    : `${head},"content_type":"application/json","message_body":${JSON.stringify(JSON.stringify(body))}}`
}

export function parseBody(body: unknown): unknown {
  if (typeof body !== 'string' || body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Without the query: it may hold a number or a name. */
function pathOf(uri: string): string {
  return uri.split('?')[0] ?? uri
}
