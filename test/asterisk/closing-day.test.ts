import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { companySchema } from '../../src/domain/directory/company.js'
import type { CompanyId, PersonId } from '../../src/domain/ids.js'
import { companyMenu } from '../../src/domain/speech/company-menu.js'
import { joined } from '../../src/domain/speech/phrase.js'
import { say } from '../../src/domain/speech/tongue.js'
import { menuFile, mondayNoon } from '../flows/menu-office.js'
import { careForFailures } from '../support/after-failure.js'
import type { Phone } from '../support/phones/phone.js'
import type { Trunk } from '../support/phones/trunk.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import { matrix } from '../support/sound/matrix.js'

/** Queues that close at five, and one that closes a minute earlier and empties itself until five. */
const queues = [
  { id: 'drain', number: '300', members: ['anna'], hours: 'kontor', closing: 'drain' },
  { id: 'cut', number: '301', members: ['bo'], hours: 'kontor', closing: 'cut' },
  { id: 'until', number: '302', members: ['erik'], hours: 'tidigt', closing: 'drain-until 1 min' },
].map((queue, index) => ({
  ...queue,
  name: queue.id,
  numbers: [`+468465004${String(50 + index)}`],
  login: 'always',
  ringSeconds: 60,
  maxWaitSeconds: 600,
}))
const file = {
  ...menuFile,
  settings: { menuTarget: 'reception', menuSeconds: 20 },
  hours: [...menuFile.hours, { id: 'tidigt', week: { mon: ['08:00-16:59'] }, holidays: {} }],
  queues,
}
const company = companySchema.parse(file)
const main = '+46846500400'
const closing = Date.parse(mondayNoon) + 5 * 3_600_000

/** When it is 17:00:00 for the exchange, on the clock of the machine. */
let closingAt = 0
/** How long before that Växel starts: time enough for phones to be there. */
let startsBefore = 3_600_000

let office: RealOffice
let anna: Phone
let bo: Phone
let outside: Trunk

careForFailures(() => office)
beforeAll(async () => {
  office = await startRealOffice({
    files: [file],
    atStart: () => {
      closingAt = Date.now() + startsBefore
      return { VAXEL_CLOCK_OFFSET: String(Math.round((closing - closingAt) / 1000)) }
    },
  })
  ;[anna, bo, outside] = await Promise.all([
    office.phone('anna-bord', 900),
    office.phone('bo-bord', 1300),
    office.trunk(500),
  ])
})
beforeEach(async () => {
  for (const phone of [anna, bo, outside])
    await Promise.all(phone.calls().map((call) => call.hangup().catch(() => undefined)))
  await office.tidy()
  startsBefore = 45_000
  await office.exchange.vaxel.restart()
})
afterAll(async () => {
  await office.stop()
})

/** Waits until the clock of the exchange shows so many seconds before (negative) or after 17:00:00. */
async function untilClosing(seconds: number): Promise<void> {
  const left = closingAt + seconds * 1000 - Date.now()
  expect(left, 'the exchange started too late').toBeGreaterThan(0)
  await new Promise((resolve) => setTimeout(resolve, left))
}
const spoken = (id: string) =>
  companyMenu(
    company,
    company.menus.find((menu) => menu.id === id)!,
    'sv',
  )

describe('the last seconds before 17:00 and the first after', () => {
  it('O-01 O-05 O-17 who called at 16:59:48 is served at 17:00:10, who calls then hears that it is closed and leaves a message', async () => {
    await untilClosing(-12)
    const early = await outside.callIn({ from: '+46701740630', to: main })
    await early.answered()
    await untilClosing(-6)
    const undecided = await outside.callIn({ from: '+46701740633', to: main })
    await undecided.answered()
    await untilClosing(-2)
    const direct = await outside.callIn({ from: '+46701740631', to: '+46846500405' })
    await (await rings(bo)).accept()
    await direct.answered()
    await untilClosing(2)
    const late = await outside.callIn({ from: '+46701740632', to: main })
    await late.answered()
    await untilClosing(5)
    // Nobody's talk ends at closing time.
    expect(direct.isClosed()).toBe(false)
    await direct.hangup()
    // This key asks the hours again: those of the arrival count.
    await undecided.keys('3')
    await (await rings(bo)).accept()
    await undecided.hangup()
    await untilClosing(10)
    await early.keys('1')
    await (await rings(anna)).accept()
    await office.lines.hear(early.heard(), 'sv', spoken('start'))
    await office.lines.hear(late.heard(), 'sv', spoken('stangt'))
    await early.hangup()
    await late.keys('1')
    await late.listen(3_000)
    await late.keys('5') // skips the greeting
    await late.listen(8_000)
    await late.hangup()
    await expect
      .poll(async () => (await messages()).map(({ from }) => from), { timeout: 15_000 })
      .toEqual(['+46701740632'])
    await office.noChannelsLeft()
  })
})

describe('queues in the last seconds before 17:00 and the first after', () => {
  it('O-06 Q-23 drain answers who came before, cut sends away at the stroke, drain-until when its minute is over, across a restart', async () => {
    // Whoever is to be there before 16:59 comes in an earlier run of the exchange.
    startsBefore = 110_000
    await office.exchange.vaxel.restart()
    const callIn = async (queue: number) => {
      const from = `+4670174064${String(queue)}`
      const call = await outside.callIn({ from, to: `+468465004${String(50 + queue)}` })
      await call.answered()
      return call
    }
    const until = await callIn(2)
    expect(Date.now()).toBeLessThan(closingAt - 60_000)
    startsBefore = 45_000
    await office.exchange.vaxel.restart()
    await untilClosing(-13)
    const [drain, cut] = [await callIn(0), await callIn(1)]
    const [atAnna, atBo] = await Promise.all([rings(anna), rings(bo)])
    await untilClosing(-2)
    expect([until, drain, cut, atAnna, atBo].map((call) => call.isClosed())).toEqual(Array(5).fill(false))
    await untilClosing(3)
    await atBo.closed(1_000)
    const late = await callIn(0)
    await untilClosing(7)
    await atAnna.accept()
    const talk = await matrix({
      outside: { tone: outside.tone, listen: drain.listen },
      agent: { tone: anna.tone, listen: atAnna.listen },
    })
    expect(talk).toEqual({ outside: ['agent'], agent: ['outside'] })
    await untilClosing(12)
    const { sv } = office.lines.tongues
    const closed = joined(say(sv, 'call/closed'), say(sv, 'voicemail/after-tone'))
    for (const call of [cut, until, late]) {
      await office.lines.hear(call.heard(), 'sv', closed)
      await call.hangup()
    }
    await drain.hangup()
    await atAnna.closed()
    await office.noChannelsLeft()
  })
})

const messages = () => office.redis.stores.messages.list('kontoret' as CompanyId, 'rut' as PersonId)
