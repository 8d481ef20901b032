import type { Language } from '../../domain/ids.js'
import { cataloguePhrases } from '../../domain/speech/tongue.js'
import type { Prepared } from '../../ports/voice.js'
import type { Progress } from './batch.js'
import { jobsFor, renderAll } from './batch.js'
import { loadTongues } from './catalogue.js'
import type { BadRecording } from './recordings.js'
import { adoptRecordings } from './recordings.js'
import { standardVoiceCommand } from './speaking.js'

export interface CatalogueOptions {
  /** Where the sound files go, as this process sees it. */
  readonly outDir: string
  /** The folder with `sv.yaml`, `de.yaml`, `en.yaml` and the recordings. */
  readonly promptsDir: string
  readonly languages: readonly Language[]
  /** See `standardVoiceCommand`, which is used without it. */
  readonly voiceCommand?: string | undefined
  readonly onProgress?: Progress | undefined
}

/**
 * Renders every phrase that does not depend on a company, and takes over the recordings. What is there from an earlier run is kept, so that
 * the second run takes a moment; nothing is deleted, since a call may be playing it.
 * @throws CatalogueError when a text file is at fault, ToolFailed when the voice gives nothing at all
 */
export async function renderCatalogue(
  options: CatalogueOptions,
): Promise<Prepared & { readonly badRecordings: readonly BadRecording[] }> {
  const { outDir, promptsDir, languages, voiceCommand: command = standardVoiceCommand } = options
  const tongues = await loadTongues(promptsDir)
  const jobs = languages.flatMap((language) =>
    jobsFor(language, cataloguePhrases(tongues[language]), command),
  )
  const prepared = await renderAll({ directory: outDir, command }, jobs, options.onProgress)
  const { bad } = await adoptRecordings(promptsDir, outDir)
  return { ...prepared, badRecordings: bad }
}
