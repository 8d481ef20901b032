import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { projectDirectory } from '../../../src/project.js'

const dist = join(projectDirectory, 'dist')

interface Ended {
  readonly code: unknown
  readonly output: string
  readonly complaint: string
}

/** Runs Node without any setting of Växel. */
const node = (...words: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [...words], { env: {} }, (error, output, complaint) => {
      resolve({ code: error?.code ?? 0, output, complaint })
    })
  })

it('M-03 the programs run out of the bundle, compiled beforehand', async () => {
  const script = `
    const { runBundled } = await import(${JSON.stringify(pathToFileURL(join(dist, 'bundled.js')).href)})
    const parts = await runBundled('cli')
    for (const [file, part] of parts) console.error(file.split('/').at(-1), part.cachedDataRejected)`
  const { code, output, complaint } = await node(
    '--input-type=module',
    '--eval',
    script,
    '--',
    'vaxel',
    '--help',
  )
  expect({ code, complaint: complaint.trim().split('\n').sort() }).toEqual({
    code: 0,
    complaint: [
      'libraries.cjs false',
      'programs.cjs false',
      'rolldown-runtime.cjs false',
      'sources.cjs false',
    ],
  })
  expect(output).toContain('check company files')
})

it('an exchange out of the bundle tells which settings are missing, and ends', async () => {
  const { code, complaint } = await node('--enable-source-maps', join(dist, 'main.js'))
  expect(code).toBe(1)
  expect(complaint).toContain('VAXEL_ARI_URL is not set')
})

it('a stack trace names the lines of the sources', async () => {
  const script = `
    process.stdout.write = () => { throw new Error('no paper') }
    await import(${JSON.stringify(pathToFileURL(join(dist, 'cli/main.js')).href)})`
  const { code, complaint } = await node('--input-type=module', '--eval', script, '--', 'vaxel', '--help')
  expect(code).toBe(1)
  expect(complaint).toContain(`(${join(projectDirectory, 'src/cli/run.ts')}:`)
})
