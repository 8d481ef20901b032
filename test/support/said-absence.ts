import { expect } from 'vitest'
import type { PersonId } from '../../src/domain/ids.js'
import { reasonNamed, reasonsOf } from '../../src/domain/absence/reasons.js'
import type { Company } from '../../src/domain/directory/company.js'
import { absenceNote, absenceSentence, type SpokenAbsence } from '../../src/domain/speech/absence-sentence.js'
import { personName } from '../../src/domain/speech/names.js'
import type { Sentence } from '../../src/domain/speech/phrase.js'
import { say } from '../../src/domain/speech/tongue.js'
import type { Call } from './phones/call.js'
import type { RealOffice } from './real-office.js'

/** What is stored of the absences of a Swedish company, and what has to be heard of them. */
export interface SaidAbsence {
  reasonOf(person: string): Promise<string | undefined>
  /** What the person hears who has set it. */
  confirmationOf(person: string): Promise<Sentence>
  /** What a caller hears. */
  sentenceOf(person: string): Promise<Sentence>
  /** Waits until the call has heard it whole, at `after` (epoch ms) or later. */
  untilHeard(call: Call, sentence: Sentence, after: number): Promise<void>
}

export function saidAbsence(office: RealOffice, company: Company): SaidAbsence {
  const { sv } = office.lines.tongues
  const read = async (person: string) =>
    (await office.redis.stores.absences.read(company.company, person as PersonId)).set[0]
  const spoken = async (person: string): Promise<SpokenAbsence> => {
    const absence = await read(person)
    if (absence === undefined) throw new Error(`${person} has no absence`)
    const { until, returnForm } = absence
    return {
      company: company.company,
      reason: reasonNamed(reasonsOf(company), absence.reason),
      return: until === undefined || returnForm === undefined ? undefined : { at: until, form: returnForm },
      now: Date.now(),
      zone: company.zone,
    }
  }
  return {
    reasonOf: async (person) => (await read(person))?.reason,
    confirmationOf: async (person) =>
      say(sv, 'absence/set', { absence: absenceNote(sv, await spoken(person)) }),
    sentenceOf: async (id) => {
      const person = company.people.find((one) => one.id === id)
      const { name = '', extension } = person ?? {}
      const called = personName(sv, { company: company.company, person: id as PersonId, name, extension })
      return absenceSentence(sv, called, await spoken(id))
    },
    untilHeard: async (call, sentence, after) => {
      await expect
        .poll(
          () =>
            office.lines.hear(call.heard(), 'sv', sentence, after).then(
              () => 'heard',
              (error: unknown) => String(error),
            ),
          { timeout: 45_000, interval: 1_500 },
        )
        .toBe('heard')
    },
  }
}
