import { readFileSync, writeFileSync } from 'node:fs'

/** Mono sound, -1..1 of full scale. */
export interface Sound {
  readonly samples: Float32Array
  /** Samples a second. */
  readonly rate: number
}

export const TELEPHONE_RATE = 8000

const HEADER_BYTES = 44

/** Writes 16-bit mono PCM. */
export function writeWav(file: string, { samples, rate }: Sound): void {
  const bytes = Buffer.alloc(HEADER_BYTES + samples.length * 2)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8, 'latin1')
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36, 'latin1')
  bytes.writeUInt32LE(samples.length * 2, 40)
  samples.forEach((sample, index) => {
    const clipped = Math.max(-1, Math.min(1, sample))
    bytes.writeInt16LE(Math.round(clipped * 32767), HEADER_BYTES + index * 2)
  })
  writeFileSync(file, bytes)
}

/** Reads 16-bit PCM (several channels are averaged). Throws with the file name when it is something else. */
export function readWav(file: string): Sound {
  const bytes = readFileSync(file)
  if (bytes.toString('latin1', 0, 4) !== 'RIFF') throw new Error(`${file} is not a WAV file`)
  let offset = 12
  let rate = 0
  let channels = 1
  while (offset + 8 <= bytes.length) {
    const name = bytes.toString('latin1', offset, offset + 4)
    const size = bytes.readUInt32LE(offset + 4)
    if (name === 'fmt ') {
      if (bytes.readUInt16LE(offset + 22) !== 16) throw new Error(`${file} is not 16-bit PCM`)
      channels = bytes.readUInt16LE(offset + 10)
      rate = bytes.readUInt32LE(offset + 12)
    }
    if (name === 'data')
      return { samples: decode(bytes.subarray(offset + 8, offset + 8 + size), channels), rate }
    offset += 8 + size + (size % 2)
  }
  throw new Error(`${file} has no sound in it`)
}

function decode(bytes: Buffer, channels: number): Float32Array {
  const all = samplesOf(bytes)
  if (channels === 1) return all
  return Float32Array.from({ length: Math.floor(all.length / channels) }, (_, frame) => {
    let sum = 0
    for (let channel = 0; channel < channels; channel += 1) sum += all[frame * channels + channel] ?? 0
    return sum / channels
  })
}

/** 16-bit little-endian PCM as samples of full scale; an odd last byte is left out. */
export function samplesOf(bytes: Buffer): Float32Array {
  const count = Math.floor(bytes.length / 2)
  const samples = new Float32Array(count)
  for (let index = 0; index < count; index += 1) samples[index] = bytes.readInt16LE(index * 2) / 32768
  return samples
}
