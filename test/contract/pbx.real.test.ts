import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeviceName } from '../../src/domain/ids.js'
import { connectAri, type Ari } from '../../src/adapters/ari/connect.js'
import type { HangUpReason } from '../../src/ports/pbx.js'
import { systemClock } from '../../src/runtime/clock.js'
import { startExchange, type Exchange } from '../support/exchange.js'
import { silentLogger } from '../support/silent-logger.js'
import { decodeUser, headerValue, requestUser } from '../support/phones/sip-message.js'
import { describePbx, type CallAtPhone, type PbxHarness, type PhoneUnderTest } from './pbx.js'
import { provisionPhone, toneFile } from './provision.js'
import { openSipPhone, type CallEnd, type SipCall, type SipPhone } from './sip-phone.js'

const password = 'contract-secret'
const soundTone = 1300
const speech: Readonly<Record<string, number>> = { anna: 500, bertil: 900, carla: 2100 }
/** Share of full scale from which a tone counts as heard; a phone sends its own at 0.4. */
const heard = 0.1
const longestWait = 10_000

describePbx('Asterisk', async () => {
  const exchange = await startExchange()
  try {
    return await build(exchange)
  } catch (error) {
    await exchange.stop()
    throw error
  }
})

async function build(exchange: Exchange): Promise<PbxHarness> {
  const ari = await connectAri({
    ...exchange.ari,
    clock: systemClock,
    log: silentLogger,
    onFatal: (why) => {
      throw new Error(why)
    },
  })
  const short = 'contract-short'
  const long = 'contract-long'
  mkdirSync(exchange.places.soundsDirectory, { recursive: true })
  writeFileSync(join(exchange.places.soundsDirectory, `${short}.wav`), toneFile(soundTone, 1))
  writeFileSync(join(exchange.places.soundsDirectory, `${long}.wav`), toneFile(soundTone, 10))
  await provisionPhone(ari.provisioner, 'contract-absent', password)
  const phones = await Promise.all(
    ['anna', 'bertil', 'carla', 'trunk'].map((name) => openPhone(exchange, ari, name)),
  )
  const [anna, bertil, carla, trunk] = phones
  if (!anna || !bertil || !carla || !trunk) throw new Error('three phones and a trunk')
  return {
    pbx: ari.pbx,
    phones: { anna: anna.phone, bertil: bertil.phone, carla: carla.phone },
    trunk: trunk.phone,
    absent: 'contract-absent' as DeviceName,
    sounds: {
      short: { kind: 'file', path: `${exchange.places.soundsPath}/${short}` },
      long: { kind: 'file', path: `${exchange.places.soundsPath}/${long}` },
    },
    dialplan: { context: 'vaxel-fallback', extension: 'refused' },
    until: async (what, find) => {
      const limit = Date.now() + longestWait
      for (;;) {
        const found = await find()
        if (found !== undefined && found !== false) return found
        if (Date.now() > limit) throw new Error(`waited for ${what}\n${exchange.logs(15)}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    stop: async () => {
      await Promise.all(phones.map(({ sip }) => sip.close()))
      await ari.close()
      await exchange.stop()
    },
  }
}

async function openPhone(
  exchange: Exchange,
  ari: Ari,
  name: string,
): Promise<{ readonly sip: SipPhone; readonly phone: PhoneUnderTest }> {
  const device = `contract-${name}`
  const mailbox = `${name}@contract`
  await provisionPhone(ari.provisioner, device, password, { mailboxes: mailbox })
  const sip = await openSipPhone({ user: device, password, server: exchange.sip })
  await sip.register()
  const tone = speech[name] ?? 0
  const phone: PhoneUnderTest = {
    device: device as DeviceName,
    mailbox,
    lamp: () => lampOf(sip),
    call: (number) => callAtPhone(sip.call(encodeURIComponent(number).replaceAll('*', '%2A')), tone),
    takeOver: (call) => callAtPhone(sip.call('100', sipCallOf(call)), tone),
    incoming: () => {
      const call = sip.takeIncoming()
      return call && callAtPhone(call, tone)
    },
    register: () => sip.register(),
    unregister: () => sip.unregister(),
  }
  return { sip, phone }
}

const calls = new WeakMap<CallAtPhone, { readonly tone: number; readonly sip: SipCall }>()

function sipCallOf(call: CallAtPhone): SipCall {
  const known = calls.get(call)
  if (!known) throw new Error('a call at a phone of this harness')
  return known.sip
}

function lampOf(sip: SipPhone): { readonly fresh: number; readonly heard: number } | undefined {
  const told = sip.received.findLast(
    ({ method, body }) => method === 'NOTIFY' && body.includes('Voice-Message'),
  )
  const counts = told && /Voice-Message:\s*(\d+)\/(\d+)/i.exec(told.body)
  return counts ? { fresh: Number(counts[1]), heard: Number(counts[2]) } : undefined
}

function callAtPhone(call: SipCall, tone: number): CallAtPhone {
  call.sound.tone(tone)
  const wrapped: CallAtPhone = {
    ring: () => {
      call.ring()
    },
    answer: () => {
      call.answer()
    },
    reject: (how) => {
      if (how === 'busy') call.reject(486, 'Busy Here')
      else call.reject(603, 'Decline')
    },
    hangUp: () => {
      call.hangUp()
    },
    hold: () => {
      call.hold()
    },
    resume: () => {
      call.resume()
    },
    transfer: (number) => {
      call.refer(number)
    },
    transferTo: (other) => {
      call.referTo(sipCallOf(other))
    },
    press: async (digits) => {
      for (const digit of digits) await call.sound.key(digit)
    },
    speak: (on) => {
      call.sound.tone(on ? tone : 0)
    },
    isUp: () => call.isUp(),
    hasRingback: () => call.statuses().includes(180),
    receivedDigits: () => call.sound.keys(),
    shown: () => call.shown(),
    called: () => decodeUser(call.invite === undefined ? '' : requestUser(call.invite)),
    header: (name) => call.invite && headerValue(call.invite, name),
    hears: (other) => {
      const speaker = calls.get(other)
      return speaker !== undefined && call.sound.level(speaker.tone, 200) > heard
    },
    hearsSound: () => call.sound.level(soundTone, 200) > heard,
    // Music is whatever is loud and none of the tones of this test.
    hearsMusic: () => call.sound.loudness(400) > 0.005,
    endedBecause: () => {
      const end = call.end()
      return end && reasonOf(end)
    },
  }
  calls.set(wrapped, { tone, sip: call })
  return wrapped
}

/** What the SIP side was told, as the reason we gave. */
function reasonOf(end: CallEnd): HangUpReason | undefined {
  if (end.by === 'us') return undefined
  if (end.causes.some((cause) => cause.protocol === 'SIP' && cause.cause === 200)) return 'answeredElsewhere'
  const cause = end.causes.find((one) => one.protocol === 'Q.850')?.cause ?? 0
  const key = end.by === 'status' ? `${String(end.status)}/${String(cause)}` : `*/${String(cause)}`
  return reasons[key]
}

const reasons: Readonly<Record<string, HangUpReason>> = {
  '603/16': 'normal',
  '486/17': 'busy',
  '480/19': 'noAnswer',
  '503/34': 'congestion',
  '403/21': 'rejected',
  '404/1': 'notFound',
  '480/20': 'unavailable',
  '*/16': 'normal',
  '*/17': 'busy',
  '*/19': 'noAnswer',
}
