import { describe, expect, it } from 'vitest'
import { resume } from '../../src/flows/resume.js'
import { talkRoom } from '../../src/flows/talk-room.js'
import type { CallId, RoomId } from '../../src/domain/ids.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import type { Office } from '../support/office.js'
import { answers, callsQueue, logIn, openQueues, rings, ticketsOf, waits, whoRings } from './queue-office.js'

const one = { login: 'always', members: ['anna'], wrapUpSeconds: 0 }
const inTurn = { login: 'always', members: ['anna', 'bo'], strategy: 'fixedOrder', wrapUpSeconds: 0 }

const roomOf = (caller: FakeLeg): RoomId => talkRoom({ id: caller.id as string as CallId })

/** An office where something happens at the moment at which the app puts somebody into a room for the `count`-th time. */
async function openWith(queue: object, count: number, happens: () => void | Promise<void>): Promise<Office> {
  const office = await openQueues(queue)
  office.kill()
  let entered = 0
  await office.start((name, moment) => {
    if (name !== 'enter' || moment !== 'before') return undefined
    entered += 1
    return entered === count ? happens() : undefined
  })
  return office
}

/** Who is in the room of the caller's talk; undefined: it is not there. */
const inRoomOf = (office: Office, caller: FakeLeg): readonly string[] | undefined =>
  office.exchange.rooms.find(({ id }) => id === roomOf(caller))?.legs

describe('an agent whose phone rings alone sits in the room of the talk, and only the caller has to come', () => {
  it('Q-04 while it rings the caller waits with music; at the answer both hear each other', async () => {
    const office = await openQueues(one)
    const caller = await callsQueue(office)
    const ringing = office.ring('anna-bord')
    expect(inRoomOf(office, caller)).toEqual([ringing.id])
    expect([waits(caller), caller.hearsMusic, caller.hears]).toEqual([true, true, []])
    const anna = await answers(office, 'anna-bord')
    expect([caller.hears, anna.hears]).toEqual([[anna], [caller]])
  })

  it('Q-06 several phones, or words before the caller: nobody sits there before the answer', async () => {
    for (const [queue, device] of [
      [{ ...one, members: ['anna', 'bo'] }, 'anna-bord'],
      [{ ...one, members: ['erik'] }, 'erik-bord'],
      [{ ...one, agentGreeting: true }, 'anna-bord'],
    ] as const) {
      const office = await openQueues(queue)
      const caller = await callsQueue(office)
      expect(inRoomOf(office, caller)).toBeUndefined()
      const agent = await answers(office, device)
      await office.pass(2)
      expect(caller.hears).toEqual([agent])
    }
  })

  it('Q-09 nobody answers, or somebody rejects: the next one is seated', async () => {
    const office = await openQueues({ ...inTurn, ringSeconds: 10 })
    const caller = await callsQueue(office)
    const anna = office.ring('anna-bord')
    await office.pass(10.5)
    expect([anna.alive, whoRings(office)]).toEqual([false, ['bo-bord']])
    expect(inRoomOf(office, caller)).toEqual([office.ring('bo-bord').id])
    office.ring('bo-bord').reject()
    for (let waited = 0; waited < 80 && whoRings(office).length === 0; waited += 1) await office.pass(1)
    expect(waits(caller)).toBe(true)
    const [device = ''] = whoRings(office)
    const agent = await answers(office, device)
    expect(caller.hears).toEqual([agent])
  })

  it('Q-05 the caller hangs up: the phone stops, the room is closed', async () => {
    const office = await openQueues(one)
    const caller = await callsQueue(office)
    const anna = office.ring('anna-bord')
    caller.hangUp()
    await office.pass(0.4)
    expect([anna.alive, inRoomOf(office, caller), await ticketsOf(office)]).toEqual([false, undefined, []])
  })

  it('Q-15 the caller chooses the message: the phone stops, the room is closed', async () => {
    const office = await openQueues(one)
    const caller = await callsQueue(office)
    const anna = office.ring('anna-bord')
    caller.press('1')
    await office.pass(2)
    expect([anna.alive, inRoomOf(office, caller)]).toEqual([false, undefined])
    expect(caller.alive).toBe(true)
  })

  it('Q-08 a second agent answers first: the one who sat there is told, and was never in the room with the two', async () => {
    const office = await openQueues({ ...one, login: 'code', members: ['anna', 'bo'] })
    await logIn(office, 'anna-bord')
    const caller = await callsQueue(office)
    const anna = office.ring('anna-bord')
    await logIn(office, 'bo-bord')
    expect(inRoomOf(office, caller)).toEqual([anna.id])
    const crowded: (readonly string[])[] = []
    const watched = office.exchange.listen.bind(office.exchange)
    office.exchange.listen = () => {
      watched()
      const inside = inRoomOf(office, caller) ?? []
      if (inside.length > 2 || (inside.length === 2 && inside.includes(anna.id))) crowded.push(inside)
    }
    const bo = await answers(office, 'bo-bord')
    expect([caller.hears, bo.hears, crowded]).toEqual([[bo], [caller], []])
    expect(anna.ended).toMatchObject({ reason: 'answeredElsewhere' })
  })

  it('Q-06 Q-08 both answer in one moment: one has the caller, the other hears so', async () => {
    for (const order of [
      ['anna-bord', 'bo-bord'],
      ['bo-bord', 'anna-bord'],
    ] as const) {
      const office = await openQueues({ ...one, login: 'code', members: ['anna', 'bo'] })
      await logIn(office, 'anna-bord')
      const caller = await callsQueue(office)
      await logIn(office, 'bo-bord')
      const [first, second] = order.map((device) => office.ring(device))
      first?.answer()
      second?.answer()
      await office.pass(0.2)
      expect([caller.hears, second?.hears]).toEqual([[first], []])
      await office.pass(4)
      expect([second?.sounds, second?.alive]).toEqual([['Samtalet är taget.'], false])
      expect([caller.hears, first?.hears]).toEqual([[first], [caller]])
    }
  })

  it('I-20 a colleague picks the call up: the phone that sat there stops', async () => {
    const office = await openQueues(one)
    const caller = await callsQueue(office)
    const anna = office.ring('anna-bord')
    const erik = await office.dials('erik-bord', '*8*101#')
    await office.pass(0.5)
    expect([caller.hears, erik.hears]).toEqual([[erik], [caller]])
    expect(anna.ended).toMatchObject({ reason: 'answeredElsewhere' })
  })

  it('Q-06 the agent hangs up in the moment of the answer: the caller waits on, not alone in a room', async () => {
    const office = await openQueues(inTurn)
    const caller = await callsQueue(office)
    const anna = office.ring('anna-bord')
    anna.answer()
    anna.hangUp()
    await office.pass(0.5)
    expect([caller.alive, waits(caller), caller.hearsMusic]).toEqual([true, true, true])
    const [device = ''] = whoRings(office)
    const agent = await answers(office, device)
    expect(caller.hears).toEqual([agent])
  })

  it('Q-06 the agent hangs up while the caller is on the way: the caller waits on, not alone in a room', async () => {
    const office = await openWith(one, 3, () => {
      office.exchange.talking('anna-bord')[0]?.hangUp()
    })
    const caller = await callsQueue(office)
    const anna = await answers(office, 'anna-bord')
    expect([anna.alive, caller.alive, waits(caller), caller.hearsMusic]).toEqual([false, true, true, true])
    const again = await answers(office, 'anna-bord')
    expect(caller.hears).toEqual([again])
  })

  it('Q-05 the caller hangs up in the moment of the answer: the agent is not left there', async () => {
    const office = await openQueues(one)
    const caller = await callsQueue(office)
    const anna = office.ring('anna-bord')
    anna.answer()
    caller.hangUp()
    await office.pass(4)
    expect([anna.alive, anna.longestSilence <= 2000, inRoomOf(office, caller)]).toEqual([
      false,
      true,
      undefined,
    ])
  })

  it('Q-04 the room is gone at the answer: it is opened again', async () => {
    const office = await openQueues(one)
    const caller = await callsQueue(office)
    office.exchange.command('closeRoom', [roomOf(caller)])
    await office.pass(0.1)
    const anna = await answers(office, 'anna-bord')
    expect([caller.hears, anna.hears]).toEqual([[anna], [caller]])
  })

  it('Q-23 killed while it rings: it rings on in its place, and whoever answers, then or meanwhile, has the caller', async () => {
    for (const meanwhile of [false, true]) {
      const office = await openQueues(one)
      const caller = await callsQueue(office)
      const anna = office.ring('anna-bord')
      office.kill()
      await office.pass(2)
      if (meanwhile) anna.answer()
      await office.start()
      await office.pass(0.5)
      expect(inRoomOf(office, caller)).toContain(anna.id)
      if (!meanwhile) anna.answer()
      await office.pass(0.5)
      expect([caller.hears, anna.hears]).toEqual([[anna], [caller]])
      expect(rings(office, 'anna-bord')).toBe(false)
    }
  })

  it('Q-23 Q-09 killed while it rings, and nobody answers: the next one is seated', async () => {
    const office = await openQueues({ ...inTurn, ringSeconds: 10 })
    const caller = await callsQueue(office)
    office.kill()
    await office.pass(1)
    await office.start()
    await office.pass(10)
    expect(inRoomOf(office, caller)).toEqual([office.ring('bo-bord').id])
    const bo = await answers(office, 'bo-bord')
    expect(caller.hears).toEqual([bo])
  })

  it('M-03 events were missed while the room is made, or while it rings: the room stays', async () => {
    for (const moment of [2, 0]) {
      const office = await openWith(one, moment, () => resume(office.switchboard, office.deps))
      const caller = await callsQueue(office)
      if (moment === 0) await resume(office.switchboard, office.deps)
      await office.pass(0.1)
      expect(inRoomOf(office, caller)).toEqual([office.ring('anna-bord').id])
      const anna = await answers(office, 'anna-bord')
      expect(caller.hears).toEqual([anna])
    }
  })

  it('I-22 keys of a phone with codes do not reach the caller by themselves', async () => {
    const office = await openQueues(one)
    const caller = await callsQueue(office)
    const anna = await answers(office, 'anna-bord')
    expect([anna.keysKept, caller.keysKept]).toEqual([true, false])
  })
})
