import { absenceAt, absenceRulesOf } from '../../domain/absence/current.js'
import { reasonNamed, reasonsOf } from '../../domain/absence/reasons.js'
import type { Company } from '../../domain/directory/company.js'
import type { CompanyId, Instant } from '../../domain/ids.js'
import type { ExchangeReport } from '../../ports/provisioning.js'
import { RecordUnreadable } from '../../ports/stores.js'
import { clockText } from '../clock-text.js'
import {
  UsageWrong,
  connected,
  type Command,
  type Connection,
  type Context,
  type ExitCode,
} from '../command.js'
import { table } from '../table.js'

export const status: Command = {
  name: 'status',
  usage: '',
  summary: 'print what runs, which companies are in force, and who is absent now',
  help: `Exits with 1 when no exchange runs, one is not connected to Asterisk, or something stored cannot be read.
Absences read from a calendar feed are known to the exchange only and are not shown here. Sensitive reasons are shown as absent.`,
  options: {},
  async run(_values, words, context) {
    if (words.length > 0) throw new UsageWrong('takes no words')
    return connected<ExitCode>(context, async (connection) => {
      const companies = await connection.stores.companies.list()
      context.write('Redis      reachable\n')
      const exchanges = await connection.exchanges.exchanges()
      for (const line of exchangeLines(exchanges)) context.write(`${line}\n`)
      let healthy = exchanges.length > 0 && exchanges.every((report) => report.asterisk === 'connected')
      if (companies.length === 0) context.write('No company was applied yet: vaxel apply FILE\n')
      for (const company of companies)
        healthy = (await companyStatus(company, exchanges, connection, context)) && healthy
      return healthy ? 0 : 1
    })
  },
}

function exchangeLines(exchanges: readonly ExchangeReport[]): readonly string[] {
  if (exchanges.length === 0) return ['Exchange   none is running: start one with npm start']
  return exchanges.map(({ node, asterisk, asteriskVersion, standby }) => {
    const version = asteriskVersion === undefined ? '' : ` ${asteriskVersion}`
    const connection =
      asterisk === 'connected' ? `connected to Asterisk${version}` : 'NOT connected to Asterisk'
    return `Exchange   ${node}: ${connection}${standby === undefined ? '' : `; ${standbyText[standby]}`}`
  })
}

const standbyText = {
  ready: 'a second process stands by',
  none: 'no second process stands by',
} as const

/** One company; true when everything about it could be read and stands in Asterisk. */
async function companyStatus(
  id: CompanyId,
  exchanges: readonly ExchangeReport[],
  connection: Connection,
  context: Context,
): Promise<boolean> {
  try {
    const stored = await connection.stores.companies.read(id)
    if (stored === undefined) return true
    const { company, version, appliedAt } = stored
    const devices = company.people.reduce((count, person) => count + person.devices.length, 0)
    context.write(
      `\n${company.name} (${id})  version ${String(version)}, applied ${clockText(appliedAt, company.zone)}; ` +
        `${String(company.people.length)} people, ${String(devices)} phones\n`,
    )
    const behind = exchanges.flatMap((report) => provisioningLine(report, id, version))
    for (const line of behind) context.write(`  ${line}\n`)
    context.write(await absenceText(company, connection, context.now()))
    return behind.length === 0
  } catch (cause) {
    if (!(cause instanceof RecordUnreadable)) throw cause
    context.write(`  ${cause.message}\n`)
    return false
  }
}

function provisioningLine(report: ExchangeReport, company: CompanyId, version: number): readonly string[] {
  const state = report.provisioned[company]
  if (state?.problem !== undefined)
    return [`The exchange ${report.node} could not set up its phones: ${state.problem}`]
  return state === undefined || state.version < version
    ? [`The exchange ${report.node} has not set up this version yet.`]
    : []
}

async function absenceText(company: Company, connection: Connection, now: Instant): Promise<string> {
  const all = await connection.stores.absences.readAll(company.company)
  const rows = company.people.flatMap((person) => {
    const stored = all.get(person.id) ?? { v: 1, set: [], cancelled: [], version: 0 }
    const absence = absenceAt(stored, absenceRulesOf(company, person.id), now)
    if (absence === undefined) return []
    const reason = reasonNamed(reasonsOf(company, person), absence.reason)
    const until = absence.until === undefined ? '' : clockText(absence.until, company.zone).slice(0, -3)
    return [[person.extension, person.name, reason.sensitive ? 'absent' : reason.id, until, absence.source]]
  })
  if (rows.length === 0) return '  Nobody is absent.\n'
  return table(['absent', 'name', 'reason', 'until', 'by'], rows).replace(/^/gm, '  ').trimEnd() + '\n'
}
