import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choose, type Board, type FreeAgent, type Waiting } from '../../../src/domain/queue/choose.js'
import { inOrder } from '../../../src/domain/queue/order.js'
import type { Queue } from '../../../src/domain/queue/settings.js'
import { agent, noon, queue, ticket } from './queue-sample.js'

const strategies = ['ringAll', 'longestAvailable', 'roundRobin', 'fixedOrder', 'fewestCalls'] as const
const orders = ['arrival', 'priority', 'ageing'] as const
const ids = ['qa', 'qb', 'qc'] as const

const free = (name: number, queues: readonly string[] = ['support'], since = noon, calls = 0): FreeAgent => ({
  agent: agent(name),
  queues: queues.map((id) => ({ queue: id, since, calls })),
})
const waiting = (name: number, over: Parameters<typeof ticket>[1] = {}): Waiting => ({
  ticket: ticket(name, over),
  ringing: [],
})
const board = (one: Queue, callers: readonly Waiting[], agents: readonly FreeAgent[]): Board => ({
  queues: new Map([[one.id, one]]),
  waiting: callers,
  free: agents,
  turns: new Map(),
})

const boards: fc.Arbitrary<Board> = fc
  .record({
    settings: fc.tuple(
      ...ids.map((id) =>
        fc.record({
          id: fc.constant(id),
          strategy: fc.constantFrom(...strategies),
          order: fc.constantFrom(...orders),
          weight: fc.integer({ min: 1, max: 3 }),
        }),
      ),
    ),
    callers: fc.array(
      fc.record({
        queue: fc.constantFrom(...ids, 'gone'),
        arrivedAt: fc.integer({ min: noon - 400_000, max: noon }),
        vip: fc.boolean(),
        ringing: fc.boolean(),
      }),
      { maxLength: 12 },
    ),
    agents: fc.array(
      fc.record({
        queues: fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 3 }),
        since: fc.integer({ min: noon - 10_000, max: noon }),
        calls: fc.integer({ min: 0, max: 3 }),
      }),
      { maxLength: 8 },
    ),
    last: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ settings, callers, agents, last }) => ({
    queues: new Map(settings.map((one) => [one.id, queueOf(one)])),
    waiting: callers.map(({ ringing, ...over }, index) => ({
      ticket: ticket(index, over),
      ringing: ringing ? [agent(`busy${String(index)}`)] : [],
    })),
    free: agents.map(({ queues, since, calls }, index) => free(index, queues, since, calls)),
    turns: new Map(ids.map((id) => [id, agent(last)])),
  }))

const template = queue()
const members = Array.from({ length: 8 }, (_, index) => agent(index)) as unknown as Queue['members']
const queueOf = (over: Partial<Queue>): Queue => ({ ...template, members, ...over })

describe('who is rung for whom', () => {
  it('Q-07 an agent is never in two offers, and only free agents of the queue are offered', () => {
    fc.assert(
      fc.property(boards, (given) => {
        const offers = choose(given)
        const offered = offers.flatMap(({ agents }) => agents)
        expect(new Set(offered).size).toBe(offered.length)
        for (const offer of offers) {
          expect(
            given.waiting.some(({ ticket: one }) => one.call === offer.call && one.queue === offer.queue),
          ).toBe(true)
          for (const one of offer.agents)
            expect(given.free.find((each) => each.agent === one)?.queues.map((each) => each.queue)).toContain(
              offer.queue,
            )
        }
        expect(new Set(offers.map(({ call }) => call)).size).toBe(offers.length)
      }),
      { numRuns: 10_000 },
    )
  })

  it('Q-10 one agent for a caller, unless everybody is rung; nobody is free while somebody waits for them', () => {
    fc.assert(
      fc.property(boards, (given) => {
        const offers = choose(given)
        const offered = new Set(offers.flatMap(({ agents }) => agents))
        for (const { call, queue: id, agents } of offers) {
          const all = given.queues.get(id)?.strategy === 'ringAll'
          if (!all) expect(agents).toHaveLength(1)
          expect(
            all || given.waiting.find(({ ticket: one }) => one.call === call)?.ringing.length === 0,
          ).toBe(true)
        }
        const unserved = given.waiting.filter(
          ({ ticket: one, ringing }) =>
            given.queues.has(one.queue) &&
            ringing.length === 0 &&
            !offers.some(({ call }) => call === one.call),
        )
        for (const { ticket: one } of unserved)
          for (const each of given.free)
            if (each.queues.some(({ queue: id }) => id === one.queue)) expect(offered).toContain(each.agent)
      }),
      { numRuns: 10_000 },
    )
  })

  it('Q-01 Q-11 nobody is passed over by a caller of the same queue who comes later', () => {
    fc.assert(
      fc.property(boards, (given) => {
        const offers = choose(given)
        for (const [id, one] of given.queues) {
          const served = inOrder(
            given.waiting.map((each) => each.ticket),
            one,
          )
            .filter(
              ({ call }) => given.waiting.find((each) => each.ticket.call === call)?.ringing.length === 0,
            )
            .map(({ call }) => offers.some((offer) => offer.call === call))
          if (one.strategy !== 'ringAll')
            expect(served.lastIndexOf(true), id).toBe(served.filter(Boolean).length - 1)
        }
      }),
      { numRuns: 10_000 },
    )
  })

  it('Q-01 whoever was put first by hand comes before all others of the queue, VIPs too; of two the latest', () => {
    for (const order of orders) {
      const one = queueOf({ order })
      const tickets = [
        ticket(1, { arrivedAt: noon - 400_000, vip: true }),
        ticket(2, { arrivedAt: noon - 9_000, aheadSince: noon - 3_000 }),
        ticket(3, { arrivedAt: noon - 8_000, aheadSince: noon - 2_000 }),
        ticket(4, { arrivedAt: noon - 500_000 }),
      ]
      expect(
        inOrder(tickets, one)
          .slice(0, 2)
          .map(({ call }) => call),
      ).toEqual([ticket(3).call, ticket(2).call])
    }
  })

  it('Q-08 with ring all an agent who becomes free is added to the first caller', () => {
    const first = { ticket: ticket(1), ringing: [agent(0)] }
    const second = waiting(2, { arrivedAt: noon + 1 })
    expect(choose(board(queue(), [second, first], [free(1)]))).toEqual([
      { call: 'c1', queue: 'support', agents: ['a1'] },
    ])
  })

  it.each([
    ['longestAvailable', 'a2'],
    ['fixedOrder', 'a0'],
    ['fewestCalls', 'a1'],
    ['roundRobin', 'a2'],
  ] as const)('Q-10 %s', (strategy, chosen) => {
    const agents = [
      free(0, ['support'], noon, 2),
      free(1, ['support'], noon - 1, 0),
      free(2, ['support'], noon - 2, 1),
    ]
    const given = {
      ...board(queue({ strategy }), [waiting(1)], agents),
      turns: new Map([['support', agent(1)]]),
    }
    expect(choose(given)).toEqual([{ call: 'c1', queue: 'support', agents: [chosen] }])
  })

  it('Q-11 an agent in two queues gets the best caller over both', () => {
    const heavy = queue({ id: 'salj', weight: 50 })
    const given = {
      ...board(
        queue(),
        [waiting(1), waiting(2, { queue: 'salj', arrivedAt: noon + 5 })],
        [free(0, ['support', 'salj'])],
      ),
      queues: new Map([
        ['support', queue()],
        ['salj', heavy],
      ]),
    }
    expect(choose(given)).toEqual([{ call: 'c2', queue: 'salj', agents: ['a0'] }])
  })
})

describe('the order of those who wait', () => {
  const callers = [
    ticket('usual', { arrivedAt: noon }),
    ticket('late', { arrivedAt: noon + 10_000 }),
    ticket('vip', { arrivedAt: noon + 299_000, vip: true }),
    ticket('later vip', { arrivedAt: noon + 311_000, vip: true }),
  ]
  it.each([
    ['arrival', ['usual', 'late', 'vip', 'later vip']],
    ['priority', ['vip', 'later vip', 'usual', 'late']],
    ['ageing', ['vip', 'usual', 'late', 'later vip']],
  ] as const)('Q-01 %s: %j', (order, names) => {
    expect(inOrder(callers, queue({ order })).map(({ call }) => call)).toEqual(
      names.map((name) => `c${name}`),
    )
  })

  it('Q-01 is the same whatever the order in which they are given, and the same for all', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(callers, { minLength: 4 }),
        fc.constantFrom(...orders),
        (shuffled, order) => {
          expect(inOrder(shuffled, queueOf({ order }))).toEqual(inOrder(callers, queueOf({ order })))
        },
      ),
      { numRuns: 200 },
    )
  })
})
