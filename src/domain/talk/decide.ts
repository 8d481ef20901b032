import type { Instant } from '../ids.js'
import { accepted, announced, bargeIn } from './coaching.js'
import { same, type Decided } from './decided.js'
import { over } from './ending.js'
import type { TalkEvent } from './events.js'
import { hold, recalled, replaced, resume, switched } from './holding.js'
import { answered, invite, notCome } from './invitation.js'
import { gone, remove } from './leaving.js'
import type { TalkRules } from './settings.js'
import { partyOf, type Talk } from './talk.js'

/** The rules of a talk (I-01 to I-12, C-01 to C-12). Pure; total: every event in every state has an answer. */
export function decide(talk: Talk, event: TalkEvent, rules: TalkRules, now: Instant): Decided {
  switch (event.kind) {
    case 'invite':
    case 'coach':
      return invite(talk, event, rules, now)
    case 'dialled':
      return same(talk.invitation ? { ...talk, invitation: { ...talk.invitation, dialled: true } } : talk)
    case 'answered':
      return answered(talk, event, rules)
    case 'notCome':
      return notCome(talk, event.why)
    case 'accepted':
      return accepted(talk)
    case 'switch':
      return switched(talk, event)
    case 'remove':
      return remove(talk, event.by)
    case 'hold':
      return hold(talk, event.by)
    case 'resume':
      return resume(talk, event.by)
    case 'leave':
      return partyOf(talk, event.by)
        ? { talk, effects: [{ kind: 'release', leg: event.by }] }
        : { refused: 'notYours' }
    case 'bargeIn':
      return bargeIn(talk, event, rules)
    case 'announced':
      return announced(talk, rules)
    case 'phoneHeld': {
      const recallAt = event.recallAfter === undefined ? undefined : now + event.recallAfter
      return partyOf(talk, event.leg) ? same({ ...talk, held: { leg: event.leg, recallAt } }) : same(talk)
    }
    case 'phoneResumed':
      return same(talk.held?.leg === event.leg ? { ...talk, held: undefined } : talk)
    case 'holdTooLong':
      return talk.held ? { talk, effects: [{ kind: 'recall' }] } : same(talk)
    case 'recallFailed':
      return same(talk.held ? { ...talk, held: { ...talk.held, recallAt: now + event.recallAfter } } : talk)
    case 'recalled':
      return recalled(talk, event)
    case 'replaced':
      return replaced(talk, event)
    case 'gone':
      return gone(talk, event.leg, rules, now)
    case 'timeUp':
      return talk.endsAt === undefined ? same(talk) : over(talk)
    default:
      return event satisfies never
  }
}
