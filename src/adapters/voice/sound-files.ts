import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sampleRate } from './sound.js'
import { runTool } from './tool.js'

/** The extension of the file that is written last: where it is, the sound is whole. */
export const lastExtension = 'alaw'

/** A sound and where it belongs, without extension. */
export interface SoundFile {
  readonly path: string
  readonly samples: Int16Array
}

/**
 * Reads any sound file that sox understands as 16 kHz samples.
 * @throws ToolFailed when it is no sound file
 */
export async function readSound(file: string): Promise<Int16Array> {
  return samplesOf(await runTool(['sox', '-D', file, ...linear(sampleRate), '-']))
}

/** The same for the content of a WAV file. */
export async function decodeWave(content: Buffer): Promise<Int16Array> {
  return samplesOf(
    await runTool(['sox', '-D', '-t', 'wav', '-', ...linear(sampleRate), '-'], { input: content }),
  )
}

/** Brings several sounds of one rate to 16 kHz by a single run of sox: starting it takes longer than its work. */
export async function resampled(sounds: readonly Int16Array[], rate: number): Promise<readonly Int16Array[]> {
  const row = inARow(sounds, Math.ceil(rate / 10))
  const converted = samplesOf(
    await runTool(['sox', '-D', ...linear(rate), '-', ...linear(sampleRate), '-'], {
      input: bytesOf(row.samples),
    }),
  )
  const there = (position: number): number => Math.round((position * sampleRate) / rate)
  return sounds.map((sound, index) => {
    const start = row.starts[index] ?? 0
    return converted.slice(there(start), there(start + sound.length))
  })
}

/**
 * Writes sounds as Asterisk plays them: `<path>.sln16` (16 kHz) and `<path>.alaw` (8 kHz, ITU-T G.711). There is never half a file under
 * a final name, and two writers of the same sound do not disturb each other.
 */
export async function writeSounds(files: readonly SoundFile[]): Promise<void> {
  if (files.length === 0) return
  const row = inARow(
    files.map(({ samples }) => samples),
    sampleRate / 100,
  )
  const law = ['-t', 'raw', '-r', '8000', '-e', 'a-law', '-b', '8', '-c', '1']
  const compressed = await runTool(['sox', '-D', ...linear(sampleRate), '-', ...law, '-'], {
    input: bytesOf(row.samples),
  })
  for (const [index, { path, samples }] of files.entries()) {
    const start = (row.starts[index] ?? 0) / 2
    await mkdir(dirname(path), { recursive: true })
    await replace(`${path}.sln16`, bytesOf(samples))
    await replace(
      `${path}.${lastExtension}`,
      compressed.subarray(start, start + Math.ceil(samples.length / 2)),
    )
  }
}

/** 16 bit samples as numbers. Copied, because a buffer may begin at an odd address. Little-endian, as is every machine Node runs on here. */
export function samplesOf(bytes: Buffer): Int16Array {
  const even = bytes.length - (bytes.length % 2)
  return new Int16Array(Uint8Array.from(bytes.subarray(0, even)).buffer)
}

/** A file name that no other writer has. */
export function besides(path: string): string {
  return `${path}.${randomUUID()}.part`
}

// Without -D sox adds random noise when it reduces the rate, and the same text would sound different each time.
function linear(rate: number): readonly string[] {
  return ['-t', 'raw', '-r', String(rate), '-e', 'signed-integer', '-b', '16', '-c', '1']
}

/** Sounds after each other with silence between them, each starting at an even sample so that halving the rate keeps the starts whole. */
function inARow(
  sounds: readonly Int16Array[],
  gap: number,
): { readonly samples: Int16Array; readonly starts: readonly number[] } {
  const starts: number[] = []
  let length = 0
  for (const sound of sounds) {
    starts.push(length)
    length += sound.length + gap
    length += length % 2
  }
  const samples = new Int16Array(length)
  sounds.forEach((sound, index) => {
    samples.set(sound, starts[index])
  })
  return { samples, starts }
}

async function replace(path: string, content: Buffer): Promise<void> {
  const part = besides(path)
  try {
    await writeFile(part, content)
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
}

function bytesOf(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
}
