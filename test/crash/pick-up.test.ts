import { describe, expect, it } from 'vitest'
import { queueFile } from '../flows/queue-office.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import type { Office } from '../support/office.js'
import { atEveryMoment, rings, talkTogether, until } from './harness.js'
import { heldByRut, parkedOn101, talksWithRut } from './parked.js'

/** Keys the pickup again while the caller has nobody, as somebody would who hears the phone ring on. */
async function picksUp(office: Office, device: string, code: string, caller: FakeLeg): Promise<FakeLeg> {
  let picker = await office.dials(device, code)
  for (let tries = 0; tries < 5 && !caller.hears.includes(picker); tries += 1) {
    await until(office, () => caller.hears.length > 0 || !picker.alive, 30)
    if (!picker.alive) picker = await office.dials(device, code)
  }
  await talkTogether(office, caller, picker)
  return picker
}

const nobodyRings = (office: Office, ...devices: readonly string[]): Promise<void> =>
  until(office, () => devices.every((device) => office.exchange.ringing(device).length === 0), 30)

describe('the app is killed at every step while a call is picked up, and started again', () => {
  it('I-20 M-03 a person’s call: caller and colleague talk, the phones stop', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls('+46846500402')
      await rings(office, 'erik-bord')
      const anna = await picksUp(office, 'anna-bord', '*8*102#', caller)
      await nobodyRings(office, 'erik-bord', 'erik-mobil')
      await office.pass(8) // also if the app was dead just now
      expect(caller.hears).toEqual([anna])
      caller.hangUp()
      await until(office, () => !anna.alive)
    })
  })

  it('I-20 Q-06 a queue call offered to an agent', async () => {
    await atEveryMoment(
      async (office) => {
        const caller = await office.outsideCalls('+46846500450')
        await rings(office, 'anna-bord')
        const erik = await picksUp(office, 'erik-bord', '*8*101#', caller)
        await nobodyRings(office, 'anna-bord')
        await office.pass(8)
        expect(caller.hears).toEqual([erik])
        erik.hangUp()
        await until(office, () => !caller.alive)
      },
      queueFile({ login: 'always', members: ['anna'], wrapUpSeconds: 0, noAnswerSeconds: 1 }),
    )
  })

  it('I-20 P-13 a parked call that comes back', async () => {
    await atEveryMoment(async (office) => {
      const caller = await parkedOn101(office)
      await until(office, () => office.exchange.ringing('rut-bord').length > 0, 80)
      const bo = await picksUp(office, 'bo-bord', '*8*100#', caller)
      await nobodyRings(office, 'rut-bord')
      await office.pass(8)
      expect(caller.hears).toEqual([bo])
      caller.hangUp()
    })
  })

  it('I-20 G-06 a call on hold that comes back', async () => {
    await atEveryMoment(async (office) => {
      const { caller, rut } = await heldByRut(office)
      const isBack = (): boolean => office.exchange.ringing('rut-bord').length > 0
      for (let waited = 0; waited < 300 && !isBack(); waited += 1) {
        await office.pass(0.5)
        if (waited !== 130) continue
        rut.resume() // the app was dead when the key was pressed
        rut.hold()
      }
      const bo = await picksUp(office, 'bo-bord', '*8*100#', caller)
      await nobodyRings(office, 'rut-bord')
      await office.pass(8)
      expect(caller.hears).toEqual([bo])
      caller.hangUp()
    })
  })

  it('I-20 I-01 I-19 somebody who is being invited into a talk', async () => {
    await atEveryMoment(async (office) => {
      const { caller, rut } = await talksWithRut(office)
      for (let tries = 0; tries < 4 && office.exchange.ringing('bo-bord').length === 0; tries += 1) {
        rut.press('*3103#')
        await office.pass(5)
      }
      const anna = await picksUp(office, 'anna-bord', '*8*103#', caller)
      await nobodyRings(office, 'bo-bord')
      await office.pass(8)
      expect(new Set(caller.hears)).toEqual(new Set([rut, anna]))
      rut.hangUp()
      await until(office, () => caller.hears.length === 1 && caller.hears.includes(anna))
      caller.hangUp()
      await until(office, () => !anna.alive)
    })
  })
})
