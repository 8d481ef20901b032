import { visitId, type QueueVisit } from '../../src/domain/queue/visit.js'
import type { QueueLog } from '../../src/ports/queue-log.js'

type Guard = <Arguments extends readonly unknown[], Result>(
  method: string,
  run: (...given: Arguments) => Result,
) => (...given: Arguments) => Promise<Result>

/** `visits`: JSON by `company/queue/visit`. */
export function memoryQueueLog(visits: Map<string, string>, guard: Guard): QueueLog {
  const all = (): readonly (readonly [string, QueueVisit])[] =>
    [...visits].map(([key, text]) => [key, JSON.parse(text) as QueueVisit])
  return {
    add: guard('add', (visit, oldest) => {
      const key = `${visit.company}/${visit.queue}/${visitId(visit)}`
      if (!visits.has(key)) visits.set(key, JSON.stringify(visit))
      for (const [name, { company, queue, enteredAt }] of all())
        if (company === visit.company && queue === visit.queue && enteredAt < oldest) visits.delete(name)
    }),
    visits: guard('visits', (company, queue, from, to) =>
      all()
        .map(([, visit]) => visit)
        .filter((visit) => visit.company === company && visit.queue === queue)
        .filter(({ enteredAt }) => enteredAt >= from && enteredAt < to)
        .sort((a, b) => a.enteredAt - b.enteredAt || (visitId(a) < visitId(b) ? -1 : 1)),
    ),
  }
}
