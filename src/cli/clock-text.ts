import type { Instant, Zone } from '../domain/ids.js'
import { wallTimeAt } from '../domain/time/wall-time.js'

const two = (value: number): string => String(value).padStart(2, '0')

/** `2026-10-17 13:05:00` in the zone. */
export function clockText(instant: Instant, zone: Zone): string {
  const at = wallTimeAt(instant, zone)
  return `${String(at.year)}-${two(at.month)}-${two(at.day)} ${two(at.hour)}:${two(at.minute)}:${two(at.second)}`
}
