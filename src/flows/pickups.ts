import type { CompanyId, Extension, Milliseconds, PersonId } from '../domain/ids.js'
import type { Scope } from '../runtime/scope.js'
import type { Leg } from './exchange.js'

/** What became of somebody who wanted to answer for a colleague and was not put together with the caller. */
export type PickupEnd =
  /** Nothing rings there. */
  | 'nobody'
  /** Somebody else has the caller. */
  | 'taken'
  /** The caller has hung up. */
  | 'ended'
  /** It is a parked call that comes back: it is fetched as such. */
  | { readonly parkedOn: Extension }

/** A phone that wants to answer instead of those that ring. */
export interface Pickup {
  readonly leg: Leg
  readonly person: PersonId
  /** Without effect once the leg has been taken over by the ringing call's story. */
  readonly turnAway: (end: PickupEnd) => void
}

/** A call rings at the phones of these people, and may be taken from them. */
interface RingingCall {
  readonly company: CompanyId
  readonly people: readonly PersonId[]
  readonly take: (pickup: Pickup) => void
}

interface Visit {
  readonly company: CompanyId
  /** Whose call is to be answered. */
  readonly at: PersonId
  readonly pickup: Pickup
}

/** After a restart the stories of ringing calls may come up a little later than that of whoever picks one up. */
const patience: Milliseconds = 1_000

/**
 * Where calls that ring and colleagues who answer them instead meet. One process holds all calls of its Asterisk, and each ringing
 * is given away in one turn: two who pick up the same call at once cannot both have it.
 */
export class Pickups {
  readonly #ringing = new Set<RingingCall>()
  readonly #visits = new Set<Visit>()

  /** The next who comes to answer; of several calls that ring at the same phone the one that has rung longest is taken. */
  taker(company: CompanyId, people: readonly PersonId[], scope: Scope): Promise<Pickup> {
    return scope.wait<Pickup>(({ resolve }) => {
      const ringing: RingingCall = { company, people, take: resolve }
      this.#ringing.add(ringing)
      this.#match()
      return () => this.#ringing.delete(ringing)
    })
  }

  /** Comes to answer a call that rings at `at`. Resolves only if nothing comes of it; who is received becomes part of the other story. */
  async visit(
    company: CompanyId,
    at: PersonId,
    who: Pick<Pickup, 'leg' | 'person'>,
    scope: Scope,
  ): Promise<PickupEnd> {
    let visit: Visit | undefined
    const end = await scope.race({
      visited: (visiting) =>
        visiting.wait<PickupEnd>(({ resolve }) => {
          const mine: Visit = { company, at, pickup: { ...who, turnAway: resolve } }
          visit = mine
          this.#visits.add(mine)
          this.#match()
          return () => this.#visits.delete(mine)
        }),
      patience: async (waiting): Promise<PickupEnd> => {
        await waiting.sleep(patience)
        return visit && this.#visits.has(visit) ? 'nobody' : waiting.forever()
      },
    })
    return end.value
  }

  #match(): void {
    for (const visit of this.#visits) {
      const ringing = [...this.#ringing].find(
        ({ company, people }) => company === visit.company && people.includes(visit.at),
      )
      if (!ringing) continue
      this.#ringing.delete(ringing)
      this.#visits.delete(visit)
      ringing.take(visit.pickup)
    }
  }
}
