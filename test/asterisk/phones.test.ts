import { createSocket } from 'node:dgram'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startExchange, type Exchange } from '../support/exchange.js'
import type { Call } from '../support/phones/call.js'
import { watchBusyLamp } from '../support/phones/lamp.js'
import { startPhone, type Phone, type PhoneSettings } from '../support/phones/phone.js'
import { startTrunk, type Trunk } from '../support/phones/trunk.js'
import { cadence, firstHeardAt, loudness, silences } from '../support/sound/ears.js'
import { matrix } from '../support/sound/matrix.js'
import { promptsHeard } from '../support/sound/prompts.js'
import { spoken } from '../support/sound/spoken.js'
import { writeWav } from '../support/sound/wav.js'

/**
 * The phones themselves, called through a bare Asterisk without Växel: what tests and demo lean on must be sound first.
 */
const PASSWORD = 'a-password-of-the-tests'
const CONTEXT = 'try-phones'
const TRUNK_PORT = 21_990
const NUMBERS = Array.from({ length: 20 }, (_, index) => String(201 + index))

let exchange: Exchange
const open: { stop: () => Promise<void> }[] = []

beforeAll(async () => {
  exchange = await startExchange()
  for (const number of NUMBERS) await addEndpoint(number)
  await addTrunk()
  await addDialplan()
})

afterAll(async () => {
  await exchange.stop()
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.stop()))
})

async function push(kind: string, id: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const list = Object.entries(fields).map(([attribute, value]) => ({ attribute, value }))
  const answer = await exchange.rest('PUT', `/asterisk/config/dynamic/res_pjsip/${kind}/${id}`, {
    fields: list,
  })
  if (answer.status >= 300) throw new Error(`${kind} ${id}: ${JSON.stringify(answer)}`)
}

const COMMON = {
  context: CONTEXT,
  disallow: 'all',
  allow: 'alaw',
  direct_media: 'no',
  send_pai: 'yes',
  trust_id_inbound: 'yes',
  trust_id_outbound: 'yes',
  rtp_symmetric: 'yes',
} as const

async function addEndpoint(number: string): Promise<void> {
  const id = `device-${number}`
  await push('auth', id, { auth_type: 'userpass', username: id, password: PASSWORD })
  await push('aor', id, { max_contacts: '1', remove_existing: 'yes' })
  await push('endpoint', id, { ...COMMON, aors: id, auth: id, callerid: `Person ${number} <${number}>` })
}

async function addTrunk(): Promise<void> {
  await push('aor', 'line', { contact: `sip:127.0.0.2:${String(TRUNK_PORT)}` })
  await push('endpoint', 'line', { ...COMMON, aors: 'line' })
  await push('identify', 'line', { endpoint: 'line', match: '127.0.0.2' })
}

async function addDialplan(): Promise<void> {
  await extension(
    '_2XX',
    'Set(PJSIP_HEADER(add,X-Unused)=1)',
    'Dial(PJSIP/device-${EXTEN},20,b(alerting^s^1))',
    'Hangup(${HANGUPCAUSE})',
  )
  await extension('300', 'Dial(PJSIP/device-202&PJSIP/device-203,20)')
  await extension('401', 'Answer()', 'Playtones(425/250,0/750)', 'Wait(4)', 'Hangup()')
  await extension('402', 'Progress()', 'Playtones(425/480,0/480)', 'Wait(3)', 'Hangup(17)')
  await extension(
    '403',
    'Answer()',
    'Set(CONNECTEDLINE(name,i)=Parkering)',
    'Set(CONNECTEDLINE(num)=999)',
    'Wait(5)',
  )
  await extension('_[*#]!', 'Set(CONNECTEDLINE(num)=${EXTEN})', 'Answer()', 'Wait(5)')
  await extension(
    '_0[+0-9]!',
    'Set(CALLERID(num)=+468500100)',
    'Dial(PJSIP/${EXTEN:1}@line,20)',
    'Hangup(${HANGUPCAUSE})',
  )
  await extension('_+X.', 'Dial(PJSIP/device-201,20)')
  await exchange.asteriskCli(`dialplan set global TRANSFER_CONTEXT ${CONTEXT}`)
  await exchange.asteriskCli(`dialplan add extension 202,hint,PJSIP/device-202 into ${CONTEXT}`)
  await add('alerting', 's', 1, 'Set(PJSIP_HEADER(add,Alert-Info)=<http://127.0.0.1/recall>)')
  await add('alerting', 's', 2, 'Return()')
}

async function extension(pattern: string, ...steps: readonly string[]): Promise<void> {
  for (const [index, step] of steps.entries()) await add(CONTEXT, pattern, index + 1, step)
}

async function add(context: string, pattern: string, priority: number, step: string): Promise<void> {
  const said = await exchange.asteriskCli(
    `dialplan add extension ${pattern},${String(priority)},${step} into ${context} replace`,
  )
  if (!/added|replace/i.test(said)) throw new Error(`${pattern}: ${said}`)
}

async function phone(number: string, more: Partial<PhoneSettings> = {}): Promise<Phone> {
  const registrar = `sip:127.0.0.1:${String(exchange.ports.sip)}`
  const made = await startPhone({ name: `device-${number}`, password: PASSWORD, registrar, ...more })
  open.push(made)
  await made.registered()
  return made
}

async function trunk(tone = 0): Promise<Trunk> {
  const made = await startTrunk({
    name: 'operator',
    exchange: `sip:127.0.0.1:${String(exchange.ports.sip)}`,
    port: TRUNK_PORT,
    tone,
  })
  open.push(made)
  return made
}

async function talk(
  from: Phone,
  to: Phone,
  number: string,
): Promise<{ readonly out: Call; readonly into: Call }> {
  const out = await from.dial(number)
  const into = await to.ringing()
  await into.accept()
  await out.answered()
  return { out, into }
}

describe('a call from phone to phone', () => {
  it('rings with number, name and headers, and is heard both ways', async () => {
    const anna = await phone('201', { tone: 500 })
    const bo = await phone('202', { tone: 900 })
    const out = await anna.dial('202')
    const into = await bo.ringing()
    expect(into.peer).toEqual({ number: '201', name: 'Person 201' })
    expect(into.header('Alert-Info')).toBe('<http://127.0.0.1/recall>')
    expect(await out.progress()).toMatchObject({ status: 180, earlyMedia: false })
    await into.accept()
    await out.answered()
    expect(out.display()).toEqual({ number: '202', name: 'Person 202' })
    expect(
      await matrix({
        anna: { tone: 500, listen: out.listen },
        bo: { tone: 900, listen: into.listen },
      }),
    ).toEqual({ anna: ['bo'], bo: ['anna'] })
    expect(out.packetsReceived()).toBeGreaterThan(40)
    await into.hangup()
    expect(await out.closed()).toMatchObject({
      by: 'them',
      how: 'bye',
      causes: [{ protocol: 'Q.850', cause: 16 }],
    })
    expect(await into.closed()).toMatchObject({ by: 'us', how: 'bye' })
    expect(firstHeardAt(out.heard(), 900)).toBeGreaterThan(out.startedAt)
    expect(silences(out.heard().samples.subarray(800), { over: 100 })).toEqual([])
  })

  it('is refused with 486 by do not disturb and with any status by hand', async () => {
    const anna = await phone('201')
    const bo = await phone('202')
    bo.doNotDisturb(true)
    expect(await (await anna.dial('202')).closed()).toMatchObject({ how: 'refused', status: 486 })
    bo.doNotDisturb(false)
    const declined = await anna.dial('202')
    await (await bo.ringing()).reject(603)
    // Asterisk passes 603 on as cause 21, and tells that to a caller as 403
    expect(await declined.closed()).toMatchObject({ by: 'them', how: 'refused', status: 403 })
    const busy = await anna.dial('202')
    await (await bo.ringing()).reject()
    expect(await busy.closed()).toMatchObject({ by: 'them', how: 'refused', status: 486 })
  })

  it('tells the loser of a fork that the call was answered elsewhere', async () => {
    const anna = await phone('201')
    const bo = await phone('202')
    const cecilia = await phone('203')
    const out = await anna.dial('300')
    const [first, second] = await Promise.all([bo.ringing(), cecilia.ringing()])
    await first.accept()
    await out.answered()
    expect(await second.closed()).toMatchObject({ by: 'them', how: 'cancel', answeredElsewhere: true })
  })

  it('that the caller gives up is cancelled and not answered elsewhere', async () => {
    const anna = await phone('201')
    const bo = await phone('202')
    const out = await anna.dial('202')
    const into = await bo.ringing()
    await out.hangup()
    expect(await into.closed()).toMatchObject({ by: 'them', how: 'cancel', answeredElsewhere: false })
    await expect(out.answered()).rejects.toThrow('ended before an answer')
  })

  it('carries RFC 4733 digits to the other phone, star and hash too', async () => {
    const anna = await phone('201')
    const bo = await phone('202')
    const { out } = await talk(anna, bo, '202')
    await out.keys('*23#')
    await bo.hearsDigits('*23#')
    await out.keys('19', 400)
    await bo.hearsDigits('*23#19')
  })

  it('survives hold and resume, with what was heard on one time line', async () => {
    const anna = await phone('201', { tone: 500 })
    const bo = await phone('202', { tone: 900 })
    const { out, into } = await talk(anna, bo, '202')
    await into.listen(400)
    await into.hold()
    const held = await into.listen(1000)
    expect(firstHeardAt({ ...held, samples: held.samples.subarray(2400) }, 500)).toBeUndefined()
    await into.resume()
    expect(
      await matrix({ anna: { tone: 500, listen: out.listen }, bo: { tone: 900, listen: into.listen } }),
    ).toEqual({ anna: ['bo'], bo: ['anna'] })
    const all = into.heard()
    expect(all.samples.length / 8).toBeGreaterThan(2500)
    expect(silences(all.samples, { over: 500 })).toHaveLength(1)
  })
})

describe('what a phone dials', () => {
  it.each([
    ['raw', '*23*1*1300#', 'INVITE sip:*23*1*1300#@', '*23*1*1300#'],
    ['escaped', '*23*1*1300#', 'INVITE sip:*23*1*1300%23@', '*23*1*1300#'],
    ['none', '*23*1*1300#', 'INVITE sip:*23*1*1300@', '*23*1*1300'],
    ['raw', '#23#', 'INVITE sip:#23#@', '#23#'],
  ] as const)('with the hash %s: %s', async (hash, code, wire, understood) => {
    const anna = await phone('201')
    const call = await anna.dial(code, { hash })
    expect(call.messages()[0]?.message.startLine).toContain(wire)
    await call.answered()
    await call.displays(({ number }) => number === understood)
  })
})

describe('what a phone hears and shows of the exchange', () => {
  it('measures the cadence of the Swedish reject tone', async () => {
    const anna = await phone('201')
    const call = await anna.dial('401')
    await call.answered()
    const closed = await call.closed()
    expect(closed.by).toBe('them')
    const heard = cadence(call.heard().samples, 425)
    expect(Math.abs(heard.onMs - 250)).toBeLessThanOrEqual(30)
    expect(Math.abs(heard.offMs - 750)).toBeLessThanOrEqual(30)
  })

  it('hears early media before an unanswered call is refused as busy', async () => {
    const anna = await phone('201')
    const call = await anna.dial('402')
    expect(await call.progress()).toMatchObject({ status: 183, earlyMedia: true })
    expect(await call.closed()).toMatchObject({ how: 'refused', status: 486 })
    expect(cadence(call.heard().samples, 425).bursts).toBeGreaterThanOrEqual(2)
  })

  it('shows a connected line update during the call', async () => {
    const anna = await phone('201')
    const call = await anna.dial('403')
    expect(await call.displays(({ number }) => number === '999')).toEqual({
      number: '999',
      name: 'Parkering',
    })
  })

  it('tells no packets from silence', async () => {
    const anna = await phone('201')
    const bo = await phone('202')
    const { out } = await talk(anna, bo, '202')
    const silent = await out.listen(500)
    expect(silent.missing).toEqual([])
    expect(loudness(silent.samples)).toBeLessThan(0.004)
    expect(out.packetsReceived()).toBeGreaterThan(15)
    await bo.kill()
    const gone = await out.listen(500)
    expect(gone.missing).toHaveLength(1)
    await out.hangup()
  })
})

describe('a prompt of the exchange', () => {
  it('is recognised, in order, and what was not played is not heard', async () => {
    const library = ['Anna Andersson', 'är på lunch', 'och är åter', 'klockan tretton', 'klockan tre'].map(
      (key, index) => ({ key, file: `try-${String(index)}`, samples: spoken(key) }),
    )
    mkdirSync(exchange.places.soundsDirectory, { recursive: true })
    for (const { file, samples } of library) {
      writeWav(join(exchange.places.soundsDirectory, `${file}.wav`), { samples, rate: 8000 })
    }
    const played = [0, 1, 2, 3].map((index) => `${exchange.places.soundsPath}/try-${String(index)}`)
    await extension('410', 'Answer()', `Playback(${played.join('&')})`, 'Hangup()')
    const anna = await phone('201')
    const call = await anna.dial('410')
    await call.answered()
    await call.closed()
    const heard = promptsHeard(call.heard().samples, library)
    expect(heard.map(({ key }) => key)).toEqual(library.slice(0, 4).map(({ key }) => key))
    for (const { score } of heard) expect(score).toBeGreaterThan(0.95)
  })
})

describe('the message lamp', () => {
  it('shows what the last NOTIFY said', async () => {
    const anna = await phone('201')
    await notifyLamp(anna, 'yes', '2/5')
    expect(await anna.messageLampShows(({ waiting }) => waiting)).toEqual({
      waiting: true,
      newMessages: 2,
      oldMessages: 5,
    })
    await notifyLamp(anna, 'no', '0/7')
    expect(await anna.messageLampShows(({ waiting }) => !waiting)).toMatchObject({ newMessages: 0 })
  })

  function notifyLamp({ port }: Phone, waiting: string, counts: string): Promise<void> {
    const id = `${waiting}-${counts.replace('/', '-')}`
    const body = `Messages-Waiting: ${waiting}\r\nVoice-Message: ${counts} (0/0)\r\n`
    const notify = [
      `NOTIFY sip:device-201@127.0.0.1:${String(port)} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-${id};rport`,
      'From: <sip:exchange@127.0.0.1>;tag=1',
      'To: <sip:device-201@127.0.0.1>',
      `Call-ID: ${id}`,
      'CSeq: 1 NOTIFY',
      'Event: message-summary',
      'Subscription-State: active',
      'Content-Type: application/simple-message-summary',
      `Content-Length: ${String(body.length)}`,
      '',
      body,
    ].join('\r\n')
    return new Promise((resolve) => {
      const socket = createSocket('udp4')
      socket.send(notify, port, '127.0.0.1', () => {
        socket.close()
        resolve()
      })
    })
  }
})

describe('transfers', () => {
  it('blind: the far end lands at the third phone', async () => {
    const anna = await phone('201', { tone: 500 })
    const bo = await phone('202', { tone: 900 })
    const cecilia = await phone('203', { tone: 1300 })
    const { out, into } = await talk(anna, bo, '202')
    expect(await into.transfer('203')).toBe(202)
    const third = await cecilia.ringing()
    await third.accept()
    expect(
      await matrix({
        anna: { tone: 500, listen: out.listen },
        cecilia: { tone: 1300, listen: third.listen },
      }),
    ).toEqual({ anna: ['cecilia'], cecilia: ['anna'] })
  })

  it('attended: two calls of one phone are joined by REFER with Replaces', async () => {
    const anna = await phone('201', { tone: 500 })
    const bo = await phone('202', { tone: 900 })
    const cecilia = await phone('203', { tone: 1300 })
    const { out, into } = await talk(anna, bo, '202')
    await into.hold()
    const consult = await bo.dial('203')
    const third = await cecilia.ringing()
    await third.accept()
    await consult.answered()
    expect(await into.transferTo(consult)).toBe(202)
    expect(await into.transferOutcome()).toBe(200)
    expect(
      await matrix({
        anna: { tone: 500, listen: out.listen },
        cecilia: { tone: 1300, listen: third.listen },
      }),
    ).toEqual({ anna: ['cecilia'], cecilia: ['anna'] })
    expect(bo.calls()).toHaveLength(2)
  })
})

describe('coming and going', () => {
  it('a phone that signs off is not reachable, and is after signing on again', async () => {
    const anna = await phone('201')
    const bo = await phone('202')
    await bo.unregister()
    expect(await (await anna.dial('202')).closed()).toMatchObject({ how: 'refused' })
    await bo.register()
    const { out } = await talk(anna, bo, '202')
    await out.hangup()
  })

  it('a killed phone says nothing', async () => {
    const anna = await phone('201')
    const bo = await phone('202')
    const { out, into } = await talk(anna, bo, '202')
    await bo.kill()
    expect(into.isClosed()).toBe(true)
    expect(await into.closed()).toMatchObject({ how: 'vanished' })
    expect(out.isClosed()).toBe(false)
    await expect(bo.dial('201')).rejects.toThrow('the phone is gone')
  })

  it('a wait that fails tells what happened instead', async () => {
    const anna = await phone('201')
    await expect(anna.ringing(50)).rejects.toThrow(
      /waited 50 ms for an incoming call.*What happened:[^]*REGISTER/,
    )
  })

  it('twenty phones run side by side and end without a trace', async () => {
    const phones = await Promise.all(NUMBERS.map((number) => phone(number)))
    const pids = phones.map(({ pid }) => pid)
    expect(new Set(pids).size).toBe(NUMBERS.length)
    const directories = phones.map(({ directory }) => directory)
    await Promise.all(phones.map((each) => each.stop()))
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect(directories.filter((directory) => existsSync(directory))).toEqual([])
  })
})

describe('a busy lamp', () => {
  it('blinks while the phone rings, is lit while it talks, and goes out', async () => {
    const anna = await phone('201')
    const bo = await phone('202')
    const lamp = await watchBusyLamp({
      name: 'device-203',
      password: PASSWORD,
      registrar: `sip:127.0.0.1:${String(exchange.ports.sip)}`,
      target: '202',
    })
    open.push(lamp)
    expect(await lamp.subscribed()).toBe(200)
    await lamp.shows('idle')
    const out = await anna.dial('202')
    await lamp.shows('ringing')
    await (await bo.ringing()).accept()
    await lamp.shows('inUse')
    await out.hangup()
    await lamp.shows('idle')
  })
})

describe('a trunk', () => {
  it('calls in with any number and name', async () => {
    const anna = await phone('201', { tone: 500 })
    const operator = await trunk(2100)
    const out = await operator.callIn({ from: '+46701234567', name: 'Kund', to: '+468500100' })
    const into = await anna.ringing()
    expect(into.peer).toEqual({ number: '+46701234567', name: 'Kund' })
    await into.accept()
    await out.answered()
    expect(
      await matrix({ anna: { tone: 500, listen: into.listen }, kund: { tone: 2100, listen: out.listen } }),
    ).toEqual({ anna: ['kund'], kund: ['anna'] })
    await out.hangup()
    const other = await operator.callIn({ from: '+46709999999', to: '+468500100' })
    expect((await anna.ringing()).peer.number).toBe('+46709999999')
    await other.hangup()
  })

  it('takes any number called out, says which, and who is shown', async () => {
    const anna = await phone('201', { tone: 500 })
    const operator = await trunk(2100)
    const out = await anna.dial('0+4687654321')
    const into = await operator.ringing()
    expect(into.dialled).toBe('+4687654321')
    expect(into.peer.number).toBe('+468500100')
    await into.accept()
    await out.answered()
    expect(
      await matrix({ anna: { tone: 500, listen: out.listen }, called: { tone: 2100, listen: into.listen } }),
    ).toEqual({ anna: ['called'], called: ['anna'] })
    await out.hangup()
    expect(await into.closed()).toMatchObject({ by: 'them', how: 'bye' })
  })

  it('refuses a number with the status of the public network', async () => {
    const anna = await phone('201')
    const operator = await trunk()
    const out = await anna.dial('0112233')
    await (await operator.ringing()).reject(404)
    expect(await out.closed()).toMatchObject({ how: 'refused', status: 404 })
  })
})
