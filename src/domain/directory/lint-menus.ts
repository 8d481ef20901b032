import { splitTarget } from './check-targets.js'
import { wordsOf } from './check-menus.js'
import type { Queue } from '../queue/settings.js'
import type { Company, TargetWord } from './company.js'
import type { Destination } from './menu-schema.js'
import { warning, type Path, type Problem } from './problem.js'

/** The telephone policy on numbers, menus and waiting (O-18): at most two key presses to a human, and a mailbox whenever it is closed. */
export function lintMenus(company: Company): readonly Problem[] {
  return [
    ...lintWaiting(company),
    ...lintPresses(company),
    ...lintClosed(company),
    ...lintTexts(company),
    ...lintHours(company),
  ]
}

const longestWaitSeconds = 180

/** O-18: nobody waits in a queue for more than three minutes without being offered another way. */
const lintWaiting = (company: Company): readonly Problem[] =>
  company.queues.flatMap((queue, index) => [
    ...(queue.maxWaitSeconds <= longestWaitSeconds
      ? []
      : [
          warning(
            ['queues', index, 'maxWaitSeconds'],
            `callers may wait ${String(queue.maxWaitSeconds)} seconds: the policy allows ${String(longestWaitSeconds)}`,
          ),
        ]),
    ...lintWaitingOn(company, queue, ['queues', index, 'overflow']),
    ...(queue.overflow.length > 0
      ? []
      : [
          warning(['queues', index], `nobody said where callers go on who waited in "${queue.id}": overflow`),
        ]),
  ])

/** O-18: queue after queue the longest waits add up. A queue the caller was in is not tried again. */
function lintWaitingOn(company: Company, queue: Queue, path: Path): readonly Problem[] {
  const chain = longestChain(company, [queue])
  const seconds = chain.reduce((sum, { maxWaitSeconds }) => sum + maxWaitSeconds, 0)
  if (chain.length === 1 || seconds <= longestWaitSeconds) return []
  const names = chain.map(({ id }) => id).join(' -> ')
  return [
    warning(
      path,
      `callers may wait ${String(seconds)} seconds in all: ${names}; the policy allows ${String(longestWaitSeconds)}`,
    ),
  ]
}

/** The way through other queues on which a caller may wait longest. */
function longestChain(company: Company, chain: readonly Queue[]): readonly Queue[] {
  const next = (chain.at(-1)?.overflow ?? []).flatMap((word) => {
    const found = company.queues.find(({ id }) => word === `queue:${id}`)
    return found && !chain.includes(found) ? [longestChain(company, [...chain, found])] : []
  })
  const length = (queues: readonly Queue[]): number =>
    queues.reduce((sum, { maxWaitSeconds }) => sum + maxWaitSeconds, 0)
  return next.reduce((longest, other) => (length(other) > length(longest) ? other : longest), chain)
}

const mostPresses = 2

/** How many keys the caller has pressed when each menu is heard, by the shortest way from any number. */
function pressesTo(company: Company): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  let menus = company.numbers.flatMap(({ to }) => menusIn(to))
  for (let presses = 0; menus.length > 0; presses += 1) {
    const fresh = [...new Set(menus)].filter((id) => !found.has(id))
    for (const id of fresh) found.set(id, presses)
    menus = fresh.flatMap((id) =>
      Object.values(company.menus.find((menu) => menu.id === id)?.keys ?? {}).flatMap(menusIn),
    )
  }
  return found
}

const targetsOf = (to: Destination): readonly TargetWord[] => wordsOf(to, []).map(({ target }) => target)

const menusIn = (to: Destination): readonly string[] =>
  targetsOf(to).flatMap((target) => {
    const [kind, id = ''] = splitTarget(target)
    return kind === 'menu' ? [id] : []
  })

const isHuman = (target: TargetWord): boolean =>
  ['person', 'queue', 'reception', 'number'].includes(splitTarget(target)[0])

/** A key that leads to a human counts as one press more than its menu. */
function lintPresses(company: Company): readonly Problem[] {
  const presses = pressesTo(company)
  return company.menus.flatMap((menu, index) => {
    const before = presses.get(menu.id)
    if (before === undefined)
      return [warning(['menus', index], `no number and no other menu leads to the menu "${menu.id}"`)]
    if (before < mostPresses) return []
    return Object.entries(menu.keys).flatMap(([key, to]) =>
      targetsOf(to).some(isHuman)
        ? [
            warning(
              ['menus', index, 'keys', key],
              `${String(before + 1)} key presses to a human: the policy allows ${String(mostPresses)}`,
            ),
          ]
        : [],
    )
  })
}

/** Somebody who calls outside the hours can always leave a message, or reach an answering service. */
function lintClosed(company: Company): readonly Problem[] {
  const takesMessages = (target: TargetWord, seen: readonly string[]): boolean => {
    const [kind, id = ''] = splitTarget(target)
    if (kind === 'voicemail' || kind === 'number') return true
    const menu =
      kind === 'menu' && !seen.includes(id) ? company.menus.find((one) => one.id === id) : undefined
    return (
      menu !== undefined &&
      [...Object.values(menu.keys), menu.noKey].some((to) =>
        targetsOf(to).some((next) => takesMessages(next, [...seen, id])),
      )
    )
  }
  return switchesOf(company).flatMap(({ path, to }) =>
    takesMessages(to.closed, [])
      ? []
      : [warning([...path, 'closed'], 'nobody can leave a message here when it is closed: add voicemail:ID')],
  )
}

type Switch = Exclude<Destination, string>

function switchesOf(company: Company): readonly { readonly path: Path; readonly to: Switch }[] {
  const written = [
    ...company.numbers.map(({ to }, index) => ({ path: ['numbers', index, 'to'], to })),
    ...company.menus.flatMap((menu, index) =>
      Object.entries(menu.keys).map(([key, to]) => ({ path: ['menus', index, 'keys', key], to })),
    ),
  ]
  return written.flatMap(({ path, to }) => (typeof to === 'string' ? [] : [{ path, to }]))
}

/** G-07: about 14 characters are spoken in a second. */
const longestAnnouncement = 25 * 14

const lintTexts = (company: Company): readonly Problem[] =>
  company.menus.flatMap((menu, index) =>
    Object.entries(menu.text).flatMap(([language, text]) =>
      text !== undefined && text.length > longestAnnouncement
        ? [
            warning(
              ['menus', index, 'text', language],
              'takes more than 25 seconds to say before a caller can choose',
            ),
          ]
        : [],
    ),
  )

/** O-03: hours that were written without a thought for Christmas. */
const lintHours = (company: Company): readonly Problem[] =>
  company.hours.flatMap(({ holidays }, index) =>
    holidays === undefined
      ? [warning(['hours', index], 'says nothing of public holidays: they are days like any other')]
      : [],
  )
