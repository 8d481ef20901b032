import type { Company, Person } from '../directory/company.js'
import type { Extension, PersonId } from '../ids.js'
import type { ParkGroup } from './settings.js'

/** What somebody who parks has asked for: `*68#`, `*68*EXT#`, `*58#` or `*58*GROUP#`. */
export type ParkWish =
  | { readonly kind: 'own' }
  | { readonly kind: 'extension'; readonly extension: Extension }
  | { readonly kind: 'group'; readonly number?: string | undefined }

/** Where a call may be parked. What is occupied is known to the store only. */
export type ParkWhere =
  | { readonly kind: 'place'; readonly place: Extension }
  | {
      readonly kind: 'group'
      readonly group: string
      /** The members that can be parked on now. */
      readonly places: readonly Extension[]
      /** All members, so that the turn stays with those who are left out now (P-28). */
      readonly order: readonly Extension[]
    }

export type ParkRefusal =
  | 'noSuchPlace'
  | 'notParkable'
  | 'noSuchGroup'
  /** There are several groups, and none was named. */
  | 'whichGroup'
  | 'notAllowed'
  /** Nobody of the group can be parked on now; when all are occupied the store says so. */
  | 'groupFull'

/** How it is with a member of a group: absent and unregistered ones are skipped (P-28). */
export interface MemberSituation {
  readonly absent?: unknown
  readonly phones: 'some' | 'none' | 'unknown'
}

/** Whether and where this person may park (P-03, P-28). A coach, a talk of three and an empty hand are not seen here. */
export function mayPark(
  company: Company,
  parker: Person,
  wish: ParkWish,
  situationOf: (person: PersonId) => MemberSituation,
): ParkWhere | { readonly refused: ParkRefusal } {
  switch (wish.kind) {
    case 'own':
      return onPerson(parker)
    case 'extension':
      return onPerson(company.people.find((person) => person.extension === wish.extension))
    case 'group':
      return inGroup(company, parker, wish.number, situationOf)
    default:
      return wish satisfies never
  }
}

function onPerson(person: Person | undefined): ParkWhere | { readonly refused: ParkRefusal } {
  if (person === undefined) return { refused: 'noSuchPlace' }
  return person.parkable ? { kind: 'place', place: person.extension } : { refused: 'notParkable' }
}

function inGroup(
  company: Company,
  parker: Person,
  number: string | undefined,
  situationOf: (person: PersonId) => MemberSituation,
): ParkWhere | { readonly refused: ParkRefusal } {
  const [first, ...more] = company.parkGroups
  if (number === undefined && more.length > 0) return { refused: 'whichGroup' }
  const group =
    number === undefined ? first : company.parkGroups.find((candidate) => candidate.number === number)
  if (group === undefined) return { refused: 'noSuchGroup' }
  if (!allowed(group.parkers, parker.id)) return { refused: 'notAllowed' }
  const members = membersOf(company, group)
  const there = members.filter((member) => {
    const { absent, phones } = situationOf(member.id)
    return absent === undefined && phones !== 'none'
  })
  if (there.length === 0) return { refused: 'groupFull' }
  return { kind: 'group', group: group.id, places: extensions(there), order: extensions(members) }
}

const membersOf = (company: Company, group: ParkGroup): readonly Person[] =>
  group.members.flatMap((id) =>
    company.people.filter((person) => person.id === id && person.parkable && person.devices.length > 0),
  )
const extensions = (people: readonly Person[]): readonly Extension[] =>
  people.map(({ extension }) => extension)
const allowed = (list: readonly string[], person: PersonId): boolean =>
  list.includes('*') || list.includes(person)

/** P-22: everybody of the company may fetch; of a group only those it names. A group that was removed keeps nobody out (P-23). */
export function mayFetch(
  company: Company,
  person: PersonId,
  parked: { readonly group?: string | undefined },
): boolean {
  const group = company.parkGroups.find((candidate) => candidate.id === parked.group)
  return group === undefined || allowed(group.fetchers, person)
}
