import { join } from 'node:path'
import type { Language } from '../../domain/ids.js'
import type { Phrase, PromptKey, Sentence } from '../../domain/speech/phrase.js'
import { pauseLength } from '../../domain/speech/phrase.js'
import type { Prepared } from '../../ports/voice.js'
import type { Job, Renderer } from './rendering.js'
import { render, soundExists, soundName } from './rendering.js'
import { tonesOf } from './tones.js'

/** How far a batch is, in sounds. */
export type Progress = (done: number, total: number) => void

/** Two voices at once keep two cores busy and leave a small machine usable. */
const workers = 2
const batchSize = 40

/** Everything that must be there for some phrases, what stands in their `instead` included, each once. */
export function jobsFor(language: Language, phrases: Sentence, command: string): readonly Job[] {
  const jobs = new Map<string, Job>()
  for (const phrase of phrases.flatMap(withInstead)) {
    if (phrase.text === '' && pauseLength(phrase) === undefined) continue
    for (const tone of tonesOf(phrase)) {
      const job = { language, phrase, tone }
      jobs.set(soundName(job, command), job)
    }
  }
  return [...jobs.values()]
}

/** Does the jobs whose sound is not there yet, with two workers. One that cannot be done is named in the result; the others go on. */
export async function renderAll(
  renderer: Renderer,
  jobs: readonly Job[],
  onProgress: Progress = () => undefined,
): Promise<Prepared> {
  const wanted = jobs.filter(
    (job) => !soundExists(join(renderer.directory, soundName(job, renderer.command))),
  )
  const failed: PromptKey[] = []
  let done = jobs.length - wanted.length
  const batches = batchesOf(wanted).values()
  const work = async (): Promise<void> => {
    for (const batch of batches) {
      const missed = await render(renderer, batch)
      failed.push(...missed.map(({ phrase }) => phrase.key))
      done += batch.length
      onProgress(done, jobs.length)
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return {
    rendered: wanted.length - failed.length,
    reused: jobs.length - wanted.length,
    failed: [...new Set(failed)],
  }
}

function batchesOf(jobs: readonly Job[]): readonly (readonly Job[])[] {
  return Array.from({ length: Math.ceil(jobs.length / batchSize) }, (_, index) =>
    jobs.slice(index * batchSize, (index + 1) * batchSize),
  )
}

function withInstead(phrase: Phrase): Sentence {
  return [phrase, ...(phrase.instead ?? []).flatMap(withInstead)]
}
