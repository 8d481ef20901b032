import type { DeviceName, Digit, LegId, RecordingName, RoomId } from '../../domain/ids.js'
import type { LegEnd, PbxEvent } from '../../ports/pbx.js'
import type { Book } from './book.js'
import { legEnd } from './ends.js'
import {
  asEvent,
  isCreated,
  isWithoutDialplan,
  legOf,
  stateOf,
  type AriChannel,
  type AriChannelState,
  type AriEvent,
} from './messages.js'
import { notedOf } from './noted.js'

export interface TranslatorSettings {
  readonly book: Book
  readonly tell: (event: PbxEvent) => void
  /** Does the channel go on in the dialplan? Never rejects. */
  readonly livesOn: (leg: LegId) => Promise<boolean>
  /** Ends a channel of which nobody is told any more. */
  readonly end: (leg: LegId) => void
}

/** Asterisk says "soft hangup" (a flag, not a Q.850 cause) when the exchange itself ended the leg. */
const endedByExchange = 32
const normalClearing = 16

/** Turns Asterisk's events into the port's, each leg's in its order. Throws for an event that lacks what it must have. */
export class Translator {
  readonly #settings: TranslatorSettings
  /** Events of a leg that wait until it is known whether the leg ended or only left. */
  readonly #held = new Map<LegId, AriEvent[]>()

  /** As last told: device states change with every call, reachability does not. */
  readonly #reachable = new Map<DeviceName, boolean>()

  constructor(settings: TranslatorSettings) {
    this.#settings = settings
  }

  /** Events were missed: whatever is told next of a phone is news. */
  forgetReachable(): void {
    this.#reachable.clear()
  }

  take(message: unknown): void {
    const event = asEvent(message)
    if (!event) return
    const held = 'channel' in event ? this.#held.get(event.channel.id as LegId) : undefined
    if (held) held.push(event)
    else this.#translate(event)
  }

  #translate(event: AriEvent): void {
    const { book, tell } = this.#settings
    switch (event.type) {
      case 'StasisStart':
        this.#arrived(event.channel, event.args, event.replace_channel)
        return
      case 'StasisEnd':
        this.#leftApp(event.channel)
        return
      case 'ChannelStateChange': {
        const leg = event.channel.id as LegId
        const state = stateOf(event.channel.state)
        if (state === 'up') book.leg(leg).answered = true
        if (state === 'ringing') book.leg(leg).alerted = true
        tell({ kind: 'state', leg, state })
        return
      }
      case 'Dial':
        if (event.dialstatus === 'RINGING' || event.dialstatus === 'PROGRESS')
          book.leg(event.peer.id as LegId).alerted = true
        return
      case 'ChannelHangupRequest':
        book.leg(event.channel.id as LegId).ending = { cause: event.cause ?? 0, status: event.tech_cause }
        return
      case 'ChannelDestroyed':
        this.#gone(event.channel, event.cause ?? 0, event.tech_cause)
        return
      case 'ChannelDtmfReceived':
        this.#digit(event.channel.id as LegId, event.digit)
        return
      case 'ChannelHold':
        tell({ kind: 'held', leg: event.channel.id as LegId })
        return
      case 'ChannelUnhold':
        tell({ kind: 'resumed', leg: event.channel.id as LegId })
        return
      case 'ChannelEnteredBridge':
        book.leg(event.channel.id as LegId).room = event.bridge.id as RoomId
        tell({ kind: 'entered', room: event.bridge.id as RoomId, leg: event.channel.id as LegId })
        return
      case 'ChannelLeftBridge': {
        const room = event.bridge.id as RoomId
        const notes = book.leg(event.channel.id as LegId)
        // By the answer to our command it may be known to be in the next one already.
        if (notes.room === room) notes.room = undefined
        tell({ kind: 'leftRoom', room, leg: event.channel.id as LegId })
        return
      }
      case 'PlaybackFinished':
        this.#played(event.playback.id, event.playback.state)
        return
      case 'RecordingStarted': {
        const recording = this.#recordingOn(event.recording.target_uri)
        if (recording) recording.running = true
        return
      }
      case 'RecordingFinished':
        // Without a duration nothing was written: the sound of the beep was missing, for example.
        this.#recorded(event.recording, event.recording.duration !== undefined)
        return
      case 'RecordingFailed':
        this.#recorded(event.recording, false)
        return
      case 'PeerStatusChange':
        if (event.endpoint.technology === 'PJSIP')
          this.#phoneChanged(event.endpoint.resource as DeviceName, event.peer.peer_status === 'Reachable')
        return
      default:
        event satisfies never
    }
  }

  #arrived(channel: AriChannel, args: readonly string[], replaced: AriChannel | undefined): void {
    const { book, tell, end } = this.#settings
    const leg = legOf(channel)
    const notes = book.leg(leg.id)
    book.markArrived(leg.id)
    notes.known = true
    notes.noted = notedOf(leg.notes)
    notes.leaving = false
    notes.ending = undefined
    notes.withoutDialplan = isWithoutDialplan(channel)
    if (leg.state === 'up') notes.answered = true
    if (notes.returning) {
      notes.returning.back()
      notes.returning = undefined
      return
    }
    tell({ kind: 'arrived', leg, args, ...(replaced ? { replaces: replaced.id as LegId } : {}) })
    if (!replaced) return
    // Asterisk ends the replaced leg without a word to us: its phone has transferred. If another phone has asked for its place (INVITE with
    // Replaces) it leaves that to us.
    if (leg.pair === undefined) end(replaced.id as LegId)
    this.#gone(replaced, normalClearing, undefined)
  }

  /** The end of a leg in our application: it was hung up, or it lives on in the dialplan. */
  #leftApp(channel: AriChannelState): void {
    const { book, livesOn } = this.#settings
    const leg = channel.id as LegId
    const { leaving, returning, ending } = book.leg(leg)
    if (returning) return // comes back, or its end is told
    if (leaving) {
      this.#left(leg)
    } else if (ending) {
      // Of an incoming leg nothing comes after this; one of ours ends with ChannelDestroyed, which knows the reason.
      if (!isCreated(channel)) this.#gone(channel, ending.cause, ending.status)
    } else {
      this.#held.set(leg, [])
      void livesOn(leg).then((lives) => {
        this.#resume(channel, lives)
      })
    }
  }

  #resume(channel: AriChannelState, lives: boolean): void {
    const leg = channel.id as LegId
    const held = this.#held.get(leg) ?? []
    this.#held.delete(leg)
    if (lives) this.#left(leg)
    else if (!isCreated(channel)) this.#gone(channel, 0, undefined)
    for (const event of held) this.take(event)
  }

  #left(leg: LegId): void {
    const { book, tell } = this.#settings
    for (const playback of book.forgetLeg(leg)) tell({ kind: 'played', playback, complete: false })
    tell({ kind: 'left', leg })
  }

  #gone(channel: AriChannelState, told: number, status: number | undefined): void {
    const { book, tell } = this.#settings
    const leg = channel.id as LegId
    const { alerted, answered } = book.leg(leg)
    const unfinished = book.forgetLeg(leg)
    book.markEnded(leg)
    const cause = told === endedByExchange || told === 0 ? normalClearing : told
    const end: LegEnd = legEnd({
      cause,
      status,
      created: isCreated(channel),
      alerted: alerted || channel.state === 'Ringing',
      answered: answered || channel.state === 'Up',
    })
    for (const playback of unfinished) tell({ kind: 'played', playback, complete: false })
    tell({ kind: 'gone', leg, end, cause })
  }

  #digit(leg: LegId, digit: string): void {
    const recording = this.#settings.book.leg(leg).recording
    const ends = recording?.running === true && (recording.endKey === 'any' || recording.endKey === digit)
    if (!ends && /^[0-9*#]$/.test(digit)) this.#settings.tell({ kind: 'digit', leg, digit: digit as Digit })
  }

  #played(asteriskId: string, state: string): void {
    const { book, tell } = this.#settings
    const playback = book.playbackOf(asteriskId)
    // Not ours, or told already when its leg ended.
    if (playback === undefined) return
    // Cut by whoever hangs up: told together with their end, which comes next, so that no story goes on for that moment.
    const leg = book.playing(playback)?.leg
    if (state === 'failed' && leg !== undefined && book.find(leg)?.ending) return
    const cut = book.endPlaying(playback)?.cut === true
    tell({ kind: 'played', playback, complete: state === 'done' && !cut })
  }

  #recorded(
    recording: { readonly name: string; readonly duration?: number; readonly target_uri?: string },
    ok: boolean,
  ): void {
    const { book, tell } = this.#settings
    const leg = legOfTarget(recording.target_uri)
    if (leg !== undefined) book.endRecording(leg)
    tell({
      kind: 'recorded',
      recording: recording.name as RecordingName,
      seconds: recording.duration ?? 0,
      ok,
    })
  }

  #phoneChanged(device: DeviceName, reachable: boolean): void {
    if (this.#reachable.get(device) === reachable) return
    this.#reachable.set(device, reachable)
    this.#settings.tell({ kind: 'reachable', device, reachable })
  }

  #recordingOn(target: string | undefined): { running: boolean } | undefined {
    const leg = legOfTarget(target)
    return leg === undefined ? undefined : this.#settings.book.leg(leg).recording
  }
}

function legOfTarget(target: string | undefined): LegId | undefined {
  return target?.startsWith('channel:') === true ? (target.slice('channel:'.length) as LegId) : undefined
}
