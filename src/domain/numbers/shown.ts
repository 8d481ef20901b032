import { ownedNumbers, shownNumber as shownByProfile } from '../directory/profile.js'
import type { Company, Device, Person } from '../directory/company.js'
import type { E164 } from '../ids.js'

export interface Shown {
  readonly number: E164
  /** Set when a number was asked for that the company does not own, and the main number stands in. */
  readonly alarm?: 'shownNumberNotOwned'
}

/**
 * The number the other side sees (O-10): chosen for the call > queue > profile and device > person > company main.
 * A number the company does not own is never shown.
 */
export function shownNumber(
  company: Company,
  asked: {
    readonly chosen?: E164 | undefined
    readonly queue?: E164 | undefined
    readonly person?: Person | undefined
    readonly device?: Device | undefined
  },
): Shown {
  const wanted = asked.chosen ?? asked.queue
  if (wanted !== undefined) return ownedNumbers(company).has(wanted) ? { number: wanted } : notOwned(company)
  if (asked.person === undefined) return { number: company.main }
  const byProfile = shownByProfile(company, asked.person, asked.device)
  return byProfile.notOwned ? notOwned(company) : { number: byProfile.number }
}

const notOwned = (company: Company): Shown => ({ number: company.main, alarm: 'shownNumberNotOwned' })

/** The location's own number, so that a rescuer finds the place. */
export const shownOnEmergency = (company: Company): E164 => company.emergencyShows ?? company.main
