import { describe, expect, it } from 'vitest'
import type { DeviceName, Extension } from '../../src/domain/ids.js'
import { parkOperations } from '../../src/flows/park-operations.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import { officeFile, type Office } from '../support/office.js'
import { openOffice } from './opened.js'
import { talkWithRut } from './talk-scenes.js'

const trunk = 'kontoret-trunk'
const hears = (leg: FakeLeg): ReadonlySet<string> => new Set(leg.hears.map(({ device }) => device))

/** Rut asks Bo to coach her, who accepts by 1. */
async function coachedTalk(office: Office) {
  const { caller, rut } = await talkWithRut(office)
  rut.press('*4103#')
  await office.pass(1)
  const bo = office.ring('bo-bord')
  bo.answer()
  await office.pass(1)
  bo.press('1')
  await office.pass(2)
  return { caller, rut, bo }
}

/** C-03 */
function expectCoached({ caller, rut, bo }: Record<'caller' | 'rut' | 'bo', FakeLeg>): void {
  expect([hears(caller), hears(rut), hears(bo)]).toEqual([
    new Set(['rut-bord']),
    new Set([trunk, 'bo-bord']),
    new Set([trunk, 'rut-bord']),
  ])
}

describe('a coach in a talk', () => {
  it('C-02 C-03 TN-3 is shown who asks, accepts by 1, and is heard by the agent alone, who hears one beep', async () => {
    const office = await openOffice()
    const { caller, rut } = await talkWithRut(office)
    const shown = caller.display
    rut.press('*4103#')
    await office.pass(1)
    const bo = office.ring('bo-bord')
    expect(bo.display).toEqual({ name: 'Coachning: Rut Rask', number: '100' })
    bo.answer()
    await office.pass(1)
    expect(hears(bo)).toEqual(new Set())
    expect(bo.sounds).toEqual(['Rut Rask vill ha coachning. Tryck ett för att lyssna med.'])
    bo.press('1')
    await office.pass(2)
    expectCoached({ caller, rut, bo })
    expect(rut.sounds).toEqual(['tone:beep:se'])
    expect(caller.sounds).toEqual([])
    expect(caller.display).toEqual(shown)
  })

  it.each([
    [
      'keys something else',
      (bo: FakeLeg) => {
        bo.press('2')
      },
    ],
    ['keys nothing', () => undefined],
    [
      'hangs up',
      (bo: FakeLeg) => {
        bo.hangUp()
      },
    ],
  ])('C-02 a coach who %s has declined: only the agent is told', async (_, act) => {
    const office = await openOffice()
    const { caller, rut } = await talkWithRut(office)
    rut.press('*4103#')
    await office.pass(1)
    const bo = office.ring('bo-bord')
    bo.answer()
    await office.pass(1)
    act(bo)
    await office.pass(14)
    expect(bo.alive).toBe(false)
    expect(rut.sounds).toEqual(['tone:congestion:se', 'Inbjudan avböjdes.'])
    expect(caller.sounds).toEqual([])
    expect([hears(caller), hears(rut)]).toEqual([new Set(['rut-bord']), new Set([trunk])])
  })

  it('C-02 a coach who does not answer for 20 seconds has not come', async () => {
    const office = await openOffice()
    const { caller, rut } = await talkWithRut(office)
    rut.press('*4103#')
    await office.pass(19)
    expect(office.exchange.ringing('bo-bord')).toHaveLength(1)
    await office.pass(5)
    expect(rut.sounds).toEqual(['tone:congestion:se', 'Det svarar inte.'])
    expect(caller.sounds).toEqual([])
  })

  it.each<readonly [string, object, (office: Office) => unknown, RegExp]>([
    ['absent', officeFile, (office) => office.away('bo', { reason: 'lunch' }), /lunch/],
    [
      'not signed on',
      officeFile,
      (office) => {
        office.exchange.unregister('bo-bord')
      },
      /inte inloggad/,
    ],
    [
      'in another call',
      officeFile,
      async (office) => {
        await office.dials('bo-bord', '102')
        office.ring('erik-bord').answer()
        await office.pass(1)
      },
      /upptaget/,
    ],
    [
      'not permitted',
      { ...officeFile, talk: { coaching: { coaches: ['erik'] } } },
      () => undefined,
      /saknar behörighet/,
    ],
    [
      'not an agent who is logged in',
      {
        ...officeFile,
        queues: [{ id: 'support', name: 'Support', number: '600', members: ['bo'], login: 'code' }],
      },
      () => undefined,
      /inte inloggad/,
    ],
  ])('C-01 a coach who is %s is refused, and the agent is told why', async (_, file, prepare, words) => {
    const office = await openOffice(file)
    const { caller, rut } = await talkWithRut(office)
    await prepare(office)
    rut.press('*4103#')
    await office.pass(6)
    expect(office.exchange.ringing('bo-bord')).toEqual([])
    expect(rut.sounds.at(-1)).toMatch(words)
    expect(caller.sounds).toEqual([])
  })

  it('C-04 customer on hold: coach and agent talk, and when hold ends no way opens from coach to customer', async () => {
    const office = await openOffice()
    const people = await coachedTalk(office)
    const { caller, rut, bo } = people
    const [table] = office.deps.talks
      .of(office.company.company)
      .map((talk) => office.deps.talks.ofCall(talk.call))
    if (!table) throw new Error('a talk')
    expect(await asked(office, office.deps.talks.ask(table, { kind: 'hold', by: rut.id }))).toBe('done')
    await office.pass(5)
    expect([hears(caller), hears(rut), hears(bo)]).toEqual([
      new Set(),
      new Set(['bo-bord']),
      new Set(['rut-bord']),
    ])
    expect(caller.hearsMusic).toBe(true)
    expect(await asked(office, office.deps.talks.ask(table, { kind: 'resume', by: rut.id }))).toBe('done')
    await office.pass(1)
    expectCoached(people)
  })

  it('C-04 G-06 on hold by the agent’s own key: nobody hears the customer, who has music; resumed, all is as before', async () => {
    const office = await openOffice()
    const people = await coachedTalk(office)
    const { caller, rut, bo } = people
    rut.hold()
    await office.pass(5)
    expect([hears(caller), hears(bo).has(trunk), caller.hearsMusic]).toEqual([new Set(), false, true])
    rut.resume()
    await office.pass(1)
    expectCoached(people)
    rut.hold()
    await office.pass(61)
    const back = office.ring('rut-bord')
    back.answer()
    await office.pass(2)
    expect([caller.hears, new Set(back.hears), new Set(bo.hears)]).toEqual([
      [back],
      new Set([caller, bo]),
      new Set([caller, back]),
    ])
  })

  it('C-04 the customer holds with a key of their own: agent and coach go on, and no way opens afterwards', async () => {
    const office = await openOffice()
    const people = await coachedTalk(office)
    people.caller.hold()
    await office.pass(5)
    expect(hears(people.caller)).not.toContain('bo-bord')
    expect(hears(people.rut)).toContain('bo-bord')
    expect(hears(people.bo)).toContain('rut-bord')
    people.caller.resume()
    await office.pass(1)
    expectCoached(people)
  })

  it('C-06 the agent leaves: the coach is released with a tone, never with the customer', async () => {
    const office = await openOffice()
    const { caller, rut, bo } = await coachedTalk(office)
    rut.hangUp()
    await office.pass(0.5)
    expect([hears(caller), hears(bo)]).toEqual([new Set(), new Set()])
    await office.pass(4)
    expect(bo.sounds.slice(-2)).toEqual(['tone:congestion:se', 'Coachningen är avslutad.'])
    expect([caller.alive, bo.alive]).toEqual([false, false])
  })

  it('C-06 I-20 the agent transfers: the coach is released, the customer goes on', async () => {
    const office = await openOffice()
    const { caller, rut, bo } = await coachedTalk(office)
    rut.transfer('102')
    await office.pass(1)
    office.ring('erik-bord').answer()
    await office.pass(4)
    expect(hears(caller)).toEqual(new Set(['erik-bord']))
    expect(bo.alive).toBe(false)
    expect(bo.sounds).toContain('Coachningen är avslutad.')
  })

  it('C-06 P-25 the agent parks: the coach is dropped with notice first', async () => {
    const office = await openOffice()
    const { caller, rut, bo } = await coachedTalk(office)
    rut.hold()
    await office.dials('rut-bord', '*68*101#')
    await office.pass(4)
    expect(caller.room).toBe('park-kontoret-101')
    expect(bo.sounds).toContain('Coachningen är avslutad.')
    expect([rut.alive, bo.alive]).toEqual([false, false])
  })

  it.each<readonly [string, (office: Office, rut: FakeLeg) => unknown]>([
    [
      'transfers to a place',
      (_, rut) => {
        rut.transfer('*68*101#')
      },
    ],
    [
      'has a program park',
      ({ deps, company }) =>
        parkOperations(deps).park(
          company.company,
          { kind: 'device', device: 'rut-bord' as DeviceName },
          { kind: 'extension', extension: '101' as Extension },
        ),
    ],
  ])(
    'P-25 P-02 C-06 the agent %s: the coach hears that it is over, the caller is parked',
    async (_, park) => {
      const office = await openOffice()
      const { caller, rut, bo } = await coachedTalk(office)
      const end = park(office, rut)
      await office.pass(4)
      await end
      expect([caller.room, caller.hearsMusic]).toEqual(['park-kontoret-101', true])
      expect(bo.sounds.slice(-2)).toEqual(['tone:congestion:se', 'Coachningen är avslutad.'])
      expect([rut.alive, bo.alive]).toEqual([false, false])
      const erik = await office.dials('erik-bord', '*88*101#')
      await office.pass(1)
      expect(hears(caller)).toEqual(new Set(['erik-bord']))
      expect(hears(erik)).toEqual(new Set([trunk]))
    },
  )

  it('C-07 the customer hangs up: coach and agent keep 30 seconds', async () => {
    const office = await openOffice()
    const { caller, rut, bo } = await coachedTalk(office)
    caller.hangUp()
    await office.pass(28)
    expect([hears(rut), hears(bo)]).toEqual([new Set(['bo-bord']), new Set(['rut-bord'])])
    await office.pass(6)
    expect([rut.alive, bo.alive]).toEqual([false, false])
  })

  it('C-09 I-21 a second coach and a third party are refused', async () => {
    const office = await openOffice()
    const people = await coachedTalk(office)
    people.rut.press('*4102#')
    await office.pass(5)
    expect(people.rut.sounds.at(-1)).toBe('Det finns redan en coach i samtalet.')
    people.rut.press('*3102#')
    await office.pass(5)
    expect(people.rut.sounds.at(-1)).toBe('Ni är redan tre i samtalet.')
    expectCoached(people)
    expect(people.caller.sounds).toEqual([])
  })

  it('C-10 I-22 the keys of a coach reach nobody; those of the agent reach the customer', async () => {
    const office = await openOffice()
    const { caller, rut, bo } = await coachedTalk(office)
    bo.press('123')
    rut.press('45')
    await office.pass(2)
    expect([caller.receivedDigits, rut.receivedDigits, bo.receivedDigits]).toEqual(['45', '', ''])
  })

  it.each([
    [
      'the agent drops the coach',
      (people: Record<'rut' | 'bo', FakeLeg>) => {
        people.rut.press('*6')
      },
    ],
    [
      'the coach leaves by key',
      (people: Record<'rut' | 'bo', FakeLeg>) => {
        people.bo.press('*6')
      },
    ],
    [
      'the coach hangs up',
      (people: Record<'rut' | 'bo', FakeLeg>) => {
        people.bo.hangUp()
      },
    ],
  ])('C-11 TN-3 %s: the agent hears two beeps, the talk goes on', async (_, act) => {
    const office = await openOffice()
    const people = await coachedTalk(office)
    act(people)
    await office.pass(5)
    const { caller, rut, bo } = people
    expect(bo.alive).toBe(false)
    expect([hears(caller), hears(rut)]).toEqual([new Set(['rut-bord']), new Set([trunk])])
    expect(rut.sounds).toEqual(['tone:beep:se', 'tone:beep:se', 'tone:beep:se'])
    expect(caller.sounds).toEqual([])
  })

  it('C-12 a coach may speak to all only by permission', async () => {
    const office = await openOffice()
    const people = await coachedTalk(office)
    people.bo.press('*5')
    await office.pass(5)
    expect(people.bo.sounds.at(-1)).toBe('Du får inte gå in i samtalet.')
    expectCoached(people)
  })

  it('C-12 with permission the coach is announced first, then heard by all', async () => {
    const office = await openOffice({ ...officeFile, talk: { coaching: { mayBargeIn: ['bo'] } } })
    const people = await coachedTalk(office)
    people.bo.press('*5')
    await office.pass(0.5)
    expect(people.caller.sounds).toEqual(['En kollega deltar nu i samtalet.'])
    expectCoached(people)
    await office.pass(2)
    expect(hears(people.caller)).toEqual(new Set(['rut-bord', 'bo-bord']))
  })
})

describe('what a customer is told of coaching', () => {
  it('C-13 join: everybody hears it before the coach hears anything', async () => {
    const office = await openOffice({ ...officeFile, talk: { coaching: { consent: 'join' } } })
    const { caller, rut } = await talkWithRut(office)
    rut.press('*4103#')
    await office.pass(1)
    const bo = office.ring('bo-bord')
    bo.answer()
    await office.pass(1)
    bo.press('1')
    await office.pass(0.5)
    expect(caller.sounds).toEqual(['En kollega lyssnar nu med i samtalet.'])
    expect(hears(bo)).toEqual(new Set())
    await office.pass(2)
    expectCoached({ caller, rut, bo })
  })

  it('C-13 start: said at the start of the call of whoever may be coached, once', async () => {
    const coaching = { consent: 'start', people: ['rut'] }
    const office = await openOffice({ ...officeFile, talk: { coaching } })
    const { caller, rut } = await talkWithRut(office)
    await office.pass(2)
    const notice = 'En kollega kan komma att lyssna med i samtalet.'
    expect([caller.sounds, rut.sounds]).toEqual([[notice], [notice]])
    office.kill()
    await office.start()
    await office.pass(3)
    expect(caller.sounds).toEqual([notice])
  })

  it('C-13 in Germany nobody is coached whose callers are not told at the start', async () => {
    const office = await openOffice({ ...officeFile, language: 'de', country: 'DE' })
    const { caller, rut } = await talkWithRut(office)
    rut.press('*4103#')
    await office.pass(5)
    expect(caller.sounds).toEqual([])
    expect(office.exchange.ringing('bo-bord')).toEqual([])
    expect(rut.sounds).toHaveLength(2)
  })
})

/** Lets the talk answer. */
async function asked<T>(office: Office, answer: Promise<T>): Promise<T> {
  await office.pass(0.1)
  return answer
}
