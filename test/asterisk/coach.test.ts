import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { careForFailures } from '../support/after-failure.js'
import type { Call } from '../support/phones/call.js'
import { startTalkOffice, whoHears, type TalkOffice } from '../support/talk-office.js'
import { loudness, tones, UNHEARD_BELOW } from '../support/sound/ears.js'
import { readWav } from '../support/sound/wav.js'

const annasNumber = '+46846500401'

/** -60 dB below the talk, which comes through at 0.3 of full scale. */
const inaudible = 0.3 / 1000

/** Everything Anna says is recorded, at any hour; nobody is told, so that nothing but the talk is heard. */
const allDay = ['00:00-24:00']
const recorded = {
  hours: [
    {
      id: 'jamt',
      week: { mon: allDay, tue: allDay, wed: allDay, thu: allDay, fri: allDay, sat: allDay, sun: allDay },
    },
  ],
  recording: { licence: true, people: ['anna'], hours: 'jamt', consent: 'silent' },
}

describe('a coach on a real exchange', () => {
  let at: TalkOffice

  beforeAll(async () => {
    at = await startTalkOffice(recorded)
  })
  afterEach(async () => {
    await at.clear()
  })
  careForFailures(() => at.office)
  afterAll(async () => {
    if (process.env['SHOW_LOGS']) console.log(at.office.exchange.logs(300))
    await at.office.stop()
  })

  async function coached(): Promise<{ readonly caller: Call; readonly agent: Call; readonly coach: Call }> {
    const { caller, agent } = await at.talkWith(at.anna, annasNumber)
    await agent.keys('*4103#')
    const coach = await at.ringsAt(at.bo)
    expect(coach.display().name).toBe('Coachning: Anna Andersson')
    await coach.accept()
    await coach.listen(1500)
    await coach.key('1')
    await agent.listen(1500) // the beep, and the ear
    return { caller, agent, coach }
  }

  /** How loud each phone is in the recording that was begun last, from its first word to its last. */
  async function heardInLastRecording(): Promise<Readonly<Record<number, number>>> {
    await at.office.noChannelsLeft(30_000)
    const lines = (await at.office.vaxel('recordings', '--json')).trim().split('\n')
    const last = JSON.parse(lines.at(-1) ?? '') as { readonly person: string; readonly file: string }
    expect(last.person).toBe('anna')
    const { samples } = readWav(last.file)
    return tones(samples, [at.outside.tone, at.anna.tone, at.bo.tone])
  }

  const matrixOf = ({ caller, agent, coach }: Record<'caller' | 'agent' | 'coach', Call>) =>
    whoHears({ caller: [caller, at.outside], agent: [agent, at.anna], coach: [coach, at.bo] })
  const whispering = { caller: ['agent'], agent: ['caller', 'coach'], coach: ['caller', 'agent'] }

  it('C-02 C-03 the customer hears nothing of the coach from the invitation on: below -60 dB beside the talk', async () => {
    const { caller, agent } = await at.talkWith(at.anna, annasNumber)
    const secret = [at.bo.tone, 1400, 425]
    // A-law alone makes something of each from the agent's own tone (about 0.0005): it is measured before anybody is invited.
    const floor = tones((await caller.listen(3000)).samples, secret)
    const heard = caller.listen(9000)
    await agent.keys('*4103#')
    const coach = await at.ringsAt(at.bo)
    await coach.accept()
    await coach.listen(1500)
    await coach.key('1')
    await agent.listen(1500)
    expect(await matrixOf({ caller, agent, coach })).toEqual(whispering)
    // 1300 Hz is the coach; 1400 and 425 Hz are the beeps and tones that only the agent may hear.
    const levels = tones((await heard).samples, [at.anna.tone, ...secret])
    expect(levels[at.anna.tone]).toBeGreaterThan(0.2)
    for (const tone of secret) expect(levels[tone]).toBeLessThan((floor[tone] ?? 0) + inaudible)
  })

  it('C-10 C-11 the keys of a coach reach nobody; dropped, the talk goes on', async () => {
    const { caller, agent, coach } = await coached()
    await coach.keys('789')
    await agent.keys('12')
    await at.outside.hearsDigits('12')
    expect(at.outside.digitsHeard().endsWith('12')).toBe(true)
    expect(at.outside.digitsHeard()).not.toMatch(/[789]/)
    await agent.keys('*6')
    await coach.closed()
    expect(await whoHears({ caller: [caller, at.outside], agent: [agent, at.anna] })).toEqual({
      caller: ['agent'],
      agent: ['caller'],
    })
  })

  it('C-06 the agent leaves: the coach is never with the customer', async () => {
    const { caller, agent, coach } = await coached()
    await agent.hangup()
    await caller.closed()
    const said = await coach.listen(1500)
    expect(tones(said.samples, [at.outside.tone])[at.outside.tone]).toBeLessThan(0.005)
    await coach.closed()
  })

  it('C-07 the customer hangs up: agent and coach still hear each other', async () => {
    const { caller, agent, coach } = await coached()
    await caller.hangup()
    await agent.listen(3500) // the tone and the words
    expect(await whoHears({ agent: [agent, at.anna], coach: [coach, at.bo] })).toEqual({
      agent: ['coach'],
      coach: ['agent'],
    })
  })

  it('C-12 with permission and an announcement the coach is heard by all', async () => {
    const { caller, agent, coach } = await coached()
    await coach.keys('*5')
    await agent.listen(4500) // the announcement
    expect(await matrixOf({ caller, agent, coach })).toEqual({
      caller: ['agent', 'coach'],
      agent: ['caller', 'coach'],
      coach: ['caller', 'agent'],
    })
  })

  it('C-03 C-04 I-19 O-14 O-15 Växel is killed while a coach whispers and the talk is recorded: both go on, and the verbs work after', async () => {
    const { vaxel } = at.office.exchange
    const people = await coached()
    await vaxel.kill()
    expect(await matrixOf(people)).toEqual(whispering)
    await vaxel.start()
    expect(await matrixOf(people)).toEqual(whispering)
    const { caller, agent, coach } = people
    await agent.keys('*6')
    await coach.closed()
    expect(await whoHears({ caller: [caller, at.outside], agent: [agent, at.anna] })).toEqual({
      caller: ['agent'],
      agent: ['caller'],
    })
    await agent.hold()
    await caller.listen(500)
    expect(loudness((await caller.listen(1500)).samples)).toBeGreaterThan(0.005) // music
    await agent.resume()
    await caller.listen(1000)
    await caller.hangup()
    await agent.closed()
    const inIt = await heardInLastRecording()
    for (const { tone } of [at.outside, at.anna]) expect(inIt[tone]).toBeGreaterThan(0.1)
    expect(inIt[at.bo.tone]).toBeLessThan(UNHEARD_BELOW)
  })
})
