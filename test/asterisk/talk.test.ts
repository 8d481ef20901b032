import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { careForFailures } from '../support/after-failure.js'
import type { Call } from '../support/phones/call.js'
import { startTalkOffice, whoHears, type TalkOffice } from '../support/talk-office.js'

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
    if (process.env['SHOW_LOGS']) console.log(at.office.exchange.logs(300))
    await at.office.stop()
  })

  async function invite(agent: Call): Promise<Call> {
    await agent.keys('*3103#')
    const invited = await at.ringsAt(at.bo)
    await invited.accept()
    return invited
  }

  const all = (caller: Call, agent: Call, bo: Call, phone = at.anna) =>
    whoHears({ caller: [caller, at.outside], agent: [agent, phone], bo: [bo, at.bo] })
  const three = { caller: ['agent', 'bo'], agent: ['caller', 'bo'], bo: ['caller', 'agent'] }
  const inPrivate = { caller: [], agent: ['bo'], bo: ['agent'] }

  it('I-01 I-07 *3EXT# brings a third in: all hear one another; the inviter leaves, two go on', async () => {
    const { caller, agent } = await at.talkWith(at.anna, annasNumber)
    const bo = await invite(agent)
    expect(await all(caller, agent, bo)).toEqual(three)
    await agent.hangup()
    await bo.displays((shown) => shown.number === '+46701740630')
    expect(await whoHears({ caller: [caller, at.outside], bo: [bo, at.bo] })).toEqual({
      caller: ['bo'],
      bo: ['caller'],
    })
    await caller.hangup()
    await bo.closed()
  })

  it('I-01 I-12 I-09 in private first, *5 together and apart, then back to two', async () => {
    const { caller, agent } = await at.talkWith(at.rut, reception)
    const bo = await invite(agent)
    expect(await all(caller, agent, bo, at.rut)).toEqual(inPrivate)
    await agent.keys('*5')
    expect(await all(caller, agent, bo, at.rut)).toEqual(three)
    await agent.keys('*5')
    await agent.listen(1000) // the change itself; how much sound it takes is not looked at here
    expect(await all(caller, agent, bo, at.rut)).toEqual(inPrivate)
    await bo.hangup()
    expect(await whoHears({ caller: [caller, at.outside], agent: [agent, at.rut] })).toEqual({
      caller: ['agent'],
      agent: ['caller'],
    })
  })

  it('I-04 the invited says no: the customer is back, and hears nothing but music and the agent', async () => {
    const { caller, agent } = await at.talkWith(at.rut, reception)
    await agent.keys('*3103#')
    const bo = await at.ringsAt(at.bo)
    await bo.reject()
    expect(await whoHears({ caller: [caller, at.outside], agent: [agent, at.rut] })).toEqual({
      caller: ['agent'],
      agent: ['caller'],
    })
  })

  it('I-06 the inviter hangs up while it rings: the customer rings back at the inviter', async () => {
    const { caller, agent } = await at.talkWith(at.rut, reception)
    await agent.keys('*3103#')
    const bo = await at.ringsAt(at.bo)
    await agent.hangup()
    await bo.closed()
    const back = await at.ringsAt(at.rut)
    await back.accept()
    expect(await whoHears({ caller: [caller, at.outside], agent: [back, at.rut] })).toEqual({
      caller: ['agent'],
      agent: ['caller'],
    })
  })

  it('I-08 I-11 I-10 the customer leaves, two go on; the inviter takes the invited away', async () => {
    const { caller, agent } = await at.talkWith(at.anna, annasNumber)
    const bo = await invite(agent)
    await caller.hangup()
    await agent.listen(4000) // the tone and the words that the customer has left
    expect(await whoHears({ agent: [agent, at.anna], bo: [bo, at.bo] })).toEqual({
      agent: ['bo'],
      bo: ['agent'],
    })
    await agent.hangup()
    await bo.closed()
  })

  it('I-22 codes reach nobody, other keys do', async () => {
    const { caller, agent } = await at.talkWith(at.anna, annasNumber)
    await agent.keys('12')
    await at.outside.hearsDigits('12')
    await agent.keys('*3999#')
    await agent.keys('#')
    await at.outside.hearsDigits('12#')
    expect(at.outside.digitsHeard()).toBe('12#')
    await caller.hangup()
  })

  it('G-06 I-20 a call on hold has music and comes back; the new call takes its place', async () => {
    const { caller, agent } = await at.talkWith(at.rut, reception)
    await agent.hold()
    const back = await at.ringsAt(at.rut)
    expect(back.header('Alert-Info')).toMatch(/Bellcore/)
    await back.accept()
    await agent.closed()
    expect(await whoHears({ caller: [caller, at.outside], agent: [back, at.rut] })).toEqual({
      caller: ['agent'],
      agent: ['caller'],
    })
  })

  it('I-19 Växel is killed in each state: nobody is dropped, the sound goes on, and the verbs work after', async () => {
    const { vaxel } = at.office.exchange
    const { caller, agent } = await at.talkWith(at.rut, reception)
    await agent.keys('*3103#')
    const bo = await at.ringsAt(at.bo)
    await vaxel.kill()
    await vaxel.start()
    await bo.accept()
    expect(await all(caller, agent, bo, at.rut)).toEqual(inPrivate)
    await vaxel.kill()
    expect(await all(caller, agent, bo, at.rut)).toEqual(inPrivate)
    await vaxel.start()
    await agent.keys('*5')
    expect(await all(caller, agent, bo, at.rut)).toEqual(three)
    await vaxel.kill()
    expect(await all(caller, agent, bo, at.rut)).toEqual(three)
    await vaxel.start()
    await agent.keys('*6')
    await bo.closed()
    expect(await whoHears({ caller: [caller, at.outside], agent: [agent, at.rut] })).toEqual({
      caller: ['agent'],
      agent: ['caller'],
    })
  })
})
