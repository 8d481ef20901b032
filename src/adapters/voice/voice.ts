import { mkdir, rename, rm, stat, copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Language } from '../../domain/ids.js'
import { languages } from '../../domain/ids.js'
import type { Phrase, PromptKey, Sentence } from '../../domain/speech/phrase.js'
import type { Tongue } from '../../domain/speech/tongue.js'
import { phraseOf, say } from '../../domain/speech/tongue.js'
import type { KeepResult, KeptRecording, Media, Voice } from '../../ports/voice.js'
import { jobsFor, renderAll } from './batch.js'
import type { Tongues } from './catalogue.js'
import { NoSound, ToolFailed } from './errors.js'
import type { BadRecording, Recordings } from './recordings.js'
import { adopt, adoptRecordings, recordingId } from './recordings.js'
import type { Job, Renderer, Tone } from './rendering.js'
import { render, soundExists, soundName } from './rendering.js'
import { standardVoiceCommand } from './speaking.js'
import { attentionTone } from './sound.js'
import { besides, writeSounds } from './sound-files.js'
import { toneAt } from './tones.js'

export interface VoiceOptions {
  readonly tongues: Tongues
  /** The folder of the sound files, as this process sees it: `outDir` of `renderCatalogue`. */
  readonly directory: string
  /** The same folder as Asterisk sees it; absolute. */
  readonly seenByAsterisk: string
  /** Recordings of the language files: `<folder>/<language>/<key>.wav`. */
  readonly promptsDir: string
  /** Where recordings made from phones are kept: `<folder>/<language>/<key>.wav`, the company stands in the key. */
  readonly recordingsDir: string
  /** Where Asterisk stores what it records, as this process sees it. */
  readonly asteriskRecordings: string
  readonly voiceCommand?: string | undefined
  /** Told of every phrase that had no audio of its own, with what stood in for it. */
  readonly onMissing?: ((key: PromptKey, spoken: 'instead' | 'general' | 'tone') => void) | undefined
  readonly onBadRecording?: ((bad: BadRecording) => void) | undefined
}

const attention = 'tone/attention'

/** Opens the folder of sounds and takes over all recordings in it. */
export async function openVoice(options: VoiceOptions): Promise<Voice> {
  const adopted = await Promise.all([
    adoptRecordings(options.promptsDir, options.directory),
    adoptRecordings(options.recordingsDir, options.directory),
  ])
  for (const { bad } of adopted) bad.forEach((one) => options.onBadRecording?.(one))
  const tone = join(options.directory, attention)
  if (!soundExists(tone)) await writeSounds([{ path: tone, samples: attentionTone() }])
  const [fromFiles, fromPhones] = adopted
  return voiceWith(options, fromFiles.recordings, fromPhones.recordings)
}

function voiceWith(options: VoiceOptions, fromFiles: Recordings, fromPhones: Recordings): Voice {
  const { tongues, directory } = options
  const renderer: Renderer = { directory, command: options.voiceCommand ?? standardVoiceCommand }
  const rendering = new Map<string, Promise<boolean>>()
  // Each phrase of each call is looked up: what was found once is not hashed and sought again.
  const named = new Map<string, string>()
  const found = new Set<string>()
  const nameOf = (job: Job): string => {
    const id = [job.language, job.tone, job.phrase.key, job.phrase.text].join('\n')
    const name = named.get(id) ?? soundName(job, renderer.command)
    named.set(id, name)
    return name
  }
  const isThere = (name: string): boolean => {
    if (found.has(name)) return true
    if (!soundExists(join(directory, name))) return false
    found.add(name)
    return true
  }
  const asMedia = (name: string): Media => `sound:${options.seenByAsterisk}/${name}`

  const recorded = (language: Language, phrase: Phrase): string | undefined => {
    const id = recordingId(language, phrase.key)
    return [fromPhones.get(id), fromFiles.get(id)].find((name) => name !== undefined && isThere(name))
  }

  /** What sentences that are said again and again sound like, until a sound comes or goes. */
  let said = new WeakMap<Sentence, { readonly language: Language; readonly media: readonly Media[] }>()
  const soundsHaveChanged = (): void => {
    said = new WeakMap()
  }

  // Calls that miss the same phrase at the same time wait for one rendering.
  const renderNow = (language: Language, phrase: Phrase, tone: Tone): Promise<boolean> => {
    const job = { language, phrase, tone }
    const name = nameOf(job)
    const running = rendering.get(name)
    if (running !== undefined) return running
    const started = render(renderer, [job])
      .then((failed) => failed.length === 0)
      .catch(() => false)
      .finally(() => {
        rendering.delete(name)
        soundsHaveChanged()
      })
    rendering.set(name, started)
    return started
  }

  const isSilent = (phrase: Phrase): boolean => phrase.text === '' && !phrase.key.startsWith('pause/')

  /** What need not be made first: nearly always all of a sentence. */
  const readySoundOf = (language: Language, phrase: Phrase, tone: Tone): string | undefined => {
    const recording = recorded(language, phrase)
    if (recording !== undefined || isSilent(phrase)) return recording
    const name = nameOf({ language, phrase, tone })
    if (isThere(name)) return name
    const otherName = nameOf({ language, phrase, tone: other(tone) })
    return isThere(otherName) ? otherName : undefined
  }

  /** Undefined when a phrase must be made first, or has to be said in another way. */
  const readySoundsOf = (language: Language, sentence: Sentence): readonly string[] | undefined => {
    const sounds = sentence.map((phrase, index) => readySoundOf(language, phrase, toneAt(sentence, index)))
    return sounds.every((sound) => sound !== undefined) ? sounds : undefined
  }

  const newSoundOf = async (language: Language, phrase: Phrase, tone: Tone): Promise<string | undefined> =>
    !isSilent(phrase) && (await renderNow(language, phrase, tone))
      ? nameOf({ language, phrase, tone })
      : undefined

  /** The sounds of a sentence, or undefined when a phrase has neither audio nor anything to say instead. */
  const soundsOf = async (language: Language, sentence: Sentence): Promise<readonly string[] | undefined> => {
    const sounds: string[] = []
    for (const [index, phrase] of sentence.entries()) {
      const tone = toneAt(sentence, index)
      const sound = readySoundOf(language, phrase, tone) ?? (await newSoundOf(language, phrase, tone))
      if (sound !== undefined) {
        sounds.push(sound)
        continue
      }
      if (phrase.instead === undefined) return undefined
      if (phrase.text !== '') options.onMissing?.(phrase.key, 'instead')
      const instead = await soundsOf(language, phrase.instead)
      if (instead === undefined) return undefined
      sounds.push(...instead)
    }
    return sounds
  }

  const mediaOf = async (language: Language, sentence: Sentence): Promise<readonly Media[]> => {
    const [first] = sentence
    if (first === undefined) return []
    const sounds = await soundsOf(language, sentence)
    if (sounds !== undefined && sounds.length > 0) return sounds.map(asMedia)
    options.onMissing?.(first.key, 'general')
    const general = await soundsOf(language, generalSentence(tongues[language], sentence))
    if (general !== undefined) return general.map(asMedia)
    options.onMissing?.(first.key, 'tone')
    return [asMedia(attention)]
  }

  return {
    prepare: (language, phrases) =>
      renderAll(renderer, jobsFor(language, phrases, renderer.command)).finally(soundsHaveChanged),

    media: (language, sentence) => {
      const known = said.get(sentence)
      if (known?.language === language) return known.media
      const media = readySoundsOf(language, sentence)?.map(asMedia)
      if (media === undefined) return mediaOf(language, sentence)
      said.set(sentence, { language, media })
      return media
    },

    keepRecording: async (recording, kept) => {
      // A name that leads out of the folder of recordings is none of ours.
      if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(recording)) return 'missing'
      return keep(join(options.asteriskRecordings, `${recording}.wav`), kept, options, fromPhones).finally(
        soundsHaveChanged,
      )
    },

    removeRecording: async (kept) => {
      const found = languagesOf(kept).filter((language) => fromPhones.delete(recordingId(language, kept.key)))
      soundsHaveChanged()
      await Promise.all(found.map((language) => rm(keptFile(options, language, kept), { force: true })))
      return found.length > 0
    },

    recordingOf: (language, phrase) => {
      const recording = recorded(language, phrase)
      return recording === undefined ? undefined : asMedia(recording)
    },
  }
}

function other(tone: Tone): Tone {
  return tone === 'flowing' ? 'closing' : 'flowing'
}

/** What is said when a phrase of the sentence cannot be: a caller of an absent person still learns that the person cannot be reached. */
function generalSentence(tongue: Tongue, sentence: Sentence): Sentence {
  return sentence.some(({ key }) => /^(own-)?reason\//.test(key))
    ? [phraseOf(tongue, 'person/sought'), phraseOf(tongue, 'reason/unavailable')]
    : say(tongue, 'refuse/error')
}

/** A recording without a language is used in all of them. */
function languagesOf({ language }: KeptRecording): readonly Language[] {
  return language === undefined ? languages : [language]
}

function keptFile(options: VoiceOptions, language: Language, { company, key }: KeptRecording): string {
  if (!/^(name|greeting|own-reason)(\/[a-z0-9-]+){2,3}$/.test(key) || key.split('/')[1] !== company)
    throw new RangeError('a recording needs the key of a name, greeting or own reason of its company')
  return join(options.recordingsDir, language, `${key}.wav`)
}

async function keep(
  source: string,
  kept: KeptRecording,
  options: VoiceOptions,
  fromPhones: Recordings,
): Promise<KeepResult> {
  const made = languagesOf(kept).map((language) => ({ language, file: keptFile(options, language, kept) }))
  if (!(await isFile(source))) return 'missing'
  try {
    for (const { language, file } of made) {
      const sound = await adopt(source, language, kept.key, options.directory)
      await copyWhole(source, file)
      fromPhones.set(recordingId(language, kept.key), sound)
    }
    return 'kept'
  } catch (error) {
    if (error instanceof NoSound || error instanceof ToolFailed) return 'empty'
    throw error
  }
}

async function copyWhole(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  const part = besides(target)
  await copyFile(source, part)
  await rename(part, target)
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
