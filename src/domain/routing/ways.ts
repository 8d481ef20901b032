import type { TargetWord } from '../directory/company.js'
import type { NumberEntry } from '../directory/directory.js'
import type { E164, PersonId } from '../ids.js'
import { readCalledNumber } from '../numbers/dialled.js'
import { greyed } from '../numbers/grey.js'
import type { Journey } from './decision.js'
import type { Question } from './question.js'

/** `person:anna` -> person, anna; `voicemail` -> voicemail and nothing. */
export function splitWord(word: TargetWord): readonly [kind: string, argument: string] {
  const colon = word.indexOf(':')
  return colon < 0 ? [word, ''] : [word.slice(0, colon), word.slice(colon + 1)]
}

/** Nobody is tried twice in a call, and a call does not come back to the one who makes it. */
export const mayVisit = (question: Question, person: PersonId, journey: Journey): boolean =>
  !journey.visited.includes(person) &&
  !(question.caller.kind === 'phone' && question.caller.person === person)

/** Whether a call may be diverted to an outside number: there is an outside line and the grey list lets it pass (O-12). */
export const mayGoOut = (question: Question, number: E164): boolean =>
  question.company.trunk !== undefined && !greyed(question.company, number, 'outgoing').blocked

/** Our own numbers stay inside; those of another company on the same exchange are outside (tenants are apart). */
export function insideOf(question: Question, number: E164): NumberEntry | undefined {
  const entry = question.directory.number(number)
  return entry?.company.company === question.company.company ? entry : undefined
}

/**
 * People whose number already diverted the call count as tried. Not so the one it is for now, unless the very number
 * called diverted it before: somebody's mobile may divert to their desk.
 */
export function startOfJourney(question: Question): Journey {
  const { caller, company } = question
  const divertedBy = (caller.kind === 'trunk' ? caller.divertedBy : undefined) ?? []
  const begun = { announced: [], diversions: divertedBy.length, receptionTried: false }
  const { arrivedAt } = question
  if (divertedBy.length === 0) return { dialled: undefined, visited: [], ...begun, arrivedAt }
  const called = readCalledNumber(question.dialled, company)
  const visited = divertedBy
    .flatMap((number) => personBehind(question, number))
    .filter((person) => isLoop(divertedBy, called) || !personBehind(question, called).includes(person))
  return { dialled: visited[0], visited: [...new Set(visited)], ...begun, arrivedAt }
}

const isLoop = (divertedBy: readonly E164[], called: E164 | undefined): boolean =>
  called !== undefined && divertedBy.includes(called)

function personBehind(question: Question, number: E164 | undefined): readonly PersonId[] {
  const entry = number === undefined ? undefined : insideOf(question, number)
  return entry?.kind === 'person' ? [entry.person.id] : []
}
