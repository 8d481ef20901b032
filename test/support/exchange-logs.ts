import { afterEach } from 'vitest'
import type { Exchange } from './exchange.js'

/**
 * Prints the ends of the exchange's logs after a test that failed. Call it after
 * an `afterEach` of your own that stops the exchange: the last one registered runs first.
 */
export function showLogsOnFailure(exchange: () => Exchange | undefined): void {
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return
    console.error(exchange()?.logs() ?? '(no exchange)')
  })
}
