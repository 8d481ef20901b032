import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { careForFailures } from '../support/after-failure.js'
import { officeFile } from '../support/office.js'
import { parkDesk, type ParkDesk } from '../support/park-desk.js'
import type { Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import type { Heard } from '../support/phones/recording.js'
import type { Trunk } from '../support/phones/trunk.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import { firstHeardAt } from '../support/sound/ears.js'
import { matrix } from '../support/sound/matrix.js'

const MAIN = '+46846500400'
/** Ida has no phone and is therefore never parked on. */
const groups = [
  { id: 'salj', number: '1', name: 'Sälj', members: ['anna', 'erik', 'bo', 'ida'] },
  { id: 'lager', number: '2', name: 'Lager', members: ['bo', 'erik'], paging: true, fetchers: ['bo'] },
  { id: 'chefer', number: '3', name: 'Chefer', members: ['bo'], parkers: ['bo'] },
  { id: 'tom', number: '4', name: 'Tom', members: [] },
]

/** What is heard beside a tone: a notch takes it away, and little else. */
function withoutTone(heard: Heard, hertz: number): Heard {
  const [width, turn] = [0.98, 2 * Math.cos((2 * Math.PI * hertz) / heard.rate)]
  const samples = new Float32Array(heard.samples.length)
  const at = (of: Float32Array, index: number): number => of[index] ?? 0
  for (const index of samples.keys())
    samples[index] =
      at(heard.samples, index) -
      turn * at(heard.samples, index - 1) +
      at(heard.samples, index - 2) +
      width * turn * at(samples, index - 1) -
      width ** 2 * at(samples, index - 2)
  return { ...heard, samples }
}

let office: RealOffice
let desk: ParkDesk
let anna: Phone
let bo: Phone
let erik: Phone
let rut: Phone
let outside: Trunk

careForFailures(() => office)
beforeAll(async () => {
  office = await startRealOffice({ files: [{ ...officeFile, parkGroups: groups }] })
  ;[anna, bo, erik, rut, outside] = await Promise.all([
    office.phone('anna-bord', 900),
    office.phone('bo-bord', 1300),
    office.phone('erik-bord', 2100),
    office.phone('rut-bord', 1700),
    office.trunk(500),
  ])
  desk = parkDesk(office, outside)
})
afterEach(async () => {
  for (const phone of [anna, bo, erik, rut, outside])
    await Promise.all(phone.calls().map((call) => call.hangup().catch(() => undefined)))
  await office.noChannelsLeft()
  await office.tidy()
})
afterAll(() => office.stop())

/** Rut at the reception parks a caller by this code. */
const park = (code: string, place: string): Promise<Call> => desk.park(rut, MAIN, code, place)

/** Rut tries to park a caller by this code; she is told why it cannot be, and goes on talking. */
async function triesToPark(code: string, words: ReturnType<ParkDesk['words']>): Promise<void> {
  const { caller, atPhone } = await desk.talk(rut, MAIN)
  await atPhone.hold()
  await desk.refused(await desk.keys(rut, code), words)
  await caller.listen(1000) // the phone takes the call from hold by itself
  await desk.together(caller, rut, atPhone)
  await caller.hangup()
  await atPhone.closed()
}

describe('parking in a group, on real phones', () => {
  it('P-28 *58*GROUP#: the members in order after the last used, said to the parker; all full is refused', async () => {
    const first = await park('*58*1#', '101')
    const second = await park('*58*1#', '102')
    await first.hangup()
    const third = await park('*58*1#', '103') // not 101, which is free again
    const fourth = await park('*58*1#', '101')
    await triesToPark('*58*1#', desk.words('park/group-full'))
    for (const caller of [second, third, fourth]) expect(caller.isClosed()).toBe(false)
    const fetched = await desk.keys(bo, '*88#')
    await desk.together(third, bo, fetched)
  })

  it('P-28 P-03 members who are absent or have no phone that is registered are skipped', async () => {
    await office.away('anna', { reason: 'lunch' })
    await erik.unregister()
    const caller = await park('*58*1#', '103')
    await triesToPark('*58*1#', desk.words('park/group-full'))
    await erik.register()
    await caller.hangup()
  })

  it('P-28 P-03 of several groups one must be named; a group needs its permission, a number and members', async () => {
    await triesToPark('*58#', desk.words('park/not-parkable'))
    await triesToPark('*58*3#', desk.words('refuse/not-allowed'))
    await triesToPark('*58*9#', desk.words('refuse/no-such-number'))
    await triesToPark('*58*4#', desk.words('park/group-full'))
  })

  it('P-31 P-22 the group hears on its phones where the call is; only those may fetch it whom the group names', async () => {
    await bo.answerMode('auto')
    await erik.answerMode('auto')
    const caller = await park('*58*2#', '103')
    const pages = [await rings(bo), await rings(erik)]
    for (const page of pages) {
      expect(page.header('Call-Info')).toMatch(/answer-after=0/)
      await desk.heard(page, desk.onPlace('park/page', '103'))
    }
    await bo.answerMode('manual')
    await erik.answerMode('manual')
    await desk.refused(await desk.keys(anna, '*88*103#'), desk.words('refuse/not-allowed'))
    const fetched = await desk.keys(bo, '*88#')
    await desk.together(caller, bo, fetched)
  })

  it('P-31 a phone on which somebody talks is not paged', async () => {
    const talking = await anna.dial('102')
    const atErik = await rings(erik)
    await atErik.accept()
    await talking.answered()
    const before = erik.calls().length
    const caller = await park('*58*2#', '102')
    const page = await rings(bo)
    await page.accept()
    await desk.heard(page, desk.onPlace('park/page', '102'))
    expect(erik.calls()).toHaveLength(before)
    const heard = await matrix({
      anna: { tone: anna.tone, listen: talking.listen },
      erik: { tone: erik.tone, listen: atErik.listen },
    })
    expect(heard).toEqual({ anna: ['erik'], erik: ['anna'] })
    await caller.hangup()
  })
})

describe('what cannot be parked or fetched, on real phones', () => {
  it('P-03 P-04 an occupied or unknown extension is refused in words, and the caller stays with the parker', async () => {
    const first = await park('*68*101#', '101')
    await triesToPark('*68*101#', desk.onPlace('park/occupied', '101'))
    expect(first.isClosed()).toBe(false)
    await triesToPark('*68*999#', desk.words('refuse/no-such-person'))
  })

  it('P-03 TN-4 transferred to what is no place: the call comes back to the parker, who sees it and hears the reject tone and why', async () => {
    const wrong = { '*68*999#': 'refuse-no-such-person', '*68*1': 'refuse-unknown-code' }
    for (const [code, words] of Object.entries(wrong)) {
      const { caller, atPhone } = await desk.talk(rut, MAIN)
      await atPhone.transfer(code)
      const back = await rings(rut)
      expect(back.peer.name).toMatch(/^Åter:/)
      expect(back.header('Alert-Info')).toMatch(/Bellcore-dr3/)
      await back.accept()
      await expect
        .poll(() => firstHeardAt(back.heard(), 425), { timeout: 10_000, interval: 250 })
        .toBeGreaterThanOrEqual(0)
      // Beside the caller, who hears nothing of it.
      const told = (call: Call): Promise<readonly string[]> =>
        office.lines.heardOf(withoutTone(call.heard(), outside.tone), 'sv', ['refuse'], 0.7)
      await expect.poll(() => told(back), { timeout: 30_000, interval: 500 }).toEqual([words])
      expect(await told(caller)).toEqual([])
      await desk.together(caller, rut, back)
      await caller.hangup()
      await back.closed()
      await atPhone.closed()
    }
  })

  it('P-02 P-22 nothing on hold, nothing on one’s own place or another: the reject tone and why', async () => {
    await desk.refused(await desk.keys(rut, '*68*101#'), desk.words('park/nothing-to-park'))
    await desk.refused(await desk.keys(anna, '*88#'), desk.onPlace('park/nothing-on', '101'))
    await desk.refused(await desk.keys(anna, '*88*103#'), desk.onPlace('park/nothing-on', '103'))
  })

  it('P-23 an extension that is deleted while a call is parked there lives until it is empty', async () => {
    const caller = await park('*68*103#', '103')
    const file = join(office.exchange.places.directory, 'kontoret.yaml')
    const company = parse(readFileSync(file, 'utf8')) as typeof officeFile
    const people = company.people.filter(({ id }) => id !== 'bo')
    const parkGroups = [{ id: 'salj', number: '1', name: 'Sälj', members: ['anna', 'erik'] }]
    writeFileSync(file, stringify({ ...company, people, parkGroups }))
    await office.vaxel('apply', file)
    const fetched = await desk.keys(anna, '*88*103#')
    await desk.together(caller, anna, fetched)
    await caller.hangup()
    await fetched.closed()
    await triesToPark('*68*103#', desk.words('refuse/no-such-person'))
    const again = await park('#58', '101') // the only group that is left
    await again.hangup()
  })
})
