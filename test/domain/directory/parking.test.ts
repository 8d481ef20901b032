import { describe, expect, it } from 'vitest'
import { checkCompany } from '../../../src/domain/directory/check.js'
import { companySchema, type Company } from '../../../src/domain/directory/company.js'
import { lintCompany } from '../../../src/domain/directory/lint.js'
import { pathText, type Problem } from '../../../src/domain/directory/problem.js'
import { parkSettings } from '../../../src/domain/parking/settings.js'
import { company, plain, withPerson } from './sample.js'

const shown = (problems: readonly Problem[]): readonly string[] =>
  problems.map(({ severity, path, message }) => `${severity} ${pathText(path)}: ${message}`)
const group = (over: object = {}) => ({
  id: 'lager',
  number: '1',
  name: 'Lagret',
  members: ['anna', 'erik'],
  ...over,
})
const withGroup = (over: object = {}, more: object = {}): Company =>
  company({ parkGroups: [group(over)], ...more })

describe('parking in the company file', () => {
  it('P-06 to P-10, P-18, P-19 have their standard values when nothing is written', () => {
    expect(company().parking).toEqual({
      recallSeconds: 45,
      plan: 'parker',
      alternateSeconds: 45,
      ringSeconds: 20,
      busySeconds: 10,
      rounds: 3,
      ceilingMinutes: 30,
      backupSeconds: 60,
      comfortSeconds: 0,
      music: 'default',
    })
    expect(company().parkGroups).toEqual([])
    expect(company().people.every((person) => person.parkable)).toBe(true)
  })
  it('P-22, P-28, P-31 a group lets everybody park and fetch and does not page, if nothing else is written', () => {
    expect(withGroup().parkGroups[0]).toMatchObject({ parkers: ['*'], fetchers: ['*'], paging: false })
    expect(shown(checkCompany(withGroup()))).toEqual([])
  })
  it.each([0, 30, 45, 600])('P-06 a recall after %i seconds is taken', (recallSeconds) => {
    expect(company({ parking: { recallSeconds } }).parking.recallSeconds).toBe(recallSeconds)
  })
  it.each([-1, 1, 29, 601, 45.5, '45'])('P-06 a recall after %s is refused', (recallSeconds) => {
    expect(companySchema.safeParse({ ...plain, parking: { recallSeconds } }).success).toBe(false)
  })
  it.each([
    { plan: 'nobody' },
    { alternate: 'anna' },
    { rounds: 11 },
    { ceilingMinutes: 0 },
    { comfortSeconds: 5 },
    { music: '../x' },
    { unknown: 1 },
  ])('refuses %j', (parking) => {
    expect(companySchema.safeParse({ ...plain, parking }).success).toBe(false)
    const parkGroups = [group({ parking })]
    expect(companySchema.safeParse({ ...plain, parkGroups }).success).toBe(false)
  })
  it.each(['', '1234567', '1a', '*'])('a group is not keyed as "%s"', (number) => {
    expect(companySchema.safeParse({ ...plain, parkGroups: [group({ number })] }).success).toBe(false)
  })

  it("P-28 a group's own values come before the company's, value by value", () => {
    const of = withGroup(
      { parking: { recallSeconds: 90, alternate: 'person:erik' } },
      { parking: { recallSeconds: 60, plan: 'parker-then-alternate', alternate: 'reception', rounds: 1 } },
    )
    expect(parkSettings(of)).toMatchObject({ recallSeconds: 60, alternate: 'reception' })
    expect(parkSettings(of, 'lager')).toMatchObject({
      recallSeconds: 90,
      plan: 'parker-then-alternate',
      alternate: 'person:erik',
      rounds: 1,
    })
    expect(parkSettings(of, of.parkGroups[0])).toEqual(parkSettings(of, 'lager'))
    // The group was removed while calls were parked in it: the company's values hold.
    expect(parkSettings(of, 'gone')).toEqual(of.parking)
  })

  const wrong: readonly (readonly [what: string, company: Company, path: string, says: string])[] = [
    ['a member nobody knows', withGroup({ members: ['nn'] }), 'parkGroups[0].members[0]', 'no person "nn"'],
    [
      'a member twice',
      withGroup({ members: ['anna', 'erik', 'anna'] }),
      'parkGroups[0].members[2]',
      'anna stands here twice',
    ],
    ['a parker nobody knows', withGroup({ parkers: ['nn'] }), 'parkGroups[0].parkers[0]', 'no person "nn"'],
    [
      'a fetcher nobody knows',
      withGroup({ fetchers: ['*', 'nn'] }),
      'parkGroups[0].fetchers[1]',
      'no person',
    ],
    [
      'a group named with a line break',
      withGroup({ name: 'a\nb' }),
      'parkGroups[0].name',
      'control character',
    ],
    [
      'two groups of one number',
      company({ parkGroups: [group(), group({ id: 'andra' })] }),
      'parkGroups[1].number',
      'the park group number 1 is used twice',
    ],
    [
      'two groups of one id',
      company({ parkGroups: [group(), group({ number: '2' })] }),
      'parkGroups[1].id',
      'used twice',
    ],
    [
      'P-08 a plan without the alternate',
      company({ parking: { plan: 'alternate' } }),
      'parking.plan',
      'needs somebody else to ring',
    ],
    [
      "P-08 a group's plan without an alternate",
      withGroup({ parking: { plan: 'parker-then-alternate' } }),
      'parkGroups[0].parking.plan',
      'needs somebody else to ring',
    ],
    [
      'P-10 an alternate that is nobody',
      company({ parking: { alternate: 'person:nn' } }),
      'parking.alternate',
      'no person "nn"',
    ],
    [
      'P-10 an alternate queue there is none of',
      withGroup({ parking: { alternate: 'queue:salj' } }),
      'parkGroups[0].parking.alternate',
      'no queue "salj"',
    ],
    [
      'P-10 an alternate that rejects',
      company({ parking: { alternate: 'reject' } }),
      'parking.alternate',
      'reaches nobody',
    ],
    [
      'P-10 an alternate that only announces',
      company({ parking: { alternate: 'announcement' } }),
      'parking.alternate',
      'reaches nobody',
    ],
    [
      'P-10 an alternate that is the service number',
      company({ serviceNumber: '+46846500409', parking: { alternate: 'number:+46846500409' } }),
      'parking.alternate',
      'nobody answers',
    ],
    [
      'P-10 an alternate outside without a trunk',
      company({ trunk: undefined, parking: { alternate: 'number:+46701740605' } }),
      'parking.alternate',
      'no trunk',
    ],
    [
      'P-08 an alternate that leads back to the only parker',
      withGroup({ parkers: ['maria'], parking: { plan: 'alternate', alternate: 'person:maria' } }),
      'parkGroups[0].parking.alternate',
      'leads back to maria',
    ],
  ]
  it.each(wrong)('refuses %s', (_what, of, path, says) => {
    const found = checkCompany(of).filter(({ severity }) => severity === 'error')
    expect(found.map((problem) => pathText(problem.path))).toEqual([path])
    expect(found[0]?.message).toContain(says)
  })

  it('P-28 a group without members can be applied, and is warned about', () => {
    expect(shown(checkCompany(withGroup({ members: [] })))).toEqual([])
    expect(shown(lintCompany(withGroup({ members: [] }))).join()).toContain(
      'warning parkGroups[0].members: the park group "lager" has no members',
    )
  })
  it('P-28 a group of people without telephones is warned about', () => {
    const of = withPerson(
      'erik',
      { devices: [], substitute: 'reception' },
      { parkGroups: [group({ members: ['erik'] })] },
    )
    expect(shown(lintCompany(of)).join()).toContain('nobody of the park group "lager" has a telephone')
  })
  it('P-03 a member on whom nothing can be parked is warned about', () => {
    const of = withPerson('erik', { parkable: false }, { parkGroups: [group()] })
    expect(shown(checkCompany(of))).toEqual([
      'warning parkGroups[0].members[1]: erik is not parkable, so no call is ever parked on their extension',
    ])
  })
  it('P-10 an alternate without a telephone is warned about', () => {
    const of = withPerson('erik', { devices: [] }, { parking: { alternate: 'person:erik' } })
    expect(shown(checkCompany(of)).join()).toContain('warning parking.alternate: erik has no telephone')
  })
})
