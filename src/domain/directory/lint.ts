import { checkCompany } from './check.js'
import { endings } from './check-targets.js'
import type { Company, Person, ReasonRow } from './company.js'
import { lintMenus } from './lint-menus.js'
import { lintMusic, lintSmsSender } from './lint-outward.js'
import { warning, type Path, type Problem } from './problem.js'
import { conditions, profileOf } from './profile.js'

/**
 * The telephone policy (O-18), as far as it can be seen in the company file: things that work and still leave callers worse off
 * than they should be. Every finding is a warning; the warnings of `checkCompany` are among them.
 */
export function lintCompany(company: Company): readonly Problem[] {
  return [
    ...checkCompany(company).filter((problem) => problem.severity === 'warning'),
    ...lintReception(company),
    ...lintChains(company),
    ...lintKeys(company),
    ...lintSensitive(company),
    ...lintLongTexts(company),
    ...lintPeople(company),
    ...lintParkGroups(company),
    ...lintEmergency(company),
    ...lintMenus(company),
    ...lintMusic(company),
    ...lintSmsSender(company),
  ]
}

const hasDevice = (company: Company, id: string): boolean =>
  company.people.some((person) => person.id === id && person.devices.length > 0)

/** Key 0 leads to the reception from every menu: somebody must be able to answer there. */
function lintReception(company: Company): readonly Problem[] {
  if (company.reception.people.some((id) => hasDevice(company, id))) return []
  return [
    warning(['reception', 'people'], 'nobody of the reception has a telephone: key 0 never reaches a human'),
  ]
}

/** O-17, O-18: whatever happens to a call, it ends with a human, a mailbox or an outside line. */
function lintChains(company: Company): readonly Problem[] {
  return company.people.flatMap((person, index) =>
    conditions.flatMap((condition) => {
      const ends = endings(company, person, condition)
      return ends.has('human') || ends.has('mailbox') || ends.has('outside')
        ? []
        : [
            warning(
              ['people', index],
              `calls to ${person.id} that meet "${condition}" reach neither a human nor a mailbox`,
            ),
          ]
    }),
  )
}

/**
 * O-18: at most two key presses to a human. In the menu after an announcement 3 (substitute) or 0 (reception) is one key; a substitute
 * who is absent too has a menu of their own, so a chain of absent substitutes costs a key each.
 */
function lintKeys(company: Company): readonly Problem[] {
  const substituteOf = (person: Person): Person | undefined =>
    company.people.find((candidate) => person.substitute === `person:${candidate.id}`)
  return company.people.flatMap((person, index) => {
    const chain: Person[] = []
    for (
      let at = substituteOf(person);
      at !== undefined && !chain.includes(at) && at !== person;
      at = substituteOf(at)
    )
      chain.push(at)
    return chain.length > 2
      ? [
          warning(
            ['people', index, 'substitute'],
            `may take ${String(chain.length)} key presses to a human: ${[person, ...chain].map((link) => link.id).join(' -> ')}`,
          ),
        ]
      : []
  })
}

/** H-31. Beginnings of words in the product's languages that tell of illness or family. */
const sensitiveWords =
  /\b(sjuk|vab\b|föräldraled|rehab|krank|elternzeit|mutterschutz|reha\b|kur\b|ill\b|sick|parental|maternity)/iu

/** The own reasons of the company and of its people, and where they stand. */
const rowsOf = (company: Company): readonly (readonly [Path, ReasonRow])[] => [
  ...company.reasons.map((row, index) => [['reasons', index], row] as const),
  ...company.people.flatMap(({ reasons }, at) =>
    reasons.map((row, index) => [['people', at, 'reasons', index], row] as const),
  ),
]

function lintSensitive(company: Company): readonly Problem[] {
  return rowsOf(company).flatMap(([path, row]) => {
    const words = [row.id, ...Object.values(row.text ?? {})].filter((text) => text !== undefined)
    return !row.sensitive && words.some((text) => sensitiveWords.test(text))
      ? [warning(path, `"${row.id}" tells callers something private: set sensitive: true`)]
      : []
  })
}

/** G-07: about 14 characters are spoken in a second. */
const longestAnnouncement = 25 * 14

function lintLongTexts(company: Company): readonly Problem[] {
  return rowsOf(company).flatMap(([path, row]) =>
    Object.entries(row.text ?? {}).flatMap(([language, text]) =>
      text !== undefined && text.length > longestAnnouncement
        ? [
            warning(
              [...path, 'text', language],
              'takes more than 25 seconds to say before a caller can choose',
            ),
          ]
        : [],
    ),
  )
}

function lintPeople(company: Company): readonly Problem[] {
  return company.people.flatMap((person, index) => {
    const problems: Problem[] = []
    if (person.devices.length === 0 && person.substitute === undefined)
      problems.push(warning(['people', index], `${person.id} has neither a telephone nor a substitute`))
    if (person.email === undefined && profileOf(company, person).noAnswer === 'voicemail')
      problems.push(
        warning(
          ['people', index],
          `${person.id} has no e-mail: messages are told by the telephone's lamp only`,
        ),
      )
    return problems
  })
}

/** P-28: a group in which no call can ever be parked. */
function lintParkGroups(company: Company): readonly Problem[] {
  return company.parkGroups.flatMap((group, index) => {
    const path = ['parkGroups', index, 'members']
    if (group.members.length === 0)
      return [warning(path, `the park group "${group.id}" has no members: nothing can be parked in it`)]
    return group.members.some((id) => hasDevice(company, id))
      ? []
      : [warning(path, `nobody of the park group "${group.id}" has a telephone: it is always full`)]
  })
}

function lintEmergency(company: Company): readonly Problem[] {
  if (company.trunk === undefined)
    return [warning([], 'there is no trunk: emergency calls cannot leave the house')]
  const problems: Problem[] = []
  if (company.emergencyShows === undefined)
    problems.push(
      warning(
        [],
        `emergencyShows is missing: emergency calls show ${company.main}, wherever the telephone is`,
      ),
    )
  // In Germany the police have a number of their own; in Sweden 112 is all.
  if (company.country === 'DE' && !company.emergency.includes('110'))
    problems.push(
      warning(['emergency'], '110 is missing: calls to the German police are not emergency calls'),
    )
  return problems
}
