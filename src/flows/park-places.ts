import type { CompanyId, Extension } from '../domain/ids.js'
import { Mailbox } from '../runtime/mailbox.js'
import type { Scope } from '../runtime/scope.js'
import type { Leg } from './exchange.js'

interface OpenPlace {
  readonly visitors: Mailbox<Leg>
  /** Visitors whom nobody has received yet, with what to tell them when the place closes. */
  readonly waiting: Map<Leg, () => void>
}

/** Where the story of a parked call and those who come to fetch it meet. Who may fetch is decided in the store before. */
export class ParkPlaces {
  readonly #open = new Map<string, OpenPlace>()
  readonly #listeners = new Set<(company: CompanyId) => void>()

  /** A call is parked here now. */
  open(company: CompanyId, place: Extension): void {
    this.#open.set(keyOf(company, place), { visitors: new Mailbox(), waiting: new Map() })
    this.changed(company)
  }

  /** The call is gone from here: whoever still waits is told so. */
  close(company: CompanyId, place: Extension): void {
    const open = this.#open.get(keyOf(company, place))
    this.#open.delete(keyOf(company, place))
    for (const tell of open?.waiting.values() ?? []) tell()
    this.changed(company)
  }

  /** The next phone that comes to fetch the call. */
  async visitor(company: CompanyId, place: Extension, scope: Scope): Promise<Leg> {
    const open = this.#open.get(keyOf(company, place))
    if (!open) return scope.forever()
    const leg = await open.visitors.take(scope)
    open.waiting.delete(leg)
    return leg
  }

  /** Comes to fetch. Resolves only if the call is gone; who is received becomes part of the other story. */
  visit(company: CompanyId, place: Extension, leg: Leg, scope: Scope): Promise<'ended'> {
    return scope.wait<'ended'>(({ resolve }) => {
      const open = this.#open.get(keyOf(company, place))
      if (!open) {
        resolve('ended')
        return undefined
      }
      open.waiting.set(leg, () => {
        resolve('ended')
      })
      open.visitors.put(leg)
      return () => open.waiting.delete(leg)
    })
  }

  /** Tells whoever watches the places of a company that something has changed there. */
  changed(company: CompanyId): void {
    for (const listener of [...this.#listeners]) listener(company)
  }

  onChange(listener: (company: CompanyId) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

const keyOf = (company: CompanyId, place: Extension): string => `${company} ${place}`
