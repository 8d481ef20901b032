import type { Queue } from '../queue/settings.js'
import type { Company } from './company.js'
import { error, warning, type Path, type Problem } from './problem.js'
import { unsafeText } from './safe-text.js'

/** The queues: people there are, ways out that end, names that can be shown. */
export function checkQueues(company: Company): readonly Problem[] {
  return [
    ...company.queues.flatMap((queue, index) => checkQueue(company, queue, ['queues', index])),
    ...checkOverflowLoops(company),
  ]
}

function checkQueue(company: Company, queue: Queue, path: Path): readonly Problem[] {
  return [
    ...checkTexts(queue, path),
    ...checkMembers(company, queue, path),
    ...checkExternal(company, queue, path),
    ...checkMailbox(company, queue, path),
    ...checkQueueHours(company, queue, path),
  ]
}

function checkTexts(queue: Queue, path: Path): readonly Problem[] {
  const texts = [
    [[...path, 'name'], queue.name] as const,
    ...queue.external.map(({ name }, index) => [[...path, 'external', index, 'name'], name] as const),
  ]
  return texts.flatMap(([at, text]) => {
    const found = unsafeText(text)
    return found === undefined ? [] : [error(at, `${found} cannot stand here`)]
  })
}

function checkMembers(company: Company, queue: Queue, path: Path): readonly Problem[] {
  if (queue.members.length + queue.external.length === 0)
    return [error([...path, 'members'], `nobody answers for the queue "${queue.id}": it needs a member`)]
  return queue.members.flatMap((id, index) => {
    const at = [...path, 'members', index]
    const person = company.people.find((candidate) => candidate.id === id)
    if (person === undefined) return [error(at, `there is no person "${id}" in this company`)]
    if (queue.members.indexOf(id) < index) return [error(at, `${id} stands here twice`)]
    return person.devices.length === 0
      ? [warning(at, `${id} has no telephone, so nothing rings for this queue`)]
      : []
  })
}

function checkExternal(company: Company, queue: Queue, path: Path): readonly Problem[] {
  return queue.external.flatMap(({ number }, index) => {
    const at = [...path, 'external', index, 'number']
    if (company.trunk === undefined)
      return [error(at, 'is a telephone outside, but the company has no trunk')]
    // It would be called through the trunk, and come back as a caller.
    if (leadsHere(company, number)) return [error(at, `${number} is a number of this company itself`)]
    return queue.external.findIndex((other) => other.number === number) < index
      ? [error(at, `${number} stands here twice`)]
      : []
  })
}

const leadsHere = (company: Company, number: string): boolean =>
  [
    company.main,
    company.serviceNumber,
    ...company.owned,
    ...company.queues.flatMap(({ numbers }) => numbers),
  ].some((own) => own === number)

function checkMailbox(company: Company, { mailbox }: Queue, path: Path): readonly Problem[] {
  return mailbox === undefined || company.people.some((person) => person.id === mailbox)
    ? []
    : [error([...path, 'mailbox'], `there is no person "${mailbox}" in this company`)]
}

function checkQueueHours(company: Company, { hours, closing }: Queue, path: Path): readonly Problem[] {
  if (hours === undefined)
    return closing === 'drain' ? [] : [error([...path, 'closing'], 'a queue without hours never closes')]
  return company.hours.some(({ id }) => id === hours)
    ? []
    : [error([...path, 'hours'], `there are no hours "${hours}" in this company`)]
}

/** callers would be handed round among queues, all of which name only one another. */
function checkOverflowLoops(company: Company): readonly Problem[] {
  return company.queues.flatMap((queue, index) => {
    const chain = [queue.id]
    for (let at = onlyQueueAfter(company, queue); at !== undefined; at = onlyQueueAfter(company, at)) {
      if (at.id === queue.id)
        return [
          error(
            ['queues', index, 'overflow'],
            `callers overflow in a ring: ${[...chain, at.id].join(' -> ')}`,
          ),
        ]
      if (chain.includes(at.id)) return []
      chain.push(at.id)
    }
    return []
  })
}

/** The one way out of a queue, if that is another queue. */
function onlyQueueAfter(company: Company, { overflow }: Queue): Queue | undefined {
  const [only, ...others] = overflow
  if (only === undefined || others.length > 0 || !only.startsWith('queue:')) return undefined
  return company.queues.find(({ id }) => `queue:${id}` === only)
}
