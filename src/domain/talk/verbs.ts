import { inRole, speakers, type Talk } from './talk.js'

/** What somebody in a talk may want, by key or by a program. */
export type TalkVerb =
  | { readonly kind: 'invite'; readonly number: string; readonly privately?: boolean | undefined }
  | { readonly kind: 'coach'; readonly number: string }
  | { readonly kind: 'switch'; readonly to?: 'threeWay' | 'invited' | 'customer' | undefined }
  | { readonly kind: 'remove' | 'hold' | 'resume' | 'leave' | 'bargeIn' }

/** The states that are drawn in talk.ts, by name, for people and programs. */
export type TalkState = 'two' | 'ringing' | 'consulting' | 'threeWay' | 'held' | 'parting'

export function stateOf(talk: Talk): TalkState {
  if (talk.endsAt !== undefined) return 'parting'
  if (talk.invitation) return 'ringing'
  const aside = talk.aside.length > 0
  if (speakers(talk).length > 2 || (inRole(talk, 'coach') && talk.bargedIn))
    return aside ? 'consulting' : 'threeWay'
  return aside || talk.held ? 'held' : 'two'
}
