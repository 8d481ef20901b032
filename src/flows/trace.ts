import type { Decision, Routed } from '../domain/routing/decision.js'
import type { Call, Deps } from './call.js'

/**
 * Keeps what was thought and raises what somebody must look at. The call does not wait for it.
 */
export function keepTrace(call: Call, routed: Routed, deps: Pick<Deps, 'stores' | 'log'>): Decision {
  const { company } = call.company
  for (const alarm of routed.alarms)
    deps.log.error('a call could not be routed as intended', { alarm, company, call: call.id })
  deps.stores.traces.append(company, call.id, ...routed.trace).catch((error: unknown) => {
    deps.log.warn('the trace of a call was not kept', { call: call.id, error })
  })
  return routed.decision
}
