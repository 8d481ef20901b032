import type { LegId, PlaybackId, RecordingName, RoomId } from '../../domain/ids.js'
import type { Noted } from './noted.js'
import { NoSuchThing, PbxUnavailable, type RecordingLimits } from '../../ports/pbx.js'

/** What must be remembered of a leg while it lives, because Asterisk tells it only once or not at all. */
export interface LegNotes {
  /** It arrived in our time, so what plays to it is known here. */
  known: boolean
  alerted: boolean
  answered: boolean
  room: RoomId | undefined
  /** Class of music that was set; undefined: none, or not in our time. */
  music: string | undefined
  /** Of a leg that arrived in our time. */
  noted: Noted | undefined
  /** We gave it back to the dialplan and wait for the event. */
  leaving: boolean
  /** Asterisk has no dialplan to go on with it (`isWithoutDialplan`). */
  withoutDialplan: boolean
  /** It is led through the dialplan and comes back at once; nobody is told. */
  returning: Return | undefined
  /** It is being ended; with cause and status when the event told them. */
  ending: { readonly cause: number; readonly status: number | undefined } | undefined
  recording: Recording | undefined
}

interface Return {
  readonly back: () => void
  readonly lost: (error: Error) => void
}

export interface Recording {
  readonly name: RecordingName
  readonly endKey: RecordingLimits['endKey']
  running: boolean
}

export interface Playing {
  readonly leg: LegId
  /** Asterisk's id of it. Derived from the leg, so that a later process can find and stop what this one started. */
  readonly asteriskId: string
  /** A tone: it does not end by itself. */
  readonly endless: boolean
  /** Something of ours cut it short: Asterisk reports that as if it had been played to its end. */
  cut: boolean
}

/** So many playings may wait one after the other on a leg. */
const slots = ['0', '1', '2', '3'] as const

/** So many ended legs are remembered: much longer than Asterisk needs to take one down. */
const rememberedEnds = 1_000

/** The adapter's short memory of what is under way. Nothing in it has to survive the process. */
export class Book {
  readonly #legs = new Map<LegId, LegNotes>()
  readonly #playings = new Map<PlaybackId, Playing>()
  readonly #byAsteriskId = new Map<string, PlaybackId>()
  /** Only legs to which something plays. */
  readonly #onLeg = new Map<LegId, readonly PlaybackId[]>()
  readonly #ended = new Set<LegId>()
  readonly #waiting = new Map<LegId, Set<{ readonly idle: () => void; readonly gone: () => void }>>()

  /** Its end was told; Asterisk may still have it for some milliseconds, and answers as if it were in a wrong state. */
  hasEnded(id: LegId): boolean {
    return this.#ended.has(id)
  }

  markEnded(id: LegId): void {
    this.#ended.add(id)
    const [oldest] = this.#ended
    if (oldest !== undefined && this.#ended.size > rememberedEnds) this.#ended.delete(oldest)
  }

  markArrived(id: LegId): void {
    this.#ended.delete(id)
  }

  leg(id: LegId): LegNotes {
    let notes = this.#legs.get(id)
    if (!notes) {
      notes = {
        known: false,
        alerted: false,
        answered: false,
        room: undefined,
        music: undefined,
        noted: undefined,
        leaving: false,
        withoutDialplan: false,
        returning: undefined,
        ending: undefined,
        recording: undefined,
      }
      this.#legs.set(id, notes)
    }
    return notes
  }

  /** Without making an entry for a leg that may not exist. */
  find(id: LegId): LegNotes | undefined {
    return this.#legs.get(id)
  }

  /** The leg is gone. Returns the playings whose end will not be told. */
  forgetLeg(id: LegId): readonly PlaybackId[] {
    const ended = this.#onLeg.get(id) ?? []
    for (const playback of ended) this.endPlaying(playback)
    this.#legs.get(id)?.returning?.lost(new NoSuchThing(`leg ${id} ended`))
    this.#legs.delete(id)
    for (const waiter of this.#waiting.get(id) ?? []) waiter.gone()
    this.#waiting.delete(id)
    return ended
  }

  /** Asterisk's id for a new playing; `inUse` when that playback runs, `full` when too many wait on the leg. */
  startPlaying(
    id: PlaybackId,
    leg: LegId,
    endless: boolean,
  ): { readonly asteriskId: string } | 'inUse' | 'full' {
    if (this.#playings.has(id)) return 'inUse'
    const asteriskId = asteriskIdsOn(leg).find((one) => !this.#byAsteriskId.has(one))
    if (asteriskId === undefined) return 'full'
    this.#playings.set(id, { leg, asteriskId, endless, cut: false })
    this.#byAsteriskId.set(asteriskId, id)
    this.#onLeg.set(leg, [...(this.#onLeg.get(leg) ?? []), id])
    return { asteriskId }
  }

  playing(id: PlaybackId): Playing | undefined {
    return this.#playings.get(id)
  }

  playbackOf(asteriskId: string): PlaybackId | undefined {
    return this.#byAsteriskId.get(asteriskId)
  }

  /** Undefined when it is not known. */
  endPlaying(id: PlaybackId): Playing | undefined {
    const playing = this.#playings.get(id)
    if (!playing) return undefined
    this.#playings.delete(id)
    this.#byAsteriskId.delete(playing.asteriskId)
    const others = (this.#onLeg.get(playing.leg) ?? []).filter((other) => other !== id)
    if (others.length > 0) this.#onLeg.set(playing.leg, others)
    else this.#onLeg.delete(playing.leg)
    this.#tellIfIdle(playing.leg)
    return playing
  }

  endRecording(leg: LegId): void {
    const notes = this.#legs.get(leg)
    if (notes) notes.recording = undefined
    this.#tellIfIdle(leg)
  }

  playingsOn(leg: LegId): readonly Playing[] {
    return (this.#onLeg.get(leg) ?? []).flatMap((id) => this.#playings.get(id) ?? [])
  }

  allPlayings(): readonly (readonly [PlaybackId, Playing])[] {
    return [...this.#playings]
  }

  allRecordings(): readonly (readonly [LegId, Recording])[] {
    return [...this.#legs].flatMap(([id, { recording }]) => (recording ? [[id, recording] as const] : []))
  }

  isIdle(leg: LegId): boolean {
    return this.#legs.get(leg)?.recording === undefined && !this.#onLeg.has(leg)
  }

  /** Resolves when nothing plays to the leg and nothing is recorded from it; rejects with `NoSuchThing` when it is gone first. */
  untilIdle(leg: LegId): Promise<void> {
    if (this.isIdle(leg)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(leg) ?? new Set()
      this.#waiting.set(leg, waiters)
      waiters.add({
        idle: resolve,
        gone: () => {
          reject(new NoSuchThing(`leg ${leg} ended`))
        },
      })
    })
  }

  /** Resolves when the leg has come back from the dialplan; rejects when it ends there, or nobody can know. */
  untilReturned(leg: LegId): Promise<void> {
    return new Promise((resolve, reject) => {
      this.leg(leg).returning = { back: resolve, lost: reject }
    })
  }

  /** Events were missed: whoever was on the way back is found by other means. */
  forgetReturns(): void {
    for (const notes of this.#legs.values()) {
      notes.returning?.lost(new PbxUnavailable('the connection was lost'))
      notes.returning = undefined
    }
  }

  #tellIfIdle(leg: LegId): void {
    const waiters = this.#waiting.get(leg)
    if (!waiters || !this.isIdle(leg)) return
    this.#waiting.delete(leg)
    for (const waiter of waiters) waiter.idle()
  }
}

/** All the ids that playings on a leg can have. */
export function asteriskIdsOn(leg: LegId): readonly string[] {
  return slots.map((slot) => `${leg}~${slot}`)
}
