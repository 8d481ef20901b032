import type { AriEvent } from './messages.js'

/**
 * Of most events of a call two or three words are used, out of half a kilobyte. They are read by the way Asterisk writes them, which
 * takes a fraction of the time that reading all of it takes. Undefined: it is another event, or written in another way, and has to
 * be read whole. What a caller chose cannot pass for a part of the event: quotation marks in it have a backslash before them.
 */
export function briefEvent(text: string): AriEvent | undefined {
  const type = text.slice(typeAt, text.indexOf('"', typeAt))
  switch (type) {
    case 'StasisStart':
      return arrivalIn(text)
    case 'StasisEnd':
    case 'ChannelStateChange':
    case 'ChannelHangupRequest':
      return changeIn(type, text)
    case 'PlaybackFinished':
      return playbackIn(text)
    default:
      return undefined
  }
}

const typeAt = '{"type":"'.length
const any = String.raw`"[^"\\]*"`
const wanted = String.raw`"([^"\\]*)"`
const party = String.raw`\{"name":${wanted},"number":${wanted}\}`
const opening = String.raw`^\{"type":${any},"timestamp":${any},`
const channel = String.raw`"channel":\{"id":${wanted},"name":${wanted},"state":${wanted},`

const arrival = new RegExp(
  String.raw`${opening}"args":(\[[^\][\\]*\]),${channel}"protocol_id":${any},"caller":${party},"connected":${party},` +
    String.raw`"accountcode":${any},"dialplan":\{"context":${wanted},"exten":${wanted},"priority":\d+,"app_name":${any},"app_data":${any}\},` +
    String.raw`"creationtime":${wanted},"language":${any}\},"asterisk_id":${any},"application":${any}\}$`,
)
const change = new RegExp(opening + channel)
const playback = new RegExp(String.raw`${opening}"playback":\{"id":${wanted},[^{}]*"state":${wanted}\}`)
const causes = /[^\\]"cause":(\d+)/
const statuses = /[^\\]"tech_cause":(\d+)/

/** A new leg without notes, that takes nobody's place. */
function arrivalIn(text: string): AriEvent | undefined {
  const found = arrival.exec(text)
  if (!found) return undefined
  const at = (index: number): string => found[index] ?? ''
  return {
    type: 'StasisStart',
    args: JSON.parse(at(1)) as readonly string[],
    channel: {
      id: at(2),
      name: at(3),
      state: at(4),
      caller: { name: at(5), number: at(6) },
      connected: { name: at(7), number: at(8) },
      dialplan: { context: at(9), exten: at(10) },
      creationtime: at(11),
    },
  }
}

function changeIn(
  type: 'StasisEnd' | 'ChannelStateChange' | 'ChannelHangupRequest',
  text: string,
): AriEvent | undefined {
  const found = change.exec(text)
  const [id, state] = [found?.[1], found?.[3]]
  // A leg of ours, or one with notes.
  if (id === undefined || state === undefined || text.includes('"channelvars":')) return undefined
  const channel = { id, state }
  if (type !== 'ChannelHangupRequest') return { type, channel }
  return { type, channel, cause: numberAfter(causes, text), tech_cause: numberAfter(statuses, text) }
}

function playbackIn(text: string): AriEvent | undefined {
  const found = playback.exec(text)
  const [id, state] = [found?.[1], found?.[2]]
  return id === undefined || state === undefined
    ? undefined
    : { type: 'PlaybackFinished', playback: { id, state } }
}

function numberAfter(name: RegExp, text: string): number | undefined {
  const found = name.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}
