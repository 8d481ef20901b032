import { describe, expect, it } from 'vitest'
import { queueFile } from '../flows/queue-office.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import type { Office } from '../support/office.js'
import { atEveryMoment, rings, talkTogether, until } from './harness.js'

const number = '+46846500450'
const waits = (leg: FakeLeg): boolean => leg.room?.startsWith('queue-') === true

/** One queue whose agents need not log in, unless told otherwise. */
const file = (queue: object = {}): object =>
  queueFile({ login: 'always', members: ['anna', 'bo'], wrapUpSeconds: 0, firstSeconds: 5, ...queue })

/** No ticket, and the caller was written down once. */
async function nothingKept(office: Office): Promise<void> {
  await office.pass(8) // also if the app was dead just now
  const { company } = office.company
  expect(await office.memory.stores.queues.list(company)).toEqual([])
  const { queueLog } = office.memory.stores
  const visits = await queueLog.visits(company, 'support', 0, Number.MAX_SAFE_INTEGER)
  expect(visits.map(({ end }) => end.how)).toHaveLength(1)
}

/** Whoever answers meanwhile; phones may have stopped ringing and begun again. */
async function answeredAt(office: Office, device: string, caller: FakeLeg): Promise<FakeLeg> {
  const agent = await rings(office, device)
  agent.answer()
  await talkTogether(office, caller, agent)
  return agent
}

describe('the app is killed at every step while callers wait in queues, and started again', () => {
  it('Q-23 Q-07 a caller waits, an agent answers, both talk; the other phone stops', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls(number)
      const anna = await answeredAt(office, 'anna-bord', caller)
      await until(office, () => office.exchange.ringing('bo-bord').length === 0, 30)
      await nothingKept(office)
      anna.hangUp()
      await until(office, () => !caller.alive)
    }, file())
  })

  it('Q-23 Q-03 a caller waits and hears the place, until somebody is there', async () => {
    await atEveryMoment(
      async (office) => {
        office.exchange.unregister('anna-bord')
        const caller = await office.outsideCalls(number)
        await until(office, () => caller.sounds.some((sound) => sound.includes('Du står först i kön')), 60)
        office.exchange.register('anna-bord')
        const anna = await answeredAt(office, 'anna-bord', caller)
        expect(caller.longestSilence).toBeLessThanOrEqual(2000)
        caller.hangUp()
        await until(office, () => !anna.alive)
        await nothingKept(office)
      },
      file({ members: ['anna'] }),
    )
  })

  it('Q-05 the caller hangs up while phones ring: they stop, nothing is left', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls(number)
      await rings(office, 'anna-bord')
      caller.hangUp()
      await until(office, () => office.exchange.ringing('anna-bord').length === 0, 40)
      await nothingKept(office)
    }, file())
  })

  it('Q-06 two answer in one moment: one has the caller, the other is told or released', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls(number)
      const [anna, bo] = [await rings(office, 'anna-bord'), await rings(office, 'bo-bord')]
      anna.answer()
      bo.answer()
      await until(office, () => caller.hears.length === 1 && anna.alive !== bo.alive, 60)
      await nothingKept(office)
      caller.hangUp()
      await until(office, () => !anna.alive && !bo.alive)
    }, file())
  })

  it('Q-13 nobody answers: the caller goes on to the mailbox, never to a disconnect', async () => {
    await atEveryMoment(
      async (office) => {
        office.exchange.unregister('anna-bord')
        const caller = await office.outsideCalls(number)
        await until(office, () => caller.sounds.some((sound) => sound.includes('Lämna ett meddelande')), 60)
        await nothingKept(office)
        caller.hangUp()
      },
      file({ members: ['anna'], maxWaitSeconds: 10, overflow: ['voicemail'] }),
    )
  })

  it('Q-20 an agent logs in by code, and stays logged in', async () => {
    await atEveryMoment(
      async (office) => {
        const keyed = await office.dials('anna-bord', '*28*300#')
        await until(office, () => !keyed.alive, 60)
        const caller = await office.outsideCalls(number)
        await until(office, () => waits(caller), 30)
        const anna = await answeredAt(office, 'anna-bord', caller)
        anna.hangUp()
        await until(office, () => !caller.alive)
        await nothingKept(office)
      },
      file({ login: 'code', overflow: ['voicemail'] }),
    )
  })
})
