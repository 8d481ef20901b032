import { describe, expect, it } from 'vitest'
import type { FakeLeg } from '../support/fake-exchange.js'
import { officeFile, type Office } from '../support/office.js'
import { atEveryMoment, rings, talkTogether, until, untilThere } from './harness.js'

/** A caller talks with Rut. */
async function withRut(office: Office): Promise<{ readonly caller: FakeLeg; readonly rut: FakeLeg }> {
  const caller = await office.outsideCalls('+46846500400')
  const rut = await rings(office, 'rut-bord')
  rut.answer()
  await talkTogether(office, caller, rut)
  return { caller, rut }
}

/** Keys a code until it has had its effect: what is keyed while nobody is there is lost. */
async function keys(office: Office, leg: FakeLeg, code: string, isDone: () => boolean): Promise<void> {
  for (let tries = 0; tries < 4 && !isDone(); tries += 1) {
    leg.press(code)
    for (let waited = 0; waited < 12 && !isDone(); waited += 1) await office.pass(0.5)
  }
  expect(isDone(), `${code} had its effect: ${isDone.toString()}`).toBe(true)
}

const isRinging = (office: Office, device: string) => (): boolean =>
  office.exchange.ringing(device).length > 0

/** Rut invites Bo, who answers. */
async function invited(office: Office) {
  const { caller, rut } = await withRut(office)
  await keys(office, rut, '*3103#', isRinging(office, 'bo-bord'))
  const bo = await rings(office, 'bo-bord')
  bo.answer()
  await until(office, () => rut.hears.includes(bo) && bo.hears.includes(rut))
  return { caller, rut, bo }
}

const privately = {
  ...officeFile,
  people: officeFile.people.map((person) => (person.id === 'rut' ? { ...person, autoHold: true } : person)),
}

describe('the app is killed at every step of a talk of three, and started again', () => {
  it('I-19 I-07 invited in private, brought together, and the inviter leaves: customer and invited talk', async () => {
    await atEveryMoment(async (office) => {
      const { caller, rut, bo } = await invited(office)
      await keys(office, rut, '*5', () => caller.hears.includes(bo) && caller.hears.includes(rut))
      rut.hangUp()
      await until(
        office,
        () => caller.hears.length === 1 && caller.hears.includes(bo) && bo.hears.includes(caller),
      )
      caller.hangUp()
      await until(office, () => !bo.alive)
    }, privately)
  })

  it('I-19 I-04 the invited says no: customer and inviter talk as before', async () => {
    await atEveryMoment(async (office) => {
      const { caller, rut } = await withRut(office)
      await keys(office, rut, '*3103#', isRinging(office, 'bo-bord'))
      office.ring('bo-bord').reject()
      await talkTogether(office, caller, rut)
      caller.hangUp()
      await until(office, () => !rut.alive)
    }, privately)
  })

  it('I-19 I-06 the inviter hangs up while it rings: the customer reaches the reception', async () => {
    await atEveryMoment(async (office) => {
      const { caller, rut } = await withRut(office)
      await keys(office, rut, '*3103#', isRinging(office, 'bo-bord'))
      rut.hangUp()
      await until(office, () => !caller.alive || office.exchange.ringing('rut-bord').length > 0)
      expect(caller.alive).toBe(true)
      const back = await rings(office, 'rut-bord')
      back.answer()
      await talkTogether(office, caller, back)
      expect(office.exchange.talking('bo-bord')).toEqual([])
      caller.hangUp()
      await until(office, () => !back.alive)
    }, privately)
  })

  it.each(['caller rut', 'caller bo', 'rut bo'] as const)(
    'I-10 I-19 two leave at once (%s): the third is released',
    async (who) => {
      await atEveryMoment(async (office) => {
        const people = await invited(office)
        for (const name of who.split(' ') as (keyof typeof people)[]) people[name].hangUp()
        await until(office, () => Object.values(people).every((leg) => !leg.alive), 30)
      })
    },
  )

  it('I-20 I-19 one of three transfers attended: who was asked takes the place', async () => {
    await atEveryMoment(async (office) => {
      const { caller, rut, bo } = await invited(office)
      await until(office, () => caller.hears.length === 2)
      rut.hold()
      const consult = await office.dials('rut-bord', '101')
      const anna = await rings(office, 'anna-bord')
      anna.answer()
      await talkTogether(office, consult, anna)
      await untilThere(office)
      rut.transferTo(consult)
      await until(office, () => caller.hears.includes(anna) && anna.hears.includes(bo))
      await office.pass(8)
      expect(new Set(caller.hears)).toEqual(new Set([anna, bo]))
      bo.hangUp()
      await until(office, () => caller.hears.length === 1 && caller.hears.includes(anna))
      caller.hangUp()
      await until(office, () => !anna.alive)
    })
  })

  it('C-03 C-07 I-19 a coach accepts and whispers; the customer hangs up: agent and coach have a last word', async () => {
    await atEveryMoment(async (office) => {
      const { caller, rut } = await withRut(office)
      await keys(office, rut, '*4103#', isRinging(office, 'bo-bord'))
      const bo = await rings(office, 'bo-bord')
      bo.answer()
      await keys(office, bo, '1', () => rut.hears.includes(bo))
      await until(office, () => bo.hears.includes(caller) && bo.hears.includes(rut))
      expect(caller.hears).toEqual([rut])
      caller.hangUp()
      await until(office, () => !rut.alive && !bo.alive, 60)
    })
  })

  it.each(['rut bo', 'rut caller', 'caller bo'] as const)(
    'C-06 I-10 I-19 two of a coached talk leave at once (%s): the third is released, and no coach is heard by the customer',
    async (who) => {
      await atEveryMoment(async (office) => {
        const { caller, rut } = await withRut(office)
        await keys(office, rut, '*4103#', isRinging(office, 'bo-bord'))
        const bo = await rings(office, 'bo-bord')
        bo.answer()
        await keys(office, bo, '1', () => rut.hears.includes(bo))
        const people = { caller, rut, bo }
        for (const name of who.split(' ') as (keyof typeof people)[]) people[name].hangUp()
        await until(
          office,
          () => {
            expect(caller.hears).not.toContain(bo)
            return Object.values(people).every((leg) => !leg.alive)
          },
          60,
        )
      })
    },
  )
})
