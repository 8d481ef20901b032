import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { samplesOf, TELEPHONE_RATE } from '../sound/wav.js'

/**
 * What a phone heard, on the clock of the test.
 * baresip's sndfile filter appends each packet as it is decoded, so a second without packets is a second that is missing
 * from its file. The growth of the file is therefore watched, and stretches without packets are put back as zeros.
 */
export interface Heard {
  /** -1..1 of full scale, 8 kHz; sample i was heard at `startedAt + i / 8`. */
  readonly samples: Float32Array
  readonly rate: number
  /** Epoch milliseconds of the first sample. */
  readonly startedAt: number
  /** Stretches in which no packets came, in milliseconds from `startedAt`. */
  readonly missing: readonly { readonly from: number; readonly until: number }[]
  /** Sound packets of 20 ms that were decoded. */
  readonly packets: number
}

export interface Recording {
  readonly file: string
  readonly openedAt: number
  readonly heard: () => Segment
  readonly close: () => void
}

/** One stretch of sound; a call has a new one after each change of its media (hold, resume). */
export interface Segment {
  readonly pieces: readonly { readonly at: number; readonly samples: Float32Array }[]
  readonly packets: number
}

/** A look at the file that found it longer. */
export interface Mark {
  /** Epoch milliseconds of this look. */
  readonly at: number
  /** Of the look before, which found it as it was. */
  readonly since: number
  /** Samples in the file. */
  readonly count: number
}

const HEADER_BYTES = 44
const LOOK_EVERY_MS = 10
/** Packets come every 20 ms and are seen every 10 ms; a delay that grows by more than this is a gap and not jitter. */
const GAP_MS = 60
const PACKET_SAMPLES = 160
const SAMPLES_PER_MS = TELEPHONE_RATE / 1000

export function openRecording(file: string, openedAt: number): Recording {
  const descriptor = openSync(file, 'r')
  const marks: Mark[] = []
  let open = true
  let count = 0
  let since = Date.now()
  const look = (): void => {
    if (!open) return
    const now = Math.max(0, Math.floor((fstatSync(descriptor).size - HEADER_BYTES) / 2))
    const at = Date.now()
    if (now !== count) marks.push({ at, since, count: now })
    count = now
    since = at
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  timer.unref()
  const read = (): Float32Array => {
    const bytes = Buffer.alloc(count * 2)
    readSync(descriptor, bytes, 0, bytes.length, HEADER_BYTES)
    return samplesOf(bytes)
  }
  let kept = new Float32Array(0)
  return {
    file,
    openedAt,
    heard: () => {
      look()
      const samples = open ? read() : kept
      return { pieces: cutAtGaps(samples, marks), packets: Math.round(samples.length / PACKET_SAMPLES) }
    },
    close: () => {
      if (!open) return
      look()
      kept = new Float32Array(read())
      open = false
      clearInterval(timer)
      closeSync(descriptor)
    },
  }
}

/**
 * Delay of a mark = its clock time less the sound written by then. Scheduling only ever makes a mark late, and a late mark
 * is caught up by the next; a real gap delays every later mark. So the smallest delay among a mark and all later ones is
 * the true one, and a rise of it is a gap. The last one has none after it: if the test itself stood still before it, it tells
 * only that the sound after the look before was not there then.
 */
export function cutAtGaps(samples: Float32Array, marks: readonly Mark[]): Segment['pieces'] {
  const delays = marks.map((mark) => mark.at - mark.count / SAMPLES_PER_MS)
  const [before, last] = marks.slice(-2)
  if (before && last && last.at - last.since > GAP_MS) {
    const atLeast = last.since - (before.count + PACKET_SAMPLES) / SAMPLES_PER_MS
    delays[delays.length - 1] = Math.max(delays.at(-2) ?? 0, atLeast)
  }
  for (let index = delays.length - 2; index >= 0; index -= 1) {
    delays[index] = Math.min(delays[index] ?? 0, delays[index + 1] ?? 0)
  }
  const pieces: { at: number; samples: Float32Array }[] = []
  let from = 0
  let delay = delays[0] ?? 0
  marks.forEach((_, index) => {
    const next = delays[index + 1]
    if (next !== undefined && next - delay <= GAP_MS) return
    const until = marks[index]?.count ?? 0
    if (until > from)
      pieces.push({ at: delay + from / SAMPLES_PER_MS, samples: samples.subarray(from, until) })
    from = until
    delay = next ?? delay
  })
  return pieces
}

/** Lays the segments of one call on one time line, up to `until` (epoch milliseconds). */
export function layOut(segments: readonly Segment[], startedAt: number, until: number): Heard {
  const pieces = segments.flatMap((segment) => segment.pieces)
  const first = Math.min(startedAt, ...pieces.map((piece) => piece.at))
  const lastEnd = Math.max(first, ...pieces.map((piece) => piece.at + piece.samples.length / SAMPLES_PER_MS))
  const end = until - lastEnd > GAP_MS ? until : lastEnd
  const samples = new Float32Array(Math.round((end - first) * SAMPLES_PER_MS))
  const missing: { from: number; until: number }[] = []
  let reached = 0
  for (const piece of pieces) {
    const start = Math.max(0, piece.at - first)
    if (start - reached > GAP_MS) missing.push({ from: reached, until: start })
    const offset = Math.round(start * SAMPLES_PER_MS)
    samples.set(piece.samples.subarray(0, Math.max(0, samples.length - offset)), offset)
    reached = start + piece.samples.length / SAMPLES_PER_MS
  }
  if (end - first - reached > GAP_MS) missing.push({ from: reached, until: end - first })
  const packets = segments.reduce((sum, segment) => sum + segment.packets, 0)
  return { samples, rate: TELEPHONE_RATE, startedAt: first, missing, packets }
}
