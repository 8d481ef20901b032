import type { CalendarEntry } from '../../domain/absence/calendar-entries.js'
import { daysOfRule } from '../../domain/absence/recurring.js'
import { dateOfDay, dayNumber, formatIsoDate } from '../../domain/time/calendar.js'
import { startOfDay } from '../../domain/time/wall-time.js'
import type { CalendarReading, CalendarWindow } from '../../ports/calendar.js'
import { readEvent, type CalendarEvent } from './events.js'
import { readBlocks } from './lines.js'
import { dayOf, instantOfStated, readTime, type Stated } from './times.js'
import { zonesOf, type Zones } from './zones.js'

/** More than anybody has in two months; every call looks at all of them. */
const mostEntries = 2_000
const longestSpan = 366
const dayLength = 86_400_000

/**
 * The entries of a calendar (RFC 5545) that overlap the window, recurrences expanded (H-19). Whatever the text, nothing is thrown.
 * Yields after each small piece of work, so that whoever drives it can do something else meanwhile, or stop.
 */
export function* readCalendar(text: string, window: CalendarWindow): Generator<undefined, CalendarReading> {
  const blocks = yield* readBlocks(text)
  const zones = zonesOf(blocks.zones, window.zone)
  const events: CalendarEvent[] = []
  let skipped = blocks.cut
  for (const [position, block] of blocks.events.entries()) {
    const event = readEvent(block, position, window.zone)
    if (event === undefined) skipped += 1
    else events.push(event)
    if (position % 100 === 0) yield
  }
  const replaced = new Set(
    events.flatMap(({ uid, replaces }) => (replaces ? [`${uid} ${keyOf(replaces, zones)}`] : [])),
  )
  const entries: CalendarEntry[] = []
  for (const event of events) {
    if (!event.cancelled) {
      const found = startsOf(event, window, zones)
      if (!found.understood) skipped += 1
      for (const start of found.starts) {
        const key = keyOf(start, zones)
        if (event.replaces === undefined && replaced.has(`${event.uid} ${key}`)) continue
        const entry = entryOf(event, start, key, zones)
        if (overlaps(entry, window)) entries.push(entry)
      }
    }
    yield
  }
  entries.sort((a, b) => startOf(a, window) - startOf(b, window))
  return {
    entries: entries.slice(0, mostEntries),
    skipped: skipped + Math.max(0, entries.length - mostEntries),
  }
}

/** What tells one occurrence of a series from another. */
const keyOf = (start: Stated, zones: Zones): string =>
  start.seconds === undefined ? formatIsoDate(start.date) : String(instantOfStated(start, zones, 'start'))

/** When the event begins, within the window or shortly before; not understood: a rule finer than days. */
function startsOf(
  event: CalendarEvent,
  window: CalendarWindow,
  zones: Zones,
): { readonly starts: readonly Stated[]; readonly understood: boolean } {
  const { start, rule, also, except } = event
  if (rule === undefined && also.length === 0) return { starts: [start], understood: true }
  const first = Math.floor(window.from / dayLength) - 1 - spanOf(event)
  const last = Math.floor(window.until / dayLength) + 1
  const days = rule === undefined ? [] : daysOfSeries(event, rule, first, last, zones)
  const starts = [start, ...also, ...(days ?? []).map((day) => ({ ...start, date: dateOfDay(day) }))]
  const excepted = new Set(except.map((one) => keyOf(one, zones)))
  const kept = new Map<string, Stated>()
  for (const one of starts) {
    if (dayOf(one) < first || dayOf(one) > last) continue
    const key = keyOf(one, zones)
    // An exception may be a date only.
    if (!excepted.has(key) && !excepted.has(formatIsoDate(one.date))) kept.set(key, one)
  }
  return { starts: [...kept.values()], understood: days !== undefined }
}

function daysOfSeries(
  { start }: CalendarEvent,
  rule: string,
  first: number,
  last: number,
  zones: Zones,
): readonly number[] | undefined {
  const until = untilOf(rule, start)
  const limit = until && instantOfStated({ ...until, seconds: until.seconds ?? 86_399 }, zones, 'end')
  const untilDate = limit === undefined ? undefined : formatIsoDate(zones.wallTimeAt(limit, start.zone))
  const text = rule
    .split(';')
    .flatMap((part) => (part.startsWith('UNTIL=') ? untilPart(untilDate) : [part]))
    .join(';')
  const days = daysOfRule(text, dayOf(start), first, last)
  if (days === undefined || limit === undefined) return days && within([...days], first, last)
  return within([...days], first, last).filter(
    (day) => instantOfStated({ ...start, date: dateOfDay(day) }, zones, 'start') <= limit,
  )
}

/** The end of a series is an instant, or a date of its own zone (RFC 5545, 3.3.10). */
function untilOf(rule: string, start: Stated): Stated | undefined {
  const text = /(?:^|;)UNTIL=([^;]+)/.exec(rule)?.[1]
  return text === undefined ? undefined : readTime(text, undefined, start.zone)
}

const untilPart = (date: string | undefined): readonly string[] =>
  date === undefined ? [] : [`UNTIL=${date.replaceAll('-', '')}`]

const within = (days: readonly number[], first: number, last: number): readonly number[] =>
  days.filter((day) => day >= first && day <= last)

/** Days that one occurrence lasts at most. */
function spanOf({ start, end, duration }: CalendarEvent): number {
  const days = end === undefined ? Math.ceil((duration ?? 0) / 86_400) : dayOf(end) - dayOf(start)
  return Math.min(Math.max(days, 0) + 1, longestSpan)
}

function entryOf(event: CalendarEvent, start: Stated, key: string, zones: Zones): CalendarEntry {
  const { uid, title, busy } = event
  const single = event.rule === undefined && event.also.length === 0
  const about = {
    id: event.replaces ? `${uid}:${keyOf(event.replaces, zones)}` : single ? uid : `${uid}:${key}`,
    private: event.private,
    busy,
    ...(title === undefined ? {} : { title }),
  }
  if (start.seconds === undefined) {
    const after = dateOfDay(Math.min(dayOf(start) + lengthInDays(event), lastDay))
    return { ...about, allDay: true, start: formatIsoDate(start.date), end: formatIsoDate(after) }
  }
  const begin = instantOfStated(start, zones, 'start')
  return { ...about, allDay: false, start: begin, end: endOf(event, start, begin, zones) }
}

/** Of the years that have four digits, as a date written down has (RFC 3339); no entry ends later. */
const lastDay = dayNumber({ year: 9999, month: 12, day: 31 })

/** A day without an end lasts its day. */
function lengthInDays({ start, end, duration }: CalendarEvent): number {
  const days = end === undefined ? Math.floor((duration ?? 0) / 86_400) : dayOf(end) - dayOf(start)
  return Math.max(1, days)
}

/** An end keeps its place on the clock on the wall, a duration is elapsed time (H-26). */
function endOf(event: CalendarEvent, start: Stated, begin: number, zones: Zones): number {
  const { end, duration = 0 } = event
  if (end === undefined) return begin + duration * 1000
  const date = dateOfDay(dayOf(start) + dayOf(end) - dayOf(event.start))
  return instantOfStated({ ...end, date, seconds: end.seconds ?? 0 }, zones, 'end')
}

const startOf = (entry: CalendarEntry, window: CalendarWindow): number =>
  entry.allDay ? startOfIso(entry.start, window) : entry.start

function overlaps(entry: CalendarEntry, window: CalendarWindow): boolean {
  const end = entry.allDay ? startOfIso(entry.end, window) : entry.end
  return startOf(entry, window) < window.until && end > window.from
}

function startOfIso(date: string, { zone }: CalendarWindow): number {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  return startOfDay(dateOfDay(dayNumber({ year, month, day })), zone)
}
