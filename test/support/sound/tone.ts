import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TELEPHONE_RATE, writeWav } from './wav.js'

/** Tones that tell phones apart: away from 425 Hz, from the DTMF rows and columns, and from each other's harmonics. */
export const PHONE_TONES = [500, 900, 1300, 1700, 2100] as const

/** Three of them mixed stay below full scale; one alone stays well above the 0.2 that counts as heard. */
const TONE_LEVEL = 0.3

export function sine(hertz: number, ms: number, level = TONE_LEVEL, rate = TELEPHONE_RATE): Float32Array {
  const samples = new Float32Array(Math.round((ms * rate) / 1000))
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = level * Math.sin((2 * Math.PI * hertz * index) / rate)
  }
  return samples
}

export function silence(ms: number, rate = TELEPHONE_RATE): Float32Array {
  return new Float32Array(Math.round((ms * rate) / 1000))
}

/** A cadence such as 425 Hz 250/750, for as long as asked. */
export function cadencedTone(hertz: number, onMs: number, offMs: number, ms: number): Float32Array {
  const samples = sine(hertz, ms)
  const period = onMs + offMs
  return samples.map((sample, index) => (((index * 1000) / TELEPHONE_RATE) % period < onMs ? sample : 0))
}

export function joined(...parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Sum of two sounds, the second starting `atMs` into the first; as long as the first. */
export function mixed(
  base: Float32Array,
  added: Float32Array,
  atMs = 0,
  rate = TELEPHONE_RATE,
): Float32Array {
  const offset = Math.round((atMs * rate) / 1000)
  return base.map((sample, index) => sample + (added[index - offset] ?? 0))
}

/** baresip reads its tone file once per call and does not loop it, so it has to outlast the call. */
const TONE_FILE_SECONDS = 180

/** A WAV file with three minutes of the tone (0 Hz = silence); made once per machine, shared by all test processes. */
export function toneFile(hertz: number): string {
  const directory = join(tmpdir(), `vaxel-tones-${String(process.getuid?.() ?? 0)}`)
  const file = join(directory, `${String(hertz)}-${String(TONE_FILE_SECONDS)}s-${String(TONE_LEVEL)}.wav`)
  if (existsSync(file)) return file
  mkdirSync(directory, { recursive: true })
  const second = sine(hertz, 1000)
  const samples = new Float32Array(second.length * TONE_FILE_SECONDS)
  for (let copy = 0; copy < TONE_FILE_SECONDS; copy += 1) samples.set(second, copy * second.length)
  // under another name first, so that nobody reads half a file
  const unfinished = `${file}.${String(process.pid)}`
  writeWav(unfinished, { samples, rate: TELEPHONE_RATE })
  renameSync(unfinished, file)
  return file
}
