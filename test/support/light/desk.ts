import { setTimeout as pause } from 'node:timers/promises'
import { shownIdentity, type Identity } from '../phones/sip-message.js'
import type { RealOffice } from '../real-office.js'
import { LightAgent } from './agent.js'
import type { LightCall } from './call.js'
import type { Account } from './digest.js'
import { inTime } from './in-time.js'

/** One call, with the byte that its own end says, by which the others know it. */
export interface Line {
  readonly call: LightCall
  readonly mark: number
}

/** A real office with light phones, of which each call says a byte of its own and hears like a person. */
export interface LightDesk {
  /** Somebody outside calls; not answered yet. */
  dialsOutside(from: string, to: string): Promise<Line>
  /** Somebody outside calls; resolves when the exchange has answered. */
  callsIn(from: string, to: string): Promise<Line>
  /** A phone of the company calls; not answered yet. */
  dials(device: string, to: string): Promise<Line>
  /** The next call that rings at the phone, or at a number outside. One that has ended meanwhile is left out. */
  rings(device: string): Promise<Line>
  /** What rings there now and was taken by nobody. */
  ringing(device: string): readonly LightCall[]
  /** Hangs up all that is left, and forgets what rang. */
  clear(): Promise<void>
  close(): void
}

const patience = 30_000
/** Loud enough to be told from silence, and all different. */
const marks = [0x35, 0xb5, 0x25, 0xa5, 0x3d, 0xbd, 0x2d, 0xad, 0x31, 0xb1, 0x21, 0xa1, 0x39, 0xb9]

/** Signs these phones in. What calls out through the trunk of the office rings at the number outside. */
export async function openLightDesk(office: RealOffice, devices: readonly string[]): Promise<LightDesk> {
  const { sip, ports } = office.exchange
  const [outside, phones] = await Promise.all([
    LightAgent.open('127.0.0.2', sip, ports.base + 10),
    LightAgent.open('127.0.0.1', sip),
  ])
  const account = (name: string): Account => ({ name, password: office.passwordOf(name) })
  for (const device of devices) await phones.register(account(device))
  const arrived = new Map<string, LightCall[]>()
  const take = (call: LightCall, at: string): void => {
    call.ring()
    arrived.set(at, [...(arrived.get(at) ?? []), call])
  }
  phones.onCall(take)
  outside.onCall(take)
  let count = 0
  const line = (call: LightCall): Line => {
    const mark = marks[count++ % marks.length] ?? 0
    call.sound.record()
    call.sound.speak(mark)
    return { call, mark }
  }
  const ringing = (at: string): readonly LightCall[] => (arrived.get(at) ?? []).filter((call) => !call.isOver)
  const dialsOutside = async (from: string, to: string): Promise<Line> =>
    line(await outside.call(to, { number: from }))
  return {
    dialsOutside,
    callsIn: async (from, to) => {
      const caller = await dialsOutside(from, to)
      await inTime(caller.call.answered, `an answer to ${from}`)
      return caller
    },
    dials: async (device, to) => line(await phones.call(to.replaceAll('#', '%23'), account(device))),
    ringing,
    rings: async (at) => {
      const deadline = Date.now() + patience
      for (;;) {
        const [next, ...others] = ringing(at)
        if (next) {
          arrived.set(at, others)
          return line(next)
        }
        if (Date.now() > deadline) throw new Error(`nothing rings at ${at}`)
        await pause(20)
      }
    },
    clear: async () => {
      await Promise.all([...outside.calls, ...phones.calls].map((call) => call.hangUp()))
      arrived.clear()
    },
    close: () => {
      outside.close()
      phones.close()
    },
  }
}

/** Who calls, as the phone shows it. */
export function shownAt({ call }: Line): Identity {
  if (call.invitation === undefined) throw new Error('nobody called')
  const { number, name } = shownIdentity(call.invitation)
  return { number, name: Buffer.from(name, 'latin1').toString('utf8') }
}

/** Waits until each of the two hears the other. */
export async function hearEachOther(one: Line, other: Line): Promise<void> {
  for (const { call } of [one, other]) call.sound.listenFrom()
  const heard = [one.call.sound.untilHeard(other.mark), other.call.sound.untilHeard(one.mark)]
  await inTime(Promise.all(heard), 'two to hear each other')
}
