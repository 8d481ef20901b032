import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CompanyId } from '../../src/domain/ids.js'
import { careForFailures } from '../support/after-failure.js'
import { officeFile } from '../support/office.js'
import { parkDesk, type ParkDesk } from '../support/park-desk.js'
import type { Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import type { Trunk } from '../support/phones/trunk.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import { silences } from '../support/sound/ears.js'
import { matrix } from '../support/sound/matrix.js'

const MAIN = '+46846500400'
const ANNA = '+46846500401'

let office: RealOffice
let desk: ParkDesk
let anna: Phone
let bo: Phone
let rut: Phone
let outside: Trunk

careForFailures(() => office)
beforeAll(async () => {
  office = await startRealOffice({ files: [{ ...officeFile, parking: { recallSeconds: 30 } }] })
  ;[anna, bo, rut, outside] = await Promise.all([
    office.phone('anna-bord', 900),
    office.phone('bo-bord', 1300),
    office.phone('rut-bord', 1700),
    office.trunk(500),
  ])
  desk = parkDesk(office, outside)
})
afterEach(async () => {
  for (const phone of [anna, bo, rut, outside])
    await Promise.all(phone.calls().map((call) => call.hangup().catch(() => undefined)))
  await office.noChannelsLeft()
})
afterAll(() => office.stop())

/** Which of these calls hears the caller; the caller hears exactly that one. */
async function whoHas(
  caller: Call,
  phones: Readonly<Record<string, { readonly phone: Phone; readonly call: Call }>>,
): Promise<string> {
  const heard = await matrix({
    outside: { tone: outside.tone, listen: caller.listen },
    ...Object.fromEntries(
      Object.entries(phones).map(([name, { phone, call }]) => [
        name,
        { tone: phone.tone, listen: call.listen },
      ]),
    ),
  })
  const [winner] = heard['outside'] ?? []
  expect(heard['outside']).toHaveLength(1)
  expect(Object.keys(phones).filter((name) => heard[name]?.includes('outside'))).toEqual([winner])
  return winner ?? ''
}

describe('two who are after one call or one place in the same moment, on real phones', () => {
  it('P-04 P-05 two park on one extension: one is told where, the other hears the reject tone and keeps the caller', async () => {
    const one = await desk.talk(anna, ANNA)
    const two = await desk.talk(rut, MAIN)
    await Promise.all([one.atPhone.hold(), two.atPhone.hold()])
    const [byAnna, byRut] = await Promise.all([desk.keys(anna, '*68*103#'), desk.keys(rut, '*68*103#')])
    await Promise.race([one.atPhone.closed(15_000), two.atPhone.closed(15_000)])
    const annaWon = one.atPhone.isClosed()
    const [winner, loser] = annaWon ? [byAnna, byRut] : [byRut, byAnna]
    await desk.heard(winner, desk.onPlace('park/parked-on', '103'))
    await desk.refused(loser, desk.onPlace('park/occupied', '103'))
    const [parked, kept] = annaWon ? [one, two] : [two, one]
    const music = await parked.caller.listen(3000)
    expect(silences(music.samples, { over: 2000 })).toEqual([])
    expect(parked.caller.isClosed()).toBe(false)
    expect(kept.atPhone.isClosed()).toBe(false)
    await kept.caller.listen(1000) // the phone takes the call from hold by itself
    await desk.together(kept.caller, annaWon ? rut : anna, kept.atPhone)
    await kept.caller.hangup() // both callers have the same tone
    await kept.atPhone.closed()
    await desk.together(parked.caller, bo, await desk.keys(bo, '*88#'))
  })

  it('P-13 the parker answers the recall just as somebody fetches: one has the caller, the other is told or rings no more', async () => {
    const caller = await desk.park(anna, ANNA, '*68*103#', '103')
    const recall = await anna.ringing(45_000)
    const [, fetching] = await Promise.all([
      recall.accept().catch(() => undefined),
      rut.dial('*88*103#').then(async (call) => {
        await call.answered()
        return call
      }),
    ])
    await caller.listen(1000)
    const winner = await whoHas(caller, {
      anna: { phone: anna, call: recall },
      rut: { phone: rut, call: fetching },
    })
    if (winner === 'anna') {
      await fetching.closed(15_000)
      const told = [desk.words('park/already-fetched'), desk.onPlace('park/nothing-on', '103')]
      await Promise.any(told.map((words) => office.lines.hear(fetching.heard(), 'sv', words)))
    } else await recall.closed(15_000)
    expect(await office.redis.stores.parking.list('kontoret' as CompanyId)).toEqual([])
  })

  it('P-15 P-16 the caller hangs up just as somebody fetches: they are told, and the place is free', async () => {
    const caller = await desk.park(anna, ANNA, '*68*103#', '103')
    const [, fetching] = await Promise.all([caller.hangup(), desk.keys(rut, '*88*103#')])
    await fetching.closed(20_000)
    const told = [desk.words('park/ended'), desk.onPlace('park/nothing-on', '103')]
    await Promise.any(told.map((words) => office.lines.hear(fetching.heard(), 'sv', words))).catch(
      // They were together for a moment: then it simply ends.
      () => expect(fetching.heard().packets).toBeLessThan(100),
    )
    await desk.park(anna, ANNA, '*68*103#', '103')
  })

  it('P-17 who fetches hangs up at once: the call is there for the next one', async () => {
    const caller = await desk.park(anna, ANNA, '*68*103#', '103')
    const gone = await rut.dial('*88*103#')
    await gone.hangup()
    if (caller.isClosed()) return // they were together already: that was a talk, and it is over (P-14)
    await caller.listen(500)
    if (!caller.isClosed()) await desk.together(caller, bo, await desk.keys(bo, '*88#'))
  })

  it('P-12 P-22 two fetch: one has the caller, the other hears that it was fetched', async () => {
    const caller = await desk.park(anna, ANNA, '*68*103#', '103')
    const [atBo, atRut] = await Promise.all([desk.keys(bo, '*88*103#'), desk.keys(rut, '*88*103#')])
    await caller.listen(1000)
    const winner = await whoHas(caller, { bo: { phone: bo, call: atBo }, rut: { phone: rut, call: atRut } })
    const loser = winner === 'bo' ? atRut : atBo
    await loser.closed(20_000)
    const told = [desk.words('park/already-fetched'), desk.onPlace('park/nothing-on', '103')]
    await Promise.any(told.map((words) => office.lines.hear(loser.heard(), 'sv', words)))
  })

  it('P-07 P-09 a parker who talks is not rung; the call rings them after they are done', async () => {
    const caller = await desk.park(anna, ANNA, '*68*103#', '103')
    const talking = await anna.dial('103')
    const atBo = await rings(bo)
    await atBo.accept()
    await talking.answered()
    await caller.listen(34_000)
    expect(anna.calls().filter((call) => call.direction === 'incoming' && !call.isClosed())).toEqual([])
    await talking.hangup()
    const recall = await anna.ringing(45_000)
    await recall.accept()
    await desk.together(caller, anna, recall)
  })
})
