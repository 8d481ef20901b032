import type { RecordingName } from '../domain/ids.js'

/** The sound files that the exchange has recorded. */
export interface Recordings {
  /** The WAV file, or undefined when there is none. */
  read(recording: RecordingName): Promise<Uint8Array | undefined>
}
