import type { AbsenceChange, StoredAbsences } from '../domain/absence/absence.js'
import { noAbsences } from '../domain/absence/transitions.js'
import type { CompanyId, PersonId } from '../domain/ids.js'
import type { Change, Feed } from '../ports/feed.js'
import type { Logger } from '../ports/log.js'
import { StoreUnavailable, type AbsenceStore } from '../ports/stores.js'
import type { Scope } from '../runtime/scope.js'

/** What a transition makes of the stored absences; `undefined` means there is nothing to change. */
export type Transition = (
  before: StoredAbsences,
) => { readonly next: StoredAbsences; readonly change: AbsenceChange } | undefined

/** So many changes of one person are looked through for a command; between a crash and the next start there are hardly more. */
const lookedBack = 20

/**
 * The absences of all people as last known, so that a call is routed without asking the store, and also while the store is
 * away (M-05). Changes are written to the store first and heard of by the feed from other processes.
 */
export class AbsenceBook {
  readonly #store: AbsenceStore
  readonly #log: Logger
  readonly #known = new Map<string, StoredAbsences>()
  /** Changes of one person are made one after the other: only another process can come between. */
  readonly #turns = new Map<string, Promise<undefined>>()
  readonly #listeners = new Set<(company: CompanyId, person: PersonId, by: PersonId | 'rule') => void>()

  constructor(store: AbsenceStore, log: Logger) {
    this.#store = store
    this.#log = log
  }

  of(company: CompanyId, person: PersonId): StoredAbsences {
    return this.#known.get(keyOf(company, person)) ?? noAbsences
  }

  /** Reads all absences of a company. What cannot be read leaves what is known. */
  async load(company: CompanyId): Promise<void> {
    for (const [person, stored] of await this.#store.readAll(company))
      this.#known.set(keyOf(company, person), stored)
  }

  /** Follows changes that other processes make. Returns how to stop. */
  follow(feed: Feed, companies: () => readonly CompanyId[]): () => void {
    return feed.listen((change) => {
      this.#hear(change, companies()).catch((error: unknown) => {
        this.#log.warn('absences could not be read again after a change', { error })
      })
    })
  }

  /**
   * Carries out a change: reads, decides, writes if nobody else wrote meanwhile, else again. The same command twice changes
   * nothing the second time. H-12: of two at once both are carried out, the last one holds.
   * Rejects with `StoreUnavailable` or `RecordUnreadable`; then nothing is changed.
   */
  async change(company: CompanyId, person: PersonId, transition: Transition): Promise<StoredAbsences> {
    const key = keyOf(company, person)
    const before = this.#turns.get(key) ?? Promise.resolve()
    const turn = before.then(() => this.#change(company, person, transition))
    const over = turn.then(
      () => undefined,
      () => undefined,
    )
    this.#turns.set(key, over)
    try {
      return await turn
    } finally {
      if (this.#turns.get(key) === over) this.#turns.delete(key)
    }
  }

  async #change(company: CompanyId, person: PersonId, transition: Transition): Promise<StoredAbsences> {
    for (let tries = 0; tries < 10; tries += 1) {
      const before = await this.#store.read(company, person)
      const step = transition(before)
      if (!step) return this.#learn(company, person, before, 'rule')
      const outcome = await this.#store.replace(company, person, before.version, step.next, step.change)
      if (outcome === 'written') return this.#learn(company, person, step.next, step.change.by)
      if (outcome === 'already')
        return this.#learn(company, person, await this.#store.read(company, person), step.change.by)
    }
    throw new StoreUnavailable('an absence was changed by somebody else at every try')
  }

  /** What a command changed that was carried out before, by an earlier run of the process. */
  async carriedOut(
    company: CompanyId,
    person: PersonId,
    command: AbsenceChange['command'],
  ): Promise<AbsenceChange | undefined> {
    const latest = await this.#store.history(company, person, lookedBack)
    return latest.find((change) => change.command === command)
  }

  /** Told of every change, whoever made it. */
  onChange(listener: (company: CompanyId) => void): void {
    this.#listeners.add(listener)
  }

  /** Waits until somebody sets or cancels an absence of this person; gives who did. */
  untilChanged(
    scope: Scope,
    company: CompanyId,
    person: PersonId,
    by: (who: PersonId | 'rule') => boolean,
  ): Promise<void> {
    return scope.wait<undefined>(({ resolve }) => {
      const listener = (whose: CompanyId, who: PersonId, changer: PersonId | 'rule'): void => {
        if (whose === company && who === person && by(changer)) resolve(undefined)
      }
      this.#listeners.add(listener)
      return () => this.#listeners.delete(listener)
    })
  }

  async #hear(change: Change, companies: readonly CompanyId[]): Promise<void> {
    if (change.kind === 'gap') {
      for (const company of companies) await this.load(company)
    } else if (change.kind === 'absence') {
      const stored = await this.#store.read(change.company, change.person)
      this.#learn(change.company, change.person, stored, change.by)
    }
  }

  #learn(
    company: CompanyId,
    person: PersonId,
    stored: StoredAbsences,
    by: PersonId | 'rule',
  ): StoredAbsences {
    const known = this.of(company, person)
    // A wiped store starts again from nothing; otherwise an older version is a late answer.
    if (stored.version < known.version && stored.version > 0) return known
    this.#known.set(keyOf(company, person), stored)
    if (stored.version !== known.version)
      for (const listener of [...this.#listeners]) listener(company, person, by)
    return stored
  }
}

const keyOf = (company: CompanyId, person: PersonId): string => `${company} ${person}`
