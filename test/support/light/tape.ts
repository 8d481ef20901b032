import { layOut, type Heard, type Segment } from '../phones/recording.js'
import { decodeALaw } from '../sound/alaw.js'

/** All that a light phone heard, kept for ears that know words, music and silence. */
export interface Tape {
  /** A packet of A-law that came in. */
  take(packet: Buffer): void
  /** What was heard until now, on the clock of the test. */
  heard(): Heard
}

const headerBytes = 12
const perMs = 8

/** Sound of one sender without a hole. */
interface Stretch {
  readonly at: number
  readonly parts: Buffer[]
}

interface Sender {
  /** Moment and timestamp of the first packet: the others lie beside it by their timestamps, however late they come. */
  readonly at: number
  readonly timestamp: number
  next: number
}

export function openTape(): Tape {
  const startedAt = Date.now()
  const stretches: Stretch[] = []
  const senders = new Map<number, Sender>()
  let last: number | undefined
  return {
    take: (packet) => {
      const [timestamp, source] = [packet.readUInt32BE(4), packet.readUInt32BE(8)]
      const sound = packet.subarray(headerBytes)
      const sender = senders.get(source) ?? { at: Date.now(), timestamp, next: timestamp }
      senders.set(source, sender)
      const stretch = stretches.at(-1)
      if (stretch && last === source && sender.next === timestamp) stretch.parts.push(sound)
      else stretches.push({ at: sender.at + ((timestamp - sender.timestamp) | 0) / perMs, parts: [sound] })
      sender.next = (timestamp + sound.length) >>> 0
      last = source
    },
    heard: () => {
      const pieces = stretches.map(({ at, parts }) => ({ at, samples: decodeALaw(Buffer.concat(parts)) }))
      const packets = stretches.reduce((sum, { parts }) => sum + parts.length, 0)
      const segment: Segment = { pieces, packets }
      return layOut([segment], startedAt, Date.now())
    },
  }
}
