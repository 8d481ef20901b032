import type { QueueStatistics } from '../../domain/queue/statistics.js'
import { csvOf, statisticsTable } from '../../domain/queue/statistics-text.js'
import { parseIsoDate, type CalendarDate } from '../../domain/time/calendar.js'
import { dateAt } from '../../domain/time/wall-time.js'
import { longestStatistics, queueStatistics } from '../../flows/queue-statistics.js'
import type { StoredCompany } from '../../ports/stores.js'
import {
  CommandFailed,
  UsageWrong,
  connected,
  type Command,
  type Connection,
  type ExitCode,
} from '../command.js'
import { storedCompany } from '../stored-company.js'
import { table } from '../table.js'

export const stats: Command = {
  name: 'stats',
  usage: '[COMPANY] QUEUE [--from DATE] [--to DATE] [--within SECONDS] [--csv | --json]',
  summary: 'print what came of the callers of a queue, day by day',
  help: `What became of those who came to the queue (Q-25): answered, abandoned, gone on elsewhere, called back, how long they waited. QUEUE is its id or its number; COMPANY may be left out if there is only one. Days are those of the company's time zone; callers who still wait are not counted yet.

  --from DATE        first day, 2026-12-01; today if left out
  --to DATE          last day; today if left out
  --within SECONDS   an answer in this time counts as good service; the queue's serviceSeconds if left out
  --csv              a line a day, every figure in a column of its own
  --json             one JSON object`,
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    within: { type: 'string' },
    csv: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run(values, words, context) {
    const [first, second, ...rest] = words
    if (first === undefined || rest.length > 0) throw new UsageWrong('name one queue')
    if (values['csv'] === true && values['json'] === true) throw new UsageWrong('either --csv or --json')
    const within = secondsOf(values['within'])
    return connected<ExitCode>(context, async (connection) => {
      const { company } =
        second === undefined ? await onlyCompany(connection) : await storedCompany(first, connection)
      const today = dateAt(context.now(), company.zone)
      const to = dateOf(values['to'], '--to') ?? today
      const from = dateOf(values['from'], '--from') ?? (values['to'] === undefined ? today : to)
      const queue = second ?? first
      const found = await queueStatistics(
        company,
        { queue, from, to, withinSeconds: within },
        connection.stores,
      )
      if (found === 'noSuchQueue') {
        const ids = company.queues.map(({ id }) => id).join(', ')
        throw new CommandFailed(`${company.company} has no queue "${queue}". It has: ${ids || 'none'}`)
      }
      if (found === 'badRange')
        throw new UsageWrong(`--to comes after --from, at most ${String(longestStatistics)} days`)
      context.write(textOf(found, values['csv'] === true, values['json'] === true))
      return 0
    })
  },
}

function textOf(found: QueueStatistics, csv: boolean, json: boolean): string {
  if (json) return `${JSON.stringify(found)}\n`
  if (csv) return csvOf(found)
  const { head, rows } = statisticsTable(found)
  return `${found.name}, ${found.from} to ${found.to}\n\n${table(head, rows)}`
}

async function onlyCompany(connection: Connection): Promise<StoredCompany> {
  const ids = await connection.stores.companies.list()
  const stored = await Promise.all(ids.map((id) => connection.stores.companies.read(id)))
  const [only, ...others] = stored.filter((company) => company !== undefined)
  if (!only) throw new CommandFailed('No company has been applied.')
  if (others.length > 0) throw new UsageWrong('there are several companies: name one before the queue')
  return only
}

function secondsOf(value: string | boolean | undefined): number | undefined {
  if (typeof value !== 'string') return undefined
  if (!/^[1-9][0-9]{0,3}$/.test(value)) throw new UsageWrong('--within takes seconds, 1 to 9999')
  return Number(value)
}

function dateOf(value: string | boolean | undefined, option: string): CalendarDate | undefined {
  if (typeof value !== 'string') return undefined
  const date = parseIsoDate(value)
  if (date === undefined) throw new UsageWrong(`${option} takes a date, 2026-12-01`)
  return date
}
