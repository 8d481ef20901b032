import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRealOffice, type RealOffice } from '../support/real-office.js'
import type { Phone } from '../support/phones/phone.js'
import type { Trunk } from '../support/phones/trunk.js'
import { matrix } from '../support/sound/matrix.js'

describe('phones that transfer with their own keys', () => {
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

  it('I-20 P-02 a blind transfer takes the caller to the new number', async () => {
    const caller = await outside.callIn({ from: '+46701740630', to: '+46846500401' })
    const atAnna = await anna.ringing()
    await atAnna.accept()
    await caller.answered()
    await atAnna.transfer('103')
    const atBo = await bo.ringing()
    await atBo.accept()
    await atAnna.closed()
    const heard = await matrix({
      outside: { tone: outside.tone, listen: caller.listen },
      bo: { tone: bo.tone, listen: atBo.listen },
    })
    expect(heard).toEqual({ outside: ['bo'], bo: ['outside'] })
    await caller.hangup()
    await atBo.closed()
  })

  it('I-20 an attended transfer lets the two who are left talk with each other', async () => {
    const caller = await outside.callIn({ from: '+46701740630', to: '+46846500401' })
    const atAnna = await anna.ringing()
    await atAnna.accept()
    await caller.answered()
    await atAnna.hold()
    const consult = await anna.dial('103')
    const atBo = await bo.ringing()
    await atBo.accept()
    await consult.answered()
    await atAnna.transferTo(consult)
    await atAnna.closed()
    const heard = await matrix({
      outside: { tone: outside.tone, listen: caller.listen },
      bo: { tone: bo.tone, listen: atBo.listen },
    })
    expect(heard).toEqual({ outside: ['bo'], bo: ['outside'] })
    await atBo.hangup()
    await caller.closed()
  })

  it('leaves no channel behind', () => office.noChannelsLeft())
})
