/**
 * Every fixed text the product says, with the names of its parameters. The words stand in `prompts/<language>.yaml` under the same
 * keys; {@link tongueOf} refuses a language in which one is missing, unknown, or names other parameters.
 */
export const textParameters = {
  // Why a person cannot be reached: follows the name of the person.
  'reason/unavailable': [],
  'reason/lunch': [],
  'reason/meeting': [],
  'reason/out': [],
  'reason/gone': [],
  'reason/travel': [],
  'reason/holiday': [],
  'reason/absent': [],
  'reason/training': [],
  // The same as a word of its own: read back to the person.
  'label/unavailable': [],
  'label/lunch': [],
  'label/meeting': [],
  'label/out': [],
  'label/gone': [],
  'label/travel': [],
  'label/holiday': [],
  'label/absent': [],
  'label/training': [],
  'person/sought': [],

  'absence/set': ['absence'],
  'absence/set-for': ['name', 'absence'],
  'absence/cancelled': [],
  'absence/cancelled-for': ['name'],
  'absence/occurrence-cancelled': [],
  'absence/none': [],
  'absence/none-for': ['name'],
  'absence/changed-by': ['name'],

  'refuse/give-reason': [],
  'refuse/give-time': [],
  'refuse/give-date': [],
  'refuse/give-number': [],
  'refuse/reason-only': [],
  'refuse/unknown-reason': [],
  'refuse/time-passed': [],
  'refuse/date-passed': [],
  'refuse/invalid-time': [],
  'refuse/invalid-date': [],
  'refuse/invalid-number': [],
  'refuse/wrong-pin': [],
  'refuse/not-allowed': [],
  'refuse/locked': [],
  'refuse/no-such-number': [],
  'refuse/no-such-person': [],
  'refuse/blocked-number': [],
  'refuse/unknown-code': [],
  'refuse/wrong-key': [],
  'refuse/too-many-attempts': [],
  'refuse/nothing-keyed': [],
  'refuse/diverted-too-often': [],
  'refuse/line-unavailable': [],
  'refuse/error': [],

  'enter/reason': [],
  'enter/time': [],
  'enter/date': [],
  'enter/extension': [],
  'enter/pin': [],
  'enter/code': [],
  'enter/number': [],

  'service/welcome': [],
  'service/unknown-caller': [],

  'call/busy': ['name'],
  'call/no-answer': ['name'],
  'call/not-reachable': ['name'],
  'call/engaged': [],
  'call/available-again': ['name'],
  'call/connecting': [],
  'call/connecting-to': ['name'],
  'call/connecting-reception': [],
  'call/one-moment': [],
  'call/closed': [],
  'call/goodbye': [],

  'menu/message': [],
  'menu/callback': [],
  'menu/substitute': ['name'],
  'menu/other-number': [],
  'menu/reception': [],

  'voicemail/greeting': ['name', 'company'],
  'voicemail/greeting-person': ['name'],
  'voicemail/after-tone': [],
  'voicemail/too-short': [],
  'voicemail/saved': [],
  'voicemail/not-saved': [],

  'callback/confirm': ['number'],
  'callback/enter': [],
  'callback/withheld': [],
  'callback/accepted': ['number'],
  'callback/already': [],
  'callback/thanks': [],

  'listen/none': [],
  'listen/one-message': [],
  'listen/messages': ['count'],
  'listen/one-callback': [],
  'listen/callbacks': ['count'],
  'listen/message': ['count'],
  'listen/from-number': ['number'],
  'listen/from-name': ['name'],
  'listen/from-withheld': [],
  'listen/received': ['moment'],
  'listen/menu': [],
  'listen/saved': [],
  'listen/deleted': [],
  'listen/no-more': [],
  'listen/asked-callback': ['name', 'number'],
  'listen/asked-callback-number': ['number'],
  'listen/callback-menu': [],

  'record/menu': [],
  'record/name': [],
  'record/greeting': [],
  'record/reason': [],
  'record/choose-reason': [],
  'record/review': [],
  'record/saved': [],
  'record/discarded': [],
  'record/removed': [],
  'record/empty': [],
  'record/none': [],

  'attendant/connect-anyway': [],

  'park/parked-on': ['extension'],
  'park/already-fetched': [],
  'park/ended': [],
  'park/nothing-on': ['extension'],
  'park/occupied': ['extension'],
  'park/nothing-to-park': [],
  'park/not-parkable': [],
  'park/group-full': [],
  'park/three-party': [],
  'park/returned': ['extension'],
  'park/page': ['extension'],
  'park/comfort': [],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** Key of a fixed text. */
export type TextKey = keyof typeof textParameters

/** Name of a parameter of the text, or never when it has none. */
export type ParameterOf<Key extends TextKey> = (typeof textParameters)[Key][number]

/** All text keys, in the order of the table. */
export const textKeys = Object.keys(textParameters) as readonly TextKey[]

/** Whether a string is the key of a fixed text. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(textParameters, key)
}
