import type { CalendarEntry } from '../domain/absence/calendar-entries.js'
import type { Company, Device, Person } from '../domain/directory/company.js'
import type { Directory } from '../domain/directory/directory.js'
import type { CallId, CompanyId, E164, Instant, Language, PersonId } from '../domain/ids.js'
import type { Sentence } from '../domain/speech/phrase.js'
import type { Tongue } from '../domain/speech/tongue.js'
import type { Feed } from '../ports/feed.js'
import type { Logger } from '../ports/log.js'
import type { LegInfo } from '../ports/pbx.js'
import type { Recordings } from '../ports/recordings.js'
import type { Lamps } from '../ports/provisioner.js'
import type { Stores } from '../ports/stores.js'
import type { Voice } from '../ports/voice.js'
import type { Clock } from '../runtime/clock.js'
import type { AbsenceBook } from './absence-book.js'
import type { Callbacks } from './callbacks.js'
import type { Exchange, Leg } from './exchange.js'
import type { HoursBook } from './hours-book.js'
import type { ParkPlaces } from './park-places.js'
import type { Pickups } from './pickups.js'
import type { QueueFloor } from './queue-floor.js'
import type { Calls } from './switchboard.js'
import type { Talks } from './talks.js'
import type { Visits } from './visits.js'

/** What every story may use. Made once, in main. */
export interface Deps {
  readonly exchange: Exchange
  readonly stores: Stores
  readonly feed: Feed
  readonly voice: Voice
  readonly recordings: Recordings
  readonly clock: Clock
  readonly log: Logger
  readonly absences: AbsenceBook
  readonly hours: HoursBook
  readonly tongues: Readonly<Record<Language, Tongue>>
  /** Entries of the person's calendar feed as last fetched (H-19). */
  readonly calendars: (company: CompanyId, person: PersonId) => readonly CalendarEntry[]
  readonly parks: ParkPlaces
  readonly pickups: Pickups
  readonly queues: QueueFloor
  readonly visits: Visits
  readonly callbacks: Callbacks
  readonly talks: Talks
  readonly lamps: Lamps
  /** Stories may hand legs to one another. */
  readonly calls: Calls
  /** The companies as they are now; a call keeps the one it began with. */
  readonly directory: () => Directory
}

/** Who calls: somebody at a phone of the company, or a number outside through the trunk. */
export type Origin =
  | { readonly kind: 'phone'; readonly person: Person; readonly device: Device }
  /** `number` is missing when it is withheld. */
  | { readonly kind: 'outside'; readonly number?: E164 | undefined; readonly name?: string | undefined }

/** One call from its first leg on, with everything about it that does not change while it lasts (R-10, H-27). */
export interface Call {
  readonly id: CallId
  /** The call with which the conversation began, however often it was parked or transferred since (I-18). */
  readonly conversation: CallId
  readonly leg: Leg
  readonly company: Company
  readonly directory: Directory
  readonly origin: Origin
  readonly tongue: Tongue
  readonly arrivedAt: Instant
  /** Whose phone transferred the call to where it goes now: it is routed as if that person had called for it. */
  readonly transferredBy?: Person | undefined
  /** It comes back to whoever transferred it: why, in their language. */
  readonly comesBack?: ((tongue: Tongue) => Sentence) | undefined
}

/** A call in whose name phones ring. Of a callback nobody is on the line yet. */
export type Ringer = Omit<Call, 'leg'> & { readonly leg?: Leg | undefined }

/** Who calls `leg`, or undefined when its device belongs to no company. Caller ids of trunks are read as numbers of the company's country. */
export function originOf(
  leg: LegInfo,
  directory: Directory,
  readNumber: (text: string, company: Company) => E164 | undefined,
): { readonly company: Company; readonly origin: Origin } | undefined {
  const phone = leg.device === undefined ? undefined : directory.device(leg.device)
  if (phone)
    return { company: phone.company, origin: { kind: 'phone', person: phone.person, device: phone.device } }
  const company = leg.device === undefined ? undefined : directory.trunk(leg.device)
  if (!company) return undefined
  const number = readNumber(leg.caller.number, company)
  return { company, origin: { kind: 'outside', number, name: leg.caller.name } }
}

/** Number of the caller as the called person sees it: the extension inside, E.164 outside, empty when withheld. */
export function numberOf(origin: Origin): string {
  return origin.kind === 'phone' ? origin.person.extension : (origin.number ?? '')
}

export function nameOf(origin: Origin): string | undefined {
  return origin.kind === 'phone' ? origin.person.name : origin.name
}
