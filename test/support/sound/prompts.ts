import { powerOfTwoFor, transformOf } from './fft.js'
import { TELEPHONE_RATE } from './wav.js'

/** A prompt to be recognised; 8 kHz, -1..1. */
export interface Prompt {
  readonly key: string
  readonly samples: Float32Array
}

export interface HeardPrompt {
  readonly key: string
  /** Milliseconds from the first sample heard to the first sample of the prompt file, its own silence included. */
  readonly at: number
  readonly until: number
  /** Normalised correlation, 1 = the same sound. A-law alone leaves above 0.98. */
  readonly score: number
}

export interface PromptOptions {
  /** Least score; default 0.85. Other words of the same voice stay below about 0.6. */
  readonly atLeast?: number
}

/**
 * Matching runs at 4 kHz: the voice's energy lies below 2 kHz and it halves the work. The difference filter takes the
 * weight from the pitch, which all words of one voice share, to the formants, which tell words apart.
 */
const STEP = 2
const MATCH_RATE = TELEPHONE_RATE / STEP
const PRE_EMPHASIS = 0.9
/** Quieter than this at a prompt's edges is not matched: what plays there may belong to the neighbour. */
const EDGE_LEVEL = 0.01
/** Two found prompts may overlap by this much, since their edges are not exact. */
const OVERLAP_MS = 60
/** Of two prompts that fit the same place about equally well the longer one is meant. */
const LENGTH_BONUS = 0.03

export function findPrompt(
  heard: Float32Array,
  prompt: Float32Array,
  options: PromptOptions = {},
): HeardPrompt | undefined {
  return promptsHeard(heard, [{ key: 'prompt', samples: prompt }], options)[0]
}

/** Which prompts of a library were heard, in order, none overlapping. Prompts without sound are never heard. */
export function promptsHeard(
  heard: Float32Array,
  library: readonly Prompt[],
  { atLeast = 0.85 }: PromptOptions = {},
): readonly HeardPrompt[] {
  const templates = library.flatMap(templateOf)
  const longest = Math.max(1, ...templates.map(({ samples }) => samples.length))
  const haystack = createHaystack(forMatching(heard), longest)
  const found: HeardPrompt[] = []
  for (let index = 0; index < templates.length; index += 2) {
    const pair = templates.slice(index, index + 2)
    correlatePair(haystack, pair).forEach((scores, which) => {
      const template = pair[which]
      if (template !== undefined) found.push(...peaks(scores, template, atLeast))
    })
  }
  return withoutOverlaps(found).sort((left, right) => left.at - right.at)
}

interface Template {
  readonly key: string
  /** Trimmed, filtered, of unit energy. */
  readonly samples: Float64Array
  /** Where the trimmed part lies in the prompt, in milliseconds. */
  readonly leadMs: number
  readonly lengthMs: number
}

function templateOf({ key, samples }: Prompt): readonly Template[] {
  const first = samples.findIndex((sample) => Math.abs(sample) > EDGE_LEVEL)
  const last = samples.findLastIndex((sample) => Math.abs(sample) > EDGE_LEVEL)
  if (first < 0 || last - first < TELEPHONE_RATE / 50) return []
  const filtered = forMatching(samples.subarray(first, last + 1))
  const energy = Math.sqrt(filtered.reduce((sum, sample) => sum + sample * sample, 0))
  if (energy === 0) return []
  return [
    {
      key,
      samples: filtered.map((sample) => sample / energy),
      leadMs: (first * 1000) / TELEPHONE_RATE,
      lengthMs: (samples.length * 1000) / TELEPHONE_RATE,
    },
  ]
}

/** Low-pass by a short binomial filter, every second sample, then the difference filter. */
function forMatching(samples: Float32Array): Float64Array {
  const result = new Float64Array(Math.floor(samples.length / STEP))
  let before = 0
  for (let index = 0; index < result.length; index += 1) {
    const centre = index * STEP
    const sum =
      (samples[centre - 2] ?? 0) +
      4 * (samples[centre - 1] ?? 0) +
      6 * (samples[centre] ?? 0) +
      4 * (samples[centre + 1] ?? 0) +
      (samples[centre + 2] ?? 0)
    const low = sum / 16
    result[index] = low - PRE_EMPHASIS * before
    before = low
  }
  return result
}

interface Haystack {
  readonly samples: Float64Array
  /** Energy of all samples before each index. */
  readonly energyBefore: Float64Array
  readonly size: number
  /** Starts apart of the blocks: each block gives this many valid places. */
  readonly hop: number
  readonly blocks: readonly { readonly real: Float64Array; readonly imaginary: Float64Array }[]
}

/** Cuts what was heard into overlapping blocks and transforms each once, for all prompts (overlap-save). */
function createHaystack(samples: Float64Array, longest: number): Haystack {
  const size = powerOfTwoFor(Math.max(4096, longest * 2))
  const hop = size - longest + 1
  const transform = transformOf(size)
  const blocks: { real: Float64Array; imaginary: Float64Array }[] = []
  for (let start = 0; start < samples.length; start += hop) {
    const real = new Float64Array(size)
    real.set(samples.subarray(start, start + size))
    const imaginary = new Float64Array(size)
    transform.forward(real, imaginary)
    blocks.push({ real, imaginary })
  }
  const energyBefore = new Float64Array(samples.length + 1)
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] ?? 0
    energyBefore[index + 1] = (energyBefore[index] ?? 0) + sample * sample
  }
  return { samples, energyBefore, size, hop, blocks }
}

/**
 * Normalised correlation of up to two templates with every place. The two travel as real and imaginary part of one
 * transform; because what was heard is real, their correlations come out apart again.
 */
function correlatePair(haystack: Haystack, pair: readonly Template[]): readonly Float64Array[] {
  const { size, hop, blocks, samples } = haystack
  const transform = transformOf(size)
  const real = new Float64Array(size)
  const imaginary = new Float64Array(size)
  // reversed in time (circularly), so that the product is a correlation and not a convolution
  const put = (target: Float64Array, template: Template | undefined): void => {
    template?.samples.forEach((sample, index) => {
      target[(size - index) % size] = sample
    })
  }
  put(real, pair[0])
  put(imaginary, pair[1])
  transform.forward(real, imaginary)
  const results = pair.map(() => new Float64Array(samples.length))
  const productReal = new Float64Array(size)
  const productImaginary = new Float64Array(size)
  blocks.forEach((block, number) => {
    multiply(block, { real, imaginary }, productReal, productImaginary)
    transform.inverse(productReal, productImaginary)
    const start = number * hop
    const count = Math.min(hop, samples.length - start)
    results[0]?.set(productReal.subarray(0, count), start)
    results[1]?.set(productImaginary.subarray(0, count), start)
  })
  results.forEach((scores, which) => {
    normalise(scores, haystack, pair[which]?.samples.length ?? 1)
  })
  return results
}

interface Spectrum {
  readonly real: Float64Array
  readonly imaginary: Float64Array
}

function multiply(left: Spectrum, right: Spectrum, real: Float64Array, imaginary: Float64Array): void {
  for (let index = 0; index < real.length; index += 1) {
    const a = left.real[index] as number
    const b = left.imaginary[index] as number
    const c = right.real[index] as number
    const d = right.imaginary[index] as number
    real[index] = a * c - b * d
    imaginary[index] = a * d + b * c
  }
}

/** Mean power, after filtering, under which a place is silence and is not compared at all. */
const QUIET_POWER = 1e-7

function normalise(scores: Float64Array, { energyBefore, size }: Haystack, length: number): void {
  const last = energyBefore.length - 1
  for (let index = 0; index < scores.length; index += 1) {
    const until = Math.min(last, index + length)
    const energy = (energyBefore[until] as number) - (energyBefore[index] as number)
    scores[index] = energy < QUIET_POWER * length ? 0 : (scores[index] as number) / size / Math.sqrt(energy)
  }
}

function peaks(scores: Float64Array, template: Template, atLeast: number): readonly HeardPrompt[] {
  const found: HeardPrompt[] = []
  const apart = template.samples.length / 2
  let best = -1
  const keep = (): void => {
    if (best < 0) return
    const at = (best * 1000) / MATCH_RATE - template.leadMs
    found.push({ key: template.key, at, until: at + template.lengthMs, score: scores[best] ?? 0 })
    best = -1
  }
  for (let index = 0; index < scores.length; index += 1) {
    if (best >= 0 && index - best > apart) keep()
    const score = scores[index] as number
    if (score >= atLeast && (best < 0 || score > (scores[best] as number))) best = index
  }
  keep()
  return found
}

function withoutOverlaps(found: readonly HeardPrompt[]): HeardPrompt[] {
  const rank = ({ score, at, until }: HeardPrompt): number =>
    score + LENGTH_BONUS * Math.log2((until - at) / 100)
  const kept: HeardPrompt[] = []
  for (const candidate of [...found].sort((left, right) => rank(right) - rank(left))) {
    const clashes = kept.some(
      (other) => Math.min(other.until, candidate.until) - Math.max(other.at, candidate.at) > OVERLAP_MS,
    )
    if (!clashes) kept.push(candidate)
  }
  return kept
}
