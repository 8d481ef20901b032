import { beforeAll, describe, expect, it } from 'vitest'
import { throughALaw } from './alaw.js'
import { findPrompt, promptsHeard, type Prompt } from './prompts.js'
import { spoken } from './spoken.js'
import { cadencedTone, joined, mixed, silence, sine } from './tone.js'

const TEXTS = [
  'Anna Andersson',
  'är på lunch',
  'sitter i möte',
  'är på semester',
  'och är åter',
  'och är åter klockan',
  'klockan',
  'klockan tretton',
  'klockan tre',
  'klockan fyra',
  'klockan fjorton',
  'tretton',
  'tretton och trettio',
  'trettio',
  'tre',
  'ett',
  'två',
  'fyra',
  'fem',
  'sex',
  'sju',
  'åtta',
  'nio',
  'tio',
  'i morgon',
  'på måndag',
  'på tisdag',
  'på onsdag',
  'den sjuttonde oktober',
  'den sjunde oktober',
] as const

const library = new Map<string, Float32Array>()
const prompt = (key: (typeof TEXTS)[number]): Float32Array => library.get(key) ?? new Float32Array(0)
const prompts = (): readonly Prompt[] => [...library].map(([key, samples]) => ({ key, samples }))
const keysHeard = (heard: Float32Array): readonly string[] =>
  promptsHeard(heard, prompts()).map(({ key }) => key)

beforeAll(() => {
  for (const text of TEXTS) library.set(text, spoken(text))
}, 60_000)

/** The sound without its silent edges, as it is when one prompt is cut off by the next. */
function withoutEdges(samples: Float32Array): Float32Array {
  const loud = (sample: number): boolean => Math.abs(sample) > 0.01
  return samples.subarray(samples.findIndex(loud), samples.findLastIndex(loud) + 1)
}

describe('promptsHeard', () => {
  it('recognises every prompt of the library as itself and as nothing else', () => {
    for (const text of TEXTS) expect(keysHeard(throughALaw(prompt(text)))).toEqual([text])
  })

  it('gives a sentence in order with its times', () => {
    const sentence = joined(
      silence(700),
      prompt('Anna Andersson'),
      prompt('är på lunch'),
      prompt('och är åter'),
      prompt('klockan tretton'),
    )
    const heard = promptsHeard(throughALaw(sentence), prompts())
    expect(heard.map(({ key }) => key)).toEqual([
      'Anna Andersson',
      'är på lunch',
      'och är åter',
      'klockan tretton',
    ])
    let at = 700
    for (const { key, at: foundAt, until, score } of heard) {
      const lengthMs = prompt(key as (typeof TEXTS)[number]).length / 8
      expect(Math.abs(foundAt - at)).toBeLessThan(2)
      expect(Math.abs(until - at - lengthMs)).toBeLessThan(2)
      expect(score).toBeGreaterThan(0.97)
      at += lengthMs
    }
  })

  it('separates prompts that follow each other without a gap', () => {
    const parts = ['klockan', 'tretton', 'trettio', 'tre', 'klockan fyra', 'fyra'] as const
    const run = joined(...parts.map((part) => withoutEdges(prompt(part))))
    expect(keysHeard(throughALaw(run))).toEqual(parts)
  })

  it.each([
    ['klockan tretton', 'klockan tre'],
    ['klockan tre', 'klockan tretton'],
    ['klockan fyra', 'klockan fjorton'],
    ['den sjuttonde oktober', 'den sjunde oktober'],
    ['på tisdag', 'på onsdag'],
    ['tretton', 'trettio'],
  ] as const)('does not take "%s" for "%s"', (said, other) => {
    const heard = throughALaw(prompt(said))
    expect(findPrompt(heard, prompt(other))).toBeUndefined()
    expect(findPrompt(heard, prompt(said))?.score).toBeGreaterThan(0.97)
  })

  it('hears a prompt twice when it is played twice', () => {
    const twice = joined(prompt('sju'), silence(300), prompt('sju'))
    expect(keysHeard(twice)).toEqual(['sju', 'sju'])
  })

  it('does not hear a prompt that was cut off in the middle', () => {
    const whole = withoutEdges(prompt('den sjuttonde oktober'))
    const cut = joined(whole.subarray(0, whole.length / 2), silence(1000))
    expect(keysHeard(cut)).not.toContain('den sjuttonde oktober')
  })

  it('hears no prompt in silence, tones, or foreign speech', () => {
    const english = spoken('the person you are calling is not available right now', 'en-gb')
    expect(keysHeard(silence(3000))).toEqual([])
    expect(keysHeard(new Float32Array(0))).toEqual([])
    expect(keysHeard(throughALaw(sine(500, 3000)))).toEqual([])
    expect(keysHeard(throughALaw(cadencedTone(425, 250, 750, 5000)))).toEqual([])
    expect(keysHeard(throughALaw(english))).toEqual([])
  })

  it('hears no prompt in Swedish words that the library lacks', () => {
    expect(keysHeard(throughALaw(spoken('ingen är här just nu, vänta ett ögonblick')))).toEqual([])
  })

  it('recognises a prompt that is quieter, and one with a faint tone under it', () => {
    const quiet = prompt('är på lunch').map((sample) => sample * 0.2)
    expect(keysHeard(throughALaw(quiet))).toEqual(['är på lunch'])
    expect(keysHeard(throughALaw(mixed(prompt('är på lunch'), sine(500, 3000, 0.01))))).toEqual([
      'är på lunch',
    ])
  })

  it('takes 30 s against 60 prompts of up to 3 s in a few seconds at most', () => {
    const long = prompts().flatMap(({ key, samples }) => [
      { key, samples },
      { key: `${key}, slower`, samples: joined(samples, samples).subarray(0, 24_000) },
    ])
    const heard = joined(...TEXTS.map((text) => joined(prompt(text), silence(100)))).subarray(0, 240_000)
    const startedAt = performance.now()
    promptsHeard(heard, long)
    const tookMs = performance.now() - startedAt
    // the aim is under 2 s; the bound leaves room for a busy machine
    expect(tookMs).toBeLessThan(6000)
  })
})
