import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../src/domain/ids.js'
import { talkOperations } from '../../src/flows/talk-operations.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import { officeFile, type Office } from '../support/office.js'
import { openOffice } from './opened.js'
import { talkWithRut } from './talk-scenes.js'

/** Rut invites Bo, who answers. */
async function threeTalk(office: Office, keys = '*3103#') {
  const { caller, rut } = await talkWithRut(office)
  rut.press(keys)
  await office.pass(0.5)
  const bo = office.ring('bo-bord')
  bo.answer()
  await office.pass(0.5)
  return { caller, rut, bo }
}

/** The office, where Rut first speaks in private with whom she invites. */
const privateOffice = {
  ...officeFile,
  people: officeFile.people.map((person) => (person.id === 'rut' ? { ...person, autoHold: true } : person)),
}

const set = (legs: readonly FakeLeg[]): ReadonlySet<string> => new Set(legs.map(({ device }) => device))
const hears = (leg: FakeLeg): ReadonlySet<string> => set(leg.hears)
const trunk = 'kontoret-trunk'

describe('a third person in a talk', () => {
  it('I-01 without auto-hold lands in a talk of three, and all hear one another', async () => {
    const office = await openOffice()
    const { caller, rut, bo } = await threeTalk(office)
    expect(hears(caller)).toEqual(new Set(['rut-bord', 'bo-bord']))
    expect(hears(rut)).toEqual(new Set([trunk, 'bo-bord']))
    expect(hears(bo)).toEqual(new Set([trunk, 'rut-bord']))
    expect(bo.display).toEqual({ name: 'Rut Rask', number: '100' })
  })

  it('I-01 I-12 with auto-hold is first spoken with in private; *5 brings all together and apart again', async () => {
    const office = await openOffice(privateOffice)
    const { caller, rut } = await talkWithRut(office)
    rut.press('*3103#')
    await office.pass(2)
    expect(caller.room).toMatch(/^aside-/)
    expect(rut.sounds).toEqual(['tone:ring:se'])
    expect(caller.sounds).toEqual([])
    const bo = office.ring('bo-bord')
    bo.answer()
    await office.pass(0.5)
    expect([hears(rut), hears(bo), hears(caller)]).toEqual([
      new Set(['bo-bord']),
      new Set(['rut-bord']),
      new Set(),
    ])
    rut.press('*5')
    await office.pass(0.5)
    expect(hears(caller)).toEqual(new Set(['rut-bord', 'bo-bord']))
    rut.press('*5')
    await office.pass(0.5)
    expect([hears(rut), hears(caller)]).toEqual([new Set(['bo-bord']), new Set()])
  })

  it('I-02 I-03 a fourth is refused to the inviter only, and nothing rings', async () => {
    const office = await openOffice()
    const { caller, rut, bo } = await threeTalk(office)
    rut.press('*3102#')
    await office.pass(6)
    expect(rut.sounds).toEqual(['tone:congestion:se', 'Ni är redan tre i samtalet.'])
    expect([...caller.sounds, ...bo.sounds]).toEqual([])
    expect(office.exchange.ringing('erik-bord')).toEqual([])
    expect(hears(caller)).toEqual(new Set(['rut-bord', 'bo-bord']))
  })

  it('I-04 is not answered within 30 seconds: all is as before, and only the inviter is told', async () => {
    const office = await openOffice(privateOffice)
    const { caller, rut } = await talkWithRut(office)
    rut.press('*3103#')
    await office.pass(31)
    expect(hears(caller)).toEqual(new Set(['rut-bord']))
    await office.pass(5)
    expect(rut.sounds).toEqual(['tone:ring:se', 'tone:congestion:se', 'Det svarar inte.'])
    expect(caller.sounds).toEqual([])
  })

  it('I-04 says no: the customer is off hold at once', async () => {
    const office = await openOffice(privateOffice)
    const { caller, rut } = await talkWithRut(office)
    rut.press('*3103#')
    await office.pass(2)
    office.ring('bo-bord').reject()
    await office.pass(4)
    expect(hears(caller)).toEqual(new Set(['rut-bord']))
    expect(rut.sounds).toContain('Inbjudan avböjdes.')
    expect(caller.sounds).toEqual([])
  })

  it('I-04 a phone that says busy before it rings is in use', async () => {
    const office = await openOffice(privateOffice)
    office.exchange.register('bo-bord', { kind: 'busy' })
    const { caller, rut } = await talkWithRut(office)
    rut.press('*3103#')
    await office.pass(6)
    expect(hears(caller)).toEqual(new Set(['rut-bord']))
    expect(rut.sounds).toContain('Det är upptaget.')
  })

  it('I-04 is absent: the inviter hears why and until when', async () => {
    const office = await openOffice()
    await office.away('bo', { reason: 'lunch' })
    const { caller, rut } = await talkWithRut(office)
    rut.press('*3103#')
    await office.pass(5)
    expect(rut.sounds.at(-1)).toMatch(/Bo Berg .*lunch/i)
    expect(caller.sounds).toEqual([])
    expect(office.exchange.ringing('bo-bord')).toEqual([])
  })

  it.each([
    ['the customer', '*30701740630#', 'Personen är redan med i samtalet.'],
    ['oneself', '*3100#', 'Personen är redan med i samtalet.'],
    ['a number nobody has', '*3999#', 'Anknytningen finns inte.'],
    ['nothing', '*31#', 'Anknytningen finns inte.'],
    ['a feature code', '*3*28#', 'Det numret går inte att bjuda in.'],
    ['a feature code with a number', '*3*68*102#', 'Det numret går inte att bjuda in.'],
    ['an emergency number', '*3112#', 'Det numret går inte att bjuda in.'],
    ['a number of the grey list', '*30900123456#', 'Numret är spärrat.'],
  ])('I-05 %s cannot be invited: refused before anything is dialled', async (_, keys, words) => {
    const office = await openOffice({ ...officeFile, grey: { outgoing: ['+46900'] } })
    const { caller, rut } = await talkWithRut(office)
    const before = office.exchange.allLegs.filter((leg) => !leg.earOf).length
    rut.press(keys)
    await office.pass(5)
    expect(rut.sounds).toEqual(['tone:congestion:se', words])
    expect([caller.sounds, caller.receivedDigits]).toEqual([[], ''])
    expect(office.exchange.allLegs.filter((leg) => !leg.earOf)).toHaveLength(before)
    expect(hears(caller)).toEqual(new Set(['rut-bord']))
  })

  it('I-04 I-05 somebody outside can be invited', async () => {
    const office = await openOffice()
    const { caller, rut } = await talkWithRut(office)
    rut.press('*30701740999#')
    await office.pass(1)
    const outside = office.ring(trunk)
    expect(outside.dialled).toBe('+46701740999')
    outside.answer()
    await office.pass(1)
    expect(caller.hears).toHaveLength(2)
    expect(rut.display.number).toBe('+46701740999')
  })

  it('I-06 the inviter hangs up while it rings: the customer is rung back to the inviter, then the reception', async () => {
    const office = await openOffice(privateOffice)
    const { caller, rut } = await talkWithRut(office)
    rut.press('*3103#')
    await office.pass(2)
    const bo = office.ring('bo-bord')
    rut.hangUp()
    await office.pass(2)
    expect(bo.alive).toBe(false)
    const back = office.ring('rut-bord')
    expect(back.display.number).toBe('+46701740630')
    back.answer()
    await office.pass(1)
    expect(hears(caller)).toEqual(new Set(['rut-bord']))
  })

  it('I-06 the inviter does not take the customer back for 20 seconds: then the reception is rung', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500401')
    const anna = office.ring('anna-bord')
    anna.answer()
    await office.pass(1)
    anna.press('*3103#')
    await office.pass(2)
    anna.hangUp()
    await office.pass(2)
    expect(office.exchange.ringing('anna-bord')).toHaveLength(1)
    expect(office.exchange.ringing('rut-bord')).toEqual([])
    await office.pass(20)
    expect(office.exchange.ringing('anna-bord')).toEqual([])
    office.ring('rut-bord').answer()
    await office.pass(1)
    expect(hears(caller)).toEqual(new Set(['rut-bord']))
  })

  it('I-06 where the company says so, the customer goes on to the invited', async () => {
    const office = await openOffice({ ...privateOffice, talk: { whenInviterLeaves: 'transfer' } })
    const { caller, rut } = await talkWithRut(office)
    rut.press('*3103#')
    await office.pass(2)
    rut.hangUp()
    await office.pass(2)
    office.ring('bo-bord').answer()
    await office.pass(1)
    expect(hears(caller)).toEqual(new Set(['bo-bord']))
  })

  it.each([
    ['in private', privateOffice],
    ['in three', officeFile],
  ])(
    'I-07 I-18 the inviter hangs up %s: customer and invited are joined, and see each other',
    async (_, file) => {
      const office = await openOffice(file)
      const { caller, rut, bo } = await threeTalk(office)
      rut.hangUp()
      await office.pass(1)
      expect([hears(caller), hears(bo)]).toEqual([new Set(['bo-bord']), new Set([trunk])])
      expect(bo.display.number).toBe('+46701740630')
      expect(caller.display).toEqual({ name: 'Bo Berg', number: '103' })
      caller.hangUp()
      await office.pass(1)
      expect(bo.alive).toBe(false)
    },
  )

  it('I-08 the customer hangs up: the two others go on, told by a tone', async () => {
    const office = await openOffice(privateOffice)
    const { caller, rut, bo } = await threeTalk(office)
    caller.hangUp()
    await office.pass(3)
    expect([hears(rut), hears(bo)]).toEqual([new Set(['bo-bord']), new Set(['rut-bord'])])
    expect(rut.sounds).toContain('tone:beep:se')
    expect(bo.sounds).toContain('tone:beep:se')
  })

  it('I-09 the invited hangs up: back to two', async () => {
    const office = await openOffice(privateOffice)
    const { caller, rut, bo } = await threeTalk(office)
    bo.hangUp()
    await office.pass(1)
    expect([hears(caller), hears(rut)]).toEqual([new Set(['rut-bord']), new Set([trunk])])
  })

  it.each(['caller rut', 'caller bo', 'rut bo'])(
    'I-10 two leave at once (%s): the third is released',
    async (who) => {
      const office = await openOffice()
      const people = await threeTalk(office)
      const leaving = who.split(' ') as (keyof typeof people)[]
      for (const name of leaving) people[name].hangUp()
      await office.pass(1)
      for (const leg of Object.values(people)) expect(leg.alive).toBe(false)
    },
  )

  it('I-11 the inviter takes the invited away, who hears why', async () => {
    const office = await openOffice()
    const { caller, rut, bo } = await threeTalk(office)
    rut.press('*6')
    await office.pass(0.5)
    expect([hears(caller), hears(rut), hears(bo)]).toEqual([
      new Set(['rut-bord']),
      new Set([trunk]),
      new Set(),
    ])
    await office.pass(4)
    expect(bo.alive).toBe(false)
    expect(bo.sounds).toContain('Du är inte längre med i samtalet.')
  })

  it('I-11 the inviter gives up ringing', async () => {
    const office = await openOffice(privateOffice)
    const { caller, rut } = await talkWithRut(office)
    rut.press('*3103#')
    await office.pass(2)
    const bo = office.ring('bo-bord')
    rut.press('*6')
    await office.pass(1)
    expect(bo.alive).toBe(false)
    expect(hears(caller)).toEqual(new Set(['rut-bord']))
  })

  it('I-07 I-18 an agent who called out can leave as well: the conversation keeps its number', async () => {
    const office = await openOffice()
    const rut = await office.dials('rut-bord', '0701740999')
    const customer = office.ring(trunk)
    customer.answer()
    await office.pass(1)
    rut.press('*3103#')
    await office.pass(1)
    const bo = office.ring('bo-bord')
    bo.answer()
    await office.pass(1)
    rut.hangUp()
    await office.pass(1)
    expect([hears(customer), hears(bo)]).toEqual([new Set(['bo-bord']), new Set([trunk])])
    const [talk] = office.deps.talks.of(office.company.company)
    expect(talk?.conversation).toBe(rut.id)
    customer.hangUp()
    await office.pass(1)
    expect(bo.alive).toBe(false)
  })
})

describe('keys in a talk', () => {
  it('I-22 a key that begins no code reaches the other at once; one that may begin one after a second', async () => {
    const office = await openOffice()
    const { caller, rut } = await talkWithRut(office)
    rut.press('12#')
    await office.pass(0)
    expect(caller.receivedDigits).toBe('12#')
    rut.press('*')
    await office.pass(0.9)
    expect(caller.receivedDigits).toBe('12#')
    await office.pass(0.2)
    expect(caller.receivedDigits).toBe('12#*')
    rut.press('*7')
    await office.pass(0)
    expect(caller.receivedDigits).toBe('12#**7')
    caller.press('5')
    expect(rut.receivedDigits).toBe('5')
  })

  it('I-22 the keys of a code reach nobody', async () => {
    const office = await openOffice()
    const { caller, bo, rut } = await threeTalk(office)
    rut.press('*5*5*6')
    await office.pass(2)
    expect([caller.receivedDigits, bo.receivedDigits]).toEqual(['', ''])
  })

  it('I-22 codes can be switched off for a person: all keys go to the other', async () => {
    const people = officeFile.people.map((person) =>
      person.id === 'rut' ? { ...person, talkCodes: false } : person,
    )
    const office = await openOffice({ ...officeFile, people })
    const { caller, rut } = await talkWithRut(office)
    rut.press('*3103#')
    await office.pass(2)
    expect(caller.receivedDigits).toBe('*3103#')
    expect(office.exchange.ringing('bo-bord')).toEqual([])
  })
})

describe('a call on hold', () => {
  it('G-06 TN-4 I-20 comes back after a minute at the reception, and the new call takes the place of the held one', async () => {
    const office = await openOffice()
    const { caller, rut } = await talkWithRut(office)
    rut.hold()
    await office.pass(59)
    expect(office.exchange.ringing('rut-bord')).toEqual([])
    await office.pass(2)
    const back = office.ring('rut-bord')
    expect(back.display.number).toBe('+46701740630')
    expect(back.display.name).toMatch(/^Åter:/)
    expect(back.headers['Alert-Info']).toMatch(/Bellcore/)
    back.answer()
    await office.pass(1)
    expect(rut.alive).toBe(false)
    expect(caller.hears).toEqual([back])
    expect(back.hears).toEqual([caller])
  })

  it('G-06 not answered it comes back again; resumed it does not', async () => {
    const office = await openOffice()
    const { caller, rut } = await talkWithRut(office)
    rut.hold()
    await office.pass(61)
    expect(office.exchange.ringing('rut-bord')).toHaveLength(1)
    await office.pass(30)
    expect(office.exchange.ringing('rut-bord')).toEqual([])
    await office.pass(55)
    expect(office.exchange.ringing('rut-bord')).toHaveLength(1)
    rut.resume()
    await office.pass(1)
    expect(office.exchange.ringing('rut-bord')).toEqual([])
    await office.pass(120)
    expect(office.exchange.ringing('rut-bord')).toEqual([])
    expect(caller.hears).toEqual([rut])
  })

  it('G-06 0 switches it off', async () => {
    const office = await openOffice({ ...officeFile, talk: { receptionHoldSeconds: 0 } })
    const { rut } = await talkWithRut(office)
    rut.hold()
    await office.pass(300)
    expect(office.exchange.ringing('rut-bord')).toEqual([])
  })

  it('G-06 I-19 comes back on time also when the app was away meanwhile', async () => {
    const office = await openOffice()
    const { rut } = await talkWithRut(office)
    rut.hold()
    await office.pass(30)
    office.kill()
    await office.start()
    await office.pass(31)
    expect(office.exchange.ringing('rut-bord')).toHaveLength(1)
  })

  it('P-24 a talk of three cannot be parked: refused with words', async () => {
    const office = await openOffice()
    const { caller, rut } = await threeTalk(office)
    rut.hold()
    const keyed = await office.dials('rut-bord', '*68*101#')
    await office.pass(6)
    expect(keyed.sounds).toEqual(['tone:congestion:se', 'Ett samtal med tre personer kan inte parkeras.'])
    expect(hears(caller)).toEqual(new Set(['rut-bord', 'bo-bord']))
  })

  it('I-20 I-07 whoever transfers out of a talk of three leaves it', async () => {
    const office = await openOffice()
    const { caller, rut, bo } = await threeTalk(office)
    rut.transfer('102')
    await office.pass(2)
    expect(rut.alive).toBe(false)
    expect([hears(caller), hears(bo)]).toEqual([new Set(['bo-bord']), new Set([trunk])])
  })
})

describe('an attended transfer in a talk of three', () => {
  it.each([
    ['in three', officeFile, 'rut'],
    ['in private', privateOffice, 'rut'],
    ['of the invited', officeFile, 'bo'],
  ] as const)('I-20 I-18 %s: who was asked takes the place', async (_, file, who) => {
    const office = await openOffice(file)
    const people = await threeTalk(office)
    const { caller } = people
    const stays = who === 'rut' ? people.bo : people.rut
    const callerHeard = caller.hears.length
    people[who].hold()
    const consult = await office.dials(`${who}-bord`, '101')
    const anna = office.ring('anna-bord')
    anna.answer()
    await office.pass(1)
    expect(anna.hears).toEqual([consult])
    people[who].transferTo(consult)
    await office.pass(1)
    expect([people[who].alive, consult.alive]).toEqual([false, false])
    expect(hears(anna)).toEqual(new Set(callerHeard === 0 ? [stays.device] : [trunk, stays.device]))
    expect(hears(stays)).toContain('anna-bord')
    expect(caller.hears).toHaveLength(callerHeard)
    stays.hangUp()
    await office.pass(1)
    expect([hears(caller), hears(anna)]).toEqual([new Set(['anna-bord']), new Set([trunk])])
    expect(anna.display.number).toBe('+46701740630')
    expect(caller.display.number).toBe('101')
    const [talk] = office.deps.talks.of(office.company.company)
    expect(talk?.conversation).toBe(caller.id)
    await office.pass(25)
    caller.hangUp()
    await office.pass(1)
    expect(anna.alive).toBe(false)
  })

  it.each([
    ['the inviter', 'rut'],
    ['the invited', 'bo'],
  ] as const)(
    'I-20 I-18 P-24 by INVITE with Replaces onto %s: the phone takes the place, and cannot be parked',
    async (_, who) => {
      const office = await openOffice()
      const people = await threeTalk(office)
      const { caller } = people
      const stays = who === 'rut' ? people.bo : people.rut
      const anna = office.exchange.takeOver('anna-bord', people[who])
      await office.pass(1)
      expect(people[who].alive).toBe(false)
      const all = [caller, stays, anna]
      const together = (): void => {
        for (const one of all) expect(new Set(one.hears)).toEqual(new Set(all.filter((each) => each !== one)))
      }
      together()
      anna.hold()
      const keyed = await office.dials('anna-bord', '*68*101#')
      await office.pass(6)
      expect(keyed.sounds).toEqual(['tone:congestion:se', 'Ett samtal med tre personer kan inte parkeras.'])
      expect(await office.memory.stores.parking.list(office.company.company)).toEqual([])
      anna.resume()
      together()
      stays.hangUp()
      await office.pass(1)
      expect([hears(caller), hears(anna)]).toEqual([new Set(['anna-bord']), new Set([trunk])])
      expect(caller.display.number).toBe('101')
      // The seat is one like any other: the call can be parked, and its party can be replaced on its place.
      anna.hold()
      await office.dials('anna-bord', '*68*101#')
      await office.pass(3)
      expect(caller.room).toBe('park-kontoret-101')
      const erik = office.exchange.takeOver('erik-bord', caller)
      await office.pass(1)
      expect(erik.room).toBe('park-kontoret-101')
      expect(await office.memory.stores.parking.list(office.company.company)).toMatchObject([
        { place: '101', leg: erik.id, parkedBy: 'anna' },
      ])
      erik.hangUp()
    },
  )

  it('I-20 C-06 a coach cannot pass the coaching on: who was asked comes back to the coach, the talk goes on', async () => {
    const office = await openOffice()
    const { caller, rut } = await talkWithRut(office)
    rut.press('*4103#')
    await office.pass(1)
    const bo = office.ring('bo-bord')
    bo.answer()
    await office.pass(1)
    bo.press('1')
    await office.pass(2)
    bo.hold()
    const consult = await office.dials('bo-bord', '101')
    const anna = office.ring('anna-bord')
    anna.answer()
    await office.pass(1)
    bo.transferTo(consult)
    await office.pass(2)
    expect([hears(caller), hears(rut)]).toEqual([new Set(['rut-bord']), new Set([trunk])])
    expect(anna.hears).toEqual([])
    office.ring('bo-bord').answer()
    await office.pass(1)
    expect(hears(anna)).toEqual(new Set(['bo-bord']))
  })
})

describe('a program that acts in a talk', () => {
  it('I-01 I-11 I-12 I-03 C-04 invites, switches, refuses a fourth, removes, holds and resumes', async () => {
    const office = await openOffice()
    const desk = talkOperations(office.deps)
    const { company } = office.company
    const act = async (verb: Parameters<typeof desk.act>[2], person = 'rut') => {
      const end = desk.act(company, { kind: 'person', person: person as PersonId }, verb)
      await office.pass(0.1)
      return end
    }
    const states = (): readonly string[] => desk.talks(company).map(({ state }) => state)
    const { caller, rut } = await talkWithRut(office)
    expect(await act({ kind: 'hold' })).toBe('done')
    expect([hears(caller), states()]).toEqual([new Set(), ['held']])
    expect(await act({ kind: 'resume' })).toBe('done')
    expect(await act({ kind: 'invite', number: '103', privately: true })).toBe('done')
    await office.pass(1)
    expect(states()).toEqual(['ringing'])
    office.ring('bo-bord').answer()
    await office.pass(1)
    expect([hears(rut), states()]).toEqual([new Set(['bo-bord']), ['consulting']])
    expect(await act({ kind: 'switch', to: 'customer' })).toBe('done')
    expect(hears(rut)).toEqual(new Set([trunk]))
    expect(await act({ kind: 'switch', to: 'threeWay' })).toBe('done')
    expect([hears(caller), states()]).toEqual([new Set(['rut-bord', 'bo-bord']), ['threeWay']])
    expect(await act({ kind: 'invite', number: '102' })).toEqual({
      refused: 'full',
      words: 'Ni är redan tre i samtalet.',
    })
    expect(await act({ kind: 'remove' }, 'bo')).toMatchObject({ refused: 'notYours' })
    expect(await act({ kind: 'remove' })).toBe('done')
    expect(await act({ kind: 'leave' }, 'erik')).toEqual({ refused: 'noTalk' })
    expect(await act({ kind: 'leave' }, 'nobody')).toEqual({ refused: 'noSuchPerson' })
    expect(await act({ kind: 'leave' })).toBe('done')
    await office.pass(1)
    expect([rut.alive, caller.alive]).toEqual([false, false])
    expect(await act({ kind: 'remove' })).toEqual({ refused: 'noTalk' })
    await office.pass(4)
  })
})
