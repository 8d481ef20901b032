import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { loadTongues } from '../../src/adapters/voice/catalogue.js'
import { openVoice } from '../../src/adapters/voice/voice.js'
import type { Language } from '../../src/domain/ids.js'
import type { Sentence } from '../../src/domain/speech/phrase.js'
import type { Tongue } from '../../src/domain/speech/tongue.js'
import { decodeALaw } from './sound/alaw.js'
import { silences } from './sound/ears.js'
import { writeWav } from './sound/wav.js'
import { promptsHeard, type HeardPrompt, type Prompt } from './sound/prompts.js'
import { since } from './phones/call.js'
import type { Heard } from './phones/recording.js'

/** A sentence that was heard, on the clock of the test (epoch milliseconds). */
export interface HeardLine {
  readonly from: number
  readonly until: number
}

/** What the exchange can say, and the recognition of it in what a phone heard. */
export interface Lines {
  readonly tongues: Readonly<Record<Language, Tongue>>
  /**
   * Finds the sentence, all its sounds in their order and nothing of their kind between them, in what was heard from `after`
   * (epoch ms) on. Throws when it was not heard, or had a gap of over 300 ms inside.
   */
  hear(heard: Heard, language: Language, sentence: Sentence, after?: number): Promise<HeardLine>
  /**
   * Keys of all prompts of these families (`reason`, `name` ...) that were heard, in order; `atLeast` is less than usual for what
   * is said beside other sound.
   */
  heardOf(
    heard: Heard,
    language: Language,
    families: readonly string[],
    atLeast?: number,
  ): Promise<readonly string[]>
}

/** `environment`: that of the exchange. Recordings made from phones are those there are now; open again for newer ones. */
export async function openLines(environment: Readonly<Record<string, string>>): Promise<Lines> {
  const directory = environment['VAXEL_SOUNDS_DIR'] ?? ''
  const tongues = await loadTongues('prompts')
  const voice = await openVoice({
    tongues,
    directory,
    seenByAsterisk: '',
    promptsDir: 'prompts',
    recordingsDir: environment['VAXEL_OWN_DIR'] ?? '',
    asteriskRecordings: environment['VAXEL_RECORDINGS_DIR'] ?? '',
  })
  const sound = soundLoader(directory)
  const ofFamilies = (language: Language, families: ReadonlySet<string>): readonly string[] =>
    readdirSync(join(directory, language))
      .filter((file) => file.endsWith('.alaw') && families.has(familyOf(file)))
      .map((file) => `${language}/${file.slice(0, -'.alaw'.length)}`)

  return {
    tongues,
    hear: async (heard, language, sentence, after = 0) => {
      const media = await voice.media(language, sentence)
      const expected = media
        .map((name) => name.slice('sound:/'.length))
        .filter((name) => familyOf(name) !== 'pause')
      const families = new Set(expected.map(familyOf))
      const part = since(heard, after)
      const place = (names: readonly string[], samples: Float32Array): readonly Placed[] => {
        const library = [...new Set(names)].map((name): Prompt => ({ key: name, samples: sound(name) }))
        const found = promptsHeard(samples, library)
        const placed = placeAll(expected, found, part.missing, samples, sound)
        if (placed !== undefined) return placed
        const heardNames = found.map(described).join(' ')
        throw new Error(`wanted: ${expected.join(' ')}\nheard: ${heardNames}${kept(part)}`)
      }
      // Whether it was said at all is soon known; whether something like it was said instead is asked of that place only.
      const roughly = place(expected, part.samples).at(-1)?.until ?? 0
      const placed = place(
        [...expected, ...ofFamilies(language, families)],
        part.samples.subarray(0, Math.round((roughly + NEXT_WITHIN_MS) * 8)),
      )
      const [first, last] = [placed[0], placed.at(-1)]
      if (first === undefined || last === undefined) throw new Error('an empty sentence')
      // Two sentences said together are parted by a pause of 350 ms; inside one there are no more than 300 ms.
      const several = sentence.some(({ key, text }) => key === 'pause/350' || /[.!?] /.test(text))
      // Asterisk sends silence as packets too: a stretch without any is the machine that stood still, not a pause in the speech.
      const stalls = part.missing.map(({ from, until }) => ({
        from: from - first.at,
        until: until - first.at,
      }))
      const gaps = silences(part.samples.subarray(Math.round(first.at * 8), Math.round(last.until * 8)), {
        over: several ? 450 : 300,
      }).filter((gap) => !stalls.some(({ from, until }) => from < gap.until && until > gap.from))
      if (gaps.length > 0) throw new Error(`gaps in the sentence: ${JSON.stringify(gaps)}`)
      return { from: part.startedAt + first.at, until: part.startedAt + last.until }
    },
    heardOf: (heard, language, families, atLeast) => {
      const library = ofFamilies(language, new Set(families)).map((name): Prompt => ({
        key: name,
        samples: sound(name),
      }))
      const options = atLeast === undefined ? {} : { atLeast }
      return Promise.resolve(promptsHeard(heard.samples, library, options).map(({ key }) => keyOf(key)))
    },
  }
}

/** With KEEP_HEARD=directory what was not understood is kept there to be listened to. */
function kept({ samples, rate, missing }: Heard): string {
  const directory = process.env['KEEP_HEARD']
  if (directory === undefined) return ''
  const file = join(directory, `heard-${String(Date.now())}.wav`)
  writeWav(file, { samples, rate })
  return `\nkept in ${file}; missing: ${JSON.stringify(missing)}`
}

function soundLoader(directory: string): (name: string) => Float32Array {
  const loaded = new Map<string, Float32Array>()
  return (name) => {
    const known = loaded.get(name) ?? decodeALaw(readFileSync(join(directory, `${name}.alaw`)))
    loaded.set(name, known)
    return known
  }
}

/** Two files may hold the same words under two keys, or the same key in two tones of voice; the ear cannot tell them apart. */
function isSame(left: string, right: string): boolean {
  return keyOf(left) === keyOf(right) || hashOf(left) === hashOf(right)
}

const keyOf = (name: string): string => basename(name).replace(/-[0-9a-f]{16}(\.\w+)?$/, '')
const hashOf = (name: string): string => /[0-9a-f]{16}/.exec(basename(name))?.[0] ?? name
const familyOf = (name: string): string => basename(name).split('-')[0] ?? ''

/** A prompt begins where the one before it ended, or after the pause between two sentences. */
const NEXT_WITHIN_MS = 600
const PIECES = { each: 300, least: 100, count: 4 } as const

interface Placed {
  readonly at: number
  readonly until: number
}

/** Places of the sounds, each following the one before it; undefined when there are none such. */
function placeAll(
  expected: readonly string[],
  found: readonly HeardPrompt[],
  missing: Heard['missing'],
  samples: Float32Array,
  sound: (name: string) => Float32Array,
): readonly Placed[] | undefined {
  const [firstName, ...others] = expected
  if (firstName === undefined) return undefined
  const starts: readonly Placed[] = [
    ...found.filter(({ key }) => isSame(key, firstName)),
    ...inPieces(samples, 0, sound(firstName)),
  ]
  for (const start of starts) {
    const placed = [start]
    for (const name of others) {
      const before = placed.at(-1)?.until ?? 0
      const within = NEXT_WITHIN_MS + stoodStill(missing, before)
      const whole = found.find(
        ({ key, at }) => isSame(key, name) && at - before > -NEXT_WITHIN_MS && at - before < within,
      )
      const length = sound(name).length / 8
      const window = samples.subarray(
        Math.max(0, Math.round((before - 100) * 8)),
        Math.round((before + length + within) * 8),
      )
      const next = whole ?? inPieces(window, Math.max(0, before - 100), sound(name))[0]
      if (next === undefined) break
      placed.push(next)
    }
    if (placed.length === expected.length) return placed
  }
  return undefined
}

/** How long no packet came about the time `at`, when the next sound was to begin. */
function stoodStill(missing: Heard['missing'], at: number): number {
  const near = missing.find(({ from, until }) => from < at + NEXT_WITHIN_MS && until > at - NEXT_WITHIN_MS)
  return near === undefined ? 0 : near.until - near.from
}

/**
 * One packet too few in the middle of a prompt shifts its second half, and the whole is no longer like its file. On a busy machine
 * that happens; so the prompt is then looked for in pieces, most of which must be there in their order.
 */
function inPieces(samples: Float32Array, offsetMs: number, prompt: Float32Array): readonly Placed[] {
  const lengthMs = prompt.length / 8
  const pieceMs = Math.max(PIECES.least, Math.min(PIECES.each, Math.floor(lengthMs / PIECES.count)))
  const size = pieceMs * 8
  const count = Math.floor(prompt.length / size)
  if (count < 2 || samples.length < size) return []
  const pieces = Array.from({ length: count }, (_, index): Prompt => ({
    key: String(index),
    samples: prompt.subarray(index * size, (index + 1) * size),
  }))
  const found = promptsHeard(samples, pieces)
  const ordered = found.filter(({ key }, index) => index === 0 || Number(key) > Number(found[index - 1]?.key))
  const [first] = ordered
  if (first === undefined || ordered.length < Math.max(2, count / 2)) return []
  const at = offsetMs + first.at - Number(first.key) * pieceMs
  return [{ at: Math.max(0, at), until: at + lengthMs }]
}

function described({ key, at, score }: HeardPrompt): string {
  return `${keyOf(key)}@${String(Math.round(at))}(${score.toFixed(2)})`
}
