import { chmodSync, statSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { careForFailures } from '../support/after-failure.js'
import { since, type Call } from '../support/phones/call.js'
import type { AudioMatrix } from '../support/sound/matrix.js'
import { startTalkOffice, untilTheyHear, type TalkOffice } from '../support/talk-office.js'
import { loudness, tones, UNHEARD_BELOW } from '../support/sound/ears.js'
import { readWav } from '../support/sound/wav.js'

const annasNumber = '+46846500401'

/** -60 dB below the talk, which comes through at 0.3 of full scale. */
const inaudible = 0.3 / 1000

/** Levels of the tones in each tenth of a second: where the talk's own tone is whole, and where it is cut. */
function inTenths(samples: Float32Array, own: number, secret: readonly number[]) {
  const whole: (readonly number[])[] = []
  const cut: (readonly number[])[] = []
  for (let from = 0; from + 800 <= samples.length; from += 800) {
    const levels = tones(samples.subarray(from, from + 800), [own, ...secret])
    const each = secret.map((tone) => levels[tone] ?? 0)
    if ((levels[own] ?? 0) > 0.295) whole.push(each)
    else cut.push(each)
  }
  return { whole, cut }
}

const meanOf = (tenths: readonly (readonly number[])[], index: number): number =>
  tenths.reduce((sum, levels) => sum + (levels[index] ?? 0), 0) / Math.max(1, tenths.length)

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

  type People = Readonly<Record<'caller' | 'agent' | 'coach', Call>>
  const all = ({ caller, agent, coach }: People, wanted: AudioMatrix): Promise<void> =>
    untilTheyHear({ caller: [caller, at.outside], agent: [agent, at.anna], coach: [coach, at.bo] }, wanted)
  const two = ({ caller, agent }: Omit<People, 'coach'>): Promise<void> =>
    untilTheyHear(
      { caller: [caller, at.outside], agent: [agent, at.anna] },
      { caller: ['agent'], agent: ['caller'] },
    )
  const whispering = { caller: ['agent'], agent: ['caller', 'coach'], coach: ['caller', 'agent'] }

  it('C-02 C-03 the customer hears nothing of the coach from the invitation on: below -60 dB beside the talk', async () => {
    const { caller, agent } = await at.talkWith(at.anna, annasNumber)
    // 1300 Hz is the coach; 1400 and 425 Hz are the beeps and tones that only the agent may hear.
    const secret = [at.bo.tone, 1400, 425]
    // A-law alone makes something of each from the agent's own tone (about 0.0005): it is measured before anybody is invited.
    const before = inTenths((await caller.listen(3000)).samples, at.anna.tone, secret)
    const invitedAt = Date.now()
    await agent.keys('*4103#')
    const coach = await at.ringsAt(at.bo)
    await coach.accept()
    await coach.listen(1500)
    await coach.key('1')
    await all({ caller, agent, coach }, whispering)
    const after = inTenths(since(caller.heard(), invitedAt).samples, at.anna.tone, secret)
    expect(after.whole.length).toBeGreaterThan(after.cut.length)
    for (const index of secret.keys())
      expect(meanOf(after.whole, index)).toBeLessThan(meanOf(before.whole, index) + inaudible)
    // Where a packet is late the cut itself sounds like a little of everything; a beep would be 0.1 and more.
    for (const levels of after.cut) expect(Math.max(...levels)).toBeLessThan(0.1)
  })

  /** Anna's program asks for it. */
  async function asks(verb: 'hold' | 'resume'): Promise<void> {
    const { exchange } = at.office
    const token = (await at.office.vaxel('token', 'kontoret')).trim().split(/\s+/).at(-1) ?? ''
    const url = `http://127.0.0.1:${String(exchange.ports.http)}/companies/kontoret/talks/${verb}`
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ person: 'anna' }) })
    expect([verb, answer.status]).toEqual([verb, 202])
  }

  const hasMusic = (call: Call): Promise<void> =>
    expect
      .poll(async () => loudness((await call.listen(1000)).samples), { timeout: 30_000 })
      .toBeGreaterThan(0.005)

  it('C-04 I-20 hold by either phone and by a program while a coach whispers: the customer has music, and hears the coach at no moment', async () => {
    const people = await coached()
    const { caller, agent } = people
    const apart = { caller: [], agent: ['coach'], coach: ['agent'] }
    await agent.hold()
    await all(people, { caller: [], agent: [], coach: [] })
    await hasMusic(caller)
    await agent.resume()
    await all(people, whispering)
    await caller.hold()
    await all(people, apart)
    await caller.resume()
    await all(people, whispering)
    await asks('hold')
    await all(people, apart)
    await hasMusic(caller)
    await asks('resume')
    await all(people, whispering)
    const heard = caller.heard().samples
    // The music has a little of everything: what counts is a tenth of a second in which the coach's tone stands out.
    const loudest = Array.from(
      { length: Math.floor(heard.length / 800) },
      (_, index) => tones(heard.subarray(index * 800, (index + 1) * 800), [at.bo.tone])[at.bo.tone] ?? 0,
    )
    expect(Math.max(...loudest)).toBeLessThan(0.03)
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
    await two({ caller, agent })
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
    await untilTheyHear(
      { agent: [agent, at.anna], coach: [coach, at.bo] },
      {
        agent: ['coach'],
        coach: ['agent'],
      },
    )
  })

  it('C-12 with permission and an announcement the coach is heard by all', async () => {
    const { caller, agent, coach } = await coached()
    await coach.keys('*5')
    await all(
      { caller, agent, coach },
      {
        caller: ['agent', 'coach'],
        agent: ['caller', 'coach'],
        coach: ['caller', 'agent'],
      },
    )
  })

  it('O-16 the disk takes no recording: the talk goes on with its verbs, and the log says so', async () => {
    const { said } = at.office.exchange
    const { mode } = statSync(said.recordings)
    chmodSync(said.recordings, 0o500)
    try {
      const people = await coached()
      await all(people, whispering)
      await people.agent.keys('*6')
      await people.coach.closed()
      await two(people)
    } finally {
      chmodSync(said.recordings, mode)
    }
    await expect
      .poll(() => at.office.exchange.logs(2000), { timeout: 30_000 })
      .toMatch(/a recording failed|a talk could not be recorded/)
  })

  it('C-03 C-04 I-19 O-14 O-15 M-05 Redis and Växel are killed while a coach whispers and the talk is recorded: both go on, and the verbs work after', async () => {
    const { vaxel, redis } = at.office.exchange
    const people = await coached()
    await redis.kill()
    await all(people, whispering)
    await redis.start()
    await vaxel.kill()
    await all(people, whispering)
    await vaxel.start()
    await all(people, whispering)
    const { caller, agent, coach } = people
    await agent.keys('*6')
    await coach.closed()
    await two({ caller, agent })
    await agent.hold()
    await hasMusic(caller)
    await agent.resume()
    await two(people)
    await caller.hangup()
    await agent.closed()
    const inIt = await heardInLastRecording()
    for (const { tone } of [at.outside, at.anna]) expect(inIt[tone]).toBeGreaterThan(0.1)
    expect(inIt[at.bo.tone]).toBeLessThan(UNHEARD_BELOW)
  })
})
