import { describe, expect, it } from 'vitest'
import type { Extension, LegId } from '../../src/domain/ids.js'
import { atEveryMoment, rings, talkTogether, until } from './harness.js'
import { officeFile } from '../support/office.js'
import { heldByRut, isParked, parkedOn101, placesAgree } from './parked.js'

describe('the app is killed at every step while calls are parked, and started again', () => {
  it('P-32 P-05 parked, and the exchange is slow for the next run: the caller stays on the place', async () => {
    let held: Awaited<ReturnType<typeof heldByRut>>
    await atEveryMoment(
      async (office) => {
        const { caller, rut } = held
        await office.dials('rut-bord', '*68*101#')
        await until(office, () => isParked(caller) && !rut.alive, 20)
        await office.pass(8)
        await placesAgree(office, caller)
      },
      officeFile,
      {
        before: async (office) => {
          held = await heldByRut(office)
        },
        slow: true,
      },
    )
  })

  it('P-32 parked, and fetched by another phone: both talk, the place is free', async () => {
    await atEveryMoment(async (office) => {
      const caller = await parkedOn101(office)
      const erik = await office.dials('erik-bord', '*88*101#')
      await until(office, () => caller.hears.length > 0, 30)
      expect(caller.hears).toEqual([erik])
      await office.pass(8) // also if the app was dead just now
      await placesAgree(office, caller)
      caller.hangUp()
      await until(office, () => !erik.alive)
    })
  })

  it('P-32 P-06 parked, and comes back to the parker', async () => {
    await atEveryMoment(async (office) => {
      const caller = await parkedOn101(office)
      await until(office, () => office.exchange.ringing('rut-bord').length > 0, 80)
      const back = await rings(office, 'rut-bord')
      back.answer()
      await talkTogether(office, caller, back)
      await office.pass(8) // also if the app was dead just now
      await placesAgree(office, caller)
      back.hangUp()
      await until(office, () => !caller.alive)
    })
  })

  it('P-13 fetched while it rings back: one has the call, and the other phone stops', async () => {
    await atEveryMoment(async (office) => {
      const caller = await parkedOn101(office)
      await until(office, () => office.exchange.ringing('rut-bord').length > 0, 80)
      await office.dials('erik-bord', '*88*101#')
      await until(office, () => caller.hears.length > 0, 60)
      await until(office, () => office.exchange.ringing('rut-bord').length === 0, 30)
      await office.pass(8)
      await placesAgree(office, caller)
      caller.hangUp()
    })
  })

  it('P-04 two who park on one place at once: one is parked, the other stays with the parker', async () => {
    await atEveryMoment(async (office) => {
      const one = await heldByRut(office)
      const two = await office.outsideCalls('+46846500402')
      const erik = await rings(office, 'erik-bord')
      erik.answer()
      await talkTogether(office, two, erik)
      office.exchange.call('rut-bord', '*68*101#')
      office.exchange.call('erik-bord', '*68*101#')
      await until(office, () => isParked(one.caller) || isParked(two), 30)
      await office.pass(8)
      expect([one.caller, two].filter(isParked)).toHaveLength(1)
      expect(one.caller.alive && two.alive).toBe(true)
      one.caller.hangUp()
      two.hangUp()
    })
  })

  it('P-12 P-32 fetched by another process already, as only the store knows: the caller waits on, and is fetched', async () => {
    await atEveryMoment(async (office) => {
      const caller = await parkedOn101(office)
      const { parking } = office.memory.stores
      const now = office.clock.now()
      await parking.fetch(office.company.company, '101' as Extension, 'elsewhere' as LegId, now, 10_000)
      const erik = await office.dials('erik-bord', '*88*101#')
      await until(office, () => !erik.alive || erik.hears.includes(caller), 30)
      await office.pass(10)
      // If the app was dead until then, that claim had lapsed when Erik asked again.
      if (!erik.alive) {
        expect(isParked(caller)).toBe(true)
        const bo = await office.dials('bo-bord', '*88*101#')
        await until(office, () => caller.hears.includes(bo), 30)
      }
      await office.pass(8)
      await placesAgree(office, caller)
    })
  })

  it('P-15 P-16 the caller hangs up just as somebody fetches: nobody is left in silence', async () => {
    await atEveryMoment(async (office) => {
      const caller = await parkedOn101(office)
      const erik = office.exchange.call('erik-bord', '*88*101#')
      caller.hangUp()
      await until(office, () => !erik.alive, 60)
      await office.pass(8)
      await placesAgree(office, caller)
    })
  })
})
