import { describe, expect, it } from 'vitest'
import type { DeviceName, Extension } from '../../src/domain/ids.js'
import type { ParkWish } from '../../src/domain/parking/places.js'
import { parkOperations } from '../../src/flows/park-operations.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import { officeFile, type Office } from '../support/office.js'
import { openOffice } from './opened.js'
import { talkWithRut } from './talk-scenes.js'

/** Bo cannot be parked on; of the groups one is empty and one is not for Rut. */
const file = {
  ...officeFile,
  people: officeFile.people.map((person) => (person.id === 'bo' ? { ...person, parkable: false } : person)),
  parkGroups: [
    { id: 'full', number: '1', name: 'Full', members: ['anna'] },
    { id: 'empty', number: '2', name: 'Empty', members: [] },
    { id: 'others', number: '3', name: 'Others', members: ['anna'], parkers: ['bo'] },
    { id: 'away', number: '4', name: 'Away', members: ['ida'] },
  ],
}

const on = (extension: string): ParkWish => ({ kind: 'extension', extension: extension as Extension })
const group = (number?: string): ParkWish => ({ kind: 'group', number })

/** What was keyed, what Rut hears, and the same by a program. Somebody is parked on 101. */
const wrong: readonly (readonly [string, string, ParkWish, string])[] = [
  ['*68*101#', 'Det finns redan ett parkerat samtal på ett noll ett.', on('101'), 'occupied'],
  ['*68*999#', 'Anknytningen finns inte.', on('999'), 'noSuchPlace'],
  ['*68*103#', 'Det går inte att parkera där.', on('103'), 'notParkable'],
  ['*58*1#', 'Ingen ledig plats i gruppen.', group('1'), 'groupFull'],
  ['*58*2#', 'Ingen ledig plats i gruppen.', group('2'), 'groupFull'],
  ['*58*3#', 'Du saknar behörighet.', group('3'), 'notAllowed'],
  ['*58*4#', 'Ingen ledig plats i gruppen.', group('4'), 'groupFull'],
  ['*58*9#', 'Numret finns inte.', group('9'), 'noSuchGroup'],
  ['*58#', 'Det går inte att parkera där.', group(), 'whichGroup'],
]

/** Rut has parked somebody on 101 and talks with the next caller. */
async function second(office: Office): Promise<{ readonly caller: FakeLeg; readonly rut: FakeLeg }> {
  const first = await talkWithRut(office)
  first.rut.hold()
  await office.dials('rut-bord', '*68*101#')
  await office.pass(4)
  return talkWithRut(office)
}

const parkedPlaces = async (office: Office): Promise<readonly string[]> =>
  (await office.memory.stores.parking.list(office.company.company)).map(({ place }) => place)

describe('a call that cannot be parked stays with the parker', () => {
  it.each(wrong)('P-03 P-28 after hold, %s: the reject tone, and “%s”', async (code, words) => {
    const office = await openOffice(file)
    const { caller, rut } = await second(office)
    rut.hold()
    const keyed = await office.dials('rut-bord', code)
    await office.pass(8)
    expect(keyed.sounds).toEqual(['tone:congestion:se', words])
    expect(keyed.alive).toBe(false)
    expect(caller.hears).toEqual([rut])
    expect(await parkedPlaces(office)).toEqual(['101'])
  })

  it.each<readonly [string, string]>([
    ...wrong.map(([code, words]) => [code, words] as const),
    ['*68**101#', 'Okänd kod.'],
    ['*68*1', 'Okänd kod.'],
    ['*68#101#', 'Okänd kod.'],
    ['*99#', 'Okänd kod.'],
    ['#', 'Okänd kod.'],
    ['*88*101#', 'Okänd kod.'],
    ['9999', 'Anknytningen finns inte.'],
  ])('P-03 Q-24 TN-4 transferred to %s: comes back, and Rut hears “%s”', async (code, words) => {
    const office = await openOffice(file)
    const { caller, rut } = await second(office)
    rut.transfer(code)
    await office.pass(2)
    const back = office.ring('rut-bord')
    expect(back.display.name).toBe('Åter:')
    expect(back.headers['Alert-Info']).toMatch(/Bellcore/)
    back.answer()
    await office.pass(7)
    expect(back.sounds).toEqual(['tone:congestion:se', words])
    expect(caller.sounds).not.toContain(words)
    expect(caller.hears).toEqual([back])
    expect(back.hears).toEqual([caller])
    expect(await parkedPlaces(office)).toEqual(['101'])
  })

  it.each(wrong)('P-02 d P-03 by a program, %s: is told why (“%s”)', async (_code, _words, wish, why) => {
    const office = await openOffice(file)
    const { caller, rut } = await second(office)
    const device = 'rut-bord' as DeviceName
    const { company } = office.company
    const end = parkOperations(office.deps).park(company, { kind: 'device', device }, wish)
    await office.pass(1)
    expect(await end).toEqual({ refused: why })
    expect(caller.hears).toEqual([rut])
    expect(await parkedPlaces(office)).toEqual(['101'])
  })

  it('P-03 transferred onto a taken place by somebody who cannot be had any more: goes where their calls go', async () => {
    const office = await openOffice(file)
    const { caller, rut } = await second(office)
    rut.transfer('*68*101#')
    await office.pass(1)
    office.ring('rut-bord').reject()
    await office.pass(30)
    expect(caller.sounds.join(' ')).toMatch(/meddelande/)
  })
})
