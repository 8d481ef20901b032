import type { QueueVisit } from '../domain/queue/visit.js'
import type { CompanyId, Instant } from '../domain/ids.js'

/** What came of every call in every queue. Rejects like the other stores. */
export interface QueueLog {
  /** Writes the visit, unless it is written already: the first word stays. Forgets visits to the same queue that began before `oldest`. */
  add(visit: QueueVisit, oldest: Instant): Promise<void>
  /** Visits that began from `from` on and before `to`, in that order. */
  visits(company: CompanyId, queue: string, from: Instant, to: Instant): Promise<readonly QueueVisit[]>
}
