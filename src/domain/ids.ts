/** Names of things, branded so that one kind cannot be passed for another. The value is the plain string. */
declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A tenant, for example `exempel`: a to z, digits and hyphen, stable for its life (it stands in every Redis key). */
export type CompanyId = Branded<'CompanyId'>
/** A staff member inside one company, for example `anna`. */
export type PersonId = Branded<'PersonId'>
/** Whoever answers for a queue: the id of a person, or the number of a telephone outside. */
export type AgentId = Branded<'AgentId'>
/** An internal number as dialled inside the company, 2 to 6 digits, for example `101`. */
export type Extension = Branded<'Extension'>
/** A telephone number in international form, for example `+46812345678` (ITU-T E.164). */
export type E164 = Branded<'E164'>
/** A short number of a country's own plan, sent out as it was dialled: it has no international form. For example `1177`. */
export type ShortNumber = Branded<'ShortNumber'>
/** The name a phone registers with and its Asterisk endpoint; never the extension itself. */
export type DeviceName = Branded<'DeviceName'>
/** One connection between the exchange and a phone or trunk: an Asterisk channel id. */
export type LegId = Branded<'LegId'>
/** A bridge. Its name is derived from what it is for, so that it can be found again after a crash. */
export type RoomId = Branded<'RoomId'>
/** One conversation from its first leg on; legs dialled for it are named `<callId>-<role>`. */
export type CallId = Branded<'CallId'>
/** One playing of sound on a leg or in a room; chosen by us. */
export type PlaybackId = Branded<'PlaybackId'>
/** A recording stored by the exchange, for example a voice message. */
export type RecordingName = Branded<'RecordingName'>
/** Opening hours of one company, by name, for example `kontor`. */
export type HoursId = Branded<'HoursId'>

/** Point in time: milliseconds since 1970-01-01 UTC. */
export type Instant = number
/** Length of time in milliseconds. */
export type Milliseconds = number
/** IANA time zone, for example `Europe/Stockholm`. */
export type Zone = string

/** The languages the product speaks. */
export const languages = ['sv', 'de', 'en'] as const
export type Language = (typeof languages)[number]

/** A key of the telephone pad. */
export type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#'
