import fastify, { type FastifyInstance } from 'fastify'

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
}

/** Serves `/health` (200 as long as the process lives) and `/ready` (503 until calls can be taken). */
export async function serveHttp({ host, port, health }: HttpOptions): Promise<FastifyInstance> {
  const server = fastify()
  server.get('/health', () => health())
  server.get('/ready', async (_request, reply) => {
    const now = await health()
    return reply.code(now.ready ? 200 : 503).send(now)
  })
  await server.listen({ host, port })
  return server
}
