import { describe, expect, it } from 'vitest'
import { queueFile } from '../flows/queue-office.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import type { Office } from '../support/office.js'
import { answers, atEveryMoment, rings, talkTogether, until } from './harness.js'

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

  it('Q-06 two answer in one moment, and the one who has the caller hangs up: the other is not left in silence', async () => {
    await atEveryMoment(async (office) => {
      const caller = await office.outsideCalls(number)
      const [anna, bo] = [await rings(office, 'anna-bord'), await rings(office, 'bo-bord')]
      anna.answer()
      bo.answer()
      await office.pass(0.1)
      anna.hangUp()
      await until(office, () => !bo.alive || caller.hears.includes(bo), 20)
      caller.hangUp()
      await nothingKept(office)
    }, file())
  })

  it('Q-08 a second agent comes while one phone rings, and answers: the first stops', async () => {
    await atEveryMoment(async (office) => {
      office.exchange.unregister('bo-bord')
      const caller = await office.outsideCalls(number)
      await rings(office, 'anna-bord')
      office.exchange.register('bo-bord')
      const bo = await answeredAt(office, 'bo-bord', caller)
      expect(caller.hears).toEqual([bo])
      await until(office, () => office.exchange.ringing('anna-bord').length === 0, 30)
      await nothingKept(office)
      bo.hangUp()
      await until(office, () => !caller.alive)
    }, file())
  })

  it('Q-09 the first does not answer: the phone of the next one rings, who has the caller', async () => {
    await atEveryMoment(
      async (office) => {
        const caller = await office.outsideCalls(number)
        const anna = await rings(office, 'anna-bord')
        await until(office, () => !anna.alive, 40)
        const agents = ['anna-bord', 'bo-bord']
        await until(office, () => agents.some((device) => office.exchange.ringing(device).length > 0), 60)
        const device = agents.find((one) => office.exchange.ringing(one).length > 0) ?? ''
        await answeredAt(office, device, caller)
        await nothingKept(office)
        caller.hangUp()
      },
      file({ strategy: 'fixedOrder', ringSeconds: 10, maxWaitSeconds: 600 }),
    )
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

  /** The customer keys 2 and 1 as they are asked, and hangs up when they have heard enough. */
  async function asksToBeCalled(office: Office, caller: FakeLeg): Promise<void> {
    await until(office, () => waits(caller), 40)
    await answers(
      office,
      caller,
      [
        [/Tryck två för att bli uppringd/u, '2'],
        [/Tryck ett om numret stämmer/u, '1'],
      ],
      () => !caller.alive || caller.sounds.some((sound) => sound.includes('Du behåller din plats')),
    )
    caller.hangUp()
  }
  const visitsOf = async (office: Office) =>
    office.memory.stores.queueLog.visits(office.company.company, 'support', 0, Number.MAX_SAFE_INTEGER)

  it('Q-17 Q-23 a customer asks to be called back: one agent is called, then the customer once, then both talk', async () => {
    await atEveryMoment(
      async (office) => {
        office.exchange.unregister('anna-bord')
        const caller = await office.outsideCalls(number)
        await asksToBeCalled(office, caller)
        office.exchange.register('anna-bord')
        const anna = await rings(office, 'anna-bord')
        anna.answer()
        await until(office, () => office.exchange.ringing('kontoret-trunk').length > 0 || !anna.alive, 60)
        // Killed in the moment of the answer, the agent's leg may be released, and another is called.
        const agent = anna.alive ? anna : await rings(office, 'anna-bord')
        if (agent !== anna) agent.answer()
        const phone = await rings(office, 'kontoret-trunk')
        phone.answer()
        await talkTogether(office, agent, phone)
        await nothingKept(office)
        expect((await visitsOf(office)).map(({ end }) => end)).toEqual([
          { how: 'callback', result: 'talked' },
        ])
        phone.hangUp()
        await until(office, () => !agent.alive)
        await office.pass(15)
        expect(office.exchange.ringing('anna-bord')).toEqual([])
      },
      file({ members: ['anna'] }),
    )
  })

  it('Q-17 the customer calls in again: one place, one caller, nobody is called back', async () => {
    await atEveryMoment(
      async (office) => {
        office.exchange.unregister('anna-bord')
        await asksToBeCalled(office, await office.outsideCalls(number))
        const again = await office.outsideCalls(number)
        await until(office, () => waits(again), 40)
        await office.pass(8)
        const tickets = await office.memory.stores.queues.list(office.company.company)
        expect(tickets.map(({ call }) => call)).toEqual([again.id])
        office.exchange.register('anna-bord')
        await answeredAt(office, 'anna-bord', again)
        await office.pass(8)
        again.hangUp()
        await office.pass(15)
        expect(office.exchange.ringing('anna-bord')).toEqual([])
        const ends = (await visitsOf(office)).map(({ end }) =>
          end.how === 'callback' ? end.result : end.how,
        )
        expect([...ends].sort()).toEqual(['answered', 'calledAgain'])
      },
      file({ members: ['anna'], maxWaitSeconds: 600 }),
    )
  })

  it('Q-17 M-04 the customer does not answer: called again when it is due, never before, tried once more', async () => {
    await atEveryMoment(
      async (office) => {
        office.exchange.unregister('anna-bord')
        await asksToBeCalled(office, await office.outsideCalls(number))
        office.exchange.register('anna-bord')
        for (let tries = 0; tries < 2; tries += 1) {
          let agent = await rings(office, 'anna-bord')
          agent.answer()
          await until(office, () => office.exchange.ringing('kontoret-trunk').length > 0 || !agent.alive, 60)
          if (!agent.alive) {
            agent = await rings(office, 'anna-bord')
            agent.answer()
          }
          await rings(office, 'kontoret-trunk')
          await until(office, () => !agent.alive, 90)
          if (tries === 0) {
            await office.pass(45)
            expect(office.exchange.ringing('anna-bord')).toEqual([])
          }
        }
        await office.pass(12)
        await nothingKept(office)
        expect((await visitsOf(office)).map(({ end }) => end)).toEqual([
          { how: 'callback', result: 'noAnswer' },
        ])
      },
      file({ members: ['anna'], callbackMinutes: [1] }),
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
