import { buildDirectory, type Directory } from '../domain/directory/directory.js'
import type { CompanyId } from '../domain/ids.js'
import type { Logger } from '../ports/log.js'
import type { CompanyStore, StoredCompany } from '../ports/stores.js'

/** The companies as last read; they stay known while the store is away (M-05). */
export class DirectoryBook {
  readonly #store: CompanyStore
  readonly #log: Logger
  #companies = new Map<CompanyId, StoredCompany>()
  #directory: Directory = buildDirectory([])

  constructor(store: CompanyStore, log: Logger) {
    this.#store = store
    this.#log = log
  }

  get directory(): Directory {
    return this.#directory
  }

  get companies(): readonly StoredCompany[] {
    return [...this.#companies.values()]
  }

  /**
   * Reads every company again. One whose record cannot be read stays as it was known, with an alarm; so do all of them if the store
   * has lost its data (M-06).
   */
  async load(): Promise<void> {
    const ids = await this.#store.list()
    const read = new Map<CompanyId, StoredCompany>()
    for (const id of ids) {
      const stored = await this.#read(id)
      if (stored) read.set(id, stored)
    }
    if (read.size === 0 && this.#companies.size > 0) {
      this.#log.error('the store knows no company any more; the last known ones are used')
      return
    }
    this.#companies = read
    this.#directory = buildDirectory([...read.values()].map(({ company }) => company))
  }

  async #read(id: CompanyId): Promise<StoredCompany | undefined> {
    try {
      return await this.#store.read(id)
    } catch (error) {
      this.#log.error('a company could not be read; the last known one is used', { company: id, error })
      return this.#companies.get(id)
    }
  }
}
