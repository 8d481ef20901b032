import type { Company } from '../directory/company.js'
import { openAt, type HoursRules } from '../hours/open.js'
import type { HoursOverride } from '../hours/overrides.js'
import type { Instant, LegId, PersonId } from '../ids.js'
import { inRole, partyOf, type Talk } from '../talk/talk.js'

/** What O-14 looks at, at the moment of the answer. */
export interface RecordingFacts {
  readonly now: Instant
  /** Set by hand above the opening hours (O-04). */
  readonly overrides: readonly HoursOverride[]
  readonly isAbsent: (person: PersonId) => boolean
}

/** Why somebody's talk is recorded, or not. */
export type RecordingRuling = 'record' | 'noLicence' | 'noConsent' | 'notThisPerson' | 'closed' | 'absent'

/** O-14: licence AND consent policy AND hours at the answer AND not absent. */
export function rulingFor(company: Company, person: PersonId, facts: RecordingFacts): RecordingRuling {
  const { licence, consent, people } = company.recording
  if (!licence) return 'noLicence'
  if (consent === 'off') return 'noConsent'
  if (!people.includes('*') && !people.includes(person)) return 'notThisPerson'
  if (!openAt(hoursOf(company, facts.overrides), facts.now)) return 'closed'
  return facts.isAbsent(person) ? 'absent' : 'record'
}

const weekdays = ['08:00-18:00']
const officeHours = {
  id: 'recording' as HoursRules['hours']['id'],
  week: { mon: weekdays, tue: weekdays, wed: weekdays, thu: weekdays, fri: weekdays },
  exceptions: [],
}

function hoursOf(company: Company, overrides: readonly HoursOverride[]): HoursRules {
  const { zone, country, hours, recording } = company
  const named = hours.find(({ id }) => id === recording.hours)
  return { zone: zone, country, hours: named ?? officeHours, overrides }
}

/** Whose voice and hearing are recorded: what a coach says to the agent is in neither (O-15). */
export const recordedLeg = (talk: Talk): LegId | undefined =>
  (inRole(talk, 'customer') ?? talk.parties[0])?.leg

/**
 * Whether the recording of this leg is written just now: not while the leg, or the talk, is on hold, and not while a coach speaks to
 * everybody (O-14, O-15).
 */
export function isWritten(talk: Talk, leg: LegId): boolean {
  return (
    partyOf(talk, leg) !== undefined && !talk.aside.includes(leg) && talk.held === undefined && !talk.bargedIn
  )
}
