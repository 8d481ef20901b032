import type { CallId, CompanyId } from '../../domain/ids.js'
import type { TraceEntry } from '../../ports/stores.js'
import { clockText } from '../clock-text.js'
import {
  CommandFailed,
  UsageWrong,
  connected,
  type Command,
  type ExitCode,
  type Connection,
} from '../command.js'
import { storedCompany } from '../stored-company.js'

export const trace: Command = {
  name: 'trace',
  usage: 'CALL | --last [--company COMPANY] [--json]',
  summary: 'print why a call went where it went',
  help: `Every decision of a call (R-08): when, the rule, what it looked at, what came of it. It holds telephone numbers.

  --last              the newest call
  --company COMPANY   look only there
  --json              one JSON object a decision`,
  options: { last: { type: 'boolean' }, company: { type: 'string' }, json: { type: 'boolean' } },
  async run(values, words, context) {
    const [call, ...rest] = words
    const last = values['last'] === true
    if (rest.length > 0 || (call === undefined) !== last) throw new UsageWrong('name one call, or say --last')
    return connected<ExitCode>(context, async (connection) => {
      const named = values['company']
      const companies =
        typeof named === 'string'
          ? [(await storedCompany(named, connection)).company.company]
          : await connection.stores.companies.list()
      const found = await findCall(call as CallId | undefined, companies, connection)
      if (found === undefined)
        throw new CommandFailed(
          call === undefined
            ? 'No call was traced yet.'
            : `There is no trace of the call ${call}: traces are kept for a while only. The newest: vaxel trace --last`,
        )
      if (values['json'] === true)
        for (const entry of found.entries) context.write(`${JSON.stringify(entry)}\n`)
      else context.write(traceText(found.company, found.call, found.entries))
      return 0
    })
  },
}

interface FoundCall {
  readonly company: CompanyId
  readonly call: CallId
  readonly entries: readonly TraceEntry[]
}

/** The named call, wherever it is; or the newest of all. */
async function findCall(
  wanted: CallId | undefined,
  companies: readonly CompanyId[],
  { stores }: Connection,
): Promise<FoundCall | undefined> {
  const found: FoundCall[] = []
  for (const company of companies) {
    const call = wanted ?? (await stores.traces.recent(company, 1))[0]
    if (call === undefined) continue
    const entries = await stores.traces.read(company, call)
    if (entries.length > 0) found.push({ company, call, entries })
  }
  return found.sort((a, b) => (b.entries[0]?.at ?? 0) - (a.entries[0]?.at ?? 0))[0]
}

/** One decision a paragraph: time, rule and result, then what it looked at. */
function traceText(company: string, call: string, entries: readonly TraceEntry[]): string {
  const zone = entries[0]?.zone ?? 'UTC'
  const lines = entries.flatMap((entry) => [
    `${clockText(entry.at, entry.zone)}  ${entry.rule}  ->  ${entry.result}`,
    ...Object.entries(entry.inputs)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `    ${name}: ${inputText(value)}`),
  ])
  return [`call ${call} of ${company} (times in ${zone})`, ...lines].map((line) => `${line}\n`).join('')
}

const inputText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
