import ICAL from 'ical.js'

/** One property of a calendar component; values are texts in the form of RFC 7265, `2026-11-23T09:30:00`. */
export interface Property {
  readonly name: string
  readonly zone?: string | undefined
  readonly values: readonly string[]
}

export interface Block {
  readonly properties: readonly Property[]
  /** Components inside: the observances of a time zone. */
  readonly parts: readonly Block[]
}

export interface Blocks {
  readonly events: readonly Block[]
  readonly zones: readonly Block[]
  /** The calendar has more than is read. */
  readonly cut: number
}

/** A calendar with more is cut: it is not one person's. */
const mostEvents = 20_000
const mostZones = 100
const mostPartsOfZone = 100
const mostProperties = 2_000
/** A longer line is a picture or a description, never a date. */
const longestLine = 4_000

/** What an absence is made of. All else, such as attached files, is not even parsed. */
const wanted = new Set([
  'UID',
  'SUMMARY',
  'DTSTART',
  'DTEND',
  'DURATION',
  'RRULE',
  'RDATE',
  'EXDATE',
  'RECURRENCE-ID',
  'CLASS',
  'TRANSP',
  'STATUS',
  'X-MICROSOFT-CDO-BUSYSTATUS',
  'TZID',
  'TZOFFSETFROM',
  'TZOFFSETTO',
  'X-LIC-LOCATION',
])

interface Open {
  readonly kind: string
  readonly properties: Property[]
  readonly parts: Block[]
}

/**
 * The events and time zones of a calendar (RFC 5545, 3.6). Lines that cannot be read are passed over, since one program's mistake
 * in one line must not hide a year of meetings. Yields now and then.
 */
export function* readBlocks(text: string): Generator<undefined, Blocks> {
  const events: Block[] = []
  const zones: Block[] = []
  const open: Open[] = []
  let cut = 0
  let count = 0
  for (const line of unfolded(text)) {
    count += 1
    if (count % 500 === 0) yield
    const name = /^[A-Za-z0-9-]+/.exec(line)?.[0].toUpperCase() ?? ''
    const kind = line
      .slice(name.length + 1)
      .trim()
      .toUpperCase()
    if (name === 'BEGIN') {
      // Deeper nesting has no meaning in the format.
      if (open.length < 8) open.push({ kind, properties: [], parts: [] })
    } else if (name === 'END') {
      const index = open.findLastIndex((one) => one.kind === kind)
      if (index < 0) continue
      const [closed] = open.splice(index)
      if (closed === undefined) continue
      if (kind === 'VEVENT' && events.length < mostEvents) events.push(closed)
      else if (kind === 'VEVENT') cut += 1
      else if (kind === 'VTIMEZONE' && zones.length < mostZones) zones.push(closed)
      else if (kind === 'STANDARD' || kind === 'DAYLIGHT') {
        const parts = open.at(-1)?.parts
        if (parts !== undefined && parts.length < mostPartsOfZone) parts.push(closed)
      }
    } else if (wanted.has(name)) {
      const properties = open.at(-1)?.properties
      const property = properties && properties.length < mostProperties ? readProperty(line) : undefined
      if (property !== undefined) properties?.push(property)
    }
  }
  return { events, zones, cut }
}

/** Long lines are folded: a line that begins with a blank continues the one before it (RFC 5545, 3.1). */
function* unfolded(text: string): Generator<string> {
  let line = ''
  for (const [part] of text.matchAll(/[^\r\n]+/g)) {
    if (/^[ \t]/.test(part)) {
      if (line.length < longestLine) line += part.slice(1)
    } else {
      yield line
      line = part
    }
    if (line.length > longestLine) line = line.slice(0, longestLine)
  }
  yield line
}

function readProperty(line: string): Property | undefined {
  try {
    const [name, parameters, , ...values] = ICAL.parse.property(line) as readonly [
      string,
      Readonly<Record<string, unknown>>,
      string,
      ...(readonly unknown[]),
    ]
    const zone = parameters['tzid']
    return {
      name,
      zone: typeof zone === 'string' ? zone : undefined,
      values: values.map((value) => textOf(name, value)),
    }
  } catch {
    return undefined
  }
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (name === 'rrule') return ruleText(value)
  // A period: its start.
  return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : ''
}

/** A rule comes apart as a record; here it is a text again. */
function ruleText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .map(([part, given]) => `${part.toUpperCase()}=${String(given)}`)
    .join(';')
}

/** The first value of a property. */
export const valueOf = (block: Block, name: string): string | undefined => propertyOf(block, name)?.values[0]

export const propertyOf = (block: Block, name: string): Property | undefined =>
  block.properties.find((property) => property.name === name)

export const propertiesOf = (block: Block, name: string): readonly Property[] =>
  block.properties.filter((property) => property.name === name)

/** Seconds of a duration such as `PT1H30M`; undefined for another text. */
export function secondsOf(duration: string): number | undefined {
  try {
    const seconds: unknown = ICAL.Duration.fromString(duration).toSeconds()
    return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : undefined
  } catch {
    return undefined
  }
}
