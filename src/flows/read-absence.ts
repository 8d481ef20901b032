import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { noteOf } from './set-absence.js'
import { absenceOf } from './situation.js'
import { speak } from './speak.js'
import type { CodeEnd } from './take-code.js'
import { nameOfPerson, type Whose } from './whose-absence.js'

/** `*#23#`: says what callers are told now. */
export async function readAbsence(call: Call, whose: Whose, scope: Scope, deps: Deps): Promise<CodeEnd> {
  const { tongue } = call
  const current = absenceOf(call, whose.person, deps)
  const name = nameOfPerson(call, whose.person)
  const forOther = whose.actor.id !== whose.person.id
  if (current) {
    const absence = noteOf(call, current.absence)
    await speak(
      call,
      forOther ? say(tongue, 'absence/set-for', { name, absence }) : say(tongue, 'absence/set', { absence }),
      scope,
      deps,
    )
  } else
    await speak(
      call,
      forOther ? say(tongue, 'absence/none-for', { name }) : say(tongue, 'absence/none'),
      scope,
      deps,
    )
  return 'done'
}
