import type { Company, Person } from '../domain/directory/company.js'
import type { Instant, Language } from '../domain/ids.js'
import { formatWallTime, wallTimeAt } from '../domain/time/wall-time.js'
import type { CallbackRequest, OutboxItem, VoiceMessage } from '../ports/stores.js'
import type { Call } from './call.js'

/** Words of the mails, per language. */
const words = {
  sv: {
    message: 'Röstmeddelande från',
    callback: 'Ring upp',
    absence: 'Din hänvisning har ändrats av',
    paused: 'Du är pausad i köerna',
    pausedWhy: 'Du har inte svarat på flera samtal i rad. Slå #29# för att få samtal igen. Kö',
    withheld: 'dolt nummer',
    length: 'Längd',
    seconds: 'sekunder',
    received: 'Mottaget',
  },
  de: {
    message: 'Sprachnachricht von',
    callback: 'Bitte zurückrufen:',
    absence: 'Ihre Abwesenheit wurde geändert von',
    paused: 'Sie pausieren in den Warteschlangen',
    pausedWhy:
      'Sie haben mehrere Anrufe nacheinander nicht angenommen. Mit #29# erhalten Sie wieder Anrufe. Warteschlange',
    withheld: 'unterdrückter Nummer',
    length: 'Länge',
    seconds: 'Sekunden',
    received: 'Eingegangen',
  },
  en: {
    message: 'Voice message from',
    callback: 'Please call back',
    absence: 'Your absence was changed by',
    paused: 'You are paused in the queues',
    pausedWhy: 'You did not answer several calls in a row. Dial #29# to get calls again. Queue',
    withheld: 'withheld number',
    length: 'Length',
    seconds: 'seconds',
    received: 'Received',
  },
} as const satisfies Readonly<Record<Language, unknown>>

/** The mail that carries a voice message, or undefined for a person without an address. */
export function messageMail(
  company: Company,
  person: Person,
  message: VoiceMessage,
  now: Instant,
): OutboxItem | undefined {
  const text = words[languageOf(company, person)]
  const from = caller(message.fromName, message.from, text.withheld)
  return mailTo(person, `message-${message.recording}`, now, {
    subject: `${text.message} ${from}`,
    text: [
      `${text.message} ${from}`,
      `${text.received} ${timeOf(company, message.at)}`,
      `${text.length}: ${String(message.seconds)} ${text.seconds}`,
    ].join('\n'),
    attachment: { recording: message.recording, fileName: `${message.recording}.wav` },
  })
}

/** H-37 */
export function callbackMail(
  company: Company,
  person: Person,
  request: CallbackRequest,
  now: Instant,
): OutboxItem | undefined {
  const text = words[languageOf(company, person)]
  const who = caller(request.name, request.number, text.withheld)
  return mailTo(person, `callback-${request.id}`, now, {
    subject: `${text.callback} ${who}`,
    text: `${text.callback} ${who}\n${text.received} ${timeOf(company, request.at)}`,
  })
}

/** H-13: somebody else changed the person's absence. `absence` is the absence in words. */
export function absenceChangedMail(
  call: Call,
  person: Person,
  by: Person,
  absence: string,
  now: Instant,
): OutboxItem | undefined {
  const text = words[languageOf(call.company, person)]
  return mailTo(person, `absence-${call.id}-${person.id}`, now, {
    subject: `${text.absence} ${by.name}`,
    text: `${text.absence} ${by.name}: ${absence}`,
  })
}

/** too many calls in a row were not answered. */
export function pausedMail(
  company: Company,
  person: Person,
  queue: string,
  now: Instant,
): OutboxItem | undefined {
  const text = words[languageOf(company, person)]
  return mailTo(person, `paused-${person.id}-${String(now)}`, now, {
    subject: text.paused,
    text: `${text.pausedWhy}: ${queue}`,
  })
}

function mailTo(
  person: Person,
  id: string,
  now: Instant,
  content: Pick<OutboxItem, 'subject' | 'text' | 'attachment'>,
): OutboxItem | undefined {
  return person.email === undefined
    ? undefined
    : { id, to: [person.email], attempts: 0, due: now, ...content }
}

const languageOf = (company: Company, person: Person): Language => person.language ?? company.language

const timeOf = (company: Company, at: Instant): string => formatWallTime(wallTimeAt(at, company.zone))

function caller(name: string | undefined, number: string, withheld: string): string {
  const shown = number === '' ? withheld : number
  return name === undefined ? shown : `${name} (${shown})`
}
