import type { Person, TargetWord } from '../directory/company.js'
import { profileOf } from '../directory/profile.js'
import type { E164, PersonId } from '../ids.js'
import type { Announce, Journey, Menu, Says } from './decision.js'
import { receptionNow } from './reception.js'
import type { Inquiry } from './tracer.js'
import { insideOf, mayGoOut, mayVisit, splitWord } from './ways.js'

/**
 * The reason in words, then the menu (H-34). The caller always hears the reason first; an `absent` target that leads elsewhere
 * is where the call goes when no key comes, and `menu` is that for the target `announcement`.
 */
export function announce(question: Inquiry, person: Person, says: Says, journey: Journey): Announce {
  const menu = menuFor(question, person, says, journey)
  const otherwise = withoutKey(question, person, says)
  question.tracer.note(
    'H-34',
    { person: person.id, because: says.because, ...menu },
    `announce, without a key: ${otherwise}`,
  )
  return {
    to: 'announce',
    person: person.id,
    says,
    menu,
    otherwise,
    journey: { ...journey, announced: [...journey.announced, person.id] },
  }
}

function withoutKey(question: Inquiry, person: Person, says: Says): TargetWord {
  const profile = profileOf(question.company, person)
  const word = says.because === 'absent' && profile.absent !== 'announcement' ? profile.absent : profile.menu
  return word === 'announcement' ? 'voicemail' : word
}

function menuFor(question: Inquiry, person: Person, says: Says, journey: Journey): Menu {
  const further = { ...journey, visited: [...journey.visited, person.id] }
  return {
    message: true,
    callback: true,
    other: otherWay(question, person, says, further),
    reception: !journey.receptionTried && receptionNow(question, further).length > 0,
    connect: false,
  }
}

/** The number keyed with the absence before the substitute of the company file; nothing that would be refused when chosen. */
function otherWay(question: Inquiry, person: Person, says: Says, journey: Journey): TargetWord | undefined {
  const keyed = says.because === 'absent' ? wordOfNumber(question, says.absence.number) : undefined
  return [keyed, person.substitute].find((word) => word !== undefined && leadsOn(question, word, journey))
}

function wordOfNumber(question: Inquiry, number: string | undefined): TargetWord | undefined {
  if (number === undefined) return undefined
  if (number.startsWith('+')) return `number:${number}`
  const person = question.directory.extension(question.company.company, number)
  return person === undefined ? undefined : `person:${person.id}`
}

function leadsOn(question: Inquiry, word: TargetWord, journey: Journey): boolean {
  if (journey.diversions >= question.company.settings.diversions) return false
  const [kind, argument] = splitWord(word)
  const { company, directory } = question
  if (kind === 'person')
    return (
      directory.person(company.company, argument) !== undefined &&
      mayVisit(question, argument as PersonId, journey)
    )
  if (kind === 'queue' || kind === 'menu') return true
  if (kind !== 'number') return false
  const inside = insideOf(question, argument as E164)
  if (inside === undefined) return mayGoOut(question, argument as E164)
  return inside.kind === 'person' && mayVisit(question, inside.person.id, journey)
}
