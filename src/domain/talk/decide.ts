import type { Instant, LegId, PersonId } from '../ids.js'
import type { TalkRules } from './settings.js'
import { inRole, partyOf, speakers, type Callee, type Party, type Talk } from './talk.js'

/** Why somebody who was called did not come. */
export type NotCome = 'busy' | 'noAnswer' | 'notReachable' | 'declined'

/** What happens in a talk. `by`: the leg of whoever wants it. */
export type TalkEvent =
  | {
      readonly kind: 'invite' | 'coach'
      readonly by: LegId
      readonly callee: Callee
      readonly aside: boolean
    }
  | { readonly kind: 'dialled' }
  | { readonly kind: 'answered'; readonly leg: LegId }
  | { readonly kind: 'notCome'; readonly why: NotCome }
  /** The coach has pressed 1. */
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'switch'
      readonly by: LegId
      readonly to?: 'threeWay' | 'invited' | 'customer' | undefined
    }
  | { readonly kind: 'remove' | 'hold' | 'resume' | 'leave'; readonly by: LegId }
  | { readonly kind: 'bargeIn'; readonly by: LegId; readonly allowed: boolean }
  /** Everybody has heard that the coach is about to speak. */
  | { readonly kind: 'announced' }
  | { readonly kind: 'phoneHeld'; readonly leg: LegId; readonly recallAfter?: number | undefined }
  | { readonly kind: 'phoneResumed'; readonly leg: LegId }
  | { readonly kind: 'holdTooLong' }
  | { readonly kind: 'recallFailed'; readonly recallAfter: number }
  /** `as`: somebody else than who held. */
  | {
      readonly kind: 'recalled'
      readonly leg: LegId
      readonly as?: Pick<Party, 'person' | 'name' | 'number'> | undefined
    }
  | { readonly kind: 'gone'; readonly leg: LegId }
  | { readonly kind: 'timeUp' }

/** Why the rules do not allow what somebody wants. */
export type TalkRefusal =
  | 'full'
  | 'alreadyIn'
  | 'alreadyCalling'
  | 'nobodyInvited'
  | 'notYours'
  | 'secondCoach'
  | 'mayNotBargeIn'
  | 'notHeld'
  | 'talkOver'

/** What somebody is told, and nobody else hears. */
export type Notice = TalkRefusal | NotCome | 'otherLeft' | 'removed' | 'coachingOver'

/** What has to be done after the new arrangement stands. */
export type Effect =
  | { readonly kind: 'ring' }
  | { readonly kind: 'stopRinging' }
  /** C-12: everybody hears that the coach comes; then it is `announced`. */
  | { readonly kind: 'announce' }
  /** Asks the coach to accept by 1. */
  | { readonly kind: 'askCoach'; readonly leg: LegId }
  | { readonly kind: 'tell'; readonly leg: LegId; readonly what: Notice }
  /** TN-3 */
  | { readonly kind: 'beep'; readonly leg: LegId; readonly times: 1 | 2 }
  /** Leaves the talk with a tone and words. */
  | { readonly kind: 'sendOff'; readonly leg: LegId; readonly what: Notice }
  | { readonly kind: 'release'; readonly leg: LegId }
  | { readonly kind: 'recall' }
  /** I-06: the customer goes back to the inviter, or on to whom the inviter called. */
  | {
      readonly kind: 'goBack'
      readonly leg: LegId
      readonly to?: PersonId | undefined
      readonly transfer?: string | undefined
    }

export type Decided =
  | { readonly talk: Talk; readonly effects: readonly Effect[]; readonly over?: true }
  | { readonly refused: TalkRefusal }

/** I-02, I-21: how many people are in the talk or on their way into it. */
export function headCount(talk: Talk, rules: Pick<TalkRules, 'coachCounts'>): number {
  const coming = talk.invitation && (talk.invitation.as === 'invited' || rules.coachCounts) ? 1 : 0
  const coach = inRole(talk, 'coach') && (rules.coachCounts || talk.bargedIn) ? 1 : 0
  return speakers(talk).length + coach + coming
}

const most = 3

/** The rules of a talk (I-01 to I-12, C-01 to C-12). Pure; total: every event in every state has an answer. */
export function decide(talk: Talk, event: TalkEvent, rules: TalkRules, now: Instant): Decided {
  switch (event.kind) {
    case 'invite':
    case 'coach':
      return invite(talk, event, rules, now)
    case 'dialled':
      return same(talk.invitation ? { ...talk, invitation: { ...talk.invitation, dialled: true } } : talk)
    case 'answered':
      return answered(talk, event.leg, rules)
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
    case 'gone':
      return gone(talk, event.leg, rules, now)
    case 'timeUp':
      return talk.endsAt === undefined ? same(talk) : over(talk)
    default:
      return event satisfies never
  }
}

const same = (talk: Talk): Decided => ({ talk, effects: [] })

function invite(
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
function answered(talk: Talk, leg: LegId, rules: TalkRules): Decided {
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
  }
  return { talk: { ...talk, parties: [...talk.parties, party], invitation: undefined }, effects: [] }
}

/** I-04, C-02: all is as it was before, and only the inviter is told. */
function notCome(talk: Talk, why: NotCome): Decided {
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

function accepted(talk: Talk): Decided {
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

/** I-12: in private with one, the other has music; or all three. */
function switched(talk: Talk, { by, to }: Extract<TalkEvent, { kind: 'switch' }>): Decided {
  const invited = inRole(talk, 'invited')
  const customer = inRole(talk, 'customer')
  const me = partyOf(talk, by)
  if (!invited || !customer) return { refused: 'nobodyInvited' }
  if (me?.role !== 'agent') return { refused: 'notYours' }
  const wanted = to ?? (talk.aside.length > 0 ? 'threeWay' : 'invited')
  const aside = wanted === 'threeWay' ? [] : [wanted === 'invited' ? customer.leg : invited.leg]
  return same({ ...talk, aside })
}

/** I-11, C-11: the invited or ringing first, then the coach; a coach takes themselves away. */
function remove(talk: Talk, by: LegId): Decided {
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

function withoutCoach(talk: Talk): Decided {
  const coach = inRole(talk, 'coach')
  if (!coach) return same(talk)
  const agent = inRole(talk, 'agent')
  const rest = { ...without(talk, coach.leg), bargedIn: false }
  const off: Effect = { kind: 'sendOff', leg: coach.leg, what: 'coachingOver' }
  if (talk.endsAt !== undefined) return over(rest, [off])
  return { talk: rest, effects: agent ? [off, { kind: 'beep', leg: agent.leg, times: 2 }] : [off] }
}

/** A program holds the other party of a talk of two; a coach goes on with the agent (C-04). */
function hold(talk: Talk, by: LegId): Decided {
  const me = partyOf(talk, by)
  const others = speakers(talk).filter((party) => party.leg !== by)
  const [other, ...more] = others
  if (!me || me.role === 'coach' || !other) return { refused: 'notYours' }
  if (more.length > 0) return { refused: 'full' }
  return same({ ...talk, aside: [other.leg] })
}

function resume(talk: Talk, by: LegId): Decided {
  const me = partyOf(talk, by)
  if (!me || me.role === 'coach' || talk.aside.includes(by)) return { refused: 'notYours' }
  if (talk.aside.length === 0 || speakers(talk).length > 2 || talk.invitation?.as === 'invited')
    return { refused: 'notHeld' }
  return same({ ...talk, aside: [] })
}

/** C-12: nobody hears the coach before everybody was told; never more than three speak. */
function bargeIn(
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
function announced(talk: Talk, rules: TalkRules): Decided {
  const next = { ...talk, bargedIn: true }
  const may = inRole(talk, 'coach') !== undefined && talk.endsAt === undefined
  return same(may && headCount(next, rules) <= most ? next : talk)
}

/** G-06: the phone that held has answered its recall; the new leg takes the place of the held one. */
function recalled(talk: Talk, { leg, as }: Extract<TalkEvent, { kind: 'recalled' }>): Decided {
  const holder = talk.held && partyOf(talk, talk.held.leg)
  if (!holder) return { talk, effects: [{ kind: 'sendOff', leg, what: 'talkOver' }] }
  const renamed = (id: LegId): LegId => (id === holder.leg ? leg : id)
  return {
    talk: {
      ...talk,
      held: undefined,
      parties: talk.parties.map((party) => (party === holder ? { ...party, ...as, leg } : party)),
      aside: talk.aside.map(renamed),
      invitation: talk.invitation && { ...talk.invitation, by: renamed(talk.invitation.by) },
    },
    effects: [{ kind: 'release', leg: holder.leg }],
  }
}

const without = (talk: Talk, leg: LegId): Talk => ({
  ...talk,
  parties: talk.parties.filter((party) => party.leg !== leg),
  aside: talk.aside.filter((one) => one !== leg),
  held: talk.held?.leg === leg ? undefined : talk.held,
})

/** Who leaves when (I-06 to I-10, C-06, C-07, C-11). */
function gone(talk: Talk, leg: LegId, rules: TalkRules, now: Instant): Decided {
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

function dropCoach(talk: Talk): { readonly talk: Talk; readonly effects: readonly Effect[] } {
  const coach = inRole(talk, 'coach')
  if (!coach) return { talk, effects: [] }
  return {
    talk: { ...without(talk, coach.leg), bargedIn: false },
    effects: [{ kind: 'sendOff', leg: coach.leg, what: 'coachingOver' }],
  }
}

const endInvitation = ({ invitation }: Talk): readonly Effect[] => {
  if (!invitation) return []
  return invitation.asked === undefined
    ? [{ kind: 'stopRinging' }]
    : [{ kind: 'stopRinging' }, { kind: 'sendOff', leg: invitation.asked, what: 'talkOver' }]
}

function coachGone(rest: Talk): Decided {
  const agent = inRole(rest, 'agent')
  const next = { ...rest, bargedIn: false }
  if (rest.endsAt !== undefined) return over(next)
  return { talk: next, effects: agent ? [{ kind: 'beep', leg: agent.leg, times: 2 }] : [] }
}

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

/** Whoever is left is released; a coach with a tone (C-06). */
function over(talk: Talk, before: readonly Effect[] = []): Decided {
  const coach = inRole(talk, 'coach')
  const off: readonly Effect[] = coach ? [{ kind: 'sendOff', leg: coach.leg, what: 'coachingOver' }] : []
  const rest = speakers(talk).map(({ leg }): Effect => ({ kind: 'release', leg }))
  return {
    talk: { ...talk, parties: [], invitation: undefined },
    effects: [...before, ...off, ...rest],
    over: true,
  }
}
