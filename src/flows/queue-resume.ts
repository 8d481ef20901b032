import type { AgentId } from '../domain/ids.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import type { AgentAnswer } from './ring-agents.js'
import { talkRoom } from './talk-room.js'

/** The legs that were dialled to agents for this call, and are still there. */
const agentLegs = (call: Call, deps: Deps): readonly Leg[] =>
  deps.exchange.legs.filter(
    ({ info, ended }) => !ended && info.notes['call'] === call.id && info.notes['agent'] !== undefined,
  )

/** Agents whose phones ring for the call since an earlier run. */
export const legsForAgents = (call: Call, deps: Deps): readonly AgentId[] =>
  agentLegs(call, deps).map(({ info }) => info.notes['agent'] as AgentId)

/**
 * Whether an earlier run had put the caller together with an agent already, and died before it could say so. `gone`: it had, and
 * the agent has hung up since.
 */
export function answeredBefore(call: Call, deps: Deps): AgentAnswer | 'gone' | undefined {
  if (call.leg.room !== talkRoom(call)) return undefined
  const leg = agentLegs(call, deps).find(({ room }) => room === talkRoom(call))
  return leg ? { agent: leg.info.notes['agent'] as AgentId, leg } : 'gone'
}
