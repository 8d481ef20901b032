import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CompanyId } from '../../src/domain/ids.js'
import { say } from '../../src/domain/speech/tongue.js'
import type { ParkedCall } from '../../src/ports/park-store.js'
import { openSipPhone, type SipCall, type SipPhone } from '../contract/sip-phone.js'
import type { Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import { careForFailures } from '../support/after-failure.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import { HEARD_AT_LEAST, silences, tones } from '../support/sound/ears.js'
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
  const sipPhone = (user: string): Promise<SipPhone> =>
    openSipPhone({ user, password: office.passwordOf(user), server: office.exchange.sip })
  const places = (): Promise<readonly ParkedCall[]> =>
    office.redis.stores.parking.list('kontoret' as CompanyId)
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
    expect(await places()).toMatchObject([
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
    const [one, other] = [await sipPhone('erik-mobil'), await sipPhone('bo-bord')]
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
      .poll(places)
      .toMatchObject([{ place: '101', party: { name: 'Bo Berg', number: '103' }, parkedBy: 'anna' }])
    await expect.poll(() => taking.sound.loudness(400), { timeout: 10_000 }).toBeGreaterThan(0.005)
    const fetched = await anna.dial('*88#')
    await fetched.answered()
    await expect.poll(() => taking.sound.level(anna.tone, 200), { timeout: 10_000 }).toBeGreaterThan(0.1)
    await fetched.hangup()
    await taking.ended()
    await Promise.all([one.close(), other.close()])
  })

  /** The tones somebody hears of all that are played here. */
  const played = [500, 700, 900, 1100, 1300, 1500, 1700]
  const heardBy = async (call: Call): Promise<readonly number[]> => {
    const levels = tones((await call.listen(1_300)).samples.subarray(2_400), played)
    return played.filter((tone) => (levels[tone] ?? 0) >= HEARD_AT_LEAST)
  }
  const heardAt = ({ sound }: SipCall): readonly number[] =>
    played.filter((tone) => sound.level(tone, 1_000) >= HEARD_AT_LEAST)
  const untilHeard = (who: () => Promise<unknown>, wanted: unknown): Promise<void> =>
    expect.poll(who, { timeout: 30_000, interval: 100 }).toEqual(wanted)
  /** Who is parked on 101, as the bridges say. */
  const inPlace = async (): Promise<readonly string[]> => {
    const { body } = await office.exchange.rest('GET', '/bridges')
    const rooms = body as readonly { readonly name: string; readonly channels: readonly string[] }[]
    return rooms.filter(({ name }) => name === 'park-kontoret-101').flatMap(({ channels }) => channels)
  }

  it('I-20 P-24 P-20 by INVITE with Replaces onto one of three, who cannot be parked; one of the two who are left then is, and is replaced on the place', async () => {
    const [one, other, third] = [
      await sipPhone('erik-mobil'),
      await sipPhone('rut-bord'),
      await sipPhone('bo-bord'),
    ]
    const lamp = await office.lamp('erik-mobil', 'park-kontoret-101')
    await lamp.shows('idle')
    const calling = one.call('101')
    calling.sound.tone(500)
    const atAnna = await rings(anna)
    await atAnna.accept()
    await calling.status(200)
    await atAnna.keys('*3103#')
    const atBo = await rings(bo)
    await atBo.accept()
    await untilHeard(
      async () => [await heardBy(atAnna), heardAt(calling)],
      [
        [500, 1300],
        [900, 1300],
      ],
    )

    const rut = other.call('100', calling)
    rut.sound.tone(700)
    await rut.status(200)
    await calling.ended()
    const three = (): Promise<void> =>
      untilHeard(
        async () => [...(await Promise.all([heardBy(atAnna), heardBy(atBo)])), heardAt(rut)],
        [
          [700, 1300],
          [700, 900],
          [900, 1300],
        ],
      )
    await three()
    await atAnna.hold()
    const refused = await anna.dial('*68*101#')
    await refused.closed(30_000)
    await office.lines.hear(refused.heard(), 'sv', say(office.lines.tongues.sv, 'park/three-party'))
    expect([await places(), await inPlace(), lamp.state()]).toEqual([[], [], 'idle'])
    await three() // the phone takes the call from hold by itself

    await atBo.hangup()
    await untilHeard(async () => [await heardBy(atAnna), heardAt(rut)], [[700], [900]])
    expect([atAnna.display().name, rut.shown().number]).toEqual(['Rut Rask', '101'])
    await atAnna.hold()
    const code = await anna.dial('*68*101#')
    await code.answered()
    await atAnna.closed()
    await code.closed()
    await lamp.shows('inUse')
    expect(await places()).toMatchObject([{ party: { name: 'Rut Rask' }, parkedBy: 'anna' }])

    const parked = third.call('100', rut)
    parked.sound.tone(1100)
    await parked.status(200)
    await rut.ended()
    await expect.poll(places).toMatchObject([{ place: '101', party: { name: 'Bo Berg' }, parkedBy: 'anna' }])
    expect(await inPlace()).toEqual((await places()).map(({ leg }) => leg))
    expect(lamp.state()).toBe('inUse')
    await expect.poll(() => parked.sound.loudness(400), { timeout: 10_000 }).toBeGreaterThan(0.005)
    const fetched = await erik.dial('*88*101#')
    await fetched.answered()
    await untilHeard(async () => [await heardBy(fetched), heardAt(parked)], [[1100], [1700]])
    await expect.poll(places).toEqual([])
    await lamp.shows('idle')
    await fetched.hangup()
    await parked.ended()
    await Promise.all([one.close(), other.close(), third.close(), lamp.stop()])
  })

  /** Somebody calls Anna from this phone, and she parks them on 101. */
  const parkedFrom = async (phone: SipPhone): Promise<SipCall> => {
    const calling = phone.call('101')
    calling.sound.tone(500)
    const atAnna = await rings(anna)
    await atAnna.accept()
    await calling.status(200)
    await atAnna.hold()
    const code = await anna.dial('*68*101#')
    await Promise.all([code.answered(), atAnna.closed(), code.closed()])
    await expect.poll(inPlace).toHaveLength(1)
    return calling
  }
  const fetchesFrom = async (phone: SipPhone): Promise<SipCall> => {
    const fetching = phone.call('*88*101#')
    fetching.sound.tone(700)
    await fetching.status(200)
    return fetching
  }
  /** The phone asks for the place of this call and says this tone there. */
  const takesPlace = async (phone: SipPhone, place: SipCall, tone: number): Promise<SipCall> => {
    const taking = phone.call('100', place)
    taking.sound.tone(tone)
    await taking.status(200)
    await place.ended()
    return taking
  }
  const nothingParked = (): Promise<void> =>
    expect.poll(async () => [await places(), await inPlace()]).toEqual([[], []])

  it('I-20 P-14 P-20 by INVITE with Replaces onto a call that was fetched: onto the one who was parked, then onto the one who fetched', async () => {
    const phones = await Promise.all(['erik-mobil', 'rut-bord', 'bo-bord', 'erik-bord'].map(sipPhone))
    const [one, two, three, four] = phones as [SipPhone, SipPhone, SipPhone, SipPhone]
    const calling = await parkedFrom(one)
    const fetching = await fetchesFrom(two)
    await untilHeard(() => Promise.resolve([heardAt(calling), heardAt(fetching)]), [[700], [500]])

    const asParked = await takesPlace(three, calling, 1100)
    await untilHeard(() => Promise.resolve([heardAt(asParked), heardAt(fetching)]), [[700], [1100]])
    await expect.poll(() => [asParked.shown().number, fetching.shown().number]).toEqual(['100', '103'])
    await nothingParked()

    const asFetcher = await takesPlace(four, fetching, 1500)
    await untilHeard(() => Promise.resolve([heardAt(asParked), heardAt(asFetcher)]), [[1500], [1100]])
    await expect.poll(() => [asParked.shown().number, asFetcher.shown().number]).toEqual(['102', '103'])
    await nothingParked()

    asFetcher.hangUp()
    await asParked.ended()
    await Promise.all(phones.map((phone) => phone.close()))
  })

  it('I-20 P-14 P-24 by INVITE with Replaces onto two of three, one of whom was fetched from a place: all who are left hear one another', async () => {
    const phones = await Promise.all(['erik-mobil', 'rut-bord', 'anna-bord', 'erik-bord'].map(sipPhone))
    const [one, two, three, four] = phones as [SipPhone, SipPhone, SipPhone, SipPhone]
    const calling = await parkedFrom(one)
    const fetching = await fetchesFrom(two)
    await untilHeard(() => Promise.resolve([heardAt(calling), heardAt(fetching)]), [[700], [500]])
    for (const key of '*3103#') {
      await fetching.sound.key(key)
      await pause(60) // one that begins as the other ends is told twice
    }
    const atBo = await rings(bo)
    await atBo.accept()
    const hear = async (...calls: readonly SipCall[]): Promise<unknown> => [
      await heardBy(atBo),
      ...calls.map(heardAt),
    ]
    await untilHeard(
      () => hear(calling, fetching),
      [
        [500, 700],
        [700, 1300],
        [500, 1300],
      ],
    )

    const asParked = await takesPlace(three, calling, 1100)
    await untilHeard(
      () => hear(asParked, fetching),
      [
        [700, 1100],
        [700, 1300],
        [1100, 1300],
      ],
    )
    await nothingParked()
    const asFetcher = await takesPlace(four, fetching, 1500)
    await untilHeard(
      () => hear(asParked, asFetcher),
      [
        [1100, 1500],
        [1300, 1500],
        [1100, 1300],
      ],
    )
    await nothingParked()

    await atBo.hangup()
    await untilHeard(() => Promise.resolve([heardAt(asParked), heardAt(asFetcher)]), [[1500], [1100]])
    asParked.hangUp()
    await asFetcher.ended()
    await Promise.all(phones.map((phone) => phone.close()))
  })

  it('P-20 P-32 by INVITE with Replaces while Växel is dead: the phone is hung up, whoever is parked or talks goes on as before', async () => {
    const phones = await Promise.all(['erik-mobil', 'rut-bord', 'bo-bord'].map(sipPhone))
    const [one, two, three] = phones as [SipPhone, SipPhone, SipPhone]
    const { vaxel } = office.exchange
    const calling = await parkedFrom(one)
    const isParked = await inPlace()
    await vaxel.kill()
    expect(await three.call('100', calling).ended()).toMatchObject({ by: 'BYE' })
    await expect.poll(() => calling.sound.loudness(400), { timeout: 10_000 }).toBeGreaterThan(0.005)
    await vaxel.start()
    expect(await inPlace()).toEqual(isParked)
    expect(await places()).toMatchObject([{ place: '101', party: { name: 'Erik Ek' }, parkedBy: 'anna' }])

    const fetching = await fetchesFrom(two)
    const together = (): Promise<void> =>
      untilHeard(() => Promise.resolve([heardAt(calling), heardAt(fetching)]), [[700], [500]])
    await together()
    await vaxel.kill()
    expect(await three.call('100', fetching).ended()).toMatchObject({ by: 'BYE' })
    await vaxel.start()
    await together()
    await nothingParked()
    fetching.hangUp()
    await calling.ended()
    await Promise.all(phones.map((phone) => phone.close()))
  })

  it('leaves no channel behind', () => office.noChannelsLeft())
})
