import { describe, expect, it } from 'vitest'
import { isCallback } from '../../src/domain/queue/callback.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import type { Office } from '../support/office.js'
import {
  answers,
  callsQueue,
  figuresOfToday,
  openQueues,
  ticketsOf,
  waits,
  whoRings,
} from './queue-office.js'

const customer = '+46701740630'
const always = { login: 'always', members: ['anna'], wrapUpSeconds: 0, noAnswers: 0, ringSeconds: 60 }

/** The caller keys 2 and hears that the place is kept. */
async function asksToBeCalled(office: Office, caller: FakeLeg): Promise<void> {
  caller.press('2')
  await office.pass(3)
  caller.press('1')
  await office.pass(6)
  expect(caller.alive).toBe(false)
}

/** An agent is on the telephone for as long as it takes. */
async function talksWithRut(office: Office, device: string): Promise<FakeLeg> {
  const talk = await office.dials(device, '100')
  await answers(office, 'rut-bord')
  return talk
}

/** A queue in which a customer has asked to be called back while the only agent, Anna, is on the telephone. */
async function kept(queue: object = {}, company: object = {}): Promise<{ office: Office; talk: FakeLeg }> {
  const office = await openQueues({ ...always, ...queue }, [], company)
  const talk = await talksWithRut(office, 'anna-bord')
  const caller = await callsQueue(office)
  await office.pass(2)
  await asksToBeCalled(office, caller)
  return { office, talk }
}

const callbacksOf = async (office: Office) => (await ticketsOf(office)).filter(isCallback)
const customersPhone = (office: Office): FakeLeg => office.ring('kontoret-trunk')
const customerRings = (office: Office): boolean => office.exchange.ringing('kontoret-trunk').length > 0

describe('a customer who keeps the place and is called back', () => {
  it('Q-17 Q-15 key 2: the place stays, the agent is called first and told, then the customer, who sees the number of the queue', async () => {
    const { office, talk } = await kept({ shows: '+46846500451' })
    const [ticket] = await callbacksOf(office)
    expect(ticket).toMatchObject({ queue: 'support', callback: { number: customer, tries: 0 } })
    expect(whoRings(office)).toEqual([])
    talk.hangUp()
    await office.pass(2)
    expect(whoRings(office)).toEqual(['anna-bord'])
    expect(office.ring('anna-bord').display).toMatchObject({ name: 'Support ring upp', number: customer })
    expect(customerRings(office)).toBe(false)

    const anna = await answers(office, 'anna-bord')
    await office.pass(8)
    expect(anna.sounds[0]).toContain('Återuppringning för Support. Vi ringer upp')
    const phone = customersPhone(office)
    expect([phone.dialled, phone.display.number]).toEqual([customer, '+46846500451'])
    phone.answer()
    await office.pass(1)
    expect(phone.hears).toEqual([anna])
    expect(anna.hears).toEqual([phone])
    expect(await ticketsOf(office)).toEqual([])
    phone.hangUp()
    await office.pass(2)
    expect(anna.alive).toBe(false)
    expect(await figuresOfToday(office)).toMatchObject({ offered: 1, callbacks: { talked: 1 } })
  })

  it('Q-17 has the turn by the time of arrival, before callers who came later and after those who came earlier', async () => {
    const office = await openQueues(always)
    const talk = await talksWithRut(office, 'anna-bord')
    const first = await callsQueue(office)
    await office.pass(1)
    const keeper = await callsQueue(office)
    await office.pass(1)
    const last = await callsQueue(office, '+46701740631')
    await asksToBeCalled(office, keeper)
    talk.hangUp()
    await office.pass(2)
    const served = await answers(office, 'anna-bord')
    expect(served.hears).toEqual([first])
    first.hangUp()
    await office.pass(2)
    expect(office.ring('anna-bord').display.name).toContain('ring upp')
    expect(waits(last)).toBe(true)
    const anna = await answers(office, 'anna-bord')
    await office.pass(8)
    customersPhone(office).answer()
    await office.pass(1)
    anna.hangUp()
    await office.pass(2)
    await answers(office, 'anna-bord')
    expect(last.room).toContain('talk-')
  })

  it('Q-17 as the target of the overflow, with the place since the arrival', async () => {
    const office = await openQueues({ ...always, overflow: ['callback'] })
    const talk = await talksWithRut(office, 'anna-bord')
    const caller = await callsQueue(office)
    const arrived = office.clock.now()
    await office.pass(182)
    expect(caller.sounds.at(-1)).toContain('Vi ringer upp dig på')
    caller.press('1')
    await office.pass(6)
    expect(await callbacksOf(office)).toMatchObject([{ arrivedAt: arrived, callback: { number: customer } }])
    talk.hangUp()
    await office.pass(2)
    await answers(office, 'anna-bord')
    await office.pass(8)
    customersPhone(office).answer()
    await office.pass(1)
    expect(await figuresOfToday(office)).toMatchObject({ offered: 1, overflowed: { maxWait: 0 } })
  })

  it('Q-17 a customer who does not answer is called again after 10, 30 and 60 minutes, then given up', async () => {
    const { office, talk } = await kept()
    talk.hangUp()
    const told: (string | undefined)[] = []
    for (const minutes of [0, 10, 30, 60]) {
      await office.pass(Math.max(2, minutes * 60 - 60))
      expect([minutes, whoRings(office)]).toEqual([minutes, minutes === 0 ? ['anna-bord'] : []])
      if (minutes > 0) await office.pass(62)
      const anna = await answers(office, 'anna-bord')
      await office.pass(8)
      customersPhone(office).reject()
      await office.pass(6)
      told.push(anna.sounds.at(-1))
      expect(anna.alive).toBe(false)
    }
    expect(told.map((words) => words?.includes('Inga fler försök'))).toEqual([false, false, false, true])
    expect(await ticketsOf(office)).toEqual([])
    expect(await figuresOfToday(office)).toMatchObject({ offered: 1, callbacks: { noAnswer: 1 } })
  })

  it('Q-17 an agent who rejects, or hangs up before the customer answers, costs no try; the next agent is called', async () => {
    const { office, talk } = await kept({ members: ['anna', 'bo'], strategy: 'fixedOrder' })
    expect(whoRings(office)).toEqual(['bo-bord'])
    office.ring('bo-bord').reject()
    talk.hangUp()
    await office.pass(2)
    const anna = await answers(office, 'anna-bord')
    await office.pass(8)
    const phone = customersPhone(office)
    anna.hangUp()
    await office.pass(2)
    expect(phone.alive).toBe(false)
    expect(await callbacksOf(office)).toMatchObject([{ callback: { tries: 0 } }])
    await office.pass(30)
    await answers(office, whoRings(office)[0] ?? '')
    await office.pass(8)
    customersPhone(office).answer()
    await office.pass(1)
    expect(await ticketsOf(office)).toEqual([])
  })

  it('Q-17 as many customers are called as agents are on the line for them, never more', async () => {
    const office = await openQueues({ ...always, members: ['anna', 'bo'] })
    const talks = [await talksWithRut(office, 'anna-bord'), await office.dials('bo-bord', '102')]
    for (const number of [customer, '+46701740631', '+46701740632'])
      await asksToBeCalled(office, await callsQueue(office, number))
    expect(await callbacksOf(office)).toHaveLength(3)
    for (const talk of talks) talk.hangUp()
    await office.pass(2)
    const [anna] = [await answers(office, 'anna-bord'), await answers(office, 'bo-bord')]
    await office.pass(10)
    expect(
      office.exchange
        .ringing('kontoret-trunk')
        .map(({ dialled }) => dialled)
        .sort(),
    ).toEqual([customer, '+46701740631'].sort())
    expect(whoRings(office)).toEqual([])
    for (const phone of office.exchange.ringing('kontoret-trunk')) phone.answer()
    await office.pass(1)
    anna.hangUp()
    await office.pass(2)
    await answers(office, 'anna-bord')
    await office.pass(8)
    expect(customersPhone(office).dialled).toBe('+46701740632')
    customersPhone(office).answer()
    await office.pass(1)
    expect(await ticketsOf(office)).toEqual([])
  })

  it('Q-17 a customer who calls in again has the old place, and is not called back any more', async () => {
    const { office, talk } = await kept()
    const between = await callsQueue(office, '+46701740631')
    await office.pass(20)
    const [old] = await callbacksOf(office)
    const again = await callsQueue(office)
    const tickets = await ticketsOf(office)
    expect(tickets.map(({ call }) => call)).toEqual([again.id, between.id])
    expect(tickets[0]?.arrivedAt).toBe(old?.arrivedAt)
    talk.hangUp()
    await office.pass(2)
    const anna = await answers(office, 'anna-bord')
    expect(anna.hears).toEqual([again])
    between.hangUp()
    await office.pass(700)
    expect(customerRings(office)).toBe(false)
    expect(await figuresOfToday(office)).toMatchObject({
      offered: 3,
      answered: 1,
      abandoned: 1,
      callbacks: { calledAgain: 1 },
    })
  })

  it('Q-17 a customer who calls in while being called back is not called further, and is the next', async () => {
    const { office, talk } = await kept()
    talk.hangUp()
    await office.pass(2)
    const anna = await answers(office, 'anna-bord')
    await office.pass(8)
    const phone = customersPhone(office)
    const again = await callsQueue(office)
    await office.pass(1)
    expect(phone.alive).toBe(false)
    await office.pass(5)
    expect(anna.sounds.at(-1)).toContain('Kunden har ringt in igen')
    expect((await answers(office, 'anna-bord')).hears).toEqual([again])
  })

  it('Q-17 one callback of a number waits in a queue; a second call that asks for the same is told', async () => {
    const { office, talk } = await kept()
    const other = await callsQueue(office, '+46701740631')
    other.press('2')
    await office.pass(3)
    other.press('2')
    await office.pass(3)
    other.press('0701740630#')
    await office.pass(8)
    expect(other.sounds.join(' ')).toContain('Du har redan bett att bli uppringd')
    expect(await callbacksOf(office)).toHaveLength(1)
    expect(await figuresOfToday(office)).toMatchObject({ overflowed: { key: 1 } })
    await callsQueue(office)
    talk.hangUp()
  })

  it('O-12 Q-17 a number on the grey list is refused in words, when it is asked for and when it would be called', async () => {
    const { office, talk } = await kept()
    const other = await callsQueue(office, '+46701740631')
    other.press('2')
    await office.pass(3)
    other.press('2')
    await office.pass(3)
    office.apply({ ...office.company, grey: { outgoing: ['+4670'], incoming: [], except: [] } })
    const third = await callsQueue(office, '+46701740632')
    await office.pass(1)
    third.press('2')
    await office.pass(3)
    third.press('1')
    await office.pass(8)
    expect(third.sounds.join(' ')).toContain('spärrat')
    other.hangUp()
    talk.hangUp()
    await office.pass(3)
    await answers(office, 'anna-bord')
    await office.pass(12)
    expect(customerRings(office)).toBe(false)
    expect(await ticketsOf(office)).toEqual([])
    expect(await figuresOfToday(office)).toMatchObject({ callbacks: { refused: 1 } })
  })

  it('Q-17 O-01 nobody is called back outside the hours', async () => {
    const { office, talk } = await kept(
      { hours: 'kontor', members: ['anna'] },
      { hours: [{ id: 'kontor', week: { mon: ['08:00-10:01'], tue: ['08:00-12:00'] } }] },
    )
    await office.pass(90)
    talk.hangUp()
    await office.pass(5)
    expect(whoRings(office)).toEqual([])
    await office.clock.advance(office.instant('2026-11-24T07:59:50+01:00') - office.clock.now())
    expect(whoRings(office)).toEqual([])
    await office.pass(15)
    expect(whoRings(office)).toEqual(['anna-bord'])
    await answers(office, 'anna-bord')
    await office.pass(8)
    customersPhone(office).answer()
    await office.pass(1)
  })

  it('Q-21 Q-17 the queue is taken out of the file: the callback ends, and is written down', async () => {
    const { office, talk } = await kept()
    office.apply({ ...office.company, queues: [] })
    talk.hangUp()
    await office.pass(15)
    expect(await ticketsOf(office)).toEqual([])
    expect(whoRings(office)).toEqual([])
  })

  it('Q-18 Q-17 a telephone outside confirms with 1 before the customer is called', async () => {
    const { office, talk } = await kept({
      members: ['anna'],
      external: [{ number: '+46701111111', name: 'Ute' }],
    })
    const mobile = customersPhone(office)
    expect(mobile.dialled).toBe('+46701111111')
    mobile.answer()
    await office.pass(4)
    mobile.press('1')
    await office.pass(8)
    const phone = customersPhone(office)
    expect(phone.dialled).toBe(customer)
    phone.answer()
    await office.pass(1)
    expect(phone.hears).toEqual([mobile])
    talk.hangUp()
  })

  it('Q-17 M-05 without the store nothing is promised', async () => {
    const office = await openQueues(always)
    await talksWithRut(office, 'anna-bord')
    const caller = await callsQueue(office)
    await office.pass(2)
    caller.press('2')
    await office.pass(3)
    office.memory.control.setUnavailable(true)
    caller.press('1')
    await office.pass(8)
    office.memory.control.setUnavailable(false)
    expect(caller.sounds.join(' ')).not.toContain('Du behåller din plats')
    expect(await ticketsOf(office)).toEqual([])
    await office.pass(11)
    expect(office.faults.splice(0).map(({ message }) => message)).toEqual([
      'a caller was refused: the store is away',
    ])
  })
})

describe('callbacks after a restart', () => {
  it('Q-23 Q-17 are due when they were', async () => {
    const { office, talk } = await kept()
    talk.hangUp()
    await office.pass(2)
    await answers(office, 'anna-bord')
    await office.pass(8)
    customersPhone(office).reject()
    await office.pass(6)
    office.kill()
    await office.pass(300)
    await office.start()
    expect(whoRings(office)).toEqual([])
    await office.pass(302)
    await answers(office, 'anna-bord')
    await office.pass(8)
    customersPhone(office).answer()
    await office.pass(1)
    expect(await ticketsOf(office)).toEqual([])
  })

  it('M-06 Q-17 an agent on the line goes on to the customer also when the store has lost everything', async () => {
    const { office, talk } = await kept()
    talk.hangUp()
    await office.pass(2)
    const anna = await answers(office, 'anna-bord')
    await office.pass(8)
    office.kill()
    office.memory.control.wipe()
    await office.pass(2)
    await office.start()
    const phone = customersPhone(office)
    phone.answer()
    await office.pass(1)
    expect(phone.hears).toEqual([anna])
  })
})
