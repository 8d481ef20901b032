import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Recordings } from '../../ports/recordings.js'

/** Reads recordings from the exchange's spool folder, as this process sees it. */
export function recordingsIn(directory: string): Recordings {
  return {
    async read(recording) {
      try {
        return await readFile(join(directory, `${recording}.wav`))
      } catch {
        return undefined
      }
    },
  }
}
