import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AgentId, CallId } from '../../src/domain/ids.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import type { Office } from '../support/office.js'
import { StoreUnavailable } from '../../src/ports/stores.js'
import { closeDown } from './opened.js'
import { Office as AnOffice } from '../support/office.js'
import {
  answers,
  callsQueue,
  openQueues,
  queueFile,
  rings,
  ticketsOf,
  waits,
  whoRings,
} from './queue-office.js'

/** From now on the store takes so long to say whether the claim is won. */
function claimTakes(office: Office, milliseconds: number): void {
  office.memory.control.onCall = ({ method, moment }) =>
    method === 'claim' && moment === 'after'
      ? new Promise(
          (resolve) =>
            void office.clock.after(milliseconds, () => {
              resolve()
            }),
        )
      : undefined
}

/** Somebody of whom this process knows nothing has the caller, for ten seconds. */
const claimedElsewhere = (office: Office, caller: FakeLeg): Promise<unknown> => {
  const now = office.clock.now()
  const { company } = office.company
  return office.memory.stores.queues.claim(
    company,
    caller.id as string as CallId,
    'nina' as AgentId,
    now,
    now + 10_000,
  )
}

const visitsOf = async (office: Office): Promise<readonly string[]> => {
  const { queueLog } = office.memory.stores
  const visits = await queueLog.visits(office.company.company, 'support', 0, Number.MAX_SAFE_INTEGER)
  return visits.map(({ end }) => end.how)
}

const two = { login: 'always', members: ['anna', 'bo'], wrapUpSeconds: 0 }

describe('whoever answers first has the caller; the store is asked meanwhile', () => {
  it('Q-04 Q-06 a slow store keeps nobody waiting: both hear each other before it has said a word', async () => {
    const office = await openQueues(two)
    const caller = await callsQueue(office)
    const bo = office.ring('bo-bord')
    claimTakes(office, 600)
    const anna = await answers(office, 'anna-bord')
    expect([caller.hears, anna.hears]).toEqual([[anna], [caller]])
    expect(await ticketsOf(office)).toHaveLength(1)
    await office.pass(1)
    expect(bo.ended).toMatchObject({ end: 'answeredElsewhere' })
    expect([await ticketsOf(office), await visitsOf(office)]).toEqual([[], ['answered']])
    expect(caller.hears).toEqual([anna])
  })

  it('Q-06 M-10 the store says that another has the caller: the two part, the agent hears so, the caller waits on and is served', async () => {
    const office = await openQueues({ ...two, members: ['anna'] })
    const caller = await callsQueue(office)
    await claimedElsewhere(office, caller)
    claimTakes(office, 300)
    const anna = await answers(office, 'anna-bord')
    expect(caller.hears).toEqual([anna])
    await office.pass(0.5)
    expect([caller.hears, waits(caller)]).toEqual([[], true])
    await office.pass(3)
    expect(anna.sounds).toEqual(['Samtalet är taget.'])
    expect(anna.alive).toBe(false)
    expect([await visitsOf(office), (await ticketsOf(office)).length]).toEqual([[], 1])
    await office.pass(9) // M-10
    const again = await answers(office, 'anna-bord')
    await office.pass(1)
    expect(caller.hears).toEqual([again])
    expect(await visitsOf(office)).toEqual(['answered'])
    again.hangUp()
    await office.pass(1)
    expect(caller.alive).toBe(false)
  })

  it('Q-06 I-20 so does a colleague who has picked the call up', async () => {
    const office = await openQueues({ ...two, members: ['anna'] })
    const caller = await callsQueue(office)
    await claimedElsewhere(office, caller)
    claimTakes(office, 300)
    const erik = await office.dials('erik-bord', '*8*101#')
    await office.pass(4)
    expect(erik.sounds).toEqual(['Samtalet är taget.'])
    expect([erik.alive, waits(caller)]).toEqual([false, true])
    await office.pass(9)
    const served = await answers(office, 'anna-bord')
    expect(caller.hears).toEqual([served])
  })

  it('M-05 the store fails after the two have met: they talk on', async () => {
    const office = await openQueues(two)
    const caller = await callsQueue(office)
    office.memory.control.onCall = ({ method, moment }) => {
      if (method === 'claim' && moment === 'after') throw new StoreUnavailable('gone in that moment')
    }
    const anna = await answers(office, 'anna-bord')
    await office.pass(3)
    expect(caller.hears).toEqual([anna])
    expect(whoRings(office)).toEqual([])
    expect(await visitsOf(office)).toEqual(['answered'])
  })

  it('Q-05 Q-25 the caller hangs up before the store has spoken: the agent is free, and was the one who answered', async () => {
    const office = await openQueues(two)
    const caller = await callsQueue(office)
    claimTakes(office, 600)
    const anna = await answers(office, 'anna-bord')
    caller.hangUp()
    await office.pass(0.4)
    expect([anna.alive, rings(office, 'bo-bord')]).toEqual([false, false])
    expect([await ticketsOf(office), await visitsOf(office)]).toEqual([[], ['answered']])
    const next = await callsQueue(office)
    const served = await answers(office, 'anna-bord')
    expect(next.hears).toEqual([served])
  })

  it('Q-06 the agent hangs up before the store has spoken: the talk is over, nobody is left in silence', async () => {
    const office = await openQueues(two)
    const caller = await callsQueue(office)
    claimTakes(office, 600)
    const anna = await answers(office, 'anna-bord')
    anna.hangUp()
    await office.pass(1.5)
    expect([caller.alive, await visitsOf(office)]).toEqual([false, ['answered']])
  })

  it('Q-23 Q-06 whoever had the caller hangs up, and the app is killed: who answered as well hears so, and is not left in silence', async () => {
    const office = await openQueues(two)
    const caller = await callsQueue(office)
    claimTakes(office, 650)
    const [anna, bo] = [office.ring('anna-bord'), office.ring('bo-bord')]
    anna.answer()
    bo.answer()
    await office.pass(0.1)
    anna.hangUp()
    await office.pass(0.1)
    office.kill()
    await office.start()
    await office.pass(4)
    expect([caller.alive, bo.sounds, bo.alive]).toEqual([false, ['Samtalet är taget.'], false])
    expect(await visitsOf(office)).toEqual(['answered'])
  })

  it('Q-05 the caller hangs up in the moment of the answer: a colleague who picked the call up hears so', async () => {
    const office = await openQueues({ ...two, members: ['anna'] })
    const caller = await callsQueue(office)
    const erik = await office.dials('erik-bord', '*8*101#')
    caller.hangUp()
    await office.pass(5)
    expect([erik.alive, rings(office, 'anna-bord')]).toEqual([false, false])
    const next = await callsQueue(office)
    const served = await answers(office, 'anna-bord')
    expect(next.hears).toEqual([served])
  })

  it('Q-06 Q-07 Q-23 whatever comes in whatever order, nobody talks with two, nobody is lost, and each caller is written down once', async () => {
    const moment = fc.integer({ min: 0, max: 12 })
    const deed = fc.constantFrom(
      'anna answers',
      'bo answers',
      'anna leaves',
      'bo leaves',
      'caller leaves',
      'killed',
      'bo comes',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          claim: fc.constantFrom('quick', 'slow', 'slower', 'away', 'taken'),
          greeting: fc.boolean(),
          // Only one rings at first: that phone sits in the room of the talk.
          boIsLate: fc.boolean(),
          deeds: fc.array(fc.tuple(moment, deed), { maxLength: 7 }),
        }),
        async ({ claim, greeting, boIsLate, deeds }) => {
          const office = await new AnOffice(queueFile({ ...two, agentGreeting: greeting })).start()
          if (boIsLate) office.exchange.unregister('bo-bord')
          const caller = await callsQueue(office)
          if (claim === 'taken') await claimedElsewhere(office, caller)
          if (claim === 'away') office.memory.control.setUnavailable(true)
          if (claim === 'slow' || claim === 'slower') claimTakes(office, claim === 'slow' ? 150 : 650)
          const phones = (): readonly FakeLeg[] =>
            office.exchange.allLegs.filter(({ device }) => device === 'anna-bord' || device === 'bo-bord')
          const of = (name: string): FakeLeg | undefined =>
            phones().find(({ device, alive }) => alive && device === `${name}-bord`)
          for (let now = 0; now <= 12; now += 1) {
            for (const [, what] of deeds.filter(([at]) => at === now)) {
              const [who = '', verb] = what.split(' ')
              if (verb === 'answers' && of(who)?.state === 'ringing') of(who)?.answer()
              else if (who === 'caller' && caller.alive) caller.hangUp()
              else if (verb === 'leaves' && of(who)?.state === 'up') of(who)?.hangUp()
              else if (verb === 'comes') office.exchange.register('bo-bord')
              else if (who === 'killed') {
                office.kill()
                office.memory.control.setUnavailable(false) // whoever starts waits for the store
                await office.start()
              }
            }
            await office.pass(0.1)
            expect(caller.hears.length).toBeLessThanOrEqual(1)
            for (const { id, legs } of office.exchange.rooms)
              if (id.startsWith('talk-')) expect(legs.length).toBeLessThanOrEqual(2)
            expect(
              phones().filter(({ alive, hears }) => alive && hears.includes(caller)).length,
            ).toBeLessThanOrEqual(1)
          }
          office.memory.control.onCall = undefined
          office.memory.control.setUnavailable(false)
          // Whoever still waits is served.
          for (let tries = 0; tries < 60 && caller.alive && caller.hears.length === 0; tries += 1) {
            await office.pass(1)
            const ringing = phones().find(({ alive, state }) => alive && state === 'ringing')
            ringing?.answer()
          }
          await office.pass(4)
          if (caller.alive) expect(caller.hears).toHaveLength(1)
          caller.hangUp()
          await office.pass(40)
          expect(phones().filter(({ alive }) => alive)).toEqual([])
          // What could not be removed while the store was away is found at the next start.
          if (claim !== 'away') expect(await ticketsOf(office)).toEqual([])
          expect(await visitsOf(office)).toHaveLength(1)
          await closeDown(office)
        },
      ),
      { numRuns: 300 },
    )
  }, 120_000)
})
