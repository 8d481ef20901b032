import { NoSuchThing, PbxRefused, WrongState } from '../../ports/pbx.js'
import type { AriConnection } from './connection.js'
import type { Operation, Parameters } from './operations.js'
import type { RestAnswer } from './requests.js'

/** Statuses that are no error for this command, because what it asks for is so already. */
export interface Tolerated {
  readonly accept?: readonly number[]
}

/** Carries out one operation; rejects with the port's errors. */
export async function command(
  connection: AriConnection,
  operation: Operation,
  parameters: Parameters,
  body?: unknown,
  { accept = [] }: Tolerated = {},
): Promise<RestAnswer> {
  const answer = await connection.call(operation, parameters, body)
  return checked(operation, answer, { accept })
}

/** The answer, or the port's error for its status. */
export function checked(
  operation: Operation,
  answer: RestAnswer,
  { accept = [] }: Tolerated = {},
): RestAnswer {
  if (answer.status < 300 || accept.includes(answer.status)) return answer
  throw refusal(operation, answer)
}

/**
 * Asterisk says so when the thread of the leg, which sets its variables, ended before it came to that: the leg has just hung up. What a
 * variable itself refuses is never told.
 */
const threadIsOver = 'Failed to execute function'

/** 404 = no such channel or bridge; 409, 412 and 422 = not in the state for it; anything else is a fault of ours. */
export function refusal(operation: Operation, answer: RestAnswer): Error {
  const message = `${operation}: ${String(answer.status)} ${messageOf(answer)}`
  if (answer.status === 400 && messageOf(answer) === threadIsOver) return new NoSuchThing(message)
  switch (answer.status) {
    case 404:
      return new NoSuchThing(message)
    case 409:
    case 412:
    case 422:
      return new WrongState(message)
    default:
      return new PbxRefused(message, answer.status)
  }
}

export function messageOf({ body }: RestAnswer): string {
  if (typeof body !== 'object' || body === null) return ''
  if ('message' in body) return String(body.message)
  return 'error' in body ? String(body.error) : ''
}
