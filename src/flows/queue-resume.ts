import type { AgentId } from '../domain/ids.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import type { AgentAnswer } from './ring-agents.js'
import { talkRoom } from './talk-room.js'
import { sayTooLate } from './too-late.js'
import type { Scope } from '../runtime/scope.js'

/** The legs that were dialled to agents for this call, and are still there. */
const agentLegs = (call: Pick<Call, 'id'>, deps: Deps): readonly Leg[] =>
  deps.exchange.legs.filter(
    ({ info, ended }) => !ended && info.notes['call'] === call.id && info.notes['agent'] !== undefined,
  )

/** Agents whose phones ring for the call since an earlier run. */
export const legsForAgents = (call: Call, deps: Deps): readonly AgentId[] =>
  agentLegs(call, deps)
    .filter(({ info }) => info.notes['pickup'] === undefined)
    .map(({ info }) => info.notes['agent'] as AgentId)

/** Those who had picked the call up when an earlier run ended, and are not together with the caller yet. */
export const pickedUpBefore = (call: Pick<Call, 'id'>, deps: Deps): readonly AgentAnswer[] =>
  agentLegs(call, deps)
    .filter(({ info, state }) => info.notes['pickup'] !== undefined && state === 'up')
    .map((leg) => ({ agent: leg.info.notes['agent'] as AgentId, leg }))

/** The leg that talks with the caller belongs to the call again; those that rang beside it are ended. */
export async function takeBack(call: Call, leg: Leg, scope: Scope, deps: Deps): Promise<void> {
  deps.exchange.assign(leg, call.id)
  await endOthers(call, leg, scope, deps)
}

/** Those that rang, or were answered, beside the one who has or had the caller. */
export async function endOthers(call: Call, leg: Leg | undefined, scope: Scope, deps: Deps): Promise<void> {
  for (const other of agentLegs(call, deps))
    if (other !== leg && other !== call.leg) await tellTooLate(call, true, other, scope, deps)
}

async function tellTooLate(call: Call, taken: boolean, leg: Leg, scope: Scope, deps: Deps): Promise<void> {
  if (leg.state === 'up') await scope.of(sayTooLate(call, taken, leg, deps))
  else await scope.of(deps.exchange.pbx.hangUp(leg.id, 'answeredElsewhere'))
}

/**
 * Whether an earlier run had put the caller together with an agent already, and died before it could say so. `gone`: it had, and
 * the agent has hung up since.
 */
export function answeredBefore(call: Call, deps: Deps): AgentAnswer | 'gone' | undefined {
  if (call.leg.room !== talkRoom(call)) return undefined
  const leg = agentLegs(call, deps).find(({ room }) => room === talkRoom(call))
  return leg ? { agent: leg.info.notes['agent'] as AgentId, leg } : 'gone'
}

/** Who sits in the room of the talk since an earlier run, and waits there for the caller, or for somebody to answer the phone. */
export function seatedBefore(call: Call, deps: Deps): Leg | undefined {
  const room = talkRoom(call)
  const inside = agentLegs(call, deps).filter((leg) => leg.room === room)
  return call.leg.room !== room && inside.length === 1 ? inside[0] : undefined
}
