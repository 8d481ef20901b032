import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Language } from '../../domain/ids.js'
import type { Phrase } from '../../domain/speech/phrase.js'
import { pauseLength } from '../../domain/speech/phrase.js'
import { polished, silence } from './sound.js'
import { besides, lastExtension, readSound, writeSound } from './sound-files.js'
import { runTool } from './tool.js'

/** Grows when the treatment of the sound changes, so that old files are not used again. */
const treatment = 1

/** How the voices are called by espeak-ng. */
const voices: Readonly<Record<Language, string>> = { sv: 'sv', de: 'de', en: 'en-gb' }

/**
 * Reads the text on standard input and writes a WAV file to `{output}`, or to standard output when `{output}` is not named.
 * `{language}` is sv, de or en; `{voice}` the voice of espeak-ng.
 */
export const standardVoiceCommand = 'espeak-ng -v {voice} -s 150 -z --stdin -w {output}'

/** Whether a phrase is followed by another one of its sentence: the voice then stays up instead of falling. */
export type Tone = 'flowing' | 'closing'

/** Where a phrase is or will be, in every folder of sounds: its name and a hash of all its sound depends on. */
export function soundName(language: Language, phrase: Phrase, tone: Tone, command: string): string {
  const made =
    pauseLength(phrase) === undefined
      ? [language, spokenText(phrase, tone), command, treatment]
      : [phrase.key, treatment]
  return `${language}/${readable(phrase.key)}-${shortHash(JSON.stringify(made))}`
}

/** The text as the voice gets it. A comma at its end keeps the voice up. */
function spokenText(phrase: Phrase, tone: Tone): string {
  const words = phrase.text.replace(/^[\s,.:;!?]+|[\s,:;]+$/g, '')
  return tone === 'flowing' ? `${words.replace(/[.!?]+$/, '')},` : words
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

/** What renders: a folder and a command. */
export interface Renderer {
  readonly directory: string
  readonly command: string
}

/**
 * Renders a phrase unless it is there already.
 * @throws ToolFailed or NoSound when the voice gives nothing usable
 */
export async function render(
  { directory, command }: Renderer,
  language: Language,
  phrase: Phrase,
  tone: Tone,
): Promise<'rendered' | 'reused'> {
  const path = join(directory, soundName(language, phrase, tone, command))
  if (soundExists(path)) return 'reused'
  const pause = pauseLength(phrase)
  await writeSound(
    path,
    pause === undefined ? await speak(command, language, spokenText(phrase, tone), path) : silence(pause),
  )
  return 'rendered'
}

async function speak(command: string, language: Language, text: string, path: string): Promise<Int16Array> {
  const output = besides(path).replace(/part$/, 'wav')
  await mkdir(dirname(path), { recursive: true })
  try {
    const bytes = await runTool(wordsOf(command, { language, voice: voices[language], output }), text)
    if (!command.includes('{output}')) await writeFile(output, bytes)
    return polished(await readSound(output))
  } finally {
    await rm(output, { force: true })
  }
}

// Split before the values are put in, so that a path with a space stays one word.
function wordsOf(command: string, values: Readonly<Record<string, string>>): readonly string[] {
  return command
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole))
}
