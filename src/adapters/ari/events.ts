import type { Logger } from '../../ports/log.js'
import type { PbxEvent } from '../../ports/pbx.js'

type Listener = (event: PbxEvent) => void

/** Hands events to the listeners. What comes before the first of them waits, so that nothing is lost while the rest starts. */
export class Audience {
  readonly #listeners = new Set<Listener>()
  readonly #log: Logger
  #early: PbxEvent[] | undefined = []

  constructor(log: Logger) {
    this.#log = log
  }

  tell(event: PbxEvent): void {
    if (this.#early) {
      this.#early.push(event)
      return
    }
    for (const listener of [...this.#listeners]) this.#hand(event, listener)
  }

  add(listener: Listener): () => void {
    this.#listeners.add(listener)
    const early = this.#early ?? []
    this.#early = undefined
    for (const event of early) this.#hand(event, listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  #hand(event: PbxEvent, listener: Listener): void {
    try {
      listener(event)
    } catch (error) {
      this.#log.error('A listener of exchange events failed', { event: event.kind, error })
    }
  }
}
