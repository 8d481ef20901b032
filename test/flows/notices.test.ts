import { describe, expect, it } from 'vitest'
import { mailboxOf } from '../../src/domain/directory/provision.js'
import type { Office } from '../support/office.js'
import { openOffice } from './opened.js'

const lamp = (office: Office) =>
  office.exchange.lamps.get(
    mailboxOf(
      office.company,
      office.company.people.find(({ id }) => id === 'anna')!,
    ),
  )

/** Bo, who may, keys something about Anna. */
async function boDials(office: Office, code: string): Promise<void> {
  await office.dials('bo-bord', code)
  await office.pass(5)
}

async function annaListens(office: Office, seconds = 30): Promise<readonly string[]> {
  const phone = await office.dials('anna-bord', '*98')
  await office.pass(seconds)
  if (phone.alive) phone.hangUp()
  return phone.sounds
}

describe('a person whose absence somebody else changed', () => {
  it('H-13 sees the lamp, hears who it was at *98, and then the lamp is dark', async () => {
    const office = await openOffice()
    expect(lamp(office)?.fresh ?? 0).toBe(0)
    await boDials(office, '*230*101*1*1300#')
    expect(lamp(office)).toEqual({ fresh: 1, heard: 0 })
    expect((await annaListens(office))[0]).toBe('Din hänvisning har ändrats av Bo Berg.')
    expect(lamp(office)).toEqual({ fresh: 0, heard: 0 })
    expect(await annaListens(office)).not.toContain('Din hänvisning har ändrats av Bo Berg.')
  })

  it('H-13 is told of a cancellation too, and of two changes by the same colleague once', async () => {
    const office = await openOffice()
    await boDials(office, '*230*101*1*1300#')
    await boDials(office, '#230*101#')
    expect(lamp(office)).toEqual({ fresh: 1, heard: 0 })
    expect(await annaListens(office)).toContain('Din hänvisning har ändrats av Bo Berg.')
  })

  it('H-13 who hangs up before it was said to its end keeps it', async () => {
    const office = await openOffice()
    await boDials(office, '*230*101*1*1300#')
    await annaListens(office, 0.1)
    expect(lamp(office)).toEqual({ fresh: 1, heard: 0 })
    expect((await annaListens(office))[0]).toBe('Din hänvisning har ändrats av Bo Berg.')
  })

  it('H-13 nobody is told of what they did themselves', async () => {
    const office = await openOffice()
    await office.dials('anna-bord', '*23*1*1300#')
    await office.pass(5)
    expect(lamp(office)?.fresh ?? 0).toBe(0)
  })
})
