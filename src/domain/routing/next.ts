import type { Person } from '../directory/company.js'
import type { PersonId } from '../ids.js'
import type { Announce, Decision, Journey, Outcome, Ring, Routed } from './decision.js'
import { decided } from './decided.js'
import { sayAbsenceOrFollow, settle } from './person.js'
import { afterMenu } from './menu.js'
import { profileOf } from '../directory/profile.js'
import type { Question } from './question.js'
import { lastMailbox, receptionOrMailbox } from './reception.js'
import { followTarget, type Step } from './target.js'
import type { Inquiry } from './tracer.js'
import { startOfJourney } from './ways.js'

/**
 * Where a call goes on when a decision did not end in a talk. `question` is the call's own with the facts of now; where the old
 * decision leads was fixed when it was made. A chain of decisions always ends in a person, a mailbox or a spoken refusal,
 * and is never longer than the people there are. An outcome that cannot be of this decision counts as `failed`. Never throws.
 */
export function next(question: Question, decision: Decision, outcome: Outcome): Routed {
  const journey = (): Journey => ('journey' in decision ? decision.journey : startOfJourney(question))
  return decided(question, journey, (inquiry) => {
    inquiry.tracer.note('next', { after: decision.to }, outcome)
    return settle(inquiry, follow(inquiry, decision, outcome))
  })
}

function follow(question: Inquiry, decision: Decision, outcome: Outcome): Step {
  switch (decision.to) {
    case 'ring':
      return afterRing(question, decision, outcome)
    case 'reception':
      // Nobody answers there either: the mailbox of the person who was asked for, never a disconnect.
      return lastMailbox(question, decision.journey)
    case 'announce':
      return afterAnnouncement(question, decision, outcome)
    case 'menu':
      return afterMenu(question, decision, outcome)
    case 'voicemail':
      return decision.journey.receptionTried
        ? { to: 'reject', why: 'failure' }
        : fromReceptionOn(question, decision.journey)
    case 'callback':
      return { to: 'voicemail', person: decision.person, journey: decision.journey }
    case 'queueCallback':
    case 'queue':
      return receptionOrMailbox(question, decision.journey)
    case 'external':
      return decision.diverted
        ? receptionOrMailbox(question, decision.journey)
        : { to: 'reject', why: reasonOf(outcome) }
    case 'emergency':
    case 'feature':
    case 'service':
      return { to: 'reject', why: reasonOf(outcome) }
    case 'reject':
      return decision
    default:
      return decision satisfies never
  }
}

function reasonOf(outcome: Outcome): 'busy' | 'noAnswer' | 'notReachable' | 'failure' {
  if (outcome === 'busy' || outcome === 'rejected') return 'busy'
  return outcome === 'noAnswer' || outcome === 'notReachable' ? outcome : 'failure'
}

function afterRing(question: Inquiry, ring: Ring, outcome: Outcome): Step {
  const person = personOf(question, ring.person)
  if (person === undefined) return receptionOrMailbox(question, ring.journey)
  const reason = reasonOf(outcome)
  const cause = reason === 'failure' ? 'notReachable' : reason
  question.tracer.note(`R-05 ${wordsOf[cause]}`, { person: person.id, outcome }, cause)
  return sayAbsenceOrFollow(question, person, ring.targets[cause], cause, ring.absent, ring.journey)
}

const wordsOf = { busy: 'busy', noAnswer: 'no answer', notReachable: 'not reachable' } as const

/** A mailbox that does not work: somebody must still answer. If that fails too, there is no mailbox to fall back to. */
function fromReceptionOn(question: Inquiry, journey: Journey): Decision {
  const decision = receptionOrMailbox(question, journey)
  return decision.to === 'voicemail' ? { to: 'reject', why: 'failure' } : decision
}

function afterAnnouncement(question: Inquiry, announced: Announce, outcome: Outcome): Step {
  const { journey, menu } = announced
  const person = personOf(question, announced.person)
  if (person === undefined) return receptionOrMailbox(question, journey)
  const cause = announced.says.because
  if (outcome === 'message' && menu.message) return { to: 'voicemail', person: person.id, journey }
  if (outcome === 'callback' && menu.callback) return { to: 'callback', person: person.id, journey }
  if (outcome === 'other' && menu.other !== undefined)
    return followTarget(question, person, menu.other, cause, journey)
  if (outcome === 'connect' && menu.connect) return offeredRing(question, person, journey)
  return isKey(outcome)
    ? receptionOrMailbox(question, journey)
    : followTarget(question, person, announced.otherwise, cause, journey)
}

/** A key for something that was not offered is a wrong key, and wrong keys lead to the reception (H-34). */
const isKey = (outcome: Outcome): boolean =>
  ['message', 'callback', 'other', 'reception', 'connect', 'wrongKeys'].includes(outcome)

/** H-20: the caller accepted to be connected; what the person sets meanwhile does not take that back. */
function offeredRing(question: Inquiry, person: Person, journey: Journey): Step {
  const { busy, noAnswer, notReachable, ringSeconds } = profileOf(question.company, person)
  if (person.devices.length === 0)
    return followTarget(question, person, notReachable, 'notReachable', journey)
  return {
    to: 'ring',
    person: person.id,
    devices: person.devices.map((device) => device.name),
    seconds: ringSeconds,
    as: 'offered',
    targets: { busy, noAnswer, notReachable },
    journey,
  }
}

const personOf = (question: Inquiry, person: PersonId): Person | undefined =>
  question.directory.person(question.company.company, person)
