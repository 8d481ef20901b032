import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { Requests } from '../../../src/adapters/ari/requests.js'
import { ManualClock } from '../../support/manual-clock.js'

/** Requests over a socket on which everything written is kept, and nothing is answered but by `answer`. */
function openRequests() {
  const clock = new ManualClock()
  const requests = new Requests({
    clock,
    deadline: 1_000,
    onAnswer: () => undefined,
    readBriefly: () => undefined,
    onEvent: () => undefined,
    onNonsense: () => undefined,
  })
  const written: Buffer[] = []
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    _socket: Object.assign(new EventEmitter(), { write: (bytes: Buffer) => written.push(bytes) }),
  })
  requests.attach(socket as unknown as WebSocket)
  const ask = (): { state: string } => {
    const asked = { state: 'waits' }
    requests.send({ method: 'GET', uri: 'endpoints' }).then(
      ({ status }) => (asked.state = `answered ${String(status)}`),
      (error: unknown) => (asked.state = String(error)),
    )
    return asked
  }
  const answer = (id: number): void => {
    socket.emit(
      'message',
      Buffer.from(
        `{"type":"RESTResponse","transaction_id":"${String(id)}","request_id":"${String(id)}","status_code":204,"x":1}`,
      ),
    )
  }
  return { clock, requests, socket, written, ask, answer }
}

const givenUp = 'PbxUnavailable: no answer within 1000 ms: GET endpoints'

describe('requests on one websocket', () => {
  it('each is given up after its deadline and not before, a quarter of it later at the most', async () => {
    const { clock, ask } = openRequests()
    const asked: { readonly at: number; readonly asked: { state: string } }[] = []
    for (let now = 0; now < 6_000; now += 50) {
      if (now < 4_000 && now % 350 === 0) asked.push({ at: now, asked: ask() })
      await clock.advance(50)
      for (const { at, asked: one } of asked) {
        const waited = now + 50 - at
        if (waited < 1_000) expect(one.state).toBe('waits')
        if (waited > 1_300) expect(one.state).toBe(givenUp)
      }
    }
    expect(asked.map((one) => one.asked.state)).toEqual(asked.map(() => givenUp))
    expect(clock.pending).toBe(0)
  })

  it('one that is answered is not given up, and then nothing waits any more', async () => {
    const { clock, ask, answer } = openRequests()
    const [first, second] = [ask(), ask()]
    answer(2)
    await clock.advance(2_000)
    expect([first.state, second.state]).toEqual([givenUp, 'answered 204'])
    answer(1)
    await clock.advance(2_000)
    expect(first.state).toBe(givenUp)
    expect(clock.pending).toBe(0)
  })

  it('those of one moment leave in one write; those for a socket that was replaced never leave', async () => {
    const { clock, requests, socket, written, ask } = openRequests()
    const lost = [ask(), ask()]
    const next = Object.assign(new EventEmitter(), { OPEN: 1, readyState: 1, _socket: socket._socket })
    requests.attach(next as unknown as WebSocket)
    const [third, fourth] = [ask(), ask()]
    await new Promise((resolve) => setImmediate(resolve))
    expect(written).toHaveLength(1)
    for (const { state } of lost) expect(state).toContain('connection to Asterisk lost')
    expect([third.state, fourth.state]).toEqual(['waits', 'waits'])
    await clock.advance(2_000)
    expect([third.state, fourth.state]).toEqual([givenUp, givenUp])
  })
})
