import { count } from '../speech/digits.js'
import { menuSentence } from '../speech/menu.js'
import { joined, type Sentence } from '../speech/phrase.js'
import { say, type Tongue } from '../speech/tongue.js'
import type { Announcement } from './announcement.js'
import type { Queue } from './settings.js'

/** "Du har plats tre i kön. Väntetiden är ungefär två minuter. Tack för att du väntar." */
export const announcementSentence = (tongue: Tongue, { position, minutes }: Announcement): Sentence =>
  joined(
    position === undefined
      ? []
      : position === 1
        ? say(tongue, 'queue/next')
        : say(tongue, 'queue/position', { position: count(tongue, position) }),
    minutes === undefined
      ? []
      : minutes === 1
        ? say(tongue, 'queue/wait-one')
        : say(tongue, 'queue/wait', { minutes: count(tongue, minutes) }),
    say(tongue, 'queue/thanks'),
  )

/** what the keys do. Nothing when they do nothing. */
export const keysSentence = (tongue: Tongue, { keys }: Pick<Queue, 'keys'>): Sentence =>
  menuSentence(tongue, keys)
