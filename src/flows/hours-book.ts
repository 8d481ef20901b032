import type { CompanyId } from '../domain/ids.js'
import { noOverrides, type HoursOverride, type StoredOverrides } from '../domain/hours/overrides.js'
import type { Change, Feed } from '../ports/feed.js'
import type { Logger } from '../ports/log.js'
import { StoreUnavailable, type HoursStore } from '../ports/stores.js'
import type { Scope } from '../runtime/scope.js'
import { Turns } from '../runtime/turns.js'

/**
 * What was set by hand above the opening hours (O-04), as last known: calls are routed by it without asking the store, and also while
 * the store is away (M-05). Ends need no timer: each question is answered by the clock.
 */
export class HoursBook {
  readonly #store: HoursStore
  readonly #log: Logger
  readonly #known = new Map<CompanyId, StoredOverrides>()
  readonly #listeners = new Set<(company: CompanyId) => void>()
  readonly #turns = new Turns()

  constructor(store: HoursStore, log: Logger) {
    this.#store = store
    this.#log = log
  }

  of(company: CompanyId): readonly HoursOverride[] {
    return (this.#known.get(company) ?? noOverrides).set
  }

  async load(company: CompanyId): Promise<void> {
    this.#learn(company, await this.#store.read(company))
  }

  /** Follows changes, also those of other processes. Returns how to stop. */
  follow(feed: Feed, companies: () => readonly CompanyId[]): () => void {
    return feed.listen((change) => {
      this.#hear(change, companies()).catch((error: unknown) => {
        this.#log.warn('opening hours set by hand could not be read again', { error })
      })
    })
  }

  /**
   * Reads, changes, writes if no other process wrote meanwhile, else again; one change after the other. Rejects with `StoreUnavailable` or `RecordUnreadable`; then
   * nothing is changed. A change that changes nothing is not written.
   */
  async change(company: CompanyId, change: (before: StoredOverrides) => StoredOverrides): Promise<void> {
    await this.#turns.run(company, async () => {
      this.#learn(company, await changeOverrides(this.#store, company, change))
    })
  }

  /** Waits until something is set or ended by hand in the company. */
  untilChanged(scope: Scope, company: CompanyId): Promise<void> {
    return scope.wait<undefined>(({ resolve }) => {
      const listener = (whose: CompanyId): void => {
        if (whose === company) resolve(undefined)
      }
      this.#listeners.add(listener)
      return () => this.#listeners.delete(listener)
    })
  }

  async #hear(change: Change, companies: readonly CompanyId[]): Promise<void> {
    if (change.kind === 'gap') for (const company of companies) await this.load(company)
    else if (change.kind === 'hours') await this.load(change.company)
  }

  #learn(company: CompanyId, stored: StoredOverrides): void {
    const known = this.#known.get(company) ?? noOverrides
    // A wiped store starts again from nothing; otherwise an older version is a late answer.
    if (stored.version < known.version && stored.version > 0) return
    this.#known.set(company, stored)
    if (stored.version !== known.version) for (const listener of [...this.#listeners]) listener(company)
  }
}

/** The same for whoever has no book: the command line. */
export async function changeOverrides(
  store: HoursStore,
  company: CompanyId,
  change: (before: StoredOverrides) => StoredOverrides,
): Promise<StoredOverrides> {
  for (let tries = 0; tries < 10; tries += 1) {
    const before = await store.read(company)
    const next = change(before)
    if (next === before) return before
    if ((await store.replace(company, before.version, next)) === 'written')
      return { ...next, version: before.version + 1 }
  }
  throw new StoreUnavailable('the opening hours were changed by somebody else at every try')
}
