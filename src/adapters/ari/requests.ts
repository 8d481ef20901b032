import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { PbxUnavailable } from '../../ports/pbx.js'
import type { Clock } from '../../runtime/clock.js'
import { whenSettled } from '../../runtime/turn.js'
import { onTexts } from './frames.js'
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
  readonly settle: (answer: RestAnswer) => void
  readonly fail: (error: Error) => void
}

/**
 * REST over the websocket that carries the events (Asterisk 22): each request has an id, a status and a deadline.
 * Asterisk carries out the requests of one socket one after the other, so commands keep their order.
 */
export class Requests {
  readonly #settings: RequestSettings
  readonly #waiting = new Map<string, Waiting>()
  #socket: WebSocket | undefined
  #gathering = false
  #count = 0

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
    for (const waiting of [...this.#waiting.values()])
      waiting.fail(new PbxUnavailable(`connection to Asterisk lost: ${why}`))
  }

  /** Rejects with `PbxUnavailable` and nothing else. */
  send({ method, uri, body }: RestRequest): Promise<RestAnswer> {
    const socket = this.#socket
    if (!socket) return Promise.reject(new PbxUnavailable('no connection to Asterisk'))
    return new Promise<RestAnswer>((resolve, reject) => {
      const id = String(++this.#count)
      const end = (): void => {
        this.#waiting.delete(id)
        stopTimer()
      }
      const fail = (error: Error): void => {
        end()
        reject(error)
      }
      const stopTimer = this.#settings.clock.after(this.#settings.deadline, () => {
        fail(
          new PbxUnavailable(
            `no answer within ${String(this.#settings.deadline)} ms: ${method} ${pathOf(uri)}`,
          ),
        )
      })
      this.#waiting.set(id, {
        fail,
        settle: (answer) => {
          end()
          resolve(answer)
        },
      })
      this.#gather(socket)
      socket.send(frame(id, method, uri, body), (error) => {
        if (error) fail(new PbxUnavailable(`cannot send to Asterisk: ${error.message}`))
      })
    })
  }

  /** What is sent because of one piece that has arrived leaves in one write: a write costs more than all the rest of a request. */
  #gather(socket: WebSocket): void {
    if (this.#gathering) return
    // Not in its types; without it each request leaves by itself.
    const stream = (socket as { readonly _socket?: Socket })._socket
    if (!stream) return
    this.#gathering = true
    stream.cork()
    whenSettled(() => {
      this.#gathering = false
      stream.uncork()
    })
  }

  #onMessage(text: string): void {
    const answer = opening.exec(text)
    if (answer) {
      this.#answered(answer[1] ?? '', Number(answer[2]), text)
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
    if (isAnswer(message)) this.#answered(message.request_id, message.status_code, text)
    else this.#settings.onEvent(message)
  }

  #answered(id: string, status: number, text: string): void {
    this.#settings.onAnswer()
    this.#waiting.get(id)?.settle(new LazyAnswer(status, text))
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

function frame(id: string, method: string, uri: string, body: unknown): string {
  return JSON.stringify({
    type: 'RESTRequest',
    transaction_id: id,
    request_id: id,
    method,
    uri,
    ...(body === undefined ? {} : { content_type: 'application/json', message_body: JSON.stringify(body) }),
  })
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
