import { describe, expect, it } from 'vitest'
import type { CompanyId } from '../../src/domain/ids.js'
import {
  agentIs,
  answers,
  callsQueue,
  keys,
  logIn,
  openQueues,
  rings,
  ticketsOf,
  waits,
  whoRings,
} from './queue-office.js'

describe('a caller in a queue', () => {
  it('Q-06 Q-20 waits with music, the logged-in agents ring, the first who answers has the call', async () => {
    const office = await openQueues()
    await logIn(office, 'anna-bord', 'bo-bord')
    const caller = await callsQueue(office)
    expect(waits(caller)).toBe(true)
    expect(whoRings(office)).toEqual(['anna-bord', 'bo-bord'])
    expect(office.ring('bo-bord').display).toEqual({ name: 'Support', number: '+46701740630' })

    const anna = await answers(office, 'anna-bord')
    expect(caller.hears).toEqual([anna])
    expect(anna.hears).toEqual([caller])
    expect(whoRings(office)).toEqual([])
    expect(await ticketsOf(office)).toEqual([])
    expect(office.exchange.rooms.map(({ id }) => id)).toEqual([`talk-${caller.id}`])

    anna.hangUp()
    await office.pass(1)
    expect(caller.alive).toBe(false)
  })

  it('Q-06 the phones of the others stop and are told that the call was answered elsewhere', async () => {
    const office = await openQueues({ login: 'always' })
    await callsQueue(office)
    const bo = office.ring('bo-bord')
    await answers(office, 'erik-mobil')
    expect(bo.ended).toMatchObject({ end: 'answeredElsewhere' })
    expect(office.exchange.allLegs.find(({ device }) => device === 'erik-bord')?.ended?.end).toBe(
      'answeredElsewhere',
    )
  })

  it('Q-06 of two who answer at once one has the caller, the other hears that the call is taken', async () => {
    const office = await openQueues({ login: 'always' })
    const caller = await callsQueue(office)
    const [anna, bo] = [office.ring('anna-bord'), office.ring('bo-bord')]
    anna.answer()
    bo.answer()
    await office.pass(3)
    expect(caller.hears).toEqual([anna])
    expect(bo.sounds).toEqual(['Samtalet är taget.'])
    expect(bo.alive).toBe(false)
    expect((await agentIs(office, 'bo'))?.noAnswers ?? 0).toBe(0)
    const missed = await office.memory.stores.missedCalls.list('kontoret' as CompanyId, 'bo' as never, 10)
    expect(missed).toEqual([])
  })

  it('Q-06 if the winner is gone before the two are joined, another can still take the call', async () => {
    const office = await openQueues({ login: 'always', agentGreeting: true })
    const caller = await callsQueue(office)
    const anna = office.ring('anna-bord')
    anna.answer()
    await office.pass(0.5)
    expect(anna.sounds).toEqual(['Samtal till Support.'])
    anna.hangUp()
    await office.pass(0.5)
    expect(waits(caller)).toBe(true)
    const bo = await answers(office, 'bo-bord')
    await office.pass(1.5)
    expect(bo.sounds).toEqual(['Samtal till Support.'])
    expect(caller.hears).toEqual([bo])
  })

  it('Q-05 hangs up: the phones of the agents stop at once, and nothing is left', async () => {
    const office = await openQueues({ login: 'always' })
    const caller = await callsQueue(office)
    expect(whoRings(office)).toHaveLength(4)
    caller.hangUp()
    await office.pass(0.4)
    expect(whoRings(office)).toEqual([])
    expect(await ticketsOf(office)).toEqual([])
    expect(await office.memory.stores.queues.leases(office.company.company, office.clock.now())).toEqual([])
  })

  it('Q-05 hangs up in the moment of the answer: the agent hears that the call has ended', async () => {
    const office = await openQueues({ login: 'always' })
    const caller = await callsQueue(office)
    const anna = office.ring('anna-bord')
    anna.answer()
    caller.hangUp()
    await office.pass(4)
    expect(anna.alive).toBe(false)
    expect(anna.longestSilence).toBeLessThanOrEqual(2000)
  })

  it('Q-08 an agent who logs in while it rings is added', async () => {
    const office = await openQueues()
    await logIn(office, 'anna-bord')
    await callsQueue(office)
    expect(whoRings(office)).toEqual(['anna-bord'])
    await logIn(office, 'bo-bord')
    expect(whoRings(office)).toEqual(['anna-bord', 'bo-bord'])
  })

  it('Q-07 Q-11 two callers never get one agent: the second waits until somebody is free', async () => {
    const office = await openQueues({
      login: 'always',
      strategy: 'longestAvailable',
      members: ['anna', 'bo'],
    })
    const first = await callsQueue(office, '+46701740631')
    const second = await callsQueue(office, '+46701740632')
    const third = await callsQueue(office, '+46701740633')
    expect(whoRings(office)).toEqual(['anna-bord', 'bo-bord'])
    const anna = await answers(office, 'anna-bord')
    const bo = await answers(office, 'bo-bord')
    expect([first.hears, second.hears, third.hears]).toEqual([[anna], [bo], []])
    anna.hangUp()
    await office.pass(9)
    expect(rings(office, 'anna-bord')).toBe(false)
    await office.pass(1.1)
    expect(rings(office, 'anna-bord')).toBe(true)
    const again = await answers(office, 'anna-bord')
    expect(third.hears).toEqual([again])
  })

  it('Q-11 an agent in two queues gets the caller of the heavier one first', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'] }, [
      { id: 'salj', name: 'Sälj', number: '301', members: ['anna'], login: 'always', weight: 50 },
    ])
    const busy = await callsQueue(office)
    const talking = await answers(office, 'anna-bord')
    const light = await callsQueue(office)
    const heavy = await office.dials('bo-bord', '301')
    talking.hangUp()
    await office.pass(10.5)
    const anna = await answers(office, 'anna-bord')
    expect(heavy.hears).toEqual([anna])
    expect([busy.alive, waits(light)]).toEqual([false, true])
  })

  it('Q-01 Q-19 VIPs come first where the queue says so, and by arrival where it does not', async () => {
    const vip = [{ number: '+46701740611' }]
    for (const [order, first] of [
      ['priority', '+46701740611'],
      ['arrival', '+46701740630'],
    ] as const) {
      const office = await openQueues({ order, vip, members: ['anna'] })
      await logIn(office, 'anna-bord')
      const busy = await callsQueue(office, '+46701740699')
      const talking = await answers(office, 'anna-bord')
      const usual = await callsQueue(office, '+46701740630')
      await office.pass(1)
      const important = await callsQueue(office, '+46701740611')
      talking.hangUp()
      await office.pass(10.5)
      expect(office.ring('anna-bord').display.number).toBe(first)
      for (const leg of [busy, usual, important]) leg.hangUp()
    }
  })
})

describe('what a waiting caller hears', () => {
  const said = 'Du står först i kön. Tack för att du väntar. '
  const choices =
    'Tryck ett för att lämna ett meddelande. Tryck två för att bli uppringd. Tryck noll för att kopplas till receptionen.'

  it('Q-03 Q-15 Q-22 after 10 s the place, thanks, and what the keys do, then every 60 s, with music all the time', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'] })
    await office.dials('anna-bord', '102') // her phone is in use
    const caller = await callsQueue(office)
    await office.pass(9.5)
    expect(caller.sounds).toEqual([])
    await office.pass(1)
    expect(caller.sounds).toEqual([said + choices])
    expect(waits(caller)).toBe(true)
    await office.pass(58)
    expect(caller.sounds).toHaveLength(1)
    await office.pass(3)
    expect(caller.sounds.slice(1)).toEqual([said.trim()])
    expect(caller.longestSilence).toBe(0)
  })

  it('Q-02 the place never gets worse: after a VIP has come before the caller nothing is said', async () => {
    const office = await openQueues({
      login: 'always',
      order: 'priority',
      members: ['anna'],
      vip: [{ number: '+46701740611' }],
    })
    await office.dials('anna-bord', '102')
    const caller = await callsQueue(office)
    await office.pass(20)
    const vip = await callsQueue(office, '+46701740611')
    await office.pass(60)
    expect(caller.sounds).toHaveLength(1)
    vip.hangUp()
    await office.pass(60)
    expect(caller.sounds.slice(1)).toEqual([said.trim()])
  })

  it('Q-03 the waiting time in whole minutes, only once five were answered in half an hour', async () => {
    const office = await openQueues({
      login: 'always',
      members: ['anna', 'bo'],
      wrapUpSeconds: 0,
      ringSeconds: 60,
    })
    for (let times = 0; times < 5; times += 1) {
      const caller = await callsQueue(office)
      await office.pass(50)
      expect(caller.sounds.join(' ')).not.toContain('Väntetiden')
      const anna = await answers(office, 'anna-bord')
      anna.hangUp()
      await office.pass(1)
    }
    const first = await callsQueue(office)
    const second = await callsQueue(office)
    await office.pass(12)
    expect(first.sounds[0]).toContain('Du står först i kön. Väntetiden är ungefär en minut.')
    expect(second.sounds[0]).toContain('Du har plats två i kön. Väntetiden är ungefär två minuter.')
  })

  it('Q-04 an answer cuts what is being said, and both hear each other at once', async () => {
    const office = await openQueues({ login: 'always' })
    const caller = await callsQueue(office)
    await office.pass(10.2)
    expect(caller.playing).toHaveLength(1)
    const anna = office.ring('anna-bord')
    anna.answer()
    await office.pass(0.3)
    expect(caller.playing).toEqual([])
    expect(caller.hears).toEqual([anna])
  })

  it('Q-16 another key says what can be chosen, and the caller keeps the place', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'] })
    await office.dials('anna-bord', '102')
    const caller = await callsQueue(office)
    const second = await callsQueue(office, '+46701740632')
    await office.pass(2)
    caller.press('9')
    await office.pass(0.1)
    expect(caller.sounds).toEqual([choices])
    await office.pass(10)
    expect(caller.sounds[1]).toContain('Du står först i kön.')
    expect(second.sounds[0]).toContain('Du har plats två i kön.')
  })

  it.each([
    ['1', 'Tyvärr kan ingen svara just nu. Lämna ett meddelande efter tonen.'],
    ['2', 'Vi ringer upp dig på noll sju noll'],
  ])('Q-15 key %s leads out of the queue: %s', async (key, heard) => {
    const office = await openQueues({ login: 'always', mailbox: 'bo' })
    const caller = await callsQueue(office)
    await office.pass(2)
    caller.press(key)
    await office.pass(1)
    expect(caller.sounds.join(' ')).toContain(heard)
    expect(whoRings(office)).toEqual([])
    expect(await ticketsOf(office)).toEqual([])
  })

  it('Q-15 key 0 rings the reception', async () => {
    const office = await openQueues({ login: 'always' })
    const caller = await callsQueue(office)
    caller.press('0')
    await office.pass(1)
    const rut = await answers(office, 'rut-bord')
    expect(caller.hears).toEqual([rut])
  })

  it('Q-15 a key that the queue does not offer changes nothing', async () => {
    const office = await openQueues({ login: 'always', keys: { callback: false } })
    const caller = await callsQueue(office)
    caller.press('2')
    await office.pass(1)
    expect(waits(caller)).toBe(true)
    expect(caller.sounds.join(' ')).not.toContain('Tryck två')
  })
})

describe('a caller who cannot wait', () => {
  const other = { id: 'salj', name: 'Sälj', number: '301', members: ['ida', 'rut'], login: 'always' }

  it('Q-13 after 180 s goes on to the next queue and keeps the time of arrival there', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'], overflow: ['queue:salj'] }, [other])
    await office.dials('anna-bord', '102')
    await office.dials('rut-bord', '103')
    const caller = await callsQueue(office)
    const arrived = office.clock.now()
    await office.pass(170)
    await office.dials('bo-bord', '301')
    await office.pass(11)
    expect(caller.room).toBe('queue-kontoret-salj')
    const [first] = await ticketsOf(office)
    expect(first).toMatchObject({
      call: caller.id,
      queue: 'salj',
      arrivedAt: arrived,
      been: ['support', 'salj'],
    })
    await office.pass(12)
    expect(caller.sounds.at(-1)).toContain('Du står först i kön.')
  })

  it('Q-13 with nobody there goes to the mailbox of the queue', async () => {
    const office = await openQueues({
      login: 'always',
      members: ['anna'],
      overflow: ['voicemail'],
      mailbox: 'bo',
    })
    office.exchange.unregister('anna-bord')
    const caller = await callsQueue(office)
    await office.pass(200)
    expect(caller.sounds).toContain('Tyvärr kan ingen svara just nu. Lämna ett meddelande efter tonen.')
    const messages = await office.memory.stores.messages.list(office.company.company, 'bo' as never)
    expect(messages).toHaveLength(1)
  })

  it('Q-13 goes out to a number, which sees the number of the queue', async () => {
    const office = await openQueues({
      login: 'always',
      members: ['anna'],
      overflow: ['number:+46855512345'],
      shows: '+46846500451',
    })
    office.exchange.unregister('anna-bord')
    const caller = await callsQueue(office)
    await office.pass(181)
    const out = office.ring('kontoret-trunk')
    expect([out.dialled, out.display.number]).toEqual(['+46855512345', '+46846500451'])
    out.answer()
    await office.pass(1)
    expect(caller.hears).toEqual([out])
  })

  it('Q-13 an agent whose phone rings at the end of the time is not rung further', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'], ringSeconds: 60, noAnswers: 0 })
    const caller = await callsQueue(office)
    await office.pass(181)
    expect(whoRings(office)).toEqual([])
    expect(rings(office, 'rut-bord')).toBe(true)
    expect(waits(caller)).toBe(false)
  })

  it('Q-14 with nobody logged in goes to the list before entering', async () => {
    const office = await openQueues({ overflow: ['queue:salj'] }, [other])
    const caller = await callsQueue(office)
    expect(caller.room).toBe('queue-kontoret-salj')
    expect(rings(office, 'rut-bord')).toBe(true)
  })

  it('Q-14 a full queue lets nobody in', async () => {
    const office = await openQueues({
      login: 'always',
      members: ['anna'],
      maxWaiting: 1,
      overflow: ['voicemail'],
    })
    const first = await callsQueue(office)
    const second = await callsQueue(office)
    await office.pass(1)
    expect(waits(first)).toBe(true)
    expect(second.sounds[0]).toContain('Lämna ett meddelande')
  })

  it('Q-21 the queue is taken away: those who wait go on to the reception', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'] })
    office.exchange.unregister('anna-bord')
    const caller = await callsQueue(office)
    office.apply({ ...office.company, queues: [] })
    await office.pass(1.5)
    const rut = await answers(office, 'rut-bord')
    expect(caller.hears).toEqual([rut])
  })
})

describe('where calls come from and go to', () => {
  it('R-04 the number of the queue, dialled inside, leads into it', async () => {
    const office = await openQueues({ login: 'always' })
    const bo = await office.dials('bo-bord', '300')
    expect(waits(bo)).toBe(true)
    expect(whoRings(office)).toEqual(['anna-bord', 'erik-bord', 'erik-mobil']) // not his own
  })

  it('O-07 a queue as the target of a person', async () => {
    const office = await openQueues({ login: 'always' }, [], { profile: { busy: 'queue:support' } })
    await office.dials('anna-bord', '103')
    office.ring('bo-bord').answer()
    await office.pass(1)
    const caller = await office.outsideCalls('+46846500401')
    expect(waits(caller)).toBe(true)
    expect(whoRings(office)).toEqual(['erik-bord', 'erik-mobil'])
  })

  it('P-08 a queue as the alternate of a parked call', async () => {
    const office = await openQueues({ login: 'always', members: ['bo'] }, [], {
      parking: { plan: 'alternate', alternate: 'queue:support' },
    })
    const caller = await office.outsideCalls('+46846500401')
    const anna = await answers(office, 'anna-bord')
    anna.hold()
    await office.dials('anna-bord', '*68*101#')
    await office.pass(50)
    expect(waits(caller)).toBe(true)
    const bo = await answers(office, 'bo-bord')
    expect(caller.hears).toEqual([bo])
  })

  it('Q-24 a call transferred blind into the queue keeps its caller id', async () => {
    const office = await openQueues({ login: 'always', members: ['bo'] })
    const caller = await office.outsideCalls('+46846500401', '+46701740644')
    const anna = await answers(office, 'anna-bord')
    anna.transfer('300')
    await office.pass(1)
    expect(waits(caller)).toBe(true)
    expect(office.ring('bo-bord').display.number).toBe('+46701740644')
    const bo = await answers(office, 'bo-bord')
    expect(caller.hears).toEqual([bo])
  })

  it('Q-24 I-20 who asks the queue first and transfers while it rings there leaves the caller in it', async () => {
    const office = await openQueues({ login: 'always', members: ['bo'] })
    const caller = await office.outsideCalls('+46846500401', '+46701740644')
    const anna = await answers(office, 'anna-bord')
    anna.hold()
    const asked = await office.dials('anna-bord', '300')
    await office.pass(2)
    expect(waits(asked)).toBe(true)
    anna.transferTo(asked)
    await office.pass(1)
    expect([waits(caller), rings(office, 'anna-bord')]).toEqual([true, false])
    expect(await ticketsOf(office)).toMatchObject([{ leg: caller.id, queue: 'support' }])
    expect(office.ring('bo-bord').display.number).toBe('+46701740644')
    const bo = await answers(office, 'bo-bord')
    expect([caller.hears, bo.hears]).toEqual([[bo], [caller]])
  })

  it.each([
    ['nobody has logged in', {}, 'Tyvärr kan ingen svara just nu.'],
    ['it is full', { login: 'always', maxWaiting: 1 }, 'Tyvärr kan ingen svara just nu.'],
    ['it is closed', { login: 'always', hours: 'aldrig', closed: ['voicemail'] }, 'Vi har stängt.'],
  ])(
    'Q-24 TN-4 a blind transfer into a queue returns to the one who transferred, who hears why: %s',
    async (_why, queue, words) => {
      const aldrig = { id: 'aldrig', week: {} }
      const office = await openQueues({ members: ['bo'], ...queue }, [], { hours: [aldrig] })
      await callsQueue(office, '+46701740699')
      const caller = await office.outsideCalls('+46846500401')
      const anna = await answers(office, 'anna-bord')
      anna.transfer('300')
      await office.pass(1)
      expect(office.ring('anna-bord').display.name).toBe('Åter:')
      const back = await answers(office, 'anna-bord')
      expect(caller.hears).toEqual([back])
      await office.pass(5)
      expect(back.sounds).toEqual(['tone:congestion:se', words])
      expect(caller.sounds).not.toContain(words)
      expect(back.hears).toEqual([caller])
    },
  )

  it('Q-24 one who is not there either and whose calls go to that queue: it ends, by the list of the queue', async () => {
    const office = await openQueues({ members: ['bo'], overflow: ['voicemail'], mailbox: 'bo' }, [], {
      profile: { noAnswer: 'queue:support' },
    })
    const caller = await office.outsideCalls('+46846500401')
    const anna = await answers(office, 'anna-bord')
    anna.transfer('300')
    await office.pass(60)
    expect(caller.sounds.join(' ')).toContain('Lämna ett meddelande efter tonen.')
    expect(whoRings(office)).toEqual([])
  })

  it('O-10 an agent who calls out shows the number of the queue, after logging out the own one', async () => {
    const office = await openQueues({ shows: '+46846500451' })
    const shown = async (): Promise<string> => {
      await office.dials('anna-bord', '0855512345')
      const [out] = office.exchange.ringing('kontoret-trunk')
      const number = out?.display.number ?? ''
      out?.reject()
      await office.pass(10)
      return number
    }
    expect(await shown()).toBe('+46846500401')
    await logIn(office, 'anna-bord')
    expect(await shown()).toBe('+46846500451')
    await keys(office, 'anna-bord', '#28*300#')
    expect(await shown()).toBe('+46846500401')
  })

  it('Q-23 after a restart the callers wait in the order in which they came', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'], wrapUpSeconds: 0 })
    office.exchange.unregister('anna-bord')
    const callers = []
    for (const last of ['1', '2', '3']) {
      callers.push(await callsQueue(office, `+4670174063${last}`))
      await office.pass(4)
    }
    office.kill()
    await office.clock.advance(2000)
    await office.start()
    expect(callers.map(waits)).toEqual([true, true, true])
    office.exchange.register('anna-bord')
    for (const caller of callers) {
      await office.pass(1.2)
      const anna = await answers(office, 'anna-bord')
      expect(caller.hears).toEqual([anna])
      anna.hangUp()
      await office.pass(1)
    }
  })

  it('Q-23 M-06 also when the store has lost everything', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'], wrapUpSeconds: 0 })
    const first = await callsQueue(office, '+46701740631')
    await office.pass(3)
    await callsQueue(office, '+46701740632')
    office.kill()
    office.memory.control.wipe()
    await office.clock.advance(2000)
    await office.start()
    const anna = await answers(office, 'anna-bord')
    expect(first.hears).toEqual([anna])
    expect((await ticketsOf(office)).map(({ arrivedAt }) => arrivedAt)).toHaveLength(1)
  })

  it('M-05 the queues go on while the store is away', async () => {
    const office = await openQueues({ login: 'always', members: ['anna', 'bo'] })
    office.memory.control.setUnavailable(true)
    const caller = await callsQueue(office)
    expect(whoRings(office)).toEqual(['anna-bord', 'bo-bord'])
    const bo = await answers(office, 'bo-bord')
    expect(caller.hears).toEqual([bo])
    office.memory.control.setUnavailable(false)
  })
})
