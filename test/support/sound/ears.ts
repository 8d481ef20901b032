import { TELEPHONE_RATE } from './wav.js'

/** A tone at this level is heard; phones play theirs at 0.3 of full scale. */
export const HEARD_AT_LEAST = 0.2
/** Below this nothing of a tone comes through: well above what A-law rounding leaves (about 0.0005). */
export const UNHEARD_BELOW = 0.005

const FRAME_MS = 100

/**
 * Level of each frequency, 0..1 of full scale, averaged over frames of 100 ms. Frames are windowed (Hann), so that a
 * loud tone 100 Hz away does not leak, and short, so that a lost packet spoils one frame and not the whole.
 */
export function tones(
  samples: Float32Array,
  hertzList: readonly number[],
  rate = TELEPHONE_RATE,
): Readonly<Record<number, number>> {
  const size = Math.round((FRAME_MS * rate) / 1000)
  const frames = Math.floor(samples.length / size)
  const levels = hertzList.map((hertz): [number, number] => {
    let sum = 0
    for (let frame = 0; frame < frames; frame += 1) {
      sum += windowedLevel(samples.subarray(frame * size, (frame + 1) * size), hertz, rate)
    }
    return [hertz, frames === 0 ? 0 : sum / frames]
  })
  return Object.fromEntries(levels)
}

/** Amplitude of one frequency in one frame (Goertzel over a Hann window). */
function windowedLevel(frame: Float32Array, hertz: number, rate: number): number {
  const step = (2 * Math.PI) / frame.length
  return goertzel(frame, hertz, rate, (index) => 0.5 - 0.5 * Math.cos(step * index)) * 2
}

function goertzel(
  frame: Float32Array,
  hertz: number,
  rate: number,
  weight: (index: number) => number = () => 1,
): number {
  const turn = (2 * Math.PI * hertz) / rate
  const coefficient = 2 * Math.cos(turn)
  let previous = 0
  let beforeThat = 0
  for (let index = 0; index < frame.length; index += 1) {
    const next = (frame[index] ?? 0) * weight(index) + coefficient * previous - beforeThat
    beforeThat = previous
    previous = next
  }
  const power = previous * previous + beforeThat * beforeThat - coefficient * previous * beforeThat
  return frame.length === 0 ? 0 : (2 * Math.sqrt(Math.max(0, power))) / frame.length
}

/** Root mean square, 0..1 of full scale: a full sine is 0.707. */
export function loudness(samples: Float32Array): number {
  if (samples.length === 0) return 0
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return Math.sqrt(sum / samples.length)
}

export interface Span {
  /** Milliseconds from the first sample. */
  readonly from: number
  readonly until: number
}

export interface SilenceOptions {
  /** Only silences longer than this many milliseconds count. */
  readonly over: number
  /** Loudness under which 10 ms count as silent; default 0.004, about -48 dB. */
  readonly below?: number
}

/** Silent stretches, those at the beginning and the end included. */
export function silences(
  samples: Float32Array,
  { over, below = 0.004 }: SilenceOptions,
  rate = TELEPHONE_RATE,
): readonly Span[] {
  const silent = frameLevels(samples, 10, rate, loudness).map((level) => level < below)
  return runsOf(silent)
    .filter((run) => run.on && (run.until - run.from) * 10 > over)
    .map((run) => ({ from: run.from * 10, until: run.until * 10 }))
}

export interface Cadence {
  /** Median length of the bursts that lie wholly inside, in milliseconds; 0 when there is none. */
  readonly onMs: number
  readonly offMs: number
  /** Bursts heard, cut ones included. */
  readonly bursts: number
}

/** The rhythm of a tone, for instance 425 Hz 250/750: measured to about 10 ms. */
export function cadence(samples: Float32Array, hertz: number, rate = TELEPHONE_RATE): Cadence {
  const levels = frameLevels(samples, 10, rate, (frame) => goertzel(frame, hertz, rate))
  const loudest = Math.max(0, ...levels)
  if (loudest < 0.01) return { onMs: 0, offMs: 0, bursts: 0 }
  const runs = runsOf(levels.map((level) => level > loudest / 2))
  const inner = runs.slice(1, -1)
  const lengths = (on: boolean): number[] =>
    inner.filter((run) => run.on === on).map((run) => (run.until - run.from) * 10)
  return {
    onMs: median(lengths(true)),
    offMs: median(lengths(false)),
    bursts: runs.filter((run) => run.on).length,
  }
}

function frameLevels(
  samples: Float32Array,
  ms: number,
  rate: number,
  level: (frame: Float32Array) => number,
): number[] {
  const size = Math.round((ms * rate) / 1000)
  return Array.from({ length: Math.floor(samples.length / size) }, (_, frame) =>
    level(samples.subarray(frame * size, (frame + 1) * size)),
  )
}

interface Run {
  readonly on: boolean
  readonly from: number
  readonly until: number
}

function runsOf(flags: readonly boolean[]): readonly Run[] {
  const runs: { on: boolean; from: number; until: number }[] = []
  flags.forEach((on, index) => {
    const last = runs.at(-1)
    if (last?.on === on) last.until = index + 1
    else runs.push({ on, from: index, until: index + 1 })
  })
  return runs
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** Epoch milliseconds at which a tone was first heard at `atLeast`, or undefined. */
export function firstHeardAt(
  heard: { readonly samples: Float32Array; readonly startedAt: number; readonly rate: number },
  hertz: number,
  atLeast = HEARD_AT_LEAST,
): number | undefined {
  const levels = frameLevels(heard.samples, 10, heard.rate, (frame) => goertzel(frame, hertz, heard.rate))
  const index = levels.findIndex((level) => level >= atLeast)
  return index < 0 ? undefined : heard.startedAt + index * 10
}
