import type { CompanyId, PersonId } from '../domain/ids.js'

/** What changed, told to every process of the system that listens; at most once, so a listener must also read afresh when it reconnects. */
export type Change =
  | { readonly kind: 'company'; readonly company: CompanyId }
  | {
      readonly kind: 'absence'
      readonly company: CompanyId
      readonly person: PersonId
      readonly by: PersonId | 'rule'
    }
  | { readonly kind: 'messages'; readonly company: CompanyId; readonly person: PersonId }
  /** What was set by hand above the opening hours (O-04). */
  | { readonly kind: 'hours'; readonly company: CompanyId }
  /** The listener may have missed changes (the connection was away): read everything again. */
  | { readonly kind: 'gap' }

export interface Feed {
  tell(change: Exclude<Change, { kind: 'gap' }>): Promise<void>
  listen(listener: (change: Change) => void): () => void
}
