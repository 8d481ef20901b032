import type { CompanyId, Milliseconds } from '../../domain/ids.js'
import { planApply, writeCompany, type PlannedCompany } from '../apply-companies.js'
import {
  CommandFailed,
  UsageWrong,
  connected,
  type Command,
  type Connection,
  type Context,
} from '../command.js'
import { readSource } from '../source-files.js'

const patience: Milliseconds = 5_000
const pollEvery: Milliseconds = 200

export const apply: Command = {
  name: 'apply',
  usage: 'FILE... [--dry-run]',
  summary: 'check company files and put them into force',
  help: `Checks every file; when one is wrong, nothing at all is applied. Otherwise shows what changes, stores it, and waits up to
5 seconds until the running exchange has told Asterisk. Calls that ring or talk go on as they began.
New phones get a password (see: vaxel phones). People and companies that are removed keep their messages.

  --dry-run   check and show only`,
  options: { 'dry-run': { type: 'boolean' } },
  async run(values, words, context) {
    if (words.length === 0) throw new UsageWrong('name at least one company file')
    const files = await Promise.all(words.map(readSource))
    return connected(context, async (connection) => {
      const plan = await planApply(files, connection.stores.companies)
      if (plan.kind === 'refused') {
        plan.problems.forEach((problem) => context.note(problem))
        context.note(`Nothing was applied: correct ${plan.problems.length === 1 ? 'this' : 'these'} first.`)
        return 1
      }
      plan.warnings.forEach((line) => context.note(line))
      plan.companies.forEach((planned) => showChanges(planned, context))
      if (values['dry-run'] === true) {
        context.note('Nothing was applied (--dry-run).')
        return 0
      }
      for (const planned of plan.companies) await applyOne(planned, connection, context)
      return 0
    })
  },
}

function showChanges({ company, before, changes, source }: PlannedCompany, context: Context): void {
  context.write(`${company.company}\n`)
  for (const change of changes) context.write(`  ${change}\n`)
  if (changes.length === 0)
    context.write(before?.source === source ? '  nothing changes\n' : '  only comments or layout change\n')
}

async function applyOne(planned: PlannedCompany, connection: Connection, context: Context): Promise<void> {
  const id = planned.company.company
  const result = await writeCompany(planned, connection.stores.companies, context.now(), context.newSecret)
  if (result.kind === 'conflict')
    throw new CommandFailed(
      `${id} was not applied: somebody else applied it at the same moment. Look at the difference and apply again.`,
    )
  const done = `${id}: version ${String(result.version)} ${result.kind === 'written' ? 'is stored' : 'was stored before'}`
  context.write(`${done}; ${await untilProvisioned(id, result.version, connection, context)}.\n`)
}

/** In words: what the running exchanges have made of it. */
async function untilProvisioned(
  company: CompanyId,
  version: number,
  { exchanges }: Connection,
  context: Context,
): Promise<string> {
  const deadline = context.now() + patience
  for (;;) {
    const running = await exchanges.exchanges()
    if (running.length === 0) return 'no exchange is running: its phones are set up at the next start'
    const states = running.map((report) => ({ report, state: report.provisioned[company] }))
    const done = states.every(({ state }) => state !== undefined && state.version >= version)
    if (done) {
      const problem = states.find(({ state }) => state?.problem !== undefined)
      if (problem?.state?.problem !== undefined)
        throw new CommandFailed(
          `${company} is stored, but the exchange ${problem.report.node} could not set up its phones: ${problem.state.problem}`,
        )
      return `its phones are set up on the running exchange${running.length === 1 ? '' : 's'}`
    }
    if (context.now() >= deadline) {
      const late = states.find(({ state }) => state === undefined || state.version < version)?.report
      return late?.asterisk === 'away'
        ? `the exchange ${late.node} is not connected to Asterisk: its phones are set up when it is`
        : `the exchange ${late?.node ?? ''} has not set up its phones yet: look again with vaxel status`
    }
    await context.pause(pollEvery)
  }
}
