import { expect } from 'vitest'
import { officeFile } from './office.js'
import type { Call } from './phones/call.js'
import type { Phone } from './phones/phone.js'
import { hearEachOther } from './phones/talk.js'
import type { Trunk } from './phones/trunk.js'
import { rings, startRealOffice, type RealOffice } from './real-office.js'
import { matrix, type AudioMatrix } from './sound/matrix.js'

/** Rut speaks in private first with whom she invites, the others do not; Bo may barge in. */
const file = {
  ...officeFile,
  people: officeFile.people.map((person) => (person.id === 'rut' ? { ...person, autoHold: true } : person)),
  talk: { coaching: { mayBargeIn: ['bo'] }, receptionHoldSeconds: 10 },
}

/** A real office with the phones of Anna (900 Hz), Bo (1300 Hz) and Rut (1700 Hz), and the network outside (500 Hz). */
export interface TalkOffice {
  readonly office: RealOffice
  readonly anna: Phone
  readonly bo: Phone
  readonly rut: Phone
  readonly outside: Trunk
  /** A caller from outside talks with this person's phone. */
  talkWith(phone: Phone, number: string): Promise<{ readonly caller: Call; readonly agent: Call }>
  /** Rings at this phone now; hung up after the test. */
  ringsAt(phone: Phone): Promise<Call>
  /** Hangs up whatever a test has left, and waits until nothing is left in the exchange. */
  clear(): Promise<void>
}

/** `more`: fields of the company file besides. */
export async function startTalkOffice(more: object = {}): Promise<TalkOffice> {
  const office = await startRealOffice({ files: [{ ...file, ...more }] })
  const anna = await office.phone('anna-bord', 900)
  const bo = await office.phone('bo-bord', 1300)
  const rut = await office.phone('rut-bord', 1700)
  const outside = await office.trunk(500)
  const open: Call[] = []
  const ringsAt = async (phone: Phone): Promise<Call> => {
    const call = await rings(phone)
    open.push(call)
    return call
  }
  return {
    office,
    anna,
    bo,
    rut,
    outside,
    ringsAt,
    talkWith: async (phone, number) => {
      const caller = await outside.callIn({ from: '+46701740630', to: number })
      open.push(caller)
      const agent = await ringsAt(phone)
      await agent.accept()
      await caller.answered()
      await hearEachOther({ call: caller, tone: outside.tone }, { call: agent, tone: phone.tone })
      return { caller, agent }
    },
    clear: async () => {
      for (const call of open.splice(0)) await call.hangup().catch(() => undefined) // it may end by itself just now
      await office.noChannelsLeft()
    },
  }
}

/** Waits until everybody hears those they should and nobody else; on a busy machine a change takes longer. */
export async function untilTheyHear(
  parties: Readonly<Record<string, readonly [Call, { readonly tone: number }]>>,
  wanted: AudioMatrix,
): Promise<void> {
  const listening = Object.entries(parties).map(
    ([name, [call, { tone }]]) => [name, { tone, listen: call.listen }] as const,
  )
  await expect
    .poll(() => matrix(Object.fromEntries(listening)).catch(String), { timeout: 30_000, interval: 100 })
    .toEqual(wanted)
}
