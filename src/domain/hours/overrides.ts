import type { HoursId, Instant, PersonId } from '../ids.js'

/**
 * What somebody set by hand above the hours of the file (O-04): opened or closed until a given time, or closed for an emergency,
 * which may last until it is lifted. It ends by itself: the clock is asked, nothing is scheduled.
 */
export interface HoursOverride {
  /** The command that set it, so that one carried out twice is one. */
  readonly id: string
  readonly kind: 'emergency' | 'open' | 'closed'
  /** Left out: all hours of the company. */
  readonly hours?: HoursId | undefined
  readonly from: Instant
  /** Only an emergency may be without. */
  readonly until?: Instant | undefined
  readonly setBy: PersonId | 'operator'
  readonly means: 'keypad' | 'console' | 'api'
}

/** All of a company, also those ended lately: whoever came before an end belongs to what held then (O-05). */
export interface StoredOverrides {
  readonly version: number
  readonly set: readonly HoursOverride[]
}

export const noOverrides: StoredOverrides = { version: 0, set: [] }

/** Long enough for every call that arrived while it held. */
const keptAfterEnd = 2 * 86_400_000

const holds = (override: HoursOverride, instant: Instant): boolean =>
  override.from <= instant && (override.until === undefined || instant < override.until)

const isFor = (override: HoursOverride, hours: HoursId | undefined): boolean =>
  override.hours === undefined || override.hours === hours

const isEmergency = (override: HoursOverride): boolean => override.kind === 'emergency'

/** The one that counts for the hours at the instant: an emergency before the others, then the newest (O-04). */
export function overrideAt(
  overrides: readonly HoursOverride[],
  hours: HoursId,
  instant: Instant,
): HoursOverride | undefined {
  return overrides
    .filter((override) => isFor(override, hours) && holds(override, instant))
    .sort(
      (a, b) => Number(isEmergency(b)) - Number(isEmergency(a)) || b.from - a.from || (a.id < b.id ? 1 : -1),
    )[0]
}

/** The new one takes the place of what was set for the same hours; emergencies and other overrides do not touch each other. */
export function withOverride(stored: StoredOverrides, next: HoursOverride): StoredOverrides {
  if (stored.set.some((override) => override.id === next.id)) return stored
  const ended = endedWhere(stored, next.from, (override) => replaces(next, override))
  return { ...ended, set: [...ended.set, next] }
}

const replaces = (next: HoursOverride, old: HoursOverride): boolean =>
  isEmergency(next) === isEmergency(old) && (next.hours === undefined || next.hours === old.hours)

/** What was set ends now: the hours of the file hold again. `emergency` lifts emergencies only, `hand` all else. */
export const withoutOverride = (
  stored: StoredOverrides,
  what: 'emergency' | 'hand',
  hours: HoursId | undefined,
  now: Instant,
): StoredOverrides =>
  endedWhere(
    stored,
    now,
    (override) =>
      isEmergency(override) === (what === 'emergency') && (hours === undefined || override.hours === hours),
  )

function endedWhere(
  stored: StoredOverrides,
  now: Instant,
  ends: (override: HoursOverride) => boolean,
): StoredOverrides {
  const set = stored.set
    .map((override) => (holds(override, now) && ends(override) ? { ...override, until: now } : override))
    .filter(({ from, until }) => until === undefined || (from < until && until > now - keptAfterEnd))
  return { ...stored, set }
}
