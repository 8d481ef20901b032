import { describe, expect, it } from 'vitest'
import {
  agentIs,
  answers,
  callsQueue,
  figuresOfToday,
  keys,
  logIn,
  openQueues,
  rings,
  whoRings,
} from './queue-office.js'
import { openWeb } from './web.js'
import type { Office } from '../support/office.js'

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

  it('Q-20 of many requests in one moment none is lost, and the last one counts', async () => {
    const office = await openQueues({ members: ['anna'] })
    const web = await openWeb(office)
    const verbs = ['pause', 'queues/support/login', 'resume', 'queues/support/logout', 'queues/support/login']
    const asked = Array.from({ length: 20 }, () => verbs).flat()
    await Promise.all(asked.map((verb) => web.ask('POST', `/agents/anna/${verb}`)))
    // To log in who is logged in changes nothing.
    expect(await agentIs(office, 'anna')).toMatchObject({ version: 81, queues: [{ in: true }] })
    expect((await agentIs(office, 'anna'))?.paused).toBeUndefined()
    expect(await agentsAre(web)).toEqual({ anna: 'free' })
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

  const sales = { id: 'salj', name: 'Sälj', number: '301', members: ['bo'], login: 'always' }
  const callersOf = async (web: Awaited<ReturnType<typeof openWeb>>, queue: string) =>
    (await web.ask<Callers>('GET', `/queues/${queue}/callers`)).callers

  it('Q-13 Q-25 lets somebody who waits go on in another queue, by the time of arrival, with the phones there', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'], strategy: 'fixedOrder' }, [sales])
    const web = await openWeb(office)
    const first = await callsQueue(office, '+46701740601')
    await office.pass(5)
    const later = await office.dials('erik-bord', '301')
    await office.pass(2)
    expect(whoRings(office)).toEqual(['anna-bord', 'bo-bord'])
    await web.ask('POST', `/queues/support/callers/${first.id}/move`, { queue: 'salj' })
    await office.pass(0.5)
    expect(rings(office, 'anna-bord')).toBe(false)
    expect(await callersOf(web, 'support')).toEqual([])
    const [ahead, behind] = await callersOf(web, 'salj')
    expect([ahead?.call, behind?.call]).toEqual([first.id, later.id])
    const bo = await answers(office, 'bo-bord') // it rang for the other one already
    expect(later.hears).toEqual([bo])
    bo.hangUp()
    await office.pass(11)
    const again = await answers(office, 'bo-bord')
    expect(first.hears).toEqual([again])
    expect(first.longestSilence).toBeLessThanOrEqual(2000)
    const { queueLog } = office.memory.stores
    const ends = (await queueLog.visits(office.company.company, 'support', 0, Infinity)).map(({ end }) => end)
    expect(ends).toEqual([{ how: 'overflowed', why: 'moved', to: 'queue:salj' }])
    expect(await figuresOfToday(office)).toMatchObject({ offered: 1, overflowed: { moved: 1 } })
  })

  it('Q-13 moves nobody who does not wait, nor to where they could not go themselves', async () => {
    const office = await openQueues(
      { login: 'always', members: ['anna'] },
      [
        sales,
        { ...sales, id: 'natt', number: '302', hours: 'natt' },
        { ...sales, id: 'tom', number: '303', login: 'code' },
        { ...sales, id: 'liten', number: '304', members: ['erik'], maxWaiting: 1 },
      ],
      { hours: [{ id: 'natt', week: { mon: ['22:00-23:00'] } }] },
    )
    const web = await openWeb(office)
    await office.dials('bo-bord', '304')
    const caller = await callsQueue(office)
    const refusal = async (queue: string, call: string, to: string) => {
      const { code, status } = await web.refused('POST', `/queues/${queue}/callers/${call}/move`, {
        queue: to,
      })
      return [code, status]
    }
    expect(await refusal('support', caller.id, 'finns-inte')).toEqual(['noSuchQueue', 404])
    expect(await refusal('finns-inte', caller.id, 'salj')).toEqual(['noSuchQueue', 404])
    expect(await refusal('support', 'in-99', 'salj')).toEqual(['notWaiting', 409])
    expect(await refusal('salj', caller.id, 'natt')).toEqual(['notWaiting', 409])
    expect(await refusal('support', caller.id, 'support')).toEqual(['alreadyThere', 409])
    expect(await refusal('support', caller.id, 'natt')).toEqual(['queueClosed', 409])
    expect(await refusal('support', caller.id, 'tom')).toEqual(['nobodyLoggedIn', 409])
    expect(await refusal('support', caller.id, 'liten')).toEqual(['queueFull', 409])
    const anna = await answers(office, 'anna-bord')
    expect(await refusal('support', caller.id, 'salj')).toEqual(['notWaiting', 409])
    expect((await web.refused('POST', `/queues/support/callers/${caller.id}/first`)).code).toBe('notWaiting')
    expect(caller.hears).toEqual([anna])
  })

  /** Customers have asked to be called back while Anna, who answers alone, is on the telephone. */
  async function toBeCalled(numbers: readonly string[], more: readonly object[] = [sales], company = {}) {
    const queue = { login: 'always', members: ['anna'], wrapUpSeconds: 0, noAnswers: 0, ringSeconds: 60 }
    const office = await openQueues(queue, more, company)
    const talk = await office.dials('anna-bord', '100')
    await answers(office, 'rut-bord')
    for (const number of numbers) {
      const caller = await callsQueue(office, number)
      await office.pass(2)
      caller.press('2')
      await office.pass(3)
      caller.press('1')
      await office.pass(6)
    }
    return { office, talk, web: await openWeb(office) }
  }
  const callOf = async (web: Awaited<ReturnType<typeof openWeb>>, queue: string, at = 0): Promise<string> =>
    (await callersOf(web, queue))[at]?.call ?? ''

  const endAll = async (office: Office): Promise<void> => {
    office.apply({ ...office.company, queues: [] })
    await office.pass(2)
  }

  it.each(['at once', 'after a restart'])(
    'Q-13 Q-17 Q-25 who is to be called back goes on in another queue too, %s',
    async (when) => {
      const { office, talk, web } = await toBeCalled(['+46701740601'])
      await web.ask('POST', `/queues/support/callers/${await callOf(web, 'support')}/move`, { queue: 'salj' })
      if (when === 'after a restart') {
        office.kill()
        await office.start()
      }
      await office.pass(1)
      expect([await callersOf(web, 'support'), rings(office, 'anna-bord')]).toEqual([[], false])
      talk.hangUp()
      await office.pass(1)
      expect(whoRings(office)).toEqual(['bo-bord'])
      const bo = await answers(office, 'bo-bord')
      await office.pass(9)
      expect(bo.sounds.join()).toContain('Återuppringning för Sälj.')
      const customer = office.ring('kontoret-trunk')
      customer.answer()
      await office.pass(1)
      expect([customer.dialled, customer.hears]).toEqual(['+46701740601', [bo]])
      const { queueLog } = office.memory.stores
      const ends = async (queue: string) =>
        (await queueLog.visits(office.company.company, queue, 0, Infinity)).map(({ end }) => end)
      expect(await ends('support')).toEqual([{ how: 'overflowed', why: 'moved', to: 'queue:salj' }])
      expect(await ends('salj')).toEqual([{ how: 'callback', result: 'talked' }])
    },
  )

  it('Q-13 Q-17 one to be called back may go where it is closed, and rests there; not where the number has one already', async () => {
    const closed = { ...sales, hours: 'kontor', ringSeconds: 60, noAnswerSeconds: 0, noAnswers: 0 }
    const { office, web } = await toBeCalled(['+46701740601', '+46701740602'], [closed], {
      hours: [{ id: 'kontor', week: { mon: ['10:05-17:00'] } }],
    })
    const first = await callOf(web, 'support')
    await web.ask('POST', `/queues/support/callers/${first}/move`, { queue: 'salj' })
    await office.pass(60)
    expect([rings(office, 'bo-bord'), (await callersOf(web, 'support')).length]).toEqual([false, 1])
    const again = await callsQueue(office, '+46701740601')
    await office.pass(2)
    again.press('2')
    await office.pass(3)
    again.press('1')
    await office.pass(6)
    const second = await callOf(web, 'support', 1)
    const refused = await web.refused('POST', `/queues/support/callers/${second}/move`, { queue: 'salj' })
    expect(refused).toMatchObject({ code: 'alreadyThere', status: 409 })
    await office.pass(300)
    expect(office.ring('bo-bord').display.number).toBe('+46701740601')
    await endAll(office)
  })

  it('Q-01 Q-17 one to be called back is made the next, also after a restart', async () => {
    const { office, talk, web } = await toBeCalled(['+46701740601', '+46701740602'])
    const second = await callOf(web, 'support', 1)
    await web.ask('POST', `/queues/support/callers/${second}/first`)
    expect(await callOf(web, 'support')).toBe(second)
    await office.pass(1)
    office.kill()
    await office.start()
    talk.hangUp()
    await office.pass(2)
    expect(office.ring('anna-bord').display.number).toBe('+46701740602')
    await endAll(office)
  })

  it('Q-01 Q-02 Q-23 makes somebody the next, also after a restart; nobody hears a worse place', async () => {
    const office = await openQueues({
      login: 'always',
      members: ['anna'],
      wrapUpSeconds: 0,
      maxWaitSeconds: 600,
    })
    const busy = await callsQueue(office, '+46701740600')
    const anna = await answers(office, 'anna-bord')
    const callers = []
    for (const number of ['+46701740601', '+46701740602', '+46701740603'])
      callers.push(await callsQueue(office, number))
    const [one, two, three] = callers
    await office.pass(11)
    expect(one?.sounds.join()).toContain('Du står först i kön')
    const web = await openWeb(office)
    const { caller } = await web.ask<{ readonly caller: Callers['callers'][number] }>(
      'POST',
      `/queues/support/callers/${three?.id ?? ''}/first`,
    )
    expect(caller.position).toBe(1)
    await office.pass(1)
    office.kill()
    await office.start()
    const said = one?.sounds.length ?? 0
    await office.pass(70)
    expect(one?.sounds.slice(said).join()).not.toContain('nummer')
    anna.hangUp()
    await office.pass(1)
    expect(busy.alive).toBe(false)
    for (const next of [three, one, two]) {
      const agent = await answers(office, 'anna-bord')
      expect(next?.hears).toEqual([agent])
      agent.hangUp()
      await office.pass(1)
    }
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
