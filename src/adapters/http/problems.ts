import { z } from 'zod'
import type { OperationRefusal } from './refusals.js'
import { refusals } from './refusals.js'

/** Every error of the API, as `application/problem+json` (RFC 9457). `code` is the last part of `type`. */
export const problemSchema = z.strictObject({
  type: z.string().meta({ description: 'Names the kind of problem; stable, for programs' }),
  title: z.string().meta({ description: 'The same for every problem of the kind' }),
  status: z.number().int(),
  detail: z.string().optional().meta({ description: 'What is wrong here, and what to do' }),
  code: z.string(),
  errors: z
    .array(z.strictObject({ where: z.string(), message: z.string() }))
    .optional()
    .meta({ description: 'What is wrong with the request, place by place' }),
})
export type ProblemDetails = z.output<typeof problemSchema>

export const problemType = 'application/problem+json'

const general = {
  badRequest: [400, 'The request cannot be understood'],
  unauthorised: [401, 'A token is needed'],
  otherCompany: [403, 'The token is for another company'],
  notFound: [404, 'There is nothing at this address'],
  methodNotAllowed: [405, 'This address does not take this method'],
  tooLarge: [413, 'The request is too large'],
  unsupportedMediaType: [415, 'The body must be JSON'],
  internal: [500, 'Something of ours is broken'],
  unavailable: [503, 'Not available at the moment'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>

export type ProblemCode = keyof typeof general | OperationRefusal

/** An error whose answer is already known. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly problem: ProblemDetails
  constructor(code: ProblemCode, more: Pick<ProblemDetails, 'detail' | 'errors'> = {}) {
    super(code)
    this.problem = problem(code, more)
  }
}

export function problem(
  code: ProblemCode,
  more: Pick<ProblemDetails, 'detail' | 'errors'> = {},
): ProblemDetails {
  const [status, title] = { ...general, ...refusals }[code]
  return { type: `urn:vaxel:problem:${code}`, title, status, ...more, code }
}
