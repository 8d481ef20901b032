import { checkTarget, splitTarget, type WrittenTarget } from './check-targets.js'
import type { Company, TargetWord } from './company.js'
import type { Destination, Menu } from './menu-schema.js'
import { error, type Path, type Problem } from './problem.js'
import { unsafeText } from './safe-text.js'

/** Numbers that lead somewhere, menus, and the hours that decide between two ways (R-04, O-04). */
export function checkMenus(company: Company): readonly Problem[] {
  return [
    ...company.numbers.flatMap(({ number, to }, index) => {
      const path = ['numbers', index]
      return [...checkNumber(company, number, path), ...checkDestination(company, to, [...path, 'to'])]
    }),
    ...company.menus.flatMap((menu, index) => checkMenu(company, menu, ['menus', index])),
    ...checkNumberLoops(company),
  ]
}

function checkNumber(company: Company, number: string, path: Path): readonly Problem[] {
  const at = [...path, 'number']
  if (company.serviceNumber === number) return [error(at, `${number} is the service number`)]
  const person = company.people.find(({ numbers }) => numbers.some((own) => own === number))
  if (person !== undefined) return [error(at, `${number} is the direct number of ${person.id}`)]
  const queue = company.queues.find(({ numbers }) => numbers.some((own) => own === number))
  if (queue !== undefined)
    return [error(at, `${number} leads to the queue "${queue.id}" already: write it here or there`)]
  return company.main === number || company.owned.some((owned) => owned === number)
    ? []
    : [error(at, `${number} is not a number of this company: it stands in main or owned`)]
}

function checkMenu(company: Company, menu: Menu, path: Path): readonly Problem[] {
  const keys = Object.entries(menu.keys).flatMap(([key, to]) =>
    checkDestination(company, to, [...path, 'keys', key]),
  )
  const without = (['noKey', 'wrongKeys'] as const).flatMap((name) =>
    checkDestination(company, menu[name], [...path, name]),
  )
  return [...checkText(company, menu, path), ...keys, ...without]
}

function checkText(company: Company, menu: Menu, path: Path): readonly Problem[] {
  if (menu.text[company.language] === undefined)
    return [error([...path, 'text'], `needs its words in the company's language: text.${company.language}`)]
  return Object.entries(menu.text).flatMap(([language, text]) =>
    text !== undefined && (text.trim() === '' || unsafeText(text) !== undefined)
      ? [error([...path, 'text', language], `${unsafeText(text) ?? 'an empty text'} cannot be spoken`)]
      : [],
  )
}

function checkDestination(company: Company, to: Destination, path: Path): readonly Problem[] {
  const hours =
    typeof to === 'string' || company.hours.some(({ id }) => id === to.hours)
      ? []
      : [error([...path, 'hours'], `there are no hours "${to.hours}" in this company`)]
  return [...hours, ...wordsOf(to, path).flatMap((written) => checkWord(company, written))]
}

/** The words of a destination with their places. */
export const wordsOf = (to: Destination, path: Path): readonly WrittenTarget[] =>
  typeof to === 'string'
    ? [{ path, target: to }]
    : [
        { path: [...path, 'open'], target: to.open },
        { path: [...path, 'closed'], target: to.closed },
      ]

/** Nobody was called yet, so a word that means "of that person" has to say of whom. */
function checkWord(company: Company, written: WrittenTarget): readonly Problem[] {
  if (written.target === 'voicemail')
    return [error(written.path, 'whose mailbox? Write voicemail:ID of a person')]
  if (written.target === 'announcement')
    return [error(written.path, 'nobody was called here who could be announced')]
  return checkTarget(company, written)
}

/** Numbers that lead to one another would never come to an end. */
function checkNumberLoops(company: Company): readonly Problem[] {
  const next = (number: string): readonly string[] => {
    const led = company.numbers.find((candidate) => candidate.number === number)
    return led === undefined ? [] : wordsOf(led.to, []).flatMap(({ target }) => numberOf(target))
  }
  return company.numbers.flatMap(({ number }, index) => {
    const seen = new Set<string>()
    const waiting = [...next(number)]
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (at === number) return [error(['numbers', index, 'to'], `leads back to ${number}`)]
      if (!seen.has(at)) waiting.push(...next(at))
      seen.add(at)
    }
    return []
  })
}

function numberOf(target: TargetWord): readonly string[] {
  const [kind, argument = ''] = splitTarget(target)
  return kind === 'number' ? [argument] : []
}
