import type { TalkRules } from './settings.js'
import { inRole, speakers, type Talk } from './talk.js'

/** I-02 */
export const most = 3

/** I-02, I-21: how many people are in the talk or on their way into it. */
export function headCount(talk: Talk, rules: Pick<TalkRules, 'coachCounts'>): number {
  const coming = talk.invitation && (talk.invitation.as === 'invited' || rules.coachCounts) ? 1 : 0
  const coach = inRole(talk, 'coach') && (rules.coachCounts || talk.bargedIn) ? 1 : 0
  return speakers(talk).length + coach + coming
}
