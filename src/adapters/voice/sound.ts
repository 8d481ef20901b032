import { NoSound } from './errors.js'

/** Samples a second of everything in this file: 16 kHz, one channel, 16 bit. */
export const sampleRate = 16_000

const perMillisecond = sampleRate / 1000
const keptSilence = 40 * perMillisecond
const fadeLength = 3 * perMillisecond
const windowLength = 5 * perMillisecond
// Below a hundredth of the loudest window is breath and codec noise; soft consonants lie above it or inside the kept 40 ms.
const silenceShare = 0.01
const quietestSound = 0.003
const targetLoudness = 10 ** (-19 / 20)
const highestPeak = 10 ** (-2 / 20)

/**
 * Cuts the silence at both ends down to 40 ms, brings speech to one loudness (-19 dBFS over its voiced parts, peaks under -2 dBFS) and
 * fades 3 ms in and out, so that phrases can be played after each other without clicks, gaps or jumps.
 * @throws NoSound when nothing is louder than noise
 */
export function polished(samples: Int16Array): Int16Array {
  const levels = windowLevels(samples)
  const loudest = Math.max(0, ...levels)
  if (loudest < quietestSound) throw new NoSound('nothing louder than noise')
  const threshold = Math.max(loudest * silenceShare, quietestSound / 4)
  const first = levels.findIndex((level) => level > threshold)
  const last = levels.findLastIndex((level) => level > threshold)
  const from = Math.max(0, first * windowLength - keptSilence)
  const to = Math.min(samples.length, (last + 1) * windowLength + keptSilence)
  return faded(amplified(samples.slice(from, to), gainFor(samples, levels, loudest)))
}

/** Root mean square of each 5 ms, 1 = full scale. */
export function windowLevels(samples: Int16Array): readonly number[] {
  const levels: number[] = []
  for (let start = 0; start < samples.length; start += windowLength) {
    levels.push(levelOf(samples, start, Math.min(start + windowLength, samples.length)))
  }
  return levels
}

function levelOf(samples: Int16Array, from: number, to: number): number {
  let sum = 0
  for (let index = from; index < to; index += 1) sum += (samples[index] ?? 0) ** 2
  return Math.sqrt(sum / (to - from)) / 32_768
}

/** Nothing but silence, `length` milliseconds long. */
export function silence(length: number): Int16Array {
  return new Int16Array(length * perMillisecond)
}

/** Three short tones of 425 Hz: heard when even the general sentence has no audio, because silence is worse. */
export function attentionTone(): Int16Array {
  const samples = new Int16Array(900 * perMillisecond)
  for (let index = 0; index < samples.length; index += 1) {
    const sounding = Math.floor(index / (150 * perMillisecond)) % 2 === 0
    samples[index] = sounding ? Math.round(6000 * Math.sin((2 * Math.PI * 425 * index) / sampleRate)) : 0
  }
  return samples
}

function gainFor(samples: Int16Array, levels: readonly number[], loudest: number): number {
  const voiced = levels.filter((level) => level > loudest * 0.1)
  const loudness = Math.sqrt(voiced.reduce((sum, level) => sum + level ** 2, 0) / voiced.length)
  const peak = peakOf(samples)
  return Math.min(targetLoudness / loudness, highestPeak / peak)
}

function peakOf(samples: Int16Array): number {
  let peak = 1
  for (const sample of samples) if (Math.abs(sample) > peak) peak = Math.abs(sample)
  return peak / 32_768
}

function amplified(samples: Int16Array, gain: number): Int16Array {
  for (let index = 0; index < samples.length; index += 1)
    samples[index] = Math.round((samples[index] ?? 0) * gain)
  return samples
}

function faded(samples: Int16Array): Int16Array {
  const length = Math.min(fadeLength, Math.floor(samples.length / 2))
  for (let index = 0; index < length; index += 1) {
    const end = samples.length - 1 - index
    samples[index] = Math.round(((samples[index] ?? 0) * index) / length)
    samples[end] = Math.round(((samples[end] ?? 0) * index) / length)
  }
  return samples
}
