import type { Company, Person } from '../directory/company.js'
import type { Milliseconds, PersonId } from '../ids.js'

/** What of the company file the rules of a talk need. */
export interface TalkRules {
  /** I-21 */
  readonly coachCounts: boolean
  readonly inviteTime: Milliseconds
  readonly coachTime: Milliseconds
  /** I-06: what becomes of the customer when the inviter leaves while it rings. */
  readonly whenInviterLeaves: 'recall' | 'transfer'
  /** C-07 */
  readonly partingTime: Milliseconds
}

export function talkRules({ talk }: Company): TalkRules {
  return {
    coachCounts: talk.coachCounts,
    inviteTime: talk.inviteSeconds * 1000,
    coachTime: talk.coachSeconds * 1000,
    whenInviterLeaves: talk.whenInviterLeaves,
    partingTime: 30_000,
  }
}

/** C-13: what a customer is told of coaching, and when. In Germany a call may not be listened to unannounced (section 201 StGB). */
export type Consent = 'off' | 'start' | 'join'

export const consentOf = (company: Company): Consent =>
  company.talk.coaching.consent ?? (company.country === 'DE' ? 'start' : 'off')

/**
 * C-01: may this person be coached? Where every caller is told at the start of the call, only people who are named: nobody else's
 * callers need to hear it.
 */
export function mayBeCoached(company: Company, person: PersonId): boolean {
  const { people } = company.talk.coaching
  if (people === undefined) return consentOf(company) !== 'start'
  return people.includes('*') || people.includes(person)
}

/** C-01: may this person coach others? */
export function mayCoach(company: Company, person: PersonId): boolean {
  const { coaches } = company.talk.coaching
  return coaches.includes('*') || coaches.includes(person)
}

/** C-12 */
export const mayBargeIn = (company: Company, person: PersonId): boolean =>
  company.talk.coaching.mayBargeIn.includes(person)

/** G-06: how long a call may stay on hold before it comes back; undefined = for ever. */
export function holdTime(company: Company, person: Person | undefined): Milliseconds | undefined {
  const { holdSeconds, receptionHoldSeconds } = company.talk
  const seconds = person && company.reception.people.includes(person.id) ? receptionHoldSeconds : holdSeconds
  return seconds === 0 ? undefined : seconds * 1000
}
