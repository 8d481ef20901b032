import { absenceRulesOf } from '../domain/absence/current.js'
import { withCancelled, type Cancelled } from '../domain/absence/transitions.js'
import { joined, type Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { noteOf, tellPerson } from './set-absence.js'
import { accept } from './speak.js'
import type { CodeEnd } from './take-code.js'
import { nameOfPerson, type Whose } from './whose-absence.js'

/** `#23#`: cancels what was set, or this occurrence of what recurs (H-17). What still holds afterwards is said. */
export async function cancelAbsence(call: Call, whose: Whose, scope: Scope, deps: Deps): Promise<CodeEnd> {
  const { company } = call.company
  const { person, actor } = whose
  const now = deps.clock.now()
  const rules = absenceRulesOf(call.company, person.id, deps.calendars(company, person.id))
  let outcome: Cancelled = { cancelled: 'nothing' }
  await scope.of(
    deps.absences.change(company, person.id, (stored) => {
      outcome = withCancelled(stored, rules, now)
      if (outcome.cancelled === 'nothing') return undefined
      const { next, before, after } = outcome
      return {
        next,
        change: {
          command: call.id,
          at: now,
          person: person.id,
          by: actor.id,
          means: whose.means,
          before,
          after,
        },
      }
    }),
  )
  await tellPerson(call, whose, undefined, scope, deps)
  await accept(call, confirmation(call, whose, outcome), scope, deps)
  return 'done'
}

function confirmation(call: Call, whose: Whose, outcome: Cancelled): Sentence {
  const { tongue } = call
  const forOther = whose.actor.id !== whose.person.id
  const name = nameOfPerson(call, whose.person)
  if (outcome.cancelled === 'nothing') {
    return forOther ? say(tongue, 'absence/none-for', { name }) : say(tongue, 'absence/none')
  }
  const done =
    outcome.cancelled === 'occurrence'
      ? say(tongue, 'absence/occurrence-cancelled')
      : forOther
        ? say(tongue, 'absence/cancelled-for', { name })
        : say(tongue, 'absence/cancelled')
  return outcome.remaining
    ? joined(done, say(tongue, 'absence/set', { absence: noteOf(call, outcome.remaining) }))
    : done
}
