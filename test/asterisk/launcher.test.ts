import { afterEach, describe, expect, it } from 'vitest'
import { createSocket } from 'node:dgram'
import { startExchange, type Exchange, type ExchangeOptions } from '../support/exchange.js'
import { showLogsOnFailure } from '../support/exchange-logs.js'

const running: Exchange[] = []
showLogsOnFailure(() => running.at(-1))
afterEach(async () => {
  for (const exchange of running.splice(0)) await exchange.stop()
})

async function start(options?: ExchangeOptions): Promise<Exchange> {
  const exchange = await startExchange(options)
  running.push(exchange)
  return exchange
}

describe('an exchange', () => {
  it('starts Redis and Asterisk, answers on ARI and stops', async () => {
    const exchange = await start()
    expect((await exchange.rest('GET', '/asterisk/info')).status).toBe(200)
    expect(await exchange.asteriskCli('core show version')).toContain('Asterisk 22.')
    expect(await exchange.asteriskCli('module show')).not.toMatch(/Not Running/)
  })
})
