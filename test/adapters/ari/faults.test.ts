import { EventEmitter } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { connectAri, type Ari, type AriSettings } from '../../../src/adapters/ari/connect.js'
import type { DeviceName, LegId, RoomId } from '../../../src/domain/ids.js'
import { refusal } from '../../../src/adapters/ari/refusals.js'
import { NoSuchThing, PbxRefused, PbxUnavailable, WrongState, type PbxEvent } from '../../../src/ports/pbx.js'
import { systemClock } from '../../../src/runtime/clock.js'
import { silentLogger } from '../../support/silent-logger.js'
import { startFakeAri, type FakeAri } from './fake-ari.js'

/**
 * ari-client 2.2.0 opens the websocket, and that is all it may do. Each of its seven known faults has a test here (the
 * seventh, the lost asynchronous context, in asterisk.test.ts), and so has what networks do to a connection.
 */
describe('what ari-client and networks do wrong', () => {
  const open: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })

  const serve = async (): Promise<FakeAri> => {
    const fake = await startFakeAri()
    open.push(fake)
    return fake
  }
  interface Connected extends Ari {
    readonly events: PbxEvent[]
    readonly fatal: string[]
  }
  const connect = async (fake: FakeAri, more: Partial<AriSettings> = {}): Promise<Connected> => {
    const fatal: string[] = []
    const ari = await connectAri({
      url: fake.url,
      user: 'vaxel',
      password: 'secret',
      app: 'vaxel',
      log: silentLogger,
      clock: systemClock,
      onFatal: (why) => fatal.push(why),
      ...more,
    })
    open.push(ari)
    const events: PbxEvent[] = []
    ari.pbx.onEvent((event) => events.push(event))
    return { ...ari, events, fatal }
  }
  const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
    const limit = Date.now() + 8_000
    while (!(await holds())) {
      if (Date.now() > limit) throw new Error(`waited for ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const digit = (key: string): unknown => ({
    type: 'ChannelDtmfReceived',
    digit: key,
    channel: { id: 'leg-1', name: 'PJSIP/a-00000001', state: 'Up' },
  })
  const ask = (ari: Ari): Promise<boolean> => ari.pbx.isReachable('phone' as DeviceName)

  it.each([
    [404, NoSuchThing],
    [409, WrongState],
    [412, WrongState],
    [422, WrongState],
    [400, PbxRefused],
    [500, PbxRefused],
  ])('fault 1: an error carries its status (%i)', async (status, kind) => {
    const fake = await serve()
    const ari = await connect(fake)
    fake.onRequest = (request) => {
      request.answer(status, { message: 'because' })
    }
    const refused = ari.pbx.indicateRinging('leg-1' as LegId)
    await expect(refused).rejects.toBeInstanceOf(kind)
    await expect(refused).rejects.toThrow(/because/)
  })

  it('a variable of a leg whose thread has just ended is refused as of a leg that is gone', () => {
    const answer = (message: string) => ({ status: 400, body: { message } })
    const why = refusal('channels.setChannelVars', answer('Failed to execute function'))
    expect(why).toBeInstanceOf(NoSuchThing)
    expect(refusal('channels.setChannelVars', answer('something else'))).toBeInstanceOf(PbxRefused)
  })

  it('a room that is just being closed stands in the way for a moment: it is opened when that is over', async () => {
    const fake = await serve()
    const ari = await connect(fake)
    const left = [409, 404, 409, 404, 200]
    fake.onRequest = (request) => {
      request.answer(left.shift() ?? 500, { message: 'because' })
    }
    expect(await ari.pbx.openRoom('room-1' as RoomId, 'talk', {})).toBe('opened')
    expect(left).toEqual([])
  })

  it('a room that stands in the way for ever is not asked for for ever', async () => {
    const fake = await serve()
    const ari = await connect(fake)
    fake.onRequest = (request) => {
      request.answer(request.uri.startsWith('bridges/create') ? 409 : 404, { message: 'because' })
    }
    await expect(ari.pbx.openRoom('room-1' as RoomId, 'talk', {})).rejects.toBeInstanceOf(NoSuchThing)
  })

  it('fault 2: a request that nobody answers settles at its deadline', async () => {
    const fake = await serve()
    const ari = await connect(fake, { limits: { answer: 100 } })
    fake.onRequest = () => undefined
    await expect(ask(ari)).rejects.toBeInstanceOf(PbxUnavailable)
    expect(ari.connected()).toBe(true)
  })

  it('fault 2: all that waits is rejected when the connection drops, and what comes meanwhile at once', async () => {
    const fake = await serve()
    const ari = await connect(fake)
    fake.onRequest = () => undefined
    const waiting = [ask(ari), ask(ari), ask(ari)].map((promise) =>
      expect(promise).rejects.toBeInstanceOf(PbxUnavailable),
    )
    const before = fake.seen.length
    await until('the requests', () => fake.seen.length > before || fake.seen.length >= 3)
    fake.refuse = true
    fake.drop()
    await Promise.all(waiting)
    await expect(ask(ari)).rejects.toBeInstanceOf(PbxUnavailable)
  })

  it('fault 2: an Asterisk that takes the connection and says nothing does not hold us for ever', async () => {
    const fake = await serve()
    fake.hang = true
    await expect(connect(fake, { limits: { connect: 200 } })).rejects.toBeInstanceOf(PbxUnavailable)
  })

  it('answers that come late, twice or for nobody change nothing', async () => {
    const fake = await serve()
    const ari = await connect(fake, { limits: { answer: 50 } })
    fake.onRequest = () => undefined
    await expect(ask(ari)).rejects.toBeInstanceOf(PbxUnavailable)
    fake.seen.at(-1)?.answer(200, { state: 'online' })
    fake.seen.at(-1)?.answer(404)
    fake.tell({ type: 'RESTResponse', request_id: 'nobody', status_code: 200 })
    fake.onRequest = (request) => {
      request.answer(200, { state: 'online' })
    }
    expect(await ask(ari)).toBe(true)
  })

  it('fault 3: nonsense, unknown events and events without what they need do not end the connection', async () => {
    const fake = await serve()
    const ari = await connect(fake)
    for (const text of [
      '',
      'not JSON',
      '{',
      'null',
      '7',
      '[]',
      '"text"',
      '{}',
      '{"type":null}',
      '{"type":"BrandNew"}',
    ])
      fake.sendRaw(text)
    for (const type of [
      'StasisStart',
      'StasisEnd',
      'ChannelDestroyed',
      'ChannelDtmfReceived',
      'PlaybackFinished',
      'Dial',
    ])
      fake.tell({ type })
    fake.tell({ type: 'StasisStart', channel: 5, args: 'x' })
    fake.tell(digit('1'))
    await until('the key', () => ari.events.length > 0)
    expect(ari.events).toEqual([{ kind: 'digit', leg: 'leg-1', digit: '1' }])
    expect(fake.sockets).toHaveLength(1)
    expect(ari.connected()).toBe(true)
  })

  it('a leg that leaves without a word lives on in the dialplan if Asterisk still has it; an ear is gone', async () => {
    const fake = await serve()
    const ari = await connect(fake)
    const names: Readonly<Record<string, string>> = {
      'leg-1': 'PJSIP/a-00000001',
      'ear-1': 'Snoop/leg-2-00000002',
    }
    fake.onRequest = (request) => {
      const [id, name] = Object.entries(names).find(([one]) => request.uri.includes(one)) ?? []
      request.answer(200, { id, name, state: 'Up' })
    }
    for (const [id, name] of Object.entries(names))
      fake.tell({ type: 'StasisEnd', channel: { id, name, state: 'Up' } })
    await until('both ends', () => ari.events.length === 2)
    expect(ari.events).toEqual([
      { kind: 'left', leg: 'leg-1' },
      { kind: 'gone', leg: 'ear-1', end: 'normal', cause: 16 },
    ])
  })

  it('fault 3: a listener that throws harms neither the connection nor the other listeners', async () => {
    const fake = await serve()
    const ari = await connect(fake)
    ari.pbx.onEvent(() => {
      throw new Error('a fault in a flow')
    })
    const later: string[] = []
    const stop = ari.pbx.onEvent((event) => later.push(event.kind))
    fake.tell(digit('1'))
    fake.tell(digit('2'))
    await until('two keys', () => later.length === 2)
    stop()
    fake.tell(digit('3'))
    await until('three keys', () => ari.events.length === 3)
    expect(later).toHaveLength(2)
    expect(fake.sockets).toHaveLength(1)
  })

  it('keeps events that come before anybody listens', async () => {
    const fake = await serve()
    const ari = await connectAri({
      url: `${fake.url}/ari`,
      user: 'vaxel',
      password: 'secret',
      app: 'vaxel',
      log: silentLogger,
      clock: systemClock,
      onFatal: () => undefined,
    })
    open.push(ari)
    fake.tell(digit('1'))
    fake.onRequest = (request) => {
      request.answer(200, { state: 'online' })
    }
    await ask(ari)
    const events: PbxEvent[] = []
    ari.pbx.onEvent((event) => events.push(event))
    expect(events).toMatchObject([{ kind: 'digit', digit: '1' }])
  })

  describe('two ways into a room', () => {
    const room = 'room-1' as RoomId
    const [caller, callee] = ['leg-1', 'leg-2'] as const as readonly [LegId, LegId]
    const arrive = async (fake: FakeAri, ari: Connected): Promise<void> => {
      for (const id of [caller, callee])
        fake.tell({
          type: 'StasisStart',
          args: [],
          channel: {
            id,
            name: 'PJSIP/a-00000001',
            state: 'Up',
            caller: { name: '', number: '' },
            connected: { name: '', number: '' },
            dialplan: { context: 'phones', exten: '100' },
            creationtime: '2026-11-22T10:00:00.000+0000',
          },
        })
      await until('both legs', () => ari.events.length === 2)
      await until('the second socket', () => fake.asides.at(-1)?.readyState === 1)
    }
    const enter = (ari: Ari): Promise<void> => ari.pbx.enter(room, [caller, callee], { keysKept: [callee] })
    const ways = (fake: FakeAri): readonly string[] =>
      fake.seen
        .filter(({ uri }) => uri.startsWith('bridges/addChannel/room-1'))
        .map(({ uri, aside }) => `${/channel=([^&]*)/.exec(uri)?.[1] ?? ''}${aside ? ' aside' : ''}`)
        .sort()

    it('are asked for at the same time, on two sockets', async () => {
      const fake = await serve()
      const ari = await connect(fake)
      await arrive(fake, ari)
      await enter(ari)
      expect(ways(fake)).toEqual(['leg-1 aside', 'leg-2'])
    })

    it('are asked for on one socket while the other is away, which comes back', async () => {
      const fake = await serve()
      const ari = await connect(fake)
      await arrive(fake, ari)
      fake.refuse = true
      const socket = fake.asides[0]
      socket?.terminate()
      await until('the end of the second socket', () => socket?.readyState === 3)
      await until('both to come the one way', async () => {
        fake.seen.length = 0
        await enter(ari)
        return ways(fake).join() === 'leg-1,leg-2'
      })
      fake.refuse = false
      await until('another socket', () => fake.asides.length === 2)
      await until('both ways again', async () => {
        fake.seen.length = 0
        await enter(ari)
        return ways(fake).join() === 'leg-1 aside,leg-2'
      })
      expect(ari.fatal).toEqual([])
    })

    it('are refused when one of them is, after both are known', async () => {
      const fake = await serve()
      const ari = await connect(fake)
      await arrive(fake, ari)
      fake.onRequest = (request) => {
        request.answer(request.aside ? 400 : 204)
      }
      await expect(enter(ari)).rejects.toBeInstanceOf(NoSuchThing)
    })

    it('are given up when nobody answers on the second socket, and another one is opened', async () => {
      const fake = await serve()
      const ari = await connect(fake, { limits: { answer: 100 } })
      await arrive(fake, ari)
      fake.onRequest = (request) => {
        if (!request.aside) request.answer(204)
      }
      await expect(enter(ari)).rejects.toBeInstanceOf(PbxUnavailable)
      await until('another socket', () => fake.asides.length === 2)
      expect(ari.connected()).toBe(true)
    })

    it('wait on the first socket for the room they go into, when it is just being opened', async () => {
      const fake = await serve()
      const ari = await connect(fake)
      await arrive(fake, ari)
      await Promise.all([ari.pbx.openRoom(room, 'talk', {}), enter(ari)])
      expect(ways(fake)).toEqual(['leg-1', 'leg-2'])
    })
  })

  it('fault 4: connects again, sets its filter again, and tells the gap', async () => {
    const fake = await serve()
    const ari = await connect(fake)
    const filters = (): number =>
      fake.httpRequests.filter(({ path }) => path.includes('applications/filter')).length
    expect(filters()).toBe(2) // one for calls, one for phones
    fake.drop()
    await until('the gap', () => ari.events.some((event) => event.kind === 'gap'))
    expect(filters()).toBe(4)
    expect(fake.sockets).toHaveLength(2)
    fake.tell(digit('9'))
    await until('a key', () => ari.events.some((event) => event.kind === 'digit'))
    expect(ari.fatal).toEqual([])
  })

  it('fault 4: says so, once, when Asterisk stays away', async () => {
    const fake = await serve()
    const ari = await connect(fake, { limits: { reconnect: 300 } })
    fake.refuse = true
    fake.drop()
    await until('the end', () => ari.fatal.length > 0)
    await expect(ask(ari)).rejects.toBeInstanceOf(PbxUnavailable)
    expect(ari.fatal).toEqual(['Asterisk was away too long'])
  })

  it('says so when two pings in a row are not answered', async () => {
    const fake = await serve()
    const ari = await connect(fake, { limits: { ping: 40 } })
    await until('some pings', () => ari.connected())
    // A machine that is gone: the socket stays open and nothing comes.
    fake.sockets[0]?.pause()
    await until('the end', () => ari.fatal.length > 0)
    expect(ari.fatal).toEqual(['Asterisk does not answer pings'])
  })

  it('holds on while requests are answered, however late the pongs are', async () => {
    const fake = await startFakeAri({ autoPong: false })
    open.push(fake)
    const ari = await connect(fake, { limits: { ping: 150 } })
    let pings = 0
    fake.sockets[0]?.on('ping', () => (pings += 1))
    while (pings < 5) {
      await ask(ari)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(ari.fatal).toEqual([])
    await until('the end', () => ari.fatal.length > 0)
    expect(ari.fatal).toEqual(['Asterisk does not answer pings'])
  })

  it('says so when another process takes the application', async () => {
    const fake = await serve()
    const ari = await connect(fake)
    fake.tell({ type: 'ApplicationReplaced', application: 'vaxel' })
    await until('the end', () => ari.fatal.length > 0)
    expect(ari.connected()).toBe(false)
  })

  it('fault 5: the work for an event does not grow with the calls that live', async () => {
    const fake = await serve()
    const ari = await connect(fake)
    const counts = (): number => {
      const socket = fake.sockets.at(-1)
      return socket instanceof EventEmitter ? socket.listenerCount('message') : -1
    }
    const before = counts()
    for (let index = 0; index < 1_000; index += 1)
      fake.tell({
        type: 'ChannelDtmfReceived',
        digit: '1',
        channel: { id: `leg-${String(index)}`, name: 'PJSIP/a-00000001', state: 'Up' },
      })
    await until('the keys', () => ari.events.length === 1_000)
    expect(counts()).toBe(before)
  })

  it('fault 6: two exchanges with different passwords side by side use their own', async () => {
    const [one, two] = [await serve(), await serve()]
    await Promise.all([
      connect(one, { user: 'first', password: 'a' }),
      connect(two, { user: 'second', password: 'b' }),
    ])
    expect(one.users).toEqual(['first'])
    expect(two.users).toEqual(['second'])
    const usersOf = (fake: FakeAri): readonly string[] =>
      [...new Set(fake.httpRequests.map(({ user }) => user))].filter((user) => user !== '')
    expect(usersOf(one)).toEqual(['first'])
    expect(usersOf(two)).toEqual(['second'])
  })
})
