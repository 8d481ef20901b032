import type { CallId, LegId } from '../domain/ids.js'
import { readPublicNumber } from '../domain/numbers/dialled.js'
import { NoSuchThing, type LegInfo, type PbxEvent } from '../ports/pbx.js'
import { Cancelled, Scope, type ScopeOptions } from '../runtime/scope.js'
import { originOf, type Call, type Deps } from './call.js'
import type { Leg } from './exchange.js'
import { phaseOf, type Phase } from './phase.js'
import { follow, reach } from './reach.js'
import { repeatCode } from './take-code.js'

/** What a caller is given when the story of their call failed: the dialplan connects as well as it can. */
const fallback = { context: 'vaxel-fallback', extension: 'dialled' }

/** Decides which leg gets which story, and ends the story with the leg. */
export class Switchboard {
  readonly #deps: Deps
  readonly #options: ScopeOptions
  readonly #running = new Map<LegId, Scope>()
  readonly #failed = new Set<LegId>()

  constructor(deps: Deps) {
    this.#deps = deps
    this.#options = {
      clock: deps.clock,
      onCleanupFault: (scope, error) => {
        deps.log.warn('a cleanup failed', { scope, error })
      },
    }
  }

  /** How many calls have a running story. */
  get calls(): number {
    return this.#running.size
  }

  isRunning(leg: LegId): boolean {
    return this.#running.has(leg)
  }

  take(event: PbxEvent): void {
    this.#deps.exchange.take(event)
    if (event.kind === 'left' || event.kind === 'gone') this.end(event.leg)
    if (event.kind === 'gone') this.#failed.delete(event.leg)
    if (event.kind === 'arrived' && event.leg.notes['role'] !== 'called') this.begin(event.leg)
  }

  /** The leg is gone or has left: its story ends. */
  end(leg: LegId): void {
    this.#running.get(leg)?.cancel('hungUp')
  }

  /** Gives a leg its story: from where an earlier run left it, or from its beginning. */
  begin(info: LegInfo): void {
    if (this.#running.has(info.id)) return
    const leg = this.#deps.exchange.leg(info.id)
    if (!leg) return
    const call = this.#callOf(leg)
    if (!call) {
      this.#deps.log.error('a leg belongs to no company', { leg: leg.id, device: leg.info.device })
      void this.#abandon(leg)
      return
    }
    const { scope, done } = Scope.start(`call ${call.id}`, this.#options, (inner) =>
      goOn(call, phaseOf(info.notes), inner, this.#deps),
    )
    this.#running.set(leg.id, scope)
    done.then(
      () => this.#over(leg, scope),
      (error: unknown) => this.#over(leg, scope, error),
    )
  }

  #callOf(leg: Leg): Call | undefined {
    const directory = this.#deps.directory()
    const known = originOf(leg.info, directory, readPublicNumber)
    if (!known) return undefined
    const { company, origin } = known
    const language = origin.kind === 'phone' ? (origin.person.language ?? company.language) : company.language
    return {
      id: (leg.info.notes['call'] ?? leg.id) as CallId,
      leg,
      company,
      directory,
      origin,
      tongue: this.#deps.tongues[language],
      arrivedAt: this.#deps.clock.now(),
    }
  }

  async #over(leg: Leg, scope: Scope, error?: unknown): Promise<void> {
    if (this.#running.get(leg.id) === scope) this.#running.delete(leg.id)
    if (error === undefined) {
      if (!leg.ended && leg.here)
        await this.#deps.exchange.pbx.hangUp(leg.id, 'normal').catch(() => undefined)
      return
    }
    if (error instanceof Cancelled) return
    if (error instanceof NoSuchThing && (leg.ended || !leg.here)) return // it hung up while a command was on its way
    this.#deps.log.error('the story of a call failed', { leg: leg.id, error })
    await this.#abandon(leg)
  }

  /** Once to the dialplan; a leg that comes back from there is not sent again. */
  async #abandon(leg: Leg): Promise<void> {
    if (leg.ended || !leg.here) return
    const { pbx } = this.#deps.exchange
    try {
      if (this.#failed.has(leg.id)) await pbx.hangUp(leg.id, 'congestion')
      else {
        this.#failed.add(leg.id)
        await pbx.leaveTo(leg.id, fallback)
      }
    } catch (error) {
      this.#deps.log.error('a call could not be given back to the dialplan', { leg: leg.id, error })
    }
  }
}

/** Goes on with a call where its phase says it was; without one it begins. */
async function goOn(call: Call, phase: Phase | undefined, scope: Scope, deps: Deps): Promise<void> {
  const { dialled } = call.leg.info
  if (phase === undefined) return reach(call, dialled, scope, deps)
  await scope.of(deps.exchange.hush(call.leg))
  switch (phase.at) {
    case 'ringing':
      if (call.leg.state === 'up' && !phase.wasUp && isAlone(call, deps)) return undefined // they talked, and the other has hung up
      return follow(call, dialled, phase.decision, { dialled: true }, scope, deps)
    case 'carryingOut':
      return follow(call, dialled, phase.decision, {}, scope, deps)
    case 'talking':
      if (isAlone(call, deps)) return undefined
      return follow(call, dialled, phase.decision, { dialled: true }, scope, deps)
    case 'code':
      await repeatCode(call, phase, scope, deps)
      return undefined
    default:
      return phase satisfies never
  }
}

/** No leg that was dialled for the call is left. */
function isAlone(call: Call, deps: Deps): boolean {
  return !deps.exchange.legs.some(
    (leg) => leg.id !== call.leg.id && leg.info.notes['call'] === call.id && !leg.ended,
  )
}
