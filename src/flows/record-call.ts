import { isWritten, recordedLeg, rulingFor } from '../domain/recording/rule.js'
import { recordingNameOf } from '../domain/recording/names.js'
import type { CallId, LegId, Milliseconds, PersonId, RecordingName } from '../domain/ids.js'
import { say } from '../domain/speech/tongue.js'
import { speakers, type Talk } from '../domain/talk/talk.js'
import { AlreadyExists, WrongState, type RecordingLimits } from '../ports/pbx.js'
import { Mailbox } from '../runtime/mailbox.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { absenceOf } from './situation.js'
import type { Table } from './talks.js'
import { tongueOf } from './tongue-of.js'
import { whisper } from './whisper.js'

/** Longer than any call; a pause does not end it. */
const limits: RecordingLimits = { maxSeconds: 12 * 3_600, silenceSeconds: 0, beep: false }

/** So long after a recording its leg may seem to be there still, although it was the end of both. */
const hangUpTakes: Milliseconds = 2_000

/** The ear that is recorded: what its leg says and hears. It lasts as long as the leg, whatever becomes of talks and of us. */
export const recorderEar = (leg: LegId): LegId => `${leg}-recorder` as LegId

/** What one talk knows of its recording; the rest stands on the legs themselves. */
interface Recorder {
  readonly call: Call
  readonly table: Table
  /** People for whom the rules have been asked; they are not asked again (hours at the answer). */
  readonly considered: Set<PersonId>
  /** Who has heard that the talk is recorded. */
  readonly told: Set<LegId>
  started: RecordingName | undefined
  written: boolean | undefined
}

/**
 * O-14 to O-16: records a talk if the rules say so, from the moment at which everybody has been told. The recording belongs to the
 * customer's leg, not to the talk: it goes on when the call is parked and fetched or transferred, and is paused in between. The coach
 * speaks to the agent alone and is thereby not in it. Whatever fails here is noted in the log and nothing else.
 *
 *     asked --no--> never        asked --yes--> announced --> written <--> paused (held, in private, parked) --> the leg ends
 */
export function attendRecording(
  call: Call,
  table: Table,
  scope: Scope,
  deps: Deps,
): { readonly changed: () => void } {
  const changes = new Mailbox<'changed'>()
  if (!call.company.recording.licence && !recordedParty(table.talk, deps)) return { changed: () => undefined }
  const recorder: Recorder = {
    call,
    table,
    considered: new Set(),
    told: new Set(recordedParty(table.talk, deps) ? table.talk.parties.map(({ leg }) => leg) : []),
    started: undefined,
    written: undefined,
  }
  scope.spawn('recording', async (recording) => {
    recording.defer(() => pauseBehind(recorder, deps))
    for (;;) {
      try {
        await keepUp(recorder, recording, deps)
      } catch (error) {
        if (recording.cancelled) throw error
        deps.log.warn('a talk could not be recorded', { call: call.id, error })
      }
      await changes.take(recording)
      changes.drain()
    }
  })
  return {
    changed: () => {
      changes.put('changed')
    },
  }
}

/** Brings the recording to what the talk is now. */
async function keepUp(recorder: Recorder, scope: Scope, deps: Deps): Promise<void> {
  const found = recordedParty(recorder.table.talk, deps) ?? (await askRules(recorder, scope, deps))
  if (!found) return
  const { leg, person } = found
  if (untold(recorder).length > 0) {
    if (recorder.started !== undefined) await write(recorder, false, scope, deps)
    await announce(recorder, scope, deps)
  }
  if (leg.ended) return
  await begin(recorder, leg, person, scope, deps)
  await write(recorder, isWritten(recorder.table.talk, leg.id), scope, deps)
}

/** The party whose leg is recorded, or is to be: it says so itself, also after a restart. */
function recordedParty(talk: Talk, deps: Deps): { readonly leg: Leg; readonly person: PersonId } | undefined {
  for (const { leg: id } of talk.parties) {
    const leg = deps.exchange.leg(id)
    const person = /^on (.+)$/.exec(leg?.info.notes['recording'] ?? '')?.[1]
    if (leg && person !== undefined) return { leg, person: person as PersonId }
  }
  return undefined
}

/** O-14: asked once for everybody who comes into the talk. */
async function askRules(
  { call, table: { talk }, considered }: Recorder,
  scope: Scope,
  deps: Deps,
): Promise<ReturnType<typeof recordedParty>> {
  const { exchange, clock, hours } = deps
  const { company } = call
  for (const { leg } of talk.parties) {
    const before = /^no (.+)$/.exec(exchange.leg(leg)?.info.notes['recording'] ?? '')?.[1]
    for (const person of before?.split(' ') ?? []) considered.add(person as PersonId)
  }
  const fresh = speakers(talk).flatMap(({ person }) =>
    person === undefined || considered.has(person) ? [] : [person],
  )
  const id = recordedLeg(talk)
  const leg = id === undefined ? undefined : exchange.leg(id)
  if (fresh.length === 0 || !leg) return undefined
  const facts = {
    now: clock.now(),
    overrides: hours.of(company.company),
    isAbsent: (one: PersonId) => {
      const person = call.directory.person(company.company, one)
      return person !== undefined && absenceOf(call, person, deps) !== undefined
    },
  }
  for (const person of fresh) considered.add(person)
  const person = fresh.find((one) => rulingFor(company, one, facts) === 'record')
  const recording = person === undefined ? `no ${[...considered].join(' ')}` : `on ${person}`
  await exchange.note(scope, leg, { recording })
  return person === undefined ? undefined : { leg, person }
}

const untold = ({ call, table, told }: Recorder): readonly LegId[] =>
  call.company.recording.consent === 'announce'
    ? speakers(table.talk)
        .map(({ leg }) => leg)
        .filter((leg) => !told.has(leg))
    : []

/** Everybody in the talk hears it to its end before a word is recorded; those who come later, too. */
async function announce(recorder: Recorder, scope: Scope, deps: Deps): Promise<void> {
  const { call, told } = recorder
  const listeners = untold(recorder).flatMap((id) => deps.exchange.leg(id) ?? [])
  for (const { id } of listeners) told.add(id)
  await scope.run('announce', async (saying) => {
    const all = listeners.map((leg) => {
      const tongue = tongueOf(call, leg, deps)
      return whisper(call, leg, { sentence: say(tongue, 'recording/notice'), tongue }, saying, deps)
    })
    await Promise.all(all)
  })
}

/** An earlier talk of this leg, or an earlier run of the process, may have begun it. */
async function begin(
  recorder: Recorder,
  leg: Leg,
  person: PersonId,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  if (recorder.started !== undefined) return
  const { exchange, clock, log } = deps
  const { call } = recorder
  const id = recorderEar(leg.id)
  const ear = await exchange.ear(scope, id, leg, 'everything', id as string as CallId)
  const before = ear.info.notes['recording'] as RecordingName | undefined
  const { company, conversation } = call
  const name = before ?? recordingNameOf({ company: company.company, at: clock.now(), person, conversation })
  // Noted before it begins: while it is recorded Asterisk sets nothing on the ear.
  if (before === undefined) await exchange.note(scope, ear, { recording: name })
  try {
    const { ended } = await scope.of(exchange.record(ear, name, limits))
    scope.spawn('recorded', async (recorded) => {
      const { ok } = await recorded.of(ended)
      // Asterisk takes a recording that it cannot write (no space, no permission) for one that has ended: its leg is still there then.
      if (ok) await recorded.sleep(hangUpTakes)
      if (!ok || !leg.ended) log.warn('a recording failed', { call: call.id, recording: name })
    })
  } catch (error) {
    if (!(error instanceof AlreadyExists || error instanceof WrongState)) throw error // it goes on
  }
  recorder.started = name
  recorder.written = before === undefined ? true : undefined
}

async function write(recorder: Recorder, written: boolean, scope: Scope, deps: Deps): Promise<void> {
  const { started } = recorder
  if (started === undefined || recorder.written === written) return
  await scope.of(deps.exchange.pbx.pauseRecording(started, !written))
  recorder.written = written
}

/** The leg goes on without this talk: parked, or to somebody else. Nothing is written until it talks again. */
async function pauseBehind({ started }: Recorder, deps: Deps): Promise<void> {
  if (started !== undefined) await deps.exchange.pbx.pauseRecording(started, true).catch(() => undefined)
}
