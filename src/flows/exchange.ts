import type { CallId, DeviceName, Digit, LegId, PlaybackId, RecordingName, RoomId } from '../domain/ids.js'
import {
  NoSuchThing,
  type HangUpReason,
  type LegEnd,
  type LegInfo,
  type LegState,
  type NewLeg,
  type Notes,
  type Pbx,
  type PbxEvent,
  type RecordingLimits,
  type Snapshot,
  type Sound,
} from '../ports/pbx.js'
import { Mailbox } from '../runtime/mailbox.js'
import type { Scope } from '../runtime/scope.js'

/** A leg as it is now, with the digits its person has keyed and nobody has taken yet. */
export interface Leg {
  readonly id: LegId
  readonly info: LegInfo
  readonly state: LegState
  /** Under our control: the exchange has handed it to us and it has not left. */
  readonly here: boolean
  readonly ended: LegEnd | undefined
  readonly digits: Mailbox<Digit>
  readonly room: RoomId | undefined
  /** Grows with every hold, so that the latest can be told; undefined: not held, or nobody has seen it. */
  readonly heldOrder: number | undefined
  /** The call whose story it is part of; changes when a leg is parked, fetched or transferred. */
  readonly story: CallId | undefined
}

interface LiveLeg {
  readonly id: LegId
  info: LegInfo
  state: LegState
  here: boolean
  ended: LegEnd | undefined
  readonly digits: Mailbox<Digit>
  readonly watchers: Set<() => void>
  room: RoomId | undefined
  heldOrder: number | undefined
  story: CallId | undefined
  playings: number
}

/** What came of a recording. `empty`: nothing worth keeping was said. */
export interface Recorded {
  readonly seconds: number
  readonly ok: boolean
}

/**
 * Turns the events of the exchange into things a flow can wait for. Knows no stories: who rings whom is the flows' business.
 * Waiting verbs take the scope of the story; when it ends they tidy up after themselves.
 */
export class Exchange {
  readonly pbx: Pbx
  readonly #legs = new Map<LegId, LiveLeg>()
  readonly #ofDevice = new Map<DeviceName, Set<LiveLeg>>()
  readonly #playbacks = new Map<PlaybackId, (complete: boolean) => void>()
  readonly #recordings = new Map<RecordingName, (recorded: Recorded) => void>()
  readonly #reachable = new Map<DeviceName, boolean>()
  readonly #listeners = new Set<(event: PbxEvent, leg: Leg | undefined) => void>()
  #allReachableKnown = false
  #holds = 0
  /** Ears have names of their own in each run: those of an earlier one may still be there. */
  #ears = 0

  constructor(pbx: Pbx) {
    this.pbx = pbx
  }

  /** Takes in one event; call it before anybody else acts on the event. */
  take(event: PbxEvent): void {
    const leg = 'leg' in event && typeof event.leg === 'string' ? this.#legs.get(event.leg) : undefined
    this.#takeIn(event)
    for (const listener of this.#listeners) listener(event, leg)
  }

  /** Told of every event once it is taken in, with the leg as it was known. Not for stories: those wait for what concerns them. */
  onEvent(listener: (event: PbxEvent, leg: Leg | undefined) => void): void {
    this.#listeners.add(listener)
  }

  #takeIn(event: PbxEvent): void {
    switch (event.kind) {
      case 'arrived':
        this.#arrive(event.leg)
        return
      case 'state':
        this.#change(event.leg, (leg) => (leg.state = event.state))
        return
      case 'left':
        this.#change(event.leg, (leg) => (leg.here = false))
        return
      case 'gone':
        this.#gone(event.leg, event.end)
        return
      case 'digit':
        this.#legs.get(event.leg)?.digits.put(event.digit)
        return
      case 'played':
        this.#playbacks.get(event.playback)?.(event.complete)
        return
      case 'recorded':
        this.#recordings.get(event.recording)?.(event)
        return
      case 'held':
        this.#change(event.leg, (leg) => (leg.heldOrder = ++this.#holds))
        return
      case 'resumed':
        this.#change(event.leg, (leg) => (leg.heldOrder = undefined))
        return
      case 'reachable':
        this.#reachable.set(event.device, event.reachable)
        return
      case 'entered':
        this.#change(event.leg, (leg) => (leg.room = event.room))
        return
      case 'leftRoom': {
        this.#change(event.leg, (leg) => {
          if (leg.room === event.room) leg.room = undefined
        })
        return
      }
      case 'gap':
        return undefined
    }
  }

  leg(id: LegId): Leg | undefined {
    return this.#legs.get(id)
  }

  get legs(): readonly Leg[] {
    return [...this.#legs.values()]
  }

  /** Those of one phone, or of a trunk. */
  legsOf(device: DeviceName): readonly Leg[] {
    return [...(this.#ofDevice.get(device) ?? [])]
  }

  /** Whether a phone is registered, as last told; true as long as nothing was told of any. */
  isReachable(device: DeviceName): boolean {
    return this.#reachable.get(device) ?? !this.#allReachableKnown
  }

  /** Asks which phones are registered: of one that has not been since the start no event ever tells. */
  async learnReachable(): Promise<void> {
    const reachable = await this.pbx.reachableDevices()
    this.#reachable.clear()
    for (const device of reachable) this.#reachable.set(device, true)
    this.#allReachableKnown = true
  }

  /** Takes a leg from a snapshot under control; one that is known is brought up to date. */
  adopt(info: LegInfo): Leg {
    this.#arrive(info)
    return this.#known(info.id)
  }

  /** Takes a snapshot as the truth: of the legs `known` when it was asked for, those it does not name have ended unheard. */
  reconcile(known: readonly Leg[], { legs, rooms }: Snapshot): readonly Leg[] {
    const alive = new Set(legs.map((leg) => leg.id))
    const lost = known.filter((leg) => !alive.has(leg.id))
    for (const { id } of lost) this.#gone(id, 'failed')
    for (const info of legs) this.adopt(info)
    for (const { id, legs: inside } of rooms)
      for (const leg of inside) this.#change(leg, (live) => (live.room = id))
    return lost
  }

  /** From now on the leg is part of this call's story, and only of this one. */
  assign(leg: Leg, story: CallId): void {
    const live = leg as LiveLeg
    live.story = story
  }

  /** Ends a leg, unless it is gone, or part of another story by now. */
  async release(leg: Leg, story: CallId, reason: HangUpReason = 'normal'): Promise<void> {
    if (!leg.ended && leg.story === story) await this.pbx.hangUp(leg.id, reason)
  }

  /** Waits until `look` sees what it looks for on the leg. */
  watch<T>(scope: Scope, leg: Leg, look: (leg: Leg) => T | undefined): Promise<T> {
    const live = leg as LiveLeg // every Leg is made here
    return scope.wait<T>(({ resolve }) => {
      const check = (): void => {
        const seen = look(live)
        if (seen !== undefined) resolve(seen)
      }
      live.watchers.add(check)
      check()
      return () => live.watchers.delete(check)
    })
  }

  /** Waits until the leg has ended, or has left our control. */
  untilEnded(scope: Scope, leg: Leg): Promise<LegEnd | 'left'> {
    return this.watch(scope, leg, (now) => now.ended ?? (now.here ? undefined : 'left'))
  }

  /** Notes on a leg that survive us, and are known here at once. */
  async note(scope: Scope, leg: Leg, notes: Notes): Promise<void> {
    await scope.of(this.pbx.note(leg.id, notes))
    this.#change(leg.id, (live) => (live.info = { ...live.info, notes: { ...live.info.notes, ...notes } }))
  }

  async answer(scope: Scope, leg: Leg): Promise<void> {
    if (leg.state === 'up') return
    await scope.of(this.pbx.answer(leg.id))
    this.#change(leg.id, (live) => (live.state = 'up'))
  }

  /** Plays to the end. Stops the sound if the scope ends first. */
  play(scope: Scope, leg: Leg, sounds: readonly Sound[]): Promise<boolean> {
    if (sounds.length === 0) return Promise.resolve(true)
    return scope.run('play', (playing) => {
      const playback = this.#nextPlayback(leg.id)
      let over = false
      playing.defer(() => (over ? undefined : this.pbx.stopPlaying(playback)))
      return playing.wait<boolean>(({ resolve, reject }) => {
        this.#playbacks.set(playback, (complete) => {
          over = true
          resolve(complete)
        })
        this.pbx.play(leg.id, playback, sounds).catch(reject)
        return () => this.#playbacks.delete(playback)
      })
    })
  }

  /** Stops whatever an earlier run of the process was still playing to the leg. */
  async hush(leg: Leg): Promise<void> {
    await Promise.all(playbackNames(leg.id).map((playback) => this.pbx.stopPlaying(playback)))
  }

  /**
   * Starts to record what the leg says. `ended` settles after a limit, the end key or the hang-up, also when the story that asked
   * has been cancelled by then: what a caller has spoken is kept.
   */
  async record(
    leg: Leg,
    recording: RecordingName,
    limits: RecordingLimits,
  ): Promise<{ readonly ended: Promise<Recorded> }> {
    const ended = new Promise<Recorded>((resolve) => {
      this.#recordings.set(recording, (recorded) => {
        this.#recordings.delete(recording)
        resolve(recorded)
      })
    })
    try {
      await this.pbx.record(leg.id, recording, limits)
    } catch (error) {
      this.#recordings.delete(recording)
      throw error
    }
    return { ended }
  }

  /** Makes a leg and waits until it may be dialled. It is hung up with `reason()` when the scope ends; no reason keeps it. */
  async create(scope: Scope, leg: NewLeg, reason: () => HangUpReason | undefined): Promise<Leg> {
    let ended = false
    scope.defer(() => {
      const why = ended ? undefined : reason()
      return why && this.pbx.hangUp(leg.id, why)
    })
    const made = await scope.of(this.pbx.createLeg(leg))
    const live = this.#legs.get(leg.id) ?? this.#expect(leg)
    live.watchers.add(() => (ended = live.ended !== undefined))
    if (made === 'existed' && live.here) return live
    return this.watch(scope, live, (now) => (now.here || now.ended ? now : undefined))
  }

  /** Makes an ear through which something can be whispered to the leg; it goes with the scope. */
  async openEar(scope: Scope, leg: Leg, story: CallId): Promise<Leg> {
    this.#ears += 1
    const id = `${leg.id}-ear-${String(this.#ears)}` as LegId
    scope.defer(() => this.pbx.hangUp(id, 'normal'))
    return this.ear(scope, id, leg, 'nothing', story)
  }

  /** Makes an ear of this name, or finds it; it stays. */
  async ear(scope: Scope, id: LegId, leg: Leg, hears: 'everything' | 'nothing', story: CallId): Promise<Leg> {
    await scope.of(this.pbx.openEar(id, leg.id, hears))
    const live = this.#legs.get(id) ?? this.#expect({ id, caller: { number: '' }, notes: {}, earOf: leg.id })
    this.assign(live, story)
    return this.watch(scope, live, (now) => (now.here || now.ended ? now : undefined))
  }

  #expect(leg: Pick<LegInfo, 'id' | 'caller' | 'notes' | 'earOf'>): LiveLeg {
    const live: LiveLeg = {
      id: leg.id,
      info: {
        id: leg.id,
        earOf: leg.earOf,
        state: 'down',
        caller: { number: '' },
        connected: leg.caller,
        dialled: '',
        notes: leg.notes,
        createdAt: 0,
      },
      state: 'down',
      here: false,
      ended: undefined,
      digits: new Mailbox(),
      watchers: new Set(),
      room: undefined,
      heldOrder: undefined,
      story: undefined,
      playings: 0,
    }
    this.#legs.set(leg.id, live)
    return live
  }

  #arrive(info: LegInfo): void {
    const known = this.#legs.get(info.id)
    if (!known) {
      const live: LiveLeg = {
        id: info.id,
        info,
        state: info.state,
        here: true,
        ended: undefined,
        digits: new Mailbox(),
        watchers: new Set(),
        room: undefined,
        heldOrder: undefined,
        story: undefined,
        playings: 0,
      }
      this.#legs.set(info.id, live)
      this.#file(live)
      return
    }
    this.#change(info.id, (leg) => {
      leg.info = info
      leg.state = info.state
      leg.here = true
      this.#file(leg)
    })
  }

  /** Whose leg it is does not change, but of one that we made it is not known before it arrives. */
  #file(leg: LiveLeg): void {
    const { device } = leg.info
    if (device === undefined) return
    const others = this.#ofDevice.get(device)
    if (others) others.add(leg)
    else this.#ofDevice.set(device, new Set([leg]))
  }

  #unfile(leg: LiveLeg): void {
    const { device } = leg.info
    const others = device === undefined ? undefined : this.#ofDevice.get(device)
    if (device !== undefined && others?.delete(leg) && others.size === 0) this.#ofDevice.delete(device)
  }

  #gone(id: LegId, end: LegEnd): void {
    this.#change(id, (leg) => {
      leg.ended = end
      leg.here = false
      this.#unfile(leg)
    })
    this.#legs.delete(id)
  }

  #change(id: LegId, change: (leg: LiveLeg) => void): void {
    const leg = this.#legs.get(id)
    if (!leg) return
    change(leg)
    for (const check of [...leg.watchers]) check()
  }

  #known(id: LegId): LiveLeg {
    const leg = this.#legs.get(id)
    if (!leg) throw new NoSuchThing(`leg ${id} is not known here`)
    return leg
  }

  /** Few names, used in turn: after a crash the next run can stop what plays without knowing more than the leg. */
  #nextPlayback(id: LegId): PlaybackId {
    const leg = this.#known(id)
    leg.playings += 1
    return playbackName(id, leg.playings % voices)
  }
}

const voices = 4
const playbackName = (leg: LegId, voice: number): PlaybackId => `${leg}-voice-${String(voice)}` as PlaybackId
const playbackNames = (leg: LegId): readonly PlaybackId[] =>
  Array.from({ length: voices }, (_, voice) => playbackName(leg, voice))
