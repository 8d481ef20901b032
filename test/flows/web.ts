import { onTestFinished } from 'vitest'
import { problemSchema } from '../../src/adapters/http/problems.js'
import { httpServer } from '../../src/adapters/http/server.js'
import { hoursOperations } from '../../src/flows/hours-operations.js'
import { parkOperations } from '../../src/flows/park-operations.js'
import { queueOperations } from '../../src/flows/queue-operations.js'
import { talkOperations } from '../../src/flows/talk-operations.js'
import { memoryTokens } from '../support/memory-tokens.js'
import type { Office } from '../support/office.js'
import { settle } from '../support/manual-clock.js'
import { silentLogger } from '../support/silent-logger.js'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** The HTTP interface of an office. Addresses are those of its company: `/queues`. */
export async function openWeb(office: Office) {
  const { company } = office.company
  const tokens = memoryTokens()
  const token = await tokens.issue(company, 'a'.repeat(28), 1)
  const operations = {
    ...parkOperations(office.deps),
    ...talkOperations(office.deps),
    ...queueOperations(office.deps),
    ...hoursOperations(office.deps),
  }
  const server = httpServer({
    health: () => Promise.resolve({ ready: true, asterisk: 'connected', redis: 'connected', calls: 0 }),
    api: {
      operations: () => operations,
      tokens,
      clock: office.clock,
      log: silentLogger,
    },
  })
  onTestFinished(() => server.close())
  const headers = { authorization: `Bearer ${token}` }
  const inject = async (method: Method, url: string, payload?: object) => {
    const answer = await server.inject({
      method,
      url: `/companies/${company}${url}`,
      headers,
      ...(payload === undefined ? {} : { payload }),
    })
    await settle()
    return answer
  }
  return {
    /** The body of an answer that is no problem. */
    ask: async <Body>(method: Method, url: string, payload?: object): Promise<Body> => {
      const answer = await inject(method, url, payload)
      if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.body}`)
      return answer.json<Body>()
    },
    /** The answer as it is written, for what is no JSON. */
    text: async (url: string) => inject('GET', url),
    /** The problem that the answer holds. */
    refused: async (method: Method, url: string, payload?: object) =>
      problemSchema.parse((await inject(method, url, payload)).json()),
    /** Events as they come; `next` waits for one of this name that fits. */
    listen: async (topic: string) => {
      const address = await server.listen({ host: '127.0.0.1', port: 0 })
      const stop = new AbortController()
      const answer = await fetch(`${address}/companies/${company}/events?topics=${topic}`, {
        headers,
        signal: stop.signal,
      })
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
      let text = ''
      return {
        next: async <Body>(fits: (body: Body) => boolean): Promise<Body> => {
          for (;;) {
            const events = text.split('\n\n')
            text = events.pop() ?? ''
            for (const event of events) {
              const data = /^event: \w+\ndata: (.*)$/mu.exec(event)?.[1]
              const body = data === undefined ? undefined : (JSON.parse(data) as Body)
              if (body !== undefined && fits(body)) return body
            }
            const { value, done } = await reader.read()
            if (done) throw new Error('the events have ended')
            text += value
          }
        },
        leave: async () => {
          stop.abort()
          await server.close()
        },
      }
    },
  }
}
