import { Redis } from 'ioredis'
import type { Milliseconds } from '../../domain/ids.js'
import type { ApiTokens } from '../../ports/api-tokens.js'
import type { Feed } from '../../ports/feed.js'
import type { Logger } from '../../ports/log.js'
import type { ProvisionStatus } from '../../ports/provisioning.js'
import type { Lease, Stores } from '../../ports/stores.js'
import { systemClock, type Clock } from '../../runtime/clock.js'
import { absenceStore } from './absences.js'
import { apiTokens } from './api-tokens.js'
import { attemptStore } from './attempts.js'
import { callbackStore } from './callbacks.js'
import { callStore } from './calls.js'
import { connectionOptions, createClient, watchConnection } from './client.js'
import { companyStore } from './companies.js'
import { provisionStatus } from './exchanges.js'
import { openFeed } from './feed.js'
import { hoursStore } from './hours.js'
import { createLease, type LeaseOptions } from './lease.js'
import { messageStore } from './messages.js'
import { missedCallStore } from './missed-calls.js'
import { noticeStore } from './notices.js'
import { outboxStore } from './outbox.js'
import { parkStore } from './parking.js'
import { queueLog } from './queue-log.js'
import { queueStore } from './queues.js'
import { later } from './scripts/later.js'
import { traceStore } from './traces.js'

export interface RedisHealth {
  readonly reachable: boolean
  /** Every confirmed write is on the disk (AOF with `appendfsync always`). Absent: the server does not say. */
  readonly durable?: boolean | undefined
}

export interface ConnectedRedis {
  readonly stores: Stores
  readonly feed: Feed
  readonly tokens: ApiTokens
  /** What the running exchanges say of themselves. */
  readonly exchanges: ProvisionStatus
  /** `name` names the exchange whose only writer we want to be (M-01). */
  lease(name: string, options?: LeaseOptions): Lease
  health(): Promise<RedisHealth>
  /** Writes what waits to be written (`TraceStore.append`, `MissedCallStore.addSoon`). Never rejects. */
  readonly flush: () => Promise<void>
  close(): void
}

export interface RedisConnectOptions {
  /** For example `redis://user:password@127.0.0.1:6379/0`. */
  readonly url: string
  readonly log: Logger
  readonly clock?: Clock
  /** How long what nobody waits for may wait for more of it; 1 s. */
  readonly gatherFor?: Milliseconds
}

/**
 * Resolves when connected, or when the first attempt failed: then every call is refused with `StoreUnavailable` until the
 * server is there (M-05). The connection is tried again for ever.
 */
export async function connectRedis({
  url,
  log,
  clock = systemClock,
  gatherFor,
}: RedisConnectOptions): Promise<ConnectedRedis> {
  const redis = new Redis(url, connectionOptions)
  const subscriber = new Redis(url, connectionOptions)
  const client = createClient(redis, clock, later, gatherFor)
  watchConnection(redis, log)
  watchConnection(subscriber, log.with({ connection: 'feed' }))
  const [feed] = await Promise.all([
    openFeed(subscriber, client, log),
    redis.connect().catch(() => undefined),
  ])
  return {
    stores: {
      companies: companyStore(client),
      absences: absenceStore(client, log),
      traces: traceStore(client, log),
      missedCalls: missedCallStore(client, log),
      callbacks: callbackStore(client, log),
      messages: messageStore(client, log),
      notices: noticeStore(client, log),
      attempts: attemptStore(client),
      outbox: outboxStore(client, log),
      calls: callStore(client, log),
      parking: parkStore(client, log),
      hours: hoursStore(client),
      queues: queueStore(client, log),
      queueLog: queueLog(client, log),
    },
    feed,
    tokens: apiTokens(client),
    exchanges: provisionStatus(client),
    lease: (name, options) => createLease(client, clock, log, name, options),
    health: () => health(redis),
    flush: client.flush,
    close: () => {
      redis.disconnect()
      subscriber.disconnect()
    },
  }
}

async function health(redis: Redis): Promise<RedisHealth> {
  try {
    const persistence = await redis.info('persistence')
    if (!persistence.includes('aof_enabled:1')) return { reachable: true, durable: false }
    // Some installations forbid CONFIG; then nothing is claimed.
    const answer: unknown = await redis.config('GET', 'appendfsync').catch(() => undefined)
    if (!Array.isArray(answer)) return { reachable: true }
    return { reachable: true, durable: answer[1] === 'always' }
  } catch {
    return { reachable: false }
  }
}
