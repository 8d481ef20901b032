import type { LegId } from '../ids.js'
import type { Callee, Party } from './talk.js'

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
  /** `as`: somebody else than who was called. */
  | {
      readonly kind: 'answered'
      readonly leg: LegId
      readonly as?: Pick<Party, 'person' | 'name' | 'number'> | undefined
    }
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
  /** The phone at `leg` has transferred its part to whoever is at `to` (I-20). */
  | {
      readonly kind: 'replaced'
      readonly leg: LegId
      readonly to: LegId
      readonly as: Pick<Party, 'person' | 'name' | 'number'>
    }
  | { readonly kind: 'gone'; readonly leg: LegId }
  | { readonly kind: 'timeUp' }
