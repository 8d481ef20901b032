import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CompanyId } from '../../src/domain/ids.js'
import { officeFile } from '../support/office.js'
import { parkDesk, type ParkDesk } from '../support/park-desk.js'
import { careForFailures } from '../support/after-failure.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import { silences } from '../support/sound/ears.js'
import type { Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import type { Trunk } from '../support/phones/trunk.js'
import { matrix } from '../support/sound/matrix.js'

const ANNA = '+46846500401'

describe('parking on a real exchange', () => {
  let office: RealOffice
  let anna: Phone
  let bo: Phone
  let rut: Phone
  let outside: Trunk
  let desk: ParkDesk

  beforeAll(async () => {
    office = await startRealOffice({ files: [{ ...officeFile, parking: { recallSeconds: 30 } }] })
    anna = await office.phone('anna-bord', 900)
    bo = await office.phone('bo-bord', 1300)
    rut = await office.phone('rut-bord', 1700)
    outside = await office.trunk(500)
    desk = parkDesk(office, outside)
  })
  careForFailures(() => office)
  afterAll(async () => {
    if (process.env['SHOW_LOGS']) console.log(office.exchange.logs(300))
    await office.stop()
  })

  it('P-02 P-05 P-22 hold, park, fetch from another phone: sound both ways', async () => {
    const { caller, atPhone: atAnna } = await desk.talk(anna, ANNA)
    await atAnna.hold()
    const code = await anna.dial('*68*101#')
    await code.answered()
    await atAnna.closed()
    await code.closed()
    expect(caller.isClosed()).toBe(false)
    const fetched = await bo.dial('*88*101#')
    await fetched.answered()
    await desk.together(caller, bo, fetched)
    await caller.hangup()
    await fetched.closed()
  })

  it('P-02 b blind transfer to the code, fetched by the person', async () => {
    const { caller, atPhone: atAnna } = await desk.talk(anna, ANNA)
    await atAnna.transfer('*68*103#')
    await atAnna.closed()
    await caller.listen(1000)
    const fetched = await bo.dial('*88#')
    await fetched.answered()
    await desk.together(caller, bo, fetched)
    await caller.hangup()
    await fetched.closed()
    // Carried out, it is not left to be carried out once more.
    const untold = await office.exchange.rest('GET', '/asterisk/variable?variable=VAXEL_KEPT_untold')
    expect(untold.body).toMatchObject({ value: '' })
  })

  it('P-02 b P-32 I-20 blind transfer while Växel is dead: carried out as soon as it is back', async () => {
    const { vaxel } = office.exchange
    const { caller, atPhone: parking } = await desk.talk(anna, ANNA)
    await vaxel.kill()
    await parking.transfer('*68*103#')
    await parking.closed()
    await vaxel.start()
    const parked = (): Promise<readonly unknown[]> =>
      office.redis.stores.parking.list('kontoret' as CompanyId)
    await expect.poll(parked, { timeout: 20_000 }).toMatchObject([{ place: '103', parkedBy: 'anna' }])
    const music = await caller.listen(2000)
    expect(silences(music.samples.slice(2400), { over: 1000 })).toEqual([])
    const fetched = await bo.dial('*88#')
    await fetched.answered()
    await desk.together(caller, bo, fetched)

    await vaxel.kill()
    await fetched.transfer('101')
    await fetched.closed()
    await vaxel.start()
    const atAnna = await anna.ringing()
    await atAnna.accept()
    await desk.together(caller, anna, atAnna)
    await caller.hangup()
    await atAnna.closed()
  })

  /** A caller from outside is parked by Anna on an extension. */
  const parkedOn = (place: string): Promise<Call> => desk.park(anna, ANNA, `*68*${place}#`, place)

  it('P-30 a lamp burns while a call is parked, also across a restart of Växel, and its key fetches the call', async () => {
    const lamp = await office.lamp('bo-bord', 'park-kontoret-103')
    await lamp.shows('idle')
    const caller = await parkedOn('103')
    await lamp.shows('inUse')
    await office.exchange.vaxel.restart()
    expect(lamp.state()).toBe('inUse')
    const fetched = await bo.dial('park-kontoret-103')
    await fetched.answered()
    await lamp.shows('idle')
    await caller.hangup()
    await fetched.closed()
    await lamp.stop()
  })

  it('P-06 P-11 TN-4 it comes back to the parker, who sees and hears that it does, while the music goes on', async () => {
    const caller = await parkedOn('101')
    const back = await anna.ringing(40_000)
    expect(back.peer.name).toMatch(/^Åter:/)
    expect(back.header('Alert-Info')).toMatch(/Bellcore-dr3/)
    const music = await caller.listen(3000)
    expect(silences(music.samples.slice(2400), { over: 2000 })).toEqual([])
    await back.accept()
    await desk.together(caller, anna, back)
    await caller.hangup()
    await back.closed()
  })

  it('P-12 of two who fetch at once exactly one has the call, and the other is told', async () => {
    const caller = await parkedOn('101')
    const [one, two] = await Promise.all([bo.dial('*88*101#'), rut.dial('*88*101#')])
    await Promise.all([one.answered(), two.answered()])
    await caller.listen(1500)
    const heard = await matrix({
      outside: { tone: outside.tone, listen: caller.listen },
      bo: { tone: bo.tone, listen: one.listen },
      rut: { tone: rut.tone, listen: two.listen },
    })
    expect([['bo'], ['rut']]).toContainEqual(heard['outside'])
    await Promise.race([one.closed(15_000), two.closed(15_000)])
    await caller.hangup()
    await Promise.all([one.closed(15_000), two.closed(15_000)])
  })

  it('P-15 the caller hangs up: nothing is parked there any more', async () => {
    const caller = await parkedOn('101')
    await caller.hangup()
    const fetched = await bo.dial('*88*101#')
    await fetched.answered()
    await fetched.closed(15_000)
    expect(fetched.heard().packets).toBeGreaterThan(200)
  })

  it('P-32 Växel is killed: the parked caller keeps the music and can be fetched afterwards', async () => {
    const caller = await parkedOn('101')
    await office.exchange.vaxel.kill()
    const music = await caller.listen(3000)
    expect(silences(music.samples.slice(2400), { over: 2000 })).toEqual([])
    expect(caller.isClosed()).toBe(false)
    await office.exchange.vaxel.start()
    const fetched = await bo.dial('*88*101#')
    await fetched.answered()
    await desk.together(caller, bo, fetched)
    await caller.hangup()
    await fetched.closed()
  })

  it('P-15 P-32 P-34 the caller hangs up right after the next process has taken over: the place is free', async () => {
    const caller = await parkedOn('101')
    await office.exchange.vaxel.kill()
    await office.exchange.vaxel.start()
    await caller.hangup()
    const places = (): Promise<readonly unknown[]> =>
      office.redis.stores.parking.list('kontoret' as CompanyId)
    await expect.poll(places, { timeout: 60_000, interval: 250 }).toEqual([])
    await desk.refused(await desk.keys(bo, '*88*101#'), desk.onPlace('park/nothing-on', '101'))
  })

  it('P-02 d by the HTTP interface', async () => {
    const token = (await office.vaxel('token', 'kontoret')).trim().split(/\s+/).at(-1) ?? ''
    const api = `http://127.0.0.1:${String(office.exchange.ports.http)}/companies/kontoret/parked`
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const { caller, atPhone: atAnna } = await desk.talk(anna, ANNA)
    const parked = await fetch(api, {
      method: 'POST',
      headers,
      body: JSON.stringify({ device: 'anna-bord', place: '102' }),
    })
    expect(parked.status).toBeLessThan(300)
    await atAnna.closed()
    expect(JSON.stringify(await (await fetch(api, { headers })).json())).toContain('"102"')
    const fetching = await fetch(`${api}/102/fetch`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ device: 'bo-bord' }),
    })
    expect(fetching.status).toBeLessThan(300)
    const atBo = await rings(bo)
    await atBo.accept()
    await desk.together(caller, bo, atBo)
    expect((await fetch(api, { headers: { authorization: 'Bearer no' } })).status).toBe(401)
    await caller.hangup()
    await atBo.closed()
  })

  it('leaves no channel behind', () => office.noChannelsLeft())
})
