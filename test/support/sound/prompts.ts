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

/** A match with the place of its sound proper, without the silence that the prompt's file has at its ends. */
interface Match extends HeardPrompt {
  readonly soundFrom: number
  readonly soundUntil: number
}

export interface PromptOptions {
  /** Least score; default 0.85. Other words of the same voice stay below about 0.6. */
  readonly atLeast?: number
}

/**
 * Two passes. The search correlates everything with everything at 4 kHz, low-passed so far that it does not matter
 * whether a prompt starts at an even or an odd sample. Its candidates are then compared sample by sample at 8 kHz, after
 * a difference filter which takes the weight from the pitch, that all words of one voice share, to the formants.
 */
const STEP = 2
const SEARCH_SCORE = 0.5
const PRE_EMPHASIS = 0.9
/** The search is exact to one of its own steps. */
const REFINE_SAMPLES = 4
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
  const haystack = createHaystack(forSearch(heard), longest)
  const sharpened = sharpen(heard)
  const found: Match[] = []
  for (let index = 0; index < templates.length; index += 2) {
    const pair = templates.slice(index, index + 2)
    correlatePair(haystack, pair).forEach((scores, which) => {
      const template = pair[which]
      if (template !== undefined)
        found.push(
          ...peaks(scores, template).flatMap((place) => refine(sharpened, template, place * STEP, atLeast)),
        )
    })
  }
  return withoutOverlaps(found)
    .sort((left, right) => left.at - right.at)
    .map(({ key, at, until, score }) => ({ key, at, until, score }))
}

interface Template {
  readonly key: string
  /** For the search: trimmed, low-passed, of unit energy. */
  readonly samples: Float64Array
  /** For the comparison: trimmed, sharpened, of unit energy, at 8 kHz. */
  readonly sharpened: Float64Array
  /** Where the trimmed part lies in the prompt, in milliseconds. */
  readonly leadMs: number
  readonly lengthMs: number
}

const prepared = new WeakMap<Float32Array, readonly Omit<Template, 'key'>[]>()

/** A library is asked again and again, so each prompt's sound is prepared once. */
function templateOf({ key, samples }: Prompt): readonly Template[] {
  const known = prepared.get(samples) ?? prepare(samples)
  prepared.set(samples, known)
  return known.map((template) => ({ ...template, key }))
}

function prepare(samples: Float32Array): readonly Omit<Template, 'key'>[] {
  const first = samples.findIndex((sample) => Math.abs(sample) > EDGE_LEVEL)
  const last = samples.findLastIndex((sample) => Math.abs(sample) > EDGE_LEVEL)
  if (first < 0 || last - first < TELEPHONE_RATE / 50) return []
  const sound = samples.subarray(first, last + 1)
  return [
    {
      samples: ofUnitEnergy(forSearch(sound)),
      sharpened: ofUnitEnergy(sharpen(sound)),
      leadMs: (first * 1000) / TELEPHONE_RATE,
      lengthMs: (samples.length * 1000) / TELEPHONE_RATE,
    },
  ]
}

function ofUnitEnergy(samples: Float64Array): Float64Array {
  const energy = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0))
  return energy === 0 ? samples : samples.map((sample) => sample / energy)
}

const LOW_PASS = [1, 8, 28, 56, 70, 56, 28, 8, 1].map((weight) => weight / 256)

function forSearch(samples: Float32Array): Float64Array {
  const result = new Float64Array(Math.floor(samples.length / STEP))
  for (let index = 0; index < result.length; index += 1) {
    let sum = 0
    for (let tap = 0; tap < LOW_PASS.length; tap += 1) {
      sum += LOW_PASS[tap]! * (samples[index * STEP + tap - 4] ?? 0)
    }
    result[index] = sum
  }
  return result
}

function sharpen(samples: Float32Array): Float64Array {
  const result = new Float64Array(samples.length)
  for (let index = 0; index < samples.length; index += 1) {
    result[index] = (samples[index] ?? 0) - PRE_EMPHASIS * (samples[index - 1] ?? 0)
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
    const a = left.real[index]!
    const b = left.imaginary[index]!
    const c = right.real[index]!
    const d = right.imaginary[index]!
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
    const energy = energyBefore[until]! - energyBefore[index]!
    scores[index] = energy < QUIET_POWER * length ? 0 : scores[index]! / size / Math.sqrt(energy)
  }
}

/** Places (in search samples) where the search sees a likeness, at most two for each length of the prompt. */
function peaks(scores: Float64Array, template: Template): readonly number[] {
  const places: number[] = []
  const apart = template.samples.length / 2
  let best = -1
  for (let index = 0; index < scores.length; index += 1) {
    if (best >= 0 && index - best > apart) {
      places.push(best)
      best = -1
    }
    const score = scores[index]!
    if (score >= SEARCH_SCORE && (best < 0 || score > scores[best]!)) best = index
  }
  return best < 0 ? places : [...places, best]
}

function refine(
  sharpened: Float64Array,
  template: Template,
  around: number,
  atLeast: number,
): readonly Match[] {
  let start = around
  let score = 0
  for (let place = Math.max(0, around - REFINE_SAMPLES); place <= around + REFINE_SAMPLES; place += 1) {
    const likeness = likenessAt(sharpened, template.sharpened, place)
    if (likeness <= score) continue
    score = likeness
    start = place
  }
  if (score < atLeast) return []
  const soundFrom = (start * 1000) / TELEPHONE_RATE
  const soundUntil = soundFrom + (template.sharpened.length * 1000) / TELEPHONE_RATE
  const at = soundFrom - template.leadMs
  return [{ key: template.key, at, until: at + template.lengthMs, score, soundFrom, soundUntil }]
}

function likenessAt(sharpened: Float64Array, template: Float64Array, place: number): number {
  let product = 0
  let energy = 0
  for (let index = 0; index < template.length; index += 1) {
    const sample = sharpened[place + index] ?? 0
    product += sample * template[index]!
    energy += sample * sample
  }
  return energy === 0 ? 0 : product / Math.sqrt(energy)
}

function withoutOverlaps(found: readonly Match[]): Match[] {
  const rank = ({ score, soundFrom, soundUntil }: Match): number =>
    score + LENGTH_BONUS * Math.log2((soundUntil - soundFrom) / 100)
  const kept: Match[] = []
  for (const candidate of [...found].sort((left, right) => rank(right) - rank(left))) {
    const clashes = kept.some((other) => overlap(other, candidate) > OVERLAP_MS)
    if (!clashes) kept.push(candidate)
  }
  return kept
}

function overlap(left: Match, right: Match): number {
  return Math.min(left.soundUntil, right.soundUntil) - Math.max(left.soundFrom, right.soundFrom)
}
