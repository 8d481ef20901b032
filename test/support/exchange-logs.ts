import { afterEach } from 'vitest'
import type { Exchange } from './exchange.js'

/** Prints the ends of the exchange's logs after a test that failed. Call it at the top of a test file. */
export function showLogsOnFailure(exchange: () => Exchange | undefined): void {
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return
    console.error(exchange()?.logs() ?? '(no exchange)')
  })
}
