import type { AriEvent } from './messages.js'

/**
 * Of most events of a call two or three words are used, out of half a kilobyte. They are read by the way Asterisk writes them, which
 * takes a fraction of the time that reading all of it takes. Undefined: it is another event, or written in another way, and has to
 * be read whole. What a caller chose cannot pass for a part of the event: quotation marks in it have a backslash before them.
 */
export function briefEvent(text: string): AriEvent | undefined {
  const [, type, id, state] = aboutChannel.exec(text) ?? []
  if (type !== undefined) {
    // A leg of ours, or one with notes.
    if (text.includes('"channelvars":')) return undefined
    const channel = { id: id ?? '', state: state ?? '' }
    if (type !== 'ChannelHangupRequest') return { type: type as 'StasisEnd' | 'ChannelStateChange', channel }
    return { type, channel, cause: numberAfter(causes, text), tech_cause: numberAfter(statuses, text) }
  }
  const [, playback, ended] = aboutPlayback.exec(text) ?? []
  return playback === undefined
    ? undefined
    : { type: 'PlaybackFinished', playback: { id: playback, state: ended ?? '' } }
}

const aboutChannel =
  /^\{"type":"(StasisEnd|ChannelStateChange|ChannelHangupRequest)","timestamp":"[^"\\]*","channel":\{"id":"([^"\\]*)","name":"[^"\\]*","state":"([^"\\]*)",/
const aboutPlayback =
  /^\{"type":"PlaybackFinished","timestamp":"[^"\\]*","playback":\{"id":"([^"\\]*)",[^{}]*"state":"([^"\\]*)"\}/
const causes = /[^\\]"cause":(\d+)/
const statuses = /[^\\]"tech_cause":(\d+)/

function numberAfter(name: RegExp, text: string): number | undefined {
  const found = name.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}
