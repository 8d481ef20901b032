import { ownRole, profileOf } from '../directory/profile.js'
import type { Company, Person, TargetWord } from '../directory/company.js'
import type { Cause, Decision, Journey, Ring } from './decision.js'
import { announce } from './announce.js'
import type { CurrentAbsence, Question, Situation } from './question.js'
import { receptionOrMailbox } from './reception.js'
import { followTarget, type Step } from './target.js'
import { describe, type Inquiry } from './tracer.js'

/** Asks the rules of one person after the other until the call has somewhere to go. Ends: nobody is visited twice. */
export function settle(question: Inquiry, first: Step): Decision {
  let step = first
  while (step.to === 'visit') step = visit(question, step.person, step.journey)
  return step
}

export const decidePerson = (question: Inquiry, person: Person, journey: Journey): Decision =>
  settle(question, { to: 'visit', person, journey })

/** Facts about a person that cannot be had send the call to the reception, on behalf of that person. */
function visit(question: Inquiry, person: Person, before: Journey): Step {
  if (before.visited.includes(person.id)) {
    question.tracer.note('R-03', { person: person.id, visited: before.visited }, 'loop')
    return receptionOrMailbox(question, before)
  }
  const journey: Journey = {
    ...before,
    dialled: before.dialled ?? person.id,
    visited: [...before.visited, person.id],
  }
  try {
    return decideInOrder(question, person, question.situationOf(person.id), journey)
  } catch (problem) {
    question.tracer.alarm('evaluationError', { person: person.id, problem: describe(problem) })
    return receptionOrMailbox(question, journey)
  }
}

/**
 * VIP of the person -> VIP of the company -> insisting attendant or boss -> dated appointment -> absence keyed or set ->
 * schedule -> do not disturb -> busy -> ring -> not reachable at once; what follows an unanswered ring stands in next.ts.
 */
function decideInOrder(question: Inquiry, person: Person, situation: Situation, journey: Journey): Step {
  const through = putThrough(question, person, journey)
  if (through !== undefined) return ring(question, person, through, situation, journey)
  return (
    decideAbsence(question, person, situation, journey) ??
    decidePresence(question, person, situation, journey)
  )
}

/** Those whom nothing that was set holds up. A phone in a call rings all the same: it shows the waiting call or says 486. */
function putThrough(question: Inquiry, person: Person, journey: Journey): 'vip' | 'insisted' | undefined {
  const number = question.caller.kind === 'trunk' ? question.caller.number : undefined
  const listed = (list: Company['vip']): boolean =>
    number !== undefined && list.some((entry) => entry.number === number)
  const ofPerson = listed(person.vip)
  question.tracer.note('R-05 VIP of the person', { person: person.id, number }, ofPerson ? 'ring' : 'no')
  if (ofPerson) return 'vip'
  const ofCompany = listed(question.company.vip)
  question.tracer.note('R-05 VIP of the company', { number }, ofCompany ? 'ring' : 'no')
  if (ofCompany) return 'vip'
  const insists = question.insists === true
  const heeded = insists && journey.visited.length === 1 && mayInsist(question, person)
  question.tracer.note('R-05 bypass', { insists }, heeded ? 'ring' : 'no')
  return heeded ? 'insisted' : undefined
}

/** Reception people, and those who could end the absence anyway: a deputy or a boss with that right (H-13). */
export function mayInsist(question: Question, person: Person): boolean {
  const { company, caller, directory } = question
  if (caller.kind !== 'phone') return false
  if (company.reception.people.includes(caller.person)) return true
  const asking = directory.person(company.company, caller.person)
  if (asking === undefined) return false
  const role = asking.role === undefined ? undefined : ownRole(company, asking.role)
  return asking.deputyFor.includes('*') || asking.deputyFor.includes(person.id) || role?.mayDeputise === true
}

/** `absenceAt` has already found the strongest, so at most one of these three fits. */
const absenceSteps = [
  { rule: 'R-05 appointment', sources: ['calendar'] },
  { rule: 'R-05 absence', sources: ['person', 'deputy', 'recurring'] },
  { rule: 'R-05 schedule', sources: ['schedule'] },
] as const

function decideAbsence(
  question: Inquiry,
  person: Person,
  situation: Situation,
  journey: Journey,
): Decision | undefined {
  const absent = situation.absent
  for (const { rule, sources } of absenceSteps) {
    const fits = absent !== undefined && sources.some((source) => source === absent.absence.source)
    const stillRing = fits && absent.reason.stillRing
    question.tracer.note(
      rule,
      {
        person: person.id,
        reason: fits ? traceable(absent) : undefined,
        until: fits ? absent.absence.until : undefined,
      },
      fits ? (stillRing ? 'absent, but still rings' : 'absent') : 'no',
    )
    if (fits && !stillRing) return announce(question, person, { because: 'absent', ...absent }, journey)
    if (fits) return undefined
  }
  return undefined
}

/** A trace is read by more people than may see a sensitive reason (H-31). */
const traceable = (absent: CurrentAbsence): string =>
  absent.reason.sensitive ? 'sensitive' : absent.reason.id

function decidePresence(question: Inquiry, person: Person, situation: Situation, journey: Journey): Step {
  const quiet = situation.doNotDisturb ?? person.doNotDisturb
  question.tracer.note('R-05 do not disturb', { person: person.id }, quiet ? 'set' : 'no')
  if (quiet) return unanswered(question, person, 'doNotDisturb', situation.absent, journey)
  question.tracer.note(
    'R-05 busy',
    { person: person.id, busy: situation.busy },
    situation.busy ? 'busy' : 'no',
  )
  if (situation.busy) return unanswered(question, person, 'busy', situation.absent, journey)
  const as = situation.absent === undefined ? 'free' : 'stillRing'
  return ring(question, person, as, situation, journey)
}

/** Rings all devices; a person without a phone that is there is not reachable, which is not the same as no answer. */
function ring(
  question: Inquiry,
  person: Person,
  as: Ring['as'],
  situation: Situation,
  journey: Journey,
): Step {
  const devices = person.devices.map((device) => device.name)
  if (devices.length === 0 || situation.phones === 'none') {
    question.tracer.note(
      'R-05 not reachable',
      { person: person.id, devices: devices.length },
      'not reachable',
    )
    return unanswered(question, person, 'notReachable', situation.absent, journey)
  }
  const { busy, noAnswer, notReachable, ringSeconds } = profileOf(question.company, person)
  question.tracer.note('R-05 ring', { person: person.id, as, seconds: ringSeconds }, 'ring')
  return {
    to: 'ring',
    person: person.id,
    devices,
    seconds: ringSeconds,
    as,
    absent: situation.absent,
    targets: { busy, noAnswer, notReachable },
    journey,
  }
}

/** Where a call goes on that could not ring. */
function unanswered(
  question: Inquiry,
  person: Person,
  cause: Exclude<Cause, 'absent'>,
  absent: CurrentAbsence | undefined,
  journey: Journey,
): Step {
  return sayAbsenceOrFollow(
    question,
    person,
    profileOf(question.company, person)[cause],
    cause,
    absent,
    journey,
  )
}

/** Whoever is absent is so, busy or not: the caller hears that once, also if it rang in vain all the same. */
export function sayAbsenceOrFollow(
  question: Inquiry,
  person: Person,
  word: TargetWord,
  cause: Cause,
  absent: CurrentAbsence | undefined,
  journey: Journey,
): Step {
  return absent !== undefined && !journey.announced.includes(person.id)
    ? announce(question, person, { because: 'absent', ...absent }, journey)
    : followTarget(question, person, word, cause, journey)
}
