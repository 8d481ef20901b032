import { createSocket } from 'node:dgram'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { asteriskPlaces } from '../../src/launcher/asterisk.js'
import { startProcess, startTime, type RunningProcess } from '../../src/launcher/process.js'
import { startExchange, type Exchange, type ExchangeOptions } from '../support/exchange.js'
import { careForFailures } from '../support/after-failure.js'

const running: Exchange[] = []
afterEach(async () => {
  for (const exchange of running.splice(0)) await exchange.stop()
})
careForFailures(() => running.at(-1))

async function start(options?: ExchangeOptions): Promise<Exchange> {
  const exchange = await startExchange(options)
  running.push(exchange)
  return exchange
}

describe('an exchange', () => {
  it('starts Redis and Asterisk with every module of its list, and leaves nothing behind when stopped', async () => {
    const exchange = await start()
    expect((await exchange.rest('GET', '/asterisk/info')).status).toBe(200)
    expect(await exchange.asteriskCli('core show version')).toContain('Asterisk 22.')
    const wanted =
      readFileSync(join(exchange.places.directory, 'etc/modules.conf'), 'utf8').match(/^load = .*/gm) ?? []
    const loaded = await exchange.asteriskCli('module show')
    expect(wanted.length).toBeGreaterThan(80)
    expect(
      wanted.map((line) => line.slice('load = '.length)).filter((name) => !loaded.includes(name)),
    ).toEqual([])
    expect(exchange.logs(500).match(/^.*\b(ERROR|declined to load)\b.*$/gm) ?? []).toEqual([])

    const pids = [exchange.asterisk.pid, exchange.redis.pid]
    await exchange.stop()
    expect(pids.map((pid) => (pid === undefined ? 'never ran' : startTime(pid)))).toEqual([
      undefined,
      undefined,
    ])
    expect(existsSync(exchange.places.directory)).toBe(false)
  })

  it('runs beside another one, each with its own ports, passwords and variables', async () => {
    const [one, two] = await Promise.all([start(), start()])
    await one.rest('POST', '/asterisk/variable?variable=WHO&value=one')
    await two.rest('POST', '/asterisk/variable?variable=WHO&value=two')
    expect((await one.rest('GET', '/asterisk/variable?variable=WHO')).body).toEqual({ value: 'one' })
    expect((await two.rest('GET', '/asterisk/variable?variable=WHO')).body).toEqual({ value: 'two' })
    expect(
      new Set([one, two].flatMap(({ ports }) => [ports.sip, ports.ari, ports.redis, ports.rtp.first])).size,
    ).toBe(8)
    expect(one.ari.password).not.toBe(two.ari.password)
  })

  it('says which port is taken and which setting chooses another', async () => {
    const other = createSocket('udp4')
    await new Promise<void>((resolve) => other.bind(20_302, '127.0.0.1', resolve))
    const refusal = await startExchange({ base: 20_300 }).catch((error: unknown) => error)
    await new Promise<void>((resolve) => other.close(() => resolve()))
    const cause =
      refusal instanceof Error && refusal.cause instanceof Error ? refusal.cause.message : String(refusal)
    expect(cause).toMatch(/^127\.0\.0\.1 udp port 20302 \(SIP\) is taken by another program\./)
    expect(cause).toContain("ss -ulnp 'sport = :20302'")
    expect(cause).toContain('VAXEL_SIP_PORT=21302 npm start')
  })

  it('comes back after Asterisk was killed', async () => {
    const exchange = await start()
    const first = exchange.asterisk.pid
    await exchange.asterisk.kill()
    await expect(exchange.rest('GET', '/asterisk/info')).rejects.toThrow()
    await exchange.asterisk.start()
    expect((await exchange.rest('GET', '/asterisk/info')).status).toBe(200)
    expect(exchange.asterisk.pid).not.toBe(first)
  })

  it('M-05 keeps what Redis was told when Redis is killed', async () => {
    const exchange = await start()
    await withRedis(exchange, (redis) => redis.set('kept', 'yes'))
    await exchange.redis.restart()
    expect(await withRedis(exchange, (redis) => redis.get('kept'))).toBe('yes')
  })

  it('O-17 has recordings in the data directory: an Asterisk made anew finds them and removes them there', async () => {
    const data = mkdtempSync(join(tmpdir(), 'vaxel-data-'))
    const first = await start({ data })
    expect(first.said).toEqual({ recordings: join(data, 'recordings'), own: join(data, 'own'), safe: true })
    writeFileSync(join(data, 'recordings/message.wav'), 'RIFF')
    await first.stop()
    expect(existsSync(first.places.directory)).toBe(false)

    const second = await start({ data })
    const stored = '/recordings/stored'
    expect((await second.rest('GET', stored)).body).toEqual([{ name: 'message', format: 'wav' }])
    expect((await second.rest('DELETE', `${stored}/message`)).status).toBe(204)
    expect(readdirSync(join(data, 'recordings'))).toEqual([])
    rmSync(data, { recursive: true })
  })

  it('ends what a killed run left behind, and only that', async () => {
    const dead = asteriskPlaces('test-4194303-1-1').directory
    const leftover = await sleeper(join(dead, 'asterisk.pid'))
    const own = asteriskPlaces(`test-${String(process.pid)}-${String(startTime(process.pid))}-999`).directory
    const living = await sleeper(join(own, 'asterisk.pid'))

    await start()
    expect(leftover.exit()).toEqual({ code: null, signal: 'SIGTERM' })
    expect(existsSync(dead)).toBe(false)
    expect(living.exit()).toBeUndefined()
    await living.stop()
  })
})

function sleeper(pidFile: string): Promise<RunningProcess> {
  mkdirSync(join(pidFile, '..'), { recursive: true })
  return startProcess({ name: 'a sleeper', command: 'sleep', arguments: ['600'], pidFile, log: '/dev/null' })
}

async function withRedis<Value>(exchange: Exchange, work: (redis: Redis) => Promise<Value>): Promise<Value> {
  const redis = new Redis(exchange.redisUrl)
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}
