import type { Feed } from '../../src/ports/feed.js'
import type { Stores } from '../../src/ports/stores.js'
import type { Clock } from '../../src/runtime/clock.js'
import type { OnCall } from './fake-exchange.js'

/**
 * What one run of the process holds of the world. When it is killed nothing of it goes on: its timers are gone, its calls of
 * the stores never come back, and what it listened to tells it nothing any more.
 */
export class OneRun {
  #alive = true
  readonly #clock: Clock
  readonly #onCall: OnCall
  readonly #timers = new Set<() => void>()
  readonly #listening: (() => void)[] = []

  constructor(clock: Clock, onCall: OnCall) {
    this.#clock = clock
    this.#onCall = onCall
  }

  kill(): void {
    this.#alive = false
    for (const cancel of this.#timers) cancel()
    for (const stop of this.#listening) stop()
  }

  get clock(): Clock {
    return {
      now: () => this.#clock.now(),
      after: (delay, action) => {
        const cancel = this.#clock.after(delay, () => {
          this.#timers.delete(cancel)
          if (this.#alive) action()
        })
        if (this.#alive) this.#timers.add(cancel)
        else cancel()
        return () => {
          this.#timers.delete(cancel)
          cancel()
        }
      },
    }
  }

  stores(stores: Stores): Stores {
    const held = Object.entries(stores).map(([name, store]) => [name, this.#held(name, store as object)])
    return Object.fromEntries(held) as Stores
  }

  feed(feed: Feed): Feed {
    return {
      tell: (change) => feed.tell(change),
      listen: (listener) => {
        const stop = feed.listen(listener)
        this.#listening.push(stop)
        return stop
      },
    }
  }

  #held<Store extends object>(name: string, store: Store): Store {
    return new Proxy(store, {
      get: (target, method) => {
        const call: unknown = Reflect.get(target, method)
        if (typeof call !== 'function') return call
        return async (...given: readonly unknown[]): Promise<unknown> => {
          await this.#moment(`${name}.${String(method)}`, 'before')
          const result: unknown = await (call as (...given: readonly unknown[]) => unknown).apply(target, [
            ...given,
          ])
          await this.#moment(`${name}.${String(method)}`, 'after')
          return result
        }
      },
    })
  }

  async #moment(name: string, moment: 'before' | 'after'): Promise<void> {
    if (this.#alive) await this.#onCall(name, moment)
    if (!this.#alive) await new Promise(() => undefined)
  }
}
