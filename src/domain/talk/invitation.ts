import type { Instant, LegId } from '../ids.js'
import { same, type Decided, type Effect } from './decided.js'
import type { NotCome, TalkEvent } from './events.js'
import { headCount, most } from './head-count.js'
import type { TalkRules } from './settings.js'
import { inRole, partyOf, speakers, type Callee, type Party, type Talk } from './talk.js'

export function invite(
  talk: Talk,
  event: Extract<TalkEvent, { kind: 'invite' | 'coach' }>,
  rules: TalkRules,
  now: Instant,
): Decided {
  const { by, callee } = event
  const inviter = partyOf(talk, by)
  const other = speakers(talk).find((party) => party.leg !== by)
  if (!inviter || inviter.role === 'coach' || !other) return { refused: 'notYours' }
  if (talk.invitation) return { refused: 'alreadyCalling' }
  if (talk.parties.some((party) => isSame(party, callee))) return { refused: 'alreadyIn' }
  const coach = event.kind === 'coach'
  if (coach && inRole(talk, 'coach')) return { refused: 'secondCoach' }
  const isOthers = speakers(talk).length > 2 || inRole(talk, 'coach') !== undefined
  if (isOthers && inviter.role !== 'agent')
    return { refused: headCount(talk, rules) >= most ? 'full' : 'notYours' }
  const counts = !coach || rules.coachCounts
  if (headCount(talk, rules) + (counts ? 1 : 0) > most || (!coach && speakers(talk).length >= most))
    return { refused: 'full' }
  const count = talk.invitations + 1
  const next: Talk = {
    ...withAgent(talk, by),
    invitations: count,
    aside: event.aside && !coach ? [other.leg] : talk.aside,
    invitation: {
      count,
      as: coach ? 'coach' : 'invited',
      by,
      callee,
      dialled: false,
      until: now + (coach ? rules.coachTime : rules.inviteTime),
    },
  }
  return { talk: next, effects: [{ kind: 'ring' }] }
}

const isSame = (party: Party, callee: Callee): boolean =>
  (callee.person !== undefined && party.person === callee.person) || callee.outside?.number === party.number

/** In a talk of two whoever invites is the agent, and a coach helps them. */
function withAgent(talk: Talk, leg: LegId): Talk {
  if (speakers(talk).length !== 2 || inRole(talk, 'coach')) return talk
  return {
    ...talk,
    parties: talk.parties.map((party) => ({ ...party, role: party.leg === leg ? 'agent' : 'customer' })),
  }
}

/** I-02: counted again at the answer. */
export function answered(
  talk: Talk,
  { leg, as }: Extract<TalkEvent, { kind: 'answered' }>,
  rules: TalkRules,
): Decided {
  const { invitation } = talk
  if (!invitation) return { talk, effects: [{ kind: 'sendOff', leg, what: 'talkOver' }] }
  if (invitation.as === 'coach')
    return {
      talk: { ...talk, invitation: { ...invitation, asked: leg } },
      effects: [{ kind: 'askCoach', leg }],
    }
  if (headCount(talk, rules) > most)
    return {
      talk: { ...talk, aside: [], invitation: undefined },
      effects: [
        { kind: 'sendOff', leg, what: 'full' },
        { kind: 'tell', leg: invitation.by, what: 'full' },
      ],
    }
  const { callee } = invitation
  const party: Party = {
    leg,
    role: 'invited',
    person: callee.person,
    name: callee.name,
    number: callee.number,
    ...as,
  }
  return { talk: { ...talk, parties: [...talk.parties, party], invitation: undefined }, effects: [] }
}

/** I-04, C-02: all is as it was before, and only the inviter is told. */
export function notCome(talk: Talk, why: NotCome): Decided {
  const { invitation } = talk
  if (!invitation) return same(talk)
  const aside = invitation.as === 'invited' ? [] : talk.aside
  const asked: readonly Effect[] =
    invitation.asked === undefined ? [] : [{ kind: 'release', leg: invitation.asked }]
  return {
    talk: { ...talk, aside, invitation: undefined },
    effects: [...asked, { kind: 'tell', leg: invitation.by, what: why }],
  }
}

/** Nobody is called into the talk any more: phones stop, and a coach who is being asked is sent away. */
export const endInvitation = ({ invitation }: Talk): readonly Effect[] => {
  if (!invitation) return []
  return invitation.asked === undefined
    ? [{ kind: 'stopRinging' }]
    : [{ kind: 'stopRinging' }, { kind: 'sendOff', leg: invitation.asked, what: 'talkOver' }]
}
