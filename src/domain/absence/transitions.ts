import type { Instant } from '../ids.js'
import type { Absence, StoredAbsences } from './absence.js'
import { absenceAt, absencesAt, type AbsenceRules } from './current.js'

/** Of somebody for whom nothing was ever set. */
export const noAbsences: StoredAbsences = { v: 1, set: [], cancelled: [], version: 0 }

/** What a command changes: the next record, and what the history keeps of it (H-11). */
export interface AbsenceTransition {
  readonly next: StoredAbsences
  readonly before?: Absence | undefined
  readonly after?: Absence | undefined
}

/** Forgets what has ended: it can never count again. */
function pruned(stored: StoredAbsences, now: Instant): Pick<StoredAbsences, 'set' | 'cancelled'> {
  return {
    set: stored.set.filter(({ until }) => until === undefined || until > now),
    cancelled: stored.cancelled.filter(({ until }) => until > now),
  }
}

/**
 * Sets an absence (H-11): it replaces the one of the same source, running or expired, and leaves the others, which may show
 * again when this one ends. Of two devices at once the one written last stays (H-12).
 */
export function withSet(stored: StoredAbsences, absence: Absence, now: Instant): AbsenceTransition {
  const kept = pruned(stored, now)
  const before = kept.set.find(({ source }) => source === absence.source)
  const set = [...kept.set.filter(({ source }) => source !== absence.source), absence]
  return { next: { v: 1, ...kept, set, version: stored.version + 1 }, before, after: absence }
}

export type Cancelled =
  | (AbsenceTransition & {
      /** `set`: what a person or a deputy had set. `occurrence`: this time only of something computed. */
      readonly cancelled: 'set' | 'occurrence'
      /** What counts now, for the confirmation: a rule may still keep the person away. */
      readonly remaining?: Absence | undefined
    })
  | { readonly cancelled: 'nothing' }

/**
 * Cancels (`#23#`): what was set by the person and by a deputy. If nothing of that kind is set, the computed absences that hold
 * now are passed over, this occurrence only (H-17); the next comes as usual.
 */
export function withCancelled(stored: StoredAbsences, rules: AbsenceRules, now: Instant): Cancelled {
  const kept = pruned(stored, now)
  if (kept.set.length > 0) {
    const next = { ...kept, v: 1, set: [], version: stored.version + 1 } as const
    const before = kept.set.find(({ source }) => source === 'person') ?? kept.set[0]
    return { cancelled: 'set', next, before, remaining: absenceAt(next, rules, now) }
  }
  const running = absencesAt(stored, rules, now)
  const strongest = running[0]
  if (strongest === undefined) return { cancelled: 'nothing' }
  const passedOver = running.flatMap(({ id, until }) => (until === undefined ? [] : [{ id, until }]))
  const cancelled = [...kept.cancelled, ...passedOver]
  const next = { v: 1, set: kept.set, cancelled, version: stored.version + 1 } as const
  return { cancelled: 'occurrence', next, before: strongest, remaining: absenceAt(next, rules, now) }
}
