import type { Company, ReasonRow } from './company.js'
import { error, type Path, type Problem } from './problem.js'

/** Something only one place may have, for example an extension. */
export interface Claim {
  readonly what: string
  readonly value: string
  readonly path: Path
}

/** Everything that must be unique inside one company. */
export function claimsOf(company: Company): readonly Claim[] {
  return [
    ...globalClaimsOf(company).filter((claim) => claim.what !== 'trunk address'),
    ...company.people.flatMap((person, index): readonly Claim[] => [
      { what: 'person id', value: person.id, path: ['people', index, 'id'] },
      { what: 'extension', value: person.extension, path: ['people', index, 'extension'] },
      ...reasonClaims(person.reasons, ` of ${person.id}`, ['people', index]),
      ...person.recurring.map((entry, at) => ({
        what: `recurring absence of ${person.id}`,
        value: entry.id,
        path: ['people', index, 'recurring', at, 'id'],
      })),
    ]),
    ...(company.serviceExtension === undefined
      ? []
      : [{ what: 'extension', value: company.serviceExtension, path: ['serviceExtension'] }]),
    ...Object.entries(company.roles).flatMap(([role, { recurring }]) =>
      recurring.map((entry, at) => ({
        what: `recurring absence of the role ${role}`,
        value: entry.id,
        path: ['roles', role, 'recurring', at, 'id'],
      })),
    ),
    ...company.music.map((music, index) => ({
      what: 'music',
      value: music.class,
      path: ['music', index, 'class'],
    })),
    ...company.parkGroups.flatMap((group, index): readonly Claim[] => [
      { what: 'park group', value: group.id, path: ['parkGroups', index, 'id'] },
      { what: 'park group number', value: group.number, path: ['parkGroups', index, 'number'] },
    ]),
    ...company.queues.flatMap((queue, index): readonly Claim[] => [
      { what: 'queue', value: queue.id, path: ['queues', index, 'id'] },
      { what: 'extension', value: queue.number, path: ['queues', index, 'number'] },
      ...queue.numbers.flatMap((value, at) =>
        isOwn(company, value)
          ? [{ what: 'number of a queue', value, path: ['queues', index, 'numbers', at] }]
          : [],
      ),
    ]),
    ...company.numbers.map(({ number }, index) => ({
      what: 'number that leads somewhere',
      value: number,
      path: ['numbers', index, 'number'],
    })),
    ...company.menus.map((menu, index) => ({ what: 'menu', value: menu.id, path: ['menus', index, 'id'] })),
    ...company.hours.map((hours, index) => ({
      what: 'opening hours',
      value: hours.id,
      path: ['hours', index, 'id'],
    })),
    ...reasonClaims(company.reasons, '', []),
  ]
}

/** `whose`: ` of anna`, or nothing for the company's. */
function reasonClaims(rows: readonly ReasonRow[], whose: string, path: Path): readonly Claim[] {
  return rows.flatMap((row, index) => [
    { what: `reason${whose}`, value: row.id, path: [...path, 'reasons', index, 'id'] },
    { what: `reason digit${whose}`, value: row.digit, path: [...path, 'reasons', index, 'digit'] },
  ])
}

/** Everything that must be unique over all companies of an exchange: tenants stay apart by it. */
export function globalClaimsOf(company: Company): readonly Claim[] {
  const { trunk } = company
  return [
    { what: 'number', value: company.main, path: ['main'] },
    ...company.owned.map((value, index) => ({ what: 'number', value, path: ['owned', index] })),
    ...(company.serviceNumber === undefined
      ? []
      : [{ what: 'number', value: company.serviceNumber, path: ['serviceNumber'] }]),
    ...company.queues.flatMap((queue, index) =>
      queue.numbers.flatMap((value, at) =>
        isOwn(company, value) ? [] : [{ what: 'number', value, path: ['queues', index, 'numbers', at] }],
      ),
    ),
    ...company.people.flatMap((person, index) => [
      ...person.numbers.map((value, at) => ({
        what: 'number',
        value,
        path: ['people', index, 'numbers', at],
      })),
      ...person.devices.map((device, at) => ({
        what: 'device name',
        value: device.name,
        path: ['people', index, 'devices', at, 'name'],
      })),
    ]),
    ...(trunk === undefined
      ? []
      : [
          { what: 'device name', value: trunk.name, path: ['trunk', 'name'] },
          ...(trunk.from.length === 0
            ? [{ what: 'trunk address', value: hostOnly(trunk.host), path: ['trunk', 'host'] }]
            : trunk.from.map((value, index) => ({
                what: 'trunk address',
                value: hostOnly(value),
                path: ['trunk', 'from', index],
              }))),
        ]),
  ]
}

/** The main number and those merely owned lead to the reception, unless a queue takes them. */
const isOwn = (company: Company, number: string): boolean =>
  [company.main, ...company.owned].some((own) => own === number)

/** `sip.example.com:5070` -> `sip.example.com`; an IPv6 address keeps its colons unless it stands in brackets. */
export function hostOnly(host: string): string {
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?::\d+)?$/.exec(host)
  if (bracketed !== null) return (bracketed[1] ?? '').toLowerCase()
  return host.split(':').length === 2 ? (host.split(':')[0] ?? '').toLowerCase() : host.toLowerCase()
}

/** Every claim after the first of its kind and value is an error at its place. */
export function duplicates(claims: readonly Claim[]): readonly Problem[] {
  const seen = new Set<string>()
  return claims.flatMap((claim) => {
    const key = `${claim.what}\0${claim.value}`
    if (!seen.has(key)) {
      seen.add(key)
      return []
    }
    return [error(claim.path, `the ${claim.what} ${claim.value} is used twice`)]
  })
}
