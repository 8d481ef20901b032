import { connect as loadClient } from 'ari-client'
import type { WebSocket } from 'ws'
import { PbxUnavailable } from '../../ports/pbx.js'
import type { Logger } from '../../ports/log.js'
import type { Clock } from '../../runtime/clock.js'
import { Aside } from './aside.js'
import { briefEvent } from './brief.js'
import { atMost, requestOverHttp, type HttpAccess } from './http.js'
import {
  buildRequest,
  readForms,
  type ApiDescription,
  type Operation,
  type OperationForms,
  type Parameters,
} from './operations.js'
import { parseBody, Requests, type RestAnswer } from './requests.js'
import { wantedEvents, wantedOfPhones } from './messages.js'

export interface ConnectionSettings extends HttpAccess {
  readonly app: string
  readonly log: Logger
  readonly clock: Clock
  /** Called once, when the connection cannot be had any more: the process must end and be started again. */
  readonly onFatal: (why: string) => void
  readonly limits?: Partial<ConnectionLimits> | undefined
  /** What was read before; left out, it is read now. */
  readonly api?: Api | undefined
}

/** Asterisk's descriptions of its API, as ari-client reads them; the socket is not open yet. For one connection. */
export interface Api {
  readonly client: Client
  readonly forms: OperationForms
}

/** All in milliseconds. */
export interface ConnectionLimits {
  /** Until an unanswered request is given up. */
  readonly answer: number
  /** Until the first connection is given up. */
  readonly connect: number
  /** From a lost connection until we give up; ari-client itself tries for 43 s. */
  readonly reconnect: number
  /** Between two pings; the second in a row that is not answered, when no request is either, is fatal. */
  readonly ping: number
}

const defaultLimits: ConnectionLimits = {
  answer: 10_000,
  connect: 20_000,
  reconnect: 60_000,
  ping: 5_000,
}

export interface AriConnection {
  /** Over the websocket, in order, sent before it returns. Rejects with `PbxUnavailable`; throws for a request that makes no sense. */
  call(operation: Operation, parameters: Parameters, body?: unknown): Promise<RestAnswer>
  /** Over another websocket, at the same time as what `call` sends: of those two nobody knows which comes first. The same as `call` while it is not open. */
  callAside(operation: Operation, parameters: Parameters, body?: unknown): Promise<RestAnswer>
  /** Over HTTP: for long lists, files and what may take its time, which would keep other commands waiting on the websocket. */
  callOverHttp(operation: Operation, parameters: Parameters, body?: unknown): Promise<RestAnswer>
  fileOverHttp(operation: Operation, parameters: Parameters): Promise<{ status: number; bytes: Uint8Array }>
  connected(): boolean
  close(): Promise<void>
}

export interface ConnectionEvents {
  readonly onEvent: (event: unknown) => void
  /** Connected again: events were lost in between. */
  readonly onGap: () => void
}

/** What is used of ari-client, part of it not in its types. */
export interface Client {
  readonly _swagger: ApiDescription
  readonly _ws?: WebSocket
  _wsClosed?: boolean
  on(event: string, listener: (...values: readonly unknown[]) => void): void
  start(app: string): Promise<void>
  stop(): void
}

/**
 * Holds the websocket to Asterisk that everything depends on, and one aside.
 *
 *     connecting --open, filter set--> connected --socket drops--> reconnecting --open, filter set, gap told--> connected
 *         |  time up                     | two pongs missed, no answer  | ari-client gives up, or time up
 *         v                              v ApplicationReplaced          v
 *      rejects                         fatal                          fatal
 *
 * ari-client opens the socket, opens it again when it drops, and knows the operations. It does nothing else: its requests
 * have no status and no deadline, and its message handler does not survive an unknown event.
 */
export async function openConnection(
  settings: ConnectionSettings,
  events: ConnectionEvents,
): Promise<AriConnection> {
  const limits = { ...defaultLimits, ...settings.limits }
  const { client, forms } = settings.api ?? (await readDescriptions(settings))
  return new Connection(settings, limits, events, client, forms).open()
}

type Reading = Pick<ConnectionSettings, keyof HttpAccess | 'clock' | 'limits'>

/** Rejects with `PbxUnavailable` when Asterisk does not answer within the limit for a connection. */
export async function readDescriptions(settings: Reading): Promise<Api> {
  const limits = { ...defaultLimits, ...settings.limits }
  const client = await within(settings.clock, limits.connect, loadDocuments(settings))
  return { client, forms: readForms(client._swagger) }
}

const phonesApp = (app: string): string => `${app}-phones`
const asideApp = (app: string): string => `${app}-aside`

class Connection implements AriConnection {
  readonly #settings: ConnectionSettings
  readonly #limits: ConnectionLimits
  readonly #inTurn = atMost(16)
  readonly #events: ConnectionEvents
  readonly #client: Client
  readonly #forms: OperationForms
  readonly #requests: Requests
  readonly #aside: Aside
  #ended = false
  #opened = false
  #unansweredPings = 0
  #stopPing = (): void => undefined
  #stopReconnectLimit = (): void => undefined

  constructor(
    settings: ConnectionSettings,
    limits: ConnectionLimits,
    events: ConnectionEvents,
    client: Client,
    forms: OperationForms,
  ) {
    this.#settings = settings
    this.#limits = limits
    this.#events = events
    this.#client = client
    this.#forms = forms
    this.#requests = new Requests({
      clock: settings.clock,
      deadline: limits.answer,
      // Pings wait behind the requests: an Asterisk with very much to do is late with them, but not gone.
      onAnswer: () => {
        this.#unansweredPings = 0
      },
      readBriefly: briefEvent,
      onEvent: (event) => {
        this.#onEvent(event)
      },
      onNonsense: (problem) => {
        settings.log.warn('Asterisk sent something unreadable', { problem })
      },
    })
    this.#aside = new Aside({ ...settings, app: asideApp(settings.app), deadline: limits.answer })
  }

  async open(): Promise<this> {
    const { clock, app } = this.#settings
    this.#client.on('WebSocketMaxRetries', () => {
      this.#fatal('Asterisk does not accept a connection')
    })
    const first = new Promise<void>((resolve, reject) => {
      this.#client.on('WebSocketConnected', () => {
        this.#onOpen().then(resolve, (error: unknown) => {
          reject(error instanceof Error ? error : new PbxUnavailable('the connection could not be set up'))
          if (this.#opened) this.#fatal('the connection could not be set up')
        })
      })
      // Rejects only when ari-client gives up before the first connection.
      this.#client.start(`${app},${phonesApp(app)}`).catch((error: unknown) => {
        reject(new PbxUnavailable(error instanceof Error ? error.message : 'no connection to Asterisk'))
      })
    })
    try {
      await within(clock, this.#limits.connect, first)
    } catch (error) {
      this.#stop()
      throw error
    }
    this.#opened = true
    this.#aside.open()
    return this
  }

  call(operation: Operation, parameters: Parameters, body?: unknown): Promise<RestAnswer> {
    return this.#requests.send(buildRequest(this.#forms, operation, parameters, body))
  }

  callAside(operation: Operation, parameters: Parameters, body?: unknown): Promise<RestAnswer> {
    const request = buildRequest(this.#forms, operation, parameters, body)
    return this.#aside.send(request) ?? this.#requests.send(request)
  }

  async callOverHttp(operation: Operation, parameters: Parameters, body?: unknown): Promise<RestAnswer> {
    const { status, bytes } = await this.#overHttp(operation, parameters, body)
    return { status, body: parseBody(Buffer.from(bytes).toString('utf8')) }
  }

  fileOverHttp(operation: Operation, parameters: Parameters): Promise<{ status: number; bytes: Uint8Array }> {
    return this.#overHttp(operation, parameters)
  }

  connected(): boolean {
    return this.#requests.connected
  }

  close(): Promise<void> {
    const socket = this.#client._ws
    this.#stop()
    if (!socket || socket.readyState === socket.CLOSED) return Promise.resolve()
    return new Promise((resolve) => {
      const stopWaiting = this.#settings.clock.after(1_000, () => {
        socket.terminate()
      })
      socket.once('close', () => {
        stopWaiting()
        resolve()
      })
    })
  }

  async #onOpen(): Promise<void> {
    const socket = this.#client._ws
    if (!socket || this.#ended) return
    this.#stopReconnectLimit()
    this.#requests.attach(socket)
    socket.once('close', () => {
      this.#onDrop(socket)
    })
    this.#ping(socket)
    await this.#subscribe()
    if (this.#opened) {
      this.#settings.log.warn('Connected to Asterisk again; events were lost')
      this.#events.onGap()
    }
  }

  /**
   * Only the events that are used, at every connect. Over HTTP, because the filter also holds back the answers on the websocket:
   * one that an older release left behind may not let them through.
   *
   * Phones come and go in an application of their own: subscribed to endpoints, it would be told of every event of a call too, and
   * its filter drops them. Device states would tell the same in fewer words, but a socket that closes while one of them is on its
   * way locks up all of ARI for good (docs/asterisk-notes.md).
   */
  async #subscribe(): Promise<void> {
    const { app } = this.#settings
    const phones = phonesApp(app)
    const filter = (
      applicationName: string,
      types: readonly string[],
    ): Promise<{ readonly status: number }> =>
      this.#overHttp('applications.filter', { applicationName }, { allowed: types.map((type) => ({ type })) })
    const filtered = await Promise.all([filter(app, wantedEvents), filter(phones, wantedOfPhones)])
    const subscribed = await this.call('applications.subscribe', {
      applicationName: phones,
      eventSource: 'endpoint:', // all: the one of PJSIP alone is refused as long as there is no phone at all
    })
    for (const answer of [...filtered, subscribed])
      if (answer.status >= 300)
        throw new PbxUnavailable(`Asterisk refused to set up the events: ${String(answer.status)}`)
  }

  async #overHttp(
    operation: Operation,
    parameters: Parameters,
    body?: unknown,
  ): Promise<{ status: number; bytes: Uint8Array }> {
    const request = buildRequest(this.#forms, operation, parameters, body)
    return this.#inTurn(() =>
      requestOverHttp(this.#settings, request, this.#limits.answer, this.#settings.clock),
    )
  }

  #onDrop(socket: WebSocket): void {
    if (this.#client._ws !== socket && this.#requests.connected) return
    this.#stopPing()
    this.#requests.detach('closed')
    if (this.#ended) return
    this.#settings.log.warn('Connection to Asterisk lost')
    this.#stopReconnectLimit = this.#settings.clock.after(this.#limits.reconnect, () => {
      this.#fatal('Asterisk was away too long')
    })
  }

  #ping(socket: WebSocket): void {
    this.#stopPing()
    this.#unansweredPings = 0
    socket.on('pong', () => {
      this.#unansweredPings = 0
    })
    const next = (): void => {
      if (this.#unansweredPings >= 2) {
        this.#fatal('Asterisk does not answer pings')
        return
      }
      this.#unansweredPings += 1
      if (socket.readyState === socket.OPEN) socket.ping()
      this.#stopPing = this.#settings.clock.after(this.#limits.ping, next)
    }
    this.#stopPing = this.#settings.clock.after(this.#limits.ping, next)
  }

  #onEvent(event: unknown): void {
    if (
      typeof event === 'object' &&
      event !== null &&
      'type' in event &&
      event.type === 'ApplicationReplaced'
    ) {
      this.#fatal('another process took over the application')
      return
    }
    this.#events.onEvent(event)
  }

  #fatal(why: string): void {
    if (this.#ended) return
    this.#stop()
    if (this.#opened) this.#settings.onFatal(why)
  }

  #stop(): void {
    this.#ended = true
    this.#stopPing()
    this.#stopReconnectLimit()
    this.#requests.detach('closed by us')
    this.#aside.close()
    if (this.#client._ws) this.#client.stop()
  }
}

/**
 * ari-client keeps the credentials for loading the API documents in a variable of the whole process, so only one
 * load runs at a time. Everything after it uses the credentials of its own connection.
 */
let loading: Promise<unknown> = Promise.resolve()

function loadDocuments(settings: Reading): Promise<Client> {
  silenceSwagger()
  const load = async (): Promise<Client> => {
    await probe(settings)
    return (await loadClient(settings.url, settings.user, settings.password)) as unknown as Client
  }
  // The limit, because a load that never ends must not stop the next one for ever.
  const limit = { ...defaultLimits, ...settings.limits }.connect
  const loaded = loading.then(() => within(settings.clock, limit, load()))
  loading = loaded.catch(() => undefined)
  return loaded
}

/** The API reader below ari-client writes to standard output, by a global function that it makes when it is loaded. */
function silenceSwagger(): void {
  Object.assign(globalThis, { log: () => undefined })
}

/** ari-client never settles when the documents cannot be read for some reasons, so they are asked for once beforehand. */
async function probe(settings: Reading): Promise<void> {
  const request = { method: 'GET', uri: 'api-docs/resources.json' }
  const { status } = await requestOverHttp(settings, request, defaultLimits.answer, settings.clock)
  if (status === 401) throw new PbxUnavailable('Asterisk does not accept the user name or password of ARI')
  if (status !== 200) throw new PbxUnavailable(`Asterisk does not show its API: status ${String(status)}`)
}

function within<T>(clock: Clock, limit: number, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = clock.after(limit, () => {
      reject(new PbxUnavailable(`no connection to Asterisk within ${String(limit)} ms`))
    })
    work.then(resolve, reject).finally(stop)
  })
}
