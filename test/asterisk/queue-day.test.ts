import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parse, stringify } from 'yaml'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CompanyId, PersonId } from '../../src/domain/ids.js'
import { keysSentence } from '../../src/domain/queue/said.js'
import { joined, type Sentence } from '../../src/domain/speech/phrase.js'
import { say } from '../../src/domain/speech/tongue.js'
import { careForFailures } from '../support/after-failure.js'
import { hearEachOther, openLightDesk, shownAt, type LightDesk, type Line } from '../support/light/desk.js'
import { inTime } from '../support/light/in-time.js'
import { officeFile } from '../support/office.js'
import { since } from '../support/phones/call.js'
import { startRealOffice, type RealOffice } from '../support/real-office.js'
import { silences } from '../support/sound/ears.js'

const company = 'kontoret' as CompanyId
/** The byte of A-law that is no sound. */
const silence = 0xd5
/** Nobody transfers within the same few milliseconds in which they answer. */
const beforeTransfer = 500
const numbers = { anna: '+46846500401', support: '+46846500450', salj: '+46846500451', kvar: '+46846500452' }
const shown = '+46846500455'
const vip = '+46701740611'

const queue = {
  login: 'always',
  firstSeconds: 120,
  ringSeconds: 60,
  wrapUpSeconds: 0,
  noAnswers: 0,
  maxWaitSeconds: 600,
}
const support = {
  ...queue,
  id: 'support',
  name: 'Support',
  number: '300',
  numbers: [numbers.support],
  members: ['anna', 'bo'],
  shows: shown,
  mailbox: 'rut',
}
const file = {
  ...officeFile,
  owned: [shown],
  vip: [{ number: vip }],
  reasons: [{ digit: '3', id: 'out', argument: 'time', stillRing: true }],
  queues: [
    support,
    {
      ...queue,
      id: 'salj',
      name: 'Sälj',
      number: '301',
      numbers: [numbers.salj],
      members: ['anna'],
      order: 'priority',
      weight: 50,
      wrapUpSeconds: 600,
    },
    { ...queue, id: 'kvar', name: 'Kvar', number: '302', numbers: [numbers.kvar], members: ['anna'] },
    { ...queue, id: 'tom', name: 'Tom', number: '303', members: ['ida'], login: 'code' },
  ],
}

let office: RealOffice
let desk: LightDesk
let authorization = ''

careForFailures(() => office)
beforeAll(async () => {
  office = await startRealOffice({ files: [file] })
  desk = await openLightDesk(office, ['anna-bord', 'bo-bord', 'rut-bord'])
  const token = (await office.vaxel('token', company)).trim().split(/\s+/).at(-1) ?? ''
  authorization = `Bearer ${token}`
})
afterEach(async () => {
  await desk.clear()
  await office.noChannelsLeft(30_000)
  for (const verb of ['resume', 'endWrapUp']) {
    await api('POST', `agents/anna/${verb}`)
    await api('POST', `agents/bo/${verb}`)
  }
  await office.tidy()
})
afterAll(async () => {
  desk.close()
  await office.stop()
})

const tongue = () => office.lines.tongues.sv
const hears = ({ call }: Line, sentence: Sentence, after?: number) =>
  expect
    .poll(() => office.lines.hear(call.sound.heard(), 'sv', sentence, after).catch(String), {
      timeout: 30_000,
      interval: 500,
    })
    .toMatchObject({ until: expect.any(Number) as number })

async function api(method: string, path: string): Promise<Record<string, unknown>> {
  const address = `http://127.0.0.1:${String(office.exchange.ports.http)}/companies/${company}/${path}`
  const answer = await fetch(address, { method, headers: { authorization } })
  return (await answer.json()) as Record<string, unknown>
}
interface SeenAgent {
  readonly agent: string
  readonly state: string
  readonly until?: string
}
async function agent(id: string): Promise<SeenAgent | undefined> {
  const { agents } = await api('GET', 'agents')
  return (agents as readonly SeenAgent[]).find((one) => one.agent === id)
}
const agentIs = (id: string, state: string): Promise<void> =>
  expect.poll(async () => (await agent(id))?.state, { timeout: 30_000 }).toBe(state)

/** Who waits in the queue, in their order. */
async function waiting(id: string): Promise<readonly string[]> {
  const { callers } = await api('GET', `queues/${id}/callers`)
  return (callers as readonly { readonly number: string }[]).map(({ number }) => number)
}
/** Keys a code and hears it to the end, or to where `until` resolves. */
async function keys(device: string, code: string, until?: () => Promise<void>): Promise<Line> {
  const line = await desk.dials(device, code)
  await inTime(line.call.answered, `an answer to ${code}`)
  if (until) {
    await until()
    await line.call.hangUp()
  } else await inTime(line.call.over, `the end of ${code}`)
  return line
}
async function answers(device: string, caller: Line, number: string): Promise<Line> {
  const line = await desk.rings(device)
  expect(shownAt(line).number).toBe(number)
  line.call.accept()
  await hearEachOther(caller, line)
  return line
}
/** Speaks for a while after the tone, and says that this was all. */
async function keepsMessage({ call }: Line): Promise<void> {
  await pause(3_000)
  await call.sound.press('#')
}
/** Whatever was heard since then, there was never silence. */
function musicSince({ call }: Line, at: number): void {
  const heard = since(call.sound.heard(), at)
  expect(heard.samples.length).toBeGreaterThan(8_000)
  expect(silences(heard.samples, { over: 2_000 })).toEqual([])
}

describe('a day of queues on a real exchange', () => {
  it('Q-08 H-36 an agent who hangs up is rung with the other, and one who is absent is not until the absence is cancelled', async () => {
    const busy = await desk.dials('bo-bord', '100')
    const rut = await desk.rings('rut-bord')
    rut.call.accept()
    await hearEachOther(busy, rut)
    const absences = () => office.redis.stores.absences.read(company, 'anna' as PersonId)
    await keys('anna-bord', '*23*1#', () =>
      expect.poll(async () => (await absences()).set.length, { timeout: 30_000 }).toBe(1),
    )
    await agentIs('anna', 'absent')
    const caller = await desk.callsIn('+46701740630', numbers.support)
    await busy.call.hangUp()
    const bo = await desk.rings('bo-bord')
    expect(desk.ringing('anna-bord')).toEqual([])
    const cancels = await keys('anna-bord', '#23#')
    await hears(cancels, say(tongue(), 'absence/cancelled'))
    const anna = await answers('anna-bord', caller, '+46701740630')
    await inTime(bo.call.over, 'the phone of Bo to stop')
    musicSince(caller, anna.call.sound.heard().startedAt - 3_000)
  })

  it('H-36 with a reason of "still ring" the queue rings on', async () => {
    await office.away('anna', { reason: 'out' })
    const caller = await desk.callsIn('+46701740631', numbers.support)
    await desk.rings('bo-bord')
    await answers('anna-bord', caller, '+46701740631')
  })

  it('Q-11 Q-12 Q-19 after a call there is time to finish, which the agent extends and ends; then the VIP of the heavier queue comes first, then all of that queue', async () => {
    const first = await desk.callsIn('+46701740632', numbers.salj)
    await answers('anna-bord', first, '+46701740632')
    await first.call.hangUp()
    await agentIs('anna', 'wrapUp')
    const light = await desk.callsIn('+46701740633', numbers.kvar)
    const usual = await desk.callsIn('+46701740634', numbers.salj)
    const important = await desk.callsIn(vip, numbers.salj)
    await expect.poll(() => waiting('salj'), { timeout: 30_000 }).toEqual([vip, '+46701740634'])
    const [before, at] = [await agent('anna'), Date.now()]
    const extends_ = await keys('anna-bord', '*290#')
    await hears(extends_, say(tongue(), 'queue/wrap-up-extended'))
    await agentIs('anna', 'wrapUp')
    const after = await agent('anna')
    expect(Date.parse(after?.until ?? '') - Date.parse(before?.until ?? '')).toBe(600_000)
    expect(desk.ringing('anna-bord')).toEqual([])
    const ends = await keys('anna-bord', '#290#')
    await hears(ends, say(tongue(), 'queue/wrap-up-ended'))
    for (const [caller, number] of [
      [important, vip],
      [usual, '+46701740634'],
      [light, '+46701740633'],
    ] as const) {
      const anna = await answers('anna-bord', caller, number)
      expect(desk.ringing('anna-bord')).toEqual([])
      if (caller !== light) musicSince(light, at)
      await caller.call.hangUp()
      await inTime(anna.call.over, 'the phone of Anna to end')
      if (caller === light) continue
      await agentIs('anna', 'wrapUp')
      await api('POST', 'agents/anna/endWrapUp')
    }
  })

  it('Q-15 Q-16 Q-22 key 1 takes a message, key 0 calls the reception, another key says what there is: who only looks keeps the place and the music', async () => {
    for (const id of ['anna', 'bo']) await api('POST', `agents/${id}/pause`)
    const at = Date.now()
    const looks = await desk.callsIn('+46701740635', numbers.support)
    const speaks = await desk.callsIn('+46701740636', numbers.support)
    const asks = await desk.callsIn('+46701740637', numbers.support)
    const waits = await desk.callsIn('+46701740638', numbers.support)
    await Promise.all([looks.call.sound.press('9'), speaks.call.sound.press('1'), asks.call.sound.press('0')])
    await answers('rut-bord', asks, '+46701740637')
    await asks.call.hangUp()
    await hears(speaks, joined(say(tongue(), 'queue/nobody'), say(tongue(), 'voicemail/after-tone')))
    const messages = () => office.redis.stores.messages.list(company, 'rut' as PersonId)
    await keepsMessage(speaks)
    await expect.poll(messages, { timeout: 30_000 }).toMatchObject([{ from: '+46701740636' }])
    await hears(looks, keysSentence(tongue(), { keys: { message: true, callback: true, reception: true } }))
    expect(await waiting('support')).toEqual(['+46701740635', '+46701740638'])
    await api('POST', 'agents/bo/resume')
    await answers('bo-bord', looks, '+46701740635')
    musicSince(looks, at + 500)
    musicSince(waits, at + 1_500)
  })

  it('Q-24 a caller transferred blind into a queue hears music and is shown to the agent; from one that lets nobody in the call comes back, and who transferred hears why', async () => {
    const caller = await desk.dialsOutside('+46701740639', numbers.anna)
    const anna = await answers('anna-bord', caller, '+46701740639')
    await pause(beforeTransfer)
    const at = Date.now()
    await inTime(anna.call.refer('303'), 'the transfer')
    const back = await desk.rings('anna-bord')
    expect(shownAt(back)).toEqual({ number: '+46701740639', name: 'Åter:' })
    back.call.accept()
    await hearEachOther(caller, back)
    caller.call.sound.speak(silence) // the ear knows words only when nobody speaks beside them
    await hears(back, say(tongue(), 'queue/nobody'))
    expect(await office.lines.heardOf(since(caller.call.sound.heard(), at), 'sv', ['queue'])).toEqual([])
    caller.call.sound.speak(caller.mark)
    await api('POST', 'agents/anna/pause')
    const again = Date.now()
    await inTime(back.call.refer('300'), 'the transfer')
    const bo = await desk.rings('bo-bord')
    expect(shownAt(bo)).toEqual({ number: '+46701740639', name: 'Support' })
    await pause(2_500)
    musicSince(caller, again + 500)
    bo.call.accept()
    await hearEachOther(caller, bo)
  })

  it('Q-24 I-20 who asks the queue and transfers while it rings there leaves the caller in it', async () => {
    await api('POST', 'agents/anna/pause')
    const caller = await desk.dialsOutside('+46701740642', numbers.anna)
    const anna = await answers('anna-bord', caller, '+46701740642')
    await anna.call.hold()
    const asks = await desk.dials('anna-bord', '300')
    await inTime(asks.call.answered, 'the queue')
    await desk.rings('bo-bord')
    const at = Date.now()
    await inTime(anna.call.referTo(asks.call), 'the transfer')
    const bo = await desk.rings('bo-bord')
    expect(shownAt(bo)).toEqual({ number: '+46701740642', name: 'Support' })
    expect(await waiting('support')).toEqual(['+46701740642'])
    await pause(2_500)
    musicSince(caller, at + 500)
    bo.call.accept()
    await hearEachOther(caller, bo)
    await inTime(asks.call.over, 'the line of Anna to end')
  })

  it('O-10 who answers for a queue shows its number outside, who does not their own or the main number', async () => {
    for (const [device, number] of [
      ['anna-bord', shown],
      ['rut-bord', officeFile.main],
    ] as const) {
      const calls = await desk.dials(device, '0855512345')
      const out = await desk.rings('+46855512345')
      expect(shownAt(out).number).toBe(number)
      out.call.accept()
      await hearEachOther(calls, out)
      await calls.call.hangUp()
      await inTime(out.call.over, 'the call out to end')
    }
  })

  it('Q-21 the queue is taken out of the file: those who wait go on by its list, the phones stop, and who talks talks on', async () => {
    const { directory } = office.exchange.places
    const usual = join(directory, `${company}.yaml`)
    const without = join(directory, 'without.yaml')
    const read = parse(readFileSync(usual, 'utf8')) as { readonly queues: readonly { readonly id: string }[] }
    const queues = read.queues.filter(({ id }) => id !== 'support')
    writeFileSync(without, stringify({ ...read, queues }))
    const talks = await desk.callsIn('+46701740640', numbers.support)
    const anna = await answers('anna-bord', talks, '+46701740640')
    const waits = await desk.callsIn('+46701740641', numbers.support)
    const bo = await desk.rings('bo-bord')
    try {
      await office.vaxel('apply', without)
      await inTime(bo.call.over, 'the phone of Bo to stop')
      await answers('rut-bord', waits, '+46701740641')
      await hearEachOther(talks, anna)
      await talks.call.hangUp()
      await inTime(anna.call.over, 'the phone of Anna to end')
    } finally {
      await office.vaxel('apply', usual)
    }
  })

  it('leaves no channel behind', () => office.noChannelsLeft())
})
