import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { CompanyId } from '../../domain/ids.js'
import type { ApiTokens } from '../../ports/api-tokens.js'
import type { Operations } from '../../ports/operations.js'
import { StoreUnavailable } from '../../ports/stores.js'
import type { Clock } from '../../runtime/clock.js'
import { listOf, listSchema } from './parked-routes.js'
import { floorOf, floorSchema } from './queue-routes.js'
import { route, type Route } from './route.js'
import { companyParams } from './shapes.js'
import { talksSchema } from './talk-routes.js'

const heartbeat = 15_000

/** Something that can be watched: its whole state, and when to look at it again. */
interface Topic {
  read(operations: Operations, company: CompanyId): Promise<object>
  watch(operations: Operations, company: CompanyId, changed: () => void): () => void
}

const topics = {
  parked: {
    read: async (operations, company) => listOf(await operations.list(company)),
    watch: (operations, company, changed) => operations.watch(company, changed),
  },
  queues: {
    read: (operations, company) => Promise.resolve(floorOf(operations, company)),
    watch: (operations, company, changed) => operations.watchQueues(company, changed),
  },
  talks: {
    read: (operations, company) => Promise.resolve({ talks: operations.talks(company) }),
    watch: (operations, company, changed) => operations.watchTalks(company, changed),
  },
} as const satisfies Readonly<Record<string, Topic>>
type TopicName = keyof typeof topics
const topicNames = Object.keys(topics) as TopicName[]

const querySchema = z.strictObject({
  topics: z
    .string()
    .optional()
    .transform((text) => (text === undefined ? topicNames : [...new Set(text.split(','))]))
    .pipe(z.array(z.enum(topicNames)).min(1))
    .meta({
      description: `What is told: some of ${topicNames.join(',')}, with commas between; all if left out`,
    }),
})

/**
 * Server-sent events: the whole of each topic at the beginning and after each change, so that whoever connects again needs no memory.
 * Changes that come while it is read or while the reader is slow become one.
 */
export function eventRoute(
  clock: Clock,
  tokens: ApiTokens,
): { readonly row: Route; readonly closeAll: () => void } {
  const open = new Set<() => void>()
  const row = route({
    method: 'GET',
    path: '/companies/{company}/events',
    id: 'watch',
    summary: 'Parked calls, queues and talks of a company, again after each change',
    description:
      'Server-sent events named `parked` (data as of `listParked`), `queues` (queues, callers and agents together) and `talks` (as of `listTalks`); the data of each is the whole list. A comment every 15 s keeps the connection open.',
    params: companyParams,
    query: querySchema,
    answer: {
      status: 200,
      description: 'Events',
      type: 'text/event-stream',
      schema: z.union([listSchema, floorSchema, talksSchema]),
    },
    problems: [],
    handle: async ({ company, operations, token, reply, query }) => {
      // Read before anything is sent, so that a fault is still an answer of its own.
      const first = await Promise.all(
        query.topics.map(async (name) => ({ name, text: await frameOf(name, operations, company) })),
      )
      reply.hijack()
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      reply.raw.write(`retry: 2000\n\n${first.map(({ text }) => text).join('')}`)
      const allowed = async (): Promise<boolean> => (await tokens.holder(token)) === company
      const end = follow(reply.raw, company, operations, first, allowed, clock)
      open.add(end)
      reply.raw.once('close', () => {
        open.delete(end)
        end()
      })
      return 'sent'
    },
  })
  return {
    row,
    closeAll: () => {
      for (const end of [...open]) end()
    },
  }
}

const frameOf = async (name: TopicName, operations: Operations, company: CompanyId): Promise<string> =>
  `event: ${name}\ndata: ${JSON.stringify(await topics[name].read(operations, company))}\n\n`

/** A topic with what was last sent of it. */
interface Sent {
  readonly name: TopicName
  readonly text: string
}

/** Writes until `end` is called. A token that was revoked ends it at the next heartbeat. */
function follow(
  to: ServerResponse,
  company: CompanyId,
  operations: Operations,
  first: readonly Sent[],
  allowed: () => Promise<boolean>,
  clock: Clock,
): () => void {
  let ended = false
  /** Asked after waiting, when the answer may be another than before. */
  const isOver = (): boolean => ended
  const end = (): void => {
    if (ended) return
    ended = true
    for (const { stop } of pumps) stop()
    stopBeat()
    to.end()
  }
  const pumps = first.map(({ name, text }) => {
    const pump = pumpOf(to, text, () => frameOf(name, operations, company), isOver, end)
    return { ...pump, stop: topics[name].watch(operations, company, () => void pump.run()) }
  })
  const beat = async (): Promise<void> => {
    const may = await allowed().catch(() => true)
    if (!may) end()
    if (isOver()) return
    if (!to.writableNeedDrain) to.write(': still here\n\n')
    for (const { again } of pumps) again()
    stopBeat = clock.after(heartbeat, () => void beat())
  }
  to.on('drain', () => {
    for (const { again } of pumps) again()
  })
  let stopBeat = clock.after(heartbeat, () => void beat())
  // Something may have changed between the first list and the watch.
  for (const { run } of pumps) void run()
  return end
}

/** Reads and writes one topic, if it is another than last sent, one at a time. */
function pumpOf(
  to: ServerResponse,
  first: string,
  read: () => Promise<string>,
  isOver: () => boolean,
  end: () => void,
): { readonly run: () => Promise<void>; readonly again: () => void } {
  let sent = first
  let stale = false
  let busy = false
  const run = async (): Promise<void> => {
    stale = true
    if (busy) return
    busy = true
    try {
      while (isStale() && mayWrite()) {
        stale = false
        const text = await read()
        if (text !== sent && !isOver()) to.write(text)
        sent = text
      }
    } catch (error) {
      // The store is away: the list follows with the next heartbeat. Any other fault ends the stream; the reader comes again.
      stale = true
      if (!(error instanceof StoreUnavailable)) end()
    } finally {
      busy = false
    }
  }
  /** Asked after waiting, when the answer may be another than before. */
  const isStale = (): boolean => stale
  const mayWrite = (): boolean => !isOver() && !to.writableNeedDrain
  return { run, again: () => stale && void run() }
}
