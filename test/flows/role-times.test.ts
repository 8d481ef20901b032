import { describe, expect, it } from 'vitest'
import { companySchema } from '../../src/domain/directory/company.js'
import { checkCompany } from '../../src/domain/directory/check.js'
import { officeFile, type Office } from '../support/office.js'
import { openOffice } from './opened.js'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri']
const lunch = { id: 'lunch', reason: 'lunch', days: weekdays, from: '12:00', to: '13:00' }
const schedule = Object.fromEntries(weekdays.map((day) => [day, ['08:00-17:00']]))

/** Bo is a technician: at lunch from twelve to one, gone for the day after five on weekdays. */
const file = (bo: object = {}) => ({
  ...officeFile,
  roles: { Tekniker: { schedule, recurring: [lunch] } },
  people: officeFile.people.map((person) =>
    person.id === 'bo' ? { ...person, numbers: ['+46846500403'], role: 'Tekniker', ...bo } : person,
  ),
})
const open = (at: string, bo?: object): Promise<Office> => openOffice(file(bo), `2026-11-23T${at}+01:00`)

/** What a caller meets now: Bo's phone rings, or the first words. */
async function meets(office: Office): Promise<string | undefined> {
  const caller = await office.outsideCalls('+46846500403')
  await office.pass(0.5)
  const met = office.exchange.ringing('bo-bord').length > 0 ? 'rings' : caller.sounds[0]
  caller.hangUp()
  await office.pass(2)
  return met
}

describe('absences by the time of day, written once for a role', () => {
  it.each([
    ['07:59:55', /är inte anträffbar och är åter klockan åtta/],
    ['08:00:00', /rings/],
    ['11:59:55', /rings/],
    ['12:00:00', /är på lunch och är åter klockan tretton/],
    ['13:00:00', /rings/],
    ['16:59:55', /rings/],
    ['17:00:00', /har gått för dagen och är åter i morgon klockan åtta/],
  ])('O-08 at %s on a Monday: %s', async (at, words) => {
    const office = await open(at)
    expect(await meets(office)).toMatch(words)
  })

  it('O-08 it begins and ends with the clock, without anybody doing anything', async () => {
    const office = await open('11:59:00')
    expect(await meets(office)).toBe('rings')
    await office.pass(60)
    expect(await meets(office)).toContain('är på lunch')
    await office.pass(3600)
    expect(await meets(office)).toBe('rings')
  })

  it('O-08 H-17 *#23# tells it, and #23# cancels it for today', async () => {
    const office = await open('12:10:00')
    const read = await office.dials('bo-bord', '*#23#')
    await office.pass(10)
    expect(read.sounds.join(' ')).toContain('lunch')
    await office.dials('bo-bord', '#23#')
    await office.pass(10)
    expect(await meets(office)).toBe('rings')
  })

  it('O-08 own hours and an own rule of the same name replace those of the role', async () => {
    const late = await open('12:10:00', { recurring: [{ ...lunch, from: '13:00', to: '14:00' }] })
    expect(await meets(late)).toBe('rings')
    const evening = await open('17:30:00', { schedule: { mon: ['10:00-20:00'] } })
    expect(await meets(evening)).toBe('rings')
  })

  it('O-08 H-05 "gone for the day" keyed goes by the hours of the role', async () => {
    const office = await open('15:00:00')
    await office.dials('bo-bord', '*23*4#')
    await office.pass(10)
    expect(await meets(office)).toMatch(/har gått för dagen och är åter i morgon klockan åtta/)
  })

  it.each([
    [
      'a reason that does not exist',
      { recurring: [{ ...lunch, reason: 'siesta' }] },
      'roles.Tekniker.recurring.0.reason',
    ],
    ['a rule that never holds', { recurring: [{ ...lunch, to: '12:00' }] }, 'roles.Tekniker.recurring.0.to'],
    ['two rules of one name', { recurring: [lunch, lunch] }, 'roles.Tekniker.recurring.1.id'],
    [
      'hours that overlap',
      { schedule: { mon: ['08:00-12:00', '11:00-17:00'] } },
      'roles.Tekniker.schedule.mon',
    ],
  ])('O-08 a role with %s is refused', (_what, role, path) => {
    const problems = checkCompany(companySchema.parse({ ...file(), roles: { Tekniker: role } }))
    const errors = problems
      .filter(({ severity }) => severity === 'error')
      .map((problem) => problem.path.join('.'))
    expect(errors.some((found) => found.startsWith(path))).toBe(true)
  })
})
