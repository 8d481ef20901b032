import fc from 'fast-check'
import { expect, it } from 'vitest'
import { choose } from '../../src/domain/queue/choose.js'
import type { AgentId, CallId } from '../../src/domain/ids.js'
import { queue, ticket, noon } from '../domain/queue/queue-sample.js'
import { memoryStores } from '../support/memory-stores.js'

/** What can happen, in any order; numbers choose among those there are. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('comes' as const) }),
  fc.record({
    kind: fc.constantFrom('answers' as const, 'rejects' as const, 'hangsUp' as const, 'winnerGone' as const),
    who: fc.nat(20),
  }),
  fc.record({ kind: fc.constant('time' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('restart' as const) }),
)
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never

const agents = ['a0', 'a1', 'a2', 'a3'] as readonly string[] as readonly AgentId[]
const { company } = ticket(0)
const leaseLength = 25_000

/** A dispatcher without telephones: it asks the rules, and keeps to what the store grants. */
class Dispatcher {
  readonly store = memoryStores().stores.queues
  readonly waiting = new Set<CallId>()
  readonly talking = new Map<AgentId, CallId>()
  readonly left: CallId[] = []
  readonly resting = new Map<AgentId, number>()
  now = noon
  #callers = 0
  readonly #queue

  constructor(strategy: string) {
    this.#queue = queue({ strategy, login: 'always' })
  }

  async take(event: Happening): Promise<void> {
    switch (event.kind) {
      case 'comes':
        return this.#comes()
      case 'time':
        this.now += event.seconds * 1000
        return
      case 'restart':
        this.#restart()
        return
      default:
        return this.#happens(event.kind, event.who)
    }
  }

  async #comes(): Promise<void> {
    const one = ticket((this.#callers += 1), { arrivedAt: this.now })
    this.waiting.add(one.call)
    await this.store.put(one)
  }

  async #happens(kind: 'answers' | 'rejects' | 'hangsUp' | 'winnerGone', who: number): Promise<void> {
    const leases = await this.store.leases(company, this.now)
    const lease = leases[who % Math.max(1, leases.length)]
    if (kind === 'hangsUp') {
      const [call] = [...this.waiting].slice(who % Math.max(1, this.waiting.size))
      if (call !== undefined) await this.#leaves(call)
      return
    }
    if (!lease) return
    if (kind === 'rejects') {
      this.resting.set(lease.agent, this.now + 30_000)
      return this.store.release(company, lease.call, [lease.agent])
    }
    const claimed = await this.store.claim(company, lease.call, lease.agent, this.now, this.now + 10_000)
    if (claimed !== 'won') return
    if (kind === 'winnerGone') return this.store.giveBack(company, lease.call, lease.agent)
    this.talking.set(lease.agent, lease.call)
    await this.#leaves(lease.call)
  }

  async #leaves(call: CallId): Promise<void> {
    this.waiting.delete(call)
    this.left.push(call)
    await this.store.remove(company, call)
  }

  /** All that was in memory of the process is gone; talks go on in the exchange. */
  #restart(): void {
    this.resting.clear()
  }

  async dispatch(): Promise<void> {
    const leases = await this.store.leases(company, this.now)
    const engaged = new Set([...leases.map((lease) => lease.agent), ...this.talking.keys()])
    const free = agents.filter((one) => !engaged.has(one) && (this.resting.get(one) ?? 0) <= this.now)
    const offers = choose({
      queues: new Map([['support', this.#queue]]),
      waiting: (await this.store.list(company)).map((one) => ({
        ticket: one,
        ringing: leases.filter(({ call }) => call === one.call).map((lease) => lease.agent),
      })),
      free: free.map((one) => ({ agent: one, queues: [{ queue: 'support', since: noon, calls: 0 }] })),
      turns: new Map(),
    })
    for (const { call, agents: offered } of offers) {
      const given = await this.store.lease(company, call, offered, this.now, this.now + leaseLength)
      expect(given).toEqual(offered)
    }
  }
}

it.each(['ringAll', 'longestAvailable'])(
  'Q-06 Q-07 Q-23 (%s) nobody who waits is lost or doubled, and no agent has two callers, whatever happens',
  async (strategy) => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 15 }), async (events) => {
        const floor = new Dispatcher(strategy)
        for (const event of events) {
          await floor.take(event)
          await floor.dispatch()
          const kept = (await floor.store.list(company)).map(({ call }) => call)
          expect([...kept].sort()).toEqual([...floor.waiting].sort())
          expect(new Set(floor.left).size).toBe(floor.left.length)
          expect(new Set(floor.talking.values()).size).toBe(floor.talking.size)
          const leases = await floor.store.leases(company, floor.now)
          expect(new Set(leases.map((lease) => lease.agent)).size).toBe(leases.length)
          for (const { agent, call } of leases) {
            expect(floor.waiting.has(call)).toBe(true)
            expect(floor.talking.has(agent)).toBe(false)
          }
        }
      }),
      { numRuns: 5_000 },
    )
  },
  120_000,
)
