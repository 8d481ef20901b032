import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CompanyId, PersonId } from '../../src/domain/ids.js'
import { careForFailures } from '../support/after-failure.js'
import { parkDesk } from '../support/park-desk.js'
import type { BusyLamp } from '../support/phones/lamp.js'
import type { Phone } from '../support/phones/phone.js'
import type { Trunk } from '../support/phones/trunk.js'
import { startRealOffice, type RealOffice } from '../support/real-office.js'

const company = 'kontoret' as CompanyId

describe('a restart of Asterisk while calls are parked', () => {
  let office: RealOffice
  let anna: Phone
  let bo: Phone
  let outside: Trunk

  careForFailures(() => office)
  // Nothing of what was killed and parked is left for another try.
  beforeEach(async () => {
    office = await startRealOffice()
    anna = await office.phone('anna-bord', 900)
    bo = await office.phone('bo-bord', 1300)
    outside = await office.trunk(500)
  })
  afterEach(() => office.stop())

  const lampOf103 = (): Promise<BusyLamp> => office.lamp('bo-bord', 'park-kontoret-103')

  it('P-33 P-30 frees the places, the parker has a missed call of it, and lamps are dark and work again', async () => {
    const desk = parkDesk(office, outside)
    await desk.park(anna, '+46846500401', '*68*103#', '103')
    const before = await lampOf103()
    await before.shows('inUse')
    await office.exchange.asterisk.kill()
    await Promise.all([anna.stop(), bo.stop(), outside.stop(), before.stop()])
    await office.exchange.asterisk.start()
    // The supervisor's part: whoever gave up on the dead Asterisk is started again.
    await office.exchange.vaxel.start()
    await expect
      .poll(() => office.redis.stores.parking.list(company), { timeout: 15_000, interval: 100 })
      .toEqual([])
    const missed = await office.redis.stores.missedCalls.list(company, 'anna' as PersonId, 5)
    expect(missed.map(({ why, from }) => [why, from])).toEqual([['parkedLost', '+46701740630']])

    anna = await office.phone('anna-bord', 900)
    bo = await office.phone('bo-bord', 1300)
    outside = await office.trunk(500)
    const lamp = await lampOf103()
    await lamp.shows('idle', 15_000)
    const again = parkDesk(office, outside)
    const caller = await again.park(anna, '+46846500401', '*68*103#', '103')
    await lamp.shows('inUse')
    const fetched = await again.keys(bo, '*88#')
    await again.together(caller, bo, fetched)
    await lamp.shows('idle')
    await caller.hangup()
    await fetched.closed()
    await lamp.stop()
  })
})
