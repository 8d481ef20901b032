import { parkSettings, type ParkGroup } from '../parking/settings.js'
import { splitTarget } from './check-targets.js'
import type { Company } from './company.js'
import { error, warning, type Path, type Problem } from './problem.js'
import { unsafeText } from './safe-text.js'

/** The park groups and the plans for calls that come back (P-08, P-28). */
export function checkParking(company: Company): readonly Problem[] {
  return [
    ...checkPlan(company, undefined, ['parking']),
    ...company.parkGroups.flatMap((group, index) => checkGroup(company, group, ['parkGroups', index])),
  ]
}

function checkGroup(company: Company, group: ParkGroup, path: Path): readonly Problem[] {
  const found = unsafeText(group.name)
  return [
    ...(found === undefined ? [] : [error([...path, 'name'], `${found} cannot stand here`)]),
    ...group.members.flatMap((id, index) => checkMember(company, group, id, index, path)),
    ...checkPeople(company, group.parkers, [...path, 'parkers']),
    ...checkPeople(company, group.fetchers, [...path, 'fetchers']),
    ...(group.parking === undefined ? [] : checkPlan(company, group, [...path, 'parking'])),
  ]
}

function checkMember(
  company: Company,
  group: ParkGroup,
  id: string,
  index: number,
  path: Path,
): readonly Problem[] {
  const at = [...path, 'members', index]
  const person = company.people.find((candidate) => candidate.id === id)
  if (person === undefined) return [error(at, `there is no person "${id}" in this company`)]
  if (group.members.findIndex((other) => other === id) < index) return [error(at, `${id} stands here twice`)]
  return person.parkable
    ? []
    : [warning(at, `${id} is not parkable, so no call is ever parked on their extension`)]
}

function checkPeople(company: Company, ids: readonly string[], path: Path): readonly Problem[] {
  return ids.flatMap((id, index) =>
    id === '*' || company.people.some((person) => person.id === id)
      ? []
      : [error([...path, index], `there is no person "${id}" in this company; "*" stands for everybody`)],
  )
}

/** A target that leads nowhere at all is found by `checkTargets`; here is what is wrong with it as an alternate. */
function checkPlan(company: Company, group: ParkGroup | undefined, path: Path): readonly Problem[] {
  const { plan, alternate } = parkSettings(company, group)
  if (alternate === undefined)
    return plan === 'parker'
      ? []
      : [error([...path, 'plan'], `the plan "${plan}" needs somebody else to ring: alternate`)]
  const at = [...path, 'alternate']
  const [kind, argument = ''] = splitTarget(alternate)
  if (kind === 'reject' || kind === 'announcement' || kind === 'menu' || kind === 'callback')
    return [error(at, `"${alternate}" reaches nobody: name a person, reception, voicemail or a number`)]
  if (kind === 'number' && argument === company.serviceNumber)
    return [error(at, `${argument} is the service number, where nobody answers`)]
  if (kind === 'person') return checkAlternate(company, group, argument, at)
  return []
}

function checkAlternate(
  company: Company,
  group: ParkGroup | undefined,
  id: string,
  at: Path,
): readonly Problem[] {
  const person = company.people.find((candidate) => candidate.id === id)
  if (group?.parkers.length === 1 && group.parkers[0] === id)
    return [error(at, `leads back to ${id}, who alone may park in this group`)]
  return person?.devices.length === 0
    ? [warning(at, `${id} has no telephone, so nobody rings: calls go on to their no-answer target`)]
    : []
}
