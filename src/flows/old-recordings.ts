import { readRecordingName } from '../domain/recording/names.js'
import type { Milliseconds } from '../domain/ids.js'
import type { Deps } from './call.js'

/** How often it is looked for recordings that are too old. */
export const lookForOld: Milliseconds = 3_600_000

const day: Milliseconds = 86_400_000
/** For recordings of a company that is not there any more. */
const defaultDays = 90

/** Deletes recorded calls whose time is up (`recording.keepDays`). Messages and own recordings are not its business. */
export async function deleteOldRecordings(deps: Deps): Promise<void> {
  const now = deps.clock.now()
  for (const name of await deps.recordings.list()) {
    const recorded = readRecordingName(name)
    if (!recorded) continue
    const company = deps.directory().companies.get(recorded.company)
    const keepDays = company?.recording.keepDays ?? defaultDays
    if (recorded.at + keepDays * day <= now) await deps.exchange.pbx.deleteRecording(name)
  }
}
