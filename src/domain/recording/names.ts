import type { CallId, CompanyId, Instant, PersonId, RecordingName } from '../ids.js'

/** What is known of a recorded call without listening to it. */
export interface RecordedCall {
  readonly company: CompanyId
  /** When it began, in whole seconds. */
  readonly at: Instant
  /** Because of whom it was recorded. */
  readonly person: PersonId
  readonly conversation: CallId
}

/** The name says everything: there is no list beside the files that could disagree with them. */
export function recordingNameOf({ company, at, person, conversation }: RecordedCall): RecordingName {
  const time = new Date(Math.floor(at / 1000) * 1000).toISOString().replace(/\.000|[-:]/g, '')
  return `call_${company}_${time}_${person}_${conversation}` as RecordingName
}

const form = /^call_([a-z0-9-]+)_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z_([a-z0-9-]+)_(.+)$/

/** Undefined for recordings that are no calls: messages, own reasons. */
export function readRecordingName(name: string): RecordedCall | undefined {
  const found = form.exec(name)
  if (!found) return undefined
  const [, company, year, month, day, hour, minute, second, person, conversation] = found
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return {
    company: company as CompanyId,
    at,
    person: person as PersonId,
    conversation: conversation as CallId,
  }
}
