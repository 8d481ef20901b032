import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readWav } from './wav.js'

/** Speech made by espeak-ng and brought to 8 kHz by sox, as prompts are. */
export function spoken(text: string, voice = 'sv'): Float32Array {
  const directory = mkdtempSync(join(tmpdir(), 'spoken-'))
  try {
    const raw = join(directory, 'raw.wav')
    const ready = join(directory, 'ready.wav')
    execFileSync('espeak-ng', ['-v', voice, '-s', '150', '-w', raw, text])
    execFileSync('sox', [raw, '-r', '8000', '-c', '1', '-b', '16', ready, 'norm', '-3'])
    return readWav(ready).samples
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
