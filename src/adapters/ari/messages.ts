import type { LegId, RoomId } from '../../domain/ids.js'
import type { LegInfo, LegState, Notes, Party, RoomInfo } from '../../ports/pbx.js'
import { createdMark, deviceOf, earOf, pairOf, notesOf } from './names.js'

/** Asterisk's messages as far as they are read here, named as in its API documents (events.json, channels.json, bridges.json). */
export interface AriChannel {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly caller: AriParty
  readonly connected: AriParty
  readonly dialplan: {
    readonly context: string
    readonly exten: string
    readonly app_name?: string
    readonly app_data?: string
  }
  readonly creationtime: string
  readonly channelvars?: Readonly<Record<string, string>>
}
interface AriParty {
  readonly name: string
  readonly number: string
}

export interface AriBridge {
  readonly id: string
  readonly bridge_type: string
  readonly bridge_class: string
  readonly channels: readonly string[]
  readonly bridgevars?: Readonly<Record<string, string>>
}

/** What is used of a channel in what comes after its first event. */
export type AriChannelState = Pick<AriChannel, 'id' | 'state' | 'channelvars'>

interface Ended {
  /** ITU-T Q.850. */
  readonly cause?: number | undefined
  /** SIP status behind the cause. */
  readonly tech_cause?: number | undefined
}

export type AriEvent =
  | {
      readonly type: 'StasisStart'
      readonly args: readonly string[]
      readonly channel: AriChannel
      readonly replace_channel?: AriChannel
    }
  | {
      readonly type: 'StasisEnd' | 'ChannelStateChange' | 'ChannelHold' | 'ChannelUnhold'
      readonly channel: AriChannelState
    }
  | ({
      readonly type: 'ChannelHangupRequest' | 'ChannelDestroyed'
      readonly channel: AriChannelState
    } & Ended)
  | { readonly type: 'ChannelDtmfReceived'; readonly channel: AriChannel; readonly digit: string }
  | {
      readonly type: 'ChannelEnteredBridge' | 'ChannelLeftBridge'
      readonly channel: AriChannel
      readonly bridge: AriBridge
    }
  | { readonly type: 'Dial'; readonly peer: AriChannel; readonly dialstatus: string }
  | { readonly type: 'PlaybackFinished'; readonly playback: { readonly id: string; readonly state: string } }
  | {
      readonly type: 'RecordingStarted' | 'RecordingFinished' | 'RecordingFailed'
      readonly recording: { readonly name: string; readonly duration?: number; readonly target_uri?: string }
    }
  | {
      readonly type: 'PeerStatusChange'
      readonly endpoint: { readonly technology: string; readonly resource: string }
      readonly peer: { readonly peer_status: string }
    }

/** The event types in use, set as filter at each connect. A type that is not here never comes. */
export const wantedEvents: readonly (AriEvent['type'] | 'ApplicationReplaced' | 'RESTResponse')[] = [
  // Answers to our own requests are filtered like events.
  'RESTResponse',
  'ApplicationReplaced',
  'StasisStart',
  'StasisEnd',
  'ChannelStateChange',
  'ChannelHold',
  'ChannelUnhold',
  'ChannelHangupRequest',
  'ChannelDestroyed',
  'ChannelDtmfReceived',
  'ChannelEnteredBridge',
  'ChannelLeftBridge',
  'Dial',
  'PlaybackFinished',
  'RecordingStarted',
  'RecordingFinished',
  'RecordingFailed',
]

/** The same for the second application, which hears of phones alone. */
export const wantedOfPhones: readonly (AriEvent['type'] | 'ApplicationReplaced' | 'RESTResponse')[] = [
  'RESTResponse',
  'ApplicationReplaced',
  'PeerStatusChange',
]

const known = new Set<string>([...wantedEvents, ...wantedOfPhones])

/** Undefined for what is not an event that we use; a newer Asterisk may send anything. */
export function asEvent(message: unknown): AriEvent | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined
  return typeof message.type === 'string' && known.has(message.type) ? (message as AriEvent) : undefined
}

/**
 * `ringing` is also an incoming call that nobody answered yet (Asterisk's state Ring); a leg of ours is `down` until
 * its phone rings.
 */
export function stateOf(state: string): LegState {
  if (state === 'Up') return 'up'
  return state === 'Ringing' || state === 'Ring' ? 'ringing' : 'down'
}

export function legOf(channel: AriChannel): LegInfo {
  return {
    id: channel.id as LegId,
    device: deviceOf(channel.name),
    pair: pairOf(channel.name),
    earOf: earOf(channel.name),
    state: stateOf(channel.state),
    caller: partyOf(channel.caller),
    connected: partyOf(channel.connected),
    dialled: dialledOf(channel.dialplan.exten),
    notes: channelNotes(channel),
    createdAt: instantOf(channel.creationtime),
  }
}

export function roomOf(bridge: AriBridge): RoomInfo {
  return {
    id: bridge.id as RoomId,
    kind: bridge.bridge_type.includes('holding') ? 'holding' : 'talk',
    legs: bridge.channels.map((id) => id as LegId),
    notes: notesOf(bridge.bridgevars ?? {}),
  }
}

function channelNotes(channel: AriChannel): Notes {
  return channel.channelvars === undefined ? noNotes : notesOf(channel.channelvars)
}

const noNotes: Notes = {}

/** An ear that has left our application has nowhere to go on, though Asterisk may still have it for a moment. */
export const hasDialplan = ({ name }: AriChannel): boolean => earOf(name) === undefined

export function isCreated(channel: Pick<AriChannel, 'channelvars'>): boolean {
  return channel.channelvars?.[createdMark] !== undefined
}

/** What its limit leads to. A leg that goes through it once has a dialplan behind it from then on. */
export const timeIsUp = { context: 'vaxel-fallback', extension: 'T' } as const

/** Contexts of our dialplan in which a call is given to us. */
const givesToUs: readonly string[] = ['vaxel-enter', timeIsUp.context]

/**
 * We dialled it, or its phone has asked for the place of another (INVITE with Replaces): it has never been in the dialplan, and
 * Asterisk can only end it when its limit is over.
 */
export const isWithoutDialplan = (channel: AriChannel): boolean =>
  !givesToUs.includes(channel.dialplan.context)

/** Is it in our application? Other channels (fallback dialplan, inner ones) are none of our business. */
export function isInApp(channel: AriChannel, app: string): boolean {
  return channel.dialplan.app_name === 'Stasis' && channel.dialplan.app_data?.split(',')[0] === app
}

function partyOf({ name, number }: AriParty): Party {
  return name === '' ? { number } : { name, number }
}

/** `s` is Asterisk's name for "nothing was dialled". Some phones send `#` and `*` escaped (RFC 3261, 25.1). */
function dialledOf(exten: string): string {
  if (exten === 's') return ''
  if (!exten.includes('%')) return exten
  try {
    return decodeURIComponent(exten)
  } catch {
    return exten
  }
}

/** `2026-11-21T20:15:45.123+0000`: ISO 8601 without the colon that JavaScript wants in the offset. */
function instantOf(time: string): number {
  return Date.parse(`${time.slice(0, -2)}:${time.slice(-2)}`)
}
