import type { Instant, Milliseconds } from '../domain/ids.js'

/** The time, given to everything that needs it, so that tests can move it. */
export interface Clock {
  now(): Instant
  /** Runs `action` once after `delay`; the returned function prevents it. Longer delays than timers can hold are split. */
  after(delay: Milliseconds, action: () => void): () => void
}

const longestTimer: Milliseconds = 2_000_000_000

/** The machine's own clock. Timers keep no process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, action) {
    let timer: NodeJS.Timeout
    const arm = (left: Milliseconds): void => {
      timer = setTimeout(
        () => {
          if (left > longestTimer) arm(left - longestTimer)
          else action()
        },
        Math.min(left, longestTimer),
      )
    }
    arm(Math.max(0, delay))
    return () => {
      clearTimeout(timer)
    }
  },
}

/** A clock that shows another time of day and runs as fast, so that a closing time can be tried out at any hour. */
export const shiftedClock = (by: Milliseconds): Clock =>
  by === 0 ? systemClock : { ...systemClock, now: () => systemClock.now() + by }
