import type { RecordingName } from '../domain/ids.js'

/** The sound files that the exchange has recorded. */
export interface Recordings {
  /** The WAV file, or undefined when there is none. */
  read(recording: RecordingName): Promise<Uint8Array | undefined>
  /** All there are, under way or ended. Never rejects. */
  list(): Promise<readonly RecordingName[]>
  /** How much has been recorded so far, in seconds; 0 when there is no such recording. Never rejects. */
  seconds(recording: RecordingName): Promise<number>
}
