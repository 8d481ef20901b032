import type { CompanyId, Extension, PersonId } from '../ids.js'
import { digits } from './digits.js'
import type { Phrase, Sentence } from './phrase.js'
import type { Tongue } from './tongue.js'
import { phraseOf, say } from './tongue.js'

/** Somebody whose name is said. */
export interface NamedPerson {
  readonly company: CompanyId
  readonly person: PersonId
  /** As written in the company file; an empty one is not spoken. */
  readonly name: string
  readonly extension?: Extension | undefined
}

/**
 * The name of a person (H-32): the recorded name or else the spoken one, both under the key `name/<company>/<person>`; if no audio can be
 * had the digits of the extension; else "personen du söker".
 */
export function personName(tongue: Tongue, who: NamedPerson): Phrase {
  return {
    key: `name/${who.company}/${who.person}`,
    text: who.name.trim(),
    instead: withoutName(tongue, who.extension),
  }
}

function withoutName(tongue: Tongue, extension: Extension | undefined): Sentence {
  const sought = [phraseOf(tongue, 'person/sought')]
  const [first, ...rest] = extension === undefined ? [] : digits(tongue, extension)
  return first === undefined ? sought : [{ ...first, instead: sought }, ...rest]
}

/** The name of a company, said in greetings. */
export function companyName(company: CompanyId, name: string): Phrase {
  return { key: `company/${company}`, text: name, instead: [] }
}

/** The name of a queue, said to those who answer for it. */
export function queueName(company: CompanyId, queue: { readonly id: string; readonly name: string }): Phrase {
  return { key: `queue-name/${company}/${queue.id}`, text: queue.name, instead: [] }
}

/** What a caller hears at the mailbox (O-17): the person's own recorded greeting, or else the standard one. */
export function greeting(tongue: Tongue, who: NamedPerson, company?: Phrase): Sentence {
  const name = personName(tongue, who)
  const instead =
    company === undefined
      ? say(tongue, 'voicemail/greeting-person', { name })
      : say(tongue, 'voicemail/greeting', { name, company })
  return [{ key: `greeting/${who.company}/${who.person}`, text: '', instead }]
}
