import { z } from 'zod'
import type { Company, Person } from '../domain/directory/company.js'
import type { CallId, PersonId, RecordingName } from '../domain/ids.js'
import type { CallRecord, VoiceMessage } from '../ports/stores.js'
import type { Call, Deps } from './call.js'
import { lightMessageLamp } from './message-lamp.js'
import { messageMail } from './mail-texts.js'
import { isStoreFault } from './store-away.js'

/** O-17: what is shorter is no message. */
const shortestSeconds = 2

/** What became of a message; said to whoever left it and is still there. */
export type Kept = 'saved' | 'too-short' | 'not-saved'

/** A message that is being spoken. Its length is known when it has been. */
export type Draft = Omit<VoiceMessage, 'seconds' | 'heard'>

/**
 * Stores the message, lights the lamp and sends the mail. Doing so twice changes nothing the second time.
 * `told`: seconds as the exchange told them, 0 when it could not.
 */
export async function keepMessage(
  company: Company,
  person: Person,
  call: CallId,
  draft: Draft,
  told: number,
  deps: Deps,
): Promise<Kept> {
  const seconds = Math.round(told > 0 ? told : await deps.recordings.seconds(draft.recording))
  try {
    if (seconds >= shortestSeconds) await store(company, person, { ...draft, seconds, heard: false }, deps)
    else await deps.exchange.pbx.deleteRecording(draft.recording)
    await deps.stores.calls.remove(company.company, call)
    return seconds >= shortestSeconds ? 'saved' : 'too-short'
  } catch (error) {
    if (!isStoreFault(error)) throw error
    deps.log.error('a voice message could not be stored', { call, recording: draft.recording, error })
    return 'not-saved'
  }
}

async function store(company: Company, person: Person, message: VoiceMessage, deps: Deps): Promise<void> {
  await deps.stores.messages.add(company.company, message)
  await lightMessageLamp(company, person, deps)
  const mail = messageMail(company, person, message, deps.clock.now())
  if (mail) await deps.stores.outbox.put(company.company, mail)
}

/** Name of the record in the store of calls that says for whom a recording is. */
const phase = 'voicemail'
const draftSchema = z.object({
  recording: z.string(),
  at: z.number(),
  person: z.string(),
  from: z.string(),
  fromName: z.string().optional(),
})

/** Without the store the message is recorded all the same: perhaps it is back by the end. */
export async function saveDraft(call: Call, draft: Draft, deps: Deps): Promise<void> {
  const record: CallRecord = {
    v: 1,
    call: call.id,
    leg: call.leg.id,
    company: call.company.company,
    phase,
    data: { ...draft },
    since: draft.at,
  }
  await deps.stores.calls.save(record).catch((error: unknown) => {
    deps.log.warn('a message is recorded without a record of it', { call: call.id, error })
  })
}

/** After a start: callers who left a message and hung up while nobody was there have left it all the same. */
export async function keepWhatWasLeft(deps: Deps): Promise<void> {
  for (const company of deps.directory().companies.values()) {
    for (const record of await deps.stores.calls.list(company.company)) {
      if (record.phase !== phase || deps.exchange.leg(record.leg)) continue
      const draft = draftSchema.safeParse(record.data)
      const person = draft.success ? deps.directory().person(company.company, draft.data.person) : undefined
      if (!draft.success || !person) {
        deps.log.error('a message was left for nobody', { call: record.call })
        await deps.stores.calls.remove(company.company, record.call)
      } else await keepMessage(company, person, record.call, draftOf(draft.data), 0, deps)
    }
  }
}

const draftOf = (stored: z.output<typeof draftSchema>): Draft => ({
  ...stored,
  recording: stored.recording as RecordingName,
  person: stored.person as PersonId,
})
