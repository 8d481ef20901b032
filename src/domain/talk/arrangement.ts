import type { LegId } from '../ids.js'
import { inRole, partyOf, speakers, type Party, type Talk } from './talk.js'

/** Where everybody stands, so that whoever carries it out needs to know nothing of states. */
export interface Arrangement {
  /** They hear one another. */
  readonly room: readonly LegId[]
  /** They hear music. */
  readonly aside: readonly LegId[]
  /** Hears what `agent` hears and says, and is heard by `agent` alone. */
  readonly coach?: { readonly leg: LegId; readonly agent: LegId } | undefined
  /** Is alone in the room: the exchange has to send it something, or nothing can be whispered to it. */
  readonly alone?: LegId | undefined
  /** What somebody who waits alone hears meanwhile (G-08). */
  readonly tone?: { readonly leg: LegId; readonly name: 'ring' | 'waiting' } | undefined
}

/** C-03, C-04, C-06, I-12: no arrangement lets a coach be heard by anybody but the agent, unless the coach has barged in. */
export function arrangementOf(talk: Talk): Arrangement {
  const coach = inRole(talk, 'coach')
  const whispering = coach && !talk.bargedIn ? coach : undefined
  const agent = inRole(talk, 'agent')
  const aside = whispering && agent && talk.held?.leg === agent.leg ? others(talk, agent) : talk.aside
  const room = talk.parties
    .filter((party) => party !== whispering && !aside.includes(party.leg))
    .map(({ leg }) => leg)
  const [only, ...more] = room
  const alone = more.length === 0 ? only : undefined
  return {
    room,
    aside,
    coach: whispering && agent ? { leg: whispering.leg, agent: agent.leg } : undefined,
    alone,
    tone:
      alone === undefined || whispering
        ? undefined
        : { leg: alone, name: ringsFor(talk) ? 'ring' : 'waiting' },
  }
}

/** C-04: while the agent's phone holds, a coach would hear a customer who believes that nobody does: they have the music elsewhere. */
const others = (talk: Talk, agent: Party): readonly LegId[] =>
  speakers(talk)
    .map(({ leg }) => leg)
    .filter((leg) => leg !== agent.leg)

const ringsFor = (talk: Talk): boolean => talk.invitation?.as === 'invited'

/** Whom the phone of this leg shows: whoever it hears, the newest first. Undefined: it keeps what it shows. */
export function shownTo(talk: Talk, leg: LegId): Party | undefined {
  const self = partyOf(talk, leg)
  if (!self || self.role === 'coach' || talk.aside.includes(leg)) return undefined
  const others = speakers(talk).filter((party) => party.leg !== leg && !talk.aside.includes(party.leg))
  // A customer goes on seeing the person they called.
  return self.role === 'customer' ? others[0] : others.at(-1)
}
