import type {
  DeviceName,
  Digit,
  LegId,
  Milliseconds,
  PlaybackId,
  RecordingName,
  RoomId,
} from '../../src/domain/ids.js'
import {
  AlreadyExists,
  CannotReach,
  NoSuchThing,
  PbxRefused,
  WrongState,
  type EnterOptions,
  type HangUpReason,
  type LegEnd,
  type LegInfo,
  type LegState,
  type NewLeg,
  type Notes,
  type Party,
  type Pbx,
  type PbxEvent,
  type RecordingLimits,
  type RoomKind,
  type Snapshot,
  type Sound,
} from '../../src/ports/pbx.js'
import type { Recordings } from '../../src/ports/recordings.js'
import type { Clock } from '../../src/runtime/clock.js'
import { FakeLane, slots, type Playing, type Recording } from './fake-lane.js'

interface Room {
  readonly id: RoomId
  readonly kind: RoomKind
  notes: Notes
  /** Somebody has been in it, or it was noted on: before that Asterisk shows none of its notes. */
  shown: boolean
  readonly legs: Set<FakeLeg>
}

/** One call at one phone: what a person at that phone can do, hear and see. */
export class FakeLeg {
  readonly id: LegId
  readonly device: DeviceName
  readonly caller: Party
  readonly dialled: string
  readonly createdAt: number
  readonly headers: Readonly<Record<string, string>>
  /** What was played to it, in order, each with the instant at which it began. */
  readonly heard: { readonly sound: string; readonly at: number }[] = []
  state: LegState = 'down'
  /** The far end rings, as the caller's phone knows from 180. */
  ringback = false
  here = false
  /** We made it. */
  created = false
  /** The app has seen it arrive, or done something to it, so it knows what plays there. */
  known = false
  dialling = false
  /** One that the app dialled, or that took another's place, has no dialplan behind it until it is given one. */
  hasDialplan = true
  /** Made, and not in the app yet. */
  arriving = false
  display: Party = { number: '' }
  notes: Record<string, string> = {}
  room: RoomId | undefined
  /** The oldest of all whom it has talked with. */
  link: string
  ended:
    { readonly end: LegEnd; readonly by: 'phone' | 'exchange'; readonly reason?: HangUpReason } | undefined
  /** How long the person speaks when recorded. */
  speaksFor = 5
  longestSilence = 0
  silentSince: number | undefined
  music = false
  /** Class of what it hears in a room with music. */
  musicClass = 'default'
  /** What was sent to it with `sendDigits`. */
  receivedDigits = ''
  cancelLimit: () => void = () => undefined
  /** One half of an inner leg pair. */
  pair: string | undefined
  /** An inner leg that speaks to this one alone. */
  earOf: FakeLeg | undefined
  /** An ear hears everything that its leg hears and says, or nothing. */
  earHears = false
  /** Its keys do not reach the others in its room. */
  keysKept = false
  /** The exchange sends it silence: it hears nobody in its room. */
  silenceFed = false
  /** Where the dialplan took it, `context,extension`: it is in nobody's hands but Asterisk's from then on. */
  leftTo: string | undefined
  /** What Asterisk has in mind for it; forgotten at its end. */
  readonly timers = new Set<() => void>()
  readonly lane: FakeLane
  readonly #exchange: FakeExchange

  constructor(
    exchange: FakeExchange,
    id: LegId,
    device: DeviceName,
    caller: Party,
    dialled: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.#exchange = exchange
    this.id = id
    this.link = id
    this.device = device
    this.caller = caller
    this.dialled = dialled
    this.headers = headers
    this.createdAt = exchange.clock.now()
    this.lane = exchange.laneOf(this)
  }

  get playing(): readonly Playing[] {
    return this.lane.playings
  }

  get recording(): Recording | undefined {
    return this.lane.recording
  }

  /** Names of everything heard so far. */
  get sounds(): readonly string[] {
    return this.heard.map((entry) => entry.sound)
  }

  get alive(): boolean {
    return this.ended === undefined
  }

  /** The other legs it hears now. */
  get hears(): readonly FakeLeg[] {
    return this.#exchange.heardBy(this)
  }

  /** A sound file plays to it now. */
  get hearsSound(): boolean {
    return this.lane.sounds || this.#exchange.isWhisperedTo(this)
  }

  get hearsMusic(): boolean {
    return this.lane.isEmpty && (this.music || this.#exchange.hasMusic(this))
  }

  press(digits: string): void {
    for (const digit of digits) this.#exchange.keyed(this, digit as Digit)
  }

  /** Tells that it rings (180), for a phone that does not do so by itself. */
  ring(): void {
    this.#exchange.phoneRings(this)
  }

  answer(): void {
    this.#exchange.phoneAnswers(this)
  }

  reject(end: 'busy' | 'rejected' = 'busy'): void {
    this.#exchange.end(this, end, { by: 'phone' })
  }

  hangUp(): void {
    this.#exchange.end(this, 'normal', { by: 'phone' })
  }

  hold(): void {
    if (this.here) this.#exchange.tell({ kind: 'held', leg: this.id })
  }

  resume(): void {
    if (this.here) this.#exchange.tell({ kind: 'resumed', leg: this.id })
  }

  /** Blind transfer by REFER. */
  transfer(to: string): void {
    this.#exchange.transferBlind(this, to)
  }

  /** Attended transfer by REFER with Replaces: the other parties of the two calls are to talk. */
  transferTo(other: FakeLeg): void {
    this.#exchange.transferAttended(this, other)
  }
}

/** How the person at a phone behaves when it rings. */
export type Manner =
  | { readonly kind: 'rings' }
  /** Has the call, but says nothing of it until `ring`, `answer` or `reject`. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'answers'; readonly after: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'rejects' }

/**
 * An exchange without sound: it does and refuses what Asterisk does and refuses, as the contract suite proves on both.
 * The phones, legs, rooms and sounds live on when the app that is connected dies; events of that time are lost.
 */
export class FakeExchange {
  readonly clock: Clock
  readonly legs = new Map<LegId, FakeLeg>()
  /** Every leg that ever was. */
  readonly allLegs: FakeLeg[] = []
  readonly lamps = new Map<string, { readonly fresh: number; readonly heard: number }>()
  readonly kept = new Map<string, string>()
  /** Of sound files that do not last a second. */
  readonly lengths = new Map<string, Milliseconds>()
  /** Seconds of each ended recording. */
  readonly recordings = new Map<RecordingName, number>()
  /** Every recording is refused. */
  recordingFails = false
  readonly #voices = new Map<RecordingName, readonly FakeLeg[]>()
  /** What the app sees of the folder with the recordings. */
  readonly recorded: Recordings = {
    list: () => Promise.resolve([...this.recordings.keys()]),
    read: (name) => Promise.resolve(this.recordings.has(name) ? new Uint8Array(44) : undefined),
    seconds: (name) => Promise.resolve(this.recordings.get(name) ?? 0),
  }
  /** While true no event reaches the app: it must cope with what it was not told. */
  mute = false
  /** Of several who are to enter a room this one is there before the others, if any is: in between the app may be killed. */
  entersAhead: 'first' | 'last' | undefined
  /** While true Asterisk forgets to end what rings for too long. */
  ringsForEver = false
  readonly #rooms = new Map<RoomId, Room>()
  readonly #phones = new Map<DeviceName, Manner>()
  readonly #trunks = new Map<DeviceName, (number: string) => Manner>()
  #connection: FakeConnection | undefined
  #counter = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  // What a test does

  /** Registers a phone. Unregistered phones cannot be reached. */
  register(device: string, manner: Manner = { kind: 'rings' }): void {
    this.#phones.set(device as DeviceName, manner)
    this.tell({ kind: 'reachable', device: device as DeviceName, reachable: true })
  }

  unregister(device: string): void {
    this.#phones.delete(device as DeviceName)
    this.tell({ kind: 'reachable', device: device as DeviceName, reachable: false })
  }

  trunk(name: string, manner: (number: string) => Manner = () => ({ kind: 'rings' })): void {
    this.#trunks.set(name as DeviceName, manner)
  }

  /** Somebody calls in from a phone or through a trunk. Without an app the dialplan tries each second for 20 seconds, then connects by itself. */
  call(device: string, dialled: string, caller: Party = { number: '' }): FakeLeg {
    const origin = this.#trunks.has(device as DeviceName) ? 'trunk' : 'phone'
    const leg = this.#newLeg(`in-${String(++this.#counter)}` as LegId, device as DeviceName, caller, dialled)
    leg.state = 'ringing'
    let tries = 20
    const enter = (): void => {
      if (this.#connection) this.#arrive(leg, [origin])
      else if (dialled === '112') leg.leftTo = 'vaxel-fallback,emergency'
      else if (--tries > 0) {
        leg.ringback = true
        this.#later(leg, 1000, enter)
      } else leg.leftTo = 'vaxel-fallback,dialled'
    }
    enter()
    return leg
  }

  /** Legs that ring at a phone now. */
  ringing(device: string): readonly FakeLeg[] {
    return [...this.legs.values()].filter(
      (leg) => leg.device === device && leg.state === 'ringing' && leg.dialling,
    )
  }

  /** Legs that a phone has and has not answered, whether it rings or not. */
  offered(device: string): readonly FakeLeg[] {
    return [...this.legs.values()].filter(
      (leg) => leg.device === device && leg.state !== 'up' && leg.dialling,
    )
  }

  /** Legs of a phone that are up. */
  talking(device: string): readonly FakeLeg[] {
    return [...this.legs.values()].filter((leg) => leg.device === device && leg.state === 'up')
  }

  get rooms(): readonly { readonly id: RoomId; readonly legs: readonly LegId[] }[] {
    return [...this.#rooms.values()].map((room) => ({
      id: room.id,
      legs: [...room.legs].map((leg) => leg.id),
    }))
  }

  /** An app connects; the one before, if any, is cut off. `onCall` runs before and after the effect of each command; before it, it may refuse by throwing. */
  connect(onCall: OnCall = () => undefined): Pbx & { readonly cutOff: () => void } {
    this.#connection?.cutOff()
    const connection = new FakeConnection(this, onCall, () => {
      if (this.#connection === connection) this.#connection = undefined
    })
    this.#connection = connection
    for (const leg of this.legs.values()) {
      leg.known = false
      leg.lane.orphan()
    }
    this.listen()
    return connection
  }

  /** The app is killed: its commands never settle, events go nowhere. */
  killApp(): void {
    this.listen()
    this.#connection?.cutOff()
    this.#connection = undefined
    this.listen()
  }

  // What phones do

  keyed(leg: FakeLeg, digit: Digit): void {
    if (!leg.alive) return
    this.listen()
    if (leg.silentSince !== undefined) leg.silentSince = this.clock.now() // the phone itself sounds the key
    if (leg.lane.takes(digit)) return
    const room = leg.room ? this.#rooms.get(leg.room) : undefined
    if (room?.kind === 'talk' && !leg.keysKept)
      for (const other of room.legs) if (other !== leg && other.state === 'up') other.receivedDigits += digit
    if (leg.here) this.tell({ kind: 'digit', leg: leg.id, digit })
  }

  phoneRings(leg: FakeLeg): void {
    if (!leg.alive || leg.state !== 'down') return
    this.#setState(leg, 'ringing')
    for (const other of this.#callersWith(leg)) other.ringback = true
    this.listen()
  }

  phoneAnswers(leg: FakeLeg): void {
    if (!leg.alive || leg.state === 'up') return
    this.#setState(leg, 'up')
    for (const other of this.#callersWith(leg)) this.#setState(other, 'up')
    this.listen()
  }

  /** Early bridging: Asterisk passes ringing and answer on to an unanswered caller in the same room by itself. */
  #callersWith(leg: FakeLeg): readonly FakeLeg[] {
    const room = leg.room ? this.#rooms.get(leg.room) : undefined
    return [...(room?.legs ?? [])].filter((other) => !other.created && other.state !== 'up')
  }

  laneOf(leg: FakeLeg): FakeLane {
    return new FakeLane({
      clock: this.clock,
      lengths: this.lengths,
      tell: (event) => {
        this.tell(event)
      },
      heard: (sound) => {
        const listener = leg.earOf && this.#canBeWhisperedTo(leg.earOf) ? leg.earOf : leg
        listener.heard.push({ sound, at: this.clock.now() })
      },
      keep: (recording, seconds) => {
        this.recordings.set(recording, seconds)
        this.#voices.set(recording, this.#voicesAt(leg))
      },
      speaksFor: () => leg.speaksFor,
      changed: () => {
        this.listen()
      },
    })
  }

  end(
    leg: FakeLeg,
    end: LegEnd,
    by: { readonly by: 'phone' | 'exchange'; readonly reason?: HangUpReason },
  ): void {
    if (!leg.alive) return
    leg.ended = { end, ...by }
    leg.lane.cut()
    for (const forget of leg.timers) forget()
    leg.cancelLimit()
    this.listen()
    this.#leaveRoom(leg)
    this.legs.delete(leg.id)
    if (leg.here || leg.arriving) this.tell({ kind: 'gone', leg: leg.id, end, cause: 16 })
    for (const ear of this.#earsOf(leg)) this.end(ear, 'normal', { by: 'exchange' })
  }

  /** The leg's absolute limit: it leaves its room and comes to extension T, which asks for the app first. */
  timeIsUp(leg: FakeLeg): void {
    if (!leg.alive) return
    this.#leaveRoom(leg)
    leg.lane.cut()
    leg.here = false
    this.tell({ kind: 'left', leg: leg.id })
    if (this.#connection) this.#arrive(leg, ['timeout'])
    else leg.leftTo = 'vaxel-fallback,T'
  }

  #arrive(leg: FakeLeg, args: readonly string[], replaces?: LegId): void {
    leg.arriving = false
    leg.here = true
    leg.known = this.#connection !== undefined
    this.tell({ kind: 'arrived', leg: this.info(leg), args, ...(replaces === undefined ? {} : { replaces }) })
  }

  /**
   * Asterisk puts one half of a Local pair in the transferring phone's place and sends the other half into the dialplan. Without an app
   * both end at once, the other party is left alone, and the dialplan leaves word of it.
   */
  transferBlind(leg: FakeLeg, to: string): void {
    if (!this.#connection) {
      this.kept.set('untold', '1')
      this.kept.set(`untold-${leg.link}`, `${to} ${leg.device}`)
      this.end(leg, 'normal', { by: 'exchange', reason: 'normal' })
      return
    }
    const [near, far] = this.#localPair(to)
    far.state = 'ringing'
    this.#arrive(far, ['transfer'])
    this.#putInPlaceOf(leg, near)
    this.end(leg, 'normal', { by: 'exchange', reason: 'normal' })
  }

  #linkAll({ legs }: Room): void {
    const links = [...legs].map(({ link }) => link)
    const oldest = this.allLegs.find(({ id }) => links.includes(id))
    for (const leg of legs) leg.link = oldest?.link ?? leg.link
  }

  /** INVITE with Replaces: the phone is answered in the place of this leg, which ends. Without an app it is hung up, and nobody is moved. */
  takeOver(device: string, place: FakeLeg): FakeLeg {
    const leg = this.#newLeg(
      `in-${String(++this.#counter)}` as LegId,
      device as DeviceName,
      { number: '' },
      '',
    )
    leg.hasDialplan = false
    if (!this.#connection) {
      this.end(leg, 'normal', { by: 'exchange', reason: 'normal' })
      return leg
    }
    this.#putInPlaceOf(place, leg)
    this.end(place, 'normal', { by: 'exchange', reason: 'normal' })
    return leg
  }

  /** Without an app it is refused, and the call that was asked for ends. */
  transferAttended(one: FakeLeg, other: FakeLeg): void {
    if (!this.#connection) {
      this.end(other, 'normal', { by: 'exchange', reason: 'normal' })
      return
    }
    const [near, far] = this.#localPair('')
    this.#putInPlaceOf(other, far)
    this.end(other, 'normal', { by: 'exchange', reason: 'normal' })
    this.#putInPlaceOf(one, near)
    this.end(one, 'normal', { by: 'exchange', reason: 'normal' })
  }

  #localPair(dialled: string): readonly [FakeLeg, FakeLeg] {
    const pair = `Local/${dialled}@vaxel-transfer-${String(++this.#counter)}`
    const half = (end: string): FakeLeg => {
      const leg = this.#newLeg(`${pair}${end}` as LegId, '' as DeviceName, { number: '' }, dialled)
      leg.pair = pair
      return leg
    }
    return [half(';1'), half(';2')]
  }

  #putInPlaceOf(leg: FakeLeg, half: FakeLeg): void {
    const room = leg.room ? this.#rooms.get(leg.room) : undefined
    half.state = 'up'
    this.#arrive(half, [], leg.id)
    this.#leaveRoom(leg)
    if (!room) return
    half.room = room.id
    room.legs.add(half)
    room.shown = true
    this.tell({ kind: 'entered', room: room.id, leg: half.id })
  }

  /** It is in a room that plays music to everybody in it. */
  hasMusic(leg: FakeLeg): boolean {
    return leg.room !== undefined && this.#rooms.get(leg.room)?.kind === 'holding'
  }

  /** People only: what comes through an ear or an inner pair is heard as whoever speaks behind it. */
  heardBy(leg: FakeLeg): readonly FakeLeg[] {
    if (leg.state !== 'up') return []
    if (leg.playing.length > 0) return this.#voicesPlayedTo(leg)
    const inRoom = leg.silenceFed ? [] : this.#saidInRoomOf(leg)
    const whispered = this.#canBeWhisperedTo(leg)
      ? this.#earsOf(leg).flatMap((ear) => (ear.playing.length > 0 ? [] : this.#saidInRoomOf(ear)))
      : []
    return [...new Set([...inRoom, ...whispered])].filter((other) => other !== leg)
  }

  /** Whoever is in the recording that plays. */
  #voicesPlayedTo(leg: FakeLeg): readonly FakeLeg[] {
    const [sound] = leg.playing[0]?.sounds ?? []
    return sound?.kind === 'recording' ? (this.#voices.get(sound.name) ?? []) : []
  }

  /** Who speaks into a recording of this leg: an ear hears its leg and what that hears in its room. */
  #voicesAt(leg: FakeLeg): readonly FakeLeg[] {
    return leg.earOf ? [leg.earOf, ...this.#saidInRoomOf(leg.earOf)] : [leg]
  }

  /** What the others in the room of this leg say; an ear says what its leg hears and says. */
  #saidInRoomOf(leg: FakeLeg): readonly FakeLeg[] {
    return this.#othersWith(leg).flatMap((other) => {
      const half = other.pair === undefined ? undefined : this.#otherHalf(other)
      if (half) return this.#othersWith(half)
      if (!other.earOf) return other.playing.length > 0 ? [] : [other]
      if (!other.earHears) return []
      return [other.earOf, ...(other.earOf.silenceFed ? [] : this.#saidInRoomOf(other.earOf))]
    })
  }

  #othersWith(leg: FakeLeg): readonly FakeLeg[] {
    const room = leg.room ? this.#rooms.get(leg.room) : undefined
    if (room?.kind !== 'talk') return []
    return [...room.legs].filter((other) => other !== leg && other.state === 'up')
  }

  /** A sound is played to one of its ears now. */
  isWhisperedTo(leg: FakeLeg): boolean {
    return this.#canBeWhisperedTo(leg) && this.#earsOf(leg).some((ear) => ear.lane.sounds)
  }

  #earsOf(leg: FakeLeg): readonly FakeLeg[] {
    return [...this.legs.values()].filter((ear) => ear.earOf === leg)
  }

  /** Whispering is added to what is sent anyway: to a leg that is sent nothing nothing is added. */
  #canBeWhisperedTo(leg: FakeLeg): boolean {
    if (leg.silenceFed || leg.music || leg.playing.length > 0) return true
    const room = leg.room ? this.#rooms.get(leg.room) : undefined
    if (!room) return false
    return room.kind === 'holding' || [...room.legs].some((other) => other !== leg && other.state === 'up')
  }

  #otherHalf(half: FakeLeg): FakeLeg | undefined {
    return [...this.legs.values()].find((leg) => leg.pair === half.pair && leg !== half)
  }

  // What the app commands (see FakeConnection)

  command(name: string, args: readonly unknown[]): unknown {
    const action = (this.#commands as Record<string, unknown>)[name] as (
      ...args: readonly unknown[]
    ) => unknown
    return action(...args)
  }

  /** What Asterisk does not do before a leg's sound or recording has ended (`lanes.ts`); undefined when nothing is in the way. */
  inTheWay(name: string, args: readonly unknown[]): Promise<void> | undefined {
    if (name !== 'note' && name !== 'show' && name !== 'limit') return undefined
    const leg = this.#here(args[0] as LegId)
    if (leg.known && leg.lane.hasTone) throw new WrongState(`a tone plays to leg ${leg.id}`)
    if (!leg.known) leg.lane.cutPlayings()
    return leg.lane.isEmpty ? undefined : leg.lane.untilEmpty()
  }

  readonly #commands = {
    answer: (id: LegId): void => {
      const leg = this.#cut(id)
      if (leg.state !== 'up') this.#setState(leg, 'up')
      this.listen()
    },
    indicateRinging: (id: LegId): void => {
      this.#here(id).ringback = true
    },
    hangUp: (id: LegId, reason: HangUpReason): void => {
      const leg = this.legs.get(id)
      if (leg) this.end(leg, endOf(leg, reason), { by: 'exchange', reason })
    },
    note: (id: LegId, notes: Notes): void => {
      const leg = this.#here(id)
      const all = { ...leg.notes, ...notes }
      leg.notes = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
      leg.known = true
    },
    show: (id: LegId, party: Party): void => {
      const leg = this.#here(id)
      leg.display = party
      leg.known = true
    },
    play: (id: LegId, playback: PlaybackId, sounds: readonly Sound[]): void => {
      const leg = this.#here(id)
      if (!leg.known) leg.lane.cutPlayings()
      if (this.#plays(playback)) throw new AlreadyExists(`playback ${playback}`)
      if (leg.created && leg.state !== 'up') throw new WrongState('its phone has not answered')
      if (leg.playing.length >= slots) throw new WrongState('too many sounds wait')
      for (const sound of sounds)
        if (sound.kind === 'recording' && !this.recordings.has(sound.name))
          throw new NoSuchThing(`recording ${sound.name}`)
      leg.lane.play(playback, sounds)
    },
    stopPlaying: (playback: PlaybackId): void => {
      for (const leg of this.legs.values()) leg.lane.stopPlaying(playback)
    },
    startMusic: (id: LegId): void => {
      this.#here(id).music = true
      this.listen()
    },
    stopMusic: (id: LegId): void => {
      this.#here(id).music = false
      this.listen()
    },
    record: (id: LegId, name: RecordingName, limits: RecordingLimits): void => {
      const leg = this.#here(id)
      if (this.recordingFails) throw new PbxRefused('no space left', 500)
      if (leg.room) throw new WrongState('a leg in a room cannot be recorded')
      if (this.recordings.has(name) || [...this.legs.values()].some((other) => other.lane.isRecorded(name)))
        throw new AlreadyExists(`recording ${name}`)
      if (leg.lane.isRecorded()) throw new WrongState('it is being recorded')
      leg.lane.record(name, limits)
    },
    stopRecording: (name: RecordingName): void => {
      for (const leg of this.legs.values()) leg.lane.stopRecording(name)
    },
    pauseRecording: (name: RecordingName, paused: boolean): void => {
      for (const leg of this.legs.values()) leg.lane.pauseRecording(name, paused)
    },
    deleteRecording: (name: RecordingName): void => {
      this.recordings.delete(name)
    },
    sendDigits: (id: LegId, digits: string): void => {
      this.#here(id).receivedDigits += digits
    },
    limit: (id: LegId, seconds: number): void => {
      const leg = this.#here(id)
      leg.known = true
      leg.cancelLimit()
      if (seconds === 0) return
      if (!leg.hasDialplan) this.#leaveRoom(leg)
      leg.hasDialplan = true
      leg.cancelLimit = this.clock.after(seconds * 1000, () => {
        this.timeIsUp(leg)
      })
    },
    leaveTo: (id: LegId, to: { readonly context: string; readonly extension: string }): void => {
      const leg = this.#cut(id)
      this.#leaveRoom(leg)
      leg.here = false
      leg.leftTo = `${to.context},${to.extension}`
      this.tell({ kind: 'left', leg: id })
    },
    createLeg: (leg: NewLeg): 'created' | 'existed' => {
      const device = leg.to.kind === 'device' ? leg.to.device : leg.to.trunk
      const existing = this.legs.get(leg.id)
      if (existing?.device === device) return 'existed'
      if (existing) throw new AlreadyExists(`leg ${leg.id} belongs to another device`)
      if (leg.to.kind === 'trunk' && !/^\+?[0-9*#]{1,40}$/.test(leg.to.number)) throw new CannotReach(device)
      if (leg.to.kind === 'device' ? !this.#phones.has(device) : !this.#trunks.has(device)) {
        throw new CannotReach(device)
      }
      const dialled = leg.to.kind === 'trunk' ? leg.to.number : ''
      const made = this.#newLeg(leg.id, device, leg.caller, dialled, leg.headers)
      made.notes = { ...leg.notes }
      made.display = leg.caller
      made.created = true
      made.hasDialplan = false
      // As in Asterisk a thread of its own brings it in: it cannot be dialled before that.
      made.arriving = true
      setImmediate(() => {
        if (this.legs.get(leg.id) === made) this.#arrive(made, ['ours'])
      })
      return 'created'
    },
    dial: (id: LegId, options: { readonly ringSeconds: number }): void => {
      const leg = this.#here(id)
      if (leg.dialling) throw new WrongState('it was dialled before')
      leg.dialling = true
      const manner = this.#trunks.get(leg.device)?.(leg.dialled) ?? this.#phones.get(leg.device)
      if (!manner) {
        this.end(leg, 'notReachable', { by: 'exchange' })
        return
      }
      if (manner.kind === 'busy' || manner.kind === 'rejects') {
        this.end(leg, manner.kind === 'busy' ? 'busy' : 'rejected', { by: 'phone' })
        return
      }
      if (manner.kind !== 'waits') this.phoneRings(leg)
      if (manner.kind === 'answers') {
        this.#later(leg, manner.after, () => {
          leg.answer()
        })
      }
      this.#later(leg, options.ringSeconds * 1000, () => {
        if (leg.state === 'up' || this.ringsForEver) return
        const end = leg.state === 'ringing' ? 'noAnswer' : 'notReachable'
        this.end(leg, end, { by: 'exchange', reason: 'noAnswer' })
      })
    },
    openRoom: (id: RoomId, kind: RoomKind, notes: Notes): 'opened' | 'existed' => {
      const existing = this.#rooms.get(id)
      if (existing?.kind === kind) return 'existed'
      if (existing) throw new AlreadyExists(`room ${id} is of another kind`)
      this.#rooms.set(id, { id, kind, notes, shown: kind === 'holding', legs: new Set() })
      return 'opened'
    },
    enter: (
      id: RoomId,
      legIds: readonly LegId[],
      { keysKept = [], music = 'default' }: EnterOptions = {},
    ): void => {
      const room = this.#room(id)
      // One that is gone keeps the others out.
      const legs = legIds.map((legId) => this.#here(legId))
      for (const leg of legs) {
        if (leg.room === id && room.kind === 'holding') continue
        leg.keysKept = keysKept.includes(leg.id)
        leg.musicClass = music
        this.#cut(leg.id)
        this.#leaveRoom(leg)
        leg.room = id
        room.legs.add(leg)
        room.shown = true
        this.tell({ kind: 'entered', room: id, leg: leg.id })
      }
      if (room.kind === 'talk') this.#linkAll(room)
      this.listen()
    },
    leave: (id: RoomId, legs: readonly LegId[]): void => {
      for (const legId of legs) {
        const leg = this.legs.get(legId)
        if (leg?.here !== true) continue
        this.#cut(legId)
        if (leg.room === id) this.#leaveRoom(leg)
      }
      this.listen()
    },
    closeRoom: (id: RoomId): void => {
      for (const leg of this.#rooms.get(id)?.legs ?? []) this.#leaveRoom(leg)
      this.#rooms.delete(id)
      this.listen()
    },
    noteRoom: (id: RoomId, notes: Notes): void => {
      const room = this.#room(id)
      room.notes = { ...room.notes, ...notes }
      room.shown = true
    },
    openEar: (id: LegId, of: LegId, hears: 'everything' | 'nothing'): 'created' | 'existed' => {
      const leg = this.#here(of)
      const found = this.legs.get(id)
      if (found && found.earOf !== leg) throw new AlreadyExists(`leg ${id}`)
      if (found) return 'existed'
      const ear = this.#newLeg(id, '' as DeviceName, { number: '' }, '')
      ear.earOf = leg
      ear.earHears = hears === 'everything'
      ear.state = 'up'
      ear.here = true
      this.tell({ kind: 'arrived', leg: this.info(ear), args: ['ours'] })
      return 'created'
    },
    feedSilence: (id: LegId, on: boolean): void => {
      this.#here(id).silenceFed = on
      this.listen()
    },
    setMessageLamp: (mailbox: string, counts: { readonly fresh: number; readonly heard: number }): void => {
      this.lamps.set(mailbox, counts)
    },
    keep: (name: string, text: string): void => {
      this.kept.set(name, text)
    },
    kept: (name: string): string => this.kept.get(name) ?? '',
    linkOf: (id: LegId): string => this.#here(id).link,
    snapshot: (): Snapshot => ({
      legs: [...this.legs.values()].filter((leg) => leg.here || leg.arriving).map((leg) => this.info(leg)),
      rooms: [...this.#rooms.values()].map((room) => ({
        id: room.id,
        kind: room.kind,
        notes: room.shown ? room.notes : {},
        legs: [...room.legs].map((leg) => leg.id),
      })),
    }),
    isReachable: (device: DeviceName): boolean => this.#phones.has(device) || this.#trunks.has(device),
    reachableDevices: (): readonly DeviceName[] => [...this.#phones.keys(), ...this.#trunks.keys()],
  }

  info(leg: FakeLeg): LegInfo {
    return {
      id: leg.id,
      device: leg.pair === undefined && !leg.earOf ? leg.device : undefined,
      pair: leg.pair,
      earOf: leg.earOf?.id,
      state: leg.state,
      caller: leg.dialling ? { number: leg.dialled } : leg.caller,
      connected: leg.display,
      dialled: leg.dialled,
      notes: { ...leg.notes },
      createdAt: leg.createdAt,
    }
  }

  tell(event: PbxEvent): void {
    if (!this.mute) this.#connection?.deliver(event)
  }

  #later(leg: FakeLeg, delay: number, action: () => void): void {
    const forget = this.clock.after(delay, () => {
      leg.timers.delete(forget)
      if (leg.alive) action()
    })
    leg.timers.add(forget)
  }

  /** Notes who hears something now, so that silence can be measured (G-08). Time without an app does not count. */
  listen(): void {
    for (const leg of this.legs.values()) {
      const ours = leg.alive && leg.here && !leg.earOf && this.#connection !== undefined
      const quiet = ours && leg.state === 'up' && !this.#hearsSomething(leg)
      const now = this.clock.now()
      if (leg.silentSince !== undefined)
        leg.longestSilence = Math.max(leg.longestSilence, now - leg.silentSince)
      if (!quiet) leg.silentSince = undefined
      else leg.silentSince ??= now
    }
  }

  #hearsSomething(leg: FakeLeg): boolean {
    if (leg.playing.length > 0 || leg.recording || leg.music) return true
    if (this.isWhisperedTo(leg)) return true
    if (this.heardBy(leg).length > 0) return true
    if (leg.silenceFed) return false
    const room = leg.room ? this.#rooms.get(leg.room) : undefined
    if (!room) return false
    return (
      room.kind === 'holding' ||
      [...room.legs].some((other) => other !== leg && (other.state === 'up' || other.state === 'ringing'))
    )
  }

  #newLeg(
    id: LegId,
    device: DeviceName,
    caller: Party,
    dialled: string,
    headers?: Readonly<Record<string, string>>,
  ): FakeLeg {
    const leg = new FakeLeg(this, id, device, caller, dialled, headers)
    this.legs.set(id, leg)
    this.allLegs.push(leg)
    return leg
  }

  #setState(leg: FakeLeg, state: LegState): void {
    leg.state = state
    this.tell({ kind: 'state', leg: leg.id, state })
  }

  #here(id: LegId): FakeLeg {
    const leg = this.legs.get(id)
    if (!leg) throw new NoSuchThing(`leg ${id}`)
    if (!leg.here) throw new WrongState(`leg ${id} is not in the app`)
    return leg
  }

  /** Ends what plays and what is recorded, as Asterisk must before it can do some things to a leg. */
  #cut(id: LegId): FakeLeg {
    const leg = this.#here(id)
    leg.lane.cut()
    leg.known = true
    return leg
  }

  #plays(playback: PlaybackId): boolean {
    return [...this.legs.values()].some((leg) =>
      leg.playing.some((playing) => playing.id === playback && !playing.untold),
    )
  }

  #room(id: RoomId): Room {
    const room = this.#rooms.get(id)
    if (!room) throw new NoSuchThing(`room ${id}`)
    return room
  }

  #leaveRoom(leg: FakeLeg): void {
    const room = leg.room ? this.#rooms.get(leg.room) : undefined
    leg.room = undefined
    if (room?.legs.delete(leg)) this.tell({ kind: 'leftRoom', room: room.id, leg: leg.id })
  }
}

/** Only of a leg that we made is told how it ended. */
function endOf(leg: FakeLeg, reason: HangUpReason): LegEnd {
  return leg.created && reason === 'answeredElsewhere' ? 'answeredElsewhere' : 'normal'
}

/** Asked before a command takes effect and after it, when the app does not know yet. One that never resolves holds it for ever. */
export type OnCall = (name: string, moment: 'before' | 'after') => void | Promise<void>

/** What one run of the app holds of the exchange. Commands are answered in the order they were given. */
class FakeConnection implements Pbx {
  readonly #exchange: FakeExchange
  readonly #onCall: OnCall
  readonly #onCutOff: () => void
  readonly #listeners = new Set<(event: PbxEvent) => void>()
  #alive = true

  constructor(exchange: FakeExchange, onCall: OnCall, onCutOff: () => void) {
    this.#exchange = exchange
    this.#onCall = onCall
    this.#onCutOff = onCutOff
  }

  readonly cutOff = (): void => {
    this.#alive = false
    this.#listeners.clear()
    this.#onCutOff()
  }

  deliver(event: PbxEvent): void {
    queueMicrotask(() => {
      if (this.#alive) for (const listener of [...this.#listeners]) listener(event)
    })
  }

  async #act(name: string, ...args: readonly unknown[]): Promise<void> {
    await this.#call<unknown>(name, ...args)
  }

  async #call<T>(name: string, ...args: readonly unknown[]): Promise<T> {
    // Asked by a method: between two of these lines the app may be killed, which the compiler does not see.
    if (this.#isDead()) return new Promise<T>(() => undefined)
    await this.#onCall(name, 'before')
    if (this.#isDead()) return new Promise<T>(() => undefined)
    const inTheWay = this.#exchange.inTheWay(name, args)
    if (inTheWay) await inTheWay
    if (this.#isDead()) return new Promise<T>(() => undefined)
    const result = this.#exchange.command(name, args) as T
    await this.#onCall(name, 'after')
    return this.#isDead() ? new Promise<T>(() => undefined) : result
  }

  #isDead(): boolean {
    return !this.#alive
  }

  answer = (leg: LegId) => this.#act('answer', leg)
  indicateRinging = (leg: LegId) => this.#act('indicateRinging', leg)
  hangUp = (leg: LegId, reason: HangUpReason) => this.#act('hangUp', leg, reason)
  note = (leg: LegId, notes: Notes) => this.#act('note', leg, notes)
  show = (leg: LegId, party: Party) => this.#act('show', leg, party)
  play = (leg: LegId, playback: PlaybackId, sounds: readonly Sound[]) =>
    this.#act('play', leg, playback, sounds)
  stopPlaying = (playback: PlaybackId) => this.#act('stopPlaying', playback)
  startMusic = (leg: LegId, musicClass: string) => this.#act('startMusic', leg, musicClass)
  stopMusic = (leg: LegId) => this.#act('stopMusic', leg)
  record = (leg: LegId, recording: RecordingName, limits: RecordingLimits) =>
    this.#act('record', leg, recording, limits)
  stopRecording = (recording: RecordingName) => this.#act('stopRecording', recording)
  pauseRecording = (recording: RecordingName, paused: boolean) =>
    this.#act('pauseRecording', recording, paused)
  deleteRecording = (recording: RecordingName) => this.#act('deleteRecording', recording)
  sendDigits = (leg: LegId, digits: string) => this.#act('sendDigits', leg, digits)
  limit = (leg: LegId, seconds: number) => this.#act('limit', leg, seconds)
  leaveTo = (leg: LegId, dialplan: { readonly context: string; readonly extension: string }) =>
    this.#act('leaveTo', leg, dialplan)
  createLeg = (leg: NewLeg) => this.#call<'created' | 'existed'>('createLeg', leg)
  dial = (leg: LegId, options: { readonly caller?: LegId | undefined; readonly ringSeconds: number }) =>
    this.#act('dial', leg, options)
  openRoom = (room: RoomId, kind: RoomKind, notes: Notes) =>
    this.#call<'opened' | 'existed'>('openRoom', room, kind, notes)
  enter = async (room: RoomId, legs: readonly LegId[], options?: EnterOptions) => {
    const { entersAhead } = this.#exchange
    const ahead = entersAhead && legs.at(entersAhead === 'first' ? 0 : -1)
    if (ahead !== undefined && legs.length > 1) await this.#act('enter', room, [ahead], options)
    await this.#act('enter', room, legs, options)
  }
  noteRoom = (room: RoomId, notes: Notes) => this.#act('noteRoom', room, notes)
  openEar = (ear: LegId, leg: LegId, hears: 'everything' | 'nothing') =>
    this.#call<'created' | 'existed'>('openEar', ear, leg, hears)
  feedSilence = (leg: LegId, on: boolean) => this.#act('feedSilence', leg, on)
  leave = (room: RoomId, legs: readonly LegId[]) => this.#act('leave', room, legs)
  closeRoom = (room: RoomId) => this.#act('closeRoom', room)
  setMessageLamp = (mailbox: string, counts: { readonly fresh: number; readonly heard: number }) =>
    this.#act('setMessageLamp', mailbox, counts)
  keep = (name: string, text: string) => this.#act('keep', name, text)
  kept = (name: string) => this.#call<string>('kept', name)
  linkOf = (leg: LegId) => this.#call<string>('linkOf', leg)
  snapshot = () => this.#call<Snapshot>('snapshot')
  isReachable = (device: DeviceName) => this.#call<boolean>('isReachable', device)
  reachableDevices = () => this.#call<readonly DeviceName[]>('reachableDevices')

  onEvent(listener: (event: PbxEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
