import type { Redis } from 'ioredis'
import { z } from 'zod'
import { companyIdSchema, personIdSchema } from '../../domain/directory/company.js'
import type { Change, Feed } from '../../ports/feed.js'
import type { Logger } from '../../ports/log.js'
import type { Client } from './client.js'
import { keys } from './keys.js'

type Told = Exclude<Change, { kind: 'gap' }>

const changeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('company'), company: companyIdSchema }),
  z.object({
    kind: z.literal('absence'),
    company: companyIdSchema,
    person: personIdSchema,
    by: z.union([z.literal('rule'), personIdSchema]),
  }),
  z.object({ kind: z.literal('hours'), company: companyIdSchema }),
  z.object({ kind: z.literal('messages'), company: companyIdSchema, person: personIdSchema }),
]) satisfies z.ZodType<Told>

export const encodeChange = (change: Told): string => JSON.stringify(change)

/**
 * The change feed over publish/subscribe, on a connection of its own. Resolves when it listens, or when the first attempt
 * to connect failed; whenever it listens again after that, `gap` is told first.
 */
export async function openFeed(subscriber: Redis, client: Client, log: Logger): Promise<Feed> {
  const listeners = new Set<(change: Change) => void>()
  let missed = false
  const deliver = (change: Change): void => {
    for (const listener of [...listeners]) {
      try {
        listener(change)
      } catch (error) {
        log.error('a listener of the feed failed', { kind: change.kind, error })
      }
    }
  }
  const subscribe = async (): Promise<void> => {
    try {
      await subscriber.subscribe(keys.feed)
    } catch {
      missed = true
      subscriber.disconnect(true)
      return
    }
    if (missed) deliver({ kind: 'gap' })
    missed = false
  }
  subscriber.on('message', (_channel, text) => {
    const change = parse(text)
    if (change === undefined) log.warn('unreadable change left out')
    else deliver(change)
  })
  await new Promise<void>((resolve) => {
    subscriber.on('close', () => {
      missed = true
      resolve()
    })
    subscriber.on('ready', () => void subscribe().then(resolve))
    subscriber.connect().catch(() => undefined)
  })
  return {
    tell: async (change) => {
      await client.run(keys.feed, (redis) => redis.publish(keys.feed, encodeChange(change)))
    },
    listen: (listener) => {
      const own = (change: Change): void => listener(change)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}

function parse(text: string): Told | undefined {
  try {
    return changeSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
