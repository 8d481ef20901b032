import type { Milliseconds } from '../domain/ids.js'
import type { QueueVisit } from '../domain/queue/visit.js'
import type { Deps } from './call.js'
import { isStoreFault } from './store-away.js'

const day: Milliseconds = 86_400_000
/** So many are remembered while the store is away. */
const remembered = 10_000

/**
 * Writes down what came of every call in a queue. While the store is away the visits are remembered here and written when it
 * is back; a visit has one name, so that it is counted once however often it is written.
 */
export class Visits {
  readonly #deps: Pick<Deps, 'stores' | 'clock' | 'log' | 'directory'>
  #unwritten: readonly QueueVisit[] = []

  constructor(deps: Pick<Deps, 'stores' | 'clock' | 'log' | 'directory'>) {
    this.#deps = deps
  }

  /** Never rejects because the store is away. */
  async note(visit: QueueVisit): Promise<void> {
    try {
      await this.#write(visit)
    } catch (error) {
      if (!isStoreFault(error)) throw error
      this.#deps.log.warn('a visit to a queue is written down later', { error })
      this.#unwritten = [...this.#unwritten, visit].slice(-remembered)
    }
  }

  /** Writes what could not be written before, as far as the store is back. */
  async catchUp(): Promise<void> {
    for (let next = this.#unwritten[0]; next; next = this.#unwritten[0]) {
      try {
        await this.#write(next)
      } catch (error) {
        if (!isStoreFault(error)) throw error
        return
      }
      const written = next
      this.#unwritten = this.#unwritten.filter((visit) => visit !== written)
    }
  }

  #write(visit: QueueVisit): Promise<void> {
    const { stores, clock, directory } = this.#deps
    const kept = directory().companies.get(visit.company)?.settings.statisticsDays ?? 0
    return stores.queueLog.add(visit, clock.now() - kept * day)
  }
}
