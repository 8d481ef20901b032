import type { LegId } from '../ids.js'
import type { Decided, Effect } from './decided.js'
import { inRole, speakers, type Talk } from './talk.js'

/** The talk as it is when this leg has left it. */
export const without = (talk: Talk, leg: LegId): Talk => ({
  ...talk,
  parties: talk.parties.filter((party) => party.leg !== leg),
  aside: talk.aside.filter((one) => one !== leg),
  held: talk.held?.leg === leg ? undefined : talk.held,
})

/** Whoever is left is released; a coach with a tone (C-06). */
export function over(talk: Talk, before: readonly Effect[] = []): Decided {
  const coach = inRole(talk, 'coach')
  const off: readonly Effect[] = coach ? [{ kind: 'sendOff', leg: coach.leg, what: 'coachingOver' }] : []
  const rest = speakers(talk).map(({ leg }): Effect => ({ kind: 'release', leg }))
  return {
    talk: { ...talk, parties: [], invitation: undefined },
    effects: [...before, ...off, ...rest],
    over: true,
  }
}
