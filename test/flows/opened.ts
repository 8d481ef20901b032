import { afterEach, expect } from 'vitest'
import { Office } from '../support/office.js'

const opened: Office[] = []

/** An office with the app running. After the test everybody hangs up, and nothing may be left behind. */
export async function openOffice(file?: object | readonly object[], start?: string): Promise<Office> {
  const office = await new Office(file, start).start()
  opened.push(office)
  return office
}

/** Timers that run without any call: the sweep. */
const backgroundTimers = 1

/** Everybody has hung up: no leg, no room, no story, no timer is left; nothing failed; nobody sat in silence (G-08). */
export async function closeDown(office: Office): Promise<void> {
  office.exchange.listen()
  const silent = office.exchange.allLegs.filter((leg) => leg.longestSilence > 2_000)
  expect(silent.map((leg) => [leg.id, leg.device, leg.longestSilence, leg.sounds])).toEqual([])
  for (const leg of [...office.exchange.legs.values()]) leg.hangUp()
  await office.pass(6)
  expect([...office.exchange.legs.keys()]).toEqual([])
  expect(office.exchange.rooms).toEqual([])
  expect(office.switchboard.calls).toBe(0)
  expect(office.clock.pending).toBe(backgroundTimers)
  expect(office.faults).toEqual([])
}

afterEach(async () => {
  for (const office of opened.splice(0)) await closeDown(office)
})
