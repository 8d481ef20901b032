import { setTimeout as pause } from 'node:timers/promises'

/** What the launcher needs of the time; tests have one that they move. */
export interface Time {
  now(): number
  /** Settles after so many milliseconds, or when it is cut short. Never rejects. */
  pause(milliseconds: number, cutShort: AbortSignal): Promise<void>
}

export const machineTime: Time = {
  now: () => Date.now(),
  pause: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => undefined),
}

/** Pauses between one attempt and the next: 0.2 s, doubling to 10 s. */
export const shortestPause = 200
export const nextPause = (wait: number): number => Math.min(Math.max(wait * 2, shortestPause), 10_000)

/** Ran at least this long: the next end counts as the first one again. */
export const steadyAfter = 30_000
