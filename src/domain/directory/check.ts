import { isZone } from '../time/wall-time.js'
import type { Company, Person } from './company.js'
import { checkHours, checkIntervals } from './check-hours.js'
import { checkMenus } from './check-menus.js'
import { checkNumbers } from './check-numbers.js'
import { checkParking } from './check-parking.js'
import { checkPersonReasons, checkReasonName, checkReasons } from './check-reasons.js'
import { checkQueues } from './check-queues.js'
import { checkRecording } from './check-recording.js'
import { checkRecurring } from './check-recurring.js'
import { checkLoops, checkTargets } from './check-targets.js'
import { error, warning, type Path, type Problem } from './problem.js'
import { ownRole } from './profile.js'
import { claimsOf, duplicates } from './claims.js'
import { unsafeText } from './safe-text.js'

/**
 * What must agree between the parts of one company file. No errors: the company can be applied.
 * The file's shape was checked before (`companySchema`).
 */
export function checkCompany(company: Company): readonly Problem[] {
  const problems = [
    ...duplicates(claimsOf(company)),
    ...checkZone(company),
    ...checkTexts(company),
    ...checkNumbers(company),
    ...checkReception(company),
    ...checkRoleTimes(company),
    ...checkReasons(company),
    ...company.people.flatMap((person, index) => checkPerson(company, person, ['people', index])),
    ...checkTargets(company),
    ...checkParking(company),
    ...checkHours(company),
    ...checkQueues(company),
    ...checkRecording(company),
    ...checkMenus(company),
  ]
  // A role or person that is misspelt would show again as a loop: one fault, one message.
  return problems.some((problem) => problem.severity === 'error')
    ? problems
    : [...problems, ...checkLoops(company)]
}

/** Asks for the zone the same way it will be used; the list of known zones leaves out names that are only links. */
function checkZone(company: Company): readonly Problem[] {
  const known = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(company.zone) && isZone(company.zone)
  return known
    ? []
    : [error(['zone'], `"${company.zone}" is not a time zone: write one like Europe/Stockholm`)]
}

/** Texts that reach phones as display names, and Asterisk as configuration. */
function checkTexts(company: Company): readonly Problem[] {
  const texts: readonly (readonly [Path, string | undefined])[] = [
    [['name'], company.name],
    ...company.people.map((person, index) => [['people', index, 'name'], person.name] as const),
    [['trunk', 'user'], company.trunk?.user],
    [['trunk', 'password'], company.trunk?.password],
  ]
  return texts.flatMap(([path, text]) => {
    const found = text === undefined ? undefined : unsafeText(text)
    return found === undefined ? [] : [error(path, `${found} cannot stand here`)]
  })
}

function checkReception(company: Company): readonly Problem[] {
  return company.reception.people.flatMap((id, index) =>
    company.people.some((person) => person.id === id)
      ? []
      : [error(['reception', 'people', index], `there is no person "${id}" in this company`)],
  )
}

function checkPerson(company: Company, person: Person, path: Path): readonly Problem[] {
  return [
    ...checkRole(company, person, path),
    ...checkDeputy(company, person, path),
    ...checkPin(person, path),
    ...checkSchedule(person, path),
    ...checkCalendar(person, path),
    ...checkPersonReasons(company, person, path),
    ...person.recurring.flatMap((entry, index) => [
      ...checkRecurring(entry, [...path, 'recurring', index]),
      ...checkReasonName(company, person, entry.reason, [...path, 'recurring', index, 'reason']),
    ]),
  ]
}

/** O-08: what people of the role have in common. */
const checkRoleTimes = (company: Company): readonly Problem[] =>
  Object.entries(company.roles).flatMap(([role, { schedule, recurring }]) => [
    ...checkSchedule({ schedule }, ['roles', role]),
    ...recurring.flatMap((entry, index) => {
      const path = ['roles', role, 'recurring', index]
      return [
        ...checkRecurring(entry, path),
        ...checkReasonName(company, undefined, entry.reason, [...path, 'reason']),
      ]
    }),
  ])

function checkRole(company: Company, person: Person, path: Path): readonly Problem[] {
  if (person.role === undefined || ownRole(company, person.role) !== undefined) return []
  const roles = Object.keys(company.roles)
  return [
    error(
      [...path, 'role'],
      `there is no role "${person.role}"${roles.length === 0 ? '' : ` (there are: ${roles.join(', ')})`}`,
    ),
  ]
}

function checkDeputy(company: Company, person: Person, path: Path): readonly Problem[] {
  return person.deputyFor.flatMap((id, index) => {
    const at = [...path, 'deputyFor', index]
    if (id === '*' || company.people.some((other) => other.id === id))
      return id === person.id ? [warning(at, 'everybody may set their own absence: this says nothing')] : []
    return [error(at, `there is no person "${id}" in this company; "*" stands for everybody`)]
  })
}

/** H-13, H-15: a PIN a stranger tries first protects nothing. */
function checkPin(person: Person, path: Path): readonly Problem[] {
  const pin = person.pin
  if (pin === undefined) return []
  const steps = new Set(Array.from(pin.slice(1), (digit, index) => Number(digit) - Number(pin[index])))
  const trivial =
    (steps.size === 1 && [0, 1, -1].includes([...steps][0] ?? NaN)) ||
    /^(..)\1+$/.test(pin) ||
    pin.includes(person.extension) ||
    /^(19|20)\d\d$/.test(pin)
  return trivial
    ? [warning([...path, 'pin'], 'is easy to guess: choose digits without a pattern, year or extension')]
    : []
}

function checkSchedule(person: Pick<Person, 'schedule'>, path: Path): readonly Problem[] {
  return Object.entries(person.schedule ?? {}).flatMap(([day, intervals]) =>
    checkIntervals(intervals, [...path, 'schedule', day]),
  )
}

function checkCalendar(person: Person, path: Path): readonly Problem[] {
  if (person.calendar === undefined || /^(https?|webcal|file):\/\/[^\s]+$/.test(person.calendar)) return []
  return [error([...path, 'calendar'], 'is not an address: it begins with https:// (or http, webcal, file)')]
}
