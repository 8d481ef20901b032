import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { announcementSentence, keysSentence } from '../../src/domain/queue/said.js'
import { queueName } from '../../src/domain/speech/names.js'
import { joined } from '../../src/domain/speech/phrase.js'
import { say } from '../../src/domain/speech/tongue.js'
import { companySchema } from '../../src/domain/directory/company.js'
import type { CompanyId } from '../../src/domain/ids.js'
import { phoneNumber } from '../../src/domain/speech/digits.js'
import { addDays } from '../../src/domain/time/calendar.js'
import { dateAt } from '../../src/domain/time/wall-time.js'
import { queueStatistics } from '../../src/flows/queue-statistics.js'
import { careForFailures } from '../support/after-failure.js'
import { officeFile } from '../support/office.js'
import { since, type Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import type { Trunk } from '../support/phones/trunk.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import { silences } from '../support/sound/ears.js'
import { matrix } from '../support/sound/matrix.js'

const company = 'kontoret' as CompanyId
const supportNumber = '+46846500450'
const mobile = '+46701740660'
const keys = { message: true, callback: true, reception: true }
const support = { id: 'support', name: 'Support' }

const file = {
  ...officeFile,
  queues: [
    {
      ...support,
      number: '300',
      numbers: [supportNumber],
      members: ['anna', 'bo'],
      firstSeconds: 5,
      repeatSeconds: 15,
      wrapUpSeconds: 0,
      rejectSeconds: 5,
      ringSeconds: 60,
      overflow: ['voicemail'],
    },
    {
      id: 'jour',
      name: 'Jour',
      number: '301',
      numbers: ['+46846500451'],
      members: [],
      external: [{ number: mobile, name: 'Jouren' }],
      wrapUpSeconds: 0,
    },
  ],
}

describe('queues on a real exchange', () => {
  let office: RealOffice
  let anna: Phone
  let bo: Phone
  let outside: Trunk

  beforeAll(async () => {
    office = await startRealOffice({ files: [file] })
    anna = await office.phone('anna-bord', 900)
    bo = await office.phone('bo-bord', 1300)
    outside = await office.trunk(500)
  })
  careForFailures(() => office)
  afterAll(() => office.stop())

  const tongue = () => office.lines.tongues.sv
  let open: Call[] = []
  afterEach(async () => {
    for (const call of open) if (!call.isClosed()) await call.hangup().catch(() => undefined)
    open = []
  })
  /** What was done in this file, for the statistics at the end. */
  const done = { calls: 0, talks: 0, callbacks: 0 }
  const callsIn = async (from: string, to = supportNumber): Promise<Call> => {
    if (to === supportNumber) done.calls += 1
    const caller = await outside.callIn({ from, to })
    open.push(caller)
    await caller.answered()
    return caller
  }
  const keyed = async (phone: Phone, code: string): Promise<Call> => {
    const call = await phone.dial(code)
    await call.answered()
    await call.closed(15_000)
    return call
  }
  const twoWays = (caller: Call, agent: Call, tone: number): Promise<unknown> => {
    done.talks += 1
    return matrix({
      outside: { tone: outside.tone, listen: caller.listen },
      agent: { tone, listen: agent.listen },
    })
  }
  const together = { outside: ['agent'], agent: ['outside'] }

  it('Q-20 people log in by code and hear so', async () => {
    for (const phone of [anna, bo]) {
      const call = await keyed(phone, '*28*300#')
      const words = say(tongue(), 'queue/logged-in', { queue: [queueName(company, support)] })
      await office.lines.hear(call.heard(), 'sv', words)
    }
  })

  it('Q-06 both phones ring, one answers, the other is told that the call was answered elsewhere', async () => {
    const caller = await callsIn('+46701740630')
    const [atAnna, atBo] = await Promise.all([rings(anna), rings(bo)])
    expect([atAnna.peer.number, atAnna.peer.name]).toEqual(['+46701740630', 'Support'])
    await atBo.accept()
    await atAnna.closed(5_000)
    const cancel = atAnna.messages().find(({ message }) => message.method === 'CANCEL')
    expect(JSON.stringify(cancel?.message)).toContain('Call completed elsewhere')
    expect(await twoWays(caller, atBo, bo.tone)).toEqual(together)
    await atBo.hangup()
    await caller.closed()
  })

  it('Q-03 Q-22 the place is told after a while, with music without a gap before and after', async () => {
    const caller = await callsIn('+46701740631')
    await caller.listen(22_000)
    const said = joined(announcementSentence(tongue(), { position: 1 }), keysSentence(tongue(), { keys }))
    const line = await office.lines.hear(caller.heard(), 'sv', said)
    expect(line.from - caller.startedAt).toBeGreaterThan(4_000)
    expect(silences(caller.heard().samples.subarray(8_000), { over: 2_000 })).toEqual([])
    await caller.hangup()
  })

  it('Q-04 an answer cuts what is being said, and both hear each other', async () => {
    const caller = await callsIn('+46701740641')
    const atAnna = await rings(anna)
    await caller.listen(9_000)
    expect(await office.lines.heardOf(caller.heard(), 'sv', ['queue'])).not.toEqual([])
    const answeredAt = Date.now()
    await atAnna.accept()
    expect(await twoWays(caller, atAnna, anna.tone)).toEqual(together)
    await caller.listen(4_000)
    const after = since(caller.heard(), answeredAt + 600)
    expect(await office.lines.heardOf(after, 'sv', ['queue', 'menu'])).toEqual([])
    await caller.hangup()
    await atAnna.closed()
  })

  it('Q-09 one who rejects is not rung for a while; the other has the call', async () => {
    const caller = await callsIn('+46701740632')
    const [atAnna, atBo] = await Promise.all([rings(anna), rings(bo)])
    await atAnna.reject(603)
    await atBo.accept()
    expect(await twoWays(caller, atBo, bo.tone)).toEqual(together)
    await caller.hangup()
    await atBo.closed()
  })

  it('Q-05 the caller hangs up: the phones stop', async () => {
    const caller = await callsIn('+46701740633')
    const [atAnna, atBo] = await Promise.all([rings(anna), rings(bo)])
    await caller.hangup()
    await Promise.all([atAnna.closed(3_000), atBo.closed(3_000)])
  })

  it('Q-08 Q-23 one phone rings alone: whoever is added may answer first, and an answer while Växel is dead counts', async () => {
    const first = await bo.dial('*98')
    await first.answered()
    const caller = await callsIn('+46701740642')
    const atAnna = await rings(anna)
    await first.hangup()
    const atBo = await rings(bo, 20_000)
    await atBo.accept()
    expect(await twoWays(caller, atBo, bo.tone)).toEqual(together)
    await atAnna.closed(5_000)
    await atBo.hangup()
    await caller.closed()

    const second = await bo.dial('*98')
    await second.answered()
    const patient = await callsIn('+46701740643')
    const again = await rings(anna)
    await office.exchange.vaxel.kill()
    await again.accept()
    await office.exchange.vaxel.start()
    await patient.listen(3_000)
    expect(await twoWays(patient, again, anna.tone)).toEqual(together)
    await again.hangup()
    await patient.closed()
    await second.hangup()
  })

  it('Q-13 a program moves a waiting caller to another queue: the phones stop, the one there rings, the music goes on', async () => {
    const caller = await callsIn('+46701740639')
    const [atAnna, atBo] = await Promise.all([rings(anna), rings(bo)])
    const api = `http://127.0.0.1:${String(office.exchange.ports.http)}/companies/${company}/queues/support/callers`
    const token = (await office.vaxel('token', company)).trim().split(/\s+/).at(-1) ?? ''
    const authorization = `Bearer ${token}`
    const list = await fetch(api, { headers: { authorization } })
    const { callers } = (await list.json()) as { readonly callers: readonly { readonly call: string }[] }
    const moved = await fetch(`${api}/${callers[0]?.call ?? ''}/move`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ queue: 'jour' }),
    })
    expect(moved.status).toBe(202)
    const atMobile = await outside.ringing()
    expect(atMobile.dialled).toBe(mobile)
    await Promise.all([atAnna.closed(3_000), atBo.closed(3_000)])
    const heard = await caller.listen(3_000)
    expect(silences(heard.samples.subarray(2_400), { over: 2_000 })).toEqual([])
    await caller.hangup()
    await atMobile.closed()
  })

  it('Q-18 a telephone outside confirms with 1, and only then has the caller', async () => {
    const caller = await callsIn('+46701740634', '+46846500451')
    const atMobile = await outside.ringing()
    expect(atMobile.dialled).toBe(mobile)
    await atMobile.accept()
    await atMobile.listen(5_000)
    const jour = { id: 'jour', name: 'Jour' }
    const words = joined(
      say(tongue(), 'queue/for', { queue: [queueName(company, jour)] }),
      say(tongue(), 'queue/confirm'),
    )
    await office.lines.hear(atMobile.heard(), 'sv', words)
    await atMobile.key('1')
    const heard = await matrix({
      caller: { tone: outside.tone, listen: caller.listen },
      mobile: { tone: outside.tone, listen: atMobile.listen },
    })
    expect(heard['caller']).toContain('mobile')
    await caller.hangup()
    await atMobile.closed()
  })

  it('Q-23 Växel is killed while three wait: nobody is dropped, the music goes on, the order is kept', async () => {
    const [talkAnna, talkBo] = await Promise.all([anna.dial('*98'), bo.dial('*98')])
    await Promise.all([talkAnna.answered(), talkBo.answered()])
    const callers: Call[] = []
    for (const last of ['5', '6', '7']) {
      callers.push(await callsIn(`+4670174063${last}`))
      await callers.at(-1)?.listen(300)
    }
    await office.exchange.vaxel.kill()
    const heard = await Promise.all(callers.map((caller) => caller.listen(3_000)))
    for (const music of heard) expect(silences(music.samples.subarray(2_400), { over: 2_000 })).toEqual([])
    await office.exchange.vaxel.start()
    await Promise.all([talkAnna.hangup(), talkBo.hangup()].map((ended) => ended.catch(() => undefined)))
    expect(callers.map((caller) => caller.isClosed())).toEqual([false, false, false])
    for (const [index, caller] of callers.entries()) {
      const phone = index % 2 === 0 ? anna : bo
      const [atAnna, atBo] = await Promise.all([rings(anna, 20_000), rings(bo, 20_000)])
      const atAgent = phone === anna ? atAnna : atBo
      expect(atAgent.peer.number).toBe(`+4670174063${String(5 + index)}`)
      await atAgent.accept()
      expect(await twoWays(caller, atAgent, phone.tone)).toEqual(together)
      await caller.hangup()
      await atAgent.closed()
    }
  })

  it('Q-17 key 2 keeps the place: the agent is called, hears so, then the customer, who sees the number of the queue', async () => {
    const talks = await Promise.all([anna.dial('*98'), bo.dial('*98')])
    await Promise.all(talks.map((talk) => talk.answered()))
    const customer = '+46701740639'
    const caller = await callsIn(customer)
    await caller.listen(1_000)
    await caller.key('2')
    await caller.listen(2_000)
    await caller.key('1')
    await caller.closed(40_000)
    const number = phoneNumber(tongue(), customer, officeFile.main)
    await office.lines.hear(caller.heard(), 'sv', say(tongue(), 'queue/callback-kept', { number }))

    await Promise.all(talks.map((talk) => talk.hangup().catch(() => undefined)))
    const [atAnna, atBo] = await Promise.all([rings(anna, 20_000), rings(bo, 20_000)])
    expect([atAnna.peer.number, atAnna.peer.name]).toEqual([customer, 'Support ring upp'])
    await atAnna.accept()
    await atBo.closed(10_000)
    const phone = await outside.ringing()
    expect([phone.dialled, phone.peer.number]).toEqual([customer, supportNumber])
    await phone.accept()
    const words = say(tongue(), 'queue/call-back', { queue: [queueName(company, support)], number })
    await office.lines.hear(atAnna.heard(), 'sv', words)
    done.callbacks += 1
    done.talks -= 1
    expect(await twoWays(phone, atAnna, anna.tone)).toEqual(together)
    await phone.hangup()
    await atAnna.closed(10_000)
  })

  it('Q-13 Q-14 with nobody logged in a caller can leave a message', async () => {
    for (const phone of [anna, bo]) await keyed(phone, '#28*300#')
    const caller = await callsIn('+46701740638')
    await caller.listen(5_000)
    const words = joined(say(tongue(), 'queue/nobody'), say(tongue(), 'voicemail/after-tone'))
    await office.lines.hear(caller.heard(), 'sv', words)
    await caller.hangup()
  })

  it('Q-25 what is said of the day is what was done: every call once, the talks, the callbacks', async () => {
    const day = (offset: number) => addDays(dateAt(Date.now(), 'Europe/Stockholm'), offset)
    const question = { queue: 'support', from: day(-1), to: day(1) }
    const figures = async () => {
      const found = await queueStatistics(companySchema.parse(file), question, office.redis.stores)
      return typeof found === 'string' ? found : found.total
    }
    await expect.poll(figures, { timeout: 30_000 }).toMatchObject({
      offered: done.calls,
      answered: done.talks,
      callbacks: { talked: done.callbacks },
    })
  })

  it('leaves no channel behind', () => office.noChannelsLeft())
})
