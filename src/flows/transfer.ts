import type { Person } from '../domain/directory/company.js'
import type { CallId, LegId } from '../domain/ids.js'
import type { LegInfo } from '../ports/pbx.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { joinTalk } from './join.js'
import { notesOf, type Phase } from './phase.js'
import { goOnTransferred } from './transferred.js'

/** One half of an inner leg that took the place of a leg whose phone transferred. */
interface Moved {
  /** Who is left of the talk: whom the phone transferred. */
  readonly party: Leg
  /** The call it is from now on. */
  readonly call: CallId
  readonly by: Person | undefined
}

interface Transfer {
  readonly halves: Leg[]
  readonly moved: Moved[]
  /** What the phone dialled, when it transferred blind (RFC 3515). */
  dialled?: string
}

/**
 * Transfers that phones make by themselves (REFER). Asterisk carries them out with a pair of inner legs: blind, one half takes the
 * transferring phone's place in the talk and the other half comes in as a new call; attended, each half takes the phone's place
 * in one of the two talks. We take the inner legs away and let the people themselves go on (I-20, P-02).
 */
export class Transfers {
  readonly #deps: Deps
  readonly #known = new Map<string, Transfer>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** An inner leg arrived. */
  take(info: LegInfo, pair: string, args: readonly string[], replaces: LegId | undefined): void {
    const leg = this.#deps.exchange.leg(info.id)
    if (!leg) return
    const transfer = this.#known.get(pair) ?? { halves: [], moved: [] }
    this.#known.set(pair, transfer)
    transfer.halves.push(leg)
    if (args[0] === 'transfer') transfer.dialled = info.dialled
    if (replaces !== undefined) this.#noteMoved(transfer, replaces)
    if (transfer.halves.length === 2) {
      this.#known.delete(pair)
      this.#carryOut(transfer).catch((error: unknown) => {
        this.#deps.log.error('a transfer could not be carried out', { error })
      })
    }
  }

  #noteMoved(transfer: Transfer, replaces: LegId): void {
    const { exchange, calls, directory } = this.#deps
    const replaced = exchange.leg(replaces)
    const [party] = replaced ? calls.partnersOf(replaced) : []
    if (!replaced || !party) return
    const device = replaced.info.device
    const call = `${party.id}-t${String(this.#deps.clock.now())}` as CallId
    exchange.assign(party, call) // at once: the talk it was in ends now, and must not end it
    transfer.moved.push({
      party,
      call,
      by: device === undefined ? undefined : directory().device(device)?.person,
    })
  }

  async #carryOut(transfer: Transfer): Promise<void> {
    const { exchange } = this.#deps
    const [first, second] = transfer.moved
    if (first && second) await this.#joinParties(first, second)
    else if (first && transfer.dialled !== undefined) await this.#leadOn(first, transfer.dialled)
    for (const half of transfer.halves) await exchange.pbx.hangUp(half.id, 'normal')
  }

  /** Attended: the two who are left talk with each other. */
  async #joinParties(first: Moved, second: Moved): Promise<void> {
    const call = this.#callFor(first)
    if (!call) return
    await this.#deps.calls.moveTo(call, (scope) => joinTalk(call, second.party, scope, this.#deps))
  }

  /** Blind: the party goes where the phone has dialled, as if its person had called there for it. */
  async #leadOn(moved: Moved, dialled: string): Promise<void> {
    const call = this.#callFor(moved)
    if (!call) return
    const phase: Phase = { at: 'transferred', dialled, by: moved.by?.id }
    await this.#deps.exchange.pbx.note(call.leg.id, {
      ...notesOf(call),
      role: 'caller',
      phase: JSON.stringify(phase),
    })
    await this.#deps.calls.moveTo(call, (scope) => goOnTransferred(call, dialled, scope, this.#deps))
  }

  #callFor({ party, call: id, by }: Moved): Call | undefined {
    const call = this.#deps.calls.callFor(party, id)
    return call && { ...call, transferredBy: by }
  }
}
