import { expect } from 'vitest'
import type { FakeLeg } from '../support/fake-exchange.js'
import type { Office } from '../support/office.js'

/** A caller from outside talks with Rut at the reception. */
export async function talkWithRut(
  office: Office,
): Promise<{ readonly caller: FakeLeg; readonly rut: FakeLeg }> {
  const caller = await office.outsideCalls('+46846500400')
  const rut = office.ring('rut-bord')
  rut.answer()
  await office.pass(1)
  expect(caller.hears).toEqual([rut])
  return { caller, rut }
}
