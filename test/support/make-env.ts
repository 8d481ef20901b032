import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { projectDirectory } from '../../src/project.js'

const run = promisify(execFile)

/** The settings that docker/make-env writes, with secrets of their own for this run. */
export async function makeEnvironment(
  more: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), 'vaxel-env-'))
  try {
    const file = join(directory, 'env')
    await run(join(projectDirectory, 'docker/make-env'), [file])
    await writeFile(
      file,
      Object.entries(more)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
      { flag: 'a' },
    )
    const lines = readFileSync(file, 'utf8').split('\n')
    return Object.fromEntries(
      lines.flatMap((line) => {
        const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? []
        return name === undefined || value === undefined ? [] : [[name, value]]
      }),
    )
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
