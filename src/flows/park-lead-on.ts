import type { Person, TargetWord } from '../domain/directory/company.js'
import { profileOf } from '../domain/directory/profile.js'
import type { Ring } from '../domain/routing/decision.js'
import { next } from '../domain/routing/next.js'
import type { ParkedCall } from '../ports/park-store.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { keepPhase } from './phase.js'
import { follow, reach } from './reach.js'
import { questionOf } from './situation.js'
import { keepTrace } from './trace.js'

/**
 * P-10, P-18: nobody took the parked call. It goes on as a call that the person on whose extension it was parked has not answered,
 * to the target that the rules named; never a disconnect first.
 */
export async function leadOn(
  call: Call,
  record: ParkedCall,
  to: TargetWord,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const person =
    call.directory.extension(record.company, record.place) ??
    call.directory.person(record.company, record.parkedBy)
  if (!person) return reach(call, call.company.main, scope, deps)
  const routed = next(questionOf(call, record.place, deps), unanswered(call, person, to), 'noAnswer')
  const decision = keepTrace(call, routed, deps)
  await keepPhase(call, { at: 'carryingOut', decision }, scope, deps)
  return follow(call, record.place, decision, {}, scope, deps)
}

function unanswered(call: Call, person: Person, to: TargetWord): Ring {
  const { ringSeconds } = profileOf(call.company, person)
  return {
    to: 'ring',
    person: person.id,
    devices: person.devices.map(({ name }) => name),
    seconds: ringSeconds,
    as: 'free',
    targets: { busy: to, noAnswer: to, notReachable: to },
    journey: {
      dialled: person.id,
      visited: [person.id],
      announced: [],
      diversions: 0,
      receptionTried: false,
    },
  }
}
