import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { companySchema } from '../../../src/domain/directory/company.js'
import { checkCompany } from '../../../src/domain/directory/check.js'
import type { CallId, CompanyId, LegId, PersonId } from '../../../src/domain/ids.js'
import { readRecordingName, recordingNameOf } from '../../../src/domain/recording/names.js'
import { isWritten, recordedLeg, rulingFor } from '../../../src/domain/recording/rule.js'
import { newTalk, type Talk } from '../../../src/domain/talk/talk.js'
import { officeFile } from '../../support/office.js'

const anna = 'anna' as PersonId
const monday = (clock: string): number => Date.parse(`2026-11-23T${clock}:00+01:00`)

const company = (recording: object, more: object = {}) =>
  companySchema.parse({
    ...officeFile,
    recording: { licence: true, people: ['anna'], ...recording },
    ...more,
  })

const ruling = (recording: object, facts: { now?: number; absent?: boolean; more?: object } = {}) =>
  rulingFor(company(recording, facts.more), anna, {
    now: facts.now ?? monday('09:00'),
    overrides: [],
    isAbsent: () => facts.absent === true,
  })

describe('which talks are recorded', () => {
  it('O-14 licence and hours at the answer and not absent and consent, each of them', () => {
    expect(ruling({})).toBe('record')
    expect(ruling({ licence: false })).toBe('noLicence')
    expect(ruling({ consent: 'off' })).toBe('noConsent')
    expect(ruling({ people: ['erik'] })).toBe('notThisPerson')
    expect(ruling({ people: ['*'] })).toBe('record')
    expect(ruling({}, { absent: true })).toBe('absent')
  })

  it.each([
    ['07:59', 'closed'],
    ['08:00', 'record'],
    ['17:59', 'record'],
    ['18:00', 'closed'],
  ])('O-14 without hours of its own on weekdays from 8 to 18: %s', (clock, expected) => {
    expect(ruling({}, { now: monday(clock) })).toBe(expected)
  })

  it('O-14 not on Saturday; the named hours count if there are any', () => {
    const saturday = Date.parse('2026-11-28T10:00:00+01:00')
    expect(ruling({}, { now: saturday })).toBe('closed')
    const more = { hours: [{ id: 'lordag', week: { sat: ['09:00-12:00'] } }] }
    expect(ruling({ hours: 'lordag' }, { now: saturday, more })).toBe('record')
    expect(ruling({ hours: 'lordag' }, { more })).toBe('closed')
  })

  it('O-14 what cannot be is refused when the file is checked', () => {
    const problems = (recording: object, more: object = {}): readonly string[] =>
      checkCompany(company(recording, more)).flatMap(({ severity, path }) =>
        severity === 'error' ? [path.join('.')] : [],
      )
    expect(problems({})).toEqual([])
    expect(problems({ people: ['ingen'] })).toEqual(['recording.people.0'])
    expect(problems({ hours: 'ingen' })).toEqual(['recording.hours'])
    expect(problems({ consent: 'silent' })).toEqual([])
    const german = { country: 'DE', language: 'de', zone: 'Europe/Berlin' }
    expect(problems({ consent: 'silent' }, german)).toEqual(['recording.consent'])
  })
})

describe('when a recording is written', () => {
  const leg = (name: string): LegId => name as LegId
  const two: Talk = newTalk(
    { call: 'c' as CallId, conversation: 'c' as CallId, company: 'kontoret' as CompanyId },
    [
      { leg: leg('caller'), role: 'customer', number: '' },
      { leg: leg('anna'), role: 'agent', person: anna, number: '101' },
    ],
  )

  it('O-14 O-15 not on hold, not aside, and not while a coach speaks to everybody', () => {
    expect(recordedLeg(two)).toBe('caller')
    const written = (change: Partial<Talk>): boolean => isWritten({ ...two, ...change }, leg('caller'))
    expect(written({})).toBe(true)
    expect(written({ aside: [leg('caller')] })).toBe(false)
    expect(written({ aside: [leg('invited')] })).toBe(true)
    expect(written({ held: { leg: leg('anna') } })).toBe(false)
    expect(written({ bargedIn: true })).toBe(false)
  })
})

describe('the name of a recorded call', () => {
  it('O-14 says whose it is, since when, and of which conversation; other recordings are none', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z][a-z0-9-]{1,30}$/),
        fc.integer({ min: 0, max: 4_000_000_000 }),
        fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/),
        fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/),
        (one, seconds, person, conversation) => {
          const recorded = {
            company: one as CompanyId,
            at: seconds * 1000,
            person: person as PersonId,
            conversation: conversation as CallId,
          }
          expect(readRecordingName(recordingNameOf(recorded))).toEqual(recorded)
        },
      ),
      { numRuns: 10_000 },
    )
    expect(readRecordingName('own-1763780000.12')).toBeUndefined()
    expect(readRecordingName('kontoret-anna-1763780000.12')).toBeUndefined()
  })
})
