import fc from 'fast-check'
import { expect, it } from 'vitest'
import { choose } from '../../src/domain/queue/choose.js'
import {
  inPlaceOf,
  isCallback,
  keepsPlace,
  triedOnce,
  type CallbackTicket,
} from '../../src/domain/queue/callback.js'
import type { AgentId, CallId, E164 } from '../../src/domain/ids.js'
import { queue, ticket, noon } from '../domain/queue/queue-sample.js'
import { memoryStores } from '../support/memory-stores.js'

/** What can happen, in any order; numbers choose among those there are. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('comes' as const), who: fc.nat(3) }),
  fc.record({
    kind: fc.constantFrom(
      'answers' as const,
      'rejects' as const,
      'hangsUp' as const,
      'winnerGone' as const,
      'asksToBeCalled' as const,
      'customerSilent' as const,
    ),
    who: fc.nat(20),
  }),
  fc.record({ kind: fc.constant('time' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('restart' as const) }),
)
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never
type Deed = Exclude<Happening['kind'], 'comes' | 'time' | 'restart'>

const agents = ['a0', 'a1', 'a2', 'a3'] as readonly string[] as readonly AgentId[]
const { company } = ticket(0)
const leaseLength = 25_000

/** A dispatcher without telephones: it asks the rules, and keeps to what the store grants. */
class Dispatcher {
  readonly store = memoryStores().stores.queues
  readonly waiting = new Set<CallId>()
  readonly talking = new Map<AgentId, CallId>()
  readonly left: CallId[] = []
  /** When the customer came for the sake of whom the ticket is there. */
  readonly since = new Map<CallId, number>()
  /** From which number a call on the line comes. */
  readonly numbers = new Map<CallId, E164>()
  readonly resting = new Map<AgentId, number>()
  now = noon
  #callers = 0
  readonly #queue

  constructor(strategy: string) {
    this.#queue = queue({ strategy, login: 'always', callbackMinutes: [1] })
  }

  async take(event: Happening): Promise<void> {
    switch (event.kind) {
      case 'comes':
        return this.#comes(`+4670174063${String(event.who)}` as E164)
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

  /** A customer whose place is kept has it again. */
  async #comes(number: E164): Promise<void> {
    const one = ticket((this.#callers += 1), { arrivedAt: this.now, enteredAt: this.now })
    this.waiting.add(one.call)
    this.numbers.set(one.call, number)
    const old = (await this.callbacks()).find(({ callback }) => callback.number === number)
    this.since.set(one.call, old ? (this.since.get(old.call) ?? 0) : this.now)
    if (!old) return this.store.put(one)
    await this.store.join(inPlaceOf(one, old), old.call)
    this.#ended(old.call)
  }

  async callbacks(): Promise<readonly CallbackTicket[]> {
    return (await this.store.list(company)).filter(isCallback)
  }

  /** As a process does it that dies after the first write, and whose successor does it again. */
  async #asksToBeCalled(who: number): Promise<void> {
    const live = (await this.store.list(company)).filter((one) => !isCallback(one))
    const one = live[who % Math.max(1, live.length)]
    const number = one && this.numbers.get(one.call)
    if (!one || !number) return
    await this.#leaves(one.call)
    const kept = keepsPlace(one, { number }, this.now)
    if ((await this.store.keepPlace(kept)) === 'already') return
    if (who % 2 === 0) expect(await this.store.keepPlace(kept)).toBe('kept')
    this.waiting.add(kept.call)
    this.since.set(kept.call, this.since.get(one.call) ?? 0)
  }

  /** The agent was on the line, the customer did not answer. */
  async #customerSilent(who: number): Promise<void> {
    const calling = (await this.callbacks()).filter(({ callback }) => callback.dueAt <= this.now)
    const one = calling[who % Math.max(1, calling.length)]
    if (!one) return
    const next = triedOnce(one, this.#queue, this.now)
    const leases = await this.store.leases(company, this.now)
    const agents = leases.filter(({ call }) => call === one.call).map((lease) => lease.agent)
    await this.store.release(company, one.call, agents)
    if (next) await this.store.put(next)
    else await this.#leaves(one.call)
  }

  async #happens(kind: Deed, who: number): Promise<void> {
    if (kind === 'asksToBeCalled') return this.#asksToBeCalled(who)
    if (kind === 'customerSilent') return this.#customerSilent(who)
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
    this.#ended(call)
    await this.store.remove(company, call)
  }

  #ended(call: CallId): void {
    this.waiting.delete(call)
    this.left.push(call)
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
      waiting: (await this.store.list(company))
        .filter(({ callback }) => callback === undefined || callback.dueAt <= this.now)
        .map((one) => ({
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

it('Q-06 Q-07 Q-17 Q-23 nobody who waits is lost or doubled, and no agent has two callers, whatever happens', async () => {
  const strategies = fc.constantFrom('ringAll', 'longestAvailable')
  await fc.assert(
    fc.asyncProperty(strategies, fc.array(happening, { maxLength: 15 }), async (strategy, events) => {
      const floor = new Dispatcher(strategy)
      for (const event of events) {
        await floor.take(event)
        await floor.dispatch()
        const tickets = await floor.store.list(company)
        const kept = tickets.map(({ call }) => call)
        // Callbacks keep the place, and so does whoever calls in again; of one number there is one.
        for (const { call, arrivedAt } of tickets) expect(arrivedAt).toBe(floor.since.get(call))
        const numbers = tickets.filter(isCallback).map(({ callback }) => callback.number)
        expect(new Set(numbers).size).toBe(numbers.length)
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
    { numRuns: 10_000 },
  )
}, 300_000)
