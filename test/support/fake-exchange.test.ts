import type { DeviceName } from '../../src/domain/ids.js'
import { describePbx, type CallAtPhone, type PbxHarness, type PhoneUnderTest } from '../contract/pbx.js'
import { FakeExchange, type FakeLeg } from './fake-exchange.js'
import { ManualClock, settle } from './manual-clock.js'

/** The exchange of the flow tests keeps the same contract as Asterisk (test/contract/pbx.real.test.ts). */
describePbx('the fake of the flow tests', async () => {
  const clock = new ManualClock()
  const exchange = new FakeExchange(clock)
  exchange.lengths.set('long', 10_000)
  const phones = {
    anna: phoneAt(exchange, 'contract-anna'),
    bertil: phoneAt(exchange, 'contract-bertil'),
    carla: phoneAt(exchange, 'contract-carla'),
  }
  await Promise.all(Object.values(phones).map((phone) => phone.register()))
  exchange.trunk('contract-trunk', () => ({ kind: 'waits' }))
  const pbx = exchange.connect()
  return {
    pbx,
    phones,
    trunk: phoneAt(exchange, 'contract-trunk'),
    absent: 'contract-absent' as DeviceName,
    sounds: { short: { kind: 'file', path: 'short' }, long: { kind: 'file', path: 'long' } },
    dialplan: { context: 'vaxel-fallback', extension: 'refused' },
    until: async (what, find) => {
      const limit = clock.now() + 10_000
      for (;;) {
        await settle()
        const found = await find()
        if (found !== undefined && found !== false) return found
        if (clock.now() > limit) throw new Error(`waited for ${what}`)
        await clock.advance(20)
      }
    },
    stop: () => {
      pbx.cutOff()
      return Promise.resolve()
    },
  } satisfies PbxHarness
})

function phoneAt(exchange: FakeExchange, name: string): PhoneUnderTest {
  const device = name as DeviceName
  const taken = new Set<FakeLeg>()
  return {
    device,
    mailbox: `${name}@contract`,
    lamp: () => exchange.lamps.get(`${name}@contract`),
    call: (number) => callAt(exchange.call(name, number)),
    takeOver: (call) => callAt(exchange.takeOver(name, legs.get(call)!)),
    incoming: () => {
      const leg = exchange.offered(name).find((one) => !taken.has(one))
      if (!leg) return undefined
      taken.add(leg)
      return callAt(leg)
    },
    register: () => {
      exchange.register(name, { kind: 'waits' })
      return Promise.resolve()
    },
    unregister: () => {
      exchange.unregister(name)
      return Promise.resolve()
    },
  }
}

const legs = new WeakMap<CallAtPhone, FakeLeg>()

function callAt(leg: FakeLeg): CallAtPhone {
  const call: CallAtPhone = {
    ring: () => {
      leg.ring()
    },
    answer: () => {
      leg.answer()
    },
    reject: (how) => {
      leg.reject(how)
    },
    hangUp: () => {
      leg.hangUp()
    },
    hold: () => {
      leg.hold()
    },
    resume: () => {
      leg.resume()
    },
    transfer: (number) => {
      leg.transfer(number)
    },
    transferTo: (other) => {
      leg.transferTo(legs.get(other)!)
    },
    press: (digits) => {
      leg.press(digits)
      return Promise.resolve()
    },
    speak: (on) => {
      leg.speaksFor = on ? Number.POSITIVE_INFINITY : 0
    },
    isUp: () => leg.alive && leg.state === 'up',
    hasRingback: () => leg.ringback,
    receivedDigits: () => leg.receivedDigits,
    shown: () => leg.display,
    called: () => leg.dialled,
    header: (name) => leg.headers[name],
    hears: (other) => leg.hears.some((one) => one === legs.get(other)),
    hearsSound: () => leg.hearsSound,
    hearsMusic: () => leg.hearsMusic,
    endedBecause: () => leg.ended?.reason,
  }
  legs.set(call, leg)
  return call
}
