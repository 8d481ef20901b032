import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRealOffice, type RealOffice } from '../support/real-office.js'
import type { Phone } from '../support/phones/phone.js'
import type { Trunk } from '../support/phones/trunk.js'
import { matrix } from '../support/sound/matrix.js'

describe('parking on a real exchange', () => {
  let office: RealOffice
  let anna: Phone
  let bo: Phone
  let outside: Trunk

  beforeAll(async () => {
    office = await startRealOffice()
    anna = await office.phone('anna-bord', 900)
    bo = await office.phone('bo-bord', 1300)
    outside = await office.trunk(500)
  })
  afterAll(async () => {
    if (process.env['SHOW_LOGS']) console.log(office.exchange.logs(300))
    await office.stop()
  })

  it('P-02 P-05 P-22 hold, park, fetch from another phone: sound both ways', async () => {
    const caller = await outside.callIn({ from: '+46701740630', to: '+46846500401' })
    const atAnna = await anna.ringing()
    await atAnna.accept()
    await caller.answered()
    await atAnna.hold()
    const code = await anna.dial('*68*101#')
    await code.answered()
    await atAnna.closed()
    await code.closed()
    expect(caller.isClosed()).toBe(false)
    const fetched = await bo.dial('*88*101#')
    await fetched.answered()
    const heard = await matrix({
      outside: { tone: outside.tone, listen: caller.listen },
      bo: { tone: bo.tone, listen: fetched.listen },
    })
    expect(heard).toEqual({ outside: ['bo'], bo: ['outside'] })
    await caller.hangup()
    await fetched.closed()
  })

  it('P-02 b blind transfer to the code, fetched by the person', async () => {
    const caller = await outside.callIn({ from: '+46701740630', to: '+46846500401' })
    const atAnna = await anna.ringing()
    await atAnna.accept()
    await caller.answered()
    await atAnna.transfer('*68*103#')
    await atAnna.closed()
    await caller.listen(1000)
    const fetched = await bo.dial('*88#')
    await fetched.answered()
    const heard = await matrix({
      outside: { tone: outside.tone, listen: caller.listen },
      bo: { tone: bo.tone, listen: fetched.listen },
    })
    expect(heard).toEqual({ outside: ['bo'], bo: ['outside'] })
    await caller.hangup()
    await fetched.closed()
  })
})
