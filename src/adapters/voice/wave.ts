import { samplesOf } from './sound-files.js'

/** Sound as it came out of a voice. */
export interface Wave {
  /** Samples a second. */
  readonly rate: number
  readonly samples: Int16Array
}

/**
 * Reads a WAV file of one channel and 16 bit, the form of most voices. Undefined for every other form, which is left to sox. The length in
 * the header is not trusted: a voice that writes to a pipe cannot know it.
 */
export function readWave(bytes: Buffer): Wave | undefined {
  if (
    bytes.length < 12 ||
    bytes.toString('latin1', 0, 4) !== 'RIFF' ||
    bytes.toString('latin1', 8, 12) !== 'WAVE'
  )
    return undefined
  let rate: number | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4)
    const length = bytes.readUInt32LE(at + 4)
    const content = at + 8
    if (name === 'fmt ') rate = plainRate(bytes.subarray(content, content + length))
    if (name === 'data')
      return rate === undefined
        ? undefined
        : { rate, samples: samplesOf(bytes.subarray(content, content + length)) }
    at = content + length + (length % 2)
  }
  return undefined
}

/** The rate, if the form is PCM, one channel, 16 bit. */
function plainRate(format: Buffer): number | undefined {
  if (format.length < 16) return undefined
  const plain = format.readUInt16LE(0) === 1 && format.readUInt16LE(2) === 1 && format.readUInt16LE(14) === 16
  return plain ? format.readUInt32LE(4) : undefined
}
