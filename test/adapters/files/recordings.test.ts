import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordingsIn } from '../../../src/adapters/files/recordings.js'
import type { RecordingName } from '../../../src/domain/ids.js'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'recordings-'))
})
afterAll(() => rm(directory, { recursive: true }))

/** A WAV file of 8000 samples a second, 16 bits; `told` is the length in its header, which is wrong until the recording has ended. */
async function record(name: string, seconds: number, told = seconds): Promise<RecordingName> {
  const sound = Buffer.alloc(44 + seconds * 16_000)
  sound.write('RIFF', 0)
  sound.writeUInt32LE(16_000, 28)
  sound.writeUInt32LE(told * 16_000, 40)
  await writeFile(join(directory, `${name}.wav`), sound)
  return name as RecordingName
}

describe('recordings of the exchange', () => {
  it('O-17 tells how much was recorded, also while it still runs', async () => {
    const recordings = recordingsIn(directory)
    expect(await recordings.seconds(await record('ended', 3))).toBe(3)
    expect(await recordings.seconds(await record('running', 2.5, 0))).toBe(2.5)
    expect(await recordings.read('ended' as RecordingName)).toHaveLength(44 + 48_000)
  })

  it('a recording that is not there, or not begun, has no length', async () => {
    const recordings = recordingsIn(directory)
    await writeFile(join(directory, 'empty.wav'), '')
    await writeFile(join(directory, 'nonsense.wav'), Buffer.alloc(100))
    for (const name of ['missing', 'empty', 'nonsense'])
      expect(await recordings.seconds(name as RecordingName), name).toBe(0)
    expect(await recordings.read('missing' as RecordingName)).toBeUndefined()
  })
})
