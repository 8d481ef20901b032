import { z } from 'zod'
import { problem, problemSchema, problemType, type ProblemCode } from './problems.js'
import type { Route } from './route.js'

/** Problems every route may answer with. */
const common: readonly ProblemCode[] = [
  'badRequest',
  'unauthorised',
  'otherCompany',
  'internal',
  'unavailable',
]

const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest
}

/** The description of the API (OpenAPI 3.1), made from the same rows as the API itself. */
export function openApiDocument(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const row of routes) (paths[row.path] ??= {})[row.method.toLowerCase()] = operation(row)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Växel',
      version: '1',
      description:
        'Parked calls, queues, opening hours and talks of a company. Make a token with `vaxel token COMPANY`. Every error is a problem as of RFC 9457; programs look at its `type`.',
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: schemaOf(problemSchema) },
    },
  }
}

function operation(row: Route): object {
  return {
    operationId: row.id,
    summary: row.summary,
    ...(row.description === undefined ? {} : { description: row.description }),
    parameters: [...parametersOf(row.params, 'path'), ...(row.query ? parametersOf(row.query, 'query') : [])],
    ...(row.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(row.body) } } } }),
    responses: {
      [row.answer.status]: {
        description: row.answer.description,
        content: {
          [row.answer.type]: { schema: schemaOf(row.answer.schema) },
          ...(row.answer.also === undefined ? {} : { [row.answer.also]: { schema: { type: 'string' } } }),
        },
      },
      ...problemResponses([...common, ...row.problems]),
    },
  }
}

function parametersOf(schema: z.ZodType, where: 'path' | 'query'): readonly object[] {
  const { properties = {}, required = [] } = schemaOf(schema) as {
    properties?: Record<string, object>
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: where,
    required: required.includes(name),
    schema: one,
  }))
}

/** One response for each status, which names the problems that have it. */
function problemResponses(codes: readonly ProblemCode[]): object {
  const byStatus = new Map<number, string[]>()
  for (const code of codes) {
    const { status, title } = problem(code)
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${title}`])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      String(status),
      {
        description: lines.join('. '),
        content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}
