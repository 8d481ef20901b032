import type { ServerResponse } from 'node:http'
import type { CompanyId } from '../../domain/ids.js'
import type { ApiTokens } from '../../ports/api-tokens.js'
import type { ParkOperations } from '../../ports/operations.js'
import { StoreUnavailable } from '../../ports/stores.js'
import type { Clock } from '../../runtime/clock.js'
import { companyParams, listOf, listSchema } from './parked-routes.js'
import { route, type Route } from './route.js'

const heartbeat = 15_000

/**
 * Server-sent events: the whole list at the beginning and after each change, so that whoever connects again needs no memory. Changes
 * that come while a list is read or while the reader is slow become one list.
 */
export function eventRoute(
  clock: Clock,
  tokens: ApiTokens,
): { readonly row: Route; readonly closeAll: () => void } {
  const open = new Set<() => void>()
  const row = route({
    method: 'GET',
    path: '/companies/{company}/events',
    id: 'watchParked',
    summary: 'The parked calls of a company, again after each change',
    description:
      'Server-sent events named `parked`; the data of each is the whole list as of `listParked`. A comment every 15 s keeps the connection open.',
    params: companyParams,
    answer: { status: 200, description: 'Events', type: 'text/event-stream', schema: listSchema },
    problems: [],
    handle: async ({ company, operations, token, reply }) => {
      // Read before anything is sent, so that a fault is still an answer of its own.
      const first = frame(await operations.list(company))
      reply.hijack()
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      reply.raw.write(`retry: 2000\n\n${first}`)
      const allowed = async (): Promise<boolean> => (await tokens.holder(token)) === company
      const end = follow(reply.raw, company, operations, allowed, clock)
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

const frame = (places: Parameters<typeof listOf>[0]): string =>
  `event: parked\ndata: ${JSON.stringify(listOf(places))}\n\n`

/** Writes until `end` is called. A token that was revoked ends it at the next heartbeat. */
function follow(
  to: ServerResponse,
  company: CompanyId,
  operations: ParkOperations,
  allowed: () => Promise<boolean>,
  clock: Clock,
): () => void {
  let ended = false
  let stale = false
  let busy = false
  let failed = false
  const pump = async (): Promise<void> => {
    stale = true
    if (busy || to.writableNeedDrain) return
    busy = true
    try {
      stale = false
      const text = frame(await operations.list(company))
      if (!isOver()) to.write(text)
    } catch (error) {
      // The store is away: the list follows with the next heartbeat. Any other fault ends the stream; the reader comes again.
      failed = true
      if (!(error instanceof StoreUnavailable)) end()
    } finally {
      busy = false
    }
    if (isStale() && !isOver()) void pump()
  }
  const isStale = (): boolean => stale
  /** Asked after waiting, when the answer may be another than before. */
  const isOver = (): boolean => ended
  const beat = async (): Promise<void> => {
    const may = await allowed().catch(() => true)
    if (!may) end()
    if (isOver()) return
    if (!to.writableNeedDrain) to.write(': still here\n\n')
    if (stale || failed) void pump()
    failed = false
    stopBeat = clock.after(heartbeat, () => void beat())
  }
  const end = (): void => {
    if (ended) return
    ended = true
    stopWatch()
    stopBeat()
    to.end()
  }
  const stopWatch = operations.watch(company, () => void pump())
  to.on('drain', () => stale && void pump())
  let stopBeat = clock.after(heartbeat, () => void beat())
  // Something may have changed between the first list and the watch.
  void pump()
  return end
}
