import type { Person } from '../directory/company.js'
import type { Decision, Journey } from './decision.js'
import type { Situation } from './question.js'
import { describe, type Inquiry } from './tracer.js'

/**
 * Rings the reception, once per call: those who are free; if nobody is, those who are in a call (their phones show the one that
 * waits). Nobody there, or tried before: the mailbox of the person first asked for. So no call is ever dropped here.
 */
export function receptionOrMailbox(question: Inquiry, journey: Journey): Decision {
  const people = journey.receptionTried ? [] : receptionNow(question, journey)
  const phones = people.flatMap((person) =>
    person.devices.map((device) => ({ person: person.id, device: device.name })),
  )
  const after = { ...journey, receptionTried: true }
  question.tracer.note(
    'reception',
    { tried: journey.receptionTried, people: people.map((person) => person.id) },
    phones.length > 0 ? 'ring the reception' : 'mailbox',
  )
  if (phones.length === 0) return lastMailbox(question, after)
  const visited = [...journey.visited, ...people.map((person) => person.id)]
  const seconds = question.company.settings.ringSeconds
  return { to: 'reception', phones, seconds, journey: { ...after, visited } }
}

/** The mailbox of the person first asked for; of the first of the reception when nobody was. */
export function lastMailbox(question: Inquiry, journey: Journey): Decision {
  const person = journey.dialled ?? question.company.reception.people[0]
  return person === undefined ? { to: 'reject', why: 'failure' } : { to: 'voicemail', person, journey }
}

/** The reception people who would ring now. Never the caller, nor somebody this call has been at. */
export function receptionNow(question: Inquiry, journey: Journey): readonly Person[] {
  const { company, caller } = question
  const present = company.reception.people
    .filter((id) => !journey.visited.includes(id) && !(caller.kind === 'phone' && caller.person === id))
    .map((id) => company.people.find((person) => person.id === id))
    .filter((person): person is Person => person !== undefined && person.devices.length > 0)
    .map((person) => ({ person, situation: situationOrFree(question, person) }))
    .filter(({ person, situation }) => isPresent(person, situation))
  const free = present.filter(({ situation }) => !situation.busy)
  return (free.length > 0 ? free : present).map(({ person }) => person)
}

const isPresent = (person: Person, situation: Situation): boolean =>
  (situation.absent === undefined || situation.absent.reason.stillRing) &&
  !(situation.doNotDisturb ?? person.doNotDisturb) &&
  situation.phones !== 'none'

/** The reception is where calls go when facts fail, so failing facts must not keep it from ringing. */
function situationOrFree(question: Inquiry, person: Person): Situation {
  try {
    return question.situationOf(person.id)
  } catch (problem) {
    question.tracer.alarm('evaluationError', { person: person.id, problem: describe(problem) })
    return { busy: false, doNotDisturb: false, phones: 'unknown' }
  }
}
