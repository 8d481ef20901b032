import { companySchema, type Company } from '../../../src/domain/directory/company.js'

/** A company file's content before checking; tests lay what they are about over it. */
export const plain = {
  company: 'liten',
  name: 'Liten AB',
  language: 'sv',
  zone: 'Europe/Stockholm',
  country: 'SE',
  main: '+46846500400',
  owned: ['+46846500405'],
  emergencyShows: '+46846500400',
  trunk: { name: 'liten-trunk', host: '127.0.0.2:5060' },
  reception: { people: ['maria'] },
  roles: { Säljare: { profile: { busy: 'reception' } } },
  people: [
    person('maria', '100'),
    person('anna', '101', { numbers: ['+46846500410'] }),
    person('erik', '102'),
  ],
}

export function person(id: string, extension: string, more: object = {}) {
  return {
    id,
    name: `Namn ${id}`,
    extension,
    email: `${id}@liten.example`,
    devices: [{ name: `bord-${id}` }],
    ...more,
  }
}

/** The sample with `over` laid over its top level. */
export const company = (over: object = {}): Company => companySchema.parse({ ...plain, ...over })

/** The sample whose people are maria (100, reception), anna (101) and erik (102) with `over` laid over one of them. */
export const withPerson = (id: string, over: object, more: object = {}): Company =>
  company({ ...more, people: plain.people.map((each) => (each.id === id ? { ...each, ...over } : each)) })
