import { describe, expect, it } from 'vitest'
import type { DeviceName, Extension } from '../../src/domain/ids.js'
import { parkOperations } from '../../src/flows/park-operations.js'
import { officeFile } from '../support/office.js'
import { atEveryMoment, rings, talkTogether, until, untilThere } from './harness.js'
import { heldByRut, isParked, parkedOn101, placesAgree } from './parked.js'

const quick = { ...officeFile, parking: { recallSeconds: 30, rounds: 1 } }

describe('the app is killed at every step while two are after one parked call, and started again', () => {
  it('P-12 two fetch: at most one has the call, the other is not left in silence', async () => {
    await atEveryMoment(async (office) => {
      const caller = await parkedOn101(office)
      const both = [
        office.exchange.call('erik-bord', '*88*101#'),
        office.exchange.call('bo-bord', '*88*101#'),
      ] as const
      await until(office, () => caller.hears.length > 0, 60)
      await until(office, () => both.filter((leg) => leg.alive).length === 1, 60)
      expect(caller.hears).toEqual(both.filter((leg) => leg.alive))
      await office.pass(8)
      await placesAgree(office, caller)
    })
  })

  it('P-13 the parker answers the recall just as somebody fetches: one of the two has the call', async () => {
    await atEveryMoment(async (office) => {
      const caller = await parkedOn101(office)
      const back = await rings(office, 'rut-bord')
      const erik = office.exchange.call('erik-bord', '*88*101#')
      back.answer()
      await until(office, () => caller.hears.length > 0, 90)
      await until(office, () => !(erik.alive && office.exchange.talking('rut-bord').length > 0), 60)
      expect(caller.hears).toHaveLength(1)
      await office.pass(8)
      await placesAgree(office, caller)
    }, quick)
  })

  it('P-15 the caller hangs up just as the parker answers the recall: nobody is left in silence', async () => {
    await atEveryMoment(async (office) => {
      const caller = await parkedOn101(office)
      const back = await rings(office, 'rut-bord')
      back.answer()
      caller.hangUp()
      await until(office, () => office.exchange.talking('rut-bord').length === 0, 60)
      await office.pass(8)
      await placesAgree(office, caller)
    }, quick)
  })

  it('P-15 P-05 the caller hangs up just as they are parked: the place is free', async () => {
    await atEveryMoment(async (office) => {
      const { caller } = await heldByRut(office)
      const keyed = office.exchange.call('rut-bord', '*68*101#')
      caller.hangUp()
      await until(office, () => !keyed.alive, 60)
      await office.pass(8)
      await placesAgree(office, caller)
    })
  })

  it('P-17 who fetches hangs up before they are together: the call can be fetched by the next one', async () => {
    await atEveryMoment(async (office) => {
      const caller = await parkedOn101(office)
      office.exchange.call('erik-bord', '*88*101#').hangUp()
      await office.pass(15) // a claim of the dead app has lapsed
      if (!caller.alive) return // they were together already, and the talk is over (P-14)
      const bo = await office.dials('bo-bord', '*88*101#')
      await until(office, () => caller.hears.includes(bo), 30)
    })
  })
})

describe('the app is killed at every step of what else becomes of parked calls, and started again', () => {
  it('P-28 P-31 parked in a group that is paged, and fetched', async () => {
    const file = {
      ...officeFile,
      parkGroups: [{ id: 'salj', number: '1', name: 'Sälj', members: ['anna', 'bo'], paging: true }],
    }
    await atEveryMoment(async (office) => {
      office.exchange.register('bo-bord', { kind: 'answers', after: 500 })
      const { caller } = await heldByRut(office)
      await office.dials('rut-bord', '*58#')
      await until(office, () => isParked(caller), 20)
      await office.pass(8)
      const [record] = await office.memory.stores.parking.list(office.company.company)
      const erik = await office.dials('erik-bord', `*88*${record?.place ?? ''}#`)
      await until(office, () => caller.hears.includes(erik), 30)
      await until(office, () => office.exchange.talking('bo-bord').length === 0, 30)
    }, file)
  })

  it('P-03 P-02 b a blind transfer onto an occupied place rings the parker again', async () => {
    await atEveryMoment(async (office) => {
      const first = await parkedOn101(office)
      await until(office, () => office.exchange.talking('rut-bord').length === 0)
      const { caller, rut } = await heldByRut(office)
      await untilThere(office)
      rut.transfer('*68*101#')
      await until(office, () => office.exchange.ringing('rut-bord').length > 0, 30)
      const back = await rings(office, 'rut-bord')
      back.answer()
      await talkTogether(office, caller, back)
      expect(isParked(first)).toBe(true)
    })
  })

  it('P-09 P-10 nobody takes it: it goes on to where unanswered calls go', async () => {
    await atEveryMoment(async (office) => {
      const caller = await parkedOn101(office)
      await until(office, () => caller.sounds.some((sound) => sound.includes('Lämna ett meddelande')), 300)
      await placesAgree(office, caller)
    }, quick)
  })

  it('P-02 d parked and fetched by a program', async () => {
    await atEveryMoment(async (office) => {
      const { caller, rut } = await heldByRut(office)
      const device = 'rut-bord' as DeviceName
      const { company } = office.company
      const ask = <Answer>(run: () => Promise<Answer>): void => void run().catch(() => undefined)
      ask(() => parkOperations(office.deps).park(company, { kind: 'device', device }, { kind: 'own' }))
      await office.pass(8)
      if (!isParked(caller)) {
        // The app died before it had written anything: the program asks again.
        ask(() => parkOperations(office.deps).park(company, { kind: 'device', device }, { kind: 'own' }))
      }
      await until(office, () => isParked(caller) && !rut.alive, 30)
      const fetch = (): Promise<unknown> =>
        parkOperations(office.deps).fetch(company, '100' as Extension, 'bo-bord' as DeviceName)
      // When the app dies meanwhile the phone rings no more, or is hung up: the program asks again.
      for (let tries = 0; tries < 3 && caller.hears.length === 0; tries += 1) {
        ask(fetch)
        await office.pass(1)
        for (const bo of office.exchange.ringing('bo-bord')) bo.answer()
        await office.pass(25)
      }
      expect(caller.hears).toEqual(office.exchange.talking('bo-bord'))
      expect(caller.hears).toHaveLength(1)
    })
  })
})
