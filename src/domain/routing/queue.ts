import type { TargetWord } from '../directory/company.js'
import type { E164, PersonId } from '../ids.js'
import { shownNumber } from '../numbers/shown.js'
import { mailboxOf, queueNamed, type Queue } from '../queue/settings.js'
import type { Ticket } from '../queue/ticket.js'
import type { QueueLeave } from '../queue/visit.js'
import type { Decision, Journey, Routed } from './decision.js'
import { decided } from './decided.js'
import { settle } from './person.js'
import type { Question } from './question.js'
import { receptionOrMailbox } from './reception.js'
import { outside, type Step } from './target.js'
import type { Inquiry } from './tracer.js'
import { insideOf, mayGoOut, mayVisit, splitWord } from './ways.js'

type ToQueue = Extract<Decision, { to: 'queue' }>

/**
 * Where a caller goes on who leaves a queue, by a key or because they cannot wait: `word` is a target of
 * the queue. What leads nowhere goes to the reception. `ticket`: the place a callback keeps. Never throws.
 */
export const leaveQueue = (
  question: Question,
  decision: ToQueue,
  word: TargetWord,
  why: QueueLeave,
  ticket?: Ticket,
): Routed =>
  decided(
    question,
    () => decision.journey,
    (inquiry, journey) => {
      inquiry.tracer.note('queue', { queue: decision.queue, why }, word)
      const queue = queueNamed(inquiry.company, decision.queue)
      if (queue && ticket && word === 'callback') return { to: 'queueCallback', ticket, why, journey }
      return settle(
        inquiry,
        queue
          ? follow(inquiry, queue, word, why === 'closed', journey)
          : receptionOrMailbox(inquiry, journey),
      )
    },
  )

function follow(question: Inquiry, queue: Queue, word: TargetWord, closed: boolean, journey: Journey): Step {
  const [kind, argument] = splitWord(word)
  const mailbox = mailboxOf(question.company, queue)
  switch (kind) {
    case 'voicemail':
      return mailbox === undefined
        ? receptionOrMailbox(question, journey)
        : { to: 'voicemail', person: mailbox, queue: queue.id, ...(closed ? { closed } : {}), journey }
    case 'callback':
      return mailbox === undefined
        ? receptionOrMailbox(question, journey)
        : { to: 'callback', person: mailbox, journey }
    case 'queue':
      return { to: 'queue', queue: argument, journey }
    case 'person':
      return toPerson(question, argument as PersonId, journey)
    case 'number':
      return toNumber(question, queue, argument as E164, journey)
    default:
      return receptionOrMailbox(question, journey)
  }
}

function toPerson(question: Inquiry, id: PersonId, journey: Journey): Step {
  const person = question.directory.person(question.company.company, id)
  return person !== undefined && mayVisit(question, id, journey)
    ? { to: 'visit', person, journey }
    : receptionOrMailbox(question, journey)
}

/** The answering service and its like: the queue's number is shown (O-10), the grey list is heeded (O-12). */
function toNumber(question: Inquiry, queue: Queue, number: E164, journey: Journey): Step {
  const inside = insideOf(question, number)
  if (inside?.kind === 'person') return toPerson(question, inside.person.id, journey)
  if (inside?.kind === 'queue') return { to: 'queue', queue: inside.queue.id, journey }
  if (inside !== undefined || !mayGoOut(question, number)) return receptionOrMailbox(question, journey)
  const shown = shownNumber(question.company, { queue: shownFor(queue, question.company.main) })
  if (shown.alarm !== undefined) question.tracer.alarm(shown.alarm, { queue: queue.id })
  return outside(number, shown, undefined, true, journey)
}

/** O-10: the number that stands for the queue outside, if it has one. */
export function shownFor(queue: Queue, main: E164): E164 | undefined {
  if (queue.shows === 'own') return undefined
  return queue.shows === 'main' ? main : (queue.shows as E164)
}
