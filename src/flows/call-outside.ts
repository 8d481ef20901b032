import type { Decision } from '../domain/routing/decision.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { Earlier, Step } from './reach.js'
import { ring } from './ring.js'
import { ringingOnce } from './ring-or-pick-up.js'
import { talkOr } from './ring-person.js'

/** The network outside ends unanswered calls by itself; this is only the limit. */
const outsideRingSeconds = 120
const divertedRingSeconds = 30

/** A call through the trunk, with the number that may be shown (O-10). */
export async function callOutside(
  call: Call,
  decision: Extract<Decision, { to: 'external' }>,
  earlier: Earlier,
  callScope: Scope,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  const { trunk } = call.company
  const wasUp = call.leg.state === 'up'
  if (!trunk) return 'failed'
  const bell = {
    kind: 'trunk',
    trunk: trunk.name,
    number: decision.number,
    shown: { number: decision.shown },
  } as const
  const ringing = {
    bells: [bell],
    seconds: decision.diverted ? divertedRingSeconds : outsideRingSeconds,
    ...earlier,
    onMade: ringingOnce(call, decision, scope, deps),
  }
  return talkOr(call, decision, await ring(call, ringing, callScope, scope, deps), wasUp, callScope, deps)
}

/** an emergency call. If we cannot place it, the dialplan tries by itself. */
export async function callEmergency(
  call: Call,
  decision: Extract<Decision, { to: 'emergency' }>,
  earlier: Earlier,
  callScope: Scope,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  const { trunk } = call.company
  const wasUp = call.leg.state === 'up'
  if (trunk) {
    const bell = {
      kind: 'trunk',
      trunk: trunk.name,
      number: decision.number,
      shown: { number: decision.shown },
    } as const
    const ringing = {
      bells: [bell],
      seconds: outsideRingSeconds,
      ...earlier,
      onMade: ringingOnce(call, decision, scope, deps),
    }
    const end = await ring(call, ringing, callScope, scope, deps)
    if ('answered' in end) return talkOr(call, decision, end, wasUp, callScope, deps)
  }
  await scope.of(
    deps.exchange.pbx.leaveTo(call.leg.id, { context: 'vaxel-fallback', extension: 'emergency' }),
  )
  return 'over'
}
