import type { PersonId } from '../../../src/domain/ids.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  defaultReasons,
  reasonNamed,
  reasonsOf,
  reasonWithDigit,
} from '../../../src/domain/absence/reasons.js'
import { readSetCode, type SetRules } from '../../../src/domain/absence/set-code.js'
import { at, officeHours, stockholm } from './people.js'

const standard: SetRules = { reasons: defaultReasons, zone: stockholm, dateOrder: 'MMDD' }
const office: SetRules = { ...standard, schedule: officeHours }
/** A Monday. */
const monday = at('2026-11-23 11:30')

/** `key('1*1300')` is what stands between `*23*` and `#`. */
function key(keys: string, rules = standard, now = monday) {
  const [reason = '', first, second] = keys.split('*')
  const read = readSetCode({ reason, first, second }, rules, now)
  if ('refused' in read) return read.refused
  const { reason: row, ...rest } = read.ok
  return { reason: row.id, ...rest }
}

describe('the table of reasons', () => {
  it('has the ten default reasons by digit', () => {
    expect(defaultReasons.map(({ digit, id }) => `${digit} ${id}`)).toEqual([
      '0 unavailable',
      '1 lunch',
      '2 meeting',
      '3 out',
      '4 gone',
      '5 travel',
      '6 holiday',
      '7 absent',
      '8 training',
      '9 own',
    ])
    expect(defaultReasons.filter((reason) => reason.argumentRequired).map((reason) => reason.id)).toEqual([
      'travel',
      'holiday',
    ])
    expect(defaultReasons.filter((reason) => reason.sensitive).map((reason) => reason.id)).toEqual(['absent'])
  })

  const row = {
    argument: 'none' as const,
    required: false,
    ends: '45 min',
    pastMeansNextDay: false,
    sensitive: false,
    stillRing: true,
    enabled: true,
  }

  it('H-28 takes a company’s own rows by digit, and by name', () => {
    const reasons = reasonsOf({
      reasons: [
        { ...row, id: 'fika', digit: '3', text: { sv: 'är på fika' } },
        { ...row, id: 'lunch', digit: '9' },
      ],
    })
    expect(reasons.map(({ digit, id }) => digit + id)).toEqual([
      '0unavailable',
      '2meeting',
      '3fika',
      '4gone',
      '5travel',
      '6holiday',
      '7absent',
      '8training',
      '9lunch',
    ])
    expect(reasonWithDigit(reasons, '3')).toMatchObject({
      defaultEnd: { kind: 'minutes', minutes: 45 },
      stillRing: true,
      text: { sv: 'är på fika' },
    })
    for (const ends of ['open', 'endOfDay', 'nextScheduleStart']) {
      const [first] = reasonsOf({ reasons: [{ ...row, id: 'x', digit: '0', ends }] })
      expect(first?.defaultEnd).toEqual({ kind: ends })
    }
  })

  it('H-28 lays a person’s rows over the company’s, for that person alone', () => {
    const company = { reasons: [{ ...row, id: 'fika', digit: '3', text: { sv: 'är på fika' } }] }
    const person = {
      id: 'anna' as PersonId,
      reasons: [
        { ...row, id: 'jour', digit: '8', argument: 'none' as const, text: { sv: 'har jour' } },
        { ...row, id: 'fika', digit: '3', ends: '10 min' },
        { ...row, id: 'lunch', digit: '1', enabled: false },
      ],
    }
    const reasons = reasonsOf(company, person)
    expect(reasons.map(({ digit, id }) => digit + id)).toEqual([
      '0unavailable',
      '1lunch',
      '2meeting',
      '3fika',
      '4gone',
      '5travel',
      '6holiday',
      '7absent',
      '8jour',
      '9own',
    ])
    expect(reasonWithDigit(reasons, '1')).toBeUndefined()
    expect(reasonWithDigit(reasons, '8')).toMatchObject({ text: { sv: 'har jour' }, person: 'anna' })
    // The company's words, and its recording, with an end of the person's own.
    const fika = reasonWithDigit(reasons, '3')
    expect(fika).toMatchObject({ text: { sv: 'är på fika' }, defaultEnd: { kind: 'minutes', minutes: 10 } })
    expect(fika?.person).toBeUndefined()
    const colleague = reasonsOf(company, { id: 'bo' as PersonId, reasons: [] })
    expect(colleague).toEqual(reasonsOf(company))
    expect(reasonWithDigit(colleague, '8')?.id).toBe('training')
  })

  it('H-04 does not find a disabled reason by its digit, and still names it', () => {
    const reasons = reasonsOf({ reasons: [{ ...row, id: 'fika', digit: '3', enabled: false }] })
    expect(reasonWithDigit(reasons, '3')).toBeUndefined()
    expect(reasonNamed(reasons, 'fika').digit).toBe('3')
    expect(reasonNamed(reasons, 'removed-long-ago').id).toBe('unavailable')
    expect(key('3', { ...standard, reasons })).toBe('unknownReason')
    expect(key('x')).toBe('unknownReason')
  })
})

describe('keyed digits', () => {
  it('H-02 reads a time, a date, and both', () => {
    expect(key('1*1300')).toEqual({ reason: 'lunch', until: at('2026-11-23 13:00'), returnForm: 'time' })
    expect(key('6*1201')).toEqual({ reason: 'holiday', until: at('2026-12-01 00:00'), returnForm: 'date' })
    expect(key('6*0800*1201')).toEqual({
      reason: 'holiday',
      until: at('2026-12-01 08:00'),
      returnForm: 'dateTime',
    })
    expect(key('2*0930*1124')).toEqual({
      reason: 'meeting',
      until: at('2026-11-24 09:30'),
      returnForm: 'dateTime',
    })
    expect(key('6*0112', { ...standard, dateOrder: 'DDMM' }, monday)).toMatchObject({
      until: at('2026-12-01 00:00'),
    })
    expect(key('6**1201')).toMatchObject({ until: at('2026-12-01 00:00'), returnForm: 'date' })
  })

  it('H-03 reads the same digits as the reason says, never by guessing', () => {
    expect(key('1*1201')).toMatchObject({ until: at('2026-11-23 12:01'), returnForm: 'time' })
    expect(key('6*1201')).toMatchObject({ until: at('2026-12-01 00:00'), returnForm: 'date' })
  })

  it.each([
    ['1*130', 'askTime'],
    ['1*261201', 'askTime'],
    ['1*2560', 'noSuchTime'],
    ['1*1260', 'noSuchTime'],
    ['1*2400', 'noSuchTime'],
    ['6*1300', 'askDate'],
    ['6*24', 'askDate'],
    ['6*2499', 'noSuchDate'],
    ['6*0231', 'noSuchDate'],
    ['6', 'dateRequired'],
    ['6*2500*1201', 'noSuchTime'],
  ])('H-03 refuses %s with words: %s', (keys, why) => {
    expect(key(keys)).toBe(why)
  })

  it('H-03 tells a date keyed day first from a time that does not exist', () => {
    expect(key('1*2512', { ...standard, dateOrder: 'DDMM' })).toBe('askTime')
  })

  it('H-05 refuses a time already past today, and the very minute', () => {
    for (const reason of ['1', '2', '3']) {
      expect(key(`${reason}*1129`)).toBe('timePassed')
      expect(key(`${reason}*1130`)).toBe('timePassed')
      expect(key(`${reason}*1131`)).toMatchObject({ until: at('2026-11-23 11:31') })
    }
    expect(key('2*1100*1123')).toBe('timePassed')
  })

  it('H-05 takes a past time of "gone for the day" as the next working day', () => {
    const friday = at('2026-11-27 16:00')
    const monday8 = { reason: 'gone', until: at('2026-11-30 08:00'), returnForm: 'dateTime' }
    expect(key('4*0800', standard, friday)).toEqual(monday8)
    expect(key('4*0800', office, friday)).toEqual(monday8)
    const weekend = { ...standard, schedule: { sat: ['10:00-14:00'] } }
    expect(key('4*0800', weekend, friday)).toMatchObject({ until: at('2026-11-28 08:00') })
  })

  it('H-06 takes a date earlier than today as next year’s, at most 90 days ahead', () => {
    const newYearsEve = at('2026-12-31 12:00')
    expect(key('6*0110', standard, newYearsEve)).toMatchObject({ until: at('2027-01-10 00:00') })
    expect(key('6*0331', standard, newYearsEve)).toMatchObject({ until: at('2027-03-31 00:00') })
    expect(key('6*0401', standard, newYearsEve)).toBe('datePassed')
    expect(key('6*1122')).toBe('datePassed')
    expect(key('6*1123')).toBe('datePassed')
    expect(key('6*1800*1123')).toMatchObject({ until: at('2026-11-23 18:00') })
    expect(key('6*1124')).toMatchObject({ until: at('2026-11-24 00:00') })
  })

  it('H-07 refuses 29 February in a common year', () => {
    expect(key('6*0229', standard, at('2026-01-15 12:00'))).toBe('noSuchDate')
    expect(key('6*0229', standard, at('2026-12-20 12:00'))).toBe('noSuchDate')
    expect(key('6*0229', standard, at('2027-12-20 12:00'))).toMatchObject({ until: at('2028-02-29 00:00') })
    expect(key('6*0229', standard, at('2028-01-15 12:00'))).toMatchObject({ until: at('2028-02-29 00:00') })
  })

  it('H-26 ends a keyed time at the second 02:30 of the autumn night, and at 03:00 in spring', () => {
    const autumn = Date.parse('2026-10-25T00:45:00Z')
    expect(key('1*0230', standard, autumn)).toMatchObject({ until: Date.parse('2026-10-25T01:30:00Z') })
    const spring = Date.parse('2026-03-29T00:30:00Z')
    expect(key('1*0230', standard, spring)).toMatchObject({ until: Date.parse('2026-03-29T01:00:00Z') })
  })

  it('ends an absence without a keyed return as the table says, and does not speak a length nobody stated', () => {
    expect(key('0')).toEqual({ reason: 'unavailable' })
    expect(key('1')).toEqual({ reason: 'lunch', until: monday + 3_600_000 })
    expect(key('3')).toEqual({ reason: 'out', until: monday + 1_800_000 })
    expect(key('8')).toEqual({ reason: 'training', until: at('2026-11-24 00:00') })
    expect(key('7')).toEqual({ reason: 'absent' })
  })

  it('brings "gone for the day" back at the next start of the schedule, not after lunch', () => {
    const split = { ...office, schedule: { mon: ['08:00-12:00', '13:00-17:00'], tue: ['09:00-17:00'] } }
    expect(key('4', split)).toEqual({
      reason: 'gone',
      until: at('2026-11-24 09:00'),
      returnForm: 'dateTime',
    })
    expect(key('4', split, at('2026-11-23 02:00'))).toMatchObject({ until: at('2026-11-23 08:00') })
    expect(key('4', standard, at('2026-11-27 15:00'))).toEqual({
      reason: 'gone',
      until: at('2026-11-30 00:00'),
      returnForm: 'date',
    })
  })

  it('takes a number, and a time after it, for a reason that says so', () => {
    const own = reasonsOf({
      reasons: [
        {
          id: 'own',
          digit: '9',
          argument: 'number',
          required: true,
          ends: 'open',
          pastMeansNextDay: false,
          sensitive: false,
          stillRing: false,
          enabled: true,
        },
      ],
    })
    const numbers = { ...standard, reasons: own }
    expect(key('9*104', numbers)).toEqual({ reason: 'own', number: '104' })
    expect(key('9*104*1500', numbers)).toEqual({
      reason: 'own',
      number: '104',
      until: at('2026-11-23 15:00'),
      returnForm: 'time',
    })
    expect(key('9', numbers)).toBe('numberRequired')
    expect(key('9*0', numbers)).toBe('noSuchNumber')
  })

  it('refuses anything after a reason that takes nothing', () => {
    const reasons = defaultReasons.map((reason) => ({ ...reason, argument: 'none' as const }))
    expect(key('1*1300', { ...standard, reasons })).toBe('reasonOnly')
    expect(key('1', { ...standard, reasons })).toMatchObject({ reason: 'lunch' })
  })

  it('never throws, and never sets an absence that is already over', () => {
    const digits = fc.oneof(
      fc.option(fc.stringMatching(/^[0-9]{4}$/), { nil: undefined }),
      fc.stringMatching(/^[0-9*#]{0,12}$/),
      fc.string(),
    )
    fc.assert(
      fc.property(
        fc.oneof(fc.stringMatching(/^[0-9]$/), fc.string()),
        digits,
        digits,
        fc.integer({ min: at('2020-01-01 00:00'), max: at('2050-01-01 00:00') }),
        fc.constantFrom(standard, office, { ...standard, dateOrder: 'DDMM' as const, zone: 'Europe/Berlin' }),
        (reason, first, second, now, rules) => {
          const read = readSetCode({ reason, first, second }, rules, now)
          if ('ok' in read && read.ok.until !== undefined) expect(read.ok.until).toBeGreaterThan(now)
        },
      ),
      { numRuns: 10_000 },
    )
  })
})
