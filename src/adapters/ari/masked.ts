import { randomFillSync } from 'node:crypto'

const finalText = 0x81
const masked = 0x80
const length16 = 126
const length64 = 127
const maskLength = 4

/**
 * Text messages as a client sends them, each in a frame with a mask of its own (RFC 6455, 5.2 and 5.3), all in one piece: `ws` takes a
 * frame through four writes, which costs more than all the rest of a request.
 */
export function framesOf(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text))
  let size = 0
  for (const length of lengths) size += headOf(length) + length
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  texts.forEach((text, index) => {
    const length = lengths[index] ?? 0
    const start = at + headOf(length)
    writeHead(bytes, at, length)
    bytes.write(text, start)
    at = start + length
    for (let byte = start; byte < at; byte += 1)
      bytes[byte] = (bytes[byte] ?? 0) ^ (bytes[start - maskLength + ((byte - start) % maskLength)] ?? 0)
  })
  return bytes
}

/** Bytes before a message of this length: two, the length if it does not fit there, the mask. */
const headOf = (length: number): number => 2 + (length < length16 ? 0 : length < 65_536 ? 2 : 8) + maskLength

function writeHead(bytes: Buffer, at: number, length: number): void {
  bytes[at] = finalText
  let end = at + 2
  if (length < length16) bytes[at + 1] = masked | length
  else if (length < 65_536) {
    bytes[at + 1] = masked | length16
    end = bytes.writeUInt16BE(length, end)
  } else {
    bytes[at + 1] = masked | length64
    end = bytes.writeUInt32BE(0, end)
    end = bytes.writeUInt32BE(length, end)
  }
  writeMask(bytes, end)
}

/** Chance for the next masks: many at once cost as much as one. */
const chance = Buffer.alloc(8_192)
let used = chance.length

function writeMask(bytes: Buffer, at: number): void {
  if (used === chance.length) {
    randomFillSync(chance)
    used = 0
  }
  chance.copy(bytes, at, used, used + maskLength)
  used += maskLength
}
