import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { careForFailures } from '../support/after-failure.js'
import { since, type Call } from '../support/phones/call.js'
import { firstHeardAt, loudness } from '../support/sound/ears.js'
import type { AudioMatrix } from '../support/sound/matrix.js'
import { startTalkOffice, untilTheyHear, type TalkOffice } from '../support/talk-office.js'

const annasNumber = '+46846500401'
const reception = '+46846500400'

describe('talks of three on a real exchange', () => {
  let at: TalkOffice

  beforeAll(async () => {
    at = await startTalkOffice()
  })
  afterEach(async () => {
    await at.clear()
  })
  careForFailures(() => at.office)
  afterAll(async () => {
    await at.office.stop()
  })

  async function invite(agent: Call): Promise<Call> {
    await agent.keys('*3103#')
    const invited = await at.ringsAt(at.bo)
    await invited.accept()
    return invited
  }

  /** Rut is the agent of those who are in private first. */
  const all = (
    [caller, agent, bo]: readonly [Call, Call, Call],
    wanted: AudioMatrix,
    phone = at.anna,
  ): Promise<void> =>
    untilTheyHear({ caller: [caller, at.outside], agent: [agent, phone], bo: [bo, at.bo] }, wanted)
  const three = { caller: ['agent', 'bo'], agent: ['caller', 'bo'], bo: ['caller', 'agent'] }
  const inPrivate = { caller: [], agent: ['bo'], bo: ['agent'] }

  const two = (caller: Call, agent: Call, phone = at.rut): Promise<void> =>
    untilTheyHear(
      { caller: [caller, at.outside], agent: [agent, phone] },
      { caller: ['agent'], agent: ['caller'] },
    )

  it('I-01 I-07 *3EXT# brings a third in: all hear one another; the inviter leaves, two go on', async () => {
    const { caller, agent } = await at.talkWith(at.anna, annasNumber)
    await agent.keys('*3103#')
    const bo = await at.ringsAt(at.bo)
    await two(caller, agent, at.anna)
    await bo.accept()
    await all([caller, agent, bo], three)
    await agent.hangup()
    await bo.displays((shown) => shown.number === '+46701740630')
    await untilTheyHear(
      { caller: [caller, at.outside], bo: [bo, at.bo] },
      {
        caller: ['bo'],
        bo: ['caller'],
      },
    )
    await caller.hangup()
    await bo.closed()
  })

  it('I-01 I-12 I-09 in private first, *5 together and apart, then back to two', async () => {
    const { caller, agent } = await at.talkWith(at.rut, reception)
    const bo = await invite(agent)
    await all([caller, agent, bo], inPrivate, at.rut)
    await agent.keys('*5')
    await all([caller, agent, bo], three, at.rut)
    await agent.keys('*5')
    await all([caller, agent, bo], inPrivate, at.rut)
    await bo.hangup()
    await two(caller, agent)
  })

  it('I-04 while it rings the customer has music and the inviter a ringing tone; the invited says no: the two talk', async () => {
    const { caller, agent } = await at.talkWith(at.rut, reception)
    await agent.keys('*3103#')
    const bo = await at.ringsAt(at.bo)
    const ringsFrom = Date.now()
    await untilTheyHear({ caller: [caller, at.outside], agent: [agent, at.rut] }, { caller: [], agent: [] })
    await expect
      .poll(async () => loudness((await caller.listen(1000)).samples), { timeout: 30_000 })
      .toBeGreaterThan(0.005)
    await expect
      .poll(() => firstHeardAt(since(agent.heard(), ringsFrom), 425, 0.05), { timeout: 30_000 })
      .toBeDefined()
    await bo.reject()
    await two(caller, agent)
  })

  it('I-06 the inviter hangs up while it rings: the customer rings back at the inviter', async () => {
    const { caller, agent } = await at.talkWith(at.rut, reception)
    await agent.keys('*3103#')
    const bo = await at.ringsAt(at.bo)
    await agent.hangup()
    await bo.closed()
    const back = await at.ringsAt(at.rut)
    await back.accept()
    await two(caller, back)
  })

  it('I-08 I-11 I-10 the customer leaves, two go on; the inviter takes the invited away', async () => {
    const { caller, agent } = await at.talkWith(at.anna, annasNumber)
    const bo = await invite(agent)
    await caller.hangup()
    await untilTheyHear(
      { agent: [agent, at.anna], bo: [bo, at.bo] },
      {
        agent: ['bo'],
        bo: ['agent'],
      },
    )
    await agent.hangup()
    await bo.closed()
  })

  it('I-22 codes reach nobody, other keys do', async () => {
    const { caller, agent } = await at.talkWith(at.anna, annasNumber)
    const before = at.outside.digitsHeard()
    await agent.keys('12')
    await at.outside.hearsDigits(`${before}12`)
    await agent.keys('*3999#')
    await agent.keys('#')
    await at.outside.hearsDigits(`${before}12#`)
    expect(at.outside.digitsHeard()).toBe(`${before}12#`)
    await caller.hangup()
  })

  it('G-06 I-20 a call on hold has music and comes back; the new call takes its place', async () => {
    const { caller, agent } = await at.talkWith(at.rut, reception)
    await agent.hold()
    const back = await at.ringsAt(at.rut)
    expect(back.header('Alert-Info')).toMatch(/Bellcore/)
    await back.accept()
    await agent.closed()
    await two(caller, back)
  })

  it('I-19 Växel is killed in each state: nobody is dropped, the sound goes on, and the verbs work after', async () => {
    const { vaxel } = at.office.exchange
    const { caller, agent } = await at.talkWith(at.rut, reception)
    await agent.keys('*3103#')
    const bo = await at.ringsAt(at.bo)
    await vaxel.kill()
    await vaxel.start()
    await bo.accept()
    await all([caller, agent, bo], inPrivate, at.rut)
    await vaxel.kill()
    await all([caller, agent, bo], inPrivate, at.rut)
    await vaxel.start()
    await agent.keys('*5')
    await all([caller, agent, bo], three, at.rut)
    await vaxel.kill()
    await all([caller, agent, bo], three, at.rut)
    await vaxel.start()
    await agent.keys('*6')
    await bo.closed()
    await two(caller, agent)
  })

  it('M-05 I-19 Redis is killed in each state: nobody is dropped, the sound goes on, and the verbs work, then and after', async () => {
    const { redis } = at.office.exchange
    const { caller, agent } = await at.talkWith(at.rut, reception)
    await agent.keys('*3103#')
    const bo = await at.ringsAt(at.bo)
    await redis.kill()
    await bo.accept()
    await all([caller, agent, bo], inPrivate, at.rut)
    await redis.start()
    await all([caller, agent, bo], inPrivate, at.rut)
    await redis.kill()
    await agent.keys('*5')
    await all([caller, agent, bo], three, at.rut)
    await redis.start()
    await agent.keys('*5')
    await all([caller, agent, bo], inPrivate, at.rut)
    await agent.hangup()
    await untilTheyHear({ caller: [caller, at.outside], bo: [bo, at.bo] }, { caller: ['bo'], bo: ['caller'] })
  })

  it('I-20 I-18 an attended transfer out of a talk of three: who was asked takes the place', async () => {
    const { caller, agent } = await at.talkWith(at.anna, annasNumber)
    const bo = await invite(agent)
    await all([caller, agent, bo], three)
    await agent.hold()
    await all([caller, agent, bo], { caller: ['bo'], agent: [], bo: ['caller'] })
    const asking = await at.anna.dial('100')
    const rut = await at.ringsAt(at.rut)
    await rut.accept()
    await asking.answered()
    expect(await agent.transferTo(asking)).toBe(202)
    await Promise.all([agent.closed(), asking.closed()])
    await all([caller, rut, bo], three, at.rut)
    await bo.hangup()
    await two(caller, rut)
    await rut.displays(({ number }) => number === '+46701740630')
    await caller.hangup()
    await rut.closed()
  })
})
