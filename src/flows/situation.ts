import { absenceRulesOf, spokenAbsenceAt } from '../domain/absence/current.js'
import { reasonNamed, reasonsOf } from '../domain/absence/reasons.js'
import type { Person } from '../domain/directory/company.js'
import { mayBeAnswered } from '../domain/hours/closing.js'
import { hoursRulesOf, openingAt } from '../domain/hours/open.js'
import type { PersonId } from '../domain/ids.js'
import type { CurrentAbsence, Question, Situation } from '../domain/routing/question.js'
import type { Call, Deps } from './call.js'

/** The question that the rules of routing answer for this call, with the facts of this moment. */
export function questionOf(call: Call, dialled: string, deps: Deps): Question {
  const { origin } = call
  return {
    call: call.id,
    now: deps.clock.now(),
    company: call.company,
    directory: call.directory,
    caller: call.transferredBy
      ? { kind: 'phone', person: call.transferredBy.id }
      : origin.kind === 'phone'
        ? { kind: 'phone', person: origin.person.id, device: origin.device.name }
        : { kind: 'trunk', number: origin.number },
    dialled,
    queueNumber:
      origin.kind === 'phone' ? deps.queues.agents.shownFor(call.company, origin.person) : undefined,
    arrivedAt: call.arrivedAt,
    opens: (hours, arrivedAt) => {
      const rules = hoursRulesOf(call.company, hours, deps.hours.of(call.company.company))
      if (!rules) return undefined
      const now = deps.clock.now()
      return { open: mayBeAnswered(rules, 'drain', arrivedAt, now), because: openingAt(rules, now).because }
    },
    situationOf: (person) => situationOf(call, person, deps),
  }
}

function situationOf(call: Call, id: PersonId, deps: Deps): Situation {
  const person = call.directory.person(call.company.company, id)
  if (!person) return { busy: false, phones: 'none' }
  return {
    absent: absenceOf(call, person, deps),
    busy: isTalking(call, person, deps),
    phones: person.devices.length === 0 ? 'none' : 'unknown',
  }
}

/** The absence that holds for the person now, with its row of the company's table. */
export function absenceOf(
  call: Pick<Call, 'company'>,
  person: Person,
  deps: Pick<Deps, 'absences' | 'calendars' | 'clock'>,
): CurrentAbsence | undefined {
  const { company } = call
  const stored = deps.absences.of(company.company, person.id)
  const absence = spokenAbsenceAt(
    stored,
    absenceRulesOf(company, person.id, deps.calendars(company.company, person.id)),
    deps.clock.now(),
  )
  return absence && { absence, reason: reasonNamed(reasonsOf(company, person), absence.reason) }
}

/** in another call through the exchange on any device. A phone that merely rings is not talking. */
export function isTalking(call: Call, person: Person, deps: Deps): boolean {
  return person.devices.some(({ name }) =>
    deps.exchange.legsOf(name).some((leg) => leg.here && leg.state === 'up' && leg.id !== call.leg.id),
  )
}
