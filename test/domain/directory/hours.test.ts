import { describe, expect, it } from 'vitest'
import { checkCompany } from '../../../src/domain/directory/check.js'
import { companySchema, type Company } from '../../../src/domain/directory/company.js'
import { pathText } from '../../../src/domain/directory/problem.js'
import { company, plain } from './sample.js'

const office = { mon: ['08:00-17:00'] }
const withHours = (over: object, more: object = {}): Company =>
  company({ hours: [{ id: 'kontor', week: office, ...over }], ...more })
const german = { country: 'DE', language: 'de', zone: 'Europe/Berlin' }

describe('hours in the company file', () => {
  it('O-01 to O-03 are taken', () => {
    const full = withHours({
      week: { mon: ['08:00-12:00', '13:00-17:00'], sat: ['22:00-06:00'] },
      holidays: { days: { julafton: 'closed', nyårsafton: ['08:00-12:00'], nationaldagen: 'usual' } },
      exceptions: [
        { date: '2026-12-23', open: ['08:00-12:00'] },
        { from: '2026-07-06', until: '2026-07-31', open: 'closed', note: 'semester' },
        { date: '2026-07-10', open: 'usual' },
      ],
    })
    expect(checkCompany(full)).toEqual([])
    expect(
      checkCompany(withHours({ holidays: { region: 'BY-A', days: { 'Heiliger Abend': 'closed' } } }, german)),
    ).toEqual([])
  })

  it.each([
    { week: { mon: ['8-17'] } },
    { week: { monday: [] } },
    { week: office, open: 'always' },
    { week: office, holidays: 'SE' },
    { week: office, holidays: { region: 'Bayern' } },
    { week: office, exceptions: [{ date: '24/12', open: 'closed' }] },
    { week: office, exceptions: [{ date: '2026-12-24' }] },
    { week: office, exceptions: [{ date: '2026-12-24', open: 'shut' }] },
    { week: office, exceptions: [{ date: '2026-12-24', open: ['25:00-26:00'] }] },
  ])('O-03 refuses the form %j', (hours) => {
    expect(companySchema.safeParse({ ...plain, hours: [{ id: 'kontor', ...hours }] }).success).toBe(false)
  })

  const wrong: readonly (readonly [what: string, company: Company, path: string, says: string])[] = [
    [
      'O-01 hours that begin when they end',
      withHours({ week: { mon: ['08:00-08:00'] } }),
      'hours[0].week.mon[0]',
      'never open',
    ],
    [
      'O-01 hours that overlap',
      withHours({ week: { mon: ['08:00-12:00', '11:00-13:00'] } }),
      'hours[0].week.mon[1]',
      'overlaps',
    ],
    [
      'O-03 a day the calendar lacks',
      withHours({ exceptions: [{ date: '2027-02-29', open: 'closed' }] }),
      'hours[0].exceptions[0].date',
      '2027-02-29 is not in the calendar',
    ],
    [
      'O-03 a range that ends before it begins',
      withHours({ exceptions: [{ from: '2026-07-31', until: '2026-07-06', open: 'closed' }] }),
      'hours[0].exceptions[0].until',
      'is before 2026-07-31',
    ],
    [
      'O-03 an exception without a date',
      withHours({ exceptions: [{ open: 'closed' }] }),
      'hours[0].exceptions[0]',
      'needs a date',
    ],
    [
      'O-03 an exception with half a range',
      withHours({ exceptions: [{ from: '2026-07-31', open: 'closed' }] }),
      'hours[0].exceptions[0]',
      'needs a date',
    ],
    [
      'O-03 an exception with date and range',
      withHours({ exceptions: [{ date: '2026-07-01', until: '2026-07-31', open: 'closed' }] }),
      'hours[0].exceptions[0]',
      'the one or the other',
    ],
    [
      'O-03 partly open, but never',
      withHours({ exceptions: [{ date: '2026-12-24', open: ['09:00-09:00'] }] }),
      'hours[0].exceptions[0].open[0]',
      'never open',
    ],
    [
      'O-03 two exceptions of which nobody knows which counts',
      withHours({
        exceptions: [
          { date: '2026-12-24', open: 'closed' },
          { date: '2026-12-24', open: 'usual' },
        ],
      }),
      'hours[0].exceptions[1]',
      'which of them is to count?',
    ],
    [
      'O-03 a holiday that does not exist',
      withHours({ holidays: { days: { tomtedagen: 'closed' } } }),
      'hours[0].holidays.days.tomtedagen',
      'there is no holiday "tomtedagen" here (there are: nyårsdagen',
    ],
    [
      'O-03 a half-day that is never open',
      withHours({ holidays: { days: { julafton: ['12:00-12:00'] } } }),
      'hours[0].holidays.days.julafton[0]',
      'never open',
    ],
    [
      'O-03 a Land that Sweden has not',
      withHours({ holidays: { region: 'BY' } }),
      'hours[0].holidays.region',
      'the same everywhere',
    ],
    [
      'O-03 a Land that does not exist',
      withHours({ holidays: { region: 'XX' } }, german),
      'hours[0].holidays.region',
      'there is no region "XX" in DE (there are: BB',
    ],
    [
      'O-03 a holiday of another country',
      withHours({ holidays: { days: { midsommarafton: 'closed' } } }, german),
      'hours[0].holidays.days.midsommarafton',
      'there is no holiday',
    ],
    [
      'hours named twice',
      company({
        hours: [
          { id: 'kontor', week: office },
          { id: 'kontor', week: office },
        ],
      }),
      'hours[1].id',
      'used twice',
    ],
  ]
  it.each(wrong)('refuses %s', (_what, of, path, says) => {
    const found = checkCompany(of).filter(({ severity }) => severity === 'error')
    expect(found.map((problem) => pathText(problem.path))).toEqual([path])
    expect(found[0]?.message).toContain(says)
  })

  it('O-01 hours that are never open can be applied, and are warned about', () => {
    expect(checkCompany(withHours({ week: {} }))).toEqual([
      expect.objectContaining({ severity: 'warning', path: ['hours', 0, 'week'] }),
    ])
  })
})
