import type { CallId, LegId } from '../domain/ids.js'
import { readPublicNumber } from '../domain/numbers/dialled.js'
import { speakers, type Talk } from '../domain/talk/talk.js'
import { NoSuchThing, PbxUnavailable, WrongState, type LegInfo, type PbxEvent } from '../ports/pbx.js'
import { Cancelled, Scope, type ScopeOptions } from '../runtime/scope.js'
import { goOnCallingBack } from './call-back.js'
import { originOf, type Call, type Deps, type Ringer } from './call.js'
import type { Leg } from './exchange.js'
import { goesAlong, keepPhase, phaseOf, type Phase } from './phase.js'
import { follow, reach } from './reach.js'
import { repeatCode } from './take-code.js'
import { join } from './join.js'
import { resumeServed } from './serve.js'
import { resumeParked } from './resume-parked.js'
import { resumeTalk } from './resume-talk.js'
import { talk } from './talk.js'
import { talkRoom } from './talk-room.js'
import { Transfers } from './transfer.js'
import { goOnTransferred } from './transferred.js'
import { keepTrace } from './trace.js'

/** What a caller is given when the story of their call failed: the dialplan connects as well as it can. */
const fallback = { context: 'vaxel-fallback', extension: 'dialled' }

/** One call that is being told. */
interface Story {
  readonly call: Ringer
  /** It decides itself what the end of its leg means. */
  outlivesLeg: boolean
  readonly scope: Scope
  /** Settles when everything in it has ended. */
  readonly over: Promise<void>
}

/** What stories may do to one another: a leg goes from one to the next when it is parked, fetched or transferred. */
export interface Calls {
  /** A call for a leg that so far was part of another, with a new id. */
  callFor(leg: Leg, id: CallId): Call | undefined
  /** The leg becomes part of the story `by`; the one it was part of ends, without ending the leg. */
  takeOver(leg: Leg, by: CallId): Promise<void>
  /** Begins a story for a call whose leg has none. */
  tell(call: Ringer, body: (scope: Scope) => Promise<void>): void
  /** Is there a story of this call? */
  isTold(id: CallId): boolean
  /** When the story of this call has ended. */
  afterwards(id: CallId, next: () => void): void
  /** The leg leaves the story it is part of, which ends without it, and begins this one. */
  moveTo(call: Call, body: (scope: Scope) => Promise<void>): Promise<void>
  /** From now on the story of this call goes on without its leg, and ends when it wants to. */
  outlive(id: CallId): void
  /** The call whose story this leg is part of. */
  storyOf(leg: Leg): Call | undefined
  /** The other legs that are up in the story of this leg; a coach is none of them. */
  partnersOf(leg: Leg): readonly Leg[]
}

/** Decides which leg gets which story, and ends the story with the leg. */
export class Switchboard implements Calls {
  readonly #deps: Deps
  readonly #options: ScopeOptions
  readonly #stories = new Map<CallId, Story>()
  readonly #failed = new Set<LegId>()
  readonly #transfers: Transfers

  constructor(deps: Omit<Deps, 'calls'>) {
    this.#deps = { ...deps, calls: this }
    this.#transfers = new Transfers(this.#deps, (event) => {
      this.#takeIn(event)
    })
    this.#options = {
      clock: deps.clock,
      onCleanupFault: (scope, error) => {
        deps.log.warn('a cleanup failed', { scope, error })
      },
    }
  }

  /** How many calls have a running story. */
  get calls(): number {
    return this.#stories.size
  }

  /** Is the leg part of a running story? */
  isRunning(id: LegId): boolean {
    const story = this.#deps.exchange.leg(id)?.story
    return story !== undefined && this.#stories.has(story)
  }

  take(event: PbxEvent): void {
    if (event.kind === 'gone' && this.#transfers.holdsBack(event)) return
    this.#takeIn(event)
  }

  #takeIn(event: PbxEvent): void {
    const leg =
      'leg' in event && typeof event.leg === 'string' ? this.#deps.exchange.leg(event.leg) : undefined
    this.#deps.exchange.take(event)
    if (leg && (event.kind === 'left' || event.kind === 'gone')) this.end(leg)
    if (event.kind === 'gone') this.#failed.delete(event.leg)
    if (event.kind !== 'arrived') return
    if (event.leg.pair !== undefined)
      this.#transfers.take(event.leg, event.leg.pair, event.args, event.replaces)
    else if (event.replaces !== undefined && this.#transfers.takePlace(event.leg.id, event.replaces)) return
    else if (event.leg.notes['role'] !== 'called' && event.leg.earOf === undefined) this.begin(event.leg)
  }

  /** The leg is gone or has left: the story it began ends. */
  end(leg: Leg): void {
    const story = leg.story === undefined ? undefined : this.#stories.get(leg.story)
    if (story?.call.leg?.id === leg.id && !story.outlivesLeg) story.scope.cancel('hungUp')
  }

  /** Gives a leg its story: from where an earlier run left it, or from its beginning. `maybe`: an earlier run may have begun it. */
  begin(info: LegInfo, earlier: 'none' | 'maybe' = 'none'): void {
    const leg = this.#deps.exchange.leg(info.id)
    if (!leg || this.isRunning(info.id)) return
    const call = this.callFor(leg, (info.notes['call'] ?? leg.id) as CallId)
    if (!call) {
      this.#deps.log.error('a leg belongs to no company', { leg: leg.id, device: leg.info.device })
      void this.#abandon(leg)
      return
    }
    const phase = phaseOf(info.notes)
    // At once: a code that is repeated beside it may ask who talks with whom.
    const other = phase?.at === 'talk' ? this.#deps.exchange.leg(phase.with) : undefined
    if (other && goesAlong(other.info)) this.#deps.exchange.assign(other, call.id)
    this.tell(call, (scope) =>
      phase === undefined && earlier === 'none'
        ? reach(call, call.leg.info.dialled, scope, this.#deps)
        : goOn(call, phase, scope, this.#deps),
    )
  }

  /** Goes on with a talk that an earlier run held, with those of its legs that are still there (I-19). */
  goOnTalking(talk: Talk, legs: readonly LegInfo[]): void {
    const { exchange } = this.#deps
    const here = legs.flatMap(({ id }) => exchange.leg(id) ?? [])
    const first = here.find((leg) => leg.info.notes['role'] !== 'called') ?? here[0]
    const call = first && this.callFor(first, talk.call)
    if (!call) return
    for (const leg of here) exchange.assign(leg, call.id)
    this.tell({ ...call, conversation: talk.conversation }, (scope) =>
      resumeTalk({ ...call, conversation: talk.conversation }, talk, scope, this.#deps),
    )
  }

  callFor(leg: Leg, id: CallId): Call | undefined {
    const directory = this.#deps.directory()
    const known = originOf(leg.info, directory, readPublicNumber)
    if (!known) return undefined
    const { company, origin } = known
    const language = origin.kind === 'phone' ? (origin.person.language ?? company.language) : company.language
    const before = leg.story === undefined ? undefined : this.#stories.get(leg.story)?.call.conversation
    return {
      id,
      conversation: before ?? ((leg.info.notes['conversation'] ?? leg.info.notes['call'] ?? id) as CallId),
      leg,
      company,
      directory,
      origin,
      tongue: this.#deps.tongues[language],
      arrivedAt: this.#deps.clock.now(),
    }
  }

  tell(call: Ringer, body: (scope: Scope) => Promise<void>): void {
    if (call.leg) this.#deps.exchange.assign(call.leg, call.id)
    const { scope, done } = Scope.start(`call ${call.id}`, this.#options, body)
    const over = done.then(
      () => this.#over(call, scope),
      (error: unknown) => this.#over(call, scope, error),
    )
    this.#stories.set(call.id, { call, scope, over, outlivesLeg: false })
  }

  storyOf(leg: Leg): Call | undefined {
    const call = leg.story === undefined ? undefined : this.#stories.get(leg.story)?.call
    return call && isCall(call) ? call : undefined
  }

  isTold(id: CallId): boolean {
    return this.#stories.has(id)
  }

  afterwards(id: CallId, next: () => void): void {
    void this.#stories.get(id)?.over.then(next)
  }

  outlive(id: CallId): void {
    const story = this.#stories.get(id)
    if (story) story.outlivesLeg = true
  }

  async moveTo(call: Call, body: (scope: Scope) => Promise<void>): Promise<void> {
    await this.takeOver(call.leg, call.id)
    this.tell(call, body)
  }

  partnersOf(leg: Leg): readonly Leg[] {
    if (leg.story === undefined) return []
    const talk = this.#deps.talks.ofCall(leg.story)?.talk
    return this.#deps.exchange.legs.filter(
      (other) =>
        other !== leg &&
        other.story === leg.story &&
        other.here &&
        other.state === 'up' &&
        (talk === undefined || speakers(talk).some((party) => party.leg === other.id)),
    )
  }

  async takeOver(leg: Leg, by: CallId): Promise<void> {
    if (leg.story === by) return
    const story = leg.story === undefined ? undefined : this.#stories.get(leg.story)
    this.#deps.exchange.assign(leg, by)
    story?.scope.cancel('superseded')
    await story?.over
  }

  async #over(call: Ringer, scope: Scope, error?: unknown): Promise<void> {
    if (this.#stories.get(call.id)?.scope === scope) this.#stories.delete(call.id)
    const { leg } = call
    if (!leg) {
      if (error !== undefined && !(error instanceof Cancelled))
        this.#deps.log.warn('a callback waits until the sweep', { call: call.id, error })
      return
    }
    if (leg.ended || !leg.here || leg.story !== call.id) return
    if (error === undefined || error instanceof Cancelled) {
      await this.#deps.exchange.release(leg, call.id).catch(() => undefined)
      return
    }
    if (error instanceof PbxUnavailable) {
      this.#deps.log.warn('a call waits until the exchange is back', { leg: leg.id })
      return
    }
    if (await this.#abandon(leg)) this.#deps.log.error('the story of a call failed', { leg: leg.id, error })
  }

  /** Once to the dialplan; a leg that comes back from there is not sent again. False: it had hung up, its end is not told yet. */
  async #abandon(leg: Leg): Promise<boolean> {
    const { pbx } = this.#deps.exchange
    try {
      if (this.#failed.has(leg.id)) await pbx.hangUp(leg.id, 'congestion')
      else {
        await pbx.leaveTo(leg.id, fallback)
        this.#failed.add(leg.id)
      }
    } catch (error) {
      if (error instanceof NoSuchThing) return false
      this.#deps.log.error('a call could not be given back to the dialplan', { leg: leg.id, error })
    }
    return true
  }
}

const isCall = (call: Ringer): call is Call => call.leg !== undefined

/** Goes on with a call that an earlier run may have begun, where its phase says it was; without one it begins. */
async function goOn(call: Call, phase: Phase | undefined, scope: Scope, deps: Deps): Promise<void> {
  const { dialled } = call.leg.info
  await tidy(call, phase, scope, deps)
  if (phase === undefined) return reach(call, dialled, scope, deps)
  switch (phase.at) {
    case 'ringing': {
      const talked = call.leg.state === 'up' && !phase.wasUp
      if (talked && isAlone(call, deps)) return talkIsOver(call, scope, deps)
      return follow(call, dialled, phase.decision, { dialled: true, talked }, scope, deps)
    }
    case 'carryingOut':
      return follow(call, dialled, phase.decision, {}, scope, deps)
    case 'talking':
      if (isAlone(call, deps)) return talkIsOver(call, scope, deps)
      return follow(call, dialled, phase.decision, { dialled: true, talked: true }, scope, deps)
    case 'recording':
      return follow(call, dialled, phase.decision, { recorded: true }, scope, deps)
    case 'parked':
      return resumeParked(call, phase.record, scope, deps)
    case 'queued':
      return follow(call, dialled, phase.decision, { ticket: phase.ticket }, scope, deps)
    case 'callingBack':
      return goOnCallingBack(call, phase, scope, deps)
    case 'served':
      return resumeServed(call, phase, scope, deps)
    case 'transferred': {
      const by = phase.by && call.directory.person(call.company.company, phase.by)
      return goOnTransferred(by ? { ...call, transferredBy: by } : call, phase.dialled, scope, deps)
    }
    case 'talk': {
      const other = deps.exchange.leg(phase.with)
      if (other && (await joinAgain(call, other, phase, scope, deps))) return talk(call, other, scope, deps)
      if (!phase.parked) return undefined // they talked, and the other has hung up
      // Gone before they were together: the call is where it was (P-17).
      await keepPhase(call, { at: 'parked', record: phase.parked }, scope, deps)
      return resumeParked(call, phase.parked, scope, deps)
    }
    case 'code': {
      const step = await repeatCode(call, phase, scope, deps)
      if (typeof step === 'string') return undefined
      return follow(call, dialled, keepTrace(call, step, deps), {}, scope, deps)
    }
    default:
      return phase satisfies never
  }
}

/** False: the other has hung up before they were together, and the call is to be parked again. */
async function joinAgain(
  call: Call,
  other: Leg,
  { parked }: Extract<Phase, { at: 'talk' }>,
  scope: Scope,
  deps: Deps,
): Promise<boolean> {
  try {
    await scope.of(deps.exchange.pbx.limit(call.leg.id, 0))
    await stopRinging(call, other, scope, deps)
    await join(call, other, scope, deps)
    return true
  } catch (error) {
    if (!parked || !isGone(error) || call.leg.ended) throw error
    return false
  }
}

const isGone = (error: unknown): boolean => error instanceof NoSuchThing || error instanceof WrongState

/** Ends what an earlier run was still playing, and takes the caller out of a room in which nobody is to come any more. */
async function tidy(call: Call, phase: Phase | undefined, scope: Scope, deps: Deps): Promise<void> {
  const { exchange } = deps
  await scope.of(exchange.hush(call.leg))
  if (!isTogether(phase)) await scope.of(exchange.pbx.closeRoom(talkRoom(call)))
}

/** Phones that an earlier run let ring, and from which `by` took the call (a pickup, a parked call that was fetched). */
async function stopRinging(call: Call, by: Leg, scope: Scope, deps: Deps): Promise<void> {
  const { exchange } = deps
  for (const leg of exchange.legs) {
    const { call: id, role } = leg.info.notes
    if (leg !== by && id === call.id && role === 'called' && leg.state !== 'up')
      await scope.of(exchange.pbx.hangUp(leg.id, 'answeredElsewhere'))
  }
}

/** In these phases the caller may be in the talk's room with somebody. */
const isTogether = (phase: Phase | undefined): boolean =>
  ['ringing', 'talking', 'queued', 'served', 'callingBack'].includes(phase?.at ?? '')

/** They talked, and the other has hung up. */
const talkIsOver = (call: Call, scope: Scope, deps: Deps): Promise<void> =>
  scope.of(deps.exchange.pbx.closeRoom(talkRoom(call)))

/** No leg that was dialled for the call is left. */
function isAlone(call: Call, deps: Deps): boolean {
  return !deps.exchange.legs.some(
    (leg) => leg.id !== call.leg.id && leg.info.notes['call'] === call.id && !leg.ended,
  )
}
