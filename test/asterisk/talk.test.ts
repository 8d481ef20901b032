import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { officeFile } from '../support/office.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import type { Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import type { Trunk } from '../support/phones/trunk.js'
import { matrix, type AudioMatrix } from '../support/sound/matrix.js'

/** Rut speaks in private first with whom she invites, Anna does not. */
const people = officeFile.people.map((person) =>
  person.id === 'rut' ? { ...person, autoHold: true } : person,
)

describe('talks of three on a real exchange', () => {
  let office: RealOffice
  let anna: Phone
  let bo: Phone
  let outside: Trunk
  let open: readonly Call[] = []

  beforeAll(async () => {
    office = await startRealOffice({ files: [{ ...officeFile, people }] })
    anna = await office.phone('anna-bord', 900)
    bo = await office.phone('bo-bord', 1300)
    outside = await office.trunk(500)
  })
  afterEach(async () => {
    for (const call of open) if (!call.isClosed()) await call.hangup()
    open = []
    await office.noChannelsLeft()
  })
  afterAll(async () => {
    if (process.env['SHOW_LOGS']) console.log(office.exchange.logs(300))
    await office.stop()
  })

  /** A caller from outside talks with somebody of the office. */
  async function talkWith(
    phone: Phone,
    number: string,
  ): Promise<{ readonly caller: Call; readonly agent: Call }> {
    const caller = await outside.callIn({ from: '+46701740630', to: number })
    const agent = await rings(phone)
    await agent.accept()
    await caller.answered()
    open = [caller, agent]
    return { caller, agent }
  }

  async function withBo(agent: Call): Promise<Call> {
    await agent.keys('*3103#')
    const invited = await rings(bo)
    open = [...open, invited]
    await invited.accept()
    return invited
  }

  const parties = (
    calls: Readonly<Record<string, readonly [Call, { readonly tone: number }]>>,
  ): Promise<AudioMatrix> =>
    matrix(
      Object.fromEntries(
        Object.entries(calls).map(([name, [call, { tone }]]) => [name, { tone, listen: call.listen }]),
      ),
      { skip: 600 },
    )

  it('I-01 *3EXT# brings a third in: all three hear one another; then each may leave', async () => {
    const { caller, agent } = await talkWith(anna, '+46846500401')
    const invited = await withBo(agent)
    const all = { caller: [caller, outside], anna: [agent, anna], bo: [invited, bo] } as const
    expect(await parties(all)).toEqual({
      caller: ['anna', 'bo'],
      anna: ['caller', 'bo'],
      bo: ['caller', 'anna'],
    })
    await agent.hangup()
    expect(await parties({ caller: all.caller, bo: all.bo })).toEqual({ caller: ['bo'], bo: ['caller'] })
    await caller.hangup()
    await invited.closed()
  })
})
