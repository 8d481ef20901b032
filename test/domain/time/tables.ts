import { formatIsoDate, parseIsoDate } from '../../../src/domain/time/calendar.js'
import { dateAt, instantOf, startOfDay, type Edge } from '../../../src/domain/time/wall-time.js'

/** Wall time, edge, and the instant it must be; valid in Stockholm and in Berlin. */
const changeNights: readonly (readonly [date: string, time: string, edge: Edge, instant: string])[] = [
  ['2026-03-29', '01:59', 'start', '2026-03-29T00:59:00.000Z'],
  ['2026-03-29', '02:00', 'start', '2026-03-29T01:00:00.000Z'],
  ['2026-03-29', '02:30', 'start', '2026-03-29T01:00:00.000Z'],
  ['2026-03-29', '02:30', 'end', '2026-03-29T01:00:00.000Z'],
  ['2026-03-29', '02:59', 'end', '2026-03-29T01:00:00.000Z'],
  ['2026-03-29', '03:00', 'start', '2026-03-29T01:00:00.000Z'],
  ['2026-03-29', '03:30', 'start', '2026-03-29T01:30:00.000Z'],
  ['2026-03-29', '24:00', 'end', '2026-03-29T22:00:00.000Z'],
  ['2026-10-25', '01:59', 'end', '2026-10-24T23:59:00.000Z'],
  ['2026-10-25', '02:00', 'start', '2026-10-25T00:00:00.000Z'],
  ['2026-10-25', '02:00', 'end', '2026-10-25T01:00:00.000Z'],
  ['2026-10-25', '02:30', 'start', '2026-10-25T00:30:00.000Z'],
  ['2026-10-25', '02:30', 'end', '2026-10-25T01:30:00.000Z'],
  ['2026-10-25', '03:00', 'start', '2026-10-25T02:00:00.000Z'],
  ['2026-10-25', '03:00', 'end', '2026-10-25T02:00:00.000Z'],
  ['2026-06-15', '08:00', 'start', '2026-06-15T06:00:00.000Z'],
  ['2026-12-15', '08:00', 'end', '2026-12-15T07:00:00.000Z'],
]

const iso = (instant: number) => new Date(instant).toISOString()

/** The rows that come out otherwise than the table says, as text; the same function runs under several zones of the process. */
export function failures(zone: string): readonly string[] {
  return changeNights.flatMap(([date, time, edge, expected]) => {
    const day = parseIsoDate(date)
    if (day === undefined) return [`${date} is no date`]
    const clock = { hour: Number(time.slice(0, 2)), minute: Number(time.slice(3)) }
    const found = iso(instantOf(day, clock, zone, edge))
    return found === expected ? [] : [`${zone} ${date} ${time} ${edge}: ${found}, not ${expected}`]
  })
}

/** Every quarter of an hour of the year in another zone: as text, to be compared between processes. */
export function yearIn(zone: string): readonly string[] {
  const lines: string[] = []
  for (let day = parseIsoDate('2026-01-01'); day?.year === 2026;) {
    lines.push(`${formatIsoDate(day)} ${String(startOfDay(day, zone))}`)
    for (const hour of [0, 1, 2, 3, 12]) {
      for (const edge of ['start', 'end'] as const) {
        lines.push(String(instantOf(day, { hour, minute: 30 }, zone, edge)))
      }
    }
    day = dateAt(startOfDay(day, zone) + 36 * 3_600_000, zone)
  }
  return lines
}

/** Runs `action` as if the process had been started with TZ set, and proves that this took effect. */
export async function underZone(zone: string, action: () => Promise<void>): Promise<void> {
  const before = process.env['TZ']
  process.env['TZ'] = zone
  try {
    const now = new Intl.DateTimeFormat().resolvedOptions().timeZone
    if (now !== zone) throw new Error(`the process is still in ${now}`)
    await action()
  } finally {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  }
}
