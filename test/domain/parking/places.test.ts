import { describe, expect, it } from 'vitest'
import type { Company, Person } from '../../../src/domain/directory/company.js'
import type { Extension, PersonId } from '../../../src/domain/ids.js'
import { mayFetch, mayPark, type MemberSituation, type ParkWish } from '../../../src/domain/parking/places.js'
import { company, plain, withPerson } from '../directory/sample.js'

const lager = { id: 'lager', number: '1', name: 'Lagret', members: ['erik', 'maria', 'anna'] }
const salj = {
  id: 'salj',
  number: '22',
  name: 'Sälj',
  members: ['anna'],
  parkers: ['maria'],
  fetchers: ['anna'],
}
const one = (more: object = {}): Company => company({ parkGroups: [lager], ...more })
const two = company({ parkGroups: [lager, salj] })
const who = (of: Company, id: string): Person => of.people.find((person) => person.id === id)!
const extension = (text: string): ParkWish => ({ kind: 'extension', extension: text as Extension })
const group = (number?: string): ParkWish => ({ kind: 'group', number })
const allThere = (): MemberSituation => ({ phones: 'some' })
const park = (
  of: Company,
  by: string,
  wish: ParkWish,
  situationOf: (person: PersonId) => MemberSituation = allThere,
) => mayPark(of, who(of, by), wish, situationOf)

describe('who may park where', () => {
  it('P-03 on an extension that exists, and on the own one', () => {
    expect(park(one(), 'maria', extension('101'))).toEqual({ kind: 'place', place: '101' })
    expect(park(one(), 'maria', { kind: 'own' })).toEqual({ kind: 'place', place: '100' })
  })
  it.each(['199', '', '10', '1', '790'])('P-03, P-23 extension "%s" does not exist (any more)', (text) => {
    expect(park(one({ serviceExtension: '790' }), 'maria', extension(text))).toEqual({
      refused: 'noSuchPlace',
    })
  })
  it('P-03 not on an extension that is not parkable, the own one included', () => {
    const of = withPerson('anna', { parkable: false })
    expect(park(of, 'maria', extension('101'))).toEqual({ refused: 'notParkable' })
    expect(park(of, 'anna', { kind: 'own' })).toEqual({ refused: 'notParkable' })
  })
  it('P-03 on somebody absent or without a phone: that is what it is for', () => {
    expect(park(one(), 'maria', extension('101'), () => ({ absent: {}, phones: 'none' }))).toHaveProperty(
      'place',
    )
  })

  it('P-28 the only group needs no number; of several one is named', () => {
    expect(park(one(), 'anna', group())).toMatchObject({ group: 'lager' })
    expect(park(two, 'anna', group())).toEqual({ refused: 'whichGroup' })
    expect(park(two, 'anna', group('1'))).toMatchObject({ group: 'lager' })
    expect(park(two, 'anna', group('2'))).toEqual({ refused: 'noSuchGroup' })
    expect(park(company(), 'anna', group())).toEqual({ refused: 'noSuchGroup' })
  })
  it('P-28 members in the order of the group', () => {
    expect(park(one(), 'anna', group())).toEqual({
      kind: 'group',
      group: 'lager',
      places: ['102', '100', '101'],
      order: ['102', '100', '101'],
    })
  })
  it('P-28 skips absent and unregistered members, whose turn stays known; an unknown registration is tried', () => {
    const situationOf = (person: PersonId): MemberSituation =>
      person === 'erik' ? { absent: {}, phones: 'some' } : { phones: person === 'maria' ? 'none' : 'unknown' }
    expect(park(one(), 'anna', group(), situationOf)).toMatchObject({
      places: ['101'],
      order: ['102', '100', '101'],
    })
  })
  it('P-28 leaves out members who can never be parked on', () => {
    const of = company({
      parkGroups: [lager],
      people: plain.people.map((each) =>
        each.id === 'erik'
          ? { ...each, parkable: false }
          : each.id === 'maria'
            ? { ...each, devices: [] }
            : each,
      ),
    })
    expect(park(of, 'anna', group())).toMatchObject({ places: ['101'], order: ['101'] })
  })
  it('P-28 nobody there, or no members: as if it were full', () => {
    expect(park(one(), 'anna', group(), () => ({ phones: 'none' }))).toEqual({ refused: 'groupFull' })
    expect(park(company({ parkGroups: [{ ...lager, members: [] }] }), 'anna', group())).toEqual({
      refused: 'groupFull',
    })
  })
  it('P-28 the parker must be allowed', () => {
    expect(park(two, 'anna', group('22'))).toEqual({ refused: 'notAllowed' })
    expect(park(two, 'maria', group('22'))).toMatchObject({ group: 'salj', places: ['101'] })
  })
})

describe('who may fetch', () => {
  it.each([
    ['anna', undefined, true],
    ['erik', 'lager', true],
    ['anna', 'salj', true],
    ['erik', 'salj', false],
    ['erik', 'removed meanwhile', true],
  ])('P-22 %s a call parked in %s: %s', (person, parkedIn, may) => {
    expect(mayFetch(two, person as PersonId, { group: parkedIn })).toBe(may)
  })
})
