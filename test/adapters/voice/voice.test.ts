import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CompanyId, Extension, Language, PersonId, RecordingName } from '../../../src/domain/ids.js'
import { languages } from '../../../src/domain/ids.js'
import {
  absenceSentence,
  ownReasonKey,
  reasonPhrase,
  type SpokenReason,
} from '../../../src/domain/speech/absence-sentence.js'
import { digits } from '../../../src/domain/speech/digits.js'
import { companyName, greeting, personName } from '../../../src/domain/speech/names.js'
import type { Sentence } from '../../../src/domain/speech/phrase.js'
import { joined, sentencePause } from '../../../src/domain/speech/phrase.js'
import { phraseOf, say } from '../../../src/domain/speech/tongue.js'
import { jobsFor, renderAll } from '../../../src/adapters/voice/batch.js'
import { loadTongues } from '../../../src/adapters/voice/catalogue.js'
import { windowLevels } from '../../../src/adapters/voice/sound.js'
import { samplesOf } from '../../../src/adapters/voice/sound-files.js'
import { standardVoiceCommand } from '../../../src/adapters/voice/speaking.js'
import type { VoiceOptions } from '../../../src/adapters/voice/voice.js'
import { openVoice } from '../../../src/adapters/voice/voice.js'
import type { Media } from '../../../src/ports/voice.js'

const prompts = new URL('../../../prompts', import.meta.url).pathname
const tongues = await loadTongues(prompts)
const folder = mkdtempSync(join(tmpdir(), 'vaxel-voice-test-'))
const company = 'exempel' as CompanyId
const anna = { company, person: 'anna' as PersonId, name: 'Anna Andersson', extension: '101' as Extension }
const now = Date.parse('2026-10-07T09:30:00Z')

let runs = 0
/** A voice with empty folders of its own, unless the folders of another one are named. */
function options(more: Partial<VoiceOptions> = {}): VoiceOptions {
  runs += 1
  const own = join(folder, String(runs))
  return {
    tongues,
    directory: join(own, 'sounds'),
    seenByAsterisk: '/var/lib/vaxel/sounds',
    promptsDir: join(own, 'prompts'),
    recordingsDir: join(own, 'recordings'),
    asteriskRecordings: join(own, 'asterisk'),
    ...more,
  }
}

function lunch(language: Language): Sentence {
  const tongue = tongues[language]
  const back = { at: Date.parse('2026-10-12T06:35:00Z'), form: 'dateTime' as const }
  const reason = { id: 'lunch', sensitive: false }
  return absenceSentence(tongue, personName(tongue, anna), {
    company,
    reason,
    return: back,
    now,
    zone: 'Europe/Stockholm',
  })
}

function fileOf(media: Media, { directory, seenByAsterisk }: VoiceOptions, extension = 'sln16'): string {
  expect(media.startsWith(`sound:${seenByAsterisk}/`)).toBe(true)
  return join(directory, `${media.slice(`sound:${seenByAsterisk}/`.length)}.${extension}`)
}

function samplesIn(file: string): Int16Array {
  return samplesOf(readFileSync(file))
}

/** Lengths in milliseconds of all stretches quieter than -46 dBFS; the first and last are those at the ends. */
function silences(samples: Int16Array): {
  readonly leading: number
  readonly trailing: number
  readonly inside: readonly number[]
} {
  const loud = windowLevels(samples).map((level) => level > 0.005)
  const first = loud.indexOf(true)
  const last = loud.lastIndexOf(true)
  const inside: number[] = []
  let quiet = 0
  for (const isLoud of loud.slice(first, last + 1)) {
    if (isLoud && quiet > 0) inside.push(quiet * 5)
    quiet = isLoud ? 0 : quiet + 1
  }
  return { leading: first * 5, trailing: (loud.length - 1 - last) * 5, inside }
}

function wave(path: string, ...effects: readonly string[]): string {
  mkdirSync(dirname(path), { recursive: true })
  execFileSync('sox', ['-n', '-r', '8000', '-c', '1', '-b', '16', path, ...effects])
  return path
}

beforeAll(() => {
  execFileSync('sox', ['--version'])
  execFileSync('espeak-ng', ['--version'])
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('voice with espeak-ng and sox', () => {
  it.each(languages)(
    'renders a sentence in %s with both kinds of files for every phrase',
    async (language) => {
      const opened = options()
      const media = await (await openVoice(opened)).media(language, lunch(language))
      expect(media).toHaveLength(lunch(language).length)
      for (const one of media) {
        expect(one).toContain(`/${language}/`)
        const wide = statSync(fileOf(one, opened)).size
        const narrow = statSync(fileOf(one, opened, 'alaw')).size
        expect(wide).toBeGreaterThan(16_000 * 2 * 0.1)
        // 16 bit at 16 kHz against 8 bit at 8 kHz.
        expect(Math.abs(wide - 4 * narrow)).toBeLessThanOrEqual(4)
      }
    },
  )

  it('leaves less than 60 ms of silence at either end of a phrase, and no gap of 300 ms inside a sentence', async () => {
    const opened = options()
    const voice = await openVoice(opened)
    for (const language of languages) {
      for (const sentence of [
        lunch(language),
        say(tongues[language], 'park/parked-on', { extension: digits(tongues[language], '1234') }),
      ]) {
        const sounds = (await voice.media(language, sentence)).map((media) =>
          samplesIn(fileOf(media, opened)),
        )
        for (const sound of sounds) {
          expect(silences(sound).leading).toBeLessThan(60)
          expect(silences(sound).trailing).toBeLessThan(60)
        }
        const whole = samplesOf(Buffer.concat(sounds.map((sound) => Buffer.from(sound.buffer))))
        expect(Math.max(0, ...silences(whole).inside)).toBeLessThan(300)
      }
    }
  })

  it('brings all phrases to one loudness without clipping', async () => {
    const opened = options()
    const media = await (await openVoice(opened)).media('sv', lunch('sv'))
    const loudness = media.map((one) => {
      const levels = windowLevels(samplesIn(fileOf(one, opened)))
      const voiced = levels.filter((level) => level > Math.max(...levels) * 0.1)
      return 10 * Math.log10(voiced.reduce((sum, level) => sum + level ** 2, 0) / voiced.length)
    })
    expect(Math.max(...loudness) - Math.min(...loudness)).toBeLessThan(4)
    for (const one of media)
      expect(Math.max(...samplesIn(fileOf(one, opened)).map(Math.abs))).toBeLessThan(30_000)
  })

  it('parts sentences by a pause', async () => {
    const opened = options()
    const sentence = joined(say(tongues.sv, 'menu/message'), say(tongues.sv, 'menu/reception'))
    const media = await (await openVoice(opened)).media('sv', sentence)
    expect(sentence[1]).toBe(sentencePause)
    expect(statSync(fileOf(media[1] ?? 'sound:', opened)).size).toBe(0.35 * 16_000 * 2)
  })

  it('does not render again what is there, and says how far it is', async () => {
    const opened = options()
    const renderer = { directory: opened.directory, command: standardVoiceCommand }
    const jobs = jobsFor('de', lunch('de'), renderer.command)
    const progress: number[] = []
    const first = await renderAll(renderer, jobs, (done, total) => progress.push(done / total))
    expect(first).toEqual({ rendered: jobs.length, reused: 0, failed: [] })
    expect(progress.at(-1)).toBe(1)
    const times = (): readonly number[] =>
      readdirSync(opened.directory, { recursive: true }).map(
        (file) => statSync(join(opened.directory, String(file))).mtimeMs,
      )
    const before = times()
    expect(await renderAll(renderer, jobs)).toEqual({ rendered: 0, reused: jobs.length, failed: [] })
    expect(times()).toEqual(before)
  })

  it('renders with any command that is configured', async () => {
    const tone = wave(join(folder, 'tone.wav'), 'synth', '0.5', 'sine', '700')
    const onOutput = options({ voiceCommand: `cat ${tone}` })
    const intoFile = options({ voiceCommand: `cp ${tone} {output}` })
    for (const opened of [onOutput, intoFile]) {
      const [media = 'sound:'] = await (await openVoice(opened)).media('sv', say(tongues.sv, 'refuse/error'))
      const length = samplesIn(fileOf(media, opened)).length / 16_000
      expect(length).toBeGreaterThan(0.45)
      expect(length).toBeLessThan(0.6)
    }
  })

  it('uses a recording dropped into the folder of prompts in place of the rendered voice', async () => {
    const opened = options()
    wave(join(opened.promptsDir, 'sv', 'reason', 'lunch.wav'), 'synth', '1.5', 'sine', '700', 'pad', '1', '1')
    const voice = await openVoice(opened)
    const sentence = lunch('sv')
    const [, reason = 'sound:'] = await voice.media('sv', sentence)
    expect(reason).toContain('recorded')
    const sound = samplesIn(fileOf(reason, opened))
    expect(sound.length / 16_000).toBeCloseTo(1.58, 1)
    expect((await voice.media('de', lunch('de'))).join()).not.toContain('recorded')
  })

  it('keeps the rendered voice when a recording is no sound, and says so', async () => {
    const bad: string[] = []
    const opened = options({ onBadRecording: ({ file }) => bad.push(file) })
    const file = join(opened.promptsDir, 'sv', 'reason', 'lunch.wav')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, 'no sound')
    const media = await (await openVoice(opened)).media('sv', lunch('sv'))
    expect(bad).toEqual([file])
    expect(media).toHaveLength(lunch('sv').length)
  })

  it('H-28 H-32 uses a name recorded from a phone, also after a restart, until it is removed', async () => {
    const opened = options()
    const voice = await openVoice(opened)
    const name = personName(tongues.sv, anna)
    const kept = { company, key: name.key } as const
    wave(join(opened.asteriskRecordings, 'take-1.wav'), 'synth', '0.8', 'sine', '700')
    expect(await voice.keepRecording('take-1' as RecordingName, kept)).toBe('kept')
    const restarted = await openVoice(opened)
    for (const one of [voice, restarted]) {
      for (const language of languages)
        expect((await one.media(language, lunch(language)))[0]).toContain('recorded')
    }
    expect(restarted.recordingOf('sv', name)).toContain('recorded')
    expect(await restarted.removeRecording(kept)).toBe(true)
    expect(await restarted.removeRecording(kept)).toBe(false)
    expect((await restarted.media('sv', lunch('sv')))[0]).not.toContain('recorded')
    expect((await (await openVoice(opened)).media('sv', lunch('sv')))[0]).not.toContain('recorded')
  })

  it('H-28 H-32 a sentence that is said again sounds as it is now: recorded meanwhile, removed, in another language', async () => {
    const opened = options()
    const voice = await openVoice(opened)
    const sentence = lunch('sv')
    const kept = { company, key: personName(tongues.sv, anna).key, language: 'sv' } as const
    const first = async (language: Language) => (await voice.media(language, sentence))[0]
    const rendered = await first('sv')
    expect(await first('sv')).toBe(rendered)
    wave(join(opened.asteriskRecordings, 'take-1.wav'), 'synth', '0.8', 'sine', '700')
    await voice.keepRecording('take-1' as RecordingName, kept)
    expect(await first('sv')).toContain('recorded')
    expect(await first('de')).not.toContain('recorded')
    expect(await first('sv')).toContain('recorded')
    await voice.removeRecording(kept)
    expect(await first('sv')).toBe(rendered)
  })

  it('H-32 says a recorded reason only in the language it was recorded in', async () => {
    const opened = options()
    const voice = await openVoice(opened)
    wave(join(opened.asteriskRecordings, 'take-2.wav'), 'synth', '0.8', 'sine', '700')
    const key = 'own-reason/exempel/lektion'
    await voice.keepRecording('take-2' as RecordingName, { company, key, language: 'sv' })
    const reason = { id: 'lektion', sensitive: false }
    const said = (language: Language) => {
      const tongue = tongues[language]
      return voice.media(
        language,
        absenceSentence(tongue, personName(tongue, anna), { company, reason, now, zone: 'Europe/Berlin' }),
      )
    }
    expect((await said('sv'))[1]).toContain('own-reason-exempel-lektion-recorded')
    expect((await said('de'))[1]).toContain('/de/reason-unavailable')
  })

  it('H-28 says a reason recorded by one person for that person only', async () => {
    const opened = options()
    const voice = await openVoice(opened)
    wave(join(opened.asteriskRecordings, 'take-3.wav'), 'synth', '0.8', 'sine', '700')
    const own = { id: 'jour', sensitive: false, text: { sv: 'har jour' } }
    const key = ownReasonKey(company, { ...own, person: anna.person })
    expect(await voice.keepRecording('take-3' as RecordingName, { company, key, language: 'sv' })).toBe(
      'kept',
    )
    const said = async (reason: SpokenReason) =>
      (await voice.media('sv', [reasonPhrase(tongues.sv, company, reason)]))[0]
    expect(await said({ ...own, person: anna.person })).toContain('own-reason-exempel-anna-jour-recorded')
    expect(await said({ ...own, person: 'bo' as PersonId })).not.toContain('recorded')
    expect(await said(own)).not.toContain('recorded')
    const again = await openVoice(opened)
    const phrase = reasonPhrase(tongues.sv, company, { ...own, person: anna.person })
    expect(again.recordingOf('sv', phrase)).toContain('recorded')
  })

  it('refuses a recording with nothing in it, one that is not there, and one of another company', async () => {
    const opened = options()
    const voice = await openVoice(opened)
    wave(join(opened.asteriskRecordings, 'quiet.wav'), 'trim', '0', '2')
    const kept = { company, key: 'name/exempel/anna' } as const
    expect(await voice.keepRecording('quiet' as RecordingName, kept)).toBe('empty')
    expect(await voice.keepRecording('gone' as RecordingName, kept)).toBe('missing')
    expect(await voice.keepRecording('../quiet' as RecordingName, kept)).toBe('missing')
    await expect(
      voice.keepRecording('quiet' as RecordingName, { company, key: 'name/beispiel/anna' }),
    ).rejects.toThrow(RangeError)
    await expect(
      voice.keepRecording('quiet' as RecordingName, { company, key: 'name/exempel/../x' }),
    ).rejects.toThrow(RangeError)
  })

  it('speaks the standard greeting until a personal one is recorded (O-17)', async () => {
    const opened = options()
    const voice = await openVoice(opened)
    const sentence = greeting(tongues.sv, anna, companyName(company, 'Exempel AB'))
    const standard = await voice.media('sv', sentence)
    expect(standard.map((media) => media.replace(/-[0-9a-f]+$/, ''))).toEqual(
      [
        'voicemail-greeting-1',
        'name-exempel-anna',
        'voicemail-greeting-2',
        'company-exempel',
        'pause-350',
        'voicemail-greeting-3',
      ].map((name) => `sound:/var/lib/vaxel/sounds/sv/${name}`),
    )
    wave(join(opened.asteriskRecordings, 'take-3.wav'), 'synth', '0.8', 'sine', '700')
    await voice.keepRecording('take-3' as RecordingName, { company, key: 'greeting/exempel/anna' })
    expect(await voice.media('sv', sentence)).toHaveLength(1)
  })
})

describe('voice without a voice', () => {
  const names = (media: readonly Media[]): readonly string[] =>
    media.map((one) => one.replace(/^sound:\/var\/lib\/vaxel\/sounds\//, '').replace(/-[0-9a-f]+$/, ''))

  /** Folders in which some phrases were rendered by a good voice of the same name, which is then taken away. */
  async function voiceAfter(prepared: (language: Language) => Sentence) {
    const command = join(folder, `voice-${String(runs)}`)
    writeFileSync(command, '#!/bin/sh\nexec espeak-ng -v "$1" --stdin --stdout\n', { mode: 0o755 })
    const missing: string[] = []
    const opened = options({
      voiceCommand: `${command} {voice}`,
      onMissing: (key, spoken) => missing.push(`${key} ${spoken}`),
    })
    const voice = await openVoice(opened)
    expect((await voice.prepare('sv', prepared('sv'))).failed).toEqual([])
    rmSync(command)
    return { voice, missing, opened }
  }

  it('H-32 says the digits of the extension when a name has no audio, and then "personen du söker"', async () => {
    const { sv } = tongues
    const rest = lunch('sv').slice(1)
    const withDigits = await voiceAfter(() => [...digits(sv, '101'), ...rest])
    expect(names(await withDigits.voice.media('sv', lunch('sv'))).slice(0, 4)).toEqual([
      'sv/digit-1',
      'sv/digit-0',
      'sv/digit-1',
      'sv/reason-lunch',
    ])
    expect(withDigits.missing).toEqual(['name/exempel/anna instead'])
    const withoutDigits = await voiceAfter(() => [phraseOf(sv, 'person/sought'), ...rest])
    const nobody = personName(sv, { company, person: 'bo' as PersonId, name: 'Bo' })
    expect(names(await withoutDigits.voice.media('sv', [nobody, ...rest])).slice(0, 2)).toEqual([
      'sv/person-sought',
      'sv/reason-lunch',
    ])
  })

  it('H-32 falls back to a general sentence of the same language, and to a tone, but never to silence', async () => {
    const { sv } = tongues
    const general = await voiceAfter(() => [
      phraseOf(sv, 'person/sought'),
      phraseOf(sv, 'reason/unavailable'),
    ])
    expect(names(await general.voice.media('sv', lunch('sv')))).toEqual([
      'sv/person-sought',
      'sv/reason-unavailable',
    ])
    expect(general.missing).toContain('name/exempel/anna general')
    expect(names(await general.voice.media('de', lunch('de')))).toEqual(['tone/attention'])
    const [tone = 'sound:'] = await general.voice.media('de', lunch('de'))
    expect(existsSync(fileOf(tone, general.opened, 'alaw'))).toBe(true)
  })

  it('renders on the fly what was deleted from the folder', async () => {
    const opened = options()
    const voice = await openVoice(opened)
    const before = await voice.media('sv', say(tongues.sv, 'refuse/error'))
    const file = fileOf(before[0] ?? 'sound:', opened, 'alaw')
    copyFileSync(file, `${file}.copy`)
    rmSync(file)
    expect(await voice.media('sv', say(tongues.sv, 'refuse/error'))).toEqual(before)
    expect(readFileSync(file).equals(readFileSync(`${file}.copy`))).toBe(true)
  })

  it('tells which phrases could not be prepared and prepares the others', async () => {
    const opened = options({ voiceCommand: 'no-such-voice' })
    const prepared = await (await openVoice(opened)).prepare('sv', [...lunch('sv'), sentencePause])
    expect(prepared.rendered).toBe(1)
    expect(prepared.failed).toContain('name/exempel/anna')
  })
})
