import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CompanyId, PersonId } from '../../src/domain/ids.js'
import { say } from '../../src/domain/speech/tongue.js'
import { careForFailures } from '../support/after-failure.js'
import { officeFile } from '../support/office.js'
import { parseIdentity } from '../support/phones/sip-message.js'
import type { Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import type { Trunk } from '../support/phones/trunk.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import { cadence, firstHeardAt } from '../support/sound/ears.js'
import { matrix } from '../support/sound/matrix.js'

const company = {
  ...officeFile,
  /** The emergency numbers, read as public numbers, are among what is blocked. */
  grey: { outgoing: ['+46900', '+46112', '+4690000'], incoming: ['+46999'] },
  emergency: ['112', '90000'],
  emergencyShows: '+46846500400',
  people: [
    ...officeFile.people.map((person) => {
      if (person.id === 'erik') return { ...person, profile: { shows: 'main' } }
      return person.id === 'ida' ? { ...person, devices: [{ name: 'ida-bord' }] } : person
    }),
    {
      id: 'kim',
      name: 'Kim Källa',
      extension: '106',
      ringSeconds: 5,
      devices: [{ name: 'kim-bord' }],
      profile: { busy: 'person:bo', noAnswer: 'reception', notReachable: 'voicemail' },
    },
  ],
}
const OUTSIDE = '+46701740630'

let office: RealOffice
let anna: Phone
let erik: Phone
let erikMobile: Phone
let bo: Phone
let rut: Phone
let kim: Phone
let outside: Trunk

careForFailures(() => office)
beforeAll(async () => {
  office = await startRealOffice({ files: [company] })
  ;[anna, erik, erikMobile, bo, rut, kim, outside] = await Promise.all([
    office.phone('anna-bord', 900),
    office.phone('erik-bord', 1700),
    office.phone('erik-mobil', 2100),
    office.phone('bo-bord', 1300),
    office.phone('rut-bord'),
    office.phone('kim-bord', 1700),
    office.trunk(500),
  ])
})
afterEach(async () => {
  for (const phone of [anna, erik, erikMobile, bo, rut, kim, outside])
    await Promise.all(phone.calls().map((call) => call.hangup().catch(() => undefined)))
  await office.noChannelsLeft()
})
afterAll(async () => {
  await office.stop()
})

/** Those since an instant: of earlier tests one may be written meanwhile. */
async function missedCallsOf(person: string, since: number) {
  const missed = await office.redis.stores.missedCalls.list('kontoret' as CompanyId, person as PersonId, 10)
  return missed.filter(({ at }) => at >= since)
}

async function hearEachOther(
  left: { readonly call: Call; readonly tone: number },
  right: { readonly call: Call; readonly tone: number },
): Promise<void> {
  expect(
    await matrix({
      left: { tone: left.tone, listen: left.call.listen },
      right: { tone: right.tone, listen: right.call.listen },
    }),
  ).toEqual({ left: ['right'], right: ['left'] })
}

describe('from phone to phone', () => {
  it('R-05 rings with 180, shows both names, joins them at once, and ends for both', async () => {
    const call = await anna.dial('103')
    const ringing = await rings(bo)
    expect(await call.progress()).toMatchObject({ status: 180, earlyMedia: false })
    expect(ringing.peer).toEqual({ number: '101', name: 'Anna Andersson' })
    await ringing.accept()
    const answeredAt = await call.answered()
    await hearEachOther({ call, tone: 900 }, { call: ringing, tone: 1300 })
    expect((firstHeardAt(call.heard(), 1300) ?? Infinity) - answeredAt).toBeLessThan(500)
    expect(call.display()).toEqual({ number: '103', name: 'Bo Berg' })
    await ringing.hangup()
    expect(await call.closed()).toMatchObject({ by: 'them', how: 'bye', causes: [{ cause: 16 }] })
  })

  it('R-05 a caller who gives up: the phone stops within 500 ms, and the call is noted as missed', async () => {
    const dialledAt = Date.now()
    const call = await anna.dial('103')
    const ringing = await rings(bo)
    const endedAt = Date.now()
    await call.hangup()
    expect((await ringing.closed()).at - endedAt).toBeLessThan(500)
    expect(ringing.isClosed()).toBe(true)
    await expect
      .poll(() => missedCallsOf('bo', dialledAt), { timeout: 30_000 })
      .toMatchObject([{ from: '101', why: 'cancelled' }])
  })

  it('R-05 each failure has its own target: busy and declined, no answer, not reachable', async () => {
    for (const status of [486, 603]) {
      const busy = await anna.dial('106')
      await (await rings(kim)).reject(status)
      await (await rings(bo)).accept()
      await busy.answered()
      await busy.hangup()
    }
    const noAnswer = await anna.dial('106')
    const ringing = await rings(kim)
    const atReception = await rings(rut, 15_000)
    expect(atReception.startedAt - ringing.startedAt).toBeGreaterThan(4_500)
    expect(atReception.startedAt - ringing.startedAt).toBeLessThan(8_000)
    await noAnswer.hangup()

    await kim.unregister()
    const away = await anna.dial('106')
    await away.answered()
    await away.listen(2500)
    await away.hangup()
    await kim.register()
    expect(await office.lines.heardOf(away.heard(), 'sv', ['voicemail', 'name'])).not.toEqual([])
  })

  it('R-06 whoever talks is busy: the next call goes to the busy target at once', async () => {
    const talk = await anna.dial('106')
    const atKim = await rings(kim)
    await atKim.accept()
    await talk.answered()
    const rangBefore = kim.calls().length
    const next = await outside.callIn({ from: OUTSIDE, to: '+46846500402' })
    const other = await rings(erik)
    await other.reject()
    await next.hangup()
    const second = await rut.dial('106')
    await (await rings(bo, 3000)).accept()
    await second.answered()
    expect(kim.calls().length).toBe(rangBefore)
    await hearEachOther({ call: talk, tone: 900 }, { call: atKim, tone: 1700 })
  })
})

describe('through the trunk', () => {
  it('R-04 a public number reaches its person, who sees who calls; both hear each other', async () => {
    const call = await outside.callIn({ from: OUTSIDE, name: 'Sven Svensson', to: '+46846500401' })
    const ringing = await rings(anna)
    expect(ringing.peer).toEqual({ number: OUTSIDE, name: 'Sven Svensson' })
    await ringing.accept()
    await call.answered()
    await hearEachOther({ call, tone: 500 }, { call: ringing, tone: 900 })
    await call.hangup()
    expect(await ringing.closed()).toMatchObject({ by: 'them', how: 'bye' })
  })

  it('R-05 all devices ring; the losers are told "answered elsewhere", and nobody missed a call', async () => {
    const dialledAt = Date.now()
    const call = await outside.callIn({ from: OUTSIDE, to: '+46846500402' })
    const [desk, mobile] = await Promise.all([rings(erik), rings(erikMobile)])
    await mobile.accept()
    await call.answered()
    expect(await desk.closed()).toMatchObject({ how: 'cancel', answeredElsewhere: true })
    await hearEachOther({ call, tone: 500 }, { call: mobile, tone: 2100 })
    await mobile.hangup()
    await call.closed()
    // Written within a second: one would have been noted before the two heard each other.
    expect(await missedCallsOf('erik', dialledAt)).toEqual([])
  })

  it('R-04 O-10 a call out goes in E.164 and shows a number of the company', async () => {
    const fromAnna = await anna.dial('0701740699')
    const out = await rings(outside)
    expect(out.dialled).toBe('+46701740699')
    expect(shown(out)).toBe('+46846500401')
    await out.accept()
    await fromAnna.answered()
    await hearEachOther({ call: fromAnna, tone: 900 }, { call: out, tone: 500 })
    await fromAnna.hangup()
    await out.closed()

    await erik.dial('+4989123456')
    const own = await rings(outside)
    expect(own.dialled).toBe('+4989123456')
    expect(shown(own)).toBe('+46846500400')
  })

  it.each(['112', '90000'])(
    'R-01 the emergency number %s goes out although it is grey-listed',
    async (number) => {
      const call = await erik.dial(number)
      const out = await rings(outside)
      expect(out.dialled).toBe(number)
      expect(shown(out)).toBe('+46846500400')
      await out.accept()
      await call.answered()
    },
  )

  it('O-12 TN-1 a grey-listed number is refused with the tone and in words, in both directions', async () => {
    const [call, incoming] = await Promise.all([
      anna.dial('0900123456'),
      outside.callIn({ from: '+46999123456', to: '+46846500401' }),
    ])
    await Promise.all([call.closed(20_000), incoming.closed(20_000)])
    const words = say(office.lines.tongues.sv, 'refuse/blocked-number')
    for (const refused of [call, incoming]) {
      const heard = refused.heard()
      await office.lines.hear(heard, 'sv', words)
      const rhythm = cadence(heard.samples.subarray(0, 4500 * 8), 425)
      expect(Math.abs(rhythm.onMs - 250)).toBeLessThanOrEqual(20)
      expect(Math.abs(rhythm.offMs - 750)).toBeLessThanOrEqual(20)
    }
    expect(await call.closed()).toMatchObject({ how: 'refused' })
  })
})

describe('a phone that vanishes', () => {
  it('G-10 leaves no channel: its silence ends the call, and the other party is released', async () => {
    // The company's 60 s would take too long here; the mechanism is the same.
    const path = '/asterisk/config/dynamic/res_pjsip/endpoint/ida-bord'
    const kept = ['context', 'aors', 'auth', 'allow', 'disallow', 'direct_media', 'set_var', 'identify_by']
    const { body } = await office.exchange.rest('GET', path)
    const fields = (body as readonly { readonly attribute: string; readonly value: string }[]).filter(
      ({ attribute, value }) => kept.includes(attribute) && value !== '',
    )
    await office.exchange.rest('DELETE', path)
    const put = await office.exchange.rest('PUT', path, {
      fields: [...fields, { attribute: 'rtp_timeout', value: '2' }],
    })
    expect(put.status, JSON.stringify(put.body)).toBe(200)
    const ida = await office.phone('ida-bord')
    const call = await anna.dial('104')
    await (await rings(ida)).accept()
    await call.answered()
    await ida.kill()
    expect(await call.closed(15_000)).toMatchObject({ by: 'them', how: 'bye' })
  })
})

/** The number that the network would show. */
function shown(call: Call): string {
  return parseIdentity(call.header('P-Asserted-Identity') ?? call.header('From')).number
}

describe('a stop on purpose', () => {
  it('H-30 writes first what waited to be written', async () => {
    const dialledAt = Date.now()
    const call = await anna.dial('103')
    const ringing = await rings(bo)
    await call.hangup()
    await ringing.closed()
    await office.noChannelsLeft()
    const { vaxel } = office.exchange
    await vaxel.stop()
    try {
      expect(await missedCallsOf('bo', dialledAt)).toMatchObject([{ from: '101', why: 'cancelled' }])
    } finally {
      await vaxel.start()
    }
  })
})
