import { describe, expect, it } from 'vitest'
import { openOffice } from './opened.js'
import { answers, callsQueue, keys, queueFile, rings, waits } from './queue-office.js'
import type { Office } from '../support/office.js'

const week = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, ['08:00-17:00']]))
const closedNow = 'Vi har stängt. Lämna ett meddelande efter tonen.'

/** A Monday, some seconds before five o'clock; the queue closes at five. */
const beforeFive = (queue: object, seconds = 10): Promise<Office> =>
  openOffice(
    queueFile({ members: ['anna'], login: 'always', hours: 'kontor', ...queue }, [], {
      hours: [{ id: 'kontor', week }],
    }),
    new Date(Date.parse('2026-11-23T17:00:00+01:00') - seconds * 1000).toISOString(),
  )

/** Somebody calls who is not answered: Anna talks. */
async function callerBeforeFive(office: Office) {
  await office.dials('anna-bord', '102')
  const caller = await callsQueue(office)
  expect(waits(caller)).toBe(true)
  return caller
}

describe('a queue that closes', () => {
  it('O-01 O-05 whoever comes at 16:59:59.9 is answered after five, whoever comes at 17:00:00 hears that it is closed', async () => {
    const office = await beforeFive({})
    await office.pass(9.9)
    const early = await callsQueue(office)
    await office.pass(0.1)
    const late = await callsQueue(office)
    await office.pass(1)
    expect(late.sounds).toEqual([closedNow])
    expect(waits(early)).toBe(true)
    await office.pass(5)
    const anna = await answers(office, 'anna-bord')
    expect(early.hears).toEqual([anna])
  })

  it('O-06 drain: everybody who waits is answered, however late', async () => {
    const office = await beforeFive({ maxWaitSeconds: 600 })
    const caller = await callerBeforeFive(office)
    await office.pass(500)
    expect(waits(caller)).toBe(true)
  })

  it('O-06 drain-until: until then', async () => {
    const office = await beforeFive({
      closing: 'drain-until 2 min',
      maxWaitSeconds: 600,
      closed: ['voicemail'],
    })
    const caller = await callerBeforeFive(office)
    await office.pass(129)
    expect(waits(caller)).toBe(true)
    await office.pass(2)
    expect(caller.sounds).toContain(closedNow)
  })

  it('O-06 cut: at the stroke of five', async () => {
    const office = await beforeFive({ closing: 'cut' })
    const caller = await callerBeforeFive(office)
    await office.pass(9.5)
    expect(waits(caller)).toBe(true)
    await office.pass(1)
    expect(caller.sounds).toContain(closedNow)
    expect(rings(office, 'anna-bord')).toBe(false)
  })

  it('O-06 draining with nobody logged in any more: those who wait are told so, never silence', async () => {
    const office = await beforeFive({ login: 'code', maxWaitSeconds: 600 }, 60)
    expect(await keys(office, 'anna-bord', '*28*300#')).toContain('Inloggad i Support.')
    const caller = await callerBeforeFive(office)
    await office.pass(60)
    expect(waits(caller)).toBe(true)
    office.exchange.talking('anna-bord')[0]?.hangUp()
    office.exchange.ringing('anna-bord')[0]?.reject()
    for (const leg of office.exchange.legs.values()) if (leg.device === 'anna-bord') leg.hangUp()
    await keys(office, 'anna-bord', '#28*300#')
    await office.pass(2)
    expect(caller.sounds).toContain(closedNow)
    expect(caller.longestSilence).toBeLessThanOrEqual(2000)
  })

  it('O-06 Q-23 across a restart at closing time', async () => {
    const office = await beforeFive({ closing: 'cut' })
    const caller = await callerBeforeFive(office)
    office.kill()
    await office.clock.advance(15_000)
    await office.start()
    await office.pass(1)
    expect(caller.sounds).toContain(closedNow)
  })

  it('O-06 outside the hours calls go out to the answering service', async () => {
    const office = await beforeFive({ closed: ['number:+46855512345'] }, -60)
    const caller = await callsQueue(office)
    const out = office.ring('kontoret-trunk')
    expect(out.dialled).toBe('+46855512345')
    out.answer()
    await office.pass(1)
    expect(caller.hears).toEqual([out])
  })
})
