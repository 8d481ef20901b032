import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Language } from '../../domain/ids.js'
import type { Phrase } from '../../domain/speech/phrase.js'
import { pauseLength } from '../../domain/speech/phrase.js'
import { polished, sampleRate, silence } from './sound.js'
import type { SoundFile } from './sound-files.js'
import { lastExtension, resampled, writeSounds } from './sound-files.js'
import { speakAll } from './speaking.js'
import type { Wave } from './wave.js'

/** Grows when the treatment of the sound changes, so that old files are not used again. */
const treatment = 1

/** Whether a phrase is followed by another one of its sentence: the voice then stays up instead of falling. */
export type Tone = 'flowing' | 'closing'

/** One phrase in one tone that must have a file. */
export interface Job {
  readonly language: Language
  readonly phrase: Phrase
  readonly tone: Tone
}

/** What renders: a folder and a command. */
export interface Renderer {
  readonly directory: string
  readonly command: string
}

/** Where a phrase is or will be, in every folder of sounds: its key and a hash of all its sound depends on. */
export function soundName({ language, phrase, tone }: Job, command: string): string {
  const pause = pauseLength(phrase)
  const made = pause === undefined ? [language, spokenText(phrase, tone), command] : [pause]
  return `${language}/${readable(phrase.key)}-${shortHash(JSON.stringify([...made, treatment]))}`
}

/** Sixteen hexadecimal digits of SHA-256. */
export function shortHash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}

/** A key as part of a file name. */
export function readable(key: string): string {
  return key.replace(/[^a-zA-Z0-9-]+/g, '-')
}

/** Whether the sound is whole on disk. */
export function soundExists(path: string): boolean {
  return existsSync(`${path}.${lastExtension}`)
}

/** Renders phrases together, whether they are there already or not. Gives those that could not be rendered; never throws for one. */
export async function render(
  { directory, command }: Renderer,
  jobs: readonly Job[],
): Promise<readonly Job[]> {
  const waves = await wavesOf(jobs, command)
  const sounds = await atOneRate(waves.map((wave) => wave ?? { rate: sampleRate, samples: silence(0) }))
  const failed: Job[] = []
  const files: SoundFile[] = []
  for (const [index, job] of jobs.entries()) {
    const samples = finished(job, sounds[index] ?? silence(0))
    if (samples === undefined) failed.push(job)
    else files.push({ path: join(directory, soundName(job, command)), samples })
  }
  await writeSounds(files)
  return failed
}

async function wavesOf(jobs: readonly Job[], command: string): Promise<readonly (Wave | undefined)[]> {
  const waves = new Map<Job, Wave | undefined>()
  for (const language of new Set(jobs.map((job) => job.language))) {
    const worded = jobs.filter((job) => job.language === language && pauseLength(job.phrase) === undefined)
    const spoken = await speakAll(
      command,
      language,
      worded.map(({ phrase, tone }) => spokenText(phrase, tone)),
    )
    worded.forEach((job, index) => waves.set(job, spoken[index]))
  }
  return jobs.map((job) => {
    const pause = pauseLength(job.phrase)
    return pause === undefined ? waves.get(job) : { rate: sampleRate, samples: silence(pause) }
  })
}

/** Undefined when the voice gave nothing but silence. */
function finished({ phrase }: Job, samples: Int16Array): Int16Array | undefined {
  if (pauseLength(phrase) !== undefined) return samples
  try {
    return polished(samples)
  } catch {
    return undefined
  }
}

async function atOneRate(waves: readonly Wave[]): Promise<readonly Int16Array[]> {
  const sounds: Int16Array[] = waves.map(({ samples }) => samples)
  for (const rate of new Set(waves.map((wave) => wave.rate))) {
    if (rate === sampleRate) continue
    const places = [...waves.keys()].filter((index) => waves[index]?.rate === rate)
    const converted = await resampled(
      places.map((index) => waves[index]?.samples ?? new Int16Array()),
      rate,
    )
    places.forEach((place, index) => (sounds[place] = converted[index] ?? new Int16Array()))
  }
  return sounds
}

/** The text as the voice gets it. A comma at its end keeps the voice up. */
function spokenText(phrase: Phrase, tone: Tone): string {
  const words = phrase.text.replace(/^[\s,.:;!?]+|[\s,:;]+$/g, '')
  return tone === 'flowing' ? `${words.replace(/[.!?]+$/, '')},` : words
}
