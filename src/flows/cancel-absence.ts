import type { Absence } from '../domain/absence/absence.js'
import { absenceRulesOf } from '../domain/absence/current.js'
import { withCancelled, type Cancelled } from '../domain/absence/transitions.js'
import { joined, type Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { noteOf, tellPerson } from './set-absence.js'
import { absenceOf } from './situation.js'
import { accept } from './speak.js'
import type { CodeEnd } from './take-code.js'
import { nameOfPerson, type Whose } from './whose-absence.js'

/** `#23#`: cancels what was set, or this occurrence of what recurs (H-17). What still holds afterwards is said. */
export async function cancelAbsence(call: Call, whose: Whose, scope: Scope, deps: Deps): Promise<CodeEnd> {
  const { company } = call.company
  const done = await scope.of(deps.absences.carriedOut(company, whose.person.id, call.id))
  const cancelled = done?.before ? kindOf(done.before) : await scope.of(cancel(call, whose, deps))
  if (cancelled !== 'nothing') await tellPerson(call, whose, undefined, scope, deps)
  await accept(call, confirmation(call, whose, cancelled, deps), scope, deps)
  return 'done'
}

/** What an earlier run of the process had cancelled. */
const kindOf = ({ source }: Absence): Cancelled['cancelled'] =>
  source === 'person' || source === 'deputy' ? 'set' : 'occurrence'

async function cancel(call: Call, whose: Whose, deps: Deps): Promise<Cancelled['cancelled']> {
  const { company } = call.company
  const person = whose.person.id
  const at = deps.clock.now()
  const rules = absenceRulesOf(call.company, person, deps.calendars(company, person))
  let cancelled: Cancelled['cancelled'] = 'nothing'
  await deps.absences.change(company, person, (stored) => {
    const outcome = withCancelled(stored, rules, at)
    cancelled = outcome.cancelled
    if (outcome.cancelled === 'nothing') return undefined
    const { next, before, after } = outcome
    const { means } = whose
    return { next, change: { command: call.id, at, person, by: whose.actor.id, means, before, after } }
  })
  return cancelled
}

function confirmation(call: Call, whose: Whose, cancelled: Cancelled['cancelled'], deps: Deps): Sentence {
  const { tongue } = call
  const forOther = whose.actor.id !== whose.person.id
  const name = nameOfPerson(call, whose.person)
  if (cancelled === 'nothing') {
    return forOther ? say(tongue, 'absence/none-for', { name }) : say(tongue, 'absence/none')
  }
  const done =
    cancelled === 'occurrence'
      ? say(tongue, 'absence/occurrence-cancelled')
      : forOther
        ? say(tongue, 'absence/cancelled-for', { name })
        : say(tongue, 'absence/cancelled')
  const remaining = absenceOf(call, whose.person, deps)?.absence
  return remaining ? joined(done, say(tongue, 'absence/set', { absence: noteOf(call, remaining) })) : done
}
