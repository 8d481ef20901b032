import type { Clock } from '../../src/runtime/clock.js'

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number
  #order = 0
  readonly #timers = new Map<number, { readonly at: number; readonly action: () => void }>()

  constructor(start: string | number = '2026-11-23T10:00:00+01:00') {
    this.#now = typeof start === 'number' ? start : Date.parse(start)
  }

  now(): number {
    return this.#now
  }

  after(delay: number, action: () => void): () => void {
    const id = ++this.#order
    this.#timers.set(id, { at: this.#now + Math.max(0, delay), action })
    return () => {
      this.#timers.delete(id)
    }
  }

  /** Timers that wait: none are left when everything has ended. */
  get pending(): number {
    return this.#timers.size
  }

  /** Moves the time, running what becomes due in its order and letting everything that follows from it happen. */
  async advance(milliseconds: number): Promise<void> {
    const target = this.#now + milliseconds
    await settle()
    for (;;) {
      const next = this.#earliest()
      if (next === undefined || next > target) break
      this.#now = Math.max(this.#now, next)
      for (const [id, timer] of this.#timers) {
        if (timer.at > this.#now) continue
        this.#timers.delete(id)
        timer.action()
      }
      await settle()
    }
    this.#now = target
    await settle()
  }

  #earliest(): number | undefined {
    let earliest: number | undefined
    for (const { at } of this.#timers.values()) if (earliest === undefined || at < earliest) earliest = at
    return earliest
  }

  /** Sets the time without running what lay between: the machine slept. */
  jumpTo(instant: string): void {
    this.#now = Date.parse(instant)
  }
}

/** Lets all promises that can go on do so. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve))
}
