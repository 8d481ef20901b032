import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CompanyId, PersonId } from '../../src/domain/ids.js'
import { companySchema } from '../../src/domain/directory/company.js'
import { say } from '../../src/domain/speech/tongue.js'
import { startVaxel, untilVaxelReady } from '../../src/launcher/vaxel.js'
import { ahead } from '../support/ahead.js'
import { careForFailures } from '../support/after-failure.js'
import { officeFile } from '../support/office.js'
import { since, type Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import { hearEachOther } from '../support/phones/talk.js'
import type { Trunk } from '../support/phones/trunk.js'
import { distribution, rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import { saidAbsence, type SaidAbsence } from '../support/said-absence.js'
import { firstHeardAt, silences } from '../support/sound/ears.js'

/** `kill -9` of one part while calls are in it; the other parts and the calls go on. */
const file = {
  ...officeFile,
  settings: { menuTarget: 'reception', menuSeconds: 20, firstDigitSeconds: 20 },
  people: officeFile.people.map((person) =>
    person.id === 'ida' ? { ...person, devices: [{ name: 'ida-bord' }] } : person,
  ),
}
const company = companySchema.parse(file)
const BACK = '2359'
const ANNA = '+46846500401'
const ERIK = '+46846500402'

let office: RealOffice
let said: SaidAbsence
let anna: Phone
let erik: Phone
let erikMobile: Phone
let bo: Phone
let rut: Phone
let ida: Phone
let outside: Trunk

careForFailures(() => office)
beforeAll(async () => {
  office = await startRealOffice({ files: [file] })
  said = saidAbsence(office, company)
  ;[anna, erik, erikMobile, bo, rut, ida, outside] = await Promise.all([
    office.phone('anna-bord', 900),
    office.phone('erik-bord', 1700),
    office.phone('erik-mobil', 2100),
    office.phone('bo-bord', 1300),
    office.phone('rut-bord', 1700),
    office.phone('ida-bord', 2100),
    office.trunk(500),
  ])
})
const phones = (): readonly Pick<Phone, 'calls'>[] => [anna, erik, erikMobile, bo, rut, ida, outside]
afterEach(async () => {
  for (const phone of phones())
    await Promise.all(phone.calls().map((call) => call.hangup().catch(() => undefined)))
  await Promise.all([office.exchange.redis.start(), office.exchange.asterisk.start()])
  await office.exchange.vaxel.start()
  await expect.poll(async () => (await office.redis.health()).reachable, { timeout: 20_000 }).toBe(true)
  await office.noChannelsLeft(20_000)
  await office.tidy()
})
afterAll(async () => {
  await office.stop()
})

const callIn = (to: string, from = '+46701740630'): Promise<Call> => outside.callIn({ from, to })

describe('Växel is killed', () => {
  it('H-09 M-03 at five points of setting an absence: nobody is dropped, each hears the confirmation, it is set', async () => {
    const inTone = await erik.dial(`*23*1*${BACK}#`)
    await inTone.answered()
    const confirming = await bo.dial(`*23*2*${BACK}#`)
    await confirming.answered()
    const asked = await rut.dial('*23')
    await asked.answered()
    await expect
      .poll(() => firstHeardAt(confirming.heard(), 425), { timeout: 10_000, interval: 20 })
      .toBeDefined()
    const halfKeyed = await ida.dial('*23')
    await halfKeyed.answered()
    await halfKeyed.keys('2*1', 250)
    const justDialled = await anna.dial(`*23*3*${BACK}#`)
    await office.exchange.vaxel.restart()
    const back = Date.now()

    for (const call of [inTone, confirming, justDialled]) {
      const id = call === inTone ? 'erik' : call === confirming ? 'bo' : 'anna'
      await call.answered()
      await said.untilHeard(call, await said.confirmationOf(id), 0)
      expect(await call.closed(20_000)).toMatchObject({ by: 'them', how: 'bye' })
    }
    expect(await Promise.all(['erik', 'bo', 'anna'].map((id) => said.reasonOf(id)))).toEqual([
      'lunch',
      'meeting',
      'out',
    ])
    // What was half keyed is asked for again.
    for (const [call, digit] of [
      [asked, '1'],
      [halfKeyed, '2'],
    ] as const) {
      expect(call.isClosed()).toBe(false)
      await said.untilHeard(call, say(office.lines.tongues.sv, 'enter/reason'), back - 3_000)
      await call.keys(`${digit}*${BACK}#`, 250)
    }
    await expect.poll(() => said.reasonOf('rut'), { timeout: 10_000 }).toBe('lunch')
    await expect.poll(() => said.reasonOf('ida'), { timeout: 10_000 }).toBe('meeting')

    const next = await callIn(ERIK)
    await next.answered()
    await said.untilHeard(next, await said.sentenceOf('erik'), 0)
  })

  it('M-03 R-10 while a hänvisning is spoken, phones ring, people talk, a message is left: all of it goes on', async () => {
    await office.away('anna', { reason: 'lunch' })
    const talking = await ida.dial('100')
    const talkingRut = await rings(rut)
    await talkingRut.accept()
    await talking.answered()
    const leaving = await callIn(ANNA, '+46701740601')
    await leaving.answered()
    await leaving.key('1')
    await leaving.listen(1_000)
    await leaving.key('5')
    await leaving.listen(4_000)
    const inMenu = await callIn(ANNA, '+46701740602')
    await inMenu.answered()
    await inMenu.listen(5_000)
    const ringingTwo = await callIn(ERIK, '+46701740603')
    const [desk, mobile] = await Promise.all([rings(erik), rings(erikMobile)])
    const ringingOne = await callIn('+46846500400', '+46701740604').then(async (call) => {
      await call.hangup().catch(() => undefined)
      return anna.dial('103')
    })
    const atBo = await rings(bo)
    const inSentence = await callIn(ANNA, '+46701740605')
    await inSentence.answered()
    await inSentence.listen(800)

    const killedAt = Date.now()
    await office.exchange.vaxel.kill()
    await talking.listen(1_000)
    await office.exchange.vaxel.start()
    const back = Date.now()

    for (const call of [
      talking,
      talkingRut,
      leaving,
      inMenu,
      ringingTwo,
      desk,
      mobile,
      ringingOne,
      atBo,
      inSentence,
    ])
      expect(call.isClosed()).toBe(false)
    // The announcement is said again, its keys work; a message that was being left is kept.
    await inMenu.key('2')
    await leaving.key('#')
    // The talk never fell silent.
    const throughout = since(talking.heard(), killedAt)
    expect(silences(throughout.samples.subarray(0, (back - killedAt) * 8), { over: 500 })).toEqual([])
    await hearEachOther({ call: talking, tone: 2100 }, { call: talkingRut, tone: 1700 })
    // One phone and several ring on; whoever answers talks.
    await atBo.accept()
    await ringingOne.answered()
    await hearEachOther({ call: ringingOne, tone: 900 }, { call: atBo, tone: 1300 })
    await mobile.accept()
    await ringingTwo.answered()
    expect(await desk.closed()).toMatchObject({ how: 'cancel', answeredElsewhere: true })
    await hearEachOther({ call: ringingTwo, tone: 500 }, { call: mobile, tone: 2100 })
    await inMenu.key('1')
    await expect
      .poll(
        async () =>
          (await office.redis.stores.messages.list('kontoret' as CompanyId, 'anna' as PersonId)).length,
        { timeout: 20_000 },
      )
      .toBe(1)
    await said.untilHeard(inSentence, await said.sentenceOf('anna'), killedAt)
    await said.untilHeard(inMenu, say(office.lines.tongues.sv, 'callback/thanks'), back)
  })

  it('M-05 for good: ringing tone, then the dialplan rings the dialled person; a call that waits enters when it is back', async () => {
    const patience = (seconds: number) =>
      office.exchange.rest('POST', `/asterisk/variable?variable=VAXEL_PATIENCE&value=${String(seconds)}`)
    await patience(3)
    await office.exchange.vaxel.kill()
    const call = await anna.dial('103')
    expect((await call.progress()).status).toBe(180)
    const ringing = await rings(bo, 15_000)
    await ringing.accept()
    await call.answered()
    await hearEachOther({ call, tone: 900 }, { call: ringing, tone: 1300 })
    await patience(20)
    await office.away('erik', { reason: 'lunch' })
    const waiting = await callIn(ERIK)
    await office.exchange.vaxel.start()
    await waiting.answered(15_000)
    await said.untilHeard(waiting, await said.sentenceOf('erik'), 0)
    expect(call.isClosed()).toBe(false)
    await call.hangup()
    await ringing.closed()
  })
})

describe('another part is killed', () => {
  it('M-05 Redis: talks go on, new calls reach phones, codes are refused in words, nothing confirmed is lost', async () => {
    const confirmed = await rut.dial(`*23*1*${BACK}#`)
    await confirmed.closed(20_000)
    const call = await anna.dial('103')
    const atBo = await rings(bo)
    await atBo.accept()
    await call.answered()
    await office.exchange.redis.kill()
    await hearEachOther({ call, tone: 900 }, { call: atBo, tone: 1300 })
    const next = await callIn(ERIK)
    const [desk] = await Promise.all([rings(erik), rings(erikMobile)])
    await desk.accept()
    await next.answered()
    await hearEachOther({ call: next, tone: 500 }, { call: desk, tone: 1700 })
    const absent = await ida.dial('100')
    await absent.answered()
    await absent.listen(3_000)
    expect(await office.lines.heardOf(absent.heard(), 'sv', ['reason'])).toContain('reason-lunch')
    await absent.hangup()
    const refused = await ida.dial(`*23*1*${BACK}#`)
    await refused.closed(30_000)
    await office.lines.hear(refused.heard(), 'sv', say(office.lines.tongues.sv, 'refuse/error'))

    await office.exchange.redis.start()
    await expect.poll(() => said.reasonOf('rut').catch(() => undefined), { timeout: 20_000 }).toBe('lunch')
    const pid = office.exchange.vaxel.pid
    await expect
      .poll(
        async () => {
          const again = await ida.dial(`*23*2*${BACK}#`)
          await again.closed(30_000)
          return said.reasonOf('ida')
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe('meeting')
    expect(office.exchange.vaxel.pid).toBe(pid)
    await hearEachOther({ call, tone: 900 }, { call: atBo, tone: 1300 })
  })

  it('M-03 Asterisk: it is told of the phones again within seconds, they register, and calls work', async () => {
    await Promise.all([anna.stop(), bo.stop()])
    await office.exchange.asterisk.restart()
    const up = Date.now()
    // The supervisor's part: whoever gave up on the dead Asterisk is started again.
    await office.exchange.vaxel.start()
    await expect
      .poll(async () => (await office.exchange.rest('GET', '/endpoints/PJSIP/bo-bord')).status, {
        timeout: 20_000,
        interval: 100,
      })
      .toBe(200)
    ;[anna, bo] = await Promise.all([office.phone('anna-bord', 900), office.phone('bo-bord', 1300)])
    expect(Date.now() - up).toBeLessThan(20_000)
    const call = await anna.dial('103')
    const ringing = await rings(bo)
    await ringing.accept()
    await call.answered()
    await hearEachOther({ call, tone: 900 }, { call: ringing, tone: 1300 })
  })
})

describe('two Växel processes', () => {
  it('M-01 the second waits; when the first dies it takes over within seconds, and the talk goes on', async () => {
    const { exchange } = office
    const httpPort = exchange.ports.spare[0]
    const log = join(exchange.places.directory, 'logs', 'second.log')
    const second = await ahead(() =>
      startVaxel({
        environment: { ...exchange.environment, VAXEL_HTTP_PORT: String(httpPort) },
        main: join(distribution, 'main.js'),
        pidFile: join(exchange.places.directory, 'second.pid'),
        log,
      }),
    )
    try {
      const call = await anna.dial('103')
      const ringing = await rings(bo)
      await ringing.accept()
      await call.answered()
      const answer = await fetch(`http://127.0.0.1:${String(httpPort)}/ready`).catch(() => undefined)
      expect(answer?.ok ?? false).toBe(false)
      const before = exchange.vaxel.pid
      await hearEachOther({ call, tone: 900 }, { call: ringing, tone: 1300 })
      expect(exchange.vaxel.pid).toBe(before)
      await exchange.vaxel.kill()
      await untilVaxelReady(second, httpPort, log)
      expect(call.isClosed()).toBe(false)
      await ringing.hangup()
      await call.closed(30_000)
      const next = await anna.dial('103')
      await (await rings(bo)).accept()
      await next.answered()
    } finally {
      await second.stop()
    }
  })
})
