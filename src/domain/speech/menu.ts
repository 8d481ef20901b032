import type { Phrase, Sentence } from './phrase.js'
import { joined } from './phrase.js'
import type { Tongue } from './tongue.js'
import { say } from './tongue.js'

/** What a caller can choose after the sentence (H-34). An option that is left out or false is not offered. */
export interface SpokenMenu {
  readonly message?: boolean
  readonly callback?: boolean
  /** The name of the substitute, or `number` for another number of the person. */
  readonly substitute?: Phrase | 'number' | undefined
  readonly reception?: boolean
}

/** "Tryck ett för att lämna ett meddelande. Tryck två ...": only the options that exist (H-34). Nothing when there is none. */
export function menuSentence(tongue: Tongue, menu: SpokenMenu): Sentence {
  return joined(
    menu.message === true ? say(tongue, 'menu/message') : [],
    menu.callback === true ? say(tongue, 'menu/callback') : [],
    substituteOption(tongue, menu.substitute),
    menu.reception === true ? say(tongue, 'menu/reception') : [],
  )
}

function substituteOption(tongue: Tongue, substitute: SpokenMenu['substitute']): Sentence {
  if (substitute === undefined) return []
  return substitute === 'number'
    ? say(tongue, 'menu/other-number')
    : say(tongue, 'menu/substitute', { name: substitute })
}
