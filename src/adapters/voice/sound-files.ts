import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sampleRate } from './sound.js'
import { runTool } from './tool.js'

const rawFormat = ['-t', 'raw', '-r', String(sampleRate), '-e', 'signed-integer', '-b', '16', '-c', '1']

/** The extensions of the two files of every sound; the last one is written last, so that where it is the sound is whole. */
export const extensions = ['sln16', 'alaw'] as const
export const lastExtension = 'alaw'

/**
 * Reads any sound file that sox understands as 16 kHz samples.
 * @throws ToolFailed when it is no sound file
 */
export async function readSound(file: string): Promise<Int16Array> {
  return samplesOf(await runTool(['sox', file, ...rawFormat, '-']))
}

/** 16 bit little-endian samples as numbers. */
export function samplesOf(bytes: Buffer): Int16Array {
  const samples = new Int16Array(Math.floor(bytes.length / 2))
  for (let index = 0; index < samples.length; index += 1) samples[index] = bytes.readInt16LE(index * 2)
  return samples
}

/** Writes a sound as Asterisk plays it: `<path>.sln16` (16 kHz) and `<path>.alaw` (8 kHz, ITU-T G.711). Never half a file under its name. */
export async function writeSound(path: string, samples: Int16Array): Promise<void> {
  const linear = bytesOf(samples)
  const alaw = await runTool(
    ['sox', ...rawFormat, '-', '-t', 'raw', '-r', '8000', '-e', 'a-law', '-b', '8', '-c', '1', '-'],
    linear,
  )
  await mkdir(dirname(path), { recursive: true })
  await replace(`${path}.sln16`, linear)
  await replace(`${path}.${lastExtension}`, alaw)
}

/** A file name that no other writer has. */
export function besides(path: string): string {
  return `${path}.${randomUUID()}.part`
}

async function replace(path: string, content: Buffer): Promise<void> {
  const part = besides(path)
  await writeFile(part, content)
  await rename(part, path).catch(async (error: unknown) => {
    await rm(part, { force: true })
    throw error
  })
}

function bytesOf(samples: Int16Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2)
  samples.forEach((sample, index) => bytes.writeInt16LE(sample, index * 2))
  return bytes
}
