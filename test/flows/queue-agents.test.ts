import { describe, expect, it } from 'vitest'
import {
  agentIs,
  answers,
  callsQueue,
  keys,
  logIn,
  openQueues,
  rings,
  waits,
  whoRings,
} from './queue-office.js'

describe('agents', () => {
  it('Q-20 log in, pause, go on and log out by code', async () => {
    const office = await openQueues({ overflow: ['voicemail'] })
    expect(await keys(office, 'anna-bord', '*28*300#')).toContain('Inloggad i Support.')
    expect(await keys(office, 'anna-bord', '*29#')).toContain('Du är pausad i köerna.')
    const caller = await callsQueue(office)
    expect([waits(caller), whoRings(office)]).toEqual([true, []])
    expect(await keys(office, 'anna-bord', '#29#')).toContain('Pausen är avslutad.')
    expect(whoRings(office)).toEqual(['anna-bord'])
    caller.hangUp()
    await office.pass(1)
    expect(await keys(office, 'anna-bord', '#28*300#')).toContain('Utloggad ur Support.')
    const next = await callsQueue(office)
    await office.pass(1)
    expect(next.sounds[0]).toContain('Lämna ett meddelande')
  })

  it.each([
    ['*28*399#', 'Kön finns inte.'],
    ['#28*399#', 'Kön finns inte.'],
    ['*290#', 'Det finns inget efterarbete att ändra.'],
  ])('Q-20 %s is refused: %s', async (code, words) => {
    const office = await openQueues()
    expect((await keys(office, 'anna-bord', code)).at(-1)).toBe(words)
  })

  it('Q-20 only members log in', async () => {
    const office = await openQueues()
    expect((await keys(office, 'rut-bord', '*28*300#')).at(-1)).toBe('Du svarar inte i den kön.')
  })

  it('Q-20 stay logged in across a restart', async () => {
    const office = await openQueues()
    await logIn(office, 'anna-bord')
    office.kill()
    await office.start()
    await callsQueue(office)
    expect(whoRings(office)).toEqual(['anna-bord'])
  })

  it.each(['lives', 'is dead'])(
    'Q-20 M-06 stay logged in and paused when the store loses everything while the app %s',
    async (how) => {
      const office = await openQueues()
      await logIn(office, 'anna-bord', 'bo-bord')
      await keys(office, 'bo-bord', '*29#')
      if (how === 'is dead') office.kill()
      office.memory.control.wipe()
      if (how === 'is dead') await office.start()
      const caller = await callsQueue(office)
      expect(whoRings(office)).toEqual(['anna-bord'])
      const anna = await answers(office, 'anna-bord')
      expect(caller.hears).toEqual([anna])
      caller.hangUp()
      await office.pass(15)
      // What was put back at the start is in the store again, and needs the exchange no more.
      office.kill()
      if (how === 'is dead') office.exchange.kept.clear()
      await office.start()
      await callsQueue(office)
      expect(whoRings(office)).toEqual(['anna-bord'])
      await keys(office, 'bo-bord', '#29#')
      expect(rings(office, 'bo-bord')).toBe(true)
    },
  )

  it('Q-10 M-06 calls that a queue goes by are counted on when the store has lost everything', async () => {
    const office = await openQueues({
      strategy: 'fewestCalls',
      login: 'always',
      members: ['anna', 'bo'],
      wrapUpSeconds: 0,
    })
    await keys(office, 'bo-bord', '*29#') // Anna takes two calls
    for (let call = 0; call < 2; call += 1) {
      await callsQueue(office)
      ;(await answers(office, 'anna-bord')).hangUp()
      await office.pass(1)
    }
    await keys(office, 'bo-bord', '#29#')
    office.kill()
    office.memory.control.wipe()
    await office.start()
    for (let call = 0; call < 2; call += 1) {
      await callsQueue(office)
      expect(whoRings(office)).toEqual(['bo-bord'])
      ;(await answers(office, 'bo-bord')).hangUp()
      await office.pass(1)
    }
    expect((await agentIs(office, 'anna'))?.queues.map(({ calls }) => calls)).toEqual([2])
    await callsQueue(office) // now both have two
    expect(whoRings(office)).toEqual(['anna-bord'])
  })

  it('Q-09 one who rejects is left in peace for 30 s', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'] })
    await callsQueue(office)
    office.ring('anna-bord').reject()
    await office.pass(29)
    expect(rings(office, 'anna-bord')).toBe(false)
    await office.pass(1.5)
    expect(rings(office, 'anna-bord')).toBe(true)
  })

  it('Q-09 one whose phone is busy elsewhere for 10 s', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'] })
    office.exchange.register('anna-bord', { kind: 'busy' })
    await callsQueue(office)
    office.exchange.register('anna-bord')
    await office.pass(9)
    expect(rings(office, 'anna-bord')).toBe(false)
    await office.pass(1.5)
    expect(rings(office, 'anna-bord')).toBe(true)
  })

  it('Q-09 one who does not answer rests 30 s, and after three in a row is paused, and told so by mail', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'], maxWaitSeconds: 600 })
    await callsQueue(office)
    for (const times of [1, 2, 3]) {
      expect(rings(office, 'anna-bord')).toBe(true)
      await office.pass(21)
      expect((await agentIs(office, 'anna'))?.noAnswers).toBe(times)
      await office.pass(30)
    }
    expect(rings(office, 'anna-bord')).toBe(false)
    expect((await agentIs(office, 'anna'))?.paused?.why).toBe('noAnswers')
    const due = await office.memory.stores.outbox.due(office.clock.now(), 10)
    expect(due.map(({ item }) => [item.to, item.subject])).toEqual([
      [['anna@kontoret.example'], 'Du är pausad i köerna'],
    ])
    expect(await keys(office, 'anna-bord', '#29#')).toContain('Pausen är avslutad.')
    expect(rings(office, 'anna-bord')).toBe(true)
  })

  it('Q-09 one without a registered phone is skipped, and rings once it is there', async () => {
    const office = await openQueues({ login: 'always', members: ['anna', 'bo'], strategy: 'fixedOrder' })
    office.exchange.unregister('anna-bord')
    await callsQueue(office)
    expect(whoRings(office)).toEqual(['bo-bord'])
    await callsQueue(office)
    office.exchange.register('anna-bord')
    await office.pass(0.1)
    expect(whoRings(office)).toEqual(['anna-bord', 'bo-bord'])
  })

  it('R-06 Q-07 one who is in any call through the exchange is not rung', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'] })
    const talk = await office.dials('anna-bord', '103')
    office.ring('bo-bord').answer()
    await office.pass(1)
    await callsQueue(office)
    expect(rings(office, 'anna-bord')).toBe(false)
    talk.hangUp()
    await office.pass(0.1)
    expect(rings(office, 'anna-bord')).toBe(true)
  })

  it('H-36 one who is absent is not rung, and is again when the absence ends', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'], sayPosition: false })
    await office.away('anna', { reason: 'lunch', until: office.clock.now() + 60_000 })
    await callsQueue(office)
    expect(rings(office, 'anna-bord')).toBe(false)
    await office.pass(59)
    expect(rings(office, 'anna-bord')).toBe(false)
    await office.pass(2)
    expect(rings(office, 'anna-bord')).toBe(true)
  })

  it('Q-12 the time after a call can be extended once, and ended', async () => {
    const office = await openQueues({
      login: 'always',
      members: ['anna'],
      wrapUpSeconds: 60,
      maxWaitSeconds: 600,
    })
    await callsQueue(office)
    const talk = await answers(office, 'anna-bord')
    talk.hangUp()
    await office.pass(1)
    await callsQueue(office)
    expect(await keys(office, 'anna-bord', '*290#')).toContain('Efterarbetet är förlängt.')
    expect((await keys(office, 'anna-bord', '*290#')).at(-1)).toBe('Det finns inget efterarbete att ändra.')
    await office.pass(70)
    expect(rings(office, 'anna-bord')).toBe(false)
    expect(await keys(office, 'anna-bord', '#290#')).toContain('Efterarbetet är avslutat.')
    expect(rings(office, 'anna-bord')).toBe(true)
  })

  it.each([
    ['longestAvailable', ['bo-bord', 'anna-bord', 'erik-bord']],
    ['roundRobin', ['anna-bord', 'erik-bord', 'bo-bord']],
    ['fixedOrder', ['anna-bord', 'anna-bord', 'anna-bord']],
    ['fewestCalls', ['bo-bord', 'anna-bord', 'erik-bord']],
  ] as const)('Q-10 %s rings %j in turn', async (strategy, turns) => {
    const office = await openQueues({ strategy, wrapUpSeconds: 0 })
    await logIn(office, 'bo-bord', 'anna-bord', 'erik-bord')
    for (const device of turns) {
      await callsQueue(office)
      expect(whoRings(office, ['anna-bord', 'erik-bord', 'bo-bord'])).toEqual([device])
      const agent = await answers(office, device)
      agent.hangUp()
      await office.pass(1)
    }
  })

  it('Q-10 somebody who had another call meanwhile has not been free for longest', async () => {
    const office = await openQueues({ strategy: 'longestAvailable' })
    await logIn(office, 'bo-bord', 'anna-bord')
    const talk = await office.dials('bo-bord', '100')
    office.ring('rut-bord').answer()
    await office.pass(5)
    talk.hangUp()
    await office.pass(1)
    await callsQueue(office)
    expect(whoRings(office)).toEqual(['anna-bord'])
  })
})

describe('telephones outside that answer for a queue', () => {
  const mobile = '+46701740660'
  const queue = { members: [], external: [{ number: mobile, name: 'Jouren' }], wrapUpSeconds: 0 }

  it('Q-18 whoever answers presses 1 and has the caller', async () => {
    const office = await openQueues(queue)
    const caller = await callsQueue(office)
    const out = office.ring('kontoret-trunk')
    expect([out.dialled, out.display]).toEqual([mobile, { name: 'Support', number: '+46846500400' }])
    out.answer()
    await office.pass(2)
    expect(out.sounds).toEqual(['Samtal till Support. Tryck ett för att ta samtalet.'])
    expect(waits(caller)).toBe(true)
    out.press('1')
    await office.pass(0.3)
    expect(caller.hears).toEqual([out])
    out.hangUp()
  })

  it('Q-18 a voicemail that answers does not take the call: after 8 s it is left', async () => {
    const office = await openQueues(queue)
    const caller = await callsQueue(office)
    const out = office.ring('kontoret-trunk')
    out.answer()
    await office.pass(8.5)
    expect([out.alive, waits(caller)]).toEqual([false, true])
    expect((await agentIs(office, mobile))?.noAnswers).toBe(1)
  })

  it('Q-18 O-12 a number on the grey list is never called', async () => {
    const office = await openQueues(queue, [], { grey: { outgoing: ['+467017406'] } })
    await callsQueue(office)
    expect(rings(office, 'kontoret-trunk')).toBe(false)
  })
})
