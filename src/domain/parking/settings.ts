import type { Company } from '../directory/company.js'

/** What holds for parking, with every value filled in. */
export type ParkSettings = Company['parking']
/** People among whom a call is parked with `*58` (P-28). */
export type ParkGroup = Company['parkGroups'][number]

/** The company's settings; a group's own values come before them (P-28). */
export function parkSettings(company: Company, group?: ParkGroup | string): ParkSettings {
  const found =
    typeof group === 'string' ? company.parkGroups.find((candidate) => candidate.id === group) : group
  const own = Object.entries(found?.parking ?? {}).filter(([, value]) => value !== undefined)
  return { ...company.parking, ...Object.fromEntries(own) }
}
