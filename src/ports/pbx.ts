import type { DeviceName, Digit, LegId, PlaybackId, RecordingName, RoomId } from '../domain/ids.js'

/**
 * The exchange as the flows see it: commands that are carried out or refused, and events that tell what happened.
 *
 * Commands resolve when the exchange has accepted them, not when their effect is over (that is an event). Every command
 * is safe to repeat after a crash: creating what exists already, with our id, answers `existed`; ending what is gone is no error.
 * A command rejects with one of the errors below and with nothing else. Commands are carried out in the order they were given.
 */
export interface Pbx {
  // One leg
  /** Answers an incoming leg. Already up: no error. */
  answer(leg: LegId): Promise<void>
  /** Tells an unanswered caller that it rings (180). */
  indicateRinging(leg: LegId): Promise<void>
  /** Ends a leg. A leg that is gone is no error. The reason reaches the phone as SIP status or Reason header (RFC 3326). */
  hangUp(leg: LegId, reason: HangUpReason): Promise<void>
  /** Notes on a leg that survive us: they come back in `snapshot` and in every event of the leg (M-06). */
  note(leg: LegId, notes: Notes): Promise<void>
  /** Name and number of the other party, shown on the phone of this leg (connected line). */
  show(leg: LegId, party: Party): Promise<void>
  /** Plays sounds one after another, without a gap, to an up or early-media leg; ends with event `played`. An id in use is refused (`AlreadyExists`). */
  play(leg: LegId, playback: PlaybackId, sounds: readonly Sound[]): Promise<void>
  /** Stops a playing; one that has ended is no error. Its `played` event still comes. */
  stopPlaying(playback: PlaybackId): Promise<void>
  startMusic(leg: LegId, musicClass: string): Promise<void>
  stopMusic(leg: LegId): Promise<void>
  /** Records what the leg says; ends with event `recorded`. */
  record(leg: LegId, recording: RecordingName, limits: RecordingLimits): Promise<void>
  stopRecording(recording: RecordingName): Promise<void>
  /** While it is paused nothing of it is written. Repeating either is no error, nor is a recording that has ended. */
  pauseRecording(recording: RecordingName, paused: boolean): Promise<void>
  /** Deletes the sound of an ended recording; one that is gone is no error. */
  deleteRecording(recording: RecordingName): Promise<void>
  /** Sends digits to the phone or trunk of this leg. */
  sendDigits(leg: LegId, digits: string): Promise<void>
  /**
   * The backup against our own death: after so many seconds the exchange itself takes the leg out of its room and gives it to the
   * dialplan's extension `T`. 0 takes the limit away. A leg that we dialled, or whose phone asked for
   * the place of another, leaves its room for it, the first time.
   */
  limit(leg: LegId, seconds: number): Promise<void>
  /** Gives the leg back to the dialplan; used for what must work without us. */
  leaveTo(leg: LegId, dialplan: { readonly context: string; readonly extension: string }): Promise<void>

  // Legs that we dial
  /** Makes a leg to a phone or through a trunk, not yet dialled. Event `arrived` follows when it may be put in a room or dialled. */
  createLeg(leg: NewLeg): Promise<'created' | 'existed'>
  /** Lets the created leg ring. The exchange itself ends it after `ringSeconds`, also when we are dead. */
  dial(
    leg: LegId,
    options: { readonly caller?: LegId | undefined; readonly ringSeconds: number },
  ): Promise<void>

  // Rooms
  openRoom(room: RoomId, kind: RoomKind, notes: Notes): Promise<'opened' | 'existed'>
  /**
   * Puts legs into a room; a leg leaves the room it is in. One that is there already is no error.
   */
  enter(room: RoomId, legs: readonly LegId[], options?: EnterOptions): Promise<void>
  leave(room: RoomId, legs: readonly LegId[]): Promise<void>
  /** Closes a room; its legs stay alive. One that is gone is no error. */
  closeRoom(room: RoomId): Promise<void>
  /** Notes on a room, beside and over those it was opened with. Unlike notes on a leg they never wait for a sound. */
  noteRoom(room: RoomId, notes: Notes): Promise<void>

  // Ears
  /**
   * Makes an inner leg that speaks to `leg` alone: what it says or what is played to it is added to what `leg` hears, and nobody
   * else hears it. With `hears` it also hears what `leg` hears and says; without, nothing. Arrives with `earOf`, up. Ends with `leg`.
   */
  openEar(ear: LegId, leg: LegId, hears: 'everything' | 'nothing'): Promise<'created' | 'existed'>
  /**
   * Sends silence to a leg that is alone in its room: without it nothing is sent, and nothing can be whispered. While it is on, the
   * leg hears nobody in its room. Repeating either is no error.
   */
  feedSilence(leg: LegId, on: boolean): Promise<void>

  /** Message lamp of a mailbox (RFC 3842). */
  setMessageLamp(mailbox: string, counts: { readonly fresh: number; readonly heard: number }): Promise<void>

  // The exchange itself
  /**
   * Keeps a text under a name (letters, digits, `-`, `_`) for as long as the exchange runs, whatever becomes of us and of the store (M-06). The
   * empty text removes it.
   */
  keep(name: string, text: string): Promise<void>
  /** What is kept under the name; empty for nothing. */
  kept(name: string): Promise<string>
  /**
   * What a leg has in common with all whom it talks with, and with what Asterisk makes for them (`linkedid`): the dialplan, too, can keep
   * something for them under it. Rejects with `NoSuchThing`.
   */
  linkOf(leg: LegId): Promise<string>

  // What is
  /** All legs and rooms as they are now. */
  snapshot(): Promise<Snapshot>
  /** Is a phone registered, or a trunk in service, under this name? */
  isReachable(device: DeviceName): Promise<boolean>
  /** Everything of which `isReachable` says so now. Changes are events, but what was never registered is in none. */
  reachableDevices(): Promise<readonly DeviceName[]>
  /** The listener must not throw; events of one leg come in order. Returns the undo. */
  onEvent(listener: (event: PbxEvent) => void): () => void
}

export type HangUpReason =
  | 'normal'
  | 'busy'
  | 'noAnswer'
  | 'answeredElsewhere'
  | 'congestion'
  | 'rejected'
  | 'notFound'
  | 'unavailable'

export type Notes = Readonly<Record<string, string>>

export interface Party {
  readonly name?: string | undefined
  /** As it is to be shown: an extension inside, E.164 outside. */
  readonly number: string
}

/** `file`: path as the exchange sees it, without its ending. `tone`: name and zone, plays until stopped. */
export type Sound =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'recording'; readonly name: RecordingName }
  | {
      readonly kind: 'tone'
      /** A name of asterisk-conf/indications.conf, for example `congestion`. */
      readonly tone: string
      readonly zone: 'se' | 'de'
    }
  | { readonly kind: 'silence'; readonly seconds: number }

export interface RecordingLimits {
  readonly maxSeconds: number
  /** Silence that ends the recording; 0 = never. */
  readonly silenceSeconds: number
  readonly beep: boolean
  /** Key that ends it; that key is not told as event `digit`. */
  readonly endKey?: '#' | '*' | 'any' | undefined
}

export interface NewLeg {
  readonly id: LegId
  readonly to:
    | { readonly kind: 'device'; readonly device: DeviceName }
    | { readonly kind: 'trunk'; readonly trunk: DeviceName; readonly number: string }
  /** Whom the called phone shows. */
  readonly caller: Party
  readonly notes: Notes
  /** SIP headers of the INVITE, for example Alert-Info (TN-4). */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The leg for which this one is dialled: language, codecs and linked ids follow it. */
  readonly originator?: LegId | undefined
}

/** `talk`: everybody hears everybody, digits are told. `holding`: nobody hears anybody, music. */
export type RoomKind = 'talk' | 'holding'

export interface EnterOptions {
  /** Keys of these legs are told as events but do not reach the others in the room; those of all other legs do (I-22). */
  readonly keysKept?: readonly LegId[] | undefined
  /** Class of the music that each hears in a `holding` room. Default, and for one that does not exist: `default`. */
  readonly music?: string | undefined
}

export type LegState = 'down' | 'ringing' | 'up'

export interface LegInfo {
  readonly id: LegId
  /** The phone or trunk it belongs to; undefined for an inner (Local) leg. */
  readonly device?: DeviceName | undefined
  /** An inner leg that the exchange makes when a phone transfers: the name it shares with the other half of its pair. */
  readonly pair?: string | undefined
  /** An inner leg made by `openEar`: the leg to which it speaks. */
  readonly earOf?: LegId | undefined
  readonly state: LegState
  /** Name and number that the network or phone gave. */
  readonly caller: Party
  /** The name and number on the other side as last told (connected line). */
  readonly connected: Party
  /** What was dialled: the user part of the request, decoded. */
  readonly dialled: string
  readonly notes: Notes
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export interface RoomInfo {
  readonly id: RoomId
  readonly kind: RoomKind
  readonly legs: readonly LegId[]
  readonly notes: Notes
}

export interface Snapshot {
  readonly legs: readonly LegInfo[]
  readonly rooms: readonly RoomInfo[]
}

/** How a leg ended, as told by the network. */
export type LegEnd =
  'normal' | 'busy' | 'noAnswer' | 'notReachable' | 'rejected' | 'answeredElsewhere' | 'failed'

export type PbxEvent =
  /** A leg came under our control: an incoming call (`args` from the dialplan), or one that we created (`ours`). */
  | {
      readonly kind: 'arrived'
      readonly leg: LegInfo
      readonly args: readonly string[]
      readonly replaces?: LegId | undefined
    }
  | { readonly kind: 'state'; readonly leg: LegId; readonly state: LegState }
  /** The leg is no longer under our control but lives on in the dialplan. */
  | { readonly kind: 'left'; readonly leg: LegId }
  | { readonly kind: 'gone'; readonly leg: LegId; readonly end: LegEnd; readonly cause: number }
  | { readonly kind: 'digit'; readonly leg: LegId; readonly digit: Digit }
  | { readonly kind: 'played'; readonly playback: PlaybackId; readonly complete: boolean }
  | {
      readonly kind: 'recorded'
      readonly recording: RecordingName
      readonly seconds: number
      readonly ok: boolean
    }
  | { readonly kind: 'entered'; readonly room: RoomId; readonly leg: LegId }
  | { readonly kind: 'leftRoom'; readonly room: RoomId; readonly leg: LegId }
  | { readonly kind: 'held'; readonly leg: LegId }
  | { readonly kind: 'resumed'; readonly leg: LegId }
  /** A phone registered or went away. */
  | { readonly kind: 'reachable'; readonly device: DeviceName; readonly reachable: boolean }
  /** The connection to the exchange was away: events were missed, take a new snapshot. */
  | { readonly kind: 'gap' }

/** The leg, room or playing does not exist (any more). */
export class NoSuchThing extends Error {
  override readonly name = 'NoSuchThing'
}
/** The leg is not in the right state for the command, for example sound to a leg that is not answered. */
export class WrongState extends Error {
  override readonly name = 'WrongState'
}
/** The id is in use by something else. */
export class AlreadyExists extends Error {
  override readonly name = 'AlreadyExists'
}
/** No phone is registered there, or the exchange could not make the leg. */
export class CannotReach extends Error {
  override readonly name = 'CannotReach'
}
/** The exchange does not answer, or the connection to it is away. */
export class PbxUnavailable extends Error {
  override readonly name = 'PbxUnavailable'
}
/** The exchange refused for a reason that we did not foresee; a fault of ours. */
export class PbxRefused extends Error {
  override readonly name = 'PbxRefused'
  readonly status: number
  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}
