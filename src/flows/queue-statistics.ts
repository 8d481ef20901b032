import type { Company } from '../domain/directory/company.js'
import { queueNamed } from '../domain/queue/settings.js'
import { figuresOf, type QueueStatistics } from '../domain/queue/statistics.js'
import type { QueueVisit } from '../domain/queue/visit.js'
import { addDays, daysBetween, formatIsoDate, type CalendarDate } from '../domain/time/calendar.js'
import { dateAt, startOfDay } from '../domain/time/wall-time.js'
import type { Stores } from '../ports/stores.js'

/** More days than that are not answered at once. */
export const longestStatistics = 1_000

export interface StatisticsQuestion {
  readonly queue: string
  /** First and last day. */
  readonly from: CalendarDate
  readonly to: CalendarDate
  /** Instead of the queue's own `serviceSeconds`. */
  readonly withinSeconds?: number | undefined
}

/**
 * What came of the callers of a queue. Callers who still wait are not counted yet. Rejects with `StoreUnavailable`.
 * `noSuchQueue`: the company has none of that name or number. `badRange`: the last day is before the first, or too many days.
 */
export async function queueStatistics(
  company: Company,
  { queue: named, from, to, withinSeconds }: StatisticsQuestion,
  stores: Pick<Stores, 'queueLog'>,
): Promise<QueueStatistics | 'noSuchQueue' | 'badRange'> {
  const queue = queueNamed(company, named) ?? company.queues.find(({ number }) => number === named)
  if (!queue) return 'noSuchQueue'
  const length = daysBetween(from, to) + 1
  if (length < 1 || length > longestStatistics) return 'badRange'
  const { zone } = company
  const visits = await stores.queueLog.visits(
    company.company,
    queue.id,
    startOfDay(from, zone),
    startOfDay(addDays(to, 1), zone),
  )
  const within = withinSeconds ?? queue.serviceSeconds
  const days = new Map<string, QueueVisit[]>()
  for (let day = 0; day < length; day += 1) days.set(formatIsoDate(addDays(from, day)), [])
  for (const visit of visits) days.get(formatIsoDate(dateAt(visit.enteredAt, zone)))?.push(visit)
  return {
    queue: queue.id,
    name: queue.name,
    from: formatIsoDate(from),
    to: formatIsoDate(to),
    total: figuresOf(visits, within),
    days: [...days].map(([date, ofDay]) => ({ date, figures: figuresOf(ofDay, within) })),
  }
}
