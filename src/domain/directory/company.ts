import { z } from 'zod'
import {
  languages,
  type CompanyId,
  type DeviceName,
  type E164,
  type Extension,
  type PersonId,
} from '../ids.js'
import { weekdayNames } from '../time/calendar.js'
import { hoursSchema, weekSchema } from './hours-schema.js'
import { menuSchemas } from './menu-schema.js'
import { parkingSchemas } from './parking-schema.js'
import { recordingSchema } from './recording-schema.js'
import { queueSchema } from './queue-schema.js'

/**
 * The company file: everything the exchange must know of one tenant, written by hand as YAML and checked here.
 * Only the shape is checked; what must agree between its parts (numbers used twice, targets that lead nowhere) is `checkCompany` in check.ts.
 */

const name = (pattern: RegExp, message: string) => z.string().regex(pattern, message)
export const companyIdSchema = name(/^[a-z][a-z0-9-]{1,30}$/, 'a to z, 0 to 9 and hyphen, 2 to 31').transform(
  (s) => s as CompanyId,
)
export const personIdSchema = name(
  /^[a-z][a-z0-9-]{0,30}$/,
  'a to z, 0 to 9 and hyphen, at most 31',
).transform((s) => s as PersonId)
export const extensionSchema = name(
  /^[1-9][0-9]{1,5}$/,
  'an extension has 2 to 6 digits and does not begin with 0',
).transform((s) => s as Extension)
export const e164Schema = name(
  /^\+[1-9][0-9]{6,14}$/,
  'a number in international form, for example +46812345678',
).transform((s) => s as E164)
export const deviceNameSchema = name(
  /^[a-z][a-z0-9-]{3,40}$/,
  'a to z, 0 to 9 and hyphen, 4 to 41',
).transform((s) => s as DeviceName)
const clockTime = name(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'a time of day, for example 08:00')
const endTime = name(/^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/, 'a time of day, for example 17:00')
const isoDate = name(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, 'a date, for example 2026-12-24')
const seconds = (low: number, high: number, standard: number) =>
  z.number().int().min(low).max(high).default(standard)

/**
 * Where a call goes next, written as a word: `voicemail` (of the person; of another: `voicemail:ID`), `callback:ID`, `reception`,
 * `person:ID`, `number:+46…`, `queue:ID`, `menu:ID`, `announcement` (the reason in words, then the menu), `reject`.
 */
export const targetSchema = name(
  /^(voicemail|reception|announcement|reject|(person|queue|menu|voicemail|callback):[a-z][a-z0-9-]*|number:\+[1-9][0-9]{6,14})$/,
  'voicemail, reception, announcement, reject, person:ID, queue:ID, menu:ID, voicemail:ID, callback:ID or number:+46…',
)

const reasonSchema = z.strictObject({
  id: name(/^[a-z][a-z0-9-]*$/, 'a to z, 0 to 9 and hyphen'),
  digit: name(/^[0-9]$/, 'one digit'),
  argument: z.enum(['time', 'date', 'none', 'number']),
  required: z.boolean().default(false),
  /** `60 min`, `endOfDay`, `nextScheduleStart` or `open` */
  ends: name(
    /^([0-9]{1,4} min|endOfDay|nextScheduleStart|open)$/,
    '"60 min", endOfDay, nextScheduleStart or open',
  ).default('open'),
  pastMeansNextDay: z.boolean().default(false),
  sensitive: z.boolean().default(false),
  stillRing: z.boolean().default(false),
  enabled: z.boolean().default(true),
  text: z
    .strictObject({ sv: z.string().optional(), de: z.string().optional(), en: z.string().optional() })
    .optional(),
})

const recurringSchema = z.strictObject({
  id: name(/^[a-z][a-z0-9-]*$/, 'a to z, 0 to 9 and hyphen'),
  reason: z.string(),
  /** Weekdays, or a whole RFC 5545 rule in `rule`; one of the two. */
  days: z.array(z.enum(weekdayNames)).min(1).optional(),
  rule: z.string().optional(),
  from: clockTime,
  to: endTime,
  starting: isoDate.optional(),
  until: isoDate.optional(),
  except: z.array(isoDate).default([]),
})

const deviceSchema = z.strictObject({
  name: deviceNameSchema,
  kind: z.enum(['fixed', 'mobile', 'webrtc']).default('fixed'),
  /** What this phone shows outside: `main`, `own`, or a number the company owns. Company default if left out. */
  shows: z.string().optional(),
})

/** How calls to somebody go on; a person's own values come before the role's, the role's before the company's (O-07). */
const profileSchema = z.strictObject({
  busy: targetSchema.optional(),
  absent: targetSchema.optional(),
  noAnswer: targetSchema.optional(),
  notReachable: targetSchema.optional(),
  doNotDisturb: targetSchema.optional(),
  /** Where a caller goes who keys nothing in the menu after the announcement (H-34); `settings.menuTarget` if left out. */
  menu: targetSchema.optional(),
  shows: z.string().optional(),
})

const personSchema = z.strictObject({
  id: personIdSchema,
  name: z.string().min(1).max(80),
  extension: extensionSchema,
  /** Direct numbers: calls to them from outside reach this person. */
  numbers: z.array(e164Schema).default([]),
  /** Numbers outside the exchange by which the service number knows this person, for example a private mobile (H-15). */
  callsFrom: z.array(e164Schema).default([]),
  language: z.enum(languages).optional(),
  role: z.string().optional(),
  email: z.email().optional(),
  /** Needed to set an absence for this person from a phone that is not theirs, and from outside (H-13, H-15). */
  pin: name(/^[0-9]{4,8}$/, '4 to 8 digits').optional(),
  devices: z.array(deviceSchema).default([]),
  ringSeconds: z.number().int().min(5).max(60).optional(),
  substitute: targetSchema.optional(),
  /** May set the absence of these people, or of everybody (`*`). */
  deputyFor: z.array(z.string()).default([]),
  profile: profileSchema.optional(),
  schedule: weekSchema.optional(),
  /** Rows that replace or extend the company's reasons for this person alone (H-28). */
  reasons: z.array(reasonSchema).default([]),
  recurring: z.array(recurringSchema).default([]),
  /** Address of a calendar feed (RFC 5545) whose busy entries are absences (H-19). */
  calendar: z.string().optional(),
  doNotDisturb: z.boolean().default(false),
  /** Callers put through at once whatever is set: E.164 number and a note (S-02). */
  vip: z.array(z.strictObject({ number: e164Schema, note: z.string().default('') })).default([]),
  /** In-talk codes switched off for this person (I-22). */
  talkCodes: z.boolean().default(true),
  /** I-01: whom this person invites is first spoken with in private, while the other party has music. */
  autoHold: z.boolean().default(false),
  /** Calls may be parked on this extension (P-03). */
  parkable: z.boolean().default(true),
})

const trunkSchema = z.strictObject({
  name: deviceNameSchema,
  /** Host or address of the provider, with port if it is not 5060. */
  host: z.string().min(1),
  /** Addresses the provider calls from; the host itself if left out. */
  from: z.array(z.string()).default([]),
  user: z.string().optional(),
  password: z.string().optional(),
  register: z.boolean().default(false),
})

const settingsSchema = z.strictObject({
  /** G-01 */ digitSeconds: seconds(1, 10, 4),
  /** G-02 */ firstDigitSeconds: seconds(3, 20, 7),
  /** G-03 */ attempts: seconds(1, 5, 3),
  /** G-04 */ ringSeconds: seconds(5, 60, 20),
  /** G-05 */ diversions: seconds(1, 10, 5),
  /** H-02: how a date is keyed */ dateOrder: z.enum(['MMDD', 'DDMM']).default('MMDD'),
  /** H-34: key silence in the menu after the announcement */ menuSeconds: seconds(3, 20, 7),
  /** H-34: where a call goes when no key comes */ menuTarget: targetSchema.default('voicemail'),
  /** how many days the statistics of the queues are kept */ statisticsDays: z
    .number()
    .int()
    .min(1)
    .max(3660)
    .default(400),
})

const parkingSchema = parkingSchemas(targetSchema)
const menuSchema = menuSchemas({ target: targetSchema, e164: e164Schema })

/** People among whom a call is parked with `*58`: on the next of them who is there (P-28). */
const parkGroupSchema = z.strictObject({
  id: name(/^[a-z][a-z0-9-]*$/, 'a to z, 0 to 9 and hyphen'),
  /** Keyed between `*58*` and `#`. */
  number: name(/^[0-9]{1,6}$/, '1 to 6 digits'),
  name: z.string().min(1).max(80),
  /** In the order in which they are looked at. */
  members: z.array(personIdSchema).default([]),
  /** Who may park in the group, and who may fetch calls parked in it (P-22); `*` is everybody. */
  parkers: z.array(z.string()).default(['*']),
  fetchers: z.array(z.string()).default(['*']),
  /** P-31: the members' phones tell aloud where the call is parked. */
  paging: z.boolean().default(false),
  parking: parkingSchema.override.optional(),
})

/** Talks of three, coaching and calls left on hold. */
const talkSchema = z.strictObject({
  /** I-04: how long an invited person rings. */
  inviteSeconds: seconds(5, 120, 30),
  /** C-02 */
  coachSeconds: seconds(5, 60, 20),
  /** I-21: a coach is one of the three people a talk may have. */
  coachCounts: z.boolean().default(true),
  /** I-06: where the customer goes when the inviter hangs up while the invited rings: back to the inviter, or on to the invited. */
  whenInviterLeaves: z.enum(['recall', 'transfer']).default('recall'),
  /** G-06; 0 = never. */
  holdSeconds: seconds(0, 600, 90),
  receptionHoldSeconds: seconds(0, 600, 60),
  coaching: z
    .strictObject({
      /** C-13: left out, `start` in Germany and `off` in Sweden. */
      consent: z.enum(['off', 'start', 'join']).optional(),
      /** C-01: who may be coached, by id, `*` for everybody; left out, everybody, but nobody where `consent` is `start`. */
      people: z.array(z.string()).optional(),
      /** C-01: who may coach. */
      coaches: z.array(z.string()).default(['*']),
      /** C-12: coaches who may speak to everybody. */
      mayBargeIn: z.array(z.string()).default([]),
    })
    .prefault({}),
})

export const companySchema = z.strictObject({
  company: companyIdSchema,
  name: z.string().min(1).max(80),
  language: z.enum(languages),
  zone: z.string(),
  /** Country for national numbers and tones. */
  country: z.enum(['SE', 'DE']),
  /** Main number, shown when nothing else fits (O-10). */
  main: e164Schema,
  /** Further numbers the company owns and may show. */
  owned: z.array(e164Schema).default([]),
  emergency: z.array(z.string().regex(/^[0-9]{2,6}$/)).default(['112']),
  /** Number shown on emergency calls: the location's own. */
  emergencyShows: e164Schema.optional(),
  /** Outside line prefix; none by default: any number longer than an extension goes out. */
  prefix: z
    .string()
    .regex(/^[0-9]{0,2}$/)
    .default(''),
  trunk: trunkSchema.optional(),
  /** The person or extension calls fall back to. */
  reception: z.strictObject({ people: z.array(personIdSchema).min(1) }),
  /** Number outsiders call to set their absence with caller id and PIN (H-15). */
  serviceNumber: e164Schema.optional(),
  serviceExtension: extensionSchema.optional(),
  /** O-12: prefixes in E.164; the longest match decides, exceptions beat blocks. */
  grey: z
    .strictObject({
      outgoing: z.array(z.string()).default([]),
      incoming: z.array(z.string()).default([]),
      except: z.array(z.string()).default([]),
    })
    .prefault({}),
  vip: z.array(z.strictObject({ number: e164Schema, note: z.string().default('') })).default([]),
  settings: settingsSchema.prefault({}),
  /** Rows that replace or extend the default reasons, by digit. */
  reasons: z.array(reasonSchema).default([]),
  profile: profileSchema.prefault({}),
  roles: z
    .record(
      z.string(),
      z.strictObject({
        profile: profileSchema.prefault({}),
        mayDeputise: z.boolean().default(false),
        /** May open and close by hand, as the people of the reception may (O-04). */
        maySetHours: z.boolean().default(false),
        /** O-08: working hours and recurring absences of everybody in the role who has no schedule, no rule of that id, of their own. */
        schedule: weekSchema.optional(),
        recurring: z.array(recurringSchema).default([]),
        seesSensitive: z.boolean().default(false),
      }),
    )
    .default({}),
  parking: parkingSchema.settings.prefault({}),
  /** O-18: what is known of the music that callers hear; the class `default` is instrumental and royalty free. */
  music: z
    .array(
      z.strictObject({
        class: name(/^[a-z][a-z0-9-]*$/, 'a to z, 0 to 9 and hyphen'),
        instrumental: z.boolean(),
        royaltyFree: z.boolean(),
      }),
    )
    .default([]),
  /** O-18: whom text messages come from. */
  smsSender: z.string().optional(),
  parkGroups: z.array(parkGroupSchema).default([]),
  /** Opening hours by name, for numbers, menus and queues (O-01 to O-06). */
  hours: z.array(hoursSchema).default([]),
  queues: z
    .array(queueSchema({ person: personIdSchema, extension: extensionSchema, e164: e164Schema }))
    .default([]),
  talk: talkSchema.prefault({}),
  recording: recordingSchema.prefault({}),
  /** What numbers of the company lead to, if not to the reception or a person. */
  numbers: z.array(menuSchema.number).default([]),
  menus: z.array(menuSchema.menu).default([]),
  people: z.array(personSchema).min(1),
})

/** A company file after checking, with every default filled in. */
export type Company = z.output<typeof companySchema>
export type Person = Company['people'][number]
export type Device = Person['devices'][number]
export type DeviceKind = Device['kind']
export type Profile = Company['profile']
export type Trunk = NonNullable<Company['trunk']>
export type RecurringEntry = Person['recurring'][number]
export type ReasonRow = Company['reasons'][number]
export type TargetWord = z.output<typeof targetSchema>
