import type { QueueVisit } from '../../domain/queue/visit.js'
import { visitId } from '../../domain/queue/visit.js'
import type { Logger } from '../../ports/log.js'
import type { QueueLog } from '../../ports/queue-log.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { decode, encode, queueVisitSchema, readable } from './records.js'
import { addVisit } from './scripts/add-visit.js'

/** So many are read in one command. */
const atOnce = 1_000

export const queueLog = (client: Client, log: Logger): QueueLog => ({
  add: async (visit, oldest) => {
    const { company, queue, enteredAt } = visit
    await client.script(
      addVisit,
      [keys.queueVisits(company, queue), keys.queueVisitOrder(company, queue)],
      [visitId(visit), enteredAt, encode(visit), oldest],
    )
  },
  visits: async (company, queue, from, to) => {
    const key = keys.queueVisits(company, queue)
    const order = keys.queueVisitOrder(company, queue)
    const ids = await client.run(order, (redis) => redis.zrangebyscore(order, from, `(${String(to)}`))
    const found: QueueVisit[] = []
    for (let first = 0; first < ids.length; first += atOnce) {
      const texts = await client.run(key, (redis) => redis.hmget(key, ...ids.slice(first, first + atOnce)))
      found.push(
        ...readable(log, texts, (text) => (text === null ? undefined : decode(queueVisitSchema, key, text))),
      )
    }
    return found
  },
})
