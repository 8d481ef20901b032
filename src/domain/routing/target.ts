import type { Person, TargetWord } from '../directory/company.js'
import type { NumberEntry } from '../directory/directory.js'
import type { Destination } from '../directory/menu-schema.js'
import type { E164, PersonId, ShortNumber } from '../ids.js'
import { shownNumber, type Shown } from '../numbers/shown.js'
import type { Cause, Decision, Journey } from './decision.js'
import { announce } from './announce.js'
import { lastMailbox, receptionOrMailbox } from './reception.js'
import { describe, type Inquiry } from './tracer.js'
import { insideOf, mayGoOut, mayVisit, splitWord } from './ways.js'

/** Either decided, or the rules of one more person are to be asked. */
export type Step = Decision | { readonly to: 'visit'; readonly person: Person; readonly journey: Journey }

/** Follows a word of the company file to the decision it means for a call that was at `person`, or at a number or menu. */
export function followTarget(
  question: Inquiry,
  person: Person | undefined,
  word: TargetWord,
  cause: Cause | 'called' | 'closed',
  journey: Journey,
): Step {
  question.tracer.note('target', { person: person?.id, cause }, word)
  const [kind, argument] = splitWord(word)
  switch (kind) {
    case 'voicemail':
      return mailbox(question, person, argument as PersonId | '', cause, journey)
    case 'callback':
      return { to: 'callback', person: argument as PersonId, journey }
    case 'menu':
      return enterMenu(question, argument, journey)
    case 'reject':
      return { to: 'reject', why: cause === 'closed' ? 'closed' : 'refused' }
    case 'announcement':
      return announceCause(question, person, cause, journey)
    case 'person':
      return divertToPerson(question, argument as PersonId, journey)
    case 'number':
      return divertToNumber(question, person, argument as E164, journey)
    case 'queue':
      return toQueue(question, argument, journey)
    case 'reception':
      return receptionOrMailbox(question, journey)
    default:
      question.tracer.alarm('badTarget', { word })
      return receptionOrMailbox(question, journey)
  }
}

/** Follows what stands at a number or key: a word, or one of two by the hours (O-04). */
export function followDestination(question: Inquiry, destination: Destination, journey: Journey): Step {
  if (typeof destination === 'string')
    return followTarget(question, undefined, destination, 'called', journey)
  return isOpen(question, destination.hours, journey)
    ? followTarget(question, undefined, destination.open, 'called', journey)
    : followTarget(question, undefined, destination.closed, 'closed', journey)
}

/** O-05: the hours of the arrival count. Hours that cannot be asked are open, with an alarm, never silently closed. */
function isOpen(question: Inquiry, hours: string, journey: Journey): boolean {
  const arrivedAt = journey.arrivedAt ?? question.now
  try {
    const answer = question.opens?.(hours, arrivedAt)
    if (answer !== undefined) {
      question.tracer.note(
        'O-04',
        { hours, arrivedAt, because: answer.because },
        answer.open ? 'open' : 'closed',
      )
      return answer.open
    }
    question.tracer.alarm('badTarget', { hours })
  } catch (problem) {
    question.tracer.alarm('evaluationError', { hours, problem: describe(problem) })
  }
  return true
}

/** The mailbox of a named person (O-17), or of the one whom the call was for. */
function mailbox(
  question: Inquiry,
  person: Person | undefined,
  named: PersonId | '',
  cause: Cause | 'called' | 'closed',
  journey: Journey,
): Decision {
  const holder = named === '' ? person?.id : named
  if (holder === undefined) return lastMailbox(question, journey)
  return { to: 'voicemail', person: holder, ...(cause === 'closed' ? { closed: true } : {}), journey }
}

/** Nobody hears more menus than this in one call: whoever walks in circles is helped by the reception. */
const mostMenus = 10

function enterMenu(question: Inquiry, menu: string, journey: Journey): Decision {
  const heard = (journey.menus ?? 0) + 1
  const known = question.company.menus.some(({ id }) => id === menu)
  question.tracer.note('R-04 menu', { menu, heard }, known && heard <= mostMenus ? 'ask' : 'reception')
  if (known && heard <= mostMenus) return { to: 'menu', menu, journey: { ...journey, menus: heard } }
  if (!known) question.tracer.alarm('badTarget', { menu })
  return receptionOrMailbox(question, journey)
}

/** Somebody of whom the caller has heard already is not announced again: the mailbox. */
function announceCause(
  question: Inquiry,
  person: Person | undefined,
  cause: Cause | 'called' | 'closed',
  journey: Journey,
): Decision {
  if (person === undefined || cause === 'called' || cause === 'closed')
    return receptionOrMailbox(question, journey)
  return cause === 'absent' || journey.announced.includes(person.id)
    ? { to: 'voicemail', person: person.id, journey }
    : announce(question, person, { because: cause }, journey)
}

/** One diversion more, unless that is one too many: then the call is refused in words (R-03, G-05). */
function onwards(question: Inquiry, journey: Journey, then: (further: Journey) => Step): Step {
  const diversions = journey.diversions + 1
  const limit = question.company.settings.diversions
  question.tracer.note('R-03', { diversions, limit }, diversions > limit ? 'too many diversions' : 'goes on')
  return diversions > limit ? { to: 'reject', why: 'tooManyDiversions' } : then({ ...journey, diversions })
}

/** A diversion to somebody the call has been at, or back to the caller, leads nowhere: the reception, then the mailbox. */
function divertToPerson(question: Inquiry, id: PersonId, journey: Journey): Step {
  const { company, directory } = question
  const person = directory.person(company.company, id)
  if (person === undefined || !mayVisit(question, id, journey)) {
    question.tracer.note(
      'R-03',
      { person: id, visited: journey.visited },
      person === undefined ? 'nobody' : 'loop',
    )
    return receptionOrMailbox(question, journey)
  }
  return onwards(question, journey, (further) => ({ to: 'visit', person, journey: further }))
}

function divertInside(question: Inquiry, inside: NumberEntry, journey: Journey): Step {
  if (inside.kind === 'person') return divertToPerson(question, inside.person.id, journey)
  if (inside.kind === 'destination')
    return onwards(question, journey, (further) => followDestination(question, inside.to, further))
  return inside.kind === 'queue'
    ? toQueue(question, inside.queue.id, journey)
    : receptionOrMailbox(question, journey)
}

const toQueue = (question: Inquiry, queue: string, journey: Journey): Step =>
  onwards(question, journey, (further) => ({ to: 'queue', queue, journey: further }))

/** A number of our own people stays inside; one outside must pass the grey list (O-12) and needs an outside line. */
function divertToNumber(question: Inquiry, person: Person | undefined, number: E164, journey: Journey): Step {
  const { company } = question
  const inside = insideOf(question, number)
  if (inside !== undefined) return divertInside(question, inside, journey)
  if (!mayGoOut(question, number)) {
    question.tracer.note('R-02', { number, outsideLine: company.trunk !== undefined }, 'refused as diversion')
    return receptionOrMailbox(question, journey)
  }
  return onwards(question, journey, (further) => {
    const shown = shownNumber(company, { person })
    if (shown.alarm !== undefined) question.tracer.alarm(shown.alarm, { person: person?.id })
    return outside(number, shown, person?.id, true, further)
  })
}

/** A call out through the trunk. */
export const outside = (
  number: E164 | ShortNumber,
  shown: Shown,
  person: PersonId | undefined,
  diverted: boolean,
  journey: Journey,
): Decision => ({
  to: 'external',
  number,
  shown: shown.number,
  ...(shown.alarm === undefined ? {} : { alarm: shown.alarm }),
  person,
  diverted,
  journey,
})
