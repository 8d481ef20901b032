import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Language } from '../../domain/ids.js'
import { sampleRate } from './sound.js'
import { decodeWave } from './sound-files.js'
import { runTool } from './tool.js'
import type { Wave } from './wave.js'
import { readWave } from './wave.js'

/** How the voices are called by espeak-ng. */
const voices: Readonly<Record<Language, string>> = { sv: 'sv', de: 'de', en: 'en-gb' }

/**
 * Reads the text on standard input and writes a WAV file to `{output}`, or to standard output when `{output}` is not named.
 * `{language}` is sv, de or en; `{voice}` the voice of espeak-ng. Words are parted by spaces; there are no quotes.
 */
export const standardVoiceCommand = 'espeak-ng -v {voice} -s 150 -z --stdin --stdout'

const secondsForStart = 20
const secondsForText = 10

/**
 * Speaks several texts of one language; undefined for one that the voice could not say. One small shell starts the voice for each text:
 * starting it from here would take longer than the speaking, because a large process is slow to divide.
 */
export async function speakAll(
  command: string,
  language: Language,
  texts: readonly string[],
): Promise<readonly (Wave | undefined)[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vaxel-voice-'))
  try {
    const files = texts.map((_, index) => join(folder, `${String(index).padStart(4, '0')}.txt`))
    await Promise.all(files.map((file, index) => writeFile(file, texts[index] ?? '')))
    const loop = `for text in "$0"/*.txt; do ${shellCommand(command, language)} || rm -f "$text.wav"; done`
    await runTool(['sh', '-c', loop, folder], { seconds: secondsForStart + texts.length * secondsForText })
    return await Promise.all(files.map((file) => waveIn(`${file}.wav`)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function waveIn(file: string): Promise<Wave | undefined> {
  try {
    const bytes = await readFile(file)
    return readWave(bytes) ?? { rate: sampleRate, samples: await decodeWave(bytes) }
  } catch {
    return undefined
  }
}

function shellCommand(command: string, language: Language): string {
  const filled = command.replaceAll('{language}', language).replaceAll('{voice}', voices[language])
  const words = filled
    .trim()
    .split(/\s+/)
    .map((word) => word.split('{output}').map(quoted).join('"$text.wav"'))
  return `${words.join(' ')} < "$text"${command.includes('{output}') ? '' : ' > "$text.wav"'}`
}

function quoted(word: string): string {
  return word === '' ? '' : `'${word.replaceAll("'", `'\\''`)}'`
}
