import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectRedis, type ConnectedRedis } from '../../../src/adapters/redis/connect.js'
import type { LeaseOptions } from '../../../src/adapters/redis/lease.js'
import type { LogFields } from '../../../src/ports/log.js'
import type { Lease } from '../../../src/ports/stores.js'
import { startRedis, type PrivateRedis } from '../../support/redis.js'
import { silentLogger } from '../../support/silent-logger.js'

/** A life short enough to watch it end. */
const options: LeaseOptions = { life: 1500, renewEvery: 300, pollEvery: 50 }
/** Long enough for a server that is started on a busy machine. */
const patient: LeaseOptions = { ...options, life: 8000 }
const never = new AbortController().signal
const owner = 'vaxel:lease:{exchange-1}:owner'
const lastToken = 'vaxel:lease:{exchange-1}:token'

let server: PrivateRedis
let open: (ConnectedRedis | Lease)[]
beforeEach(async () => {
  server = await startRedis({ port: 23_003 })
  open = []
})
afterEach(async () => {
  for (const thing of open) {
    if ('acquire' in thing) await thing.release()
    else thing.close()
  }
  await server.stop()
})

/** One process that wants to be the writer. */
async function instance(changes: LeaseOptions = {}) {
  const logged: string[] = []
  const note = (message: string, fields?: LogFields): void =>
    void logged.push([message, fields?.['because']].filter(Boolean).join(': '))
  const redis = await connectRedis({ url: server.url, log: { ...silentLogger, info: note, warn: note } })
  const lease = redis.lease('exchange-1', { ...options, ...changes })
  open.unshift(lease)
  open.push(redis)
  const lost: string[] = []
  const whenLost = new Promise<string>((resolve) =>
    lease.onLost((why) => {
      lost.push(why)
      resolve(why)
    }),
  )
  const acquire = async (signal = never) => {
    const began = performance.now()
    const token = await lease.acquire(signal)
    return { token, after: performance.now() - began }
  }
  const says = (message: string) => until(() => Promise.resolve(logged.includes(message)))
  return { redis, lease, lost, whenLost, acquire, says }
}

/** Looks until it is so; the time limit of the test ends a wait in vain. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
}
/** The store has seen a lease before, so it need not be watched first. */
const used = () => server.command('SET', lastToken, '1')
const ownedBy = (token: number) => until(async () => (await server.command('GET', owner)) === String(token))
/** Watches the lease being renewed. */
async function renewals(count: number): Promise<void> {
  for (let last = 0, seen = 0; seen < count;) {
    const left = Number(await server.command('PTTL', owner))
    if (left > last) seen += 1
    last = left
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('the lease of one writer', () => {
  it('M-01 is given to one, and to the next when it is released, with a greater token', async () => {
    await used()
    const first = await instance()
    const second = await instance()
    const one = await first.acquire()
    let waiting = true
    const next = second.acquire().finally(() => (waiting = false))
    // More than two lives.
    await renewals(12)
    expect(waiting).toBe(true)
    await first.lease.release()
    const two = await next
    expect(two.token).toBeGreaterThan(one.token)
    expect(first.lost).toEqual([])
    expect(second.lost).toEqual([])
  })
  it('M-01 of many that ask at once one gets it', async () => {
    await used()
    const all = await Promise.all(Array.from({ length: 6 }, () => instance()))
    const stop = new AbortController()
    let owners = 0
    let waiting = 0
    const tries = all.map(async ({ acquire, says }) => {
      const had = acquire(stop.signal).then(
        () => (owners += 1),
        () => undefined,
      )
      await Promise.race([had, says('waiting for the lease: held').then(() => (waiting += 1))])
      return had
    })
    await until(() => Promise.resolve(owners + waiting === 6))
    stop.abort()
    await Promise.all(tries)
    expect({ owners, waiting }).toEqual({ owners: 1, waiting: 5 })
  })
  it('M-01 goes to the next when its owner dies without a word, within a life', async () => {
    await used()
    const first = await instance()
    const one = await first.acquire()
    const second = await instance()
    const next = second.acquire()
    first.redis.close()
    const two = await next
    expect(two.token).toBeGreaterThan(one.token)
  })
  it('M-01 one that has run out is put back by its owner, while whoever stands by only watches it', async () => {
    await used()
    const first = await instance({ whenUnreachable: 'continue', emptyWait: 2_000 })
    const { token } = await first.acquire()
    const second = await instance({ watchFirst: true, emptyWait: 2_000 })
    const stop = new AbortController()
    const next = second.acquire(stop.signal).catch(() => 'never')
    await second.says('waiting for the lease: held')
    // As after a standstill of the machine: it is not there, and the owner has not asked yet.
    await server.command('DEL', owner)
    await ownedBy(token)
    await renewals(3)
    expect(first.lost).toEqual([])
    stop.abort()
    expect(await next).toBe('never')
  })
  it('M-01 one that has run out and is not put back goes to whoever has watched it', async () => {
    await used()
    const first = await instance()
    const one = await first.acquire()
    const second = await instance({ watchFirst: true, emptyWait: 50 })
    const next = second.acquire()
    first.redis.close()
    await second.says('waiting for the lease: empty')
    expect((await next).token).toBeGreaterThan(one.token)
  })
  it('M-01 an owner who cannot renew is told before anybody else can have it', async () => {
    await used()
    const first = await instance()
    await first.acquire()
    const second = await instance()
    const order: string[] = []
    void first.whenLost.then(() => order.push('lost'))
    const next = second.acquire().then(() => order.push('next'))
    first.redis.close()
    await next
    expect(order).toEqual(['lost', 'next'])
    expect(first.lost).toHaveLength(1)
  })
  it('M-01 an owner whose lease was given to somebody else is told at its next renewal, once', async () => {
    await used()
    const first = await instance()
    await first.acquire()
    await server.command('SET', owner, '9999999999999999')
    expect(await first.whenLost).toBe('somebody else has it')
    expect(first.lost).toHaveLength(1)
    const late: string[] = []
    first.lease.onLost((why) => late.push(why))
    expect(late).toHaveLength(1)
  })
  it('M-01 waiting can be given up', async () => {
    await used()
    const first = await instance()
    await first.acquire()
    const second = await instance()
    const stop = new AbortController()
    const waiting = second.lease.acquire(stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
  it('M-05 a short absence of the store costs nobody the lease', async () => {
    await used()
    const first = await instance(patient)
    const { token } = await first.acquire()
    await server.kill()
    await server.start()
    await renewals(2)
    await ownedBy(token)
    expect(first.lost).toEqual([])
  })
  it('M-05 a store that is away for a whole life ends the lease', async () => {
    await used()
    const first = await instance()
    await first.acquire()
    await server.kill()
    expect(await first.whenLost).toBe('it could not be renewed in time')
  })
  it('M-05 with `continue` the lease outlives the absence if nobody else had it', async () => {
    await used()
    const first = await instance({ whenUnreachable: 'continue' })
    const { token } = await first.acquire()
    await server.kill()
    await first.says('lease kept without renewal, the store does not answer')
    await server.start()
    await ownedBy(token)
    expect(first.lost).toEqual([])
  })
  it('M-05 with `continue` the lease is lost if somebody else had it meanwhile', async () => {
    await used()
    const first = await instance({ whenUnreachable: 'continue' })
    const { token } = await first.acquire()
    await server.kill()
    await first.says('lease kept without renewal, the store does not answer')
    await server.start()
    // Somebody took the lease and gave it back.
    await server.command('SET', lastToken, String(token + 1))
    await server.command('DEL', owner)
    expect(await first.whenLost).toBe('somebody else has it')
  })
  it('M-06 a wiped store does not end a healthy owner, nor let a second one in', async () => {
    await used()
    const first = await instance(patient)
    const second = await instance(patient)
    const { token } = await first.acquire()
    let waiting = true
    const next = second.acquire().finally(() => (waiting = false))
    await second.says('waiting for the lease: held')
    // The second one asks six times between two renewals of the first.
    await server.command('FLUSHALL')
    await second.says('waiting for the lease: empty')
    await ownedBy(token)
    await server.wipe()
    await ownedBy(token)
    expect(waiting).toBe(true)
    expect(first.lost).toEqual([])
    await first.lease.release()
    expect((await next).token).toBeGreaterThan(token)
  })
  it('M-06 an owner that died before the wipe is followed after a life, by a greater token', async () => {
    await used()
    const first = await instance()
    const { token } = await first.acquire()
    first.redis.close()
    await server.wipe()
    const second = await instance()
    const two = await second.acquire()
    expect(two.token).toBeGreaterThan(token)
    expect(two.after).toBeGreaterThan(1400)
  })
  it('M-05 waits for a store that is not there yet', async () => {
    await used()
    await server.kill()
    const first = await instance()
    const waiting = first.acquire()
    await server.start()
    expect((await waiting).token).toBeGreaterThan(1)
  })
})
