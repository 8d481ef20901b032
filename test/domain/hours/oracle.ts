import type { Company } from '../../../src/domain/directory/company.js'
import type { DayRule } from '../../../src/domain/directory/hours-schema.js'
import type { HoursRules } from '../../../src/domain/hours/open.js'
import type { Instant, Zone } from '../../../src/domain/ids.js'

/**
 * Says slowly and without any of the product's code whether it is open: every hour of ten years is looked up on the clock of
 * the zone, times are compared as text, and the holidays are those of the law, reckoned from Easter.
 */
export interface Oracle {
  readonly zone: Zone
  /** First instant of each hour that the clock of the zone showed, by `2026-10-25 02`; the autumn night has one twice. */
  readonly hours: ReadonlyMap<string, readonly Instant[]>
}

export const firstYear = 2024
const lastYear = 2037
const hour = 3_600_000

export function oracleOf(zone: Zone): Oracle {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  })
  const hours = new Map<string, Instant[]>()
  for (let at = Date.UTC(firstYear - 1, 11, 1); at < Date.UTC(lastYear, 1, 1); at += hour) {
    const shown = clock.format(at).slice(0, 13)
    hours.set(shown, [...(hours.get(shown) ?? []), at])
  }
  return { zone, hours }
}

const two = (value: number) => String(value).padStart(2, '0')
const isoOf = (day: number) => new Date(day * 24 * hour).toISOString().slice(0, 10)
const dayOfIso = (iso: string) => Date.parse(`${iso}T00:00:00Z`) / (24 * hour)
const plusDays = (iso: string, days: number) => isoOf(dayOfIso(iso) + days)
const weekdayOf = (iso: string) =>
  ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][new Date(`${iso}T00:00:00Z`).getUTCDay()] ?? ''

/** When the clock shows the time, for a beginning the first time, for an end the last; what it never shows is the hour after. */
export function instantOf(oracle: Oracle, iso: string, time: string, edge: 'start' | 'end'): Instant {
  if (time === '24:00') return instantOf(oracle, plusDays(iso, 1), '00:00', edge)
  const minutes = Number(time.slice(3)) * 60_000
  const shown = oracle.hours.get(`${iso} ${time.slice(0, 2)}`)
  const begins = edge === 'start' ? shown?.[0] : shown?.at(-1)
  if (begins !== undefined) return begins + minutes
  const after = oracle.hours.get(`${iso} ${two(Number(time.slice(0, 2)) + 1)}`)?.[0]
  if (after === undefined) throw new Error(`${oracle.zone} never shows ${iso} ${time}`)
  return after
}

/** The date on the wall at the instant. */
function dateAt(oracle: Oracle, instant: Instant): string {
  for (const days of [-1, 0, 1]) {
    const iso = isoOf(Math.floor(instant / (24 * hour)) + days)
    for (let at = 0; at < 24; at += 1)
      for (const begins of oracle.hours.get(`${iso} ${two(at)}`) ?? [])
        if (begins <= instant && instant < begins + hour) return iso
  }
  throw new Error(`${String(instant)} is not within the years`)
}

/** Easter Sunday by the rule of Gauss, as the day number. */
function easter(year: number): number {
  const a = year % 19
  const b = year % 4
  const c = year % 7
  const k = Math.floor(year / 100)
  const p = Math.floor((13 + 8 * k) / 25)
  const m = (15 - p + k - Math.floor(k / 4)) % 30
  const n = (4 + k - Math.floor(k / 4)) % 7
  const d = (19 * a + m) % 30
  const e = (2 * b + 4 * c + 6 * d + n) % 7
  const day = d === 29 && e === 6 ? 50 : d === 28 && e === 6 && (11 * m + 11) % 30 < 19 ? 49 : 22 + d + e
  return dayOfIso(`${String(year)}-03-01`) + day - 1
}

const firstFrom = (iso: string, weekday: string): string => {
  for (let day = iso; ; day = plusDays(day, 1)) if (weekdayOf(day) === weekday) return day
}

/** Lag (1989:253) om allmänna helgdagar; the eves that are no holidays are asked for by name. */
function swedish(year: number): Readonly<Record<string, string>> {
  const on = (date: string) => `${String(year)}-${date}`
  const fromEaster = (days: number) => isoOf(easter(year) + days)
  return {
    nyårsdagen: on('01-01'),
    'trettondedag jul': on('01-06'),
    långfredagen: fromEaster(-2),
    påskdagen: fromEaster(0),
    'annandag påsk': fromEaster(1),
    'första maj': on('05-01'),
    'Kristi himmelsfärdsdag': fromEaster(39),
    pingstdagen: fromEaster(49),
    nationaldagen: on('06-06'),
    midsommardagen: firstFrom(on('06-20'), 'sat'),
    'alla helgons dag': firstFrom(on('10-31'), 'sat'),
    juldagen: on('12-25'),
    'annandag jul': on('12-26'),
  }
}
const swedishEves = (year: number): Readonly<Record<string, string>> => ({
  midsommarafton: plusDays(firstFrom(`${String(year)}-06-20`, 'sat'), -1),
  julafton: `${String(year)}-12-24`,
  nyårsafton: `${String(year)}-12-31`,
  påskafton: isoOf(easter(year) - 1),
})

/** The holiday laws of the Länder that the tests use. */
function german(year: number, land: string | undefined): Readonly<Record<string, string>> {
  const on = (date: string) => `${String(year)}-${date}`
  const fromEaster = (days: number) => isoOf(easter(year) + days)
  return {
    Neujahr: on('01-01'),
    Karfreitag: fromEaster(-2),
    Ostermontag: fromEaster(1),
    'Tag der Arbeit': on('05-01'),
    'Christi Himmelfahrt': fromEaster(39),
    Pfingstmontag: fromEaster(50),
    'Tag der Deutschen Einheit': on('10-03'),
    '1. Weihnachtstag': on('12-25'),
    '2. Weihnachtstag': on('12-26'),
    ...(land === 'BE' ? { Frauentag: on('03-08') } : {}),
    // Once each: 80 years after the end of the war, 75 after the uprising.
    ...(land === 'BE' && year === 2025 ? { 'Tag der Befreiung': on('05-08') } : {}),
    ...(land === 'BE' && year === 2028 ? { 'Tag des Volksaufstandes': on('06-17') } : {}),
    ...(land === 'BY'
      ? { 'Heilige Drei Könige': on('01-06'), Fronleichnam: fromEaster(60), Allerheiligen: on('11-01') }
      : {}),
    ...(land === 'SN'
      ? { Reformationstag: on('10-31'), 'Buß- und Bettag': plusDays(firstFrom(on('11-16'), 'wed'), 0) }
      : {}),
  }
}
const germanEves = (year: number): Readonly<Record<string, string>> => ({
  'Heiliger Abend': `${String(year)}-12-24`,
  Silvester: `${String(year)}-12-31`,
})

export const eves: Readonly<Record<Company['country'], readonly string[]>> = {
  SE: ['midsommarafton', 'julafton', 'nyårsafton', 'påskafton'],
  DE: ['Heiliger Abend', 'Silvester'],
}

/** Public holidays of the year, `2026-12-25`, in order. */
export const publicHolidays = (
  country: Company['country'],
  land: string | undefined,
  year: number,
): readonly string[] =>
  [...new Set(Object.values(country === 'SE' ? swedish(year) : german(year, land)))].sort()

/** The rule for the date, and whether the week holds on it. */
function ruleOn(rules: HoursRules, iso: string): DayRule {
  const { exceptions, holidays } = rules.hours
  const single = exceptions.find((exception) => exception.date === iso)
  if (single !== undefined) return single.open
  const covering = exceptions.filter(
    ({ from, until }) => from !== undefined && until !== undefined && from <= iso && iso <= until,
  )
  const length = ({ from = '', until = '' }: { from?: string | undefined; until?: string | undefined }) =>
    dayOfIso(until) - dayOfIso(from)
  const range = [...covering].sort((a, b) => length(a) - length(b))[0]
  if (range !== undefined) return range.open
  if (holidays === undefined) return 'usual'
  const year = Number(iso.slice(0, 4))
  const lawful = rules.country === 'SE' ? swedish(year) : german(year, holidays.region)
  const named = { ...lawful, ...(rules.country === 'SE' ? swedishEves(year) : germanEves(year)) }
  for (const [name, date] of Object.entries(named)) {
    const written = holidays.days[name]
    if (date === iso && written !== undefined) return written
  }
  return Object.values(lawful).includes(iso) ? 'closed' : 'usual'
}

function isWithin(oracle: Oracle, rules: HoursRules, iso: string, rule: DayRule, instant: Instant): boolean {
  const week: Readonly<Record<string, readonly string[] | undefined>> = rules.hours.week
  const texts = rule === 'usual' ? (week[weekdayOf(iso)] ?? []) : rule === 'closed' ? [] : rule
  return texts.some((text) => {
    const [from = '', to = ''] = text.split('-')
    const begins = instantOf(oracle, iso, from, 'start')
    const ends = instantOf(oracle, to <= from ? plusDays(iso, 1) : iso, to, 'end')
    return begins <= instant && instant < ends
  })
}

/** O-04, read aloud: emergency closure > manual override > exception > weekly hours. */
export function isOpen(oracle: Oracle, rules: HoursRules, instant: Instant): boolean {
  const holding = rules.overrides.filter(
    ({ hours, from, until }) =>
      (hours === undefined || hours === rules.hours.id) &&
      from <= instant &&
      (until === undefined || instant < until),
  )
  if (holding.some(({ kind }) => kind === 'emergency')) return false
  const newest = [...holding].sort((a, b) => a.from - b.from).at(-1)
  if (newest !== undefined) return newest.kind === 'open'
  const today = dateAt(oracle, instant)
  const yesterday = plusDays(today, -1)
  const [ruleOfToday, ruleOfYesterday] = [ruleOn(rules, today), ruleOn(rules, yesterday)]
  if (isWithin(oracle, rules, today, ruleOfToday, instant)) return true
  // A night that began yesterday goes on, unless today is a day of its own and the night is only one of the week.
  const goesOn = ruleOfToday === 'usual' || ruleOfYesterday !== 'usual'
  return goesOn && isWithin(oracle, rules, yesterday, ruleOfYesterday, instant)
}
