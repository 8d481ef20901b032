import type { Language } from '../../domain/ids.js'
import type { Phrase, PromptKey, Sentence } from '../../domain/speech/phrase.js'
import type { Prepared } from '../../ports/voice.js'
import type { Renderer, Tone } from './rendering.js'
import { render, soundName } from './rendering.js'
import { tonesOf } from './tones.js'

/** One phrase in one tone that must have a file. */
export interface Job {
  readonly language: Language
  readonly phrase: Phrase
  readonly tone: Tone
}

/** How far a batch is. */
export type Progress = (done: number, total: number) => void

/** Two voices at once keep two cores busy and leave a small machine usable. */
const workers = 2

/** Everything that must be rendered for some phrases, what stands in their `instead` included, each once. */
export function jobsFor(language: Language, phrases: Sentence, command: string): readonly Job[] {
  const jobs = new Map<string, Job>()
  for (const phrase of phrases.flatMap(withInstead)) {
    if (phrase.text === '' && !phrase.key.startsWith('pause/')) continue
    for (const tone of tonesOf(phrase))
      jobs.set(soundName(language, phrase, tone, command), { language, phrase, tone })
  }
  return [...jobs.values()]
}

/** Does the jobs with two workers. One that cannot be done is counted, the others go on. */
export async function renderAll(
  renderer: Renderer,
  jobs: readonly Job[],
  onProgress: Progress = () => undefined,
): Promise<Prepared> {
  const counts = { rendered: 0, reused: 0 }
  const failed: PromptKey[] = []
  const queue = jobs.values()
  const work = async (): Promise<void> => {
    for (const { language, phrase, tone } of queue) {
      try {
        counts[await render(renderer, language, phrase, tone)] += 1
      } catch {
        failed.push(phrase.key)
      }
      onProgress(counts.rendered + counts.reused + failed.length, jobs.length)
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return { ...counts, failed }
}

function withInstead(phrase: Phrase): Sentence {
  return [phrase, ...(phrase.instead ?? []).flatMap(withInstead)]
}
