import { same, type Decided, type Effect } from './decided.js'
import type { TalkEvent } from './events.js'
import { headCount, most } from './head-count.js'
import { over, without } from './ending.js'
import type { TalkRules } from './settings.js'
import { inRole, partyOf, type Party, type Talk } from './talk.js'

/** The coach has pressed 1 (C-02). */
export function accepted(talk: Talk): Decided {
  const { invitation } = talk
  if (invitation?.asked === undefined) return same(talk)
  const { callee, asked, by } = invitation
  const coach: Party = {
    leg: asked,
    role: 'coach',
    person: callee.person,
    name: callee.name,
    number: callee.number,
  }
  return {
    talk: { ...talk, parties: [...talk.parties, coach], invitation: undefined, bargedIn: false },
    effects: [{ kind: 'beep', leg: by, times: 1 }],
  }
}

/** C-12: nobody hears the coach before everybody was told; never more than three speak. */
export function bargeIn(
  talk: Talk,
  { by, allowed }: Extract<TalkEvent, { kind: 'bargeIn' }>,
  rules: TalkRules,
): Decided {
  if (partyOf(talk, by)?.role !== 'coach') return { refused: 'notYours' }
  if (!allowed) return { refused: 'mayNotBargeIn' }
  if (talk.bargedIn || talk.endsAt !== undefined) return same(talk)
  if (headCount({ ...talk, bargedIn: true }, rules) > most) return { refused: 'full' }
  return { talk, effects: [{ kind: 'announce' }] }
}

/** A third may have come while it was announced. */
export function announced(talk: Talk, rules: TalkRules): Decided {
  const next = { ...talk, bargedIn: true }
  const may = inRole(talk, 'coach') !== undefined && talk.endsAt === undefined
  return same(may && headCount(next, rules) <= most ? next : talk)
}

/** C-11 */
export function withoutCoach(talk: Talk): Decided {
  const coach = inRole(talk, 'coach')
  if (!coach) return same(talk)
  const agent = inRole(talk, 'agent')
  const rest = { ...without(talk, coach.leg), bargedIn: false }
  const off: Effect = { kind: 'sendOff', leg: coach.leg, what: 'coachingOver' }
  if (talk.endsAt !== undefined) return over(rest, [off])
  return { talk: rest, effects: agent ? [off, { kind: 'beep', leg: agent.leg, times: 2 }] : [off] }
}

/** The coach has hung up. */
export function coachGone(rest: Talk): Decided {
  const agent = inRole(rest, 'agent')
  const next = { ...rest, bargedIn: false }
  if (rest.endsAt !== undefined) return over(next)
  return { talk: next, effects: agent ? [{ kind: 'beep', leg: agent.leg, times: 2 }] : [] }
}

/** C-06 */
export function dropCoach(talk: Talk): { readonly talk: Talk; readonly effects: readonly Effect[] } {
  const coach = inRole(talk, 'coach')
  if (!coach) return { talk, effects: [] }
  return {
    talk: { ...without(talk, coach.leg), bargedIn: false },
    effects: [{ kind: 'sendOff', leg: coach.leg, what: 'coachingOver' }],
  }
}
