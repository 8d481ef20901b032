import type { Digit, Milliseconds, PlaybackId, RecordingName } from '../../src/domain/ids.js'
import type { PbxEvent, RecordingLimits, Sound } from '../../src/ports/pbx.js'
import type { Clock } from '../../src/runtime/clock.js'

export interface Playing {
  readonly kind: 'playing'
  readonly id: PlaybackId
  readonly sounds: readonly Sound[]
  /** An earlier process began it: nobody is told of its end. */
  untold: boolean
  cancelTimer: () => void
}

export interface Recording {
  readonly kind: 'recording'
  readonly name: RecordingName
  readonly limits: RecordingLimits
  /** Undefined while it waits for what plays before it. */
  since: number | undefined
  /** Written before the last pause, and since when it is paused. */
  written: Milliseconds
  paused: boolean
  cancelTimer: () => void
}

/** What a lane needs of the exchange and its leg. */
export interface LaneWorld {
  readonly clock: Clock
  /** Of sound files that do not last a second. */
  readonly lengths: ReadonlyMap<string, Milliseconds>
  readonly tell: (event: PbxEvent) => void
  /** The leg hears a sound from now on. */
  readonly heard: (sound: string) => void
  readonly keep: (recording: RecordingName, seconds: number) => void
  /** Seconds that the person speaks when recorded. */
  readonly speaksFor: () => number
  /** What the leg hears may have changed. */
  readonly changed: () => void
}

/** So many playings may be on a leg at once, the one that plays included. */
export const slots = 4

/** What plays to a leg and what is recorded from it: one after the other, in the order of the commands, as in Asterisk. */
export class FakeLane {
  #entries: (Playing | Recording)[] = []
  #waiting: (() => void)[] = []
  readonly #world: LaneWorld

  constructor(world: LaneWorld) {
    this.#world = world
  }

  get playings(): readonly Playing[] {
    return this.#entries.filter((entry) => entry.kind === 'playing')
  }

  /** The one that runs. */
  get recording(): Recording | undefined {
    const [first] = this.#entries
    return first?.kind === 'recording' ? first : undefined
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /** Something plays that ends only when it is stopped. */
  get hasTone(): boolean {
    return this.playings.some((playing) => playing.sounds.some((sound) => sound.kind === 'tone'))
  }

  /** A playing sounds now. */
  get sounds(): boolean {
    return this.#entries[0]?.kind === 'playing'
  }

  isRecorded(name?: RecordingName): boolean {
    return this.#entries.some(
      (entry) => entry.kind === 'recording' && (name === undefined || entry.name === name),
    )
  }

  play(id: PlaybackId, sounds: readonly Sound[]): void {
    this.#add({ kind: 'playing', id, sounds, untold: false, cancelTimer: () => undefined })
  }

  record(name: RecordingName, limits: RecordingLimits): void {
    this.#add({
      kind: 'recording',
      name,
      limits,
      since: undefined,
      written: 0,
      paused: false,
      cancelTimer: () => undefined,
    })
  }

  stopPlaying(id: PlaybackId): void {
    this.#remove(this.playings.filter((playing) => playing.id === id && !playing.untold))
  }

  stopRecording(name: RecordingName): void {
    this.#remove(this.#entries.filter((entry) => entry.kind === 'recording' && entry.name === name))
  }

  pauseRecording(name: RecordingName, paused: boolean): void {
    for (const entry of this.#entries) {
      if (entry.kind !== 'recording' || entry.name !== name || entry.paused === paused) continue
      entry.written = this.#writtenOf(entry)
      entry.paused = paused
      if (entry.since !== undefined) entry.since = this.#world.clock.now()
    }
  }

  #writtenOf({ since, written, paused }: Recording): Milliseconds {
    return since === undefined || paused ? written : written + this.#world.clock.now() - since
  }

  /** Ends everything. */
  cut(): void {
    this.#remove(this.#entries)
  }

  cutPlayings(): void {
    this.#remove(this.playings)
  }

  /** The process that commanded all this is gone. */
  orphan(): void {
    for (const playing of this.playings) playing.untold = true
  }

  untilEmpty(): Promise<void> {
    return new Promise((resolve) => {
      if (this.isEmpty) resolve()
      else this.#waiting.push(resolve)
    })
  }

  /** Was it the key that ends the recording? */
  takes(digit: Digit): boolean {
    const { recording } = this
    const endKey = recording?.limits.endKey
    if (!recording || (endKey !== 'any' && endKey !== digit)) return false
    this.#remove([recording])
    return true
  }

  #add(entry: Playing | Recording): void {
    this.#entries.push(entry)
    if (this.#entries.length === 1) this.#begin()
  }

  #begin(): void {
    const [first] = this.#entries
    if (!first) for (const tell of this.#waiting.splice(0)) tell()
    else if (first.kind === 'playing') this.#sound(first, 0)
    else this.#listenTo(first)
    this.#world.changed()
  }

  #sound(playing: Playing, index: number): void {
    const sound = playing.sounds[index]
    if (!sound) {
      this.#remove([playing], true)
      return
    }
    this.#world.heard(soundName(sound))
    const length = soundLength(sound, this.#world.lengths)
    if (!Number.isFinite(length)) return
    playing.cancelTimer = this.#world.clock.after(length, () => {
      this.#sound(playing, index + 1)
    })
  }

  #listenTo(recording: Recording): void {
    const { maxSeconds, silenceSeconds } = recording.limits
    recording.since = this.#world.clock.now()
    const silence = silenceSeconds > 0 ? this.#world.speaksFor() + silenceSeconds : Number.POSITIVE_INFINITY
    recording.cancelTimer = this.#world.clock.after(Math.min(maxSeconds, silence) * 1000, () => {
      this.#remove([recording])
    })
  }

  /** Those that wait behind what is removed do not begin in between. */
  #remove(entries: readonly (Playing | Recording)[], complete = false): void {
    if (entries.length === 0) return
    const wasFirst = entries.includes(this.#entries[0]!)
    this.#entries = this.#entries.filter((entry) => !entries.includes(entry))
    for (const entry of entries) {
      entry.cancelTimer()
      if (entry.kind === 'recording') this.#tellRecorded(entry)
      else if (!entry.untold) this.#world.tell({ kind: 'played', playback: entry.id, complete })
    }
    if (wasFirst) this.#begin()
    else this.#world.changed()
  }

  #tellRecorded(recording: Recording): void {
    const { name, since } = recording
    const seconds = since === undefined ? 0 : Math.round(this.#writtenOf(recording) / 1000)
    if (since !== undefined) this.#world.keep(name, seconds)
    this.#world.tell({ kind: 'recorded', recording: name, seconds, ok: since !== undefined })
  }
}

/** Asterisk's silence comes in whole seconds. */
function soundLength(sound: Sound, lengths: ReadonlyMap<string, Milliseconds>): Milliseconds {
  switch (sound.kind) {
    case 'file':
      return lengths.get(sound.path) ?? 1000
    case 'recording':
      return 2000
    case 'silence':
      return Math.max(1, Math.round(sound.seconds)) * 1000
    case 'tone':
      return Number.POSITIVE_INFINITY
  }
}

function soundName(sound: Sound): string {
  switch (sound.kind) {
    case 'file':
      return sound.path
    case 'recording':
      return `recording:${sound.name}`
    case 'silence':
      return 'silence'
    case 'tone':
      return `tone:${sound.tone}:${sound.zone}`
  }
}
