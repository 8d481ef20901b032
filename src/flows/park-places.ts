import type { CallId, CompanyId, Extension, LegId } from '../domain/ids.js'
import type { ParkedCall } from '../ports/park-store.js'
import { Mailbox } from '../runtime/mailbox.js'
import type { Scope } from '../runtime/scope.js'
import type { Claim } from './claim-parked.js'
import type { Leg } from './exchange.js'

interface OpenPlace {
  /** What is parked here, as last known. */
  parked: ParkedCall
  /** Who is about to take the call. */
  claim: Claim | undefined
  readonly visitors: Mailbox<Claim>
  /** Visitors who are not with the parked party yet, with what to tell them when the place closes. */
  readonly waiting: Map<Claim, () => void>
}

type Place = Pick<ParkedCall, 'company' | 'place'>

/** Where the story of a parked call and those who come to fetch it meet. */
export class ParkPlaces {
  readonly #open = new Map<string, OpenPlace>()
  readonly #listeners = new Set<(company: CompanyId) => void>()
  readonly #owed = new Set<ParkedCall>()

  /** A call is parked here now. One to which the place was passed on finds those who have come for it. */
  open(parked: ParkedCall): void {
    const there = this.#open.get(keyOf(parked))
    const same = there?.parked.call === parked.call ? there : undefined
    const waiting = same?.waiting ?? new Map<Claim, () => void>()
    const visitors = new Mailbox<Claim>()
    for (const claim of waiting.keys()) visitors.put(claim)
    this.#open.set(keyOf(parked), { parked, claim: same?.claim, visitors, waiting })
    this.changed(parked.company)
  }

  /** Every call that is parked here now, whatever the store says. */
  get records(): readonly ParkedCall[] {
    return [...this.#open.values()].map(({ parked }) => parked)
  }

  /** M-05: the call has left its place while the store was away: its record is to be freed when the store is back. */
  owe(parked: ParkedCall): void {
    this.#owed.add(parked)
  }

  /** Records that are still to be freed. */
  get owed(): readonly ParkedCall[] {
    return [...this.#owed]
  }

  paid(parked: ParkedCall): void {
    this.#owed.delete(parked)
  }

  /** P-32: a call that is noted here goes on in a moment: whoever comes for it waits so long. */
  expect(parked: ParkedCall): void {
    if (!this.#open.has(keyOf(parked))) this.open(parked)
  }

  /** What is parked here, as far as this process knows. */
  at(company: CompanyId, place: Extension): ParkedCall | undefined {
    return this.#open.get(keyOf({ company, place }))?.parked
  }

  /** Who is about to take the call that is parked here. */
  claimOn(place: Place): Claim | undefined {
    return this.#open.get(keyOf(place))?.claim
  }

  claim(place: Place, claim: Claim): void {
    const there = this.#open.get(keyOf(place))
    if (there) there.claim = claim
  }

  /** The call is there for the next one, if it was this leg that was about to take it. */
  endClaim(place: Place, leg: Leg): void {
    const there = this.#open.get(keyOf(place))
    if (there?.claim?.leg === leg) there.claim = undefined
  }

  /** The call has come into another phase. */
  update(parked: ParkedCall): void {
    const there = this.#open.get(keyOf(parked))
    if (there?.parked.call === parked.call) there.parked = parked
    this.changed(parked.company)
  }

  /** P-20: the place on which this leg is parked is this call's from now on; what it is to know of it, or undefined: no place. */
  passOn(leg: LegId, to: CallId): ParkedCall | undefined {
    const there = [...this.#open.values()].find(({ parked }) => parked.leg === leg)
    if (!there) return undefined
    there.parked = { ...there.parked, call: to, before: there.parked.call }
    return there.parked
  }

  /** The call is gone from here: whoever still waits is told so. False: the place is not its own any more. */
  close(parked: ParkedCall): boolean {
    const there = this.#open.get(keyOf(parked))
    if (there?.parked.call !== parked.call) return false
    this.#open.delete(keyOf(parked))
    for (const tell of there.waiting.values()) tell()
    this.changed(parked.company)
    return true
  }

  /** The next one who comes to fetch the call. */
  visitor(place: Place, scope: Scope): Promise<Claim> {
    const open = this.#open.get(keyOf(place))
    return open ? open.visitors.take(scope) : scope.forever()
  }

  /** Comes to fetch. Resolves only if the call is gone; who is received becomes part of the other story. */
  visit(place: Place, claim: Claim, scope: Scope): Promise<'ended'> {
    return scope.wait<'ended'>(({ resolve }) => {
      const open = this.#open.get(keyOf(place))
      if (!open) {
        resolve('ended')
        return undefined
      }
      open.waiting.set(claim, () => {
        resolve('ended')
      })
      open.visitors.put(claim)
      return () => open.waiting.delete(claim) // received by the other story, or gone
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

const keyOf = ({ company, place }: Place): string => `${company} ${place}`
