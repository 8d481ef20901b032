import type { RecordingName } from '../../domain/ids.js'
import { AlreadyExists, NoSuchThing, type Pbx, type Sound } from '../../ports/pbx.js'
import type { Book } from './book.js'
import type { AriConnection } from './connection.js'
import { command, refusal } from './refusals.js'

type SoundCommands = Pick<
  Pbx,
  'play' | 'stopPlaying' | 'record' | 'stopRecording' | 'deleteRecording' | 'setMessageLamp'
>

export function soundCommands(connection: AriConnection, book: Book): SoundCommands {
  return {
    play: async (leg, playback, sounds) => {
      await requireRecordings(connection, sounds)
      if (!book.startPlaying(playback, leg)) throw new AlreadyExists(`playback ${playback} is in use`)
      try {
        const parameters = { channelId: leg, playbackId: playback, media: sounds.flatMap(mediaOf) }
        await command(connection, 'channels.play', parameters)
      } catch (error) {
        book.endPlaying(playback)
        throw error
      }
    },
    stopPlaying: async (playback) => {
      // Before the request, because the event may come before the answer.
      book.cut(playback)
      await command(connection, 'playbacks.stop', { playbackId: playback }, undefined, { accept: [404] })
    },
    record: async (leg, recording, limits) => {
      book.leg(leg).recording = { name: recording, endKey: limits.endKey, running: false }
      const parameters = {
        channelId: leg,
        name: recording,
        format: 'wav',
        maxDurationSeconds: limits.maxSeconds,
        maxSilenceSeconds: limits.silenceSeconds,
        beep: limits.beep,
        terminateOn: limits.endKey ?? 'none',
        ifExists: 'fail',
      }
      const answer = await connection.call('channels.record', parameters)
      if (answer.status < 300) return
      book.leg(leg).recording = undefined
      if (answer.status === 409) throw new AlreadyExists(`recording ${recording} exists`)
      throw refusal('channels.record', answer)
    },
    stopRecording: async (recordingName) => {
      await command(connection, 'recordings.stop', { recordingName }, undefined, { accept: [404] })
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
