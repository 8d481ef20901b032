import type { Company } from './company.js'

/** Values nobody may read on a screen or in a log: told as changed, never shown. */
const secretKeys: ReadonlySet<string> = new Set(['pin', 'password'])

/**
 * What applying `after` would change, one line a change, for people to read: `+` comes, `-` goes, `~` is another.
 * `before` is undefined for a new company. Empty: nothing changes. Secrets are named, never shown.
 */
export function diffCompanies(before: Company | undefined, after: Company | undefined): readonly string[] {
  if (before === undefined && after === undefined) return []
  if (before === undefined && after !== undefined)
    return [
      `+ company ${after.company} (${after.name}): ${String(after.people.length)} people, ${String(deviceCount(after))} devices`,
    ]
  if (after === undefined) return [`- company ${before?.company ?? ''} (${before?.name ?? ''})`]
  return compare('', before, after)
}

const deviceCount = (company: Company): number =>
  company.people.reduce((count, person) => count + person.devices.length, 0)

function compare(path: string, before: unknown, after: unknown): readonly string[] {
  if (Object.is(before, after)) return []
  const secret = secretKeys.has(path.slice(path.lastIndexOf('.') + 1))
  if (before === undefined) return [`+ ${path}${secret ? ' (secret)' : `: ${shown(after)}`}`]
  if (after === undefined) return [`- ${path}${secret ? ' (secret)' : `: ${shown(before)}`}`]
  if (isTree(before) && isTree(after)) return compareTrees(path, before, after)
  if (shown(before) === shown(after)) return []
  return [secret ? `~ ${path} (secret changed)` : `~ ${path}: ${shown(before)} -> ${shown(after)}`]
}

/** Objects by key, lists of named things by their name, other lists as one value. */
function compareTrees(path: string, before: Tree, after: Tree): readonly string[] {
  const [old, fresh] = [entriesOf(before), entriesOf(after)]
  if (old === undefined || fresh === undefined)
    return shown(before) === shown(after) ? [] : [`~ ${path}: ${shown(before)} -> ${shown(after)}`]
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((key) =>
    compare(path === '' ? key : `${path}.${key}`, old.get(key), fresh.get(key)),
  )
}

type Tree = Readonly<Record<string, unknown>> | readonly unknown[]
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null

function entriesOf(tree: Tree): ReadonlyMap<string, unknown> | undefined {
  if (!Array.isArray(tree)) return new Map(Object.entries(tree))
  const named = tree.map((item: unknown) => [nameOf(item), item] as const)
  const names = new Set(named.map(([name]) => name))
  return named.every((pair): pair is readonly [string, unknown] => pair[0] !== undefined) &&
    names.size === named.length
    ? new Map(named)
    : undefined
}

function nameOf(item: unknown): string | undefined {
  if (!isTree(item) || Array.isArray(item)) return undefined
  const { id, name, number } = item as { id?: unknown; name?: unknown; number?: unknown }
  return [id, name, number].find((value) => typeof value === 'string')
}

/** People are told by name and extension, the rest as compact JSON without secrets. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value
  if (isTree(value) && 'extension' in value && 'name' in value)
    return `${String(value.name)}, ${String(value.extension)}`
  return JSON.stringify(value, (key, inner: unknown) => (secretKeys.has(key) ? '(secret)' : inner))
}
