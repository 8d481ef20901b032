import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { sine } from './tone.js'
import { readWav, writeWav } from './wav.js'

const directory = mkdtempSync(join(tmpdir(), 'wav-'))
afterAll(() => {
  rmSync(directory, { recursive: true })
})

it('reads back what it wrote', () => {
  const file = join(directory, 'tone.wav')
  const samples = sine(500, 100)
  writeWav(file, { samples, rate: 8000 })
  const back = readWav(file)
  expect(back.rate).toBe(8000)
  expect(back.samples.length).toBe(samples.length)
  back.samples.forEach((sample, index) => {
    expect(Math.abs(sample - (samples[index] ?? 0))).toBeLessThan(0.0001)
  })
})

it('names the file that is no WAV', () => {
  const file = join(directory, 'text.wav')
  writeFileSync(file, 'not a sound')
  expect(() => readWav(file)).toThrow('text.wav is not a WAV file')
})
