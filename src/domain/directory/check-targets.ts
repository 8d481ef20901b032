import type { Company, Person, TargetWord } from './company.js'
import { error, type Path, type Problem } from './problem.js'
import { conditions, profileLayers, profileOf, standardProfile, type Condition } from './profile.js'

/** A target word with its place, and whose it is. */
export interface WrittenTarget {
  readonly path: Path
  readonly target: TargetWord
  readonly of?: Person
}

/** Every target word of a company that somebody wrote, with its place. */
function writtenTargets(company: Company): readonly WrittenTarget[] {
  const ofProfile = (path: Path, profile: Company['profile']) =>
    conditions.flatMap((condition) => {
      const target = profile[condition]
      return target === undefined ? [] : [{ path: [...path, condition], target }]
    })
  return [
    { path: ['settings', 'menuTarget'], target: company.settings.menuTarget },
    ...ofProfile(['profile'], company.profile),
    ...Object.entries(company.roles).flatMap(([name, role]) =>
      ofProfile(['roles', name, 'profile'], role.profile),
    ),
    ...alternates(company),
    ...overflows(company),
    ...company.people.flatMap((person, index) => [
      ...(person.substitute === undefined
        ? []
        : [{ path: ['people', index, 'substitute'], target: person.substitute, of: person }]),
      ...ofProfile(['people', index, 'profile'], person.profile ?? {}).map((written) => ({
        ...written,
        of: person,
      })),
    ]),
  ]
}

/** Where parked calls go that nobody takes back (P-08). */
const alternates = (company: Company) =>
  [
    { path: ['parking', 'alternate'], target: company.parking.alternate },
    ...company.parkGroups.map((group, index) => ({
      path: ['parkGroups', index, 'parking', 'alternate'],
      target: group.parking?.alternate,
    })),
  ].flatMap(({ path, target }) => (target === undefined ? [] : [{ path, target }]))

/** Where callers go who cannot wait in a queue any longer. */
const overflows = (company: Company) =>
  company.queues.flatMap((queue, index) =>
    (['overflow', 'closed'] as const).flatMap((way) =>
      queue[way].map((target, at) => ({ path: ['queues', index, way, at], target })),
    ),
  )

/** Targets that lead nowhere. */
export function checkTargets(company: Company): readonly Problem[] {
  return writtenTargets(company).flatMap((written) => checkTarget(company, written))
}

export function checkTarget(company: Company, { path, target, of }: WrittenTarget): readonly Problem[] {
  const message = targetProblem(company, target, path, of)
  return message === undefined ? [] : [error(path, message)]
}

function targetProblem(
  company: Company,
  target: TargetWord,
  path: Path,
  of: Person | undefined,
): string | undefined {
  const [kind, argument = ''] = splitTarget(target)
  switch (kind) {
    case 'person':
      if (argument === of?.id) return `leads back to ${argument}`
      return company.people.some((person) => person.id === argument)
        ? undefined
        : `there is no person "${argument}" in this company`
    case 'voicemail':
    case 'callback':
      return argument === '' || company.people.some((person) => person.id === argument)
        ? undefined
        : `there is no person "${argument}" in this company`
    case 'menu':
      return company.menus.some((menu) => menu.id === argument)
        ? undefined
        : `there is no menu "${argument}" in this company`
    case 'queue':
      return company.queues.some((queue) => queue.id === argument)
        ? undefined
        : `there is no queue "${argument}" in this company`
    case 'number':
      return company.trunk === undefined
        ? 'leads to an outside number, but the company has no trunk'
        : greyListed(company, argument)
          ? `${argument} is on the grey list for outgoing calls`
          : undefined
    case 'announcement':
      return path.at(-1) === 'menu' || path.at(-1) === 'menuTarget' || path.at(-1) === 'substitute'
        ? 'an announcement cannot lead to itself: name a person, reception, voicemail or a number'
        : undefined
    default:
      return undefined
  }
}

/** `person:anna` -> ['person', 'anna']; `voicemail` -> ['voicemail']. */
export function splitTarget(target: TargetWord): readonly [kind: string, argument?: string] {
  const colon = target.indexOf(':')
  return colon < 0 ? [target] : [target.slice(0, colon), target.slice(colon + 1)]
}

/** O-12: the longest matching prefix decides; of equally long ones the exception. */
function greyListed(company: Company, number: string): boolean {
  const longest = (prefixes: readonly string[]): number =>
    Math.max(-1, ...prefixes.filter((prefix) => number.startsWith(prefix)).map((prefix) => prefix.length))
  return longest(company.grey.outgoing) > longest(company.grey.except)
}

/** Where a call can end that was sent on for one condition again and again. */
export type Ending = 'human' | 'mailbox' | 'outside' | 'reject' | 'loop'

/**
 * Everything a chain of targets can end in, if everybody on it meets the same condition: a busy person whose calls go to
 * another busy person, and so on. An announcement goes on to its menu's target; reception goes on with each of its people.
 */
export function endings(company: Company, person: Person, condition: Condition): ReadonlySet<Ending> {
  const found = new Set<Ending>()
  const seen = new Set<string>()
  const follow = (of: Person, target: TargetWord, on: readonly string[]): void => {
    const [kind, argument = ''] = splitTarget(target)
    if (kind === 'voicemail' || kind === 'callback') found.add('mailbox')
    else if (kind === 'reject') found.add('reject')
    else if (kind === 'queue') found.add('human')
    else if (kind === 'announcement') follow(of, profileOf(company, of).menu, on)
    else if (kind === 'number') {
      const inside = company.people.find((candidate) => candidate.numbers.some((own) => own === argument))
      if (inside === undefined) found.add('outside')
      else visit(inside, on)
    } else if (kind === 'person') {
      const next = company.people.find((candidate) => candidate.id === argument)
      if (next === undefined) found.add('reject')
      else visit(next, on)
    } else
      for (const id of company.reception.people) {
        const next = company.people.find((candidate) => candidate.id === id)
        if (next !== undefined) visit(next, on)
      }
  }
  const visit = (next: Person, on: readonly string[]): void => {
    if (on.includes(next.id)) {
      found.add('loop')
      return
    }
    if (seen.has(next.id)) return
    seen.add(next.id)
    follow(next, profileOf(company, next)[condition], [...on, next.id])
  }
  visit(person, [])
  return found
}

/** Chains out of which no call can come: refused, although the exchange would cut them at run time (R-03, G-05). */
export function checkLoops(company: Company): readonly Problem[] {
  const problems = new Map<string, Problem>()
  for (const person of company.people)
    for (const condition of conditions) {
      const all = endings(company, person, condition)
      if (!all.has('loop') || all.size > 1) continue
      const path = placeOf(company, person, condition)
      const message = `calls to ${person.id} would go round in a loop for ever (${condition})`
      problems.set(path.join('\0'), error(path, message))
    }
  return [...problems.values(), ...checkSubstituteLoops(company)]
}

/** The place where the effective target stands; the menu's own place if an announcement leads on to it. */
function placeOf(company: Company, person: Person, condition: Condition): Path {
  const effective = profileOf(company, person)[condition]
  const wanted = effective === 'announcement' ? 'menu' : condition
  const layer = profileLayers(company, person).find((candidate) => candidate.profile[wanted] !== undefined)
  if (layer !== undefined) return [...layer.path, wanted]
  return wanted === 'menu' || !(wanted in standardProfile) ? ['settings', 'menuTarget'] : ['profile', wanted]
}

/** A person absent hands over to a substitute, who may be absent too (S-03): a ring of substitutes answers nobody. */
function checkSubstituteLoops(company: Company): readonly Problem[] {
  const next = (person: Person): Person | undefined => {
    const [kind, argument] = person.substitute === undefined ? ['none'] : splitTarget(person.substitute)
    return kind === 'person' ? company.people.find((candidate) => candidate.id === argument) : undefined
  }
  return company.people.flatMap((person, index) => {
    const chain: Person[] = [person]
    for (let at = next(person); at !== undefined; at = next(at)) {
      if (at === person)
        return chain.length === 1
          ? []
          : [
              error(
                ['people', index, 'substitute'],
                `substitutes in a ring: ${[...chain, person].map((link) => link.id).join(' -> ')}`,
              ),
            ]
      if (chain.includes(at)) return []
      chain.push(at)
    }
    return []
  })
}
