import { createSocket } from 'node:dgram'

/** The sound of one call: G.711 A-law and keys (RFC 4733) both ways, on loopback. */
export interface SoundStream {
  readonly ready: Promise<void>
  port(): number
  /** Takes address and port from an SDP body. */
  sendTo(sdp: string): void
  /** Starts sending: silence, or the tone. */
  start(): void
  /** Sends a steady tone from now on; 0 = silence. */
  tone(hertz: number): void
  /** Presses one key for 100 ms. */
  key(digit: string): Promise<void>
  /** How loud a frequency was among the latest `ms` of what was heard, 0..1 of full scale. */
  level(hertz: number, ms: number): number
  /** Root mean square of the latest `ms` of what was heard, 0..1; 0 when nothing came meanwhile. */
  loudness(ms: number): number
  packets(): number
  /** Keys that came as telephone events. */
  keys(): string
  close(): void
}

const RATE = 8_000
const FRAME = 160
const FRAME_MS = 20
const AMPLITUDE = 0.4
const KEYS = '0123456789*#ABCD'

export function openSound(address: string): SoundStream {
  const socket = createSocket('udp4')
  const ready = new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, address, resolve)
  })
  let target: { address: string; port: number } | undefined
  let timer: NodeJS.Timeout | undefined
  let hertz = 0
  let sequence = 1
  let timestamp = 0
  let packets = 0
  let lastEvent = -1
  let keys = ''
  let closed = false
  let lastHeard = 0
  const heard: number[] = []
  const waiting: { frame: Buffer; marker: boolean; at: number; done: (() => void) | undefined }[] = []

  // When packets stop, what was heard before must not count as heard now.
  const latest = (ms: number): readonly number[] =>
    Date.now() - lastHeard > ms ? [] : heard.slice(-Math.round((ms * RATE) / 1000))
  const packet = (type: number, marker: boolean, at: number, payload: Buffer): Buffer => {
    const header = Buffer.alloc(12)
    header[0] = 0x80
    header[1] = type | (marker ? 0x80 : 0)
    header.writeUInt16BE(sequence++ & 0xffff, 2)
    header.writeUInt32BE(at >>> 0, 4)
    header.writeUInt32BE(0x5649, 8)
    return Buffer.concat([header, payload])
  }
  const tick = (): void => {
    if (!target || closed) return
    const event = waiting.shift()
    const frame = event
      ? packet(101, event.marker, event.at, event.frame)
      : packet(
          8,
          false,
          timestamp,
          Buffer.from(Array.from({ length: FRAME }, (_, index) => toALaw(sample(timestamp + index, hertz)))),
        )
    timestamp += FRAME
    socket.send(frame, target.port, target.address)
    event?.done?.()
  }
  socket.on('message', (data) => {
    const type = (data[1] ?? 0) & 0x7f
    if (type === 8) {
      packets += 1
      lastHeard = Date.now()
      for (const byte of data.subarray(12)) heard.push(fromALaw(byte))
      if (heard.length > 20 * RATE) heard.splice(0, 10 * RATE)
    } else if (type === 101 && data.readUInt32BE(4) !== lastEvent) {
      lastEvent = data.readUInt32BE(4)
      keys += KEYS[data[12] ?? 0] ?? '?'
    }
  })

  return {
    ready,
    port: () => socket.address().port,
    sendTo: (sdp) => {
      const host = /^c=IN IP4 (\S+)/m.exec(sdp)?.[1]
      const port = Number(/^m=audio (\d+)/m.exec(sdp)?.[1] ?? '0')
      if (host !== undefined && port > 0) target = { address: host, port }
    },
    start: () => {
      timer ??= setInterval(tick, FRAME_MS)
    },
    tone: (wanted) => {
      hertz = wanted
    },
    key: (digit) =>
      new Promise<void>((resolve) => {
        const code = KEYS.indexOf(digit)
        const at = timestamp
        const frames = 5
        for (let index = 1; index <= frames + 2; index += 1) {
          const ends = index > frames
          const frame = Buffer.from([code, ends ? 0x8a : 0x0a, 0, 0])
          frame.writeUInt16BE(Math.min(index, frames) * FRAME, 2)
          waiting.push({ frame, marker: index === 1, at, done: index === frames + 2 ? resolve : undefined })
        }
      }),
    level: (wanted, ms) => goertzel(latest(ms), wanted),
    loudness: (ms) => {
      const recent = latest(ms)
      return recent.length === 0
        ? 0
        : Math.sqrt(recent.reduce((sum, value) => sum + value * value, 0) / recent.length)
    },
    packets: () => packets,
    keys: () => keys,
    close: () => {
      if (closed) return
      closed = true
      clearInterval(timer)
      for (const left of waiting) left.done?.()
      void ready.then(() => socket.close())
    },
  }
}

function sample(index: number, hertz: number): number {
  return hertz === 0 ? 0 : AMPLITUDE * Math.sin((2 * Math.PI * hertz * index) / RATE)
}

function goertzel(samples: readonly number[], hertz: number): number {
  if (samples.length === 0) return 0
  const factor = 2 * Math.cos((2 * Math.PI * hertz) / RATE)
  let before = 0
  let beforeThat = 0
  for (const value of samples) {
    const now = value + factor * before - beforeThat
    beforeThat = before
    before = now
  }
  const power = before * before + beforeThat * beforeThat - factor * before * beforeThat
  return (2 * Math.sqrt(Math.max(0, power))) / samples.length
}

/** G.711 A-law, ITU-T. */
function toALaw(value: number): number {
  const magnitude = Math.min(32635, Math.round(Math.abs(value) * 32767))
  const sign = value >= 0 ? 0x80 : 0
  const exponent = magnitude < 256 ? 0 : Math.floor(Math.log2(magnitude)) - 7
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f
  return (sign | (exponent << 4) | mantissa) ^ 0x55
}

function fromALaw(byte: number): number {
  const code = byte ^ 0x55
  const exponent = (code >> 4) & 7
  const mantissa = code & 0x0f
  const magnitude = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1)
  return ((code & 0x80) === 0 ? -magnitude : magnitude) / 32768
}
