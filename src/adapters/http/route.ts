import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { CompanyId } from '../../domain/ids.js'
import type { Operations } from '../../ports/operations.js'
import type { ProblemCode } from './problems.js'

/** What a route of the API works with. */
export interface Asked<Params, Body, Query = unknown> {
  /** The company of the address, which the token was found to open. */
  readonly company: CompanyId
  readonly params: Params
  readonly body: Body
  readonly query: Query
  readonly operations: Operations
  readonly token: string
  readonly reply: FastifyReply
}

/** One route: what is served and what is described are made from the same row. */
export interface Route<Params = unknown, Body = unknown, Query = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** In the form of OpenAPI: `/companies/{company}/parked`. */
  readonly path: string
  readonly id: string
  readonly summary: string
  readonly description?: string
  readonly params: z.ZodType<Params>
  readonly body?: z.ZodType<Body>
  /** What may stand after the `?`; nothing if left out. */
  readonly query?: z.ZodType<Query>
  readonly answer: {
    readonly status: 200 | 201 | 202
    readonly description: string
    readonly type: 'application/json' | 'text/event-stream'
    readonly schema: z.ZodType
    /** The same may be had in this form; the route then writes it by itself. */
    readonly also?: 'text/csv'
  }
  /** Besides those every route has. */
  readonly problems: readonly ProblemCode[]
  /** The body of the answer; `sent` when the route has written it by itself. */
  handle(asked: Asked<Params, Body, Query>): Promise<{ readonly body: unknown } | 'sent'>
}

/** Keeps the types of a row together, then forgets them, so that rows of all kinds stand in one list. */
export const route = <Params, Body, Query>(row: Route<Params, Body, Query>): Route => row
