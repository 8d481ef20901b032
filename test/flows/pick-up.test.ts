import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../src/domain/ids.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import type { Office } from '../support/office.js'
import { officeFile } from '../support/office.js'
import { openOffice } from './opened.js'
import { openQueues, callsQueue, agentIs, whoRings } from './queue-office.js'
import { talkWithRut } from './talk-scenes.js'

const nobodyRings = 'Inget samtal ringer där.'

/** Both phones of Erik ring for a caller from outside. */
async function ringsAtErik(office: Office): Promise<FakeLeg> {
  const caller = await office.outsideCalls('+46846500402')
  await office.pass(2)
  expect(whoRings(office)).toEqual(['erik-bord', 'erik-mobil'])
  return caller
}

const endsOf = (office: Office, ...devices: readonly string[]): readonly (string | undefined)[] =>
  devices.map((device) => office.exchange.allLegs.find((leg) => leg.device === device)?.ended?.reason)

const conversationOf = (leg: FakeLeg): string | undefined => leg.notes['conversation'] ?? leg.notes['call']

describe('answering a call that rings at a colleague, *8*EXT#', () => {
  it('I-20 I-18 caller and colleague talk and see each other; the phones stop, told "answered elsewhere"', async () => {
    const office = await openOffice()
    const caller = await ringsAtErik(office)
    const anna = await office.dials('anna-bord', '*8*102#')
    await office.pass(1)
    expect(caller.hears).toEqual([anna])
    expect(anna.hears).toEqual([caller])
    expect(endsOf(office, 'erik-bord', 'erik-mobil')).toEqual(['answeredElsewhere', 'answeredElsewhere'])
    expect(caller.display).toEqual({ name: 'Anna Andersson', number: '101' })
    expect(anna.display.number).toBe('+46701740630')
    expect(conversationOf(anna)).toBe(caller.id)
    const { missedCalls } = office.memory.stores
    expect(await missedCalls.list(office.company.company, 'erik' as PersonId, 5)).toEqual([])
    caller.hangUp()
    await office.pass(1)
    expect(anna.alive).toBe(false)
  })

  it('I-20 one phone that rings with early sound, taken while nobody has answered the caller yet', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(2)
    const erik = await office.dials('erik-bord', '*8*101#')
    await office.pass(1)
    expect(caller.state).toBe('up')
    expect(caller.hears).toEqual([erik])
    expect(endsOf(office, 'anna-bord')).toEqual(['answeredElsewhere'])
    erik.hangUp()
    await office.pass(1)
    expect(caller.alive).toBe(false)
  })

  it('I-20 a talk that was picked up has all verbs of a talk: a third is brought in', async () => {
    const office = await openOffice()
    const caller = await ringsAtErik(office)
    const anna = await office.dials('anna-bord', '*8*102#')
    await office.pass(1)
    anna.press('*3103#')
    await office.pass(1)
    office.ring('bo-bord').answer()
    await office.pass(1)
    expect(caller.hears.map(({ device }) => device)).toEqual(['anna-bord', 'bo-bord'])
  })

  it('I-20 nobody rings, or nobody has the number: refused in words', async () => {
    const office = await openOffice()
    const anna = await office.dials('anna-bord', '*8*102#')
    await office.pass(10)
    expect(anna.sounds).toContain(nobodyRings)
    const wrong = await office.dials('anna-bord', '*8*777#')
    await office.pass(10)
    expect(wrong.sounds).toContain('Anknytningen finns inte.')
    expect([anna.alive, wrong.alive]).toEqual([false, false])
  })

  it('I-20 two pick up at once: one has the caller, the other hears that nobody rings', async () => {
    const office = await openOffice()
    const caller = await ringsAtErik(office)
    const both = [office.exchange.call('anna-bord', '*8*102#'), office.exchange.call('bo-bord', '*8*102#')]
    await office.pass(1.5)
    const [winner, ...more] = both.filter((leg) => leg.hears.includes(caller))
    expect(more).toEqual([])
    const loser = both.find((leg) => leg !== winner)
    await office.pass(10)
    expect(loser?.sounds).toContain(nobodyRings)
    expect(caller.hears).toEqual([winner])
  })

  it('I-20 the phone answers in the same moment: one of the two has the caller, and nobody is left in silence', async () => {
    for (const first of ['phone', 'pickup']) {
      const office = await openOffice()
      const caller = await ringsAtErik(office)
      const erik = office.ring('erik-bord')
      if (first === 'phone') erik.answer()
      const anna = office.exchange.call('anna-bord', '*8*102#')
      if (first === 'pickup') erik.answer()
      await office.pass(12)
      expect(caller.hears).toHaveLength(1)
      const other = caller.hears[0] === anna ? erik : anna
      expect([first, other.alive]).toEqual([first, false])
    }
  })

  it('I-20 whoever picked up hangs up at once: the phones ring on, or again', async () => {
    const office = await openOffice()
    const caller = await ringsAtErik(office)
    const anna = office.exchange.call('anna-bord', '*8*102#')
    anna.hangUp()
    await office.pass(3)
    expect(whoRings(office)).toEqual(['erik-bord', 'erik-mobil'])
    office.ring('erik-bord').answer()
    await office.pass(1)
    expect(caller.hears.map(({ device }) => device)).toEqual(['erik-bord'])
  })

  it('I-20 P-16 the caller hangs up at once: whoever picked up hears words', async () => {
    const office = await openOffice()
    const caller = await ringsAtErik(office)
    const anna = office.exchange.call('anna-bord', '*8*102#')
    caller.hangUp()
    await office.pass(12)
    expect(anna.sounds.length).toBeGreaterThan(0)
    expect(anna.alive).toBe(false)
  })

  it('I-20 a caller who was up already is taken from the ringing tone', async () => {
    const office = await openOffice({ ...officeFile, settings: { menuTarget: 'reception' } })
    await office.away('anna', { reason: 'lunch' })
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(12)
    caller.press('0')
    await office.pass(1)
    office.ring('rut-bord')
    const bo = await office.dials('bo-bord', '*8*100#')
    await office.pass(1)
    expect(caller.hears).toEqual([bo])
    expect(endsOf(office, 'rut-bord')).toEqual(['answeredElsewhere'])
  })

  it('I-20 Q-06 a queue call offered to an agent: the colleague has it, the agent is free again', async () => {
    const office = await openQueues({ login: 'always', members: ['anna'], wrapUpSeconds: 5 })
    const caller = await callsQueue(office)
    await office.pass(1)
    expect(whoRings(office)).toEqual(['anna-bord'])
    const erik = await office.dials('erik-bord', '*8*101#')
    await office.pass(1)
    expect(caller.hears).toEqual([erik])
    expect(endsOf(office, 'anna-bord')).toEqual(['answeredElsewhere'])
    expect((await agentIs(office, 'anna'))?.noAnswers ?? 0).toBe(0)
    const second = await callsQueue(office)
    await office.pass(2)
    expect(whoRings(office)).toEqual(['anna-bord'])
    second.hangUp()
    erik.hangUp()
    await office.pass(1)
    expect(caller.alive).toBe(false)
  })

  it('I-20 P-13 a parked call that comes back is fetched by it', async () => {
    const office = await openOffice()
    const { caller, rut } = await talkWithRut(office)
    rut.hold()
    await office.dials('rut-bord', '*68*101#')
    await office.pass(50)
    expect(office.exchange.ringing('rut-bord')).toHaveLength(1)
    const back = office.ring('rut-bord')
    const bo = await office.dials('bo-bord', '*8*100#')
    await office.pass(1)
    expect(caller.hears).toEqual([bo])
    expect(back.ended?.reason).toBe('answeredElsewhere')
    expect(await office.memory.stores.parking.list(office.company.company)).toEqual([])
  })

  it('I-20 G-06 a call on hold that comes back: the colleague takes the place of whoever held it', async () => {
    const office = await openOffice()
    const { caller, rut } = await talkWithRut(office)
    rut.hold()
    await office.pass(61)
    const back = office.ring('rut-bord')
    const bo = await office.dials('bo-bord', '*8*100#')
    await office.pass(1)
    expect(caller.hears).toEqual([bo])
    expect([rut.alive, back.ended?.reason]).toEqual([false, 'answeredElsewhere'])
    expect(caller.display).toEqual({ name: 'Bo Berg', number: '103' })
    bo.hangUp()
    await office.pass(1)
    expect(caller.alive).toBe(false)
  })

  it.each([false, true])(
    'I-20 I-01 somebody who is being invited (in private: %s): the colleague comes into the talk instead',
    async (autoHold) => {
      const people = officeFile.people.map((person) =>
        person.id === 'rut' ? { ...person, autoHold } : person,
      )
      const office = await openOffice({ ...officeFile, people })
      const { caller, rut } = await talkWithRut(office)
      rut.press('*3102#')
      await office.pass(2)
      expect(whoRings(office)).toEqual(['erik-bord', 'erik-mobil'])
      const bo = await office.dials('bo-bord', '*8*102#')
      await office.pass(1)
      expect(endsOf(office, 'erik-bord', 'erik-mobil')).toEqual(['answeredElsewhere', 'answeredElsewhere'])
      expect(caller.hears).toEqual(autoHold ? [] : [rut, bo])
      expect(rut.hears).toContain(bo)
      expect(bo.display).toEqual({ name: 'Rut Rask', number: '100' })
      expect(rut.display).toEqual({ name: 'Bo Berg', number: '103' })
      rut.hangUp()
      await office.pass(25)
      expect([caller.hears, bo.hears]).toEqual([[bo], [caller]])
      expect(caller.display).toEqual({ name: 'Bo Berg', number: '103' })
      caller.hangUp()
      await office.pass(1)
      expect(bo.alive).toBe(false)
    },
  )

  it('I-20 I-02 the invited phone answers in the same moment: one of the two is in the talk, the other hears words', async () => {
    for (const first of ['phone', 'pickup']) {
      const office = await openOffice()
      const { caller, rut } = await talkWithRut(office)
      rut.press('*3103#')
      await office.pass(2)
      const bo = office.ring('bo-bord')
      if (first === 'phone') bo.answer()
      const anna = office.exchange.call('anna-bord', '*8*103#')
      if (first === 'pickup') bo.answer()
      await office.pass(12)
      expect([first, caller.hears.length]).toEqual([first, 2])
      expect(caller.hears).toContain(rut)
      const other = caller.hears.includes(anna) ? bo : anna
      expect([first, other.alive]).toEqual([first, false])
    }
  })

  it.each(['the colleague', 'the inviter', 'the caller'])(
    'I-20 I-10 %s hangs up in the moment in which an invitation is picked up: nobody is left in silence',
    async (who) => {
      const office = await openOffice()
      const { caller, rut } = await talkWithRut(office)
      rut.press('*3103#')
      await office.pass(2)
      const anna = office.exchange.call('anna-bord', '*8*103#')
      const people: Readonly<Record<string, FakeLeg>> = {
        'the colleague': anna,
        'the inviter': rut,
        'the caller': caller,
      }
      people[who]?.hangUp()
      await office.pass(45)
      for (const leg of [caller, rut, anna].filter(({ alive }) => alive))
        expect([who, leg.device, leg.hears.length]).toEqual([who, leg.device, 1])
    },
  )

  it('C-01 I-20 who is asked to coach was asked for themselves: it is not taken', async () => {
    const office = await openOffice()
    const { caller, rut } = await talkWithRut(office)
    rut.press('*4103#')
    await office.pass(2)
    const anna = await office.dials('anna-bord', '*8*103#')
    await office.pass(8)
    expect(anna.sounds).toContain(nobodyRings)
    expect(whoRings(office)).toEqual(['bo-bord'])
    expect(caller.hears).toEqual([rut])
  })
})
