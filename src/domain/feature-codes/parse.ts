import type { CodeOf, CodeRow } from './grammar.js'

/** What has been keyed so far means this. */
export type Parsed<Row extends CodeRow> =
  /** Ended by `#`. */
  | { readonly kind: 'complete'; readonly code: CodeOf<Row> }
  /**
   * More keys may follow. `completable`: it is a whole code already, only `#` is missing, and a pause ends it (H-01).
   * `open`: its row is certain, and `next` is the argument that is being keyed or comes next.
   */
  | {
      readonly kind: 'more'
      readonly completable?: CodeOf<Row> | undefined
      readonly open?: { readonly id: Row['id']; readonly next: string | undefined } | undefined
    }
  /** No row begins like this. */
  | { readonly kind: 'invalid' }

type RowReading =
  | { readonly kind: 'no' }
  | { readonly kind: 'begun' }
  | { readonly kind: 'complete'; readonly args: Readonly<Record<string, string>> }
  | {
      readonly kind: 'more'
      readonly args?: Readonly<Record<string, string>> | undefined
      readonly next: string | undefined
    }

const no: RowReading = { kind: 'no' }

/** The groups of digits after the code, or undefined where the row cannot be meant. An empty last group is one just begun. */
function groupsOf(row: CodeRow, rest: string): readonly string[] | undefined {
  if (!/^[0-9*]*$/.test(rest)) return undefined
  if (rest === '') return []
  if (rest.startsWith('*')) return rest.slice(1).split('*')
  return row.joined === true ? rest.split('*') : undefined
}

/** Reads the keys as this row alone. */
function readRow(row: CodeRow, keys: string): RowReading {
  if (keys.length < row.code.length) return row.code.startsWith(keys) ? { kind: 'begun' } : no
  if (!keys.startsWith(row.code)) return no
  const rest = keys.slice(row.code.length)
  const ended = rest.endsWith('#')
  const groups = groupsOf(row, ended ? rest.slice(0, -1) : rest)
  if (groups === undefined || groups.length > row.takes.length) return no

  const args: Record<string, string> = {}
  let short = false
  for (const [index, digits] of groups.entries()) {
    const argument = row.takes[index]
    if (argument === undefined || digits.length > argument.digits.max) return no
    if (digits.length >= argument.digits.min) args[argument.name] = digits
    else if (index === groups.length - 1 && !ended) short = true
    else return no
  }
  const enough = !short && row.takes.slice(groups.length).every(({ optional }) => optional === true)
  if (ended) return enough ? { kind: 'complete', args } : no
  return {
    kind: 'more',
    ...(enough ? { args } : {}),
    next: row.takes[short ? groups.length - 1 : groups.length]?.name,
  }
}

/** The names and the row's are the same by construction; the compiler cannot see it through the loop over the rows. */
function codeOf<Row extends CodeRow>(row: Row, args: Readonly<Record<string, string>>): CodeOf<Row> {
  return { id: row.id, args } as unknown as CodeOf<Row>
}

/** Reads keys as a code of the table. Never throws, whatever the string; costs a few microseconds. */
export function parseCode<Row extends CodeRow>(keys: string, rows: readonly Row[]): Parsed<Row> {
  let begun = false
  let open: Parsed<Row> | undefined
  for (const row of rows) {
    const reading = readRow(row, keys)
    if (reading.kind === 'complete') return { kind: 'complete', code: codeOf(row, reading.args) }
    if (reading.kind === 'begun') begun = true
    if (reading.kind === 'more') {
      const completable = reading.args === undefined ? {} : { completable: codeOf(row, reading.args) }
      open = { kind: 'more', ...completable, open: { id: row.id, next: reading.next } }
    }
  }
  return open ?? (begun ? { kind: 'more' } : { kind: 'invalid' })
}

/** The keys of a dialled string: `%23` and `%2A` are what some phones send for `#` and `*`. Undefined when something else is in it. */
export function dialledKeys(dialled: string): string | undefined {
  const keys = dialled.replaceAll('%23', '#').replace(/%2a/gi, '*')
  return /^[0-9*#]{1,40}$/.test(keys) ? keys : undefined
}

/**
 * Reads what was dialled en bloc (H-01): a missing `#` is supplied. `more` is a code that needs to be asked for its next
 * argument; `invalid` is no code of the table.
 */
export function parseWhole<Row extends CodeRow>(dialled: string, rows: readonly Row[]): Parsed<Row> {
  const keys = dialledKeys(dialled)
  if (keys === undefined) return { kind: 'invalid' }
  const parsed = parseCode(keys, rows)
  if (parsed.kind !== 'more') return parsed
  if (parsed.completable !== undefined) return { kind: 'complete', code: parsed.completable }
  return parsed.open === undefined ? { kind: 'invalid' } : parsed
}

/** A code being keyed, key by key. */
export interface Keying<Row extends CodeRow> {
  readonly rows: readonly Row[]
  /** What was keyed, written as if dialled en bloc. */
  readonly keys: string
  readonly parsed: Parsed<Row>
  /** Keyed after the code was dialled, so that the stars may be left out. */
  readonly afterCode: boolean
}

/** Nothing keyed yet. */
export function beginKeying<Row extends CodeRow>(rows: readonly Row[]): Keying<Row> {
  return { rows, keys: '', parsed: { kind: 'more' }, afterCode: false }
}

/**
 * Two steps (H-01): the code was dialled, perhaps with its first arguments, and the rest is keyed on the connected phone. Only
 * this row is meant from now on, so that `*23` and then `0` is the reason 0 and not the beginning of `*230`.
 */
export function continueKeying<Row extends CodeRow>(dialled: string, rows: readonly Row[]): Keying<Row> {
  const keys = (dialledKeys(dialled) ?? '').replace(/#$/, '')
  const parsed = parseCode(keys, rows)
  const open = parsed.kind === 'more' ? parsed.open : undefined
  if (open === undefined) return { rows, keys, parsed: { kind: 'invalid' }, afterCode: true }
  return { rows: rows.filter((row) => row.id === open.id), keys, parsed, afterCode: true }
}

/** Where a digit after the code needs the star it was keyed without: at the code itself, and when the argument before is full. */
function withStar<Row extends CodeRow>({ rows, keys, afterCode }: Keying<Row>, key: string): string {
  const row = rows[0]
  if (!afterCode || row === undefined || !/^[0-9]$/.test(key)) return key
  if (keys === row.code) return `*${key}`
  const groups = keys.slice(row.code.length).split('*').slice(1)
  const full = (groups.at(-1)?.length ?? 0) >= (row.takes[groups.length - 1]?.digits.max ?? Infinity)
  return full && groups.length < row.takes.length ? `*${key}` : key
}

/** The state after one more key; after the end of a code any further key is invalid. */
export function feedKey<Row extends CodeRow>(keying: Keying<Row>, key: string): Keying<Row> {
  const keys = keying.keys + withStar(keying, key)
  const parsed: Parsed<Row> =
    keying.parsed.kind === 'more' && /^[0-9*#]$/.test(key)
      ? parseCode(keys, keying.rows)
      : { kind: 'invalid' }
  return { ...keying, keys, parsed }
}

/** The keys of a code, the inverse of {@link parseCode}. */
export function formatCode<const Rows extends readonly CodeRow[]>(
  code: CodeOf<Rows[number]>,
  rows: Rows,
): string {
  const row = rows.find(({ id }) => id === code.id)
  const args: Readonly<Record<string, string | undefined>> = code.args
  const groups = (row?.takes ?? []).map(({ name }) => args[name])
  const missing = groups.indexOf(undefined)
  const given = missing < 0 ? groups : groups.slice(0, missing)
  return `${[row?.code ?? '', ...given].join('*')}#`
}
