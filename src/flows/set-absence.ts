import type { Absence } from '../domain/absence/absence.js'
import { reasonNamed, reasonsOf } from '../domain/absence/reasons.js'
import { readSetCode, type KeyedAbsence, type SetRefusal } from '../domain/absence/set-code.js'
import { withSet } from '../domain/absence/transitions.js'
import { readPublicNumber } from '../domain/numbers/dialled.js'
import { absenceNote, type SpokenAbsence } from '../domain/speech/absence-sentence.js'
import { textOf, type Sentence } from '../domain/speech/phrase.js'
import type { TextKey } from '../domain/speech/text-keys.js'
import { say } from '../domain/speech/tongue.js'
import { scheduleOf } from '../domain/directory/profile.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { CodeEnd } from './take-code.js'
import { absenceChangedMail } from './mail-texts.js'
import { lightMessageLamp } from './message-lamp.js'
import { accept } from './speak.js'
import { isStoreFault } from './store-away.js'
import { nameOfPerson, type Whose } from './whose-absence.js'

/** What is said of a code that sets nothing. */
const refusals = {
  unknownReason: 'refuse/unknown-reason',
  askTime: 'refuse/give-time',
  askDate: 'refuse/give-date',
  reasonOnly: 'refuse/reason-only',
  timeRequired: 'refuse/give-time',
  dateRequired: 'refuse/give-date',
  numberRequired: 'refuse/give-number',
  noSuchTime: 'refuse/invalid-time',
  noSuchDate: 'refuse/invalid-date',
  noSuchNumber: 'refuse/invalid-number',
  timePassed: 'refuse/time-passed',
  datePassed: 'refuse/date-passed',
} as const satisfies Readonly<Record<SetRefusal, TextKey>>

/**
 * `*23*R*T*D#`: sets an absence (H-02 to H-13). It is written before the confirmation is spoken (H-09). The call's id is the
 * command: repeated after a crash it changes nothing, and what was set then is confirmed.
 */
export async function setAbsence(
  call: Call,
  keyed: KeyedAbsence,
  whose: Whose,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  const { company } = call.company
  const done = await scope.of(deps.absences.carriedOut(company, whose.person.id, call.id))
  const read = done?.after ?? readAbsence(call, keyed, whose, deps)
  if (typeof read === 'string') return { refused: say(call.tongue, refusals[read]) }
  if (!done) await scope.of(write(call, read, whose, deps))
  await tellPerson(call, whose, read, scope, deps)
  await accept(call, confirmation(call, whose, read), scope, deps)
  return 'done'
}

function readAbsence(call: Call, keyed: KeyedAbsence, whose: Whose, deps: Deps): Absence | SetRefusal {
  const { company } = call
  const now = deps.clock.now()
  const reading = readSetCode(
    keyed,
    {
      reasons: reasonsOf(company, whose.person),
      zone: company.zone,
      dateOrder: company.settings.dateOrder,
      schedule: scheduleOf(company, whose.person),
      readNumber: (digits) =>
        call.directory.extension(company.company, digits)?.extension ?? readPublicNumber(digits, company),
    },
    now,
  )
  if ('refused' in reading) return reading.refused
  const { reason, ...fields } = reading.ok
  return {
    id: call.id,
    person: whose.person.id,
    reason: reason.id,
    source: whose.source,
    from: now,
    ...fields,
    setBy: whose.actor.id,
    setAt: now,
    means: whose.means,
  }
}

function write(call: Call, absence: Absence, whose: Whose, deps: Deps): Promise<unknown> {
  const { setAt: at, person, means } = absence
  return deps.absences.change(call.company.company, person, (stored) => {
    const { next, before, after } = withSet(stored, absence, at)
    return { next, change: { command: call.id, at, person, by: whose.actor.id, means, before, after } }
  })
}

function confirmation(call: Call, whose: Whose, absence: Absence): Sentence {
  const note = noteOf(call, absence)
  return whose.actor.id === whose.person.id
    ? say(call.tongue, 'absence/set', { absence: note })
    : say(call.tongue, 'absence/set-for', { name: nameOfPerson(call, whose.person), absence: note })
}

/** The absence as a short note: "lunch, åter klockan tretton". */
export function noteOf(call: Call, absence: Absence): Sentence {
  const { until, returnForm } = absence
  const person = call.directory.person(call.company.company, absence.person)
  const spoken: SpokenAbsence = {
    company: call.company.company,
    reason: reasonNamed(reasonsOf(call.company, person), absence.reason),
    return: until === undefined || returnForm === undefined ? undefined : { at: until, form: returnForm },
    now: call.arrivedAt,
    zone: call.company.zone,
  }
  return absenceNote(call.tongue, spoken)
}

/** H-13: whoever's absence was changed by somebody else hears of it: the message lamp, `*98`, and a mail. */
export async function tellPerson(
  call: Call,
  whose: Whose,
  absence: Absence | undefined,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  if (whose.actor.id === whose.person.id) return
  const text =
    absence === undefined ? textOf(say(call.tongue, 'absence/none')) : textOf(noteOf(call, absence))
  const mail = absenceChangedMail(call, whose.person, whose.actor, text, deps.clock.now())
  try {
    await scope.of(leaveNotice(call, whose, deps))
    if (mail) await scope.of(deps.stores.outbox.put(call.company.company, mail))
  } catch (error) {
    if (!isStoreFault(error)) throw error
    deps.log.error('a person was not told that their absence was changed', { call: call.id, error }) // it was changed, and that is said
  }
}

async function leaveNotice(call: Call, { person, actor }: Whose, deps: Deps): Promise<void> {
  const { company } = call.company
  await deps.stores.notices.leave(company, {
    id: call.id,
    at: deps.clock.now(),
    person: person.id,
    by: actor.id,
  })
  await lightMessageLamp(call.company, person, deps)
}
