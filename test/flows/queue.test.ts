import { describe, expect, it } from 'vitest'
import { answers, callsQueue, logIn, openQueues, ticketsOf, waits, whoRings } from './queue-office.js'

describe('a caller in a queue', () => {
  it('Q-06 Q-20 waits with music, the logged-in agents ring, the first who answers has the call', async () => {
    const office = await openQueues()
    await logIn(office, 'anna-bord', 'bo-bord')
    const caller = await callsQueue(office)
    expect(waits(caller)).toBe(true)
    expect(whoRings(office)).toEqual(['anna-bord', 'bo-bord'])
    expect(office.ring('bo-bord').display).toEqual({ name: 'Support', number: '+46701740630' })

    const anna = await answers(office, 'anna-bord')
    expect(caller.hears).toEqual([anna])
    expect(anna.hears).toEqual([caller])
    expect(whoRings(office)).toEqual([])
    expect(await ticketsOf(office)).toEqual([])
    expect(office.exchange.rooms.map(({ id }) => id)).toEqual([`talk-${caller.id}`])

    anna.hangUp()
    await office.pass(1)
    expect(caller.alive).toBe(false)
  })
})
