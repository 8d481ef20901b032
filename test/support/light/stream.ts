import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as pause } from 'node:timers/promises'
import type { Heard } from '../phones/recording.js'
import { openTape, type Tape } from './tape.js'

/**
 * The sound of one call as a load test needs it: packets with one and the same byte go out, and of those that come in only number,
 * time and first byte are looked at. As nothing on the way decodes A-law that is only passed on, the byte tells who is heard.
 */
export interface Stream {
  readonly port: number
  /** When the first packet whose sound begins with this byte came (`performance.now()`), of those since `listenFrom`. */
  firstHeard(mark: number): number | undefined
  /** Resolves with that moment, at once or when it comes. */
  untilHeard(mark: number): Promise<number>
  /** The first packet that is not of this byte: music, a tone, words. */
  untilOther(mark: number): Promise<number>
  /** Presses keys (RFC 4733), in place of sound; resolves with the moment at which the last one was let go. */
  press(keys: string): Promise<number>
  /** The longest time since the last `listenFrom` between two packets of this byte, in milliseconds, machine and client included. */
  longestWithout(mark: number): number
  /** The same for the voice that `listenFrom` was told, also beneath words and tones that are mixed with it. */
  longestWithoutVoice(): number
  /** Forgets what was heard so far. `voice`: the byte of somebody who is listened for beneath other sounds. */
  listenFrom(voice?: number): void
  /** The packets since the last `listenFrom`, by their own numbers and times. */
  course(): Course
  /** From now on all that comes in is kept for `heard`. */
  record(): void
  /** What was heard since `record`; also when the call is over. */
  heard(): Heard
  /** Packets go to the place this SDP names, one each 20 ms or as rarely as given. */
  sendTo(sdp: string): void
  /** From now on this byte, each `everyMs`. */
  speak(mark: number, everyMs?: number): void
  /** Resolves with the next packet that goes out. */
  untilSent(): Promise<void>
  close(): void
}

/** What a stream of packets shows of its sender, by sequence numbers and timestamps (RFC 3550, 5.1). */
export interface Course {
  readonly packets: number
  /** Numbers that never came. */
  readonly missing: number
  /** How often the sender began anew (SSRC). */
  readonly restarts: number
  /** The longest time the timestamps leave out between two packets, in milliseconds. */
  readonly longestHoleMs: number
  /** Sound from the first packet to the last by their timestamps, in milliseconds. */
  readonly soundMs: number
  /** The longest time between the arrivals of two packets, in milliseconds: machine and client included. */
  readonly longestWaitMs: number
}

const frame = 160
const perMs = 8
/** Stands for a packet of no single byte. */
const mixed = -1
const aLaw = 8

interface Counted {
  packets: number
  missing: number
  restarts: number
  longestHole: number
  sound: number
  longestWait: number
  last: { sequence: number; timestamp: number; source: number; at: number } | undefined
}

const nothing = (): Counted => ({
  packets: 0,
  missing: 0,
  restarts: 0,
  longestHole: 0,
  sound: 0,
  longestWait: 0,
  last: undefined,
})

export async function openStream(address: string): Promise<Stream> {
  const socket = await bound(address)
  const heard = new Map<number, number>()
  const listeners = new Set<() => void>()
  const lapses = new Map<number, { last: number; longest: number }>()
  let counted = nothing()
  let tape: Tape | undefined
  let beneath: { readonly level: number; last: number; longest: number } | undefined
  let target: { readonly address: string; readonly port: number } | undefined
  let timer: NodeJS.Timeout | undefined
  const speaking = { mark: 0xd5, every: 20, sequence: 0 }

  socket.on('message', (packet) => {
    if (((packet[1] ?? 0) & 0x7f) !== aLaw) return
    const now = performance.now()
    tape?.take(packet)
    count(counted, packet, now)
    if (beneath && isBeneath(packet, beneath.level)) {
      beneath.longest = Math.max(beneath.longest, now - beneath.last)
      beneath.last = now
    }
    // A voice of one byte is the same at both ends of a packet; of music or words no byte may be taken for it.
    const mark = packet[12] === packet[packet.length - 1] ? (packet[12] ?? 0) : mixed
    const lapse = lapses.get(mark)
    if (lapse) {
      lapse.longest = Math.max(lapse.longest, now - lapse.last)
      lapse.last = now
    } else lapses.set(mark, { last: now, longest: 0 })
    if (heard.has(mark)) return
    heard.set(mark, now)
    for (const listen of [...listeners]) listen()
  })

  const sent: (() => void)[] = []
  const send = (): void => {
    if (target === undefined) return
    socket.send(soundPacket(speaking.mark, speaking.sequence++), target.port, target.address)
    for (const tell of sent.splice(0)) tell()
  }
  const restart = (): void => {
    clearInterval(timer)
    if (target === undefined) return
    send()
    timer = setInterval(send, speaking.every)
  }
  const until = (find: () => number | undefined): Promise<number> =>
    new Promise((resolve) => {
      const look = (): void => {
        const at = find()
        if (at === undefined) return
        listeners.delete(look)
        resolve(at)
      }
      listeners.add(look)
      look()
    })

  return {
    port: socket.address().port,
    firstHeard: (mark) => heard.get(mark),
    untilHeard: (mark) => until(() => heard.get(mark)),
    untilOther: (mark) =>
      until(() => {
        const others = [...heard].filter(([byte]) => byte !== mark).map(([, at]) => at)
        return others.length === 0 ? undefined : Math.min(...others)
      }),
    longestWithout: (mark) => lapses.get(mark)?.longest ?? Number.POSITIVE_INFINITY,
    longestWithoutVoice: () =>
      beneath ? Math.max(beneath.longest, performance.now() - beneath.last) : Number.POSITIVE_INFINITY,
    press: async (keys) => {
      clearInterval(timer)
      let at = 0
      for (const key of keys) {
        const begun = speaking.sequence
        for (let step = 0; step < keySteps + 3; step += 1) {
          const ends = step >= keySteps
          if (ends) at = step === keySteps ? performance.now() : at
          const duration = Math.min(step + 1, keySteps) * frame
          if (target)
            socket.send(
              keyPacket(key, speaking.sequence++, begun, duration, ends),
              target.port,
              target.address,
            )
          if (!ends) await pause(20)
        }
        await pause(60)
      }
      restart()
      return at
    },
    listenFrom: (voice) => {
      beneath =
        voice === undefined ? undefined : { level: linear(voice), last: performance.now(), longest: 0 }
      heard.clear()
      lapses.clear()
      counted = nothing()
    },
    course: () => ({
      packets: counted.packets,
      missing: counted.missing,
      restarts: counted.restarts,
      longestHoleMs: counted.longestHole / perMs,
      soundMs: counted.sound / perMs,
      longestWaitMs: counted.longestWait,
    }),
    record: () => {
      tape ??= openTape()
    },
    heard: () => {
      if (tape === undefined) throw new Error('nothing was recorded')
      return tape.heard()
    },
    sendTo: (sdp) => {
      const host = /^c=IN IP4 (\S+)/m.exec(sdp)?.[1]
      const port = Number(/^m=audio (\d+)/m.exec(sdp)?.[1] ?? '0')
      if (host === undefined || port === 0) return
      const moved = target?.port !== port || target.address !== host
      target = { address: host, port }
      if (moved) restart()
    },
    speak: (mark, everyMs = 20) => {
      speaking.mark = mark
      speaking.every = everyMs
      restart()
    },
    untilSent: () => new Promise((resolve) => sent.push(resolve)),
    close: () => {
      clearInterval(timer)
      target = undefined
      listeners.clear()
      socket.close()
    },
  }
}

/** One and the same byte is a constant, and words and tones have none: the mean of a packet tells who speaks beneath them. */
function isBeneath(packet: Buffer, level: number): boolean {
  let sum = 0
  for (let index = 12; index < packet.length; index += 1) sum += linear(packet[index] ?? 0)
  return sum / (packet.length - 12) / level > 0.5
}

/** A-law (ITU-T G.711) to 16 bits. */
function linear(byte: number): number {
  const bits = byte ^ 0x55
  const exponent = (bits & 0x70) >> 4
  const steps = ((bits & 0x0f) << 4) + (exponent === 0 ? 8 : 0x108)
  const size = exponent < 2 ? steps : steps << (exponent - 1)
  return (bits & 0x80) === 0 ? -size : size
}

function count(counted: Counted, packet: Buffer, at: number): void {
  const sequence = packet.readUInt16BE(2)
  const timestamp = packet.readUInt32BE(4)
  const source = packet.readUInt32BE(8)
  const { last } = counted
  counted.packets += 1
  counted.last = { sequence, timestamp, source, at }
  if (last === undefined) return
  counted.longestWait = Math.max(counted.longestWait, at - last.at)
  if (source !== last.source) {
    counted.restarts += 1
    return
  }
  const steps = (sequence - last.sequence) & 0xffff
  if (steps === 0 || steps > 0x8000) return // twice, or overtaken
  const passed = (timestamp - last.timestamp) >>> 0
  counted.missing += steps - 1
  counted.sound += passed
  counted.longestHole = Math.max(counted.longestHole, passed - steps * frame)
}

function soundPacket(mark: number, sequence: number): Buffer {
  const packet = Buffer.alloc(12 + frame, mark)
  packet[0] = 0x80
  packet[1] = aLaw
  packet.writeUInt16BE(sequence & 0xffff, 2)
  packet.writeUInt32BE((sequence * frame) >>> 0, 4)
  packet.writeUInt32BE(0x56e4e1, 8)
  return packet
}

/** So many packets of 20 ms is a key held down; a shorter one Asterisk makes longer by itself. */
const keySteps = 5

function keyPacket(key: string, sequence: number, begun: number, duration: number, ends: boolean): Buffer {
  const packet = Buffer.alloc(16)
  packet[0] = 0x80
  packet[1] = sequence === begun ? 0x80 | 101 : 101
  packet.writeUInt16BE(sequence & 0xffff, 2)
  packet.writeUInt32BE((begun * frame) >>> 0, 4)
  packet.writeUInt32BE(0x56e4e1, 8)
  packet[12] = '0123456789*#'.indexOf(key)
  packet[13] = ends ? 0x8a : 0x0a
  packet.writeUInt16BE(duration, 14)
  return packet
}

function bound(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
    socket.once('error', reject)
    socket.bind(0, address, () => {
      resolve(socket)
    })
  })
}
