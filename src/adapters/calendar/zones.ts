import { daysOfRule } from '../../domain/absence/recurring.js'
import type { Instant, Milliseconds, Zone } from '../../domain/ids.js'
import { dateOfDay, dayNumber, parseIsoDate, type CalendarDate } from '../../domain/time/calendar.js'
import { instantOf, isZone, wallTimeAt, type Edge, type WallTime } from '../../domain/time/wall-time.js'
import { propertiesOf, valueOf, type Block } from './lines.js'

/** The zones of one calendar. */
export interface Zones {
  /** The instant at which a clock in the zone shows `minutes` after midnight of the date. */
  instantOf(date: CalendarDate, minutes: number, zone: Zone, edge: Edge): Instant
  /** What a clock in the zone shows. */
  wallTimeAt(instant: Instant, zone: Zone): WallTime
}

/**
 * Names that Microsoft's programs write, as the zones of the IANA list (CLDR, windowsZones.xml): those of Europe and the ones met most.
 * Other names are understood by the rules that stand beside them in the calendar.
 */
const windowsZones = new Map(
  Object.entries({
    'W. Europe Standard Time': 'Europe/Berlin',
    'Central Europe Standard Time': 'Europe/Budapest',
    'Central European Standard Time': 'Europe/Warsaw',
    'Romance Standard Time': 'Europe/Paris',
    'GMT Standard Time': 'Europe/London',
    'Greenwich Standard Time': 'Atlantic/Reykjavik',
    'FLE Standard Time': 'Europe/Kyiv',
    'GTB Standard Time': 'Europe/Bucharest',
    'E. Europe Standard Time': 'Europe/Chisinau',
    'Turkey Standard Time': 'Europe/Istanbul',
    'Russian Standard Time': 'Europe/Moscow',
    'Eastern Standard Time': 'America/New_York',
    'Central Standard Time': 'America/Chicago',
    'Mountain Standard Time': 'America/Denver',
    'Pacific Standard Time': 'America/Los_Angeles',
    'India Standard Time': 'Asia/Kolkata',
    'China Standard Time': 'Asia/Shanghai',
    'Tokyo Standard Time': 'Asia/Tokyo',
    UTC: 'UTC',
  }),
)

const minute: Milliseconds = 60_000
const dayLength: Milliseconds = 86_400_000

/** From this instant on the zone is `offset` ahead of UTC. */
interface Change {
  readonly at: Instant
  readonly before: Milliseconds
  readonly offset: Milliseconds
}

/**
 * How the zones of a calendar are read: by their IANA name, also at the end of a path or in `X-LIC-LOCATION`; by Microsoft's name; by the
 * rules of the calendar's own VTIMEZONE (RFC 5545, 3.6.5); else as `home`, the zone of the company.
 */
export function zonesOf(blocks: readonly Block[], home: Zone): Zones {
  const own = new Map<string, Block>()
  for (const block of blocks) {
    const name = valueOf(block, 'tzid')
    if (name !== undefined && !own.has(name)) own.set(name, block)
  }
  const named = new Map<string, Zone | Block>()
  const lookUp = (zone: string): Zone | Block => {
    const known = named.get(zone)
    if (known !== undefined) return known
    const found = ianaName(zone, own.get(zone)) ?? own.get(zone) ?? home
    named.set(zone, found)
    return found
  }
  const changes = new Map<string, readonly Change[]>()
  const changesAround = (block: Block, day: number): readonly Change[] => {
    const year = dateOfDay(day).year
    const key = `${valueOf(block, 'tzid') ?? ''} ${String(year)}`
    const known = changes.get(key)
    if (known !== undefined) return known
    const found = changesOf(
      block,
      dayNumber({ year: year - 1, month: 1, day: 1 }),
      dayNumber({ year: year + 2, month: 1, day: 1 }),
    )
    changes.set(key, found)
    return found
  }
  return {
    instantOf: (date, minutes, zone, edge) => {
      const found = lookUp(zone)
      if (typeof found === 'string')
        return instantOf(date, { hour: Math.floor(minutes / 60), minute: minutes % 60 }, found, edge)
      const wall = dayNumber(date) * dayLength + minutes * minute
      return instantByChanges(wall, changesAround(found, dayNumber(date)), edge)
    },
    wallTimeAt: (instant, zone) => {
      const found = lookUp(zone)
      if (typeof found === 'string') return wallTimeAt(instant, found)
      const around = changesAround(found, Math.floor(instant / dayLength))
      const last = around.findLast((change) => change.at <= instant)
      return wallTimeAt(instant + (last?.offset ?? around[0]?.before ?? 0), 'UTC')
    },
  }
}

function ianaName(zone: string, block: Block | undefined): Zone | undefined {
  const location = block && valueOf(block, 'x-lic-location')
  const path = /([A-Za-z_]+\/[A-Za-z_+-]+)$/.exec(zone)?.[1]
  return [zone, windowsZones.get(zone), location, path].find(
    (name) => name !== undefined && name.length < 64 && isZone(name),
  )
}

function instantByChanges(wall: number, changes: readonly Change[], edge: Edge): Instant {
  const first = changes[0]
  if (first === undefined) return wall
  const offsets = [{ at: -Infinity, offset: first.before }, ...changes]
  const shown = offsets
    .map(({ at, offset }, index) => ({
      at,
      next: offsets[index + 1]?.at ?? Infinity,
      instant: wall - offset,
    }))
    .filter(({ at, next, instant }) => at <= instant && instant < next)
  const found = edge === 'start' ? shown[0] : shown.at(-1)
  // In the hour that the spring night lacks it is the end of the gap (H-26).
  return (
    found?.instant ??
    changes.find(({ at, before }) => wall - before >= at && wall - before < at + dayLength)?.at ??
    wall - first.offset
  )
}

function changesOf(block: Block, first: number, last: number): readonly Change[] {
  return block.parts.flatMap((part) => changesOfPart(part, first, last)).sort((a, b) => a.at - b.at)
}

function changesOfPart(part: Block, first: number, last: number): readonly Change[] {
  const [before, offset] = [offsetOf(valueOf(part, 'tzoffsetfrom')), offsetOf(valueOf(part, 'tzoffsetto'))]
  const start = /^([0-9-]+)T([0-9]{2}):([0-9]{2})/.exec(valueOf(part, 'dtstart') ?? '')
  const date = parseIsoDate(start?.[1] ?? '')
  if (before === undefined || offset === undefined || start === null || date === undefined) return []
  const minutes = Number(start[2]) * 60 + Number(start[3])
  // Rules of zones are yearly, and some begin in 1601: the first 370 years need not be computed.
  const began = dayNumber(date.year < 1970 ? { ...date, year: 1970 } : date)
  const rule = valueOf(part, 'rrule')
  const days = new Set([dayNumber(date)])
  for (const day of propertiesOf(part, 'rdate').flatMap(({ values }) => values)) addIfDate(days, day)
  if (rule?.startsWith('FREQ=YEARLY') === true)
    for (const day of daysOfRule(rule, began, first, last) ?? []) days.add(day)
  return [...days].map((day) => ({ at: day * dayLength + minutes * minute - before, before, offset }))
}

function addIfDate(days: Set<number>, text: string): void {
  const date = parseIsoDate(text.slice(0, 10))
  if (date !== undefined) days.add(dayNumber(date))
}

/** `+01:00` or `-03:30`. */
function offsetOf(text: string | undefined): Milliseconds | undefined {
  const parts = /^([+-])([01][0-9]):([0-5][0-9])/.exec(text ?? '')
  if (parts === null) return undefined
  return (parts[1] === '-' ? -1 : 1) * (Number(parts[2]) * 60 + Number(parts[3])) * minute
}
