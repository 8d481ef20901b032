import { describe, expect, it } from 'vitest'
import type { FakeLeg } from '../support/fake-exchange.js'
import { officeFile, type Office } from '../support/office.js'
import { atEveryMoment, rings, talkTogether, until, untilThere } from './harness.js'
import { heldByAnna, heldByRut, isParked, placesAgree, talksWithRut } from './parked.js'

/** Erik has called Rut, who has parked him on 101, and asks Bo meanwhile. */
async function parkedErikAsksBo(
  office: Office,
): Promise<{ readonly erik: FakeLeg; readonly consult: FakeLeg; readonly bo: FakeLeg }> {
  office.exchange.entersAhead = 'first'
  const erik = await office.dials('erik-bord', '100')
  const rut = await rings(office, 'rut-bord')
  rut.answer()
  await talkTogether(office, erik, rut)
  rut.hold()
  await office.dials('rut-bord', '*68*101#')
  await until(office, () => isParked(erik) && !rut.alive, 20)
  const consult = await office.dials('erik-bord', '103')
  const bo = await rings(office, 'bo-bord')
  bo.answer()
  await talkTogether(office, consult, bo)
  return { erik, consult, bo }
}

describe('the app is killed at every step while phones transfer, and started again', () => {
  let held: Awaited<ReturnType<typeof heldByAnna>>

  it('P-20 the party that a parked one has named is parked in its place, and is fetched from there', async () => {
    await atEveryMoment(async (office) => {
      const { erik, consult, bo } = await parkedErikAsksBo(office)
      await untilThere(office)
      erik.transferTo(consult)
      await until(office, () => isParked(bo), 20)
      await office.pass(8) // also if the app was dead just now
      await placesAgree(office, bo)
      const anna = await office.dials('anna-bord', '*88#')
      await talkTogether(office, anna, bo)
      anna.hangUp()
      // If the app was dead, and had not noted that they were together, he is parked as before: nobody is lost.
      await until(office, () => !bo.alive || isParked(bo))
      await office.pass(8)
      await placesAgree(office, bo)
    })
  })

  it('P-20 the phone that asks for the place of a parked one is parked there, or is hung up', async () => {
    await atEveryMoment(async (office) => {
      const { erik } = await parkedErikAsksBo(office)
      const isAway = !office.isRunning
      const anna = office.exchange.takeOver('anna-bord', erik)
      await until(office, () => isParked(anna) || !anna.alive, 40)
      await office.pass(12)
      await placesAgree(office, anna, erik)
      expect(erik.alive).toBe(isAway)
    })
  })

  it('I-20 P-24 the phone that asks for the place of one of three has it, or is hung up, or leaves the two others to each other', async () => {
    await atEveryMoment(async (office) => {
      const { caller, rut } = await talksWithRut(office)
      for (let tries = 0; tries < 4 && office.exchange.ringing('bo-bord').length === 0; tries += 1) {
        rut.press('*3103#')
        await office.pass(5)
      }
      const bo = await rings(office, 'bo-bord')
      bo.answer()
      await until(office, () => [rut, bo].every((leg) => caller.hears.includes(leg)))
      const isAway = !office.isRunning
      const anna = office.exchange.takeOver('anna-bord', bo)
      await until(office, () => caller.hears.includes(anna) || !anna.alive, 60)
      await office.pass(12)
      expect(bo.alive).toBe(isAway)
      const third = [anna, bo].filter(({ alive }) => alive)
      expect(new Set(caller.hears)).toEqual(new Set([rut, ...third]))
      expect(new Set(rut.hears)).toEqual(new Set([caller, ...third]))
      await placesAgree(office)
    })
  })

  it('I-20 attended: the two who are left talk with each other', async () => {
    await atEveryMoment(async (office) => {
      const { caller, rut } = await heldByRut(office)
      const consult = await office.dials('rut-bord', '103')
      const bo = await rings(office, 'bo-bord')
      bo.answer()
      await talkTogether(office, consult, bo)
      await untilThere(office)
      rut.transferTo(consult)
      await talkTogether(office, caller, bo)
      await office.pass(8)
      expect(caller.hears).toEqual([bo])
      bo.hangUp()
      await until(office, () => !caller.alive)
    })
  })

  it.each([0, 2, 5])(
    'P-02 c attended onto a code, completed %i turns after it was dialled: the caller is parked, or rings the parker again, or is still there',
    async (turns) => {
      await atEveryMoment(
        async (office) => {
          const { caller, anna } = held
          const code = office.exchange.call('anna-bord', '*68*101#')
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
          const isRefused = !office.isRunning
          if (anna.alive && code.alive) anna.transferTo(code)
          const isBack = (): boolean => office.exchange.ringing('anna-bord').length > 0
          await until(
            office,
            () => isParked(caller) || isBack() || (isRefused && caller.hears.includes(anna)),
            40,
          )
          await office.pass(8)
          await placesAgree(office, caller)
          expect([caller.alive, code.alive]).toEqual([true, false])
          expect(anna.alive).toBe(isRefused && !isParked(caller))
        },
        officeFile,
        {
          before: async (office) => {
            held = await heldByAnna(office)
            await office.pass(1)
          },
        },
      )
    },
  )

  it('P-02 b blind onto a place: the caller is parked, or is with somebody', async () => {
    await atEveryMoment(async (office) => {
      const { caller, rut } = await talksWithRut(office)
      rut.transfer('*68*101#')
      await until(office, () => isParked(caller) || office.exchange.ringing('rut-bord').length > 0, 30)
      await office.pass(8)
      await placesAgree(office, caller)
      expect(caller.alive).toBe(true)
    })
  })
})
