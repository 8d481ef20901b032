import type { Absence, StoredAbsences } from '../../../src/domain/absence/absence.js'
import type { AbsenceRules } from '../../../src/domain/absence/current.js'
import type { Recurring } from '../../../src/domain/absence/recurring.js'
import { noAbsences } from '../../../src/domain/absence/transitions.js'
import type { PersonId } from '../../../src/domain/ids.js'
import { parseIsoDate } from '../../../src/domain/time/calendar.js'
import { instantOf } from '../../../src/domain/time/wall-time.js'

export const anna = 'anna' as PersonId
export const stockholm = 'Europe/Stockholm'

/** `at('2026-11-23 12:30')`: the wall clock of Stockholm. */
export function at(text: string, zone = stockholm): number {
  const date = parseIsoDate(text.slice(0, 10))
  if (date === undefined) throw new Error(`${text} is no date`)
  const clock = { hour: Number(text.slice(11, 13)), minute: Number(text.slice(14, 16)) }
  return instantOf(date, clock, zone, 'start')
}

/** Monday to Friday 08 to 17. */
export const officeHours = {
  mon: ['08:00-17:00'],
  tue: ['08:00-17:00'],
  wed: ['08:00-17:00'],
  thu: ['08:00-17:00'],
  fri: ['08:00-17:00'],
}

export function set(reason: string, from: string, until?: string, more: Partial<Absence> = {}): Absence {
  return {
    id: `${reason}-${from}`,
    person: anna,
    reason,
    source: 'person',
    from: at(from),
    ...(until === undefined ? {} : { until: at(until), returnForm: 'time' as const }),
    setBy: anna,
    setAt: at(from),
    means: 'keypad',
    ...more,
  }
}

export const stored = (...absences: readonly Absence[]): StoredAbsences => ({ ...noAbsences, set: absences })

export function recurring(more: Partial<Recurring> & { readonly id: string }): Recurring {
  return { reason: 'meeting', from: '09:00', to: '10:00', except: [], ...more }
}

export function rules(more: Partial<AbsenceRules> = {}): AbsenceRules {
  return { person: anna, zone: stockholm, recurring: [], calendar: [], ...more }
}
