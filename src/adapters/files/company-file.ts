import { isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml'
import { checkCompany } from '../../domain/directory/check.js'
import { companySchema, type Company } from '../../domain/directory/company.js'
import { error, pathText, type Path, type Problem } from '../../domain/directory/problem.js'

/** A problem with its place in the text; lines and columns count from 1. */
export interface PlacedProblem extends Problem {
  readonly line: number
  readonly column: number
}

export type CompanyFile =
  | {
      readonly kind: 'company'
      readonly company: Company
      readonly warnings: readonly PlacedProblem[]
      readonly place: (problem: Problem) => PlacedProblem
    }
  | { readonly kind: 'refused'; readonly problems: readonly PlacedProblem[] }

/** More than any company needs, and little enough that a wrong file cannot stall the exchange. */
const longestFile = 2_000_000

/**
 * Reads a company file: YAML 1.2, one document. Never throws: whatever the text is, the answer is a company that may be applied
 * or every problem with its line, column and path.
 */
export function readCompanyFile(text: string): CompanyFile {
  if (text.length > longestFile)
    return refuse([{ ...error([], 'the file is larger than 2 MB'), line: 1, column: 1 }])
  try {
    return readParsed(text)
  } catch (cause) {
    // The YAML library throws at alias bombs and overflows the stack at absurd depth.
    const why = cause instanceof RangeError ? 'it is nested too deeply' : messageOf(cause)
    return refuse([{ ...error([], `the file cannot be read as YAML: ${why}`), line: 1, column: 1 }])
  }
}

/** In the order of the file. */
const refuse = (problems: readonly PlacedProblem[]): CompanyFile => ({
  kind: 'refused',
  problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column),
})
const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

function readParsed(text: string): CompanyFile {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    resolveKnownTags: false,
  })
  const faults = [...document.errors, ...document.warnings, ...strangeKeys(document)]
  if (faults.length > 0)
    return refuse(
      faults.map((fault) => {
        const { line, col } = lines.linePos(fault.pos[0])
        return {
          ...error([], `not YAML: ${fault.message}`),
          line: Math.max(1, line),
          column: Math.max(1, col),
        }
      }),
    )
  const place = (problem: Problem): PlacedProblem => ({
    ...problem,
    ...placeOf(document, lines, problem.path),
  })
  const value: unknown = document.toJS({ maxAliasCount: 100 })
  const parsed = parseWithPlainNumbers(document, value)
  if (parsed.kind === 'refused') return refuse(parsed.problems.map(place))
  const problems = checkCompany(parsed.company).map(place)
  if (problems.some((problem) => problem.severity === 'error')) return refuse(problems)
  return { kind: 'company', company: parsed.company, warnings: problems, place }
}

interface Fault {
  readonly message: string
  readonly pos: readonly [number, number]
}

/** Keys are words: a list as a key, or a name that means something else to JavaScript, would be dropped in silence. */
function strangeKeys(document: Document.Parsed): readonly Fault[] {
  const faults: Fault[] = []
  visit(document, {
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value !== '__proto__') return
      const [start, end] = (isNode(key) ? key.range : undefined) ?? [0, 0]
      faults.push({ message: 'this cannot be the name of a setting', pos: [start, end] })
    },
  })
  return faults
}

type Parsed =
  | { readonly kind: 'company'; readonly company: Company }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }

/**
 * YAML reads `extension: 101` and `number: +46812345678` as numbers. Where text is wanted, the digits are taken as they were written
 * (so `pin: 0420` keeps its zero) instead of asking for quotes.
 */
function parseWithPlainNumbers(document: Document.Parsed, value: unknown): Parsed {
  const first = companySchema.safeParse(value)
  if (first.success) return { kind: 'company', company: first.data }
  let replaced = false
  for (const issue of first.error.issues) {
    if (issue.code !== 'invalid_type' || issue.expected !== 'string') continue
    const node = document.getIn(issue.path, true)
    if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined) {
      replaced = setIn(value, issue.path, node.source) || replaced
    }
  }
  const second = replaced ? companySchema.safeParse(value) : first
  if (second.success) return { kind: 'company', company: second.data }
  return { kind: 'refused', problems: second.error.issues.flatMap(problemsOf) }
}

interface Issue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}

function problemsOf(issue: Issue): readonly Problem[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  if (issue.code === 'unrecognized_keys' && issue.keys !== undefined)
    return issue.keys.map((key) =>
      error([...path, key], `there is no setting "${key}" here: is it misspelt or indented wrongly?`),
    )
  if (issue.message.endsWith('received undefined')) return [error(path, 'is missing')]
  return [error(path, issue.message.replace(/^Invalid input: /, ''))]
}

/** Sets a value of a plain tree at a path that exists; false when it does not. */
function setIn(root: unknown, path: readonly PropertyKey[], value: string): boolean {
  let at = root
  for (const step of path.slice(0, -1)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return false
    at = (at as Record<PropertyKey, unknown>)[step]
  }
  const last = path.at(-1)
  if (typeof at !== 'object' || at === null || last === undefined || !Object.hasOwn(at, last)) return false
  Object.defineProperty(at, last, { value, writable: true, enumerable: true, configurable: true })
  return true
}

/** The place of the node itself, or of the innermost one around it that is written in the file. */
function placeOf(
  document: Document.Parsed,
  lines: LineCounter,
  path: Path,
): { line: number; column: number } {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0])
      return { line: Math.max(1, line), column: Math.max(1, col) }
    }
  }
  return { line: 1, column: 1 }
}

/** `company/exempel.yaml:12:7: error: people[3].extension: 101 is used twice` */
export const problemText = (file: string, problem: PlacedProblem): string => {
  const at = pathText(problem.path)
  return `${file}:${String(problem.line)}:${String(problem.column)}: ${problem.severity}: ${at === '' ? '' : `${at}: `}${problem.message}`
}
