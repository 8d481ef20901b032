import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { usedOperations } from '../../../src/adapters/ari/operations.js'

/** A request that came over the websocket. */
export interface SeenRequest {
  readonly method: string
  readonly uri: string
  readonly body: unknown
  readonly aside: boolean
  answer(status: number, body?: unknown): void
}

/**
 * Asterisk's side of ARI without telephones, to misbehave as Asterisk and networks do: it holds answers back, drops and
 * refuses connections, and sends nonsense.
 */
export interface FakeAri {
  readonly url: string
  /** Requests that `onRequest` did not answer wait here. */
  readonly seen: SeenRequest[]
  readonly sockets: WebSocket[]
  /** Websockets of applications that are told nothing; not among `sockets`. */
  readonly asides: WebSocket[]
  /** User names of the websocket connections, in order. */
  readonly users: string[]
  readonly httpRequests: { readonly method: string; readonly path: string; readonly user: string }[]
  /** What happens to a request on the websocket; default: answered with 204. */
  onRequest: (request: SeenRequest) => void
  /** Websocket connections are refused while this is true. */
  refuse: boolean
  /** HTTP requests (the API documents too) are never answered while this is true. */
  hang: boolean
  tell(event: unknown): void
  sendRaw(text: string): void
  drop(): void
  close(): Promise<void>
}

/** `autoPong`: whether pings are answered. */
export async function startFakeAri({ autoPong = true } = {}): Promise<FakeAri> {
  const http = createServer()
  const websockets = new WebSocketServer({ noServer: true, autoPong })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`
  const fake: FakeAri = {
    url,
    seen: [],
    sockets: [],
    asides: [],
    users: [],
    httpRequests: [],
    onRequest: (request) => {
      request.answer(request.uri.startsWith('asterisk/info') ? 200 : 204, {
        system: { version: '22.0.0-fake' },
      })
    },
    refuse: false,
    hang: false,
    tell: (event) => {
      fake.sendRaw(JSON.stringify(event))
    },
    sendRaw: (text) => {
      fake.sockets.at(-1)?.send(text)
    },
    drop: () => {
      fake.sockets.at(-1)?.terminate()
    },
    close: () => closeAll(http, websockets, fake),
  }
  http.on('request', (request, response) => {
    answerHttp(fake, url, request, response)
  })
  http.on('upgrade', (request, socket, head) => {
    if (fake.refuse) {
      socket.destroy()
      return
    }
    websockets.handleUpgrade(request, socket, head, (opened) => {
      const query = new URL(request.url ?? '/', url).searchParams
      const aside = query.get('app')?.endsWith('-aside') ?? false
      if (!aside) fake.users.push(query.get('api_key')?.split(':')[0] ?? '')
      const sockets = aside ? fake.asides : fake.sockets
      sockets.push(opened)
      opened.on('message', (data: Buffer) => {
        take(fake, opened, data, aside)
      })
    })
  })
  return fake
}

interface Frame {
  readonly request_id: string
  readonly method: string
  readonly uri: string
  readonly message_body?: string
}

function take(fake: FakeAri, socket: WebSocket, data: Buffer, aside: boolean): void {
  const frame = JSON.parse(data.toString('utf8')) as Frame
  const request: SeenRequest = {
    method: frame.method,
    uri: frame.uri,
    aside,
    body: frame.message_body === undefined ? undefined : (JSON.parse(frame.message_body) as unknown),
    answer: (status, body) => {
      socket.send(
        JSON.stringify({
          type: 'RESTResponse',
          request_id: frame.request_id,
          status_code: status,
          ...(body === undefined ? {} : { message_body: JSON.stringify(body) }),
        }),
      )
    },
  }
  fake.seen.push(request)
  fake.onRequest(request)
}

function answerHttp(fake: FakeAri, url: string, request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? '/', url).pathname
  const [user = ''] = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64')
    .toString('utf8')
    .split(':')
  fake.httpRequests.push({ method: request.method ?? '', path, user })
  if (fake.hang) return
  const document = /^\/ari\/api-docs\/(\w+)\.json$/.exec(path)?.[1]
  response.setHeader('content-type', 'application/json')
  if (document === undefined) response.end('{}')
  else
    response.end(JSON.stringify(document === 'resources' ? resources(url) : describeResource(url, document)))
}

function resources(url: string): unknown {
  const names = [...new Set(usedOperations.map((operation) => operation.split('.')[0] ?? '')), 'events']
  return {
    apiVersion: '8.0.0',
    swaggerVersion: '1.1',
    basePath: `${url}/ari`,
    apis: names.map((name) => ({ path: `/api-docs/${name}.{format}`, description: name })),
  }
}

const unusualParameters: Readonly<Record<string, readonly string[]>> = {
  'endpoints.get': ['tech', 'resource'],
  'channels.hangup': ['channelId'],
  'bridges.addChannel': ['bridgeId'],
}

/** As Asterisk describes it, with invented paths: `/channels/answer/{channelId}` and so on. */
function describeResource(url: string, resource: string): unknown {
  const operations = usedOperations.filter((operation) => operation.startsWith(`${resource}.`))
  return {
    apiVersion: '8.0.0',
    swaggerVersion: '1.1',
    basePath: `${url}/ari`,
    resourcePath: `/api-docs/${resource}.{format}`,
    apis: operations.map((operation) => {
      const path = (unusualParameters[operation] ?? []).map((name) => `/{${name}}`).join('')
      return {
        path: operation === 'asterisk.getInfo' ? '/asterisk/info' : `/${operation.replace('.', '/')}${path}`,
        description: operation,
        operations: [
          {
            httpMethod: 'POST',
            nickname: operation.split('.')[1],
            responseClass: 'void',
            parameters: [
              'channelId',
              'applicationName',
              'eventSource',
              'only',
              'reason',
              'playbackId',
              'bridgeId',
              'name',
              'type',
              'channel',
              'absorbDTMF',
              'inhibitConnectedLineUpdates',
            ]
              .filter((name) => !path.includes(name))
              .map((name) => ({ name, paramType: 'query', dataType: 'string' })),
          },
        ],
      }
    }),
    models: {},
  }
}

async function closeAll(http: Server, websockets: WebSocketServer, fake: FakeAri): Promise<void> {
  for (const socket of [...fake.sockets, ...fake.asides]) socket.terminate()
  websockets.close()
  http.closeAllConnections()
  await new Promise((resolve) => http.close(resolve))
}
