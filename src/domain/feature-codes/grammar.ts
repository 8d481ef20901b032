/**
 * What a feature code looks like. Every row is keyed as `CODE`, then its arguments each after a `*`, then `#`:
 * `*23*1*1300#`. A row may also take its first argument without the star (`*68101#`). The `#` may be missing (H-01): whoever
 * dials en bloc often leaves it out, and on a keypad a pause ends the code.
 */

/** Digits keyed after the code. */
export interface Argument {
  readonly name: string
  /** How many digits, both ends included. What they mean is for the rule behind the code to judge, with words if it is wrong. */
  readonly digits: { readonly min: number; readonly max: number }
  /** May be left out, with all that follow it. */
  readonly optional?: true
}

/** One line of the feature-code table. */
export interface CodeRow {
  /** Name of the story that the code begins. */
  readonly id: string
  /** `*`, `#` or `*#`, then 1 to 3 digits. */
  readonly code: string
  readonly takes: readonly Argument[]
  /** The first argument may follow the code without a star. */
  readonly joined?: true
  /** One line for people. */
  readonly help: { readonly sv: string; readonly de: string; readonly en: string }
}

type Names<Row extends CodeRow> = Row['takes'][number]
type RequiredNames<Row extends CodeRow> = Exclude<Names<Row>, { readonly optional: true }>['name']
type OptionalNames<Row extends CodeRow> = Extract<Names<Row>, { readonly optional: true }>['name']

/** The keyed arguments of a row: exactly the names it takes. */
export type ArgumentsOf<Row extends CodeRow> = Readonly<Record<RequiredNames<Row>, string>> &
  Readonly<Partial<Record<OptionalNames<Row>, string | undefined>>>

/** A code that was keyed, one of the rows of a table. */
export type CodeOf<Row extends CodeRow> = Row extends CodeRow
  ? { readonly id: Row['id']; readonly args: ArgumentsOf<Row> }
  : never

/** Gives a table its exact type, so that the parsed arguments have exactly the names of its rows. */
export function defineCodes<const Rows extends readonly CodeRow[]>(rows: Rows): Rows {
  return rows
}

const codeForm = /^(\*|#|\*#)[0-9]{1,3}$/

function rowProblems(row: CodeRow): readonly string[] {
  const problems: string[] = []
  if (!codeForm.test(row.code)) problems.push(`${row.id}: ${row.code} is no code`)
  const firstOptional = row.takes.findIndex((argument) => argument.optional === true)
  if (firstOptional >= 0 && row.takes.slice(firstOptional).some((argument) => argument.optional !== true)) {
    problems.push(`${row.id}: a required argument follows an optional one`)
  }
  if (new Set(row.takes.map(({ name }) => name)).size !== row.takes.length) {
    problems.push(`${row.id}: two arguments have one name`)
  }
  if (row.takes.some(({ digits }) => digits.min < 1 || digits.max < digits.min)) {
    problems.push(`${row.id}: an argument takes no digits`)
  }
  if (row.joined === true && row.takes.length === 0) problems.push(`${row.id}: nothing to join`)
  return problems
}

/** `*23` begins `*230` too, but a digit after `*23` can only belong to `*230`; it is different when the row joins digits to its code. */
function collision(one: CodeRow, other: CodeRow): readonly string[] {
  if (one.code === other.code) return [`${one.id} and ${other.id} have the code ${one.code}`]
  const clash = one.joined === true && other.code.startsWith(one.code)
  return clash ? [`${one.id} reads the digits of ${other.code} (${other.id}) as its own`] : []
}

/** What makes a table ambiguous or unusable, in words; empty for a good one. */
export function tableProblems(rows: readonly CodeRow[]): readonly string[] {
  const collisions = rows.flatMap((one, index) =>
    rows.flatMap((other, otherIndex) => {
      if (index === otherIndex || (one.code === other.code && index > otherIndex)) return []
      return collision(one, other)
    }),
  )
  const ids = rows.map(({ id }) => id)
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
  return [...rows.flatMap(rowProblems), ...collisions, ...twice.map((id) => `two rows are called ${id}`)]
}
