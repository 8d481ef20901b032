import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** Only its logging; the browser needs none. */
const withoutWords: Readonly<Record<string, string>> = {
  debug: 'module.exports = () => () => {}; module.exports.default = module.exports',
}

/** CommonJS modules, `main` and all that it requires, as one script for a browser: what it exports becomes `window[name]`. */
export function linked(name: string, main: string): string {
  const modules = new Map<string, string>()
  const start = add(main, modules)
  const table = [...modules].map(([id, body]) => `${JSON.stringify(id)}: ${body}`).join(',\n')
  return `(() => {
    const made = {}, table = {${table}}
    const load = (id) => {
      if (!made[id]) table[id]((made[id] = { exports: {} }), made[id].exports, load)
      return made[id].exports
    }
    window[${JSON.stringify(name)}] = load(${JSON.stringify(start)})
  })()`
}

/** Adds a file and all that it requires; gives its id. */
function add(file: string, modules: Map<string, string>): string {
  if (modules.has(file)) return file
  modules.set(file, '') // modules may require each other in a circle
  const source = withoutWords[file] ?? readFileSync(file, 'utf8')
  const linkedSource = file.endsWith('.json')
    ? `module.exports = ${source}`
    : source.replaceAll(/\brequire\((['"])(.+?)\1\)/g, (_, __, wanted: string) => {
        return `load(${JSON.stringify(add(found(wanted, file), modules))})`
      })
  modules.set(file, `(module, exports, load) => {${linkedSource}\n}`)
  return file
}

/** The slash tells the package `events` from what Node has built in. */
function found(wanted: string, from: string): string {
  if (withoutWords[wanted] !== undefined) return wanted
  return createRequire(from).resolve(wanted === 'events' ? 'events/' : wanted)
}
