import { describe, expect, it } from 'vitest'
import { pausesQueues, type Absence } from '../../../src/domain/absence/absence.js'
import { absenceAt } from '../../../src/domain/absence/current.js'
import { defaultReasons, reasonNamed } from '../../../src/domain/absence/reasons.js'
import { noAbsences } from '../../../src/domain/absence/transitions.js'
import type { PersonId } from '../../../src/domain/ids.js'

const anna = 'anna' as PersonId
const rules = { person: anna, zone: 'Europe/Stockholm', recurring: [], calendar: [] }
const lunch: Absence = {
  id: 'one',
  person: anna,
  reason: 'lunch',
  source: 'person',
  from: 1_000,
  until: 2_000,
  setBy: anna,
  setAt: 1_000,
  means: 'keypad',
}

const pausedAt = (now: number, stillRing = false): boolean => {
  const absence = absenceAt({ ...noAbsences, set: [lunch] }, rules, now)
  return pausesQueues(
    absence && { absence, reason: { ...reasonNamed(defaultReasons, absence.reason), stillRing } },
  )
}

describe('queues of somebody who is absent', () => {
  it('H-36 are paused from the beginning of the absence to its end, and not after', () => {
    expect([999, 1_000, 1_999, 2_000].map((now) => pausedAt(now))).toEqual([false, true, true, false])
  })

  it('H-36 go on for a reason with which the phone still rings', () => {
    expect(pausedAt(1_500, true)).toBe(false)
  })
})
