import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { Step } from './reach.js'
import { speak } from './speak.js'
import { refusedWithoutStore } from './store-away.js'
import { keyServiceCode } from './take-code.js'
import { knownFromOutside } from './whose-absence.js'

/** H-15: absence codes from outside, by the number shown AND the person's PIN. */
export async function serviceNumber(call: Call, scope: Scope, deps: Deps): Promise<Step> {
  await deps.exchange.answer(scope, call.leg)
  await speak(call, say(call.tongue, 'service/welcome'), scope, deps)
  return refusedWithoutStore<Step>(call, scope, deps, async () => {
    const actor = await knownFromOutside(call, scope, deps)
    return actor ? keyServiceCode(call, { actor, means: 'service-number' }, scope, deps) : 'over'
  })
}
