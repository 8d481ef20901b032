import type { LegId } from '../ids.js'
import { same, type Decided } from './decided.js'
import type { TalkEvent } from './events.js'
import { inRole, partyOf, speakers, type Party, type Talk } from './talk.js'

/** I-12: in private with one, the other has music; or all three. */
export function switched(talk: Talk, { by, to }: Extract<TalkEvent, { kind: 'switch' }>): Decided {
  const invited = inRole(talk, 'invited')
  const customer = inRole(talk, 'customer')
  const me = partyOf(talk, by)
  if (!invited || !customer) return { refused: 'nobodyInvited' }
  if (me?.role !== 'agent') return { refused: 'notYours' }
  const wanted = to ?? (talk.aside.length > 0 ? 'threeWay' : 'invited')
  const aside = wanted === 'threeWay' ? [] : [wanted === 'invited' ? customer.leg : invited.leg]
  return same({ ...talk, aside })
}

/** A program holds the other party of a talk of two; a coach goes on with the agent (C-04). */
export function hold(talk: Talk, by: LegId): Decided {
  const me = partyOf(talk, by)
  const others = speakers(talk).filter((party) => party.leg !== by)
  const [other, ...more] = others
  if (!me || me.role === 'coach' || !other) return { refused: 'notYours' }
  if (more.length > 0) return { refused: 'full' }
  return same({ ...talk, aside: [other.leg] })
}

export function resume(talk: Talk, by: LegId): Decided {
  const me = partyOf(talk, by)
  if (!me || me.role === 'coach' || talk.aside.includes(by)) return { refused: 'notYours' }
  if (talk.aside.length === 0 || speakers(talk).length > 2 || talk.invitation?.as === 'invited')
    return { refused: 'notHeld' }
  return same({ ...talk, aside: [] })
}

/** G-06: the phone that held has answered its recall; the new leg takes the place of the held one. */
export function recalled(talk: Talk, { leg, as }: Extract<TalkEvent, { kind: 'recalled' }>): Decided {
  const holder = talk.held && partyOf(talk, talk.held.leg)
  if (!holder) return { talk, effects: [{ kind: 'sendOff', leg, what: 'talkOver' }] }
  return {
    talk: { ...inPlaceOf(talk, holder, { ...holder, ...as, leg }), held: undefined },
    effects: [{ kind: 'release', leg: holder.leg }],
  }
}

/** I-20: who was asked takes the place of who transferred. A coach cannot pass the coaching on. */
export function replaced(talk: Talk, { leg, to, as }: Extract<TalkEvent, { kind: 'replaced' }>): Decided {
  const party = partyOf(talk, leg)
  if (!party || party.role === 'coach') return { refused: 'talkOver' }
  const held = talk.held?.leg === leg ? undefined : talk.held
  const { role } = party
  return same({ ...inPlaceOf(talk, party, { leg: to, role, ...as }), held })
}

function inPlaceOf(talk: Talk, before: Party, now: Party): Talk {
  const renamed = (id: LegId): LegId => (id === before.leg ? now.leg : id)
  return {
    ...talk,
    parties: talk.parties.map((party) => (party === before ? now : party)),
    aside: talk.aside.map(renamed),
    invitation: talk.invitation && { ...talk.invitation, by: renamed(talk.invitation.by) },
  }
}
