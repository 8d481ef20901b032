import { isUtf8 } from 'node:buffer'
import type { Socket } from 'node:net'
import type { RawData, WebSocket } from 'ws'

/** Longer messages are left to `ws`, which knows what is too long. */
const longest = 1_048_576
const finalText = 0x81
const finalPing = 0x89
const finalPong = 0x8a
const length16 = 126
const length64 = 127

/**
 * Tells the text messages of a connection that has just been opened. `ws` takes each frame through a stream of its own in several steps,
 * which costs more than to read what is in it; so the frames of whole text messages are taken out before. Everything else goes to `ws` as it
 * came: pings and pongs one by one, and from the first frame that is anything else, or breaks RFC 6455, all that follows.
 */
export function onTexts(socket: WebSocket, tell: (text: string) => void): void {
  socket.on('message', (data) => {
    tell(textOf(data))
  })
  // Not in its types; without it `ws` reads everything.
  const stream = (socket as { readonly _socket?: Socket })._socket
  const [others] = stream?.listeners('data') ?? []
  if (!stream || !others) return
  stream.removeAllListeners('data')
  stream.on(
    'data',
    takeTexts(tell, (bytes) => {
      others.call(stream, bytes)
    }),
  )
}

/** Takes what comes out of a socket, in pieces of any length: `tell` gets whole texts, `leave` gets all other frames, in their order. */
export function takeTexts(
  tell: (text: string) => void,
  leave: (bytes: Buffer) => void,
): (chunk: Buffer) => void {
  let pieces: Buffer[] = []
  let size = 0
  let needed = 0
  let left = false
  return (chunk) => {
    if (left) {
      leave(chunk)
      return
    }
    pieces.push(chunk)
    size += chunk.length
    if (size < needed) return
    const bytes = pieces.length === 1 ? chunk : Buffer.concat(pieces)
    let start = 0
    for (;;) {
      const frame = frameAt(bytes, start)
      if (frame === 'other') {
        left = true
        pieces = []
        leave(bytes.subarray(start))
        return
      }
      if (typeof frame === 'number') {
        needed = frame
        pieces = start === bytes.length ? [] : [bytes.subarray(start)]
        size = bytes.length - start
        return
      }
      if (frame.text === undefined) leave(bytes.subarray(start, frame.end))
      else tell(frame.text)
      start = frame.end
    }
  }
}

interface Frame {
  /** Undefined: a ping or a pong. */
  readonly text: string | undefined
  readonly end: number
}

/** The frame that begins at `start` (RFC 6455, 5.2); how many bytes are needed to tell; or that it is one for `ws`. */
function frameAt(bytes: Buffer, start: number): Frame | number | 'other' {
  if (bytes.length < start + 2) return 2
  const kind = bytes[start]
  const length7 = bytes[start + 1] ?? 0
  // 128 and more: masked, which a server must not do.
  if (kind === finalPing || kind === finalPong) {
    if (length7 >= length16) return 'other'
    const end = start + 2 + length7
    return bytes.length < end ? end - start : { text: undefined, end }
  }
  if (kind !== finalText || length7 > length64) return 'other'
  const head = length7 < length16 ? 2 : length7 === length16 ? 4 : 10
  if (bytes.length < start + head) return head
  const length =
    head === 2 ? length7 : head === 4 ? bytes.readUInt16BE(start + 2) : length64At(bytes, start + 2)
  if (length > longest) return 'other'
  const end = start + head + length
  if (bytes.length < end) return end - start
  const text = textBetween(bytes, start + head, end)
  return text === undefined ? 'other' : { text, end }
}

const length64At = (bytes: Buffer, at: number): number =>
  bytes.readUInt32BE(at) === 0 ? bytes.readUInt32BE(at + 4) : Number.POSITIVE_INFINITY

/** Undefined: not UTF-8, of which the decoder makes the sign that stands for what cannot be read. */
function textBetween(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start, end)
  return text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end)) ? undefined : text
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8')
}
