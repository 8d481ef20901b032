import { companySchema } from '../../src/domain/directory/company.js'
import type { AgentId, CallId, CompanyId, LegId } from '../../src/domain/ids.js'
import { choose, type Board } from '../../src/domain/queue/choose.js'
import type { Queue } from '../../src/domain/queue/settings.js'
import { median } from './figures.js'

const strategies = ['ringAll', 'longestAvailable', 'roundRobin', 'fixedOrder', 'fewestCalls'] as const
const rounds = 200
const now = Date.UTC(2026, 10, 23, 11)

/** Ten queues of every strategy, callers spread over them, each agent in three of them. */
function boardOf(callers: number, agents: number): Board {
  const people = Array.from({ length: agents }, (_, index) => ({
    id: `a${String(index)}`,
    name: 'Agent',
    extension: String(1000 + index),
  }))
  const company = companySchema.parse({
    company: 'bench',
    name: 'Bench',
    language: 'sv',
    zone: 'Europe/Stockholm',
    country: 'SE',
    main: '+46846500400',
    reception: { people: ['a0'] },
    people,
    queues: Array.from({ length: 10 }, (_, index) => ({
      id: `q${String(index)}`,
      name: 'Queue',
      number: String(300 + index),
      members: people.map(({ id }) => id),
      strategy: strategies[index % strategies.length],
      order: index % 2 === 0 ? 'arrival' : 'ageing',
      weight: 1 + (index % 3),
    })),
  })
  const queues = new Map(company.queues.map((queue): readonly [string, Queue] => [queue.id, queue]))
  return {
    queues,
    waiting: Array.from({ length: callers }, (_, index) => ({
      ticket: {
        v: 1,
        company: 'bench' as CompanyId,
        queue: `q${String(index % 10)}`,
        call: `c${String(index)}` as CallId,
        leg: `l${String(index)}` as LegId,
        arrivedAt: now - ((index * 7919) % 180_000),
        enteredAt: now,
        vip: index % 17 === 0,
        firstPosition: 1,
        been: [],
      },
      ringing: [],
    })),
    free: people.map(({ id }, index) => ({
      agent: id as AgentId,
      queues: [0, 3, 7].map((step) => ({
        queue: `q${String((index + step) % 10)}`,
        since: now - ((index * 104_729) % 60_000),
        calls: index % 5,
      })),
    })),
    turns: new Map(),
  }
}

/** Milliseconds for one decision: the median of many, and the quickest, which a busy machine does not spoil. */
export function selectMs(
  callers: number,
  agents: number,
): { readonly usual: number; readonly least: number } {
  const board = boardOf(callers, agents)
  const times = Array.from({ length: rounds }, () => {
    const begun = performance.now()
    choose(board)
    return performance.now() - begun
  })
  return { usual: median(times), least: Math.min(...times) }
}
