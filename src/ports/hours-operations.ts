import type { HoursRefusal, HoursWish } from '../domain/hours/set-by-hand.js'
import type { CompanyId, HoursId, Instant } from '../domain/ids.js'

/** Opening hours as people look at them (O-04). */
export interface SeenHours {
  readonly id: HoursId
  readonly open: boolean
  /** What decided, strongest first. */
  readonly because: 'emergency' | 'override' | 'exception' | 'holiday' | 'weekly'
  /** When it opens or closes next; undefined: nothing is known to change within 100 days. */
  readonly until?: Instant | undefined
  /** What is set by hand and counts now. */
  readonly override?:
    | {
        readonly kind: 'emergency' | 'open' | 'closed'
        readonly from: Instant
        readonly until?: Instant | undefined
        readonly setBy: string
        readonly means: 'keypad' | 'console' | 'api'
      }
    | undefined
}

export type NotSet = HoursRefusal

/** What programs may see of the opening hours, and set by hand above them. Rejects with `StoreUnavailable` when the store is away. */
export interface HoursOperations {
  /** In the order of the company file. */
  hours(company: CompanyId): readonly SeenHours[]
  setHours(company: CompanyId, wish: HoursWish): Promise<'done' | { readonly refused: NotSet }>
}
