import type { Scope } from './scope.js'

/** Things that arrive in order and wait to be taken: the digits of a caller are not lost while a prompt is being started. */
export class Mailbox<T> {
  readonly #items: T[] = []
  readonly #takers: ((item: T) => void)[] = []

  put(item: T): void {
    const taker = this.#takers.shift()
    if (taker) taker(item)
    else this.#items.push(item)
  }

  /** The oldest item; waits for one. */
  take(scope: Scope): Promise<T> {
    return scope.wait<T>(({ resolve }) => this.next(resolve))
  }

  /** Hands the oldest item to `taker`, now or when one comes; returns how to stop waiting. */
  next(taker: (item: T) => void): () => void {
    if (this.#items.length > 0) taker(this.#items.shift() as T)
    else this.#takers.push(taker)
    return () => {
      const index = this.#takers.indexOf(taker)
      if (index >= 0) this.#takers.splice(index, 1)
    }
  }

  /** Puts an item that was taken back to the front. */
  putBack(item: T): void {
    const taker = this.#takers.shift()
    if (taker) taker(item)
    else this.#items.unshift(item)
  }

  /** Everything that has arrived and was not taken. */
  drain(): readonly T[] {
    return this.#items.splice(0)
  }

  /** Forgets what has arrived and was not taken. */
  clear(): void {
    this.#items.length = 0
  }

  get size(): number {
    return this.#items.length
  }
}
