import { z } from 'zod'
import { closingSchema, hoursIdSchema } from './hours-schema.js'
import type { E164, Extension, PersonId } from '../ids.js'

/** How a free agent is chosen. */
const strategies = ['ringAll', 'longestAvailable', 'roundRobin', 'fixedOrder', 'fewestCalls'] as const
/** Who of the waiting comes first. */
const orders = ['arrival', 'priority', 'ageing'] as const

const seconds = (low: number, high: number, standard: number) =>
  z.number().int().min(low).max(high).default(standard)

/** what a target word may be here. `callback`: the caller is asked for a number; `voicemail`: the queue's mailbox. */
const overflowTarget = z
  .string()
  .regex(
    /^(voicemail|callback|reception|person:[a-z][a-z0-9-]*|queue:[a-z][a-z0-9-]*|number:\+[1-9][0-9]{6,14})$/,
    'voicemail, callback, reception, person:ID, queue:ID or number:+46…',
  )

/** The shapes that a queue has in common with the rest of the company file. */
interface Shapes {
  readonly person: z.ZodType<PersonId, string>
  readonly extension: z.ZodType<Extension, string>
  readonly e164: z.ZodType<E164, string>
}

/** A queue of callers and the people who answer for it. */
export const queueSchema = ({ person, extension, e164 }: Shapes) =>
  z.strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'a to z, 0 to 9 and hyphen, at most 31'),
    name: z.string().min(1).max(80),
    /** Dialled inside, and keyed by the people who log in to it. */
    number: extension,
    /** Public numbers that lead to it; the main number may stand here. */
    numbers: z.array(e164).default([]),
    members: z.array(person).default([]),
    /** Telephones outside that are rung for it, always logged in; they confirm with 1. */
    external: z.array(z.strictObject({ number: e164, name: z.string().min(1).max(80) })).default([]),
    /** `code`: members answer for it when they have logged in; `always`: unless they have logged out. */
    login: z.enum(['code', 'always']).default('code'),
    strategy: z.enum(strategies).default('ringAll'),
    order: z.enum(orders).default('arrival'),
    /** how much longer a VIP counts as having waited, with the order `ageing`. */
    ageingSeconds: seconds(0, 3600, 300),
    /** */
    vip: z.array(z.strictObject({ number: e164, note: z.string().default('') })).default([]),
    /** of an agent's queues the heavier is served first. */
    weight: z.number().int().min(1).max(100).default(10),
    ringSeconds: seconds(5, 60, 20),
    /** */
    wrapUpSeconds: seconds(0, 600, 10),
    /** how long an agent is left in peace who rejected, did not answer, was busy. */
    rejectSeconds: seconds(0, 600, 30),
    noAnswerSeconds: seconds(0, 600, 30),
    busySeconds: seconds(0, 600, 10),
    /** so many calls not answered in a row pause an agent; 0 = never. */
    noAnswers: seconds(0, 20, 3),
    /** an answer in this time counts as good service. */
    serviceSeconds: seconds(1, 3600, 20),
    /** */
    maxWaitSeconds: seconds(10, 3600, 180),
    /** more callers than that are not let in. */
    maxWaiting: z.number().int().min(1).max(1000).default(100),
    /** after so many minutes a customer who did not answer is called back again; so many further tries. */
    callbackMinutes: z.array(z.number().int().min(1).max(1440)).max(10).default([10, 30, 60]),
    /** where callers go who cannot wait (any longer); the first that can take them. */
    overflow: z.array(overflowTarget).default([]),
    /** O-01 to O-06: when callers are let in, and what becomes of those who wait when it closes. Left out: always. */
    hours: hoursIdSchema.optional(),
    closing: closingSchema,
    /** Where callers go outside the hours; as `overflow`. */
    closed: z.array(overflowTarget).default(['voicemail']),
    /** In whose mailbox the messages of its callers are. */
    mailbox: person.optional(),
    /** what the keys 1, 2 and 0 may do. */
    keys: z
      .strictObject({
        message: z.boolean().default(true),
        callback: z.boolean().default(true),
        reception: z.boolean().default(true),
      })
      .prefault({}),
    /** when callers are first told how it stands, and how often again. */
    firstSeconds: seconds(5, 120, 10),
    repeatSeconds: seconds(15, 600, 60),
    sayPosition: z.boolean().default(true),
    sayWait: z.boolean().default(true),
    /** class of the music. */
    music: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, 'a to z, 0 to 9 and hyphen')
      .default('default'),
    /** The agent hears the queue's name before the caller. */
    agentGreeting: z.boolean().default(false),
    /** O-10: shown when its agents call out: `own` (their own), `main`, or a number the company owns. */
    shows: z.string().default('own'),
  })
