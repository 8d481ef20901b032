import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
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

/** Runs the command line's help and then `more`, which may use what bundled.ts exports. */
const helped = (more: string, directory = dist): Promise<Ended> => {
  const bundled = JSON.stringify(pathToFileURL(join(directory, 'bundled.js')).href)
  const script = `
    const { keepCompiled, runBundled } = await import(${bundled})
    const parts = await runBundled('cli')
    ${more}`
  return node('--input-type=module', '--eval', script, '--', 'vaxel', '--help')
}

it('M-03 the programs run out of the bundle, of which nothing has to be compiled', async () => {
  const { code, output, complaint } = await helped(`
    for (const [name, { from }] of parts) console.error(name.split('-')[0], from !== undefined)`)
  expect({ code, complaint: complaint.trim().split('\n').sort() }).toEqual({
    code: 0,
    complaint: ['libraries true', 'programs.cjs false', 'rolldown true', 'sources true'],
  })
  expect(output).toContain('check company files')
})

it('M-03 what a program has compiled that has worked is kept for later starts', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'vaxel-bundle-'))
  try {
    for (const what of ['dist/bundled.js', 'dist/bundle', 'package.json'])
      await cp(join(projectDirectory, what), join(copy, basename(what)), { recursive: true })
    for (const name of await readdir(join(copy, 'bundle')))
      if (/\.(loaded|worked)$/.test(name)) await rm(join(copy, 'bundle', name))
    const tell = 'for (const { from } of parts.values()) console.error(from)'
    const froms = async (): Promise<readonly string[]> =>
      (await helped(tell, copy)).complaint.trim().split('\n').sort()
    expect(await froms()).toEqual(['undefined', 'undefined', 'undefined', 'undefined'])
    expect((await helped("keepCompiled('worked')", copy)).code).toBe(0)
    expect(await froms()).toEqual(['undefined', 'worked', 'worked', 'worked'])
  } finally {
    await rm(copy, { recursive: true })
  }
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
