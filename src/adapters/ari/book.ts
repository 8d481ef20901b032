import type { LegId, PlaybackId, RecordingName } from '../../domain/ids.js'
import type { RecordingLimits } from '../../ports/pbx.js'

/** What must be remembered of a leg while it lives, because Asterisk tells it only once or not at all. */
interface LegNotes {
  alerted: boolean
  answered: boolean
  /** We gave it back to the dialplan and wait for the event. */
  leaving: boolean
  /** It is being ended; with cause and status when the event told them. */
  ending: { readonly cause: number; readonly status: number | undefined } | undefined
  recording:
    { readonly name: RecordingName; readonly endKey: RecordingLimits['endKey']; running: boolean } | undefined
}

interface Playing {
  readonly leg: LegId
  /** Something of ours cut it short: Asterisk reports that as if it had been played to its end. */
  cut: boolean
}

/** The adapter's short memory. Nothing in it has to survive the process. */
export class Book {
  readonly #legs = new Map<LegId, LegNotes>()
  readonly #playings = new Map<PlaybackId, Playing>()

  leg(id: LegId): LegNotes {
    let notes = this.#legs.get(id)
    if (!notes) {
      notes = { alerted: false, answered: false, leaving: false, ending: undefined, recording: undefined }
      this.#legs.set(id, notes)
    }
    return notes
  }

  forgetLeg(id: LegId): void {
    this.#legs.delete(id)
  }

  /** False when the id is in use. */
  startPlaying(id: PlaybackId, leg: LegId): boolean {
    if (this.#playings.has(id)) return false
    this.#playings.set(id, { leg, cut: false })
    return true
  }

  cut(id: PlaybackId): void {
    const playing = this.#playings.get(id)
    if (playing) playing.cut = true
  }

  /** Moving a leg stops what plays to it. */
  cutAllOn(legs: readonly LegId[]): void {
    for (const playing of this.#playings.values()) if (legs.includes(playing.leg)) playing.cut = true
  }

  /** Undefined when it is not known. */
  endPlaying(id: PlaybackId): Playing | undefined {
    const playing = this.#playings.get(id)
    this.#playings.delete(id)
    return playing
  }

  /** Playings whose end will not be told, because their leg is gone. */
  endAllOn(leg: LegId): readonly PlaybackId[] {
    const ids = [...this.#playings].filter(([, playing]) => playing.leg === leg).map(([id]) => id)
    for (const id of ids) this.#playings.delete(id)
    return ids
  }
}
