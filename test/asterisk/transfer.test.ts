import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { careForFailures } from '../support/after-failure.js'
import { officeFile } from '../support/office.js'
import type { Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import { hearEachOther } from '../support/phones/talk.js'
import type { Trunk } from '../support/phones/trunk.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import { tones, UNHEARD_BELOW } from '../support/sound/ears.js'

const CALLER = '+46701740630'

describe('phones that hold and transfer with their own keys', () => {
  let office: RealOffice
  let anna: Phone
  let erik: Phone
  let bo: Phone
  let outside: Trunk

  careForFailures(() => office)
  beforeAll(async () => {
    const people = officeFile.people.map((person) =>
      person.id === 'erik' ? { ...person, devices: [{ name: 'erik-bord' }] } : person,
    )
    office = await startRealOffice({ files: [{ ...officeFile, people }] })
    ;[anna, erik, bo, outside] = await Promise.all([
      office.phone('anna-bord', 900),
      office.phone('erik-bord', 1700),
      office.phone('bo-bord', 1300),
      office.trunk(500),
    ])
  })
  afterEach(async () => {
    for (const phone of [anna, erik, bo, outside])
      await Promise.all(phone.calls().map((call) => call.hangup().catch(() => undefined)))
    await office.noChannelsLeft(30_000)
  })
  afterAll(async () => {
    await office.stop()
  })

  const ends = {
    outside: (call: Call) => ({ call, tone: outside.tone }),
    anna: (call: Call) => ({ call, tone: anna.tone }),
    erik: (call: Call) => ({ call, tone: erik.tone }),
    bo: (call: Call) => ({ call, tone: bo.tone }),
  }

  async function outsideTalksToAnna(): Promise<{ readonly caller: Call; readonly atAnna: Call }> {
    const caller = await outside.callIn({ from: CALLER, to: '+46846500401' })
    const atAnna = await rings(anna)
    await atAnna.accept()
    await caller.answered()
    await hearEachOther(ends.outside(caller), ends.anna(atAnna))
    return { caller, atAnna }
  }

  /** Anna asks Bo, who answers; they talk. */
  async function annaConsultsBo(): Promise<{ readonly consulting: Call; readonly atBo: Call }> {
    const consulting = await anna.dial('103')
    const atBo = await rings(bo)
    await atBo.accept()
    await consulting.answered()
    await hearEachOther(ends.anna(consulting), ends.bo(atBo))
    return { consulting, atBo }
  }

  /** Of what is heard now nothing is the tone. */
  const isSilentOf = (call: Call, tone: number): Promise<void> =>
    expect
      .poll(async () => tones((await call.listen(600)).samples, [tone])[tone], { timeout: 15_000 })
      .toBeLessThan(UNHEARD_BELOW)

  it('I-20 P-02 a blind transfer takes the caller to the new number', async () => {
    const { caller, atAnna } = await outsideTalksToAnna()
    await atAnna.transfer('103')
    const atBo = await rings(bo)
    await atBo.accept()
    await atAnna.closed()
    await hearEachOther(ends.outside(caller), ends.bo(atBo))
    await caller.hangup()
    await atBo.closed()
  })

  it('I-20 I-18 *8*EXT# answers for a colleague: both hear and see each other, the colleague’s phone stops', async () => {
    const caller = await outside.callIn({ from: CALLER, to: '+46846500402' })
    const atErik = await rings(erik)
    const atBo = await bo.dial('*8*102#')
    await caller.answered()
    await hearEachOther(ends.outside(caller), ends.bo(atBo))
    expect(await atErik.closed()).toMatchObject({ how: 'cancel', answeredElsewhere: true })
    await atBo.displays(({ number }) => number === CALLER)
    await caller.hangup()
    await atBo.closed()
  })

  it('I-20 hold by re-INVITE: the held one does not hear the phone, and hears it again afterwards', async () => {
    const { caller, atAnna } = await outsideTalksToAnna()
    await atAnna.hold()
    await isSilentOf(caller, anna.tone)
    expect(caller.isClosed()).toBe(false)
    await atAnna.resume()
    await hearEachOther(ends.outside(caller), ends.anna(atAnna))
  })

  it('I-20 an attended transfer: the caller from outside and the one who was asked talk, and see each other', async () => {
    const { caller, atAnna } = await outsideTalksToAnna()
    await atAnna.hold()
    const { consulting, atBo } = await annaConsultsBo()
    expect(await atAnna.transferTo(consulting)).toBe(202)
    await Promise.all([atAnna.closed(), consulting.closed()])
    await hearEachOther(ends.outside(caller), ends.bo(atBo))
    await atBo.displays(({ number }) => number === CALLER)
    await caller.hangup()
    await atBo.closed()
  })

  it('I-20 an attended transfer between phones of the company: both displays show the other', async () => {
    const call = await erik.dial('101')
    const atAnna = await rings(anna)
    await atAnna.accept()
    await call.answered()
    await atAnna.hold()
    const { consulting, atBo } = await annaConsultsBo()
    await consulting.transferTo(atAnna)
    await Promise.all([atAnna.closed(), consulting.closed()])
    await hearEachOther(ends.erik(call), ends.bo(atBo))
    await atBo.displays(({ name, number }) => number === '102' && name === 'Erik Ek')
    await call.displays(({ name, number }) => number === '103' && name === 'Bo Berg')
    await atBo.hangup()
    await call.closed()
  })

  it('I-20 a transfer while the one who was asked still rings: the caller waits, then they talk', async () => {
    const { caller, atAnna } = await outsideTalksToAnna()
    await atAnna.transfer('103')
    const atBo = await rings(bo)
    await atAnna.closed()
    expect(caller.isClosed()).toBe(false)
    await atBo.displays(({ number }) => number === CALLER)
    await atBo.accept()
    await hearEachOther(ends.outside(caller), ends.bo(atBo))
    await atBo.hangup()
    await caller.closed()
  })
})
