import { PbxUnavailable } from '../../ports/pbx.js'
import type { Clock } from '../../runtime/clock.js'
import type { RestRequest } from './operations.js'

export interface HttpAccess {
  /** Address of Asterisk's HTTP server, for example `http://127.0.0.1:8088`. */
  readonly url: string
  readonly user: string
  readonly password: string
}

/** One request over HTTP. Rejects with `PbxUnavailable` and nothing else. */
export async function requestOverHttp(
  { url, user, password }: HttpAccess,
  { method, uri, body }: RestRequest,
  deadline: number,
  clock: Clock,
): Promise<{ status: number; bytes: Uint8Array }> {
  const giveUp = new AbortController()
  const stop = clock.after(deadline, () => {
    giveUp.abort()
  })
  try {
    const response = await fetch(`${url}/ari/${uri}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: giveUp.signal,
    })
    return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) }
  } catch (error) {
    throw new PbxUnavailable(`no answer from Asterisk: ${method} ${uri.split('?')[0] ?? ''}`, {
      cause: error,
    })
  } finally {
    stop()
  }
}

/**
 * Lets so many pieces of work run at once; the others wait their turn. Asterisk refuses more than a hundred connections
 * (`sessionlimit`), and after a start every leg that is taken up is asked for over HTTP.
 */
export function atMost(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
