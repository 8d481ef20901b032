import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordingName } from '../../domain/ids.js'
import type { Recordings } from '../../ports/recordings.js'

/** The plain WAV header that Asterisk writes, and where in it the bytes per second stand. */
const header = { length: 44, byteRate: 28 }

/** Reads recordings from the exchange's spool folder, as this process sees it. */
export function recordingsIn(directory: string): Recordings {
  const fileOf = (recording: string): string => join(directory, `${recording}.wav`)
  return {
    async read(recording) {
      try {
        return await readFile(fileOf(recording))
      } catch {
        return undefined
      }
    },
    async list() {
      try {
        const files = await readdir(directory)
        return files.flatMap((file) => (file.endsWith('.wav') ? [file.slice(0, -4) as RecordingName] : []))
      } catch {
        return []
      }
    },
    async seconds(recording) {
      try {
        return await secondsIn(fileOf(recording))
      } catch {
        return 0
      }
    },
  }
}

/** By the size of the file: the length in the header is only right once the recording has ended. */
async function secondsIn(path: string): Promise<number> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const start = new DataView(new ArrayBuffer(header.length))
    const { bytesRead } = await file.read(start)
    const byteRate = start.getUint32(header.byteRate, true)
    return bytesRead < header.length || byteRate === 0 ? 0 : (size - header.length) / byteRate
  } finally {
    await file.close()
  }
}
