import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { ownedNumbers } from '../directory/profile.js'
import type { Company } from '../directory/company.js'
import type { E164, Extension, ShortNumber } from '../ids.js'
import { oncePer, remembering } from '../remembered.js'
import { isShortNumber } from './short.js'

/** What somebody inside the company meant by what they dialled. */
export type Dialled =
  /** A number of the company's emergency list, without prefix or country code. */
  | { readonly kind: 'emergency'; readonly number: string }
  /** An extension that exists: a person's, a queue's, or the service extension. */
  | { readonly kind: 'extension'; readonly extension: Extension }
  | { readonly kind: 'external'; readonly number: E164 }
  /** A short public number such as 1177; an extension with the same digits comes before it. */
  | { readonly kind: 'short'; readonly number: ShortNumber }
  /** Begins with `*` or `#`; the whole text as keyed, for the feature-code parser. */
  | { readonly kind: 'feature'; readonly code: string }
  | { readonly kind: 'nothing' }
  /** Digits as short as an extension, but nobody has it; or what cannot be a number at all. */
  | { readonly kind: 'invalid'; readonly why: 'noSuchExtension' | 'notANumber' }

/** Nothing anybody keys is longer; what is comes from a broken or hostile phone. */
const longestText = 64
const longestExtension = 6

/** Reads the user part of a SIP address or keyed digits. Every text has an answer; none throws. */
export function readDialled(text: string, company: Company): Dialled {
  const cleaned = clean(text)
  if (cleaned === '') return { kind: 'nothing' }
  if (cleaned.length > longestText) return { kind: 'invalid', why: 'notANumber' }
  if (/^[*#]/.test(cleaned))
    return /^[*#0-9]+$/.test(cleaned)
      ? { kind: 'feature', code: cleaned }
      : { kind: 'invalid', why: 'notANumber' }
  const digits = cleaned.replace(/#$/, '')
  if (!/^\+?[0-9]+$/.test(digits)) return { kind: 'invalid', why: 'notANumber' }
  return (
    readEmergency(digits, company) ??
    readExtension(digits, company) ??
    readShort(digits, company) ??
    readExternal(digits, company) ?? {
      kind: 'invalid',
      why: looksLikeExtension(digits) ? 'noSuchExtension' : 'notANumber',
    }
  )
}

/** 112 counts in every company, whatever its list says. */
const emergencyNumbers = (company: Company): ReadonlySet<string> => new Set(['112', ...company.emergency])

/**
 * Every text that asks for help, and the number it means: also behind the outside line prefix and behind the country code, as
 * some mobiles write it: `0112`, `+46112`, `0046112`.
 */
export const emergencySpellings = oncePer((company: Company): ReadonlyMap<string, string> => {
  const code = callingCodes[company.country]
  const openings = ['', company.prefix, '+', `+${code}`, `00${code}`, `${company.prefix}00${code}`]
  const numbers = [...emergencyNumbers(company)]
  // A number without an opening comes last: it is meant before what reads the same with one.
  return new Map(
    openings.toReversed().flatMap((opening) => numbers.map((number) => [opening + number, number])),
  )
})

function readEmergency(digits: string, company: Company): Dialled | undefined {
  const number = emergencySpellings(company).get(digits)
  return number === undefined ? undefined : { kind: 'emergency', number }
}

const callingCodes: Readonly<Record<Company['country'], string>> = { SE: '46', DE: '49' }

function readExtension(digits: string, company: Company): Dialled | undefined {
  const known =
    company.serviceExtension === digits ||
    company.people.some((person) => person.extension === digits) ||
    company.queues.some((queue) => queue.number === digits)
  return known ? { kind: 'extension', extension: digits as Extension } : undefined
}

/** With or without the outside line prefix. */
function readShort(digits: string, company: Company): Dialled | undefined {
  const { prefix, country } = company
  const behindPrefix = prefix !== '' && digits.startsWith(prefix) ? digits.slice(prefix.length) : digits
  const number = [behindPrefix, digits].find((candidate) => isShortNumber(candidate, country))
  return number === undefined ? undefined : { kind: 'short', number: number }
}

const looksLikeExtension = (digits: string): boolean =>
  /^[1-9]/.test(digits) && digits.length <= longestExtension

/** The outside line prefix is taken off first; a number dialled without it is understood too if it cannot be mistaken. */
function readExternal(digits: string, company: Company): Dialled | undefined {
  const prefixed = company.prefix !== '' && digits.startsWith(company.prefix)
  const number =
    (prefixed ? readPublicNumber(digits.slice(company.prefix.length), company) : undefined) ??
    (looksLikeExtension(digits) ? undefined : readPublicNumber(digits, company))
  return number === undefined ? undefined : { kind: 'external', number }
}

/**
 * A telephone number as people and providers write it: `+46 8 123 456 78`, `0046…`, `08-123 456 78`, `46812345678`.
 * Undefined for what cannot be one, such as `anonymous`. The length is checked, not whether somebody has the number.
 */
export function readPublicNumber(text: string, { country }: Pick<Company, 'country'>): E164 | undefined {
  const cleaned = clean(text)
  if (cleaned.length > longestText || !/^\+?[0-9]+$/.test(cleaned)) return undefined
  return readIn[country](cleaned)
}

/** Reading a number takes as long as all the rest of routing a call, and many who call have called before. */
const rememberedNumbers = 2_000
const readerFor = (country: Company['country']) =>
  remembering(rememberedNumbers, (cleaned) => {
    const parsed = parsePhoneNumberFromString(cleaned.replace(/^00/, '+'), {
      defaultCountry: country,
      extract: false,
    })
    return parsed?.isPossible() === true && isE164(parsed.number) ? parsed.number : undefined
  })
const readIn = { SE: readerFor('SE'), DE: readerFor('DE') } satisfies Record<Company['country'], unknown>

/**
 * The number of the company an incoming call was for, as the trunk wrote it. Providers leave out the `+` or send national
 * form; what is a number of the company in any reading is taken as that. Undefined: no number at all.
 */
export function readCalledNumber(text: string, company: Company): E164 | undefined {
  const digits = clean(text).replace(/^(\+|00)/, '')
  const owned = ownedNumbers(company)
  return owned.has(`+${digits}`) ? (`+${digits}` as E164) : readPublicNumber(text, company)
}

const isE164 = (text: string): text is E164 => /^\+[1-9][0-9]{6,14}$/.test(text)

/** As nearly all providers and phones send it. */
const isPlain = (text: string): boolean => text.length <= longestText && /^\+?[0-9*#]*$/.test(text)

/**
 * One plain form of what phones send: percent signs decoded (`%23` is `#`, RFC 3261 19.1.2), parameters after `;` dropped,
 * wide digits made plain, and without what people write between digits, the "(0)" of "+46 (0)8" included.
 */
function clean(text: string): string {
  if (isPlain(text)) return text
  return (text.split(';', 1)[0] ?? '')
    .slice(0, 4 * longestText)
    .replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .normalize('NFKC')
    .replace(/^(\s*(?:\+|00)[^()]*)\(0\)/, '$1')
    .replace(/[\s()./\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u2069\u2212\ufeff-]/g, '')
}
