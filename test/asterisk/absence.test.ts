import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRealOffice, type RealOffice } from '../support/real-office.js'
import type { Phone } from '../support/phones/phone.js'
import type { Trunk } from '../support/phones/trunk.js'

describe('talad hänvisning on a real exchange', () => {
  let office: RealOffice
  let anna: Phone
  let outside: Trunk

  beforeAll(async () => {
    office = await startRealOffice()
    anna = await office.phone('anna-bord', 900)
    outside = await office.trunk(500)
  })
  afterAll(async () => {
    if (process.env['SHOW_LOGS']) console.log(office.exchange.logs(200))
    await office.stop()
  })

  it('H-01 a keyed absence is confirmed, and a caller hears it', async () => {
    const call = await anna.dial('*23*1*2330#')
    await call.answered()
    await call.closed(20_000)
    const caller = await outside.callIn({ from: '+46701740630', to: '+46846500401' })
    await caller.answered()
    await caller.listen(6000)
    await caller.hangup()
    expect(caller.packetsReceived()).toBeGreaterThan(200)
  })

  it('R-04 a caller from outside talks with the person', async () => {
    const cancel = await anna.dial('#23#')
    await cancel.answered()
    await cancel.closed(20_000)
    const caller = await outside.callIn({ from: '+46701740630', to: '+46846500401' })
    const ringing = await anna.ringing()
    await ringing.accept()
    await caller.answered()
    await caller.listen(1500)
    await caller.hangup()
    await ringing.closed()
  })
})
