import type { CallId, E164, Extension, Instant, PersonId } from '../ids.js'

/** How the digits after the reason are read (H-03). Guessing is forbidden: every MMDD is also a valid HHMM. */
export type ReasonArgument = 'time' | 'date' | 'none' | 'number'

/** When an absence ends if no return was keyed: after some minutes, at the end of the day, when the person's schedule next starts, or never. */
export type DefaultEnd =
  | { readonly kind: 'minutes'; readonly minutes: number }
  | { readonly kind: 'endOfDay' }
  | { readonly kind: 'nextScheduleStart' }
  | { readonly kind: 'open' }

/** One row of a company's table of reasons, keyed by its digit. */
export interface Reason {
  /** Stable name, for example `lunch`; the spoken phrase is found by it. */
  readonly id: string
  readonly digit: string
  readonly argument: ReasonArgument
  /** The argument must be keyed: a holiday without a return date is refused. */
  readonly argumentRequired: boolean
  readonly defaultEnd: DefaultEnd
  /** A return time already past today means the next working day ("gått för dagen") instead of being refused (H-05). */
  readonly pastMeansNextDay: boolean
  /** Spoken as "är frånvarande"; shown only by permission (H-31). */
  readonly sensitive: boolean
  /** The phone rings all the same, and the queues go on (H-36). */
  readonly stillRing: boolean
  readonly enabled: boolean
  /** Whose the wording is; the company's if left out (H-28). */
  readonly person?: PersonId
  /** Own wording that follows the name, per language, for reasons that are not in the product's catalogue (H-28). */
  readonly text?:
    | { readonly sv?: string | undefined; readonly de?: string | undefined; readonly en?: string | undefined }
    | undefined
}

/** Which part of the return was stated, and so is spoken. */
export type ReturnForm = 'time' | 'date' | 'dateTime'

/** Strongest first: a stronger source hides a weaker one; the newest wins inside a class. */
export const absenceSources = ['person', 'deputy', 'calendar', 'recurring', 'schedule'] as const
export type AbsenceSource = (typeof absenceSources)[number]

/** Why a person cannot be reached, from when, until when; as set by somebody or computed from a rule. */
export interface Absence {
  /** Unique for the person: the command that set it, or the rule and its occurrence. */
  readonly id: string
  readonly person: PersonId
  /** `Reason.id` */
  readonly reason: string
  readonly source: AbsenceSource
  /** Half-open: [from, until). No `until`: until cancelled. */
  readonly from: Instant
  readonly until?: Instant | undefined
  /** What is said of the return. Absent: only the reason is said. */
  readonly returnForm?: ReturnForm | undefined
  /** Where the person can be reached meanwhile, if keyed. */
  readonly number?: E164 | Extension | undefined
  /** For colleagues, never spoken: the title of a calendar entry that is not private (H-19). */
  readonly note?: string | undefined
  readonly setBy: PersonId | 'rule'
  readonly setAt: Instant
  readonly means: 'keypad' | 'service-number' | 'console' | 'file' | 'rule'
}

/** What is stored of a person's absences. Recurring rules and schedules stand in the company file. */
export interface StoredAbsences {
  readonly v: 1
  /** At most one of each of the sources `person` and `deputy`. */
  readonly set: readonly Absence[]
  /** Occurrences of rules, calendar entries and times off that were cancelled by `#23#` (H-17): `Absence.id` of the occurrence, with its end so that it can be forgotten. */
  readonly cancelled: readonly { readonly id: string; readonly until: Instant }[]
  /** Grows by one at every change; an editor that read an older one is refused. */
  readonly version: number
}

/** One line of a person's absence history (H-11, H-13): who did what, when, how, before and after. */
export interface AbsenceChange {
  readonly command: CallId | string
  readonly at: Instant
  readonly person: PersonId
  readonly by: PersonId
  readonly means: Absence['means']
  readonly before?: Absence | undefined
  readonly after?: Absence | undefined
}

/**
 * H-36: whoever is absent is offered no calls of their queues, from the beginning of the absence to its end; not so for a reason
 * with which the phone rings all the same. To be asked whenever a queue looks for somebody, so that nothing has to be un-paused.
 */
export const pausesQueues = (
  current: { readonly absence: Absence; readonly reason: Reason } | undefined,
): boolean => current !== undefined && !current.reason.stillRing
