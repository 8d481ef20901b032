import type { LegId, PlaybackId, RecordingName } from '../../domain/ids.js'
import { oncePer } from '../../domain/remembered.js'
import {
  AlreadyExists,
  NoSuchThing,
  WrongState,
  type Pbx,
  type RecordingLimits,
  type Sound,
} from '../../ports/pbx.js'
import type { Book } from './book.js'
import type { AriConnection } from './connection.js'
import type { Lanes } from './lanes.js'
import type { Parameters } from './operations.js'
import { checked, command, refusal } from './refusals.js'

type SoundCommands = Pick<
  Pbx,
  | 'play'
  | 'stopPlaying'
  | 'record'
  | 'stopRecording'
  | 'pauseRecording'
  | 'deleteRecording'
  | 'setMessageLamp'
>

export function soundCommands(connection: AriConnection, book: Book, { cut, before }: Lanes): SoundCommands {
  /** Playings that Asterisk has not accepted yet. */
  const starting = new Map<PlaybackId, Promise<void>>()
  const start = async (leg: LegId, playback: PlaybackId, sounds: readonly Sound[]): Promise<void> => {
    if (sounds.some(({ kind }) => kind === 'recording')) await requireRecordings(connection, sounds)
    const earlier = before(leg)
    if (earlier) await earlier
    // What an earlier process started has the same ids.
    if (book.find(leg)?.known !== true) await cut([leg])
    const started = book.startPlaying(playback, leg, sounds.some(isEndless))
    if (started === 'inUse') throw new AlreadyExists(`playback ${playback} is in use`)
    if (started === 'full') throw new WrongState(`too many sounds wait on leg ${leg}`)
    try {
      const parameters = { channelId: leg, playbackId: started.asteriskId, media: mediaOfAll(sounds) }
      checked('channels.play', await connection.call('channels.play', parameters))
    } catch (error) {
      book.endPlaying(playback)
      throw error
    }
  }
  return {
    play: async (leg, playback, sounds) => {
      if (starting.has(playback)) throw new AlreadyExists(`playback ${playback} is in use`)
      const started = start(leg, playback, sounds)
      starting.set(playback, started)
      try {
        await started
      } finally {
        starting.delete(playback)
      }
    },
    stopPlaying: async (playback) => {
      // A stop that overtook its start would be lost, and a tone would play for ever.
      await starting.get(playback)?.catch(() => undefined)
      const playing = book.playing(playback)
      if (!playing) return
      // Before the request, because the event may come before the answer.
      playing.cut = true
      const parameters = { playbackId: playing.asteriskId }
      await command(connection, 'playbacks.stop', parameters, undefined, { accept: [404] })
    },
    record: async (leg, name, limits) => {
      const notes = book.find(leg)
      // Asterisk would take it and then tell that it failed.
      if (notes?.room !== undefined) throw new WrongState(`leg ${leg} is in a room`)
      if (notes?.recording) {
        if (notes.recording.name === name) throw new AlreadyExists(`recording ${name} runs`)
        throw new WrongState(`leg ${leg} is being recorded`)
      }
      if (notes) notes.recording = { name, endKey: limits.endKey, running: false }
      const answer = await connection.call('channels.record', recordParameters(leg, name, limits))
      if (answer.status < 300) return
      book.endRecording(leg)
      if (answer.status === 409) throw new AlreadyExists(`recording ${name} exists`)
      throw refusal('channels.record', answer)
    },
    stopRecording: async (recordingName) => {
      await command(connection, 'recordings.stop', { recordingName }, undefined, { accept: [404] })
    },
    pauseRecording: async (recordingName, paused) => {
      const operation = paused ? 'recordings.pause' : 'recordings.unpause'
      await command(connection, operation, { recordingName }, undefined, { accept: [404] })
    },
    deleteRecording: async (recordingName) => {
      await command(connection, 'recordings.deleteStored', { recordingName }, undefined, { accept: [404] })
    },
    setMessageLamp: async (mailbox, { fresh, heard }) => {
      // There is no operation for it; a dialplan extension of one line does it, in a channel that ends at once.
      const target = { context: 'vaxel-mwi', extension: 'lamp', priority: 1 }
      await command(
        connection,
        'channels.originate',
        { endpoint: 'Local/lamp@vaxel-mwi/n', ...target, timeout: 5 },
        { variables: { VAXEL_MAILBOX: mailbox, VAXEL_FRESH: String(fresh), VAXEL_HEARD: String(heard) } },
      )
    },
  }
}

function recordParameters(leg: LegId, name: RecordingName, limits: RecordingLimits): Parameters {
  return {
    channelId: leg,
    name,
    format: 'wav',
    maxDurationSeconds: limits.maxSeconds,
    maxSilenceSeconds: limits.silenceSeconds,
    beep: limits.beep,
    terminateOn: limits.endKey ?? 'none',
    ifExists: 'fail',
  }
}

function isEndless(sound: Sound): boolean {
  return sound.kind === 'tone'
}

/** Asterisk takes a recording that does not exist and then never says that the playing ended. */
async function requireRecordings(connection: AriConnection, sounds: readonly Sound[]): Promise<void> {
  const names = new Set<RecordingName>()
  for (const sound of sounds) if (sound.kind === 'recording') names.add(sound.name)
  for (const recordingName of names) {
    const answer = await connection.call('recordings.getStored', { recordingName })
    if (answer.status === 404) throw new NoSuchThing(`recording ${recordingName}`)
  }
}

/** Asterisk's own silence files are at most ten seconds long. */
const longestSilence = 10

const mediaOfAll = oncePer((sounds: readonly Sound[]): readonly string[] => sounds.flatMap(mediaOf))

function mediaOf(sound: Sound): readonly string[] {
  switch (sound.kind) {
    case 'file':
      return [`sound:${sound.path}`]
    case 'recording':
      return [`recording:${sound.name}`]
    case 'tone':
      return [`tone:${sound.tone};tonezone=${sound.zone}`]
    case 'silence': {
      const whole = Math.max(1, Math.round(sound.seconds))
      const parts = Array.from({ length: Math.ceil(whole / longestSilence) }, (_, index) =>
        Math.min(longestSilence, whole - index * longestSilence),
      )
      return parts.map((seconds) => `sound:silence/${String(seconds)}`)
    }
  }
}
