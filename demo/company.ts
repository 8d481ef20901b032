import type { Company } from '../src/domain/directory/company.js'

/** Everybody is at work, whatever the time; all have a phone on the desk. */
export const atWork = (example: Company): Company => ({
  ...example,
  roles: Object.fromEntries(
    Object.entries(example.roles).map(([name, role]) => [
      name,
      { ...role, schedule: undefined, recurring: [] },
    ]),
  ),
  people: example.people.map((person) => ({
    ...person,
    schedule: undefined,
    recurring: [],
    devices: person.devices.map((device) => ({ ...device, kind: 'fixed' as const })),
  })),
})

/** The reception answers the main number. */
export const receptionOnMain = (example: Company): Company => ({
  ...example,
  numbers: example.numbers.filter(({ number }) => number !== example.main),
})
