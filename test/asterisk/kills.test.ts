import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CompanyId, PersonId } from '../../src/domain/ids.js'
import { companySchema } from '../../src/domain/directory/company.js'
import { phoneNumber } from '../../src/domain/speech/digits.js'
import { say } from '../../src/domain/speech/tongue.js'
import { watchAri, type AriWatch, type WatchedEvent } from '../support/ari-watch.js'
import { careForFailures } from '../support/after-failure.js'
import { officeFile } from '../support/office.js'
import { since, type Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import { hearEachOther } from '../support/phones/talk.js'
import type { Trunk } from '../support/phones/trunk.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import { saidAbsence, type SaidAbsence } from '../support/said-absence.js'
import { silences } from '../support/sound/ears.js'

/**
 * `kill -9` of Växel at chosen points of setting and of speaking a hänvisning. A point is something that Asterisk, Redis or a phone
 * tells, and the process is killed in the same turn in which the test is told. Then it is started again, as its supervisor does:
 * nobody was dropped, what was confirmed is set, and the next caller hears it.
 */
const file = { ...officeFile, settings: { menuTarget: 'reception', menuSeconds: 20, firstDigitSeconds: 20 } }
const company = companySchema.parse(file)
const kontoret = 'kontoret' as CompanyId
const ANNA = '+46846500401'
const ERIK = '+46846500402'
const CALLER = '+46701740630'
/** A time later today for all but the last minute of it. */
const BACK = '2359'

let office: RealOffice
let said: SaidAbsence
let watch: AriWatch
let redis: Redis
let anna: Phone
let erik: Phone
let erikMobile: Phone
let bo: Phone
let rut: Phone
let outside: Trunk

careForFailures(() => office)
beforeAll(async () => {
  office = await startRealOffice({ files: [file] })
  said = saidAbsence(office, company)
  watch = await watchAri(office.exchange)
  redis = new Redis(office.exchange.redisUrl)
  ;[anna, erik, erikMobile, bo, rut, outside] = await Promise.all([
    office.phone('anna-bord', 900),
    office.phone('erik-bord', 1700),
    office.phone('erik-mobil', 2100),
    office.phone('bo-bord', 1300),
    office.phone('rut-bord', 1700),
    office.trunk(500),
  ])
})
afterEach(async () => {
  await redis.client('UNPAUSE')
  for (const phone of [anna, erik, erikMobile, bo, rut, outside])
    await Promise.all(phone.calls().map((call) => call.hangup().catch(() => undefined)))
  await office.exchange.vaxel.start()
  await office.noChannelsLeft(30_000)
  await office.tidy()
})
afterAll(async () => {
  watch.close()
  redis.disconnect()
  await office.stop()
})

const sv = () => office.lines.tongues.sv
const kill = () => office.exchange.vaxel.kill()
/** Gives the time from which on only the new process speaks. */
async function startAgain(): Promise<number> {
  const at = Date.now()
  await office.exchange.vaxel.start()
  return at
}
const callIn = (to: string, from = CALLER): Promise<Call> => outside.callIn({ from, to })

/** The next caller to the person hears why they cannot be reached. */
async function nextCallerHears(person: string, number: string): Promise<void> {
  const next = await callIn(number, '+46701740699')
  await next.answered()
  await said.untilHeard(next, await said.sentenceOf(person), 0)
  await next.hangup()
}

// What Asterisk tells

const noted = (phase: string) => (event: WatchedEvent) =>
  event.variable === 'VAXEL_NOTE_phase' && event.value?.includes(`"at":"${phase}"`) === true
const up = ({ type, channel }: WatchedEvent) => type === 'ChannelStateChange' && channel?.state === 'Up'
const keyed = (digit: string) => (event: WatchedEvent) =>
  event.type === 'ChannelDtmfReceived' && event.digit === digit
/** A sound begins whose file name or tone begins so. */
const sounds = (name: string) => (event: WatchedEvent) =>
  isSound(event) && new RegExp(`[/:]${name}`).test(event.playback?.media_uri ?? '')
const isSound = ({ type }: WatchedEvent) => type === 'PlaybackStarted' || type === 'PlaybackContinuing'

describe('Växel is killed while a hänvisning is set', () => {
  it('H-09 point 1: the whole code was taken, nothing is written yet', async () => {
    await redis.client('PAUSE', 20_000, 'WRITE')
    const point = watch.next('the noted code', noted('code'))
    const call = await erik.dial(`*23*1*${BACK}#`)
    await point
    expect(await said.reasonOf('erik')).toBeUndefined()
    await kill()
    await redis.client('UNPAUSE')
    await startAgain()
    await expect.poll(() => said.reasonOf('erik'), { timeout: 15_000 }).toBe('lunch')
    await said.untilHeard(call, await said.confirmationOf('erik'), 0)
    expect(await call.closed(20_000)).toMatchObject({ by: 'them', how: 'bye' })
    await nextCallerHears('erik', ERIK)
  })

  it('H-09 point 2: it is written, not a word of the confirmation was said', async () => {
    const feed = redis.duplicate()
    await feed.subscribe('vaxel:feed')
    const point = new Promise<void>((resolve) => {
      feed.on('message', (_, text) => {
        if (text.includes('"absence"') && text.includes('"erik"')) resolve()
      })
    })
    const from = watch.events.length
    const call = await erik.dial(`*23*1*${BACK}#`)
    await point
    await kill()
    feed.disconnect()
    expect(await said.reasonOf('erik')).toBe('lunch')
    expect(watch.events.slice(from).filter(sounds('absence'))).toEqual([])
    const back = await startAgain()
    await said.untilHeard(call, await said.confirmationOf('erik'), back)
    expect(await call.closed(20_000)).toMatchObject({ by: 'them', how: 'bye' })
    await nextCallerHears('erik', ERIK)
  })

  it('H-09 point 3: in the middle of the confirmation', async () => {
    const point = watch.next(
      'the second sound of the confirmation',
      ({ type }) => type === 'PlaybackContinuing',
    )
    const call = await erik.dial(`*23*1*${BACK}#`)
    await point
    await kill()
    expect(await said.reasonOf('erik')).toBe('lunch')
    const back = await startAgain()
    await said.untilHeard(call, await said.confirmationOf('erik'), back)
    expect(await call.closed(20_000)).toMatchObject({ by: 'them', how: 'bye' })
    await nextCallerHears('erik', ERIK)
  })

  it('H-01 point 4: in two steps, the reason is keyed and the time is waited for', async () => {
    const asked = watch.next('the question', isSound)
    const call = await erik.dial('*23')
    await asked
    const point = watch.next('the first key', keyed('1'))
    await call.key('1')
    await point
    await kill()
    expect(await said.reasonOf('erik')).toBeUndefined()
    const back = await startAgain()
    await said.untilHeard(call, say(sv(), 'enter/reason'), back)
    await call.keys(`2*${BACK}#`, 250)
    await expect.poll(() => said.reasonOf('erik'), { timeout: 15_000 }).toBe('meeting')
    await said.untilHeard(call, await said.confirmationOf('erik'), back)
    await nextCallerHears('erik', ERIK)
  })
})

describe('Växel is killed while a hänvisning is spoken', () => {
  beforeEach(async () => {
    const tomorrow = Date.now() + 24 * 3_600_000
    await office.away('anna', { reason: 'lunch', until: tomorrow, returnForm: 'time' })
  })

  it('R-10 H-22 point 5: the phones of somebody ring, and meanwhile a deputy sets them absent', async () => {
    const call = await callIn(ERIK)
    const [desk, mobile] = await Promise.all([rings(erik), rings(erikMobile)])
    await kill()
    await office.away('erik', { reason: 'meeting', source: 'deputy', setBy: 'bo' as PersonId })
    await startAgain()
    for (const one of [call, desk, mobile]) expect(one.isClosed()).toBe(false)
    await mobile.accept()
    await call.answered()
    expect(await desk.closed(30_000)).toMatchObject({ how: 'cancel', answeredElsewhere: true })
    await hearEachOther({ call, tone: outside.tone }, { call: mobile, tone: erikMobile.tone })
    await nextCallerHears('erik', ERIK)
  })

  it('H-30 point 6: the caller is answered, the sentence has not begun', async () => {
    const from = watch.events.length
    const point = watch.next('the answer', up)
    const call = await callIn(ANNA)
    await point
    await kill()
    expect(watch.events.slice(from).filter(sounds('reason'))).toEqual([])
    const back = await startAgain()
    await Promise.all([
      said.untilHeard(call, await said.sentenceOf('anna'), back),
      nextCallerHears('anna', ANNA),
    ])
    expect(call.isClosed()).toBe(false)
  })

  it('H-30 point 7: in the middle of the sentence', async () => {
    const point = watch.next('the reason in the sentence', sounds('reason'))
    const call = await callIn(ANNA)
    await point
    await kill()
    const back = await startAgain()
    await Promise.all([
      said.untilHeard(call, await said.sentenceOf('anna'), back),
      nextCallerHears('anna', ANNA),
    ])
    expect(call.isClosed()).toBe(false)
  })

  it('H-34 point 8: the menu was said, a key is waited for', async () => {
    const point = watch.next('the blip of the waiting', sounds('waiting'), 40_000)
    const call = await callIn(ANNA)
    await call.answered()
    await point
    await kill()
    const back = await startAgain()
    await said.untilHeard(call, await said.sentenceOf('anna'), back)
    await call.key('0')
    const atRut = await rings(rut)
    await atRut.accept()
    await hearEachOther({ call, tone: outside.tone }, { call: atRut, tone: rut.tone })
    await nextCallerHears('anna', ANNA)
  })

  it('O-17 point 9: a message is being recorded', async () => {
    const point = watch.next('the recording', ({ type }) => type === 'RecordingStarted', 40_000)
    const call = await callIn(ANNA)
    await call.answered()
    await call.key('1')
    const greeting = watch.next('the greeting', sounds('voicemail'))
    await greeting
    await call.key('5')
    await point
    await call.listen(3_000) // a message has at least two seconds
    await kill()
    expect(call.isClosed()).toBe(false)
    await startAgain()
    await expect
      .poll(() => office.redis.stores.messages.list(kontoret, 'anna' as PersonId), { timeout: 20_000 })
      .toHaveLength(1)
    expect(await call.closed(20_000)).toMatchObject({ by: 'them', how: 'bye' })
    await nextCallerHears('anna', ANNA)
  })

  it('H-37 point 10: a number to be called back is half keyed', async () => {
    const call = await callIn(ANNA)
    await call.answered()
    const confirm = watch.next('the number that is shown', sounds('callback'))
    await call.key('2')
    await confirm
    const enter = watch.next('the question for another', sounds('callback'))
    await call.key('2')
    await enter
    const point = watch.next('the third digit', keyed('7'))
    await call.keys('087', 250)
    await point
    await kill()
    const back = await startAgain()
    const number = phoneNumber(sv(), CALLER, company.main)
    await said.untilHeard(call, say(sv(), 'callback/confirm', { number }), back)
    await call.key('1')
    await expect
      .poll(() => office.redis.stores.callbacks.list(kontoret, 'anna' as PersonId), { timeout: 20_000 })
      .toMatchObject([{ number: CALLER }])
    expect(await call.closed(30_000)).toMatchObject({ by: 'them', how: 'bye' })
    await nextCallerHears('anna', ANNA)
  })

  it('M-03 point 11: two talk while a third is absent', async () => {
    const call = await bo.dial('100')
    const atRut = await rings(rut)
    await atRut.accept()
    await call.answered()
    await hearEachOther({ call, tone: bo.tone }, { call: atRut, tone: rut.tone })
    const killedAt = Date.now()
    await kill()
    await call.listen(1_000)
    await startAgain()
    const throughout = since(call.heard(), killedAt)
    const meanwhile = throughout.samples.subarray(0, (Date.now() - killedAt) * 8)
    expect(silences(meanwhile, { over: 500 })).toEqual([])
    await hearEachOther({ call, tone: bo.tone }, { call: atRut, tone: rut.tone })
    await nextCallerHears('anna', ANNA)
  })

  it('O-17 point 12: the person listens to a message', async () => {
    const caller = await callIn(ANNA)
    await caller.answered()
    const begun = watch.next('the recording', ({ type }) => type === 'RecordingStarted', 40_000)
    await caller.key('1')
    await watch.next('the greeting', sounds('voicemail'))
    await caller.key('5')
    await begun
    await caller.listen(3_000)
    await caller.hangup()
    await expect
      .poll(() => office.redis.stores.messages.list(kontoret, 'anna' as PersonId), { timeout: 20_000 })
      .toHaveLength(1)
    const point = watch.next(
      'the message',
      ({ playback }) => playback?.media_uri.startsWith('recording:') === true,
      40_000,
    )
    const call = await anna.dial('*98')
    await call.answered()
    await point
    await kill()
    const again = watch.next(
      'the message again',
      ({ playback }) => playback?.media_uri.startsWith('recording:') === true,
      40_000,
    )
    await startAgain()
    await again
    expect(call.isClosed()).toBe(false)
    await call.key('3')
    await expect
      .poll(() => office.redis.stores.messages.list(kontoret, 'anna' as PersonId), { timeout: 20_000 })
      .toEqual([])
    await nextCallerHears('anna', ANNA)
  })
})
