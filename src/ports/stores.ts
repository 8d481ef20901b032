import type { AbsenceChange, StoredAbsences } from '../domain/absence/absence.js'
import type { Company } from '../domain/directory/company.js'
import type {
  CallId,
  CompanyId,
  DeviceName,
  E164,
  Instant,
  LegId,
  Milliseconds,
  PersonId,
  RecordingName,
} from '../domain/ids.js'
import type { StoredOverrides } from '../domain/hours/overrides.js'
import type { ParkStore } from './park-store.js'
import type { QueueLog } from './queue-log.js'
import type { QueueStore } from './queue-store.js'

/**
 * Every fact that must outlive the process. All reads and writes reject with `StoreUnavailable` within a second when the
 * store cannot be reached (M-05), and with `RecordUnreadable` when a record has a shape this release does not know;
 * an unreadable record is never overwritten or deleted by a read, nor by a write that depends on what was there.
 * Lists leave an unreadable record out and raise an alarm, so that it does not hide the others.
 * A write that rejects with `StoreUnavailable` may have been carried out all the same; it is never sent again by itself.
 * Writes that carry a command id (or the id of what they add) are idempotent: the same one twice changes nothing the second time.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}
export class RecordUnreadable extends Error {
  override readonly name = 'RecordUnreadable'
  readonly key: string
  readonly problem: string
  constructor(key: string, problem: string) {
    super(`The record ${key} cannot be read: ${problem}`)
    this.key = key
    this.problem = problem
  }
}

export interface StoredCompany {
  /** The file as it was applied, to the letter, so that export gives back what was applied. */
  readonly source: string
  readonly company: Company
  /** Grows by one at every apply. */
  readonly version: number
  readonly appliedAt: Instant
}

export interface CompanyStore {
  list(): Promise<readonly CompanyId[]>
  read(company: CompanyId): Promise<StoredCompany | undefined>
  /** Refused with `conflict` when somebody else applied since `expected` was read (0 = did not exist). Tells the feed. */
  write(company: Company, source: string, expected: number, now: Instant): Promise<'written' | 'conflict'>
  /** Removes the company and its secrets, and tells the feed; what was stored of its people stays. */
  remove(company: CompanyId): Promise<void>
  /** Registration passwords of all devices and the trunk; `ensure` creates the missing ones and never changes an existing one. */
  ensureSecrets(
    company: CompanyId,
    devices: readonly DeviceName[],
    generate: () => string,
  ): Promise<ReadonlyMap<DeviceName, string>>
}

export interface AbsenceStore {
  read(company: CompanyId, person: PersonId): Promise<StoredAbsences>
  readAll(company: CompanyId): Promise<ReadonlyMap<PersonId, StoredAbsences>>
  /**
   * Replaces what is stored if its version is still `expected`, adds the change to the person's history (500 lines are kept),
   * and tells the feed. The version stored is `expected + 1`, whatever stands in `next`.
   * `already`: this command was carried out before (the writer died after writing): nothing was changed.
   */
  replace(
    company: CompanyId,
    person: PersonId,
    expected: number,
    next: StoredAbsences,
    change: AbsenceChange,
  ): Promise<'written' | 'conflict' | 'already'>
  /** Newest first. */
  history(company: CompanyId, person: PersonId, limit: number): Promise<readonly AbsenceChange[]>
}

/** What was set by hand above the opening hours of a company (O-04). */
export interface HoursStore {
  read(company: CompanyId): Promise<StoredOverrides>
  /** Replaces what is stored if its version is still `expected`, and tells the feed. The version stored is `expected + 1`. */
  replace(company: CompanyId, expected: number, next: StoredOverrides): Promise<'written' | 'conflict'>
}

/** One decision about a call. */
export interface TraceEntry {
  readonly at: Instant
  readonly zone: string
  readonly rule: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly result: string
}
export interface TraceStore {
  /** Adds decisions in their order, all in one write, within a second: for finding out, nobody waits for it. Rejects within two. */
  append(company: CompanyId, call: CallId, ...entries: readonly TraceEntry[]): Promise<void>
  read(company: CompanyId, call: CallId): Promise<readonly TraceEntry[]>
  /** Calls traced lately, newest first. */
  recent(company: CompanyId, limit: number): Promise<readonly CallId[]>
}

/** A call that did not reach the person, as the person will see it (H-30). */
export interface MissedCall {
  readonly call: CallId
  readonly at: Instant
  readonly person: PersonId
  readonly from: string
  readonly fromName?: string | undefined
  /** What became of the call, for example `absence`, `busy`, `noAnswer`, `notReachable`, `cancelled`. */
  readonly why: string
  /** The absence that was spoken, and for how long the caller listened. */
  readonly absence?:
    | { readonly reason: string; readonly until?: Instant | undefined; readonly heardSeconds: number }
    | undefined
}
export interface MissedCallStore {
  /** A call of a person is added once; the latest 200 are kept. */
  add(company: CompanyId, missed: MissedCall): Promise<void>
  /** The same within a second, where nobody waits for it. Rejects within two. */
  addSoon(company: CompanyId, missed: MissedCall): Promise<void>
  list(company: CompanyId, person: PersonId, limit: number): Promise<readonly MissedCall[]>
}

/** "Please call me back" (H-37). */
export interface CallbackRequest {
  readonly id: string
  readonly at: Instant
  readonly person: PersonId
  readonly number: E164 | string
  readonly name?: string | undefined
  readonly call: CallId
}
export interface CallbackStore {
  /** One open request per number and person: a second one answers `already` and changes nothing. */
  open(company: CompanyId, request: CallbackRequest): Promise<'opened' | 'already'>
  /** Oldest first. */
  list(company: CompanyId, person: PersonId): Promise<readonly CallbackRequest[]>
  close(company: CompanyId, person: PersonId, id: string): Promise<void>
}

/** A voice message (O-17). The sound is with the exchange under `recording`. */
export interface VoiceMessage {
  readonly recording: RecordingName
  readonly at: Instant
  readonly person: PersonId
  readonly from: string
  readonly fromName?: string | undefined
  readonly seconds: number
  readonly heard: boolean
}
/** Every change is told to the feed. */
export interface MessageStore {
  add(company: CompanyId, message: VoiceMessage): Promise<void>
  /** Newest first. */
  list(company: CompanyId, person: PersonId): Promise<readonly VoiceMessage[]>
  markHeard(company: CompanyId, person: PersonId, recording: RecordingName): Promise<void>
  remove(company: CompanyId, person: PersonId, recording: RecordingName): Promise<void>
}

/** "Your absence was changed by …" (H-13), until the person has heard it. */
export interface Notice {
  /** The command that changed it. */
  readonly id: string
  readonly at: Instant
  readonly person: PersonId
  readonly by: PersonId
}
export interface NoticeStore {
  /** Of the changes of one colleague the latest is kept, so that nobody's notices pile up. */
  leave(company: CompanyId, notice: Notice): Promise<void>
  /** Oldest first. */
  list(company: CompanyId, person: PersonId): Promise<readonly Notice[]>
  /** Removes this one; a later one of the same colleague stays. */
  heard(company: CompanyId, person: PersonId, id: string): Promise<void>
}

/** Counts failed tries so that guessing a PIN locks (H-14: 5 in 10 minutes lock for 15). `who` is a phone or a caller id. */
export interface AttemptStore {
  /** Instant until which `who` is locked, if it is. */
  lockedUntil(company: CompanyId, who: string, now: Instant): Promise<Instant | undefined>
  failed(
    company: CompanyId,
    who: string,
    now: Instant,
    limits: { readonly tries: number; readonly within: Milliseconds; readonly lock: Milliseconds },
  ): Promise<{ readonly lockedUntil?: Instant | undefined }>
  succeeded(company: CompanyId, who: string): Promise<void>
}

/** Mail waiting to be sent (S-05): retried, never doubled. */
export interface OutboxItem {
  /** Idempotency key, for example `message-<recording>`. */
  readonly id: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly attachment?: { readonly recording: RecordingName; readonly fileName: string } | undefined
  readonly attempts: number
  readonly due: Instant
}
export interface OutboxStore {
  /** `already` when the id was ever put in during the last 7 days. */
  put(company: CompanyId, item: OutboxItem): Promise<'put' | 'already'>
  due(
    now: Instant,
    limit: number,
  ): Promise<readonly { readonly company: CompanyId; readonly item: OutboxItem }[]>
  retryAt(company: CompanyId, id: string, due: Instant): Promise<void>
  done(company: CompanyId, id: string): Promise<void>
}

/**
 * A step of a call that must outlive the process. It repeats what stands in the caller's channel variables (M-06) and
 * carries what does not fit there.
 */
export interface CallRecord {
  readonly v: 1
  readonly call: CallId
  readonly leg: LegId
  readonly company: CompanyId
  /** Name of the story and its arguments, for example `ring`, `sayAbsence`, `voicemail`. */
  readonly phase: string
  readonly data: Readonly<Record<string, unknown>>
  readonly since: Instant
  readonly deadline?: Instant | undefined
}
export interface CallStore {
  save(record: CallRecord): Promise<void>
  read(company: CompanyId, call: CallId): Promise<CallRecord | undefined>
  list(company: CompanyId): Promise<readonly CallRecord[]>
  remove(company: CompanyId, call: CallId): Promise<void>
}

/** One writer per exchange (M-01). */
export interface Lease {
  /** Waits until the lease is ours; resolves to the fencing token, which grows with every owner. */
  acquire(signal: AbortSignal): Promise<number>
  /** Called once, when the lease is lost or could not be renewed in time; the process must then end at once. */
  onLost(listener: (why: string) => void): void
  release(): Promise<void>
}

/** Everything a flow may ask of the stores. */
export interface Stores {
  readonly companies: CompanyStore
  readonly absences: AbsenceStore
  readonly traces: TraceStore
  readonly missedCalls: MissedCallStore
  readonly callbacks: CallbackStore
  readonly messages: MessageStore
  readonly notices: NoticeStore
  readonly attempts: AttemptStore
  readonly outbox: OutboxStore
  readonly calls: CallStore
  readonly parking: ParkStore
  readonly hours: HoursStore
  readonly queues: QueueStore
  readonly queueLog: QueueLog
}
