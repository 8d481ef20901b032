import { z } from 'zod'
import type { AbsenceChange, StoredAbsences } from '../../domain/absence/absence.js'
import { absenceSources } from '../../domain/absence/absence.js'
import {
  companyIdSchema,
  companySchema,
  deviceNameSchema,
  e164Schema,
  extensionSchema,
  personIdSchema,
} from '../../domain/directory/company.js'
import { hoursIdSchema } from '../../domain/directory/hours-schema.js'
import type { StoredOverrides } from '../../domain/hours/overrides.js'
import type { Logger } from '../../ports/log.js'
import type { AgentRecord } from '../../domain/queue/agent.js'
import type { Ticket } from '../../domain/queue/ticket.js'
import { callbackResults, type QueueVisit } from '../../domain/queue/visit.js'
import type { ParkedCall } from '../../ports/park-store.js'
import type { AgentId, CallId, LegId, RecordingName } from '../../domain/ids.js'
import {
  RecordUnreadable,
  type CallbackRequest,
  type CallRecord,
  type MissedCall,
  type Notice,
  type OutboxItem,
  type StoredCompany,
  type TraceEntry,
  type VoiceMessage,
} from '../../ports/stores.js'

/**
 * The shapes of everything that is stored, checked at every read. `v` is the version of the shape: a release that changes
 * one adds a schema beside the old and reads both (M-09).
 */
export const instantSchema = z.number().int().min(0).max(8.64e15)
const count = z.number().int().min(0)
const callId = z.string().transform((text) => text as CallId)
const legId = z.string().transform((text) => text as LegId)
const recordingName = z.string().transform((text) => text as RecordingName)
const means = z.enum(['keypad', 'service-number', 'console', 'file', 'rule'])

/**
 * A schema whose output is the port's type, and has every field of it, the optional ones too: a field that a schema does
 * not know would be dropped silently at the next read. A difference does not compile.
 */
const reads =
  <Value>() =>
  <Output extends Value>(
    schema: z.ZodType<Output> & (AllKeys<Value> extends AllKeys<Output> ? unknown : never),
  ): z.ZodType<Output> =>
    schema
/** The names of all fields, at every depth. */
type AllKeys<Value> = Value extends string | number | boolean | undefined | null
  ? never
  : Value extends readonly (infer Item)[]
    ? AllKeys<Item>
    : Value extends object
      ? { [Key in keyof Value]-?: (Key & string) | AllKeys<Value[Key]> }[keyof Value]
      : never

export const storedCompanySchema = reads<StoredCompany>()(
  z.object({
    source: z.string(),
    company: companySchema,
    version: count,
    appliedAt: instantSchema,
  }),
)

const absenceSchema = z.object({
  id: z.string(),
  person: personIdSchema,
  reason: z.string(),
  source: z.enum(absenceSources),
  from: instantSchema,
  until: instantSchema.optional(),
  returnForm: z.enum(['time', 'date', 'dateTime']).optional(),
  number: z.union([e164Schema, extensionSchema]).optional(),
  note: z.string().optional(),
  setBy: z.union([z.literal('rule'), personIdSchema]),
  setAt: instantSchema,
  means,
})

export const storedAbsencesSchema = reads<StoredAbsences>()(
  z.object({
    v: z.literal(1),
    set: z.array(absenceSchema),
    cancelled: z.array(z.object({ id: z.string(), until: instantSchema })),
    version: count,
  }),
)

export const absenceChangeSchema = reads<AbsenceChange>()(
  z.object({
    command: z.string(),
    at: instantSchema,
    person: personIdSchema,
    by: personIdSchema,
    means,
    before: absenceSchema.optional(),
    after: absenceSchema.optional(),
  }),
)

export const traceEntrySchema = reads<TraceEntry>()(
  z.object({
    at: instantSchema,
    zone: z.string(),
    rule: z.string(),
    inputs: z.record(z.string(), z.unknown()),
    result: z.string(),
  }),
)

export const missedCallSchema = reads<MissedCall>()(
  z.object({
    call: callId,
    at: instantSchema,
    person: personIdSchema,
    from: z.string(),
    fromName: z.string().optional(),
    why: z.string(),
    absence: z
      .object({ reason: z.string(), until: instantSchema.optional(), heardSeconds: z.number().min(0) })
      .optional(),
  }),
)

export const callbackSchema = reads<CallbackRequest>()(
  z.object({
    id: z.string(),
    at: instantSchema,
    person: personIdSchema,
    number: z.string(),
    name: z.string().optional(),
    call: callId,
  }),
)

export const voiceMessageSchema = reads<VoiceMessage>()(
  z.object({
    recording: recordingName,
    at: instantSchema,
    person: personIdSchema,
    from: z.string(),
    fromName: z.string().optional(),
    seconds: z.number().min(0),
    heard: z.boolean(),
  }),
)

export const noticeSchema = reads<Notice>()(
  z.object({ id: z.string(), at: instantSchema, person: personIdSchema, by: personIdSchema }),
)

export const outboxItemSchema = reads<OutboxItem>()(
  z.object({
    id: z.string(),
    to: z.array(z.string()),
    subject: z.string(),
    text: z.string(),
    attachment: z.object({ recording: recordingName, fileName: z.string() }).optional(),
    attempts: count,
    due: instantSchema,
  }),
)

export const callRecordSchema = reads<CallRecord>()(
  z.object({
    v: z.literal(1),
    call: callId,
    leg: legId,
    company: companyIdSchema,
    phase: z.string(),
    data: z.record(z.string(), z.unknown()),
    since: instantSchema,
    deadline: instantSchema.optional(),
  }),
)

export const storedOverridesSchema = reads<StoredOverrides>()(
  z.object({
    version: count,
    set: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['emergency', 'open', 'closed']),
        hours: hoursIdSchema.optional(),
        from: instantSchema,
        until: instantSchema.optional(),
        setBy: z.union([z.literal('operator'), personIdSchema]),
        means: z.enum(['keypad', 'console', 'api']),
      }),
    ),
  }),
)

export const parkedCallSchema = reads<ParkedCall>()(
  z.object({
    v: z.literal(1),
    company: companyIdSchema,
    place: extensionSchema,
    call: callId,
    before: callId.optional(),
    leg: legId,
    phase: z.enum(['parked', 'recalling', 'alternate']),
    parkedBy: personIdSchema,
    parkedFrom: deviceNameSchema.optional(),
    group: z.string().optional(),
    party: z.object({ name: z.string().optional(), number: z.string() }),
    since: instantSchema,
    deadline: instantSchema,
    ceiling: instantSchema,
    round: count,
    parkerBusy: z.boolean().optional(),
    ringing: z.string().optional(),
    fetching: z.object({ leg: legId, until: instantSchema }).optional(),
  }),
)

export const ticketSchema = reads<Ticket>()(
  z.object({
    v: z.literal(1),
    company: companyIdSchema,
    queue: z.string(),
    call: callId,
    leg: legId,
    arrivedAt: instantSchema,
    enteredAt: instantSchema,
    vip: z.boolean(),
    firstPosition: count,
    saidPosition: count.optional(),
    saidAt: instantSchema.optional(),
    saidUntil: instantSchema.optional(),
    aheadSince: instantSchema.optional(),
    been: z.array(z.string()),
    callback: z
      .object({
        number: e164Schema,
        name: z.string().optional(),
        askedAt: instantSchema,
        dueAt: instantSchema,
        tries: count,
      })
      .optional(),
    joined: callId.optional(),
  }),
)

const leave = z.enum(['closed', 'full', 'nobodyLoggedIn', 'maxWait', 'removed', 'key', 'moved'])

export const queueVisitSchema = reads<QueueVisit>()(
  z.object({
    v: z.literal(1),
    company: companyIdSchema,
    queue: z.string(),
    call: callId,
    vip: z.boolean(),
    arrivedAt: instantSchema,
    enteredAt: instantSchema,
    leftAt: instantSchema,
    endedAt: instantSchema,
    end: z.discriminatedUnion('how', [
      z.object({
        how: z.literal('answered'),
        agent: z
          .string()
          .transform((text) => text as AgentId)
          .optional(),
      }),
      z.object({ how: z.literal('abandoned'), position: count }),
      z.object({ how: z.literal('overflowed'), why: leave, to: z.string() }),
      z.object({ how: z.literal('turnedAway'), why: leave, to: z.string() }),
      z.object({ how: z.literal('callback'), result: z.enum(callbackResults) }),
    ]),
  }),
)

export const agentRecordSchema = reads<AgentRecord>()(
  z.object({
    v: z.literal(1),
    company: companyIdSchema,
    agent: z.string().transform((text) => text as AgentId),
    version: count,
    queues: z.array(z.object({ queue: z.string(), in: z.boolean(), since: instantSchema, calls: count })),
    paused: z.object({ since: instantSchema, why: z.enum(['code', 'noAnswers']) }).optional(),
    restUntil: instantSchema.optional(),
    wrapUp: z.object({ until: instantSchema, extended: z.boolean(), seconds: count }).optional(),
    noAnswers: count,
    lastEnd: instantSchema.optional(),
  }),
)

/** Records that carry no version of their own get one in Redis. */
export const encode = (value: object): string =>
  'v' in value ? JSON.stringify(value) : `{"v":1,${JSON.stringify(value).slice(1)}`

/** Rejects with `RecordUnreadable`; the record itself is left as it is. */
export function decode<Value>(schema: z.ZodType<Value>, key: string, text: string): Value {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new RecordUnreadable(key, 'it is not JSON')
  }
  const version = typeof json === 'object' && json !== null && 'v' in json ? json.v : undefined
  if (version !== 1)
    throw new RecordUnreadable(key, `its version is not known: ${JSON.stringify({ v: version })}`)
  const result = schema.safeParse(json)
  if (result.success) return result.data
  // Only where it is wrong and how: the values are personal data.
  const problem = result.error.issues.map(({ path, code }) => `${path.join('.') || 'record'}: ${code}`)
  throw new RecordUnreadable(key, problem.slice(0, 5).join(', '))
}

/**
 * What can be read of a list: one bad record must not hide the good ones. It is left out with an alarm and stays where it is.
 */
export function readable<Item, Value>(
  log: Logger,
  items: readonly Item[],
  read: (item: Item) => Value | undefined,
): readonly Value[] {
  return items.flatMap((item) => {
    try {
      const value = read(item)
      return value === undefined ? [] : [value]
    } catch (error) {
      if (!(error instanceof RecordUnreadable)) throw error
      log.error('unreadable record left out', { key: error.key, problem: error.problem })
      return []
    }
  })
}
