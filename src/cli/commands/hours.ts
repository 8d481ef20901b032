import type { Company } from '../../domain/directory/company.js'
import { hoursRulesOf, openingAt, type HoursRules } from '../../domain/hours/open.js'
import type { HoursOverride } from '../../domain/hours/overrides.js'
import { preview, type PreviewDay } from '../../domain/hours/preview.js'
import { readEnd, setByHand, type HoursWish } from '../../domain/hours/set-by-hand.js'
import type { HoursId, Instant } from '../../domain/ids.js'
import { addDays, daysBetween, parseIsoDate, type CalendarDate } from '../../domain/time/calendar.js'
import { dateAt } from '../../domain/time/wall-time.js'
import { changeOverrides } from '../../flows/hours-book.js'
import { clockText } from '../clock-text.js'
import {
  CommandFailed,
  UsageWrong,
  connected,
  type Command,
  type Connection,
  type Context,
  type ExitCode,
  type Values,
} from '../command.js'
import { storedCompany } from '../stored-company.js'
import { table } from '../table.js'

const shownDays = 28
const longestRange = 1_000

export const hours: Command = {
  name: 'hours',
  usage:
    'COMPANY [NAME] [--from DATE] [--to DATE] [--json] | COMPANY [NAME] --open|--close|--emergency|--usual|--lift [--until TIME]',
  summary: 'print opening hours and holidays day by day, or open and close by hand',
  help: `The days as the company file has them (O-01 to O-03), with the names of holidays, and what holds now. Without NAME all hours of the company.

  --from DATE    first day, 2026-12-01; today if left out
  --to DATE      last day; four weeks in all if left out
  --json         one JSON object a day

By hand, above the file (O-04):
  --open         open until the time of --until
  --close        closed until then
  --emergency    closed whatever else says; until then, or until it is lifted
  --usual        what was opened or closed by hand ends now
  --lift         the emergency is over
  --until TIME   17:30, or "2026-12-24 12:00"; it ends by itself`,
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    json: { type: 'boolean' },
    open: { type: 'boolean' },
    close: { type: 'boolean' },
    emergency: { type: 'boolean' },
    usual: { type: 'boolean' },
    lift: { type: 'boolean' },
    until: { type: 'string' },
  },
  async run(values, words, context) {
    const [name, id, ...rest] = words
    if (name === undefined || rest.length > 0)
      throw new UsageWrong('name a company, and one of its hours or none')
    return connected<ExitCode>(context, async (connection) => {
      const { company } = await storedCompany(name, connection)
      requireHours(company, id)
      const what = wished(values)
      if (what === undefined) await show(company, id, values, connection, context)
      else await set(company, id, what, values, connection, context)
      return 0
    })
  },
}

function requireHours(company: Company, id: string | undefined): void {
  const names = company.hours.map((each) => each.id)
  if (names.length === 0)
    throw new CommandFailed(`${company.company} has no opening hours: write them under "hours".`)
  if (id !== undefined && !names.some((each) => each === id))
    throw new CommandFailed(`There are no hours "${id}". There are: ${names.join(', ')}`)
}

const wishes = [
  ['open', 'open'],
  ['close', 'closed'],
  ['emergency', 'emergency'],
  ['usual', 'usual'],
  ['lift', 'lift'],
] as const

function wished(values: Values): HoursWish['what'] | undefined {
  const said = wishes.filter(([option]) => values[option] === true)
  if (said.length > 1) throw new UsageWrong('one of --open, --close, --emergency, --usual, --lift')
  return said[0]?.[1]
}

async function set(
  company: Company,
  id: string | undefined,
  what: HoursWish['what'],
  values: Values,
  { stores }: Connection,
  context: Context,
): Promise<void> {
  const now = context.now()
  const written = values['until']
  const until = typeof written === 'string' ? readEnd(written, now, company.zone) : undefined
  if (typeof written === 'string' && until === undefined)
    throw new UsageWrong('--until takes a time, 17:30, or a date and time, "2026-12-24 12:00"')
  const setter = { id: `console-${context.newSecret()}`, setBy: 'operator', means: 'console' } as const
  const wish: HoursWish = { what, hours: id as HoursId | undefined, until }
  const outcome = setByHand(company, wish, setter, now)
  if ('refused' in outcome)
    throw outcome.refused === 'needsEnd'
      ? new UsageWrong('what is opened or closed by hand ends by itself: say --until')
      : new CommandFailed(`${written === undefined ? 'That' : String(written)} is past already.`)
  const stored = await changeOverrides(stores.hours, company.company, outcome.change)
  context.write(stateNow(company, id, stored.set, now))
}

async function show(
  company: Company,
  id: string | undefined,
  values: Values,
  { stores }: Connection,
  context: Context,
): Promise<void> {
  const now = context.now()
  const first = dateOf(values['from'], '--from') ?? dateAt(now, company.zone)
  const last = dateOf(values['to'], '--to') ?? addDays(first, shownDays - 1)
  if (daysBetween(first, last) < 0 || daysBetween(first, last) >= longestRange)
    throw new UsageWrong(`--to comes after --from, at most ${String(longestRange)} days`)
  const { set: overrides } = await stores.hours.read(company.company)
  const json = values['json'] === true
  if (!json) context.write(stateNow(company, id, overrides, now))
  for (const rules of rulesOf(company, id, overrides)) {
    const days = preview(rules, first, last, company.language)
    const name = rules.hours.id
    if (json) for (const day of days) context.write(`${JSON.stringify({ hours: name, ...day })}\n`)
    else context.write(`\n${name}\n${table(['date', '', 'open', ''], days.map(row))}`)
  }
}

const rulesOf = (
  company: Company,
  id: string | undefined,
  overrides: readonly HoursOverride[],
): readonly HoursRules[] =>
  company.hours
    .filter((each) => id === undefined || each.id === id)
    .flatMap((each) => hoursRulesOf(company, each.id, overrides) ?? [])

function row({ date, weekday, open, because, note }: PreviewDay): readonly string[] {
  const why = because === 'weekly' ? '' : (note ?? because)
  return [date, weekday, open.length === 0 ? 'closed' : open.join(', '), why]
}

/** What holds now, a line for each of the hours. */
function stateNow(
  company: Company,
  id: string | undefined,
  overrides: readonly HoursOverride[],
  now: Instant,
): string {
  return rulesOf(company, id, overrides)
    .map((rules) => {
      const { open, because, override } = openingAt(rules, now)
      const until = override?.until === undefined ? '' : `, until ${clockText(override.until, company.zone)}`
      const byHand = because === 'override' ? ' by hand' : because === 'emergency' ? ' (emergency)' : ''
      return `${rules.hours.id} is ${open ? 'open' : 'closed'} now${byHand}${until}\n`
    })
    .join('')
}

function dateOf(value: string | boolean | undefined, option: string): CalendarDate | undefined {
  if (typeof value !== 'string') return undefined
  const date = parseIsoDate(value)
  if (date === undefined) throw new UsageWrong(`${option} takes a date, 2026-12-01`)
  return date
}
