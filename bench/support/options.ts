import { parseArgs } from 'node:util'

/** What a benchmark in several parts was asked to do. */
export interface BenchOptions<Part extends string> {
  readonly quick: boolean
  /** How much of each part is done: a tenth of it with `--quick`. */
  readonly share: number
  /** All parts, and so the last line. */
  readonly whole: boolean
  readonly wants: (part: Part) => boolean
}

/** `--quick` and `--part NAME` of the command line. Ends the process when there is no such part. */
export function benchOptions<Part extends string>(parts: readonly Part[]): BenchOptions<Part> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean' }, part: { type: 'string' } } })
  const { quick = false, part } = values
  if (part !== undefined && !parts.some((known) => known === part)) {
    process.stderr.write(`there is no part ${part}; choose one of: ${parts.join(', ')}\n`)
    process.exit(2)
  }
  return {
    quick,
    share: quick ? 0.1 : 1,
    whole: part === undefined,
    wants: (asked) => part === undefined || part === asked,
  }
}
