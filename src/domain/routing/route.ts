import type { NumberEntry } from '../directory/directory.js'
import type { Company } from '../directory/company.js'
import type { E164, ShortNumber } from '../ids.js'
import { readCalledNumber, readDialled, type Dialled } from '../numbers/dialled.js'
import { greyed } from '../numbers/grey.js'
import { greyForm } from '../numbers/short.js'
import { shownNumber, shownOnEmergency } from '../numbers/shown.js'
import type { Decision, Journey, RejectReason, Routed } from './decision.js'
import { decided } from './decided.js'
import { decidePerson, settle } from './person.js'
import type { Caller, Question } from './question.js'
import { receptionOrMailbox } from './reception.js'
import { followDestination, outside } from './target.js'
import type { Inquiry } from './tracer.js'
import { insideOf, startOfJourney } from './ways.js'

/** Where a new call goes: in their order, each step traced. Never throws. */
export const route = (question: Question): Routed =>
  decided(
    question,
    () => startOfJourney(question),
    (inquiry, journey) =>
      inquiry.caller.kind === 'trunk'
        ? routeIncoming(inquiry, inquiry.caller, journey)
        : routeFromPhone(inquiry, inquiry.caller, journey),
  )

function routeFromPhone(
  question: Inquiry,
  caller: Extract<Caller, { kind: 'phone' }>,
  journey: Journey,
): Decision {
  const { company } = question
  const dialled = readDialled(question.dialled, company)
  question.tracer.note(
    'R-01',
    { dialled: question.dialled },
    dialled.kind === 'emergency' ? 'emergency' : 'no',
  )
  if (dialled.kind === 'emergency')
    return { to: 'emergency', number: dialled.number, shown: shownOnEmergency(company) }
  const inside = dialled.kind === 'external' ? insideOf(question, dialled.number) : undefined
  const number = inside === undefined ? greyNumber(dialled, company) : undefined
  if (number !== undefined) {
    const verdict = greyed(company, number, 'outgoing')
    question.tracer.note('R-02', { number, ...verdict }, verdict.blocked ? 'refused' : 'no')
    if (verdict.blocked) return reject('greyOutgoing')
  } else question.tracer.note('R-02', {}, 'no')
  question.tracer.note('R-03', { diversions: 0, limit: company.settings.diversions }, 'no')
  question.tracer.note(
    'R-04',
    { dialled: question.dialled },
    inside === undefined ? dialled.kind : `inside: ${inside.kind}`,
  )
  if (inside !== undefined) return toInside(question, inside, journey)
  return toDialled(question, caller, dialled, journey)
}

/** The number outside by which the grey list knows what was dialled. */
function greyNumber(dialled: Dialled, { country }: Company): E164 | undefined {
  if (dialled.kind === 'short') return greyForm(dialled.number, country)
  return dialled.kind === 'external' ? dialled.number : undefined
}

function toDialled(
  question: Inquiry,
  caller: Extract<Caller, { kind: 'phone' }>,
  dialled: Exclude<Dialled, { kind: 'emergency' }>,
  journey: Journey,
): Decision {
  const { company, directory } = question
  switch (dialled.kind) {
    case 'nothing':
      return reject('nothingDialled')
    case 'invalid':
      return reject(dialled.why)
    case 'feature':
      return { to: 'feature', code: dialled.code }
    case 'extension': {
      if (dialled.extension === company.serviceExtension) return { to: 'service' }
      const person = directory.extension(company.company, dialled.extension)
      if (person !== undefined) return decidePerson(question, person, journey)
      const queue = directory.queue(company.company, dialled.extension)
      return queue === undefined ? reject('noSuchExtension') : { to: 'queue', queue: queue.id, journey }
    }
    case 'external':
    case 'short':
      return company.trunk === undefined
        ? reject('noOutsideLine')
        : goOutside(question, caller, dialled.number, journey)
    default:
      return dialled satisfies never
  }
}

function goOutside(
  question: Inquiry,
  caller: Extract<Caller, { kind: 'phone' }>,
  number: E164 | ShortNumber,
  journey: Journey,
): Decision {
  const { company, directory } = question
  const person = directory.person(company.company, caller.person)
  const device = person?.devices.find((candidate) => candidate.name === caller.device)
  const shown = shownNumber(company, {
    chosen: question.chosenNumber,
    queue: question.queueNumber,
    person,
    device,
  })
  if (shown.alarm !== undefined)
    question.tracer.alarm(shown.alarm, { person: caller.person, device: caller.device })
  question.tracer.note('O-10', { person: caller.person, device: caller.device }, `shows ${shown.number}`)
  return outside(number, shown, caller.person, false, journey)
}

/** Calls from outside never leave again by what they dialled, and emergency numbers mean nothing there. */
function routeIncoming(
  question: Inquiry,
  caller: Extract<Caller, { kind: 'trunk' }>,
  journey: Journey,
): Decision {
  const { company } = question
  question.tracer.note('R-01', { incoming: true }, 'no')
  const verdict =
    caller.number === undefined ? { blocked: false } : greyed(company, caller.number, 'incoming')
  question.tracer.note('R-02', { number: caller.number, ...verdict }, verdict.blocked ? 'refused' : 'no')
  if (verdict.blocked) return reject('greyIncoming')
  const tooMany = journey.diversions > company.settings.diversions
  question.tracer.note(
    'R-03',
    { diversions: journey.diversions, limit: company.settings.diversions },
    tooMany ? 'too many diversions' : 'no',
  )
  if (tooMany) return reject('tooManyDiversions')
  const number = readCalledNumber(question.dialled, company)
  const entry = number === undefined ? undefined : insideOf(question, number)
  question.tracer.note('R-04', { dialled: question.dialled, number }, entry?.kind ?? 'unknown')
  if (entry !== undefined) return toInside(question, entry, journey)
  // What comes over the company's trunk is meant for the company, whatever the provider wrote.
  question.tracer.alarm('unknownCalledNumber', { dialled: question.dialled })
  return receptionOrMailbox(question, journey)
}

function toInside(question: Inquiry, entry: NumberEntry, journey: Journey): Decision {
  switch (entry.kind) {
    case 'person':
      return decidePerson(question, entry.person, journey)
    case 'reception':
      return receptionOrMailbox(question, journey)
    case 'queue':
      return { to: 'queue', queue: entry.queue.id, journey }
    case 'destination':
      return settle(question, followDestination(question, entry.to, journey))
    case 'service':
      return { to: 'service' }
    default:
      return entry satisfies never
  }
}

const reject = (why: RejectReason): Decision => ({ to: 'reject', why })
