import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire, SourceMap, type SourceMapPayload } from 'node:module'
import { join } from 'node:path'
import { constants, Script } from 'node:vm'

/** What scripts/bundle.js makes, beside the compiled form of this file: the parts of the bundle, and what V8 has compiled of them. */
const directory = join(import.meta.dirname, 'bundle')

/** What was compiled when the programs had been loaded, or when one had worked for a while: then hardly anything is left to compile. */
type Compiled = 'loaded' | 'worked'

interface Part {
  readonly script: Script
  /** What V8 did not have to compile. It refuses itself what another release or other settings have left. */
  readonly from: Compiled | undefined
}

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
const parts = new Map<string, Part>()
const loaded = new Map<string, { readonly exports: unknown }>()

/**
 * Runs a program out of the bundle: a start must not take the time that Node needs to find, read and compile two thousand files
 * (docs/performance.md). Stack traces name the lines of src/. Gives the parts that were read, by name.
 */
export async function runBundled(program: string): Promise<ReadonlyMap<string, Part>> {
  try {
    await (load('./programs.cjs') as Programs)[program]?.()
  } finally {
    // Not before: a library looks at a stack trace of its own while it is loaded, and to read the map for it takes 60 ms.
    Error.prepareStackTrace = traceInSources
  }
  return parts
}

/** Leaves to later starts what is compiled by now. Does nothing where it may not write. */
export function keepCompiled(as: Compiled): void {
  for (const [name, { script, from }] of parts) {
    // Without its hash in the name a part of a later bundle could be taken for this one.
    if (from === as || !/-[\w-]{8}\.cjs$/.test(name)) continue
    const file = join(directory, `${name}.${as}`)
    const unfinished = `${file}.${randomUUID()}`
    try {
      writeFileSync(unfinished, script.createCachedData())
      renameSync(unfinished, file)
    } catch {
      return
    }
  }
}

/** As Node does with a file, but with what V8 has compiled before. */
function load(name: string): unknown {
  if (!name.startsWith('./')) return native(name)
  const known = loaded.get(name)
  if (known) return known.exports
  const file = join(directory, name)
  const script = compile(name.slice(2), file)
  const module = { exports: {} as unknown }
  loaded.set(name, module)
  const wrapped = script.runInThisContext() as Wrapped
  wrapped(module.exports, load, module, file, directory)
  return module.exports
}

function compile(name: string, file: string): Script {
  // The bundle is plain ASCII.
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`
  const from = (['worked', 'loaded'] as const).find((as) => existsSync(`${file}.${as}`))
  const script = new Script(source, {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    cachedData: from && readIfThere(`${file}.${from}`),
  })
  parts.set(name, { script, from: script.cachedDataRejected === false ? from : undefined })
  return script
}

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

let map: SourceMap | undefined

/** The libraries have no map: their lines in the bundle say enough, and a map of them all takes longer to read than the programs. */
function inSources(frame: Frame): string | undefined {
  const [file, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()]
  if (!file?.startsWith(join(directory, 'sources-')) || line === null || column === null) return undefined
  if (map === undefined) {
    // Read when the first stack trace is looked at.
    const text = readIfThere(`${file}.map`)
    if (text === undefined) return undefined
    map = new SourceMap(JSON.parse(String(text)) as SourceMapPayload)
  }
  const found = map.findEntry(line - 1, column - 1)
  if (!('originalSource' in found)) return undefined
  const place = `${join(directory, found.originalSource)}:${String(found.originalLine + 1)}:${String(found.originalColumn + 1)}`
  const written = frame.toString()
  const start = written.indexOf(` (${file}`)
  return start === -1 ? place : `${written.slice(0, start)} (${place})`
}
