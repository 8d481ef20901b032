import type { Company, Person } from '../directory/company.js'
import { ownRole } from '../directory/profile.js'
import type { HoursId, Instant, Zone } from '../ids.js'
import { addDays, parseIsoDate } from '../time/calendar.js'
import { dateAt, instantOf, parseClockTime } from '../time/wall-time.js'
import { withOverride, withoutOverride, type HoursOverride, type StoredOverrides } from './overrides.js'

/** What somebody wants of the hours of a company, or of one of them (O-04). */
export interface HoursWish {
  /** `usual`: the file holds again; `lift`: the emergency is over. */
  readonly what: 'open' | 'closed' | 'emergency' | 'usual' | 'lift'
  readonly hours?: HoursId | undefined
  /** Needed for open and closed; an emergency may be without. */
  readonly until?: Instant | undefined
}

export type HoursRefusal = 'noSuchHours' | 'needsEnd' | 'endPassed'

/** Who sets it, with the command's name, so that one carried out twice is one. */
export type HoursSetter = Pick<HoursOverride, 'id' | 'setBy' | 'means'>

/** The change that a wish makes, or why it makes none. */
export function setByHand(
  company: Pick<Company, 'hours'>,
  wish: HoursWish,
  setter: HoursSetter,
  now: Instant,
): { readonly change: (before: StoredOverrides) => StoredOverrides } | { readonly refused: HoursRefusal } {
  const { what, hours, until } = wish
  if (company.hours.length === 0) return { refused: 'noSuchHours' }
  if (hours !== undefined && !company.hours.some(({ id }) => id === hours)) return { refused: 'noSuchHours' }
  if (what === 'usual') return { change: (before) => withoutOverride(before, 'hand', hours, now) }
  if (what === 'lift') return { change: (before) => withoutOverride(before, 'emergency', hours, now) }
  if (until === undefined && what !== 'emergency') return { refused: 'needsEnd' }
  if (until !== undefined && until <= now) return { refused: 'endPassed' }
  const override: HoursOverride = { ...setter, kind: what, hours, from: now, until }
  return { change: (before) => withOverride(before, override) }
}

/** `17:30`, today or else tomorrow, or `2026-12-24 12:00`. Undefined for anything else. */
export function readEnd(text: string, now: Instant, zone: Zone): Instant | undefined {
  const [first = '', second] = text.trim().split(/[ T]/)
  const date = second === undefined ? dateAt(now, zone) : parseIsoDate(first)
  const time = parseClockTime(second ?? first)
  if (date === undefined || time === undefined) return undefined
  const end = instantOf(date, time, zone, 'end')
  return second !== undefined || end > now ? end : instantOf(addDays(date, 1), time, zone, 'end')
}

/** Who may open and close by hand: the people of the reception, and those whose role says so. */
export const maySetHours = (company: Company, person: Person): boolean =>
  company.reception.people.includes(person.id) ||
  (person.role !== undefined && ownRole(company, person.role)?.maySetHours === true)
