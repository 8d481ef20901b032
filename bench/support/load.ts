import { setTimeout as pause } from 'node:timers/promises'
import type { Caller, CallResult } from './caller.js'

export interface Load {
  /** Calls a second, evenly spaced, whether earlier ones were answered or not. */
  readonly rate: number
  readonly calls: number
  /** How long each caller listens after the first sound. */
  readonly holdMs: number
}

/** Makes the calls and waits until the last of them is over. */
export async function load(caller: Caller, { rate, calls, holdMs }: Load): Promise<readonly CallResult[]> {
  const begun = performance.now()
  const running: Promise<CallResult>[] = []
  while (running.length < calls) {
    const due = Math.min(calls, 1 + Math.floor(((performance.now() - begun) * rate) / 1000))
    while (running.length < due) running.push(oneCall(caller, holdMs))
    if (running.length < calls)
      await pause(Math.max(1, begun + (running.length * 1000) / rate - performance.now()))
  }
  return Promise.all(running)
}

async function oneCall(caller: Caller, holdMs: number): Promise<CallResult> {
  const call = caller.call()
  const result = await call.heard
  if (result.failure === undefined) await pause(holdMs)
  await call.hangUp()
  return result
}
