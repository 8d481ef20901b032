import { describe, expect, it } from 'vitest'
import type { FakeLeg } from '../support/fake-exchange.js'
import { officeFile } from '../support/office.js'
import { atEveryMoment, until } from './harness.js'
import { isParked, parkedOn101, placesAgree } from './parked.js'

/** Nothing is noted on the caller ahead of the joining: what their room says has to be enough. */
describe('the app is killed at every step while a parked call is fetched, and worse', () => {
  let caller: FakeLeg
  const before = async (office: Parameters<typeof parkedOn101>[0]): Promise<void> => {
    caller = await parkedOn101(office)
  }

  it.each(['first', 'last'] as const)(
    'P-32 P-12 the next run is killed as well, the %s of two in the room ahead: both talk, the place is free',
    async (entersAhead) => {
      await atEveryMoment(
        async (office) => {
          const erik = await office.dials('erik-bord', '*88*101#')
          await until(office, () => caller.hears.length > 0, 30)
          expect(caller.hears).toEqual([erik])
          await office.pass(8)
          await placesAgree(office, caller)
        },
        officeFile,
        {
          before: async (office) => {
            await before(office)
            office.exchange.entersAhead = entersAhead
          },
          againAtEach: 6,
        },
      )
    },
  )

  it('P-32 P-12 the exchange is slow for the next run: both talk, and nobody is told that there is nothing to fetch', async () => {
    await atEveryMoment(
      async (office) => {
        const erik = await office.dials('erik-bord', '*88*101#')
        await until(office, () => caller.hears.length > 0, 30)
        await office.pass(8)
        expect(caller.hears).toEqual([erik])
        expect(erik.sounds).toEqual([])
        await placesAgree(office, caller)
      },
      officeFile,
      { before, slow: true },
    )
  })

  it('M-06 P-32 the store is wiped too: both talk, or the call is fetched again', async () => {
    await atEveryMoment(
      async (office) => {
        const erik = await office.dials('erik-bord', '*88*101#')
        await until(office, () => caller.hears.includes(erik), 30)
        await office.pass(8)
        await placesAgree(office, caller)
      },
      officeFile,
      { before, wiped: true },
    )
  })

  it('P-17 P-15 who fetches hangs up while nobody is there: the caller is parked still, or the talk is over', async () => {
    await atEveryMoment(
      async (office) => {
        const erik = office.exchange.call('erik-bord', '*88*101#')
        await office.pass(1)
        const wereTogether = caller.hears.includes(erik)
        erik.hangUp()
        await until(office, () => isParked(caller) || (wereTogether && !caller.alive), 30)
        await office.pass(12) // a claim of the dead app has lapsed
        await placesAgree(office, caller)
        if (!caller.alive) return
        const bo = await office.dials('bo-bord', '*88*101#')
        await until(office, () => caller.hears.includes(bo), 30)
      },
      officeFile,
      { before },
    )
  })
})
