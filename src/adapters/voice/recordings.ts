import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Language } from '../../domain/ids.js'
import { languages } from '../../domain/ids.js'
import { NoSound } from './errors.js'
import { readable, shortHash, soundExists } from './rendering.js'
import { polished } from './sound.js'
import { readSound, writeSounds } from './sound-files.js'

/** Grows when the treatment of recordings changes. */
const treatment = 1

/** Finds the sound that replaces the rendered voice: name of the sound by language and key. */
export type Recordings = Map<string, string>

/** Where a recording is found in {@link Recordings}. */
export function recordingId(language: Language, key: string): string {
  return `${language}:${key}`
}

/** A recording that is no sound file, or has nothing in it; the rendered voice is used instead. */
export interface BadRecording {
  readonly file: string
  readonly reason: string
}

/**
 * Takes over every `<folder>/<language>/<group>/<name>.wav`: polished like the rendered voice, written into `directory` under a name that
 * holds the hash of the recording, so that one that is unchanged costs nothing at the next start.
 */
export async function adoptRecordings(
  folder: string,
  directory: string,
): Promise<{ readonly recordings: Recordings; readonly bad: readonly BadRecording[] }> {
  const recordings: Recordings = new Map()
  const bad: BadRecording[] = []
  for (const language of languages) {
    for (const file of await soundFiles(join(folder, language))) {
      const key = relative(join(folder, language), file)
        .replace(/\.wav$/i, '')
        .replaceAll('\\', '/')
      try {
        recordings.set(recordingId(language, key), await adopt(file, language, key, directory))
      } catch (error) {
        bad.push({ file, reason: error instanceof Error ? error.message : String(error) })
      }
    }
  }
  return { recordings, bad }
}

/**
 * Makes the sound of one recording and gives its name.
 * @throws ToolFailed when it is no sound file, NoSound when there is nothing in it
 */
export async function adopt(
  file: string,
  language: Language,
  key: string,
  directory: string,
): Promise<string> {
  const content = await readFile(file)
  if (content.length === 0) throw new NoSound('the file is empty')
  const name = `${language}/${readable(key)}-recorded-${shortHash(Buffer.concat([content, Buffer.from(`:${String(treatment)}`)]))}`
  const path = join(directory, name)
  if (!soundExists(path)) await writeSounds([{ path, samples: polished(await readSound(file)) }])
  return name
}

async function soundFiles(folder: string): Promise<readonly string[]> {
  if (!existsSync(folder)) return []
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.wav$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
