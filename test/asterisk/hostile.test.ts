import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { careForFailures } from '../support/after-failure.js'
import { rawCalls, type RawCalls } from '../support/phones/raw-sip.js'
import type { Phone } from '../support/phones/phone.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'

/** Whatever comes over the wire: a clear refusal or a call, the same process afterwards, and no channel left. */
let office: RealOffice
let raw: RawCalls
let anna: Phone
let bo: Phone
let pids: readonly (number | undefined)[]

careForFailures(() => office)
beforeAll(async () => {
  office = await startRealOffice()
  raw = await rawCalls('127.0.0.2', office.exchange.sip)
  ;[anna, bo] = await Promise.all([office.phone('anna-bord', 900), office.phone('bo-bord')])
  pids = [office.exchange.vaxel.pid, office.exchange.asterisk.pid]
})
afterEach(async () => {
  for (const phone of [anna, bo])
    await Promise.all(phone.calls().map((call) => call.hangup().catch(() => undefined)))
  expect([office.exchange.vaxel.pid, office.exchange.asterisk.pid]).toEqual(pids)
  await office.noChannelsLeft(40_000)
  await office.tidy()
})
afterAll(async () => {
  await raw.close()
  expect(await office.exchange.asteriskCli('core show channels')).toContain('0 active channels')
  await office.stop()
})

/** A phone still reaches a phone. */
async function callsWork(): Promise<void> {
  const call = await anna.dial('103')
  await (await rings(bo)).accept()
  await call.answered()
  await call.hangup()
}

const userParts = [
  '',
  '0',
  '+',
  '++46846500401',
  '%00',
  '101%00',
  '%',
  '%zz',
  '%0d%0aX-Injected:1',
  '*23*1*1300%23',
  '*',
  '#',
  '%23%23%23',
  '*#*#*#*#',
  '+46846500401;phone-context=example.com',
  '+46846500401;isub=1;postd=pp22',
  'anna',
  'ånna',
  '%C3%A5nna',
  '%F0%9F%98%80',
  '١٢٣',
  '${EXTEN}',
  '101&PJSIP/bo-bord',
  '101,1',
  'a'.repeat(200),
  '1'.repeat(79),
  '1'.repeat(256),
  '1'.repeat(2_000),
  '*23*'.concat('9'.repeat(300)),
  '101:password',
  '"101"',
  "'",
  '101%20',
  '-',
  '.',
  '112',
  's',
  'h',
  't',
  'i',
  'T',
]

describe('odd user parts', () => {
  it('R-04 R-09 any user part through the trunk: each is ended by a status, and calls work afterwards', async () => {
    const outcomes = await Promise.all(
      userParts.map((part, index) =>
        raw.invite(part, { from: `+4670174${String(1000 + index)}`, talkMs: 200, cancelAfterMs: 4_000 }),
      ),
    )
    // What is no SIP at all may be dropped by the parser of Asterisk without an answer.
    const ended = outcomes.filter((outcome) => outcome !== 'silence').length
    expect(ended).toBeGreaterThan(userParts.length * 0.7)
    await callsWork()
  })

  it('R-04 codes that mean nothing, dialled from a phone: refused, and the phone can call again', async () => {
    const codes = [
      '*',
      '*9',
      '*99#',
      '*23**#',
      '*#',
      '#',
      '*230#',
      `*23*1*${'1'.repeat(60)}#`,
      '**23**',
      '*77*0#',
    ]
    const calls = []
    for (const code of codes) calls.push(await anna.dial(code))
    await new Promise((resolve) => setTimeout(resolve, 1500))
    for (const call of calls) await call.hangup().catch(() => undefined)
    await callsWork()
  })

  it('what is not SIP is ignored', async () => {
    raw.send('')
    raw.send('\r\n\r\n')
    raw.send('INVITE')
    raw.send(`INVITE sip:101@127.0.0.1 SIP/2.0\r\n${'Via: x\r\n'.repeat(500)}\r\n`)
    raw.send(Buffer.from(Array.from({ length: 1_400 }, (_, index) => (index * 31) % 256)))
    await callsWork()
  })
})

describe('many calls', () => {
  it('50 callers at once, to an absent person and a ringing one: all are answered or end, none is left', async () => {
    await office.away('anna', { reason: 'lunch' })
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        raw.invite(index % 5 === 0 ? '+46846500402' : '+46846500401', {
          from: `+4670174${String(2000 + index)}`,
          talkMs: 1_000 + (index % 7) * 300,
          cancelAfterMs: 12_000,
          patienceMs: 30_000,
        }),
      ),
    )
    const answered = outcomes.filter((outcome) => outcome === 200).length
    expect(answered).toBeGreaterThanOrEqual(40)
    expect(outcomes).not.toContain('silence')
    expect(outcomes.filter((outcome) => typeof outcome === 'number' && outcome >= 500)).toEqual([])
    await callsWork()
  })

  it('callers who hang up at any moment of an announcement, or before an answer', async () => {
    await office.away('anna', { reason: 'lunch' })
    await Promise.all([
      ...Array.from({ length: 20 }, (_, index) =>
        raw.invite('+46846500401', { from: `+4670174${String(3000 + index)}`, talkMs: index * 60 }),
      ),
      ...Array.from({ length: 10 }, (_, index) =>
        raw.invite('+46846500401', { from: `+4670174${String(3100 + index)}`, cancelAfterMs: index * 15 }),
      ),
    ])
    await callsWork()
  })

  it('a phone that keys and hangs up at any moment of a code', async () => {
    for (const wait of [0, 50, 150, 400, 900]) {
      const call = await anna.dial('*23*1*2359#')
      await new Promise((resolve) => setTimeout(resolve, wait))
      await call.hangup().catch(() => undefined)
      const keyed = await bo.dial('*23')
      await keyed.answered()
      await keyed.keys('1*23', 80)
      await keyed.hangup().catch(() => undefined)
    }
    await office.away('anna', undefined)
    await callsWork()
  })
})
