import fastify, { type FastifyInstance } from 'fastify'
import { answerFault, serveApi, type ApiOptions } from './api.js'

/** What is told to whoever asks whether the process is well. */
export interface Health {
  /** Calls can be taken: the lease is ours, the exchange is connected and its calls were taken up. */
  readonly ready: boolean
  readonly asterisk: 'connected' | 'away'
  readonly redis: 'connected' | 'away'
  readonly calls: number
}

export interface HttpOptions {
  readonly host: string
  readonly port: number
  readonly health: () => Promise<Health>
  readonly api?: ApiOptions
}

/** More than any request needs. */
const longestBody = 16_384

/** Serves `/health` (200 as long as the process lives) and `/ready` (503 until calls can be taken), and the API if it is given. */
export function httpServer({ health, api }: Pick<HttpOptions, 'health' | 'api'>): FastifyInstance {
  // A connection on which nothing was ever asked would hold the closing up for more than a minute.
  const server = fastify({
    bodyLimit: longestBody,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    // An address that cannot even be read has no route whose error handler could answer.
    frameworkErrors: (error, _request, reply) => void answerFault(reply, error, api?.log),
  })
  server.get('/health', () => health())
  server.get('/ready', async (_request, reply) => {
    const now = await health()
    return reply.code(now.ready ? 200 : 503).send(now)
  })
  if (api !== undefined) serveApi(server, api)
  return server
}

export async function serveHttp({ host, port, ...options }: HttpOptions): Promise<FastifyInstance> {
  const server = httpServer(options)
  await server.listen({ host, port })
  return server
}
