import { readFileSync } from 'node:fs'
import { createRequire, SourceMap, type SourceMapPayload } from 'node:module'
import { join } from 'node:path'
import { constants, Script } from 'node:vm'

/** What scripts/bundle.js makes, beside the compiled form of this file: each part of the bundle, its map, and what V8 has compiled of it. */
const directory = join(import.meta.dirname, 'bundle')

type Programs = Readonly<Record<string, () => Promise<unknown>>>
type Wrapped = (
  exports: unknown,
  require: (name: string) => unknown,
  module: { readonly exports: unknown },
  filename: string,
  directory: string,
) => void

/** It says where it is, which its type leaves out. */
type Frame = NodeJS.CallSite & { toString(): string }

const native = createRequire(join(directory, 'programs.cjs'))
const compiled = new Map<string, Script>()
const loaded = new Map<string, { readonly exports: unknown }>()

/**
 * Runs a program out of the bundle: a start must not take the time that Node needs to find, read and compile two thousand files
 * (docs/performance.md). Stack traces name the lines of src/. Gives the compiled parts.
 */
export async function runBundled(program: string): Promise<ReadonlyMap<string, Script>> {
  Error.prepareStackTrace = traceInSources
  await (load('./programs.cjs') as Programs)[program]?.()
  return compiled
}

/** As Node does with a file, but with what V8 has compiled before. */
function load(name: string): unknown {
  if (!name.startsWith('./')) return native(name)
  const known = loaded.get(name)
  if (known) return known.exports
  const file = join(directory, name)
  const script = new Script(
    // The bundle is plain ASCII.
    `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`,
    {
      filename: file,
      cachedData: readIfThere(`${file}.cache`),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    },
  )
  compiled.set(file, script)
  const module = { exports: {} as unknown }
  loaded.set(name, module)
  const wrapped = script.runInThisContext() as Wrapped
  wrapped(module.exports, load, module, file, directory)
  return module.exports
}

/** V8 itself refuses what another release or other settings have left. */
function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

/** In the form in which Node gives a stack trace. */
function traceInSources(error: Error, frames: readonly Frame[]): string {
  const lines = frames.map((frame) => `\n    at ${inSources(frame) ?? frame.toString()}`)
  return `${Error.prototype.toString.call(error)}${lines.join('')}`
}

const mapped = join(directory, 'sources.cjs')
let map: SourceMap | undefined

/** The libraries have no map: their lines in the bundle say enough, and a map of them all takes longer to read than the programs. */
function inSources(frame: Frame): string | undefined {
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()]
  if (frame.getFileName() !== mapped || line === null || column === null) return undefined
  const text = readIfThere(`${mapped}.map`)
  if (map === undefined && text === undefined) return undefined
  // Read when the first stack trace is looked at.
  map ??= new SourceMap(JSON.parse(String(text)) as SourceMapPayload)
  const found = map.findEntry(line - 1, column - 1)
  if (!('originalSource' in found)) return undefined
  const place = `${join(directory, found.originalSource)}:${String(found.originalLine + 1)}:${String(found.originalColumn + 1)}`
  const written = frame.toString()
  const start = written.indexOf(` (${mapped}`)
  return start === -1 ? place : `${written.slice(0, start)} (${place})`
}
