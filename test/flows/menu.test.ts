import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../src/domain/ids.js'
import { menuFile, mondayNoon, welcome } from './menu-office.js'
import { openOffice } from './opened.js'

const main = '+46846500400'
const rut = 'rut' as PersonId
const at = (time: string) => `2026-11-23T${time}Z`

describe('a menu of keys', () => {
  it('R-04 is said to whoever calls the number, and a key leads to a person at once, also while it is said', async () => {
    const office = await openOffice(menuFile, mondayNoon)
    const caller = await office.outsideCalls(main)
    await office.pass(0.5)
    expect(caller.sounds).toEqual([welcome])
    caller.press('1')
    await office.pass(0.5)
    const phone = office.ring('anna-bord')
    phone.answer()
    await office.pass(1)
    expect(caller.hears).toEqual([phone])
  })

  it('R-04 menus lead to menus and back', async () => {
    const office = await openOffice(menuFile, mondayNoon)
    const caller = await office.outsideCalls(main)
    await office.pass(0.5)
    caller.press('2')
    await office.pass(0.5)
    caller.press('9')
    await office.pass(0.5)
    caller.press('2')
    await office.pass(0.5)
    expect(caller.sounds.filter((sound) => sound === welcome)).toHaveLength(2)
    caller.press('1')
    await office.pass(0.5)
    office.ring('bo-bord')
  })

  it('R-04 whoever walks in circles is helped by the reception', async () => {
    const office = await openOffice(menuFile, mondayNoon)
    const caller = await office.outsideCalls(main)
    await office.pass(0.5)
    for (let presses = 0; presses < 10; presses += 1) {
      caller.press(presses % 2 === 0 ? '2' : '9')
      await office.pass(0.5)
    }
    office.ring('rut-bord')
  })

  it('R-04 without a key, after two wrong ones, and with 0 the reception rings', async () => {
    for (const keys of [[], ['5', '6'], ['5', '0'], ['0']]) {
      const office = await openOffice(menuFile, mondayNoon)
      const caller = await office.outsideCalls(main)
      for (const key of keys) {
        await office.pass(0.5)
        caller.press(key)
      }
      await office.pass(keys.length === 0 ? 20 : 1)
      expect(caller.sounds.some((sound) => sound.startsWith('Fel val'))).toBe(keys.includes('5'))
      office.ring('rut-bord')
    }
  })

  it('R-04 a colleague hears it in their own language', async () => {
    const people = menuFile.people.map((person) =>
      person.id === 'bo' ? { ...person, language: 'en' } : person,
    )
    const office = await openOffice({ ...menuFile, people }, mondayNoon)
    const bo = await office.dials('bo-bord', '08-46500400')
    await office.pass(0.5)
    expect(bo.sounds).toEqual(['Welcome. Press one for Anna, two for more.'])
    bo.press('2')
    await office.pass(0.5)
    // There are no English words: the company's language.
    expect(bo.sounds.at(-1)).toBe('Tryck ett för Bo, nio för att gå tillbaka.')
  })

  it('O-12 a key that leads outside to a number that became grey is not dialled: the reception rings', async () => {
    const office = await openOffice({ ...menuFile, grey: { outgoing: ['+467017'] } }, mondayNoon)
    const caller = await office.outsideCalls(main)
    await office.pass(0.5)
    caller.press('4')
    await office.pass(0.5)
    expect(office.exchange.ringing('kontoret-trunk')).toEqual([])
    office.ring('rut-bord')
  })
})

describe('a number and its hours', () => {
  it('O-01 leads to the one place until 16:59:59 and to the other from 17:00:00', async () => {
    const before = await openOffice(menuFile, at('15:59:59'))
    const early = await before.outsideCalls(main)
    await before.pass(0.1)
    expect(early.sounds).toEqual([welcome])
    const after = await openOffice(menuFile, at('16:00:00'))
    const late = await after.outsideCalls(main)
    await after.pass(0.1)
    expect(late.sounds).toEqual([
      'Vi har stängt. Tryck ett för att lämna ett meddelande, två för att bli uppringd.',
    ])
  })

  it('O-05 a caller in the menu at closing time belongs to the open period', async () => {
    const office = await openOffice(menuFile, at('15:59:58'))
    const caller = await office.outsideCalls(main)
    await office.pass(5)
    caller.press('3')
    await office.pass(0.5)
    office.ring('bo-bord')
  })

  it('O-05 also when the process is killed at closing time', async () => {
    const office = await openOffice(menuFile, at('15:59:58'))
    const caller = await office.outsideCalls(main)
    await office.pass(1)
    office.kill()
    await office.pass(3)
    await office.start()
    await office.pass(0.5)
    expect(caller.sounds.filter((sound) => sound === welcome)).toHaveLength(2)
    caller.press('3')
    await office.pass(0.5)
    office.ring('bo-bord')
  })

  it('O-17 closed: the caller is told so and leaves a message, which is stored and lights the lamp', async () => {
    const office = await openOffice(menuFile, at('16:00:00'))
    const caller = await office.outsideCalls('+46846500405')
    caller.speaksFor = 4
    await office.pass(1)
    expect(caller.sounds[0]).toMatch(/^Vi har stängt\. .*Rut Rask/)
    await office.pass(20)
    expect(await office.memory.stores.messages.list(office.company.company, rut)).toHaveLength(1)
    expect(caller.sounds.at(-1)).toBe('Tack. Ditt meddelande är sparat.')
    expect(office.exchange.lamps.get('100@kontoret')).toEqual({ fresh: 1, heard: 0 })
  })

  it('O-17 closed: a caller may ask to be called back', async () => {
    const office = await openOffice(menuFile, at('18:00:00'))
    const caller = await office.outsideCalls(main)
    await office.pass(1)
    caller.press('2')
    await office.pass(2)
    caller.press('1')
    await office.pass(15)
    expect(await office.memory.stores.callbacks.list(office.company.company, rut)).toHaveLength(1)
  })

  it('O-03 a public holiday is closed', async () => {
    const office = await openOffice(menuFile, '2027-01-06T11:00:00Z')
    const caller = await office.outsideCalls(main)
    await office.pass(0.1)
    expect(caller.sounds[0]).toMatch(/^Vi har stängt/)
  })

  it('O-04 what is set by hand counts from the next call, and ends by itself', async () => {
    const office = await openOffice(menuFile, mondayNoon)
    const now = office.clock.now()
    await office.deps.hours.change(office.company.company, (before) => ({
      ...before,
      set: [
        { id: 'x', kind: 'closed', from: now, until: now + 600_000, setBy: 'operator', means: 'console' },
      ],
    }))
    await office.pass(1)
    const closed = await office.outsideCalls(main)
    await office.pass(0.1)
    expect(closed.sounds[0]).toMatch(/^Vi har stängt/)
    closed.hangUp()
    await office.pass(600)
    const open = await office.outsideCalls(main)
    await office.pass(0.1)
    expect(open.sounds).toEqual([welcome])
  })

  it('R-09 hours that cannot be asked are open, with an alarm', async () => {
    const office = await openOffice({ ...menuFile, hours: [] }, at('20:00:00'))
    const caller = await office.outsideCalls(main)
    await office.pass(0.1)
    expect(caller.sounds).toEqual([welcome])
    const [call] = await office.memory.stores.traces.recent(office.company.company, 1)
    const trace =
      call === undefined ? [] : await office.memory.stores.traces.read(office.company.company, call)
    expect(trace.map(({ rule, result }) => `${rule} ${result}`)).toContain('R-09 alarm: badTarget')
    expect(office.faults.splice(0)).toMatchObject([{ message: 'a call could not be routed as intended' }])
  })
})
