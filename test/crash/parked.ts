import { expect } from 'vitest'
import type { FakeLeg } from '../support/fake-exchange.js'
import type { Office } from '../support/office.js'
import { rings, talkTogether, until } from './harness.js'

/** A caller talks with Anna, who holds. Unlike Rut she does not answer for the reception. */
export async function heldByAnna(
  office: Office,
): Promise<{ readonly caller: FakeLeg; readonly anna: FakeLeg }> {
  office.exchange.entersAhead = 'first'
  const caller = await office.outsideCalls('+46846500401')
  const anna = await rings(office, 'anna-bord')
  anna.answer()
  await talkTogether(office, caller, anna)
  anna.hold()
  return { caller, anna }
}

/** A caller talks with Rut, who holds. */
export async function heldByRut(
  office: Office,
): Promise<{ readonly caller: FakeLeg; readonly rut: FakeLeg }> {
  const { caller, rut } = await talksWithRut(office)
  rut.hold()
  return { caller, rut }
}

export async function talksWithRut(
  office: Office,
): Promise<{ readonly caller: FakeLeg; readonly rut: FakeLeg }> {
  office.exchange.entersAhead = 'first'
  const caller = await office.outsideCalls('+46846500400')
  const rut = await rings(office, 'rut-bord')
  rut.answer()
  await talkTogether(office, caller, rut)
  return { caller, rut }
}

export const isParked = (caller: FakeLeg): boolean => caller.room?.startsWith('park-') === true

export async function parkedOn101(office: Office): Promise<FakeLeg> {
  const { caller, rut } = await heldByRut(office)
  await office.dials('rut-bord', '*68*101#')
  await until(office, () => isParked(caller) && !rut.alive, 20)
  return caller
}

/** What the store says is what is so: one of these is parked on 101, or nothing is. */
export async function placesAgree(office: Office, ...callers: readonly FakeLeg[]): Promise<void> {
  const records = await office.memory.stores.parking.list(office.company.company)
  const there = callers.filter(isParked)
  expect(records.map(({ place, leg }) => [place, leg])).toEqual(there.map(({ id }) => ['101', id]))
}
