import { AsyncLocalStorage } from 'node:async_hooks'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectAri, type Ari } from '../../../src/adapters/ari/connect.js'
import { usedOperations } from '../../../src/adapters/ari/operations.js'
import type { DeviceName, LegId, PlaybackId, RecordingName, RoomId } from '../../../src/domain/ids.js'
import { NoSuchThing, PbxRefused, PbxUnavailable, type PbxEvent } from '../../../src/ports/pbx.js'
import { systemClock } from '../../../src/runtime/clock.js'
import { provisionPhone } from '../../contract/provision.js'
import { openSipPhone, type SipPhone } from '../../contract/sip-phone.js'
import { headerValue } from '../../support/phones/sip-message.js'
import { startExchange, type Exchange } from '../../support/exchange.js'
import { silentLogger } from '../../support/silent-logger.js'

const password = 'adapter-secret'

describe('ARI on a real Asterisk', () => {
  let exchange: Exchange
  const opened: { close(): Promise<void> }[] = []
  beforeAll(async () => {
    exchange = await startExchange()
  })
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
  })
  afterAll(async () => {
    await exchange.stop()
  })

  const connect = async (
    onFatal: (why: string) => void = () => undefined,
  ): Promise<Ari & { readonly events: PbxEvent[] }> => {
    const ari = await connectAri({ ...exchange.ari, clock: systemClock, log: silentLogger, onFatal })
    opened.push(ari)
    const events: PbxEvent[] = []
    ari.pbx.onEvent((event) => events.push(event))
    return { ...ari, events }
  }
  const phone = async (
    ari: Ari,
    user: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<SipPhone> => {
    await provisionPhone(ari.provisioner, user, password, more)
    const opens = await openSipPhone({ user, password, server: exchange.sip })
    opened.push(opens)
    await opens.register()
    return opens
  }
  const until = async <T>(
    what: string,
    find: () => T | undefined | false | Promise<T | undefined | false>,
  ): Promise<T> => {
    const limit = Date.now() + 8_000
    for (;;) {
      const found = await find()
      if (found !== undefined && found !== false) return found
      if (Date.now() > limit) throw new Error(`waited for ${what}\n${exchange.logs(15)}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  const arrival = (events: readonly PbxEvent[], device: string): Promise<LegId> =>
    until('a call', () => {
      const found = events.findLast((event) => event.kind === 'arrived' && event.leg.device === device)
      return found?.kind === 'arrived' && found.leg.id
    })

  it('offers every operation that is used, and tells its version', async () => {
    const ari = await connect()
    expect(ari.version).toMatch(/^22\./)
    expect(ari.connected()).toBe(true)
    expect(new Set(usedOperations).size).toBe(usedOperations.length)
  })

  it('provisions phones again and again, lists and removes them', async () => {
    const ari = await connect()
    const first = await phone(ari, 'again')
    await provisionPhone(ari.provisioner, 'again', password)
    await first.register()
    expect(await ari.provisioner.list()).toContain('again')
    await ari.provisioner.remove({ module: 'res_pjsip', type: 'endpoint', id: 'again' })
    await ari.provisioner.remove({ module: 'res_pjsip', type: 'endpoint', id: 'again' })
    expect(await ari.provisioner.list()).not.toContain('again')
  })

  it('refuses a field that Asterisk does not know', async () => {
    const ari = await connect()
    const wrong = ari.provisioner.put({
      module: 'res_pjsip',
      type: 'endpoint',
      id: 'wrong',
      fields: [{ attribute: 'no_such_field', value: 'yes' }],
    })
    await expect(wrong).rejects.toBeInstanceOf(PbxRefused)
  })

  it('sets and empties global variables of the dialplan', async () => {
    const ari = await connect()
    await ari.provisioner.setGlobal('VAXEL_DIAL_exempel_101', 'PJSIP/a&PJSIP/b')
    const read = async (): Promise<unknown> =>
      (await exchange.rest('GET', '/asterisk/variable?variable=VAXEL_DIAL_exempel_101')).body
    expect(await read()).toEqual({ value: 'PJSIP/a&PJSIP/b' })
    await ari.provisioner.setGlobal('VAXEL_DIAL_exempel_101', '')
    expect(await read()).toEqual({ value: '' })
  })

  it('sets, lists and removes lamps', async () => {
    const ari = await connect()
    await ari.lamps.set('exempel-101', 'busy')
    expect(await ari.lamps.list()).toContain('exempel-101')
    await ari.lamps.remove('exempel-101')
    expect(await ari.lamps.list()).not.toContain('exempel-101')
  })

  it('O-17 lights the message lamp of a phone and puts it out', async () => {
    const ari = await connect()
    const anna = await phone(ari, 'lamp', { mailboxes: '101@exempel' })
    const lamp = (text: string): Promise<unknown> =>
      anna.message((message) => message.method === 'NOTIFY' && message.body.includes(text))
    await ari.pbx.setMessageLamp('101@exempel', { fresh: 2, heard: 1 })
    await lamp('Voice-Message: 2/1')
    const before = anna.received.length
    await ari.pbx.setMessageLamp('101@exempel', { fresh: 0, heard: 1 })
    await until('the lamp to go out', () =>
      anna.received.slice(before).some((message) => message.body.includes('Messages-Waiting: no')),
    )
    expect(await until('no inner leg', async () => (await ari.pbx.snapshot()).legs.length === 0)).toBeTruthy()
  })

  it('TN-4 sends SIP headers with the call', async () => {
    const ari = await connect()
    const anna = await phone(ari, 'header')
    const id = 'header-leg' as LegId
    await ari.pbx.createLeg({
      id,
      to: { kind: 'device', device: 'header' as DeviceName },
      caller: { number: '1' },
      notes: {},
      headers: { 'Alert-Info': '<http://127.0.0.1/ring>;info=external' },
    })
    await arrival(ari.events, 'header')
    await ari.pbx.dial(id, { ringSeconds: 5 })
    const call = await anna.incoming()
    expect(call.invite && headerValue(call.invite, 'Alert-Info')).toBe(
      '<http://127.0.0.1/ring>;info=external',
    )
    await ari.pbx.hangUp(id, 'normal')
    await call.ended()
  })

  it('refuses a trunk number that would be read as an address', async () => {
    const ari = await connect()
    const trunk = 'trunk' as DeviceName
    for (const number of ['1@evil.example', 'sip:1@evil', '1/2', '']) {
      const leg = {
        id: 'evil' as LegId,
        caller: { number: '1' },
        notes: {},
        to: { kind: 'trunk', trunk, number },
      } as const
      await expect(ari.pbx.createLeg(leg)).rejects.toMatchObject({ name: 'CannotReach' })
    }
  })

  it('reads the file of a recording', async () => {
    const ari = await connect()
    const anna = await phone(ari, 'recorder')
    anna.call('200')
    const leg = await arrival(ari.events, 'recorder')
    await ari.pbx.answer(leg)
    const name = 'message/one' as RecordingName
    await ari.pbx.record(leg, name, { maxSeconds: 1, silenceSeconds: 0, beep: false })
    await until('the recording', () => ari.events.some((event) => event.kind === 'recorded'))
    const bytes = await ari.readRecording(name)
    expect(Buffer.from(bytes.subarray(0, 4)).toString('latin1')).toBe('RIFF')
    expect(bytes.length).toBeGreaterThan(8_000)
    await expect(ari.readRecording('never-was' as RecordingName)).rejects.toBeInstanceOf(NoSuchThing)
    await ari.pbx.deleteRecording(name)
  })

  it.each([
    [486, 'busy', true],
    [600, 'busy', true],
    [603, 'rejected', true],
    [403, 'rejected', true],
    [480, 'noAnswer', true],
    [480, 'notReachable', false],
    [408, 'noAnswer', true],
    [404, 'notReachable', false],
    [410, 'notReachable', false],
    [503, 'failed', false],
    [488, 'failed', false],
  ] as const)('R-05 takes %i as %s (the phone rang: %s)', async (status, end, rang) => {
    const ari = await connect()
    const anna = await phone(ari, 'ends')
    const id = `ends-${String(status)}-${String(rang)}` as LegId
    await ari.pbx.createLeg({
      id,
      to: { kind: 'device', device: 'ends' as DeviceName },
      caller: { number: '1' },
      notes: {},
    })
    await arrival(ari.events, 'ends')
    await ari.pbx.dial(id, { ringSeconds: 5 })
    const call = await anna.incoming()
    if (rang) call.ring()
    call.reject(status, 'As the test says')
    const gone = await until('the end', () =>
      ari.events.find((event) => event.kind === 'gone' && event.leg === id),
    )
    expect(gone).toMatchObject({ end })
  })

  it('R-05 takes a phone that never answers the network as not reachable', async () => {
    const ari = await connect()
    const anna = await phone(ari, 'silent')
    const id = 'silent-leg' as LegId
    await ari.pbx.createLeg({
      id,
      to: { kind: 'device', device: 'silent' as DeviceName },
      caller: { number: '1' },
      notes: {},
    })
    await arrival(ari.events, 'silent')
    await ari.pbx.dial(id, { ringSeconds: 1 })
    await anna.incoming()
    const gone = await until('the end', () =>
      ari.events.find((event) => event.kind === 'gone' && event.leg === id),
    )
    expect(gone).toMatchObject({ end: 'notReachable' })
  })

  it('M-06 finds legs, rooms and notes of the process before, and goes on with them', async () => {
    const before = await connect()
    const anna = await phone(before, 'survivor')
    const call = anna.call('%2A23%23')
    const leg = await arrival(before.events, 'survivor')
    await before.pbx.answer(leg)
    await before.pbx.note(leg, { company: 'exempel', step: 'talk' })
    // It died while this played: to a leg that plays, an unwary command would hold up everything.
    await before.pbx.play(leg, 'endless' as PlaybackId, [{ kind: 'tone', tone: 'busy', zone: 'se' }])
    await before.close()
    const after = await connect()
    const found = (await after.pbx.snapshot()).legs.find((one) => one.id === leg)
    expect(found).toMatchObject({ dialled: '*23#', state: 'up', notes: { company: 'exempel', step: 'talk' } })
    const room = 'talk-survivor' as RoomId
    await after.pbx.openRoom(room, 'talk', {})
    await after.pbx.enter(room, [leg])
    await after.pbx.note(leg, { step: 'found' })
    await call.sound.key('5')
    await until('the key', () => after.events.some((event) => event.kind === 'digit' && event.leg === leg))
    call.hangUp()
    const gone = await until('the end', () =>
      after.events.find((event) => event.kind === 'gone' && event.leg === leg),
    )
    expect(gone).toMatchObject({ end: 'normal' })
    await after.pbx.closeRoom(room)
  })

  it('M-06 a process that ends in the midst of calls, and the next one at once, sixty times: Asterisk answers each', async () => {
    const first = await connect()
    const anna = await phone(first, 'restarts')
    await first.close()
    for (let time = 0; time < 60; time += 1) {
      const before = await connect()
      const call = anna.call('%2A23%23')
      const leg = await arrival(before.events, 'restarts')
      await before.pbx.answer(leg)
      await before.pbx.play(leg, `restart-${String(time)}` as PlaybackId, [
        { kind: 'tone', tone: 'busy', zone: 'se' },
      ])
      void before.close()
      await new Promise((resolve) => setTimeout(resolve, time % 8)) // Asterisk is still clearing up, or has done so
      const after = await connect()
      call.hangUp()
      await until('the end', () => after.events.some((event) => event.kind === 'gone' && event.leg === leg))
      await after.close()
    }
  })

  it('M-01 ends when another process takes the application', async () => {
    const fatal: string[] = []
    await connect((why) => fatal.push(why))
    const second = await connect()
    await until('the first to end', () => fatal.length > 0)
    expect(fatal).toEqual(['another process took over the application'])
    expect(second.connected()).toBe(true)
  })

  it('refuses a wrong password and an address where nobody is, at once and clearly', async () => {
    const settings = { ...exchange.ari, clock: systemClock, log: silentLogger, onFatal: () => undefined }
    await expect(connectAri({ ...settings, password: 'wrong' })).rejects.toThrow(/user name or password/)
    const nobody = connectAri({ ...settings, url: `http://127.0.0.1:${String(exchange.ports.spare[0])}` })
    await expect(nobody).rejects.toBeInstanceOf(PbxUnavailable)
  })

  it('keeps the asynchronous context of the caller (ari-client fault 7)', async () => {
    const ari = await connect()
    const context = new AsyncLocalStorage<string>()
    const seen = await context.run('this call', async () => {
      await ari.pbx.isReachable('nobody' as DeviceName)
      return context.getStore()
    })
    expect(seen).toBe('this call')
  })
})
