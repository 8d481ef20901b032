/**
 * Codes that are keyed during a talk (I-22). They have a table of their own: unlike feature codes they are not dialled, and a key
 * that begins none of them is somebody else's, for example a menu at the other end.
 */

/** One line of the table. */
interface TalkCodeRow {
  readonly id: 'invite' | 'coach' | 'switch' | 'remove'
  readonly code: string
  /** An extension or a number follows, ended by `#`. */
  readonly takes?: 'number'
  /** One line for people. */
  readonly help: { readonly sv: string; readonly de: string; readonly en: string }
}

const talkCodes = [
  {
    id: 'invite',
    code: '*3',
    takes: 'number',
    help: { sv: 'Bjud in till samtalet', de: 'Zum Gespräch einladen', en: 'Invite to the talk' },
  },
  {
    id: 'coach',
    code: '*4',
    takes: 'number',
    help: { sv: 'Bjud in som coach', de: 'Als Coach einladen', en: 'Invite as coach' },
  },
  {
    id: 'switch',
    code: '*5',
    help: {
      sv: 'Växla mellan enskilt och trepartssamtal',
      de: 'Zwischen Rückfrage und Dreiergespräch wechseln',
      en: 'Switch between private and three-way',
    },
  },
  {
    id: 'remove',
    code: '*6',
    help: {
      sv: 'Ta bort den inbjudna eller coachen',
      de: 'Eingeladene oder Coach entfernen',
      en: 'Take away the invited person or the coach',
    },
  },
] as const satisfies readonly TalkCodeRow[]

/** A code of a talk as it was keyed. */
export type TalkCode =
  { readonly id: 'invite' | 'coach'; readonly number: string } | { readonly id: 'switch' | 'remove' }

/** What has been keyed so far means this. */
type TalkKeys =
  | { readonly kind: 'complete'; readonly code: TalkCode }
  | { readonly kind: 'more' }
  /** No code begins like this. */
  | { readonly kind: 'invalid' }

/** Longest number with its country (E.164) and a prefix for outside lines. */
const longestNumber = 20

/** Reads keys as a code of the table. Never throws, whatever the string. */
export function parseTalkKeys(keys: string): TalkKeys {
  for (const row of talkCodes) {
    if (keys.length < row.code.length) {
      if (row.code.startsWith(keys)) return { kind: 'more' }
      continue
    }
    if (!keys.startsWith(row.code)) continue
    const rest = keys.slice(row.code.length)
    if (!('takes' in row))
      return rest === '' ? { kind: 'complete', code: { id: row.id } } : { kind: 'invalid' }
    // A feature code as number is taken in whole and refused (I-05): its keys are nobody's, and no code begins in the middle of it.
    const number = /^([0-9]*|\*[0-9*]*)(#?)$/.exec(rest)
    if (!number || rest.length > longestNumber || rest === '#') return { kind: 'invalid' }
    if (number[2] === '') return { kind: 'more' }
    return { kind: 'complete', code: { id: row.id, number: number[1] ?? '' } }
  }
  return { kind: 'invalid' }
}

/** How long a key that may begin a code is held before it is passed on, in milliseconds (I-22). */
export const heldKeys = 1_000

/** What came of one more key: keys that are the other party's in order, and perhaps a code. Never loses or swaps a key. */
export interface KeysRead {
  readonly pass: string
  /** Kept back until it is known what they are. */
  readonly held: string
  readonly code?: TalkCode | undefined
}

/** Takes one more key after those that are held. */
export function readTalkKey(held: string, key: string): KeysRead {
  let pass = ''
  let rest = held + key
  while (rest !== '') {
    const reading = parseTalkKeys(rest)
    if (reading.kind === 'more') return { pass, held: rest }
    if (reading.kind === 'complete') return { pass, held: '', code: reading.code }
    pass += rest.slice(0, 1)
    rest = rest.slice(1)
  }
  return { pass, held: '' }
}
