import { afterEach, beforeEach } from 'vitest'
import type { Exchange } from './exchange.js'
import type { RealOffice } from './real-office.js'

/**
 * Prints the ends of the exchange's logs after a try that failed. Before a test is tried again everything runs that should, and
 * no call of the failed try is left: it begins as the first one did. Call it after an `afterEach` of your own that stops
 * the exchange: the last one registered runs first.
 */
export function careForFailures(running: () => Exchange | RealOffice | undefined): void {
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return
    const at = running()
    console.error(at === undefined ? '(no exchange)' : exchangeOf(at).logs())
  })
  beforeEach(async ({ task }) => {
    const at = running()
    if ((task.result?.retryCount ?? 0) === 0 || at === undefined) return
    await beginAnew(at)
  })
}

const exchangeOf = (at: Exchange | RealOffice): Exchange => ('exchange' in at ? at.exchange : at)

async function beginAnew(at: Exchange | RealOffice): Promise<void> {
  const exchange = exchangeOf(at)
  if (exchange.asterisk.pid === undefined) return // the test starts its own
  if (exchange !== at) {
    await exchange.redis.start()
    await exchange.vaxel.start()
  }
  const deadline = Date.now() + 20_000
  for (;;) {
    const { body } = await exchange.rest('GET', '/channels')
    const left = body as readonly { readonly id: string }[]
    if (left.length === 0) return
    if (Date.now() > deadline) throw new Error(`channels cannot be hung up: ${JSON.stringify(left)}`)
    for (const { id } of left) await exchange.rest('DELETE', `/channels/${encodeURIComponent(id)}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
