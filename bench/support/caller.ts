import { createSocket, type Socket } from 'node:dgram'
import {
  ack,
  accept,
  audioPort,
  bye,
  invite,
  parseSip,
  type OutgoingCall,
  type SipMessage,
  type SipPlace,
} from './sip.js'

/** One call, as the caller saw it. */
export interface CallResult {
  /** Milliseconds from the INVITE to the first sound packet; undefined when none came. */
  readonly firstSoundMs: number | undefined
  /** Why it counts as failed. */
  readonly failure: string | undefined
}

export interface CallerSettings {
  /** The exchange knows by this address who calls. */
  readonly address: string
  readonly exchange: SipPlace
  readonly from: string
  readonly to: string
}

export interface LiveCall {
  /** Settles with the first sound packet, or with the failure. */
  readonly heard: Promise<CallResult>
  /** Settles when the exchange has confirmed the end. */
  hangUp(): Promise<void>
}

/** Calls from one address: one socket for SIP, one for the sound of all calls (told apart by the exchange's port). */
export interface Caller {
  call(): LiveCall
  /** Calls that were begun and whose end is not confirmed. */
  live(): number
  close(): void
}

/** A call that has heard nothing by then counts as failed. */
const patienceMs = 5_000
/** RFC 3261 T1. */
const retransmitMs = 500
const retransmissions = 4

interface State extends OutgoingCall {
  readonly sentAt: number
  rtpFrom?: number
  answer?: SipMessage
  acknowledgement?: string
  hear(result: CallResult): void
  over(): void
  heardAnything: boolean
  timers: NodeJS.Timeout[]
  confirmed: boolean
  provisional: boolean
}

export async function startCaller({ address, exchange, from, to }: CallerSettings): Promise<Caller> {
  const [sip, rtp] = await Promise.all([open(address), open(address)])
  const calls = new Map<string, State>()
  const byPort = new Map<number, State>()
  /** When sound came from a port that no answer has named yet: the two sockets are read in any order. */
  const early = new Map<number, number>()
  let count = 0

  const send = (text: string): void => {
    sip.send(text, exchange.port, exchange.address)
  }
  const settle = (state: State, result: CallResult): void => {
    if (state.heardAnything) return
    state.heardAnything = true
    state.hear(result)
  }
  const fail = (state: State, failure: string): void => {
    settle(state, { firstSoundMs: undefined, failure })
  }
  const forget = (state: State): void => {
    state.timers.forEach(clearTimeout)
    calls.delete(state.callId)
    if (state.rtpFrom !== undefined) byPort.delete(state.rtpFrom)
    state.over()
  }
  const repeat = (state: State, text: string, until: () => boolean, left = retransmissions): void => {
    send(text)
    if (left === 0) return
    state.timers.push(
      setTimeout(() => {
        if (!until()) repeat(state, text, until, left - 1)
      }, retransmitMs),
    )
  }

  const answered = (state: State, message: SipMessage): void => {
    if (state.answer !== undefined) {
      send(state.acknowledgement ?? '') // our ACK was lost
      return
    }
    state.answer = message
    state.acknowledgement = ack(state, message)
    send(state.acknowledgement)
    const port = audioPort(message.body)
    if (port === undefined) {
      fail(state, 'an answer without sound')
      return
    }
    state.rtpFrom = port
    byPort.set(port, state)
    const before = early.get(port)
    early.delete(port)
    if (before !== undefined && before > state.sentAt)
      settle(state, { firstSoundMs: before - state.sentAt, failure: undefined })
    // Answer() of the dialplan waits up to half a second for the caller's own first packet, as any phone sends it at once.
    for (let packet = 0; packet < 3; packet += 1) rtp.send(silentPacket(packet), port, exchange.address)
  }

  sip.on('message', (data) => {
    const message = parseSip(data)
    const state = calls.get(message.callId)
    if (message.status === undefined) {
      if (message.method === 'ACK') return
      send(accept(message, state))
      if (message.method === 'BYE' && state !== undefined) {
        fail(state, 'the exchange hung up')
        state.confirmed = true
        forget(state)
      }
      return
    }
    if (state === undefined) return
    if (message.method === 'BYE') {
      state.confirmed = true
      forget(state)
    } else if (message.method === 'INVITE') {
      state.provisional = true
      if (message.status < 200) return
      if (message.status < 300) answered(state, message)
      else {
        send(ack(state, message))
        fail(state, `status ${String(message.status)}`)
        forget(state)
      }
    }
  })

  rtp.on('message', (_data, { port }) => {
    const now = performance.now()
    const state = byPort.get(port)
    if (state === undefined) early.set(port, now)
    else if (!state.heardAnything) settle(state, { firstSoundMs: now - state.sentAt, failure: undefined })
  })

  return {
    call: () => {
      const callId = `bench-${String(process.pid)}-${address}-${String(++count)}`
      let hear!: State['hear']
      let over!: State['over']
      const heard = new Promise<CallResult>((resolve) => (hear = resolve))
      const ended = new Promise<void>((resolve) => (over = resolve))
      const state: State = {
        callId,
        from,
        tag: `t${String(count)}`,
        to,
        caller: { address, port: sip.address().port },
        exchange,
        rtpPort: rtp.address().port,
        sentAt: performance.now(),
        hear,
        over,
        heardAnything: false,
        timers: [],
        confirmed: false,
        provisional: false,
      }
      calls.set(callId, state)
      repeat(state, invite(state), () => state.provisional || state.heardAnything)
      state.timers.push(
        setTimeout(() => {
          fail(state, 'nothing was heard')
        }, patienceMs),
      )
      return {
        heard,
        hangUp: () => {
          if (!calls.has(callId)) return ended
          if (state.answer === undefined) {
            // Never answered within our patience: the exchange ends it by itself.
            forget(state)
            return ended
          }
          repeat(state, bye(state, state.answer), () => state.confirmed)
          state.timers.push(
            setTimeout(
              () => {
                if (!state.confirmed) forget(state)
              },
              retransmitMs * (retransmissions + 1),
            ),
          )
          return ended
        },
      }
    },
    live: () => calls.size,
    close: () => {
      for (const state of [...calls.values()]) forget(state)
      sip.close()
      rtp.close()
    },
  }
}

/** 20 ms of silence, A-law (RFC 3550, payload type 8). */
function silentPacket(index: number): Buffer {
  const packet = Buffer.alloc(12 + 160, 0xd5)
  packet.writeUInt8(0x80, 0)
  packet.writeUInt8(8, 1)
  packet.writeUInt16BE(index, 2)
  packet.writeUInt32BE(index * 160, 4)
  packet.writeUInt32BE(0x76_61_78_65, 8)
  return packet
}

function open(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4_194_304 })
    socket.once('error', reject)
    socket.bind(0, address, () => {
      resolve(socket)
    })
  })
}
