import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiTokens } from '../../ports/api-tokens.js'
import type { Logger } from '../../ports/log.js'
import type { Operations } from '../../ports/operations.js'
import { StoreUnavailable } from '../../ports/stores.js'
import type { Clock } from '../../runtime/clock.js'
import { eventRoute } from './events.js'
import { hoursRoutes } from './hours-routes.js'
import { openApiDocument } from './openapi.js'
import { fetchCall, listParked, parkCall } from './parked-routes.js'
import { problem, problemType, Refused, type ProblemDetails } from './problems.js'
import { queueRoutes } from './queue-routes.js'
import type { Asked, Route } from './route.js'
import { statisticsRoute } from './statistics-route.js'
import { listTalks, talkVerbs } from './talk-routes.js'

export interface ApiOptions {
  /** Undefined until calls can be taken: the API answers 503. */
  readonly operations: () => Operations | undefined
  readonly tokens: ApiTokens
  readonly clock: Clock
  readonly log: Logger
}

/** Serves the API and its description at `/openapi.json` (which needs no token). */
export function serveApi(server: FastifyInstance, options: ApiOptions): void {
  const events = eventRoute(options.clock, options.tokens)
  const rows = [
    ...[listParked, parkCall, fetchCall],
    ...[listTalks, ...talkVerbs],
    ...[...queueRoutes, statisticsRoute],
    ...hoursRoutes,
    events.row,
  ]
  // Made when it is first asked for: a process that starts has calls to take up.
  let document: object | undefined
  server.setErrorHandler((error, _request, reply) => answerFault(reply, error, options.log))
  server.setNotFoundHandler((request, reply) => answer(reply, nothingHere(rows, request)))
  server.addHook('preClose', async () => {
    events.closeAll()
  })
  server.get('/openapi.json', () => (document ??= openApiDocument(rows)))
  for (const row of rows)
    server.route({
      method: row.method,
      url: row.path.replace(/\{(\w+)\}/g, ':$1'),
      handler: (request, reply) => handle(row, request, reply, options),
    })
}

const nothingAsked = z.strictObject({})

/** In the order in which a stranger learns least: the token first, then whose company it is, then what is asked. */
async function handle(
  row: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  { operations, tokens }: ApiOptions,
): Promise<void> {
  const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  const company = token === undefined ? undefined : await tokens.holder(token)
  if (token === undefined || company === undefined) throw new Refused('unauthorised')
  if ((request.params as { company?: unknown }).company !== company) throw new Refused('otherCompany')
  const asked: Omit<Asked<unknown, unknown>, 'operations'> = {
    company,
    token,
    reply,
    params: checked(row.params, request.params, 'address'),
    query: checked(row.query ?? nothingAsked, request.query, 'query'),
    body: row.body === undefined ? undefined : checked(row.body, request.body, 'body'),
  }
  const ready = operations()
  if (ready === undefined) throw new Refused('unavailable', { detail: 'The exchange is starting.' })
  const result = await row.handle({ ...asked, operations: ready })
  if (result === 'sent') return
  await reply
    .code(row.answer.status)
    .header('cache-control', 'no-store')
    .send(row.answer.schema.parse(result.body))
}

function checked(schema: z.ZodType, value: unknown, where: string): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new Refused('badRequest', {
    errors: result.error.issues.map((issue) => ({
      where: [where, ...issue.path.map(String)].join('.'),
      message: issue.message,
    })),
  })
}

/** Whatever went wrong is answered as a problem. */
export const answerFault = (reply: FastifyReply, error: unknown, log: Logger | undefined): FastifyReply =>
  answer(reply, problemOf(error, log))

function answer(reply: FastifyReply, details: ProblemDetails): FastifyReply {
  if (details.status === 401) reply.header('www-authenticate', 'Bearer realm="vaxel"')
  if (details.status === 503) reply.header('retry-after', '2')
  // As bytes: to a text fastify would add a charset, which this type does not have.
  return reply
    .code(details.status)
    .type(problemType)
    .send(Buffer.from(JSON.stringify(details)))
}

/** What fastify refuses by itself keeps its meaning; everything unknown is ours, is logged, and tells nothing. */
function problemOf(error: unknown, log: Logger | undefined): ProblemDetails {
  if (error instanceof Refused) return error.problem
  if (error instanceof StoreUnavailable)
    return problem('unavailable', { detail: 'The store does not answer.' })
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (status === 413) return problem('tooLarge')
  if (status === 415) return problem('unsupportedMediaType')
  if (typeof status === 'number' && status >= 400 && status < 500)
    return problem('badRequest', { detail: error instanceof Error ? error.message : '' })
  log?.error('a request to the API failed', { error })
  return problem('internal')
}

/** Tells an address that takes another method from one that does not exist. */
function nothingHere(rows: readonly Route[], request: FastifyRequest): ProblemDetails {
  const path = request.url.split('?')[0] ?? ''
  const known = rows.some((row) => new RegExp(`^${row.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
  return problem(known ? 'methodNotAllowed' : 'notFound')
}
