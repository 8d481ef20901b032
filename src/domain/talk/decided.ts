import type { LegId, PersonId } from '../ids.js'
import type { NotCome } from './events.js'
import type { Talk } from './talk.js'

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

/** Nothing has to be done about it. */
export const same = (talk: Talk): Decided => ({ talk, effects: [] })
