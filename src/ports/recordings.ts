import type { RecordingName } from '../domain/ids.js'

/** The sound files that the exchange has recorded. */
export interface Recordings {
  /** The WAV file, or undefined when there is none. */
  read(recording: RecordingName): Promise<Uint8Array | undefined>
  /** How much has been recorded so far, in seconds; 0 when there is no such recording. Never rejects. */
  seconds(recording: RecordingName): Promise<number>
}
