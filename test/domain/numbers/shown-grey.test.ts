import { describe, expect, it } from 'vitest'
import { companySchema } from '../../../src/domain/directory/company.js'
import type { E164, Extension } from '../../../src/domain/ids.js'
import { greyed } from '../../../src/domain/numbers/grey.js'
import { sayable } from '../../../src/domain/numbers/sayable.js'
import { shownNumber, shownOnEmergency } from '../../../src/domain/numbers/shown.js'

const main = '+46812345600' as E164
const company = companySchema.parse({
  company: 'exempel',
  name: 'Exempel AB',
  language: 'sv',
  zone: 'Europe/Stockholm',
  country: 'SE',
  main,
  owned: ['+46812345650', '+46812345660'],
  reception: { people: ['anna'] },
  grey: { outgoing: ['+882', '00881', '+46 900'], incoming: ['+882'], except: ['+882 16', '+46900'] },
  roles: {
    saljare: { profile: { shows: 'own' } },
    tekniker: { profile: { shows: '+46812345650' } },
  },
  people: [
    {
      id: 'anna',
      name: 'Anna',
      extension: '101',
      numbers: ['+46812345601'],
      devices: [{ name: 'anna-desk' }, { name: 'anna-mobile', kind: 'mobile' }],
    },
    {
      id: 'sven',
      name: 'Sven säljare',
      extension: '102',
      role: 'saljare',
      numbers: ['+46701740602'],
      devices: [{ name: 'sven-mobile', kind: 'mobile' }],
    },
    {
      id: 'tove',
      name: 'Tove tekniker',
      extension: '103',
      role: 'tekniker',
      numbers: ['+46812345603'],
      devices: [{ name: 'tove-desk' }, { name: 'tove-odd', shows: '+46999999999' }],
    },
    { id: 'bo', name: 'Bo utan nummer', extension: '104', devices: [{ name: 'bo-desk' }] },
  ],
})
const asks = (person: string, device: string) => {
  const found = company.people.find((candidate) => candidate.id === person)
  return { person: found, device: found?.devices.find((candidate) => candidate.name === device) }
}

describe('O-10 the number shown', () => {
  it.each([
    ['a fixed phone shows the direct number', 'anna', 'anna-desk', '+46812345601'],
    ['a mobile shows the main number', 'anna', 'anna-mobile', main],
    ['a Säljare shows the personal mobile number', 'sven', 'sven-mobile', '+46701740602'],
    ["Teknisk service shows the team's number", 'tove', 'tove-desk', '+46812345650'],
    ['nobody without a number shows anything but main', 'bo', 'bo-desk', main],
  ])('O-10 %s', (_words, person, device, number) => {
    expect(shownNumber(company, asks(person, device))).toEqual({ number })
  })
  it('O-10 what was chosen for the call beats the queue, and the queue beats the profile', () => {
    const of = asks('tove', 'tove-desk')
    const queue = '+46812345660' as E164
    const chosen = '+46812345601' as E164
    expect(shownNumber(company, { ...of, queue }).number).toBe(queue)
    expect(shownNumber(company, { ...of, queue, chosen }).number).toBe(chosen)
  })
  it('O-10 a number the company does not own becomes the main number, with an alarm', () => {
    const alarmed = { number: main, alarm: 'shownNumberNotOwned' }
    expect(shownNumber(company, { chosen: '+46701111111' as E164 })).toEqual(alarmed)
    expect(shownNumber(company, asks('tove', 'tove-odd'))).toEqual(alarmed)
  })
  it('R-01 an emergency call shows the number of the place', () => {
    expect(shownOnEmergency(company)).toBe(main)
    const there = '+46812345999' as E164
    expect(shownOnEmergency({ ...company, emergencyShows: there })).toBe(there)
  })
})

describe('O-12 the grey list', () => {
  it.each([
    ['an ordinary number passes', '+46812345678', 'outgoing', false],
    ['a listed prefix is blocked', '+8829999999', 'outgoing', true],
    ['an entry written with 00 blocks too', '+8815555555', 'outgoing', true],
    ['a longer exception lets through', '+8821655555', 'outgoing', false],
    ['of equally long ones the exception wins', '+46900123456', 'outgoing', false],
    ['callers are blocked by their own list', '+8829999999', 'incoming', true],
    ['a direction without the entry is open', '+8815555555', 'incoming', false],
  ] as const)('O-12 %s', (_words, number, direction, blocked) => {
    expect(greyed(company, number as E164, direction).blocked).toBe(blocked)
  })
  it('O-12 a longer block inside an exception blocks: the longest prefix decides', () => {
    const grey = { outgoing: ['+46', '+46900'], incoming: [], except: ['+469'] }
    expect(greyed({ ...company, grey }, '+46900123456' as E164, 'outgoing').blocked).toBe(true)
    expect(greyed({ ...company, grey }, '+46911123456' as E164, 'outgoing').blocked).toBe(false)
  })
  it('O-12 a lone plus blocks everything but the exceptions, an empty entry nothing', () => {
    const all = { outgoing: ['+'], incoming: ['', ' '], except: ['+46'] }
    expect(greyed({ ...company, grey: all }, '+4930123456' as E164, 'outgoing').blocked).toBe(true)
    expect(greyed({ ...company, grey: all }, '+46812345678' as E164, 'outgoing').blocked).toBe(false)
    expect(greyed({ ...company, grey: all }, '+46812345678' as E164, 'incoming').blocked).toBe(false)
  })
})

describe('O-10 how a number is written for people', () => {
  it.each([
    ['+46812345678', '08-123 456 78'],
    ['+49301234567', '+49 30 1234567'],
    ['101', '101'],
  ])('O-10 %s is %s', (number, written) => {
    expect(sayable(number as E164 | Extension, company)).toBe(written)
  })
})
