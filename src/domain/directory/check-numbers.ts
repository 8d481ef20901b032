import type { Company } from './company.js'
import { error, warning, type Path, type Problem } from './problem.js'
import { ownedNumbers } from './profile.js'

/** Numbers against each other: what is dialled must mean one thing, and what is shown must belong to the company. */
export function checkNumbers(company: Company): readonly Problem[] {
  return [
    ...checkExtensions(company),
    ...checkShown(company),
    ...checkGrey(company),
    ...checkTrunk(company),
    ...checkService(company),
  ]
}

/** an emergency number keyed on a phone must never ring a desk. */
function checkExtensions(company: Company): readonly Problem[] {
  const extensions: readonly (readonly [Path, string])[] = [
    ...company.people.map((person, index) => [['people', index, 'extension'], person.extension] as const),
    ...company.queues.map((queue, index) => [['queues', index, 'number'], queue.number] as const),
    ...(company.serviceExtension === undefined
      ? []
      : [[['serviceExtension'], company.serviceExtension] as const]),
  ]
  return extensions.flatMap(([path, extension]) => {
    if (company.emergency.includes(extension)) return [error(path, `${extension} is an emergency number`)]
    const emergency = company.emergency.find((number) => company.prefix + number === extension)
    if (emergency !== undefined)
      return [error(path, `${extension} is the emergency number ${emergency} dialled with the prefix`)]
    return company.prefix !== '' && extension.startsWith(company.prefix)
      ? [error(path, `${extension} begins with the outside line prefix ${company.prefix}`)]
      : []
  })
}

/** O-10: a number that is not the company's own is never shown. */
function checkShown(company: Company): readonly Problem[] {
  const owned = ownedNumbers(company)
  const shown: readonly (readonly [Path, string | undefined])[] = [
    [['emergencyShows'], company.emergencyShows],
    [['profile', 'shows'], company.profile.shows],
    ...Object.entries(company.roles).map(
      ([name, role]) => [['roles', name, 'profile', 'shows'], role.profile.shows] as const,
    ),
    ...company.queues.map((queue, index) => [['queues', index, 'shows'], queue.shows] as const),
    ...company.people.flatMap((person, index) => [
      [['people', index, 'profile', 'shows'], person.profile?.shows] as const,
      ...person.devices.map(
        (device, at) => [['people', index, 'devices', at, 'shows'], device.shows] as const,
      ),
    ]),
  ]
  return shown.flatMap(([path, word]) => {
    if (word === undefined || owned.has(word)) return []
    if (path[0] !== 'emergencyShows' && (word === 'main' || word === 'own')) return []
    return [error(path, `"${word}" is not a number of this company: main, own, or one that stands in owned`)]
  })
}

/** O-12: prefixes of numbers in international form. */
function checkGrey(company: Company): readonly Problem[] {
  return (['outgoing', 'incoming', 'except'] as const).flatMap((key) =>
    company.grey[key].flatMap((prefix, index) =>
      /^\+[0-9]{0,15}$/.test(prefix)
        ? []
        : [
            error(
              ['grey', key, index],
              `"${prefix}" is not the beginning of an international number: +, then digits (+ alone: every number)`,
            ),
          ],
    ),
  )
}

const address = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[[0-9a-fA-F:.]{2,45}\])$/
const network = /^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)(?:\/[0-9]{1,3})?$/

function checkTrunk(company: Company): readonly Problem[] {
  const { trunk } = company
  if (trunk === undefined)
    return company.people.some((person) => person.numbers.length > 0)
      ? [warning(['people'], 'there are direct numbers, but no trunk over which they could be called')]
      : []
  const problems: Problem[] = []
  const [, host = trunk.host, port] = /^(.*?)(?::([0-9]{1,5}))?$/.exec(trunk.host) ?? []
  if (!address.test(host) || (port !== undefined && (Number(port) < 1 || Number(port) > 65535)))
    problems.push(
      error(['trunk', 'host'], `"${trunk.host}" is not a host name or address, with :port if not 5060`),
    )
  trunk.from.forEach((from, index) => {
    if (!network.test(from) && !address.test(from))
      problems.push(error(['trunk', 'from', index], `"${from}" is not an address, network or host name`))
  })
  if (trunk.register && (trunk.user === undefined || trunk.password === undefined))
    problems.push(error(['trunk', 'register'], 'registering with the provider needs user and password'))
  if ((trunk.user === undefined) !== (trunk.password === undefined))
    problems.push(error(['trunk'], 'user and password belong together: write both or none'))
  if (trunk.user !== undefined && !/^[A-Za-z0-9+._-]{1,64}$/.test(trunk.user))
    problems.push(error(['trunk', 'user'], 'a to z, 0 to 9 and + . _ - only'))
  return problems
}

function checkService(company: Company): readonly Problem[] {
  if (company.serviceNumber === undefined || company.people.some((person) => person.pin !== undefined))
    return []
  return [warning(['serviceNumber'], 'nobody has a PIN, so nobody can use it (H-15)')]
}
