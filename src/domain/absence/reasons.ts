import type { Person, ReasonRow } from '../directory/company.js'
import type { PersonId } from '../ids.js'
import { oncePer } from '../remembered.js'
import type { DefaultEnd, Reason } from './absence.js'

const base = {
  argument: 'time',
  argumentRequired: false,
  defaultEnd: { kind: 'open' },
  pastMeansNextDay: false,
  sensitive: false,
  stillRing: false,
  enabled: true,
} as const satisfies Omit<Reason, 'id' | 'digit'>

const minutes = (count: number): DefaultEnd => ({ kind: 'minutes', minutes: count })

/**
 * The table a company starts from (behaviour.md, end of chapter H). A reason that takes "time or none" is one whose time need
 * not be keyed. `gone` takes a time too, because H-05 says what a time already past means there. `own` is read as a time; a
 * company that wants a number keyed replaces the row, since digits must never be guessed at (H-03).
 */
export const defaultReasons: readonly Reason[] = [
  { ...base, id: 'unavailable', digit: '0' },
  { ...base, id: 'lunch', digit: '1', defaultEnd: minutes(60) },
  { ...base, id: 'meeting', digit: '2', defaultEnd: minutes(60) },
  { ...base, id: 'out', digit: '3', defaultEnd: minutes(30) },
  { ...base, id: 'gone', digit: '4', defaultEnd: { kind: 'nextScheduleStart' }, pastMeansNextDay: true },
  { ...base, id: 'travel', digit: '5', argument: 'date', argumentRequired: true },
  { ...base, id: 'holiday', digit: '6', argument: 'date', argumentRequired: true },
  { ...base, id: 'absent', digit: '7', argument: 'date', sensitive: true },
  { ...base, id: 'training', digit: '8', defaultEnd: { kind: 'endOfDay' } },
  { ...base, id: 'own', digit: '9' },
]

function readEnd(words: string): DefaultEnd {
  const count = /^([0-9]+) min$/.exec(words)?.[1]
  if (count !== undefined) return minutes(Number(count))
  if (words === 'endOfDay' || words === 'nextScheduleStart') return { kind: words }
  return { kind: 'open' }
}

function reasonOf(row: ReasonRow): Reason {
  const { required, ends, text, ...rest } = row
  return {
    ...rest,
    argumentRequired: required,
    defaultEnd: readEnd(ends),
    ...(text === undefined ? {} : { text }),
  }
}

/** Whoever has reasons of their own: a company, or a person on top of it. */
interface HasReasons {
  readonly reasons: readonly ReasonRow[]
}

/**
 * The reasons of a company, or of a person of it, by digit: the company's rows replace the default rows of the same digit or the
 * same name, and the person's rows those of the company (H-28). The last of two rows of one digit counts. Disabled rows are in
 * the list, marked so (H-04).
 */
export function reasonsOf(company: HasReasons, person?: HasReasons & Pick<Person, 'id'>): readonly Reason[] {
  const ofCompany = companyReasons(company)
  return person === undefined || person.reasons.length === 0
    ? ofCompany
    : replaced(
        ofCompany,
        person.reasons.map((row) => ofPerson(row, person.id, ofCompany)),
      )
}

const companyReasons = ({ reasons }: HasReasons): readonly Reason[] => reasonsOfRows(reasons)

const reasonsOfRows = oncePer((rows: HasReasons['reasons']) => replaced(defaultReasons, rows.map(reasonOf)))

/** Words of the person's own, or else those the company has for the reason, recordings included. */
function ofPerson(row: ReasonRow, person: PersonId, ofCompany: readonly Reason[]): Reason {
  if (row.text !== undefined) return { ...reasonOf(row), person }
  const text = ofCompany.find((reason) => reason.id === row.id)?.text
  return { ...reasonOf(row), ...(text === undefined ? {} : { text }) }
}

function replaced(reasons: readonly Reason[], by: readonly Reason[]): readonly Reason[] {
  const own = new Map(by.map((reason) => [reason.digit, reason]))
  const names = new Set([...own.values()].map((reason) => reason.id))
  const kept = reasons.filter((reason) => !own.has(reason.digit) && !names.has(reason.id))
  return [...kept, ...own.values()].sort((a, b) => Number(a.digit) - Number(b.digit))
}

/** The reason keyed by the digit, disabled ones left out. */
export function reasonWithDigit(reasons: readonly Reason[], digit: string): Reason | undefined {
  return reasons.find((reason) => reason.digit === digit && reason.enabled)
}

const unknownReason: Reason = { ...base, id: 'unavailable', digit: '0' }

/** The reason an absence names. One that was since removed from the table reads as `unavailable`, which says nothing wrong. */
export function reasonNamed(reasons: readonly Reason[], id: string): Reason {
  const named =
    reasons.find((reason) => reason.id === id) ?? defaultReasons.find((reason) => reason.id === id)
  return named ?? unknownReason
}
