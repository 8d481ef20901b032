import type { Instant, LegId } from '../ids.js'
import { coachGone, dropCoach, withoutCoach } from './coaching.js'
import { same, type Decided, type Effect } from './decided.js'
import { over, without } from './ending.js'
import { endInvitation, notCome } from './invitation.js'
import type { TalkRules } from './settings.js'
import { inRole, partyOf, speakers, type Party, type Talk } from './talk.js'

/** I-11, C-11: the invited or ringing first, then the coach; a coach takes themselves away. */
export function remove(talk: Talk, by: LegId): Decided {
  const me = partyOf(talk, by)
  const coach = inRole(talk, 'coach')
  const { invitation } = talk
  if (me?.role === 'coach') return withoutCoach(talk)
  if (invitation) {
    if (invitation.by !== by) return { refused: 'notYours' }
    const aside = invitation.as === 'invited' ? [] : talk.aside
    const asked: readonly Effect[] =
      invitation.asked === undefined ? [] : [{ kind: 'sendOff', leg: invitation.asked, what: 'talkOver' }]
    return { talk: { ...talk, aside, invitation: undefined }, effects: [{ kind: 'stopRinging' }, ...asked] }
  }
  const invited = inRole(talk, 'invited')
  if (!invited && !coach) return { refused: 'nobodyInvited' }
  if (me?.role !== 'agent') return { refused: 'notYours' }
  if (invited)
    return {
      talk: { ...without(talk, invited.leg), aside: [] },
      effects: [{ kind: 'sendOff', leg: invited.leg, what: 'removed' }],
    }
  return withoutCoach(talk)
}

/** Who leaves when (I-06 to I-10, C-06, C-07, C-11). */
export function gone(talk: Talk, leg: LegId, rules: TalkRules, now: Instant): Decided {
  if (talk.invitation?.asked === leg) return notCome(without(talk, leg), 'declined')
  const party = partyOf(talk, leg)
  if (!party) return same(talk)
  const rest = without(talk, leg)
  if (party.role === 'coach') return coachGone(rest)
  const staying = speakers(rest)
  if (staying.length < 2) return lastButOneGone(rest, party, rules, now)
  const stop: readonly Effect[] =
    rest.invitation && (rest.invitation.by === leg || party.role === 'agent') ? endInvitation(rest) : []
  if (party.role === 'agent') {
    // I-07: customer and invited are joined; nobody is promoted to a coach's charge (C-06).
    const joined = withRoles({ ...rest, invitation: undefined }, 'invited', 'agent')
    const { talk: next, effects } = dropCoach({ ...joined, aside: [] })
    return { talk: next, effects: [...stop, ...effects] }
  }
  if (party.role === 'customer') {
    const told = staying.map(({ leg: one }): Effect => ({ kind: 'tell', leg: one, what: 'otherLeft' }))
    return { talk: { ...withRoles(rest, 'invited', 'customer'), aside: [] }, effects: told } // I-08
  }
  return { talk: { ...rest, aside: [] }, effects: [] } // I-09
}

const withRoles = (talk: Talk, from: Party['role'], to: Party['role']): Talk => ({
  ...talk,
  parties: talk.parties.map((party) => (party.role === from ? { ...party, role: to } : party)),
})

/** At most one speaker is left: the talk is over, but for a coach who may have a last word (C-07), and for I-06. */
function lastButOneGone(rest: Talk, party: Party, rules: TalkRules, now: Instant): Decided {
  const stop = endInvitation(rest)
  const next = { ...rest, invitation: undefined, aside: [] }
  const agent = inRole(rest, 'agent')
  if (party.role === 'customer' && agent && inRole(rest, 'coach') && rest.endsAt === undefined)
    return {
      talk: { ...next, bargedIn: false, endsAt: now + rules.partingTime },
      effects: [...stop, { kind: 'tell', leg: agent.leg, what: 'otherLeft' }],
    }
  const [customer] = speakers(rest)
  const { invitation } = rest
  if (customer && invitation?.by === party.leg && invitation.as === 'invited') {
    const transfer = rules.whenInviterLeaves === 'transfer' ? invitation.callee.dialled : undefined
    const back: Effect = { kind: 'goBack', leg: customer.leg, to: party.person, transfer }
    return over({ ...next, parties: next.parties.filter((one) => one !== customer) }, [...stop, back])
  }
  return over(next, stop)
}
