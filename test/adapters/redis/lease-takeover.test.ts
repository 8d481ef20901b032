import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { thisProcess } from '../../../src/adapters/process/this-process.js'
import { connectRedis } from '../../../src/adapters/redis/connect.js'
import { silentLogger } from '../../support/silent-logger.js'
import { startRedis, type PrivateRedis } from '../../support/redis.js'

const never = new AbortController().signal

describe('the lease of a process that was killed', () => {
  let server: PrivateRedis
  beforeAll(async () => {
    server = await startRedis({ port: 23_950 })
  })
  afterAll(() => server.stop())

  it('M-01 M-10 is taken over at once by its successor on the same machine', async () => {
    const redis = await connectRedis({ url: server.url, log: silentLogger })
    const self = thisProcess(process.pid)
    const child = spawn('sleep', ['60'])
    await once(child, 'spawn')
    const start = readFileSync(`/proc/${String(child.pid)}/stat`, 'utf8').split(' ')[21] ?? ''
    const childName = [...self.name.split('/').slice(0, -2), String(child.pid), start].join('/')
    expect(self.hasDied(childName)).toBe(false)

    const first = redis.lease('node', { emptyWait: 10, pollEvery: 20, self: { ...self, name: childName } })
    const token = await first.acquire(never)
    const second = redis.lease('node', { life: 60_000, emptyWait: 10, pollEvery: 20, self })
    let taken: number | undefined
    const waiting = second.acquire(never).then((mine) => (taken = mine))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(taken).toBeUndefined()

    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await waiting).toBeGreaterThan(token)
    redis.close()
  })

  it('says of no process of another machine that it has died', () => {
    const { name, hasDied } = thisProcess(process.pid)
    expect(hasDied(name)).toBe(false)
    expect(hasDied(`elsewhere/boot/1/1`)).toBe(false)
    expect(hasDied('')).toBe(false)
  })
})
