import { describe, expect, it } from 'vitest'
import { answers, callsQueue, keys, logIn, openQueues, rings, whoRings } from './queue-office.js'
import { openWeb } from './web.js'

interface Queues {
  readonly queues: readonly {
    readonly id: string
    readonly state: string
    readonly waiting: number
    readonly longestSince?: string
    readonly agents: Readonly<Record<string, number>>
  }[]
}
interface Callers {
  readonly callers: readonly {
    readonly call: string
    readonly position: number
    readonly vip: boolean
    readonly number?: string
    readonly ringing: readonly string[]
  }[]
}
interface Agents {
  readonly agents: readonly {
    readonly agent: string
    readonly state: string
    readonly until?: string
    readonly paused?: { readonly why: string }
    readonly queues: readonly { readonly queue: string; readonly loggedIn: boolean; readonly calls: number }[]
  }[]
}
const business = {
  hours: [{ id: 'kontor', week: { mon: ['08:00-17:00'] } }],
  vip: [{ number: '+46701740699' }],
}
const agentsAre = async (web: Awaited<ReturnType<typeof openWeb>>): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await web.ask<Agents>('GET', '/agents')).agents.map(({ agent, state }) => [agent, state]),
  )

describe('queues by HTTP', () => {
  it('Q-01 Q-19 shows who waits in their order, since when, and whose phones ring', async () => {
    const office = await openQueues(
      { order: 'priority', hours: 'kontor', strategy: 'fixedOrder' },
      [],
      business,
    )
    const web = await openWeb(office)
    await logIn(office, 'anna-bord', 'erik-bord')
    expect(await web.ask('GET', '/queues')).toMatchObject({
      queues: [{ ...{ id: 'support', name: 'Support', number: '300' }, state: 'open', waiting: 0 }],
    })
    const arrived = new Date(office.clock.now()).toISOString()
    for (const number of ['+46701740601', '+46701740602', '+46701740603']) await callsQueue(office, number)
    await office.pass(2)
    await callsQueue(office, '+46701740699')
    const { queues } = await web.ask<Queues>('GET', '/queues')
    expect(queues[0]).toMatchObject({ waiting: 4, longestSince: arrived })
    expect(queues[0]?.agents).toMatchObject({ ringing: 2, loggedOut: 1, free: 0 })
    const { callers } = await web.ask<Callers>('GET', '/queues/support/callers')
    expect(callers.map(({ position, number, vip, ringing }) => [position, number, vip, ringing])).toEqual([
      [1, '+46701740699', true, []],
      [2, '+46701740601', false, ['anna']],
      [3, '+46701740602', false, ['erik']],
      [4, '+46701740603', false, []],
    ])
  })

  it('Q-12 Q-20 H-36 shows what each agent does, and until when', async () => {
    const office = await openQueues({ strategy: 'fixedOrder', members: ['anna', 'erik', 'bo', 'ida', 'rut'] })
    const web = await openWeb(office)
    await logIn(office, 'anna-bord', 'erik-bord', 'bo-bord', 'rut-bord')
    await web.ask('POST', '/agents/ida/queues/support/login')
    await keys(office, 'bo-bord', '*29#')
    await office.away('rut', { reason: 'meeting' })
    const caller = await callsQueue(office)
    const talk = await answers(office, 'anna-bord')
    expect(await agentsAre(web)).toEqual({
      ...{ anna: 'talking', erik: 'free', bo: 'paused', ida: 'notReachable', rut: 'absent' },
    })
    talk.hangUp()
    await office.pass(1)
    expect(caller.alive).toBe(false)
    const { agents } = await web.ask<Agents>('GET', '/agents')
    expect(agents[0]).toMatchObject({
      ...{ agent: 'anna', state: 'wrapUp', queues: [{ queue: 'support', loggedIn: true, calls: 1 }] },
      until: new Date(office.clock.now() + 9_000).toISOString(),
    })
    expect(agents[2]?.paused?.why).toBe('code')
    await callsQueue(office)
    for (const device of ['erik-bord', 'erik-mobil']) office.ring(device).reject()
    await office.pass(0.5)
    const outside = await office.dials('anna-bord', '103')
    expect(await agentsAre(web)).toMatchObject({ erik: 'resting', anna: 'busy' })
    outside.hangUp()
  })

  it('Q-20 Q-12 does for an agent what they could do by code', async () => {
    const office = await openQueues({ members: ['anna'], overflow: ['voicemail'] })
    const web = await openWeb(office)
    const login = await web.ask('POST', '/agents/anna/queues/support/login')
    expect(login).toMatchObject({ agent: { agent: 'anna', state: 'free', queues: [{ loggedIn: true }] } })
    expect(await web.ask('POST', '/agents/anna/pause')).toMatchObject({ agent: { state: 'paused' } })
    await callsQueue(office)
    expect(whoRings(office)).toEqual([])
    await web.ask('POST', '/agents/anna/resume')
    expect(whoRings(office)).toEqual(['anna-bord'])
    const talk = await answers(office, 'anna-bord')
    talk.hangUp()
    await office.pass(1)
    await web.ask('POST', '/agents/anna/extendWrapUp')
    await office.pass(12)
    expect(await agentsAre(web)).toEqual({ anna: 'wrapUp' })
    await web.ask('POST', '/agents/anna/endWrapUp')
    expect(await agentsAre(web)).toEqual({ anna: 'free' })
    await web.ask('POST', '/agents/anna/queues/support/logout')
    expect(await agentsAre(web)).toEqual({ anna: 'loggedOut' })
  })

  it.each([
    ['GET', '/queues/okand/callers', 'noSuchQueue', 404],
    ['GET', '/queues/Support!/callers', 'badRequest', 400],
    ['POST', '/agents/nils/pause', 'noSuchPerson', 404],
    ['POST', '/agents/rut/pause', 'notMember', 403],
    ['POST', '/agents/anna/queues/okand/login', 'noSuchQueue', 404],
    ['POST', '/agents/rut/queues/support/login', 'notMember', 403],
    ['POST', '/agents/anna/endWrapUp', 'noWrapUp', 409],
    ['POST', '/agents/anna/dance', 'notFound', 404],
    ['GET', '/agents/anna/pause', 'methodNotAllowed', 405],
  ] as const)('Q-20 %s %s is refused as %s', async (method, url, code, status) => {
    const web = await openWeb(await openQueues())
    expect(await web.refused(method, url)).toMatchObject({ code, status })
  })

  it('O-06 a closed queue drains as long as somebody waits', async () => {
    const office = await openQueues(
      { hours: 'kontor', login: 'always', members: ['anna'], maxWaitSeconds: 3600 },
      [],
      {
        hours: [{ id: 'kontor', week: { mon: ['08:00-10:01'] } }],
      },
    )
    const web = await openWeb(office)
    const state = async () => (await web.ask<Queues>('GET', '/queues')).queues[0]?.state
    const caller = await callsQueue(office)
    expect(await state()).toBe('open')
    await office.pass(90)
    expect(await state()).toBe('draining')
    caller.hangUp()
    await office.pass(1)
    expect(await state()).toBe('closed')
  })

  it('A-01 events tell the queues again after each change, within a second also what only time changes', async () => {
    const office = await openQueues({ members: ['anna'] })
    const web = await openWeb(office)
    const feed = await web.listen('queues')
    type Floor = Queues & Callers & Agents
    expect((await feed.next<Floor>(() => true)).agents[0]?.state).toBe('loggedOut')
    await logIn(office, 'anna-bord')
    await feed.next<Floor>(({ agents }) => agents[0]?.state === 'free')
    const caller = await callsQueue(office)
    const ringing = await feed.next<Floor>(({ callers }) => callers[0]?.ringing.length === 1)
    expect([ringing.queues[0]?.waiting, ringing.agents[0]?.state]).toEqual([1, 'ringing'])
    const talk = await answers(office, 'anna-bord')
    await feed.next<Floor>(({ callers, agents }) => callers.length === 0 && agents[0]?.state === 'talking')
    talk.hangUp()
    await office.pass(0.5)
    await feed.next<Floor>(({ agents }) => agents[0]?.state === 'wrapUp')
    await office.pass(11)
    await feed.next<Floor>(({ agents }) => agents[0]?.state === 'free')
    expect([caller.alive, rings(office, 'anna-bord')]).toEqual([false, false])
    await feed.leave()
  })

  it('Q-25 gives the statistics of a queue, as JSON and as CSV', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'] })
    const web = await openWeb(office)
    await callsQueue(office)
    ;(await answers(office, 'anna-bord')).hangUp()
    await office.pass(60)
    const gone = await callsQueue(office)
    await office.pass(8)
    gone.hangUp()
    await office.pass(1)
    const found = await web.ask('GET', '/queues/support/statistics?from=2026-11-22&to=2026-11-23&within=10')
    expect(found).toMatchObject({
      total: { offered: 2, answered: 1, abandoned: 1, serviceLevel: { withinSeconds: 10, ofOffered: 0.5 } },
      days: [
        { date: '2026-11-22', figures: { offered: 0 } },
        { date: '2026-11-23', figures: { offered: 2 } },
      ],
    })
    expect(await web.ask('GET', '/queues/support/statistics')).toMatchObject({ total: { offered: 2 } })
    const csv = await web.text('/queues/support/statistics?format=csv')
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(csv.headers['content-disposition']).toContain('support-2026-11-23-2026-11-23.csv')
    const [head, day] = csv.body.split(/\r?\n/)
    expect(head).toContain('offered')
    expect(day).toContain('2026-11-23')
  })

  it.each([
    ['/queues/okand/statistics', 'noSuchQueue'],
    ['/queues/support/statistics?from=2026-11-24&to=2026-11-23', 'badRange'],
    ['/queues/support/statistics?from=2020-01-01', 'badRange'],
    ['/queues/support/statistics?from=2026-02-30', 'badRequest'],
    ['/queues/support/statistics?within=0', 'badRequest'],
    ['/queues/support/statistics?format=xml', 'badRequest'],
    ['/queues/support/statistics?day=1', 'badRequest'],
  ])('Q-25 %s is refused as %s', async (url, code) => {
    const web = await openWeb(await openQueues())
    expect((await web.refused('GET', url)).code).toBe(code)
  })
})
