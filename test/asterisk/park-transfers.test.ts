import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CompanyId } from '../../src/domain/ids.js'
import { openSipPhone, type SipPhone } from '../contract/sip-phone.js'
import type { Phone } from '../support/phones/phone.js'
import { careForFailures } from '../support/after-failure.js'
import { startRealOffice, type RealOffice } from '../support/real-office.js'
import { silences } from '../support/sound/ears.js'
import { matrix } from '../support/sound/matrix.js'

describe('a parked party that transfers itself away, on a real exchange', () => {
  let office: RealOffice
  let anna: Phone
  let bo: Phone
  let erik: Phone

  beforeAll(async () => {
    office = await startRealOffice()
    anna = await office.phone('anna-bord', 900)
    bo = await office.phone('bo-bord', 1300)
    erik = await office.phone('erik-bord', 1700)
  })
  careForFailures(() => office)
  afterAll(async () => {
    if (process.env['SHOW_LOGS']) console.log(office.exchange.logs(300))
    await office.stop()
  })

  it('P-20 by attended transfer: whom it named is parked in its place, with music, and is fetched from there', async () => {
    const parked = await erik.dial('101')
    const atAnna = await anna.ringing()
    await atAnna.accept()
    await parked.answered()
    await atAnna.hold()
    const code = await anna.dial('*68*101#')
    await code.answered()
    await atAnna.closed()
    await code.closed()

    await parked.hold()
    const consult = await erik.dial('103')
    const atBo = await bo.ringing()
    await atBo.accept()
    await consult.answered()
    expect(await parked.transferTo(consult)).toBe(202)
    await parked.closed()
    await consult.closed()

    const music = await atBo.listen(4000)
    expect(music.packets).toBeGreaterThan(100)
    expect(silences(music.samples.slice(2400), { over: 2000 })).toEqual([])
    expect(await office.redis.stores.parking.list('kontoret' as CompanyId)).toMatchObject([
      { place: '101', party: { name: 'Bo Berg', number: '103' }, parkedBy: 'anna' },
    ])
    const fetched = await anna.dial('*88#')
    await fetched.answered()
    const heard = await matrix({
      bo: { tone: bo.tone, listen: atBo.listen },
      anna: { tone: anna.tone, listen: fetched.listen },
    })
    expect(heard).toEqual({ bo: ['anna'], anna: ['bo'] })
    await fetched.hangup()
    await atBo.closed()
  })

  it('P-20 by INVITE with Replaces: the phone that asks for the place of the parked one is parked there, and is fetched', async () => {
    const open = (user: string): Promise<SipPhone> =>
      openSipPhone({ user, password: office.passwordOf(user), server: office.exchange.sip })
    const [one, other] = [await open('erik-mobil'), await open('bo-bord')]
    const parked = one.call('101')
    const atAnna = await anna.ringing()
    await atAnna.accept()
    await parked.status(200)
    await atAnna.hold()
    const code = await anna.dial('*68*101#')
    await code.answered()
    await atAnna.closed()
    await code.closed()

    const taking = other.call('100', parked)
    await taking.status(200)
    await parked.ended()
    await expect
      .poll(() => office.redis.stores.parking.list('kontoret' as CompanyId))
      .toMatchObject([{ place: '101', party: { name: 'Bo Berg', number: '103' }, parkedBy: 'anna' }])
    await expect.poll(() => taking.sound.loudness(400), { timeout: 10_000 }).toBeGreaterThan(0.005)
    const fetched = await anna.dial('*88#')
    await fetched.answered()
    await expect.poll(() => taking.sound.level(anna.tone, 200), { timeout: 10_000 }).toBeGreaterThan(0.1)
    await fetched.hangup()
    await taking.ended()
    await Promise.all([one.close(), other.close()])
  })

  it('leaves no channel behind', () => office.noChannelsLeft())
})
