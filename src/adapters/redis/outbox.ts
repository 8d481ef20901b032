import type { CompanyId, Instant, Milliseconds } from '../../domain/ids.js'
import type { Logger } from '../../ports/log.js'
import { RecordUnreadable, type OutboxItem, type OutboxStore } from '../../ports/stores.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { decode, encode, outboxItemSchema, readable } from './records.js'
import { putMail } from './scripts/put-mail.js'
import { removeMail } from './scripts/remove-mail.js'
import { retryMail } from './scripts/retry-mail.js'

const known: Milliseconds = 7 * 86_400_000
/** Unreadable mails stay due; so many of them cannot hide the others. */
const page = 1000

type Due = Awaited<ReturnType<OutboxStore['due']>>[number]

/** The mail itself is stored once as it was put; what changes (due time, attempts) stands beside it. */
export function outboxStore(client: Client, log: Logger): OutboxStore {
  const dueOf = async (company: CompanyId, now: Instant): Promise<readonly Due[]> => {
    const due = keys.outboxDue(company)
    const found = await client.run(due, (redis) =>
      redis.zrangebyscore(due, '-inf', now, 'WITHSCORES', 'LIMIT', 0, page),
    )
    const ids = found.filter((_, index) => index % 2 === 0)
    if (ids.length === 0) return []
    const [texts, attempts] = await Promise.all([
      client.run(keys.outbox(company), (redis) => redis.hmget(keys.outbox(company), ...ids)),
      client.run(keys.outboxAttempts(company), (redis) => redis.hmget(keys.outboxAttempts(company), ...ids)),
    ])
    const rows = ids.map((_, index) => ({
      text: texts[index] ?? null,
      due: Number(found[2 * index + 1]),
      attempts: Number(attempts[index] ?? 0),
    }))
    return readable(log, rows, ({ text, due, attempts }) =>
      text === null ? undefined : { company, item: parse(company, text, due, attempts) },
    )
  }
  return {
    put: async (company, item) => {
      await client.run(keys.outboxes, (redis) => redis.sadd(keys.outboxes, company))
      const answer = await client.script(
        putMail,
        [
          keys.outbox(company),
          keys.outboxDue(company),
          keys.outboxAttempts(company),
          keys.outboxKnown(company, item.id),
        ],
        [item.id, encode(item), item.due, item.attempts, known],
      )
      return answer === 'put' ? 'put' : 'already'
    },
    due: async (now, limit) => {
      const companies = (await client.run(keys.outboxes, (redis) =>
        redis.smembers(keys.outboxes),
      )) as CompanyId[]
      const all = (await Promise.all(companies.map((company) => dueOf(company, now)))).flat()
      return all.sort((a, b) => a.item.due - b.item.due || (a.item.id < b.item.id ? -1 : 1)).slice(0, limit)
    },
    retryAt: async (company, id, due) => {
      await client.script(
        retryMail,
        [keys.outbox(company), keys.outboxDue(company), keys.outboxAttempts(company)],
        [id, due],
      )
    },
    done: async (company, id) => {
      await client.script(
        removeMail,
        [keys.outbox(company), keys.outboxDue(company), keys.outboxAttempts(company)],
        [id],
      )
    },
  }
}

function parse(company: CompanyId, text: string, due: Instant, attempts: number): OutboxItem {
  const key = keys.outbox(company)
  if (!Number.isInteger(attempts)) throw new RecordUnreadable(keys.outboxAttempts(company), 'it is no number')
  return { ...decode(outboxItemSchema, key, text), due, attempts }
}
