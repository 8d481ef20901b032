import type { AbsenceChange, StoredAbsences } from '../../src/domain/absence/absence.js'
import { noOverrides, type StoredOverrides } from '../../src/domain/hours/overrides.js'
import type {
  AgentId,
  CallId,
  CompanyId,
  Extension,
  Instant,
  Milliseconds,
  PersonId,
} from '../../src/domain/ids.js'
import type { Change, Feed } from '../../src/ports/feed.js'
import {
  RecordUnreadable,
  StoreUnavailable,
  type AbsenceStore,
  type AttemptStore,
  type CallbackRequest,
  type CallbackStore,
  type CallRecord,
  type CallStore,
  type CompanyStore,
  type HoursStore,
  type MessageStore,
  type MissedCall,
  type MissedCallStore,
  type Notice,
  type NoticeStore,
  type OutboxItem,
  type OutboxStore,
  type StoredCompany,
  type Stores,
  type TraceEntry,
  type TraceStore,
  type VoiceMessage,
} from '../../src/ports/stores.js'
import { memoryQueueLog } from './memory-queue-log.js'
import { memoryQueues } from './memory-queues.js'
import { memoryParking, type ParkClaim } from './memory-parking.js'

/** One call of a store or of the feed: `before` it takes effect, `after` it has taken effect but the caller does not know yet. */
export interface StoreCall {
  readonly store: keyof Stores | 'feed'
  readonly method: string
  readonly moment: 'before' | 'after'
}

export interface MemoryControl {
  /** While true every call is refused with `StoreUnavailable` and the feed is silent; going back to false tells listeners `gap`. */
  setUnavailable(unavailable: boolean): void
  /** The next `count` calls (of one store, if named) are refused with `StoreUnavailable` and have no effect. */
  failNext(count?: number, store?: StoreCall['store']): void
  /** Reading this person's absences gives `RecordUnreadable` from now on, and they cannot be replaced. */
  spoilAbsence(company: CompanyId, person: PersonId): void
  /** Reading this company gives `RecordUnreadable` from now on, and it cannot be written. */
  spoilCompany(company: CompanyId): void
  /** The call parked on this place gives `RecordUnreadable` from now on, and nothing can be parked there. */
  spoilParked(company: CompanyId, place: Extension): void
  /** Forgets everything, as a Redis that lost its disk (M-06). Listeners stay. */
  wipe(): void
  /** The process that listened is dead: its listeners are never called again. */
  dropListeners(): void
  /**
   * Asked at each call, before and after its effect. A hook that throws refuses the call; one that never resolves holds it
   * for ever, which is how a crash harness stops a process at the n-th call.
   */
  onCall: ((call: StoreCall) => void | Promise<void>) | undefined
}

const limits = { history: 500, missedCalls: 200, tracedCalls: 20_000, traceEntries: 500 }
const day: Milliseconds = 86_400_000

/**
 * The stores in memory, with the refusals of the real ones: values are copied (as JSON, which is what Redis keeps), every
 * call is asynchronous, and the object outlives the "process" that uses it, so that a crash test hands it to the next one.
 */
export function memoryStores(): {
  readonly stores: Stores
  readonly feed: Feed
  readonly control: MemoryControl
} {
  const tables = newTables()
  const listeners = new Set<(change: Change) => void>()
  let unavailable = false
  let failing: { left: number; readonly store: StoreCall['store'] | undefined } | undefined

  const tell = (change: Change): void => {
    for (const listener of [...listeners]) queueMicrotask(() => listeners.has(listener) && listener(change))
  }
  const control: MemoryControl = {
    setUnavailable: (next) => {
      const back = unavailable && !next
      unavailable = next
      if (back) tell({ kind: 'gap' })
    },
    failNext: (count = 1, store) => {
      failing = { left: count, store }
    },
    spoilAbsence: (company, person) => void tables.absences.set(`${company}/${person}`, 'spoilt'),
    spoilCompany: (company) => void tables.companies.set(company, 'spoilt'),
    spoilParked: (company, place) => void tables.parked.set(`${company}/${place}`, 'spoilt'),
    wipe: () => {
      for (const table of Object.values(tables)) table.clear()
    },
    dropListeners: () => listeners.clear(),
    onCall: undefined,
  }
  const refuseIfAway = (store: StoreCall['store']): void => {
    if (unavailable) throw new StoreUnavailable('the store is switched off by the test')
    if (failing === undefined || failing.left === 0) return
    if (failing.store !== undefined && failing.store !== store) return
    failing.left -= 1
    throw new StoreUnavailable('the store fails by order of the test')
  }
  const guarded =
    (store: StoreCall['store']) =>
    <Arguments extends readonly unknown[], Result>(method: string, run: (...given: Arguments) => Result) =>
    async (...given: Arguments): Promise<Result> => {
      await control.onCall?.({ store, method, moment: 'before' })
      await Promise.resolve()
      refuseIfAway(store)
      const result = run(...given)
      await control.onCall?.({ store, method, moment: 'after' })
      return result
    }

  return {
    stores: {
      companies: companyStore(tables, guarded('companies'), tell),
      absences: absenceStore(tables, guarded('absences'), tell),
      traces: traceStore(tables, guarded('traces')),
      missedCalls: missedCallStore(tables, guarded('missedCalls')),
      callbacks: callbackStore(tables, guarded('callbacks')),
      messages: messageStore(tables, guarded('messages'), tell),
      notices: noticeStore(tables, guarded('notices')),
      attempts: attemptStore(tables, guarded('attempts')),
      outbox: outboxStore(tables, guarded('outbox')),
      calls: callStore(tables, guarded('calls')),
      parking: memoryParking(tables, guarded('parking')),
      hours: hoursStore(tables, guarded('hours'), tell),
      queues: memoryQueues(tables, guarded('queues')),
      queueLog: memoryQueueLog(tables.visits, guarded('queueLog')),
    },
    feed: {
      tell: guarded('feed')('tell', tell),
      listen: (listener) => {
        const own = (change: Change): void => listener(change)
        listeners.add(own)
        return () => void listeners.delete(own)
      },
    },
    control,
  }
}

type Guard = <Arguments extends readonly unknown[], Result>(
  method: string,
  run: (...given: Arguments) => Result,
) => (...given: Arguments) => Promise<Result>
type Tell = (change: Change) => void
type Tables = ReturnType<typeof newTables>

/** Values are JSON text: nobody can change what is stored by changing what was read or written. */
function newTables() {
  return {
    companies: new Map<string, string>(),
    secrets: new Map<string, string>(),
    absences: new Map<string, string>(),
    absenceCommands: new Map<string, string[]>(),
    absenceHistory: new Map<string, string[]>(),
    traces: new Map<string, string[]>(),
    tracedCalls: new Map<string, { readonly call: string; readonly at: Instant }[]>(),
    missedCalls: new Map<string, string[]>(),
    callbacks: new Map<string, string[]>(),
    messages: new Map<string, string[]>(),
    notices: new Map<string, string[]>(),
    failures: new Map<string, Instant[]>(),
    locks: new Map<string, Instant>(),
    outbox: new Map<string, string>(),
    outboxKnown: new Map<string, Instant>(),
    calls: new Map<string, string>(),
    parked: new Map<string, string>(),
    parkClaims: new Map<string, ParkClaim>(),
    parkGroups: new Map<string, Extension>(),
    hours: new Map<string, string>(),
    tickets: new Map<string, string>(),
    ticketClaims: new Map<string, { readonly agent: AgentId; readonly until: Instant }>(),
    leases: new Map<string, { readonly call: CallId; readonly until: Instant }>(),
    agents: new Map<string, string>(),
    visits: new Map<string, string>(),
  }
}

function decode(key: string, text: string): unknown {
  if (text === 'spoilt') throw new RecordUnreadable(key, 'spoilt by the test')
  return JSON.parse(text)
}

/** The entry of a table, made when it is missing. */
function entry<Value>(table: Map<string, Value>, key: string, make: () => Value): Value {
  const found = table.get(key)
  if (found !== undefined) return found
  const made = make()
  table.set(key, made)
  return made
}

/** Newest first; of two at the same time the greater id, as a sorted set read backwards gives them. */
const newestFirst =
  <Value extends { readonly at: Instant }>(id: (value: Value) => string) =>
  (a: Value, b: Value): number =>
    b.at - a.at || (id(a) < id(b) ? 1 : -1)

function companyStore(tables: Tables, guard: Guard, tell: Tell): CompanyStore {
  const read = (company: CompanyId): StoredCompany | undefined => {
    const text = tables.companies.get(company)
    return text === undefined ? undefined : (decode(`company ${company}`, text) as StoredCompany)
  }
  return {
    list: guard('list', () => [...tables.companies.keys()].sort() as CompanyId[]),
    read: guard('read', read),
    write: guard('write', (company, source, expected, now) => {
      if ((read(company.company)?.version ?? 0) !== expected) return 'conflict'
      const stored: StoredCompany = { source, company, version: expected + 1, appliedAt: now }
      tables.companies.set(company.company, JSON.stringify(stored))
      tell({ kind: 'company', company: company.company })
      return 'written'
    }),
    remove: guard('remove', (company) => {
      tables.companies.delete(company)
      tables.secrets.forEach((_, key) => key.startsWith(`${company}/`) && tables.secrets.delete(key))
      tell({ kind: 'company', company })
    }),
    ensureSecrets: guard(
      'ensureSecrets',
      (company, devices, generate) =>
        new Map(devices.map((device) => [device, entry(tables.secrets, `${company}/${device}`, generate)])),
    ),
  }
}

function absenceStore(tables: Tables, guard: Guard, tell: Tell): AbsenceStore {
  const read = (company: CompanyId, person: PersonId): StoredAbsences => {
    const text = tables.absences.get(`${company}/${person}`)
    if (text === undefined) return { v: 1, set: [], cancelled: [], version: 0 }
    return decode(`absence ${person}`, text) as StoredAbsences
  }
  return {
    read: guard('read', read),
    readAll: guard('readAll', (company) => {
      const own = [...tables.absences].filter(
        ([key, text]) => key.startsWith(`${company}/`) && text !== 'spoilt',
      )
      return new Map(
        own.map(([key, text]) => [
          key.slice(company.length + 1) as PersonId,
          decode(key, text) as StoredAbsences,
        ]),
      )
    }),
    replace: guard('replace', (company, person, expected, next, change) => {
      const key = `${company}/${person}`
      const stored = read(company, person)
      const commands = entry(tables.absenceCommands, key, () => [])
      if (commands.includes(change.command)) return 'already'
      if (stored.version !== expected) return 'conflict'
      tables.absences.set(key, JSON.stringify({ ...next, version: expected + 1 }))
      commands.unshift(change.command)
      commands.splice(limits.history)
      const history = entry(tables.absenceHistory, key, () => [])
      history.unshift(JSON.stringify(change))
      history.splice(limits.history)
      tell({ kind: 'absence', company, person, by: change.by })
      return 'written'
    }),
    history: guard('history', (company, person, limit) =>
      (tables.absenceHistory.get(`${company}/${person}`) ?? [])
        .slice(0, limit)
        .map((text) => JSON.parse(text) as AbsenceChange),
    ),
  }
}

function hoursStore(tables: Tables, guard: Guard, tell: Tell): HoursStore {
  const read = (company: CompanyId): StoredOverrides => {
    const text = tables.hours.get(company)
    return text === undefined ? noOverrides : (decode(`hours ${company}`, text) as StoredOverrides)
  }
  return {
    read: guard('read', read),
    replace: guard('replace', (company, expected, next) => {
      if (read(company).version !== expected) return 'conflict'
      tables.hours.set(company, JSON.stringify({ ...next, version: expected + 1 }))
      tell({ kind: 'hours', company })
      return 'written'
    }),
  }
}

function traceStore(tables: Tables, guard: Guard): TraceStore {
  return {
    append: guard('append', (company, call, ...steps) => {
      const [first] = steps
      if (!first) return
      const entries = entry(tables.traces, `${company}/${call}`, () => [])
      entries.push(...steps.map((step) => JSON.stringify(step)))
      entries.splice(0, entries.length - limits.traceEntries)
      const traced = entry(tables.tracedCalls, company, () => [])
      if (!traced.some((known) => known.call === call)) traced.push({ call, at: first.at })
      traced.sort(newestFirst((known) => known.call))
      for (const old of traced.splice(limits.tracedCalls)) tables.traces.delete(`${company}/${old.call}`)
    }),
    read: guard('read', (company, call) =>
      (tables.traces.get(`${company}/${call}`) ?? []).map((text) => JSON.parse(text) as TraceEntry),
    ),
    recent: guard('recent', (company, limit) =>
      (tables.tracedCalls.get(company) ?? [])
        .slice(0, limit)
        .map((known) => known.call as CallRecord['call']),
    ),
  }
}

function missedCallStore(tables: Tables, guard: Guard): MissedCallStore {
  const list = (company: CompanyId, person: PersonId): MissedCall[] =>
    (tables.missedCalls.get(`${company}/${person}`) ?? [])
      .map((text) => JSON.parse(text) as MissedCall)
      .sort(newestFirst((missed) => missed.call))
  const add = (company: CompanyId, missed: MissedCall): void => {
    const known = list(company, missed.person)
    if (known.some((other) => other.call === missed.call)) return
    const next = [...known, missed].sort(newestFirst((other) => other.call)).slice(0, limits.missedCalls)
    tables.missedCalls.set(
      `${company}/${missed.person}`,
      next.map((other) => JSON.stringify(other)),
    )
  }
  return {
    add: guard('add', add),
    addSoon: guard('addSoon', add),
    list: guard('list', (company, person, limit) => list(company, person).slice(0, limit)),
  }
}

function callbackStore(tables: Tables, guard: Guard): CallbackStore {
  const list = (company: CompanyId, person: PersonId): CallbackRequest[] =>
    (tables.callbacks.get(`${company}/${person}`) ?? [])
      .map((text) => JSON.parse(text) as CallbackRequest)
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  const keep = (company: CompanyId, person: PersonId, open: readonly CallbackRequest[]): void => {
    tables.callbacks.set(
      `${company}/${person}`,
      open.map((request) => JSON.stringify(request)),
    )
  }
  return {
    open: guard('open', (company, request) => {
      const known = list(company, request.person)
      if (known.some((other) => other.number === request.number)) return 'already'
      keep(company, request.person, [...known, request])
      return 'opened'
    }),
    list: guard('list', list),
    close: guard('close', (company, person, id) =>
      keep(
        company,
        person,
        list(company, person).filter((request) => request.id !== id),
      ),
    ),
  }
}

function messageStore(tables: Tables, guard: Guard, tell: Tell): MessageStore {
  const list = (company: CompanyId, person: PersonId): VoiceMessage[] =>
    (tables.messages.get(`${company}/${person}`) ?? [])
      .map((text) => JSON.parse(text) as VoiceMessage)
      .sort(newestFirst((message) => message.recording))
  const keep = (company: CompanyId, person: PersonId, messages: readonly VoiceMessage[]): void => {
    tables.messages.set(
      `${company}/${person}`,
      messages.map((message) => JSON.stringify(message)),
    )
    tell({ kind: 'messages', company, person })
  }
  return {
    add: guard('add', (company, message) => {
      const known = list(company, message.person)
      if (known.some((other) => other.recording === message.recording)) return
      keep(company, message.person, [...known, message])
    }),
    list: guard('list', list),
    markHeard: guard('markHeard', (company, person, recording) => {
      const known = list(company, person)
      const message = known.find((other) => other.recording === recording)
      if (message === undefined || message.heard) return
      keep(
        company,
        person,
        known.map((other) => (other === message ? { ...message, heard: true } : other)),
      )
    }),
    remove: guard('remove', (company, person, recording) => {
      const known = list(company, person)
      const left = known.filter((message) => message.recording !== recording)
      if (left.length < known.length) keep(company, person, left)
    }),
  }
}

function noticeStore(tables: Tables, guard: Guard): NoticeStore {
  const list = (company: CompanyId, person: PersonId): Notice[] =>
    (tables.notices.get(`${company}/${person}`) ?? [])
      .map((text) => JSON.parse(text) as Notice)
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  const keep = (company: CompanyId, person: PersonId, notices: readonly Notice[]): void => {
    tables.notices.set(
      `${company}/${person}`,
      notices.map((notice) => JSON.stringify(notice)),
    )
  }
  return {
    leave: guard('leave', (company, notice) => {
      const others = list(company, notice.person).filter(({ by }) => by !== notice.by)
      keep(company, notice.person, [...others, notice])
    }),
    list: guard('list', list),
    heard: guard('heard', (company, person, id) => {
      const left = list(company, person).filter((notice) => notice.id !== id)
      keep(company, person, left)
    }),
  }
}

function attemptStore(tables: Tables, guard: Guard): AttemptStore {
  const lockedUntil = (company: CompanyId, who: string, now: Instant): Instant | undefined => {
    const until = tables.locks.get(`${company}/${who}`)
    return until !== undefined && until > now ? until : undefined
  }
  return {
    lockedUntil: guard('lockedUntil', lockedUntil),
    failed: guard('failed', (company, who, now, { tries, within, lock }) => {
      const locked = lockedUntil(company, who, now)
      if (locked !== undefined) return { lockedUntil: locked }
      const key = `${company}/${who}`
      const failures = [...(tables.failures.get(key) ?? []), now].slice(-tries)
      if (failures.length < tries || now - (failures[0] ?? now) >= within) {
        tables.failures.set(key, failures)
        return {}
      }
      tables.failures.delete(key)
      tables.locks.set(key, now + lock)
      return { lockedUntil: now + lock }
    }),
    succeeded: guard('succeeded', (company, who) => void tables.failures.delete(`${company}/${who}`)),
  }
}

function outboxStore(tables: Tables, guard: Guard): OutboxStore {
  const change = (company: CompanyId, id: string, next: (item: OutboxItem) => OutboxItem): void => {
    const text = tables.outbox.get(`${company}/${id}`)
    if (text === undefined) return
    tables.outbox.set(`${company}/${id}`, JSON.stringify(next(JSON.parse(text) as OutboxItem)))
  }
  return {
    put: guard('put', (company, item) => {
      const key = `${company}/${item.id}`
      // The real store forgets an id seven days after it was put, by its own clock; here the item's own time stands for it.
      const known = tables.outboxKnown.get(key)
      if (tables.outbox.has(key) || (known !== undefined && item.due < known + 7 * day)) return 'already'
      tables.outboxKnown.set(key, item.due)
      tables.outbox.set(key, JSON.stringify(item))
      return 'put'
    }),
    due: guard('due', (now, limit) =>
      [...tables.outbox]
        .map(([key, text]) => ({
          company: key.slice(0, key.indexOf('/')) as CompanyId,
          item: JSON.parse(text) as OutboxItem,
        }))
        .filter(({ item }) => item.due <= now)
        .sort((a, b) => a.item.due - b.item.due || (a.item.id < b.item.id ? -1 : 1))
        .slice(0, limit),
    ),
    retryAt: guard('retryAt', (company, id, due) =>
      change(company, id, (item) => ({ ...item, attempts: item.attempts + 1, due })),
    ),
    done: guard('done', (company, id) => void tables.outbox.delete(`${company}/${id}`)),
  }
}

function callStore(tables: Tables, guard: Guard): CallStore {
  return {
    save: guard(
      'save',
      (record) => void tables.calls.set(`${record.company}/${record.call}`, JSON.stringify(record)),
    ),
    read: guard('read', (company, call) => {
      const text = tables.calls.get(`${company}/${call}`)
      return text === undefined ? undefined : (JSON.parse(text) as CallRecord)
    }),
    list: guard('list', (company) =>
      [...tables.calls]
        .filter(([key]) => key.startsWith(`${company}/`))
        .map(([, text]) => JSON.parse(text) as CallRecord)
        .sort((a, b) => a.since - b.since || (a.call < b.call ? -1 : 1)),
    ),
    remove: guard('remove', (company, call) => void tables.calls.delete(`${company}/${call}`)),
  }
}
