import { setTimeout as pause } from 'node:timers/promises'
import type { DeviceName } from '../../../src/domain/ids.js'
import { startRealOffice, type RealOffice, type RealOfficeOptions } from '../real-office.js'
import { LightAgent } from './agent.js'
import type { LightCall } from './call.js'
import type { Account } from './digest.js'
import { inTime } from './in-time.js'

/** What those outside say, what phones say: the byte tells who is heard. */
export const marks = { outside: 0x35, phone: 0xb5 } as const

export interface LightOffice {
  readonly office: RealOffice
  /** Numbers outside, behind the trunk. */
  readonly outside: LightAgent
  /** All phones of the company; they answer what rings, unless it is taken by `nextCall`. */
  readonly phones: LightAgent
  readonly phoneCount: number
  /** Extension of the person with this number in the list. */
  extension(index: number): string
  account(index: number): Account
  /** After new ones were made. */
  learnPasswords(): Promise<void>
  /** Signs the phone of this person in again, after the exchange has forgotten it or taken it for lost. */
  signIn(index: number): Promise<void>
  /** Somebody outside calls this person, who answers. */
  talk(index: number): Promise<Talk>
  /** The same, and the person parks the caller there. */
  park(index: number, place: string): Promise<LightCall>
  /** The next calls that ring at phones are given to this listener instead of being answered. */
  onRinging(listener: ((call: LightCall, device: string) => void) | undefined): void
  stop(): Promise<void>
}

export interface Talk {
  readonly caller: LightCall
  readonly phone: LightCall
}

export interface LightOfficeOptions extends RealOfficeOptions {
  readonly people: number
  /** The first so many have a phone. */
  readonly phones: number
  /** More of the company file. */
  readonly file?: Readonly<Record<string, unknown>>
}

const deviceOf = (index: number): DeviceName => `light-${String(index)}` as DeviceName
const numberOf = (index: number): string => `+4684660${String(1000 + index)}`
/** How often a parked caller sends sound, so that the exchange knows that they are there. */
const rarely = 4_000

/** A company of many people whose phones, and whose callers, are light ones in this process. */
export async function startLightOffice(options: LightOfficeOptions): Promise<LightOffice> {
  const people = Array.from({ length: options.people }, (_, index) => ({
    id: `p${String(index)}`,
    name: `Person ${String(index)}`,
    extension: String(1000 + index),
    ...(index < options.phones
      ? { numbers: [numberOf(index)], devices: [{ name: deviceOf(index) }] }
      : { devices: [] }),
  }))
  const file = {
    company: 'lasten',
    name: 'Lasten AB',
    language: 'sv',
    zone: 'Europe/Stockholm',
    country: 'SE',
    main: '+46846600000',
    reception: { people: ['p0'] },
    people,
    ...options.file,
  }
  const office = await startRealOffice({ ...options, files: [file] })
  try {
    return await openLight(office, options)
  } catch (error) {
    const logs = office.exchange.logs()
    await office.stop()
    throw new Error(`the light phones did not start\n${logs}`, { cause: error })
  }
}

async function openLight(office: RealOffice, options: LightOfficeOptions): Promise<LightOffice> {
  const { exchange } = office
  await untilReady(exchange.ports.http)
  const [outside, phones] = await Promise.all([
    LightAgent.open('127.0.0.2', exchange.sip),
    LightAgent.open('127.0.0.1', exchange.sip),
  ])
  let passwords = await passwordsOf(office)
  const account = (index: number): Account => {
    const name = deviceOf(index)
    const password = passwords.get(name)
    if (password === undefined) throw new Error(`there is no phone ${name}`)
    return { name, password }
  }
  const indexes = Array.from({ length: options.phones }, (_, index) => index)
  for (const index of indexes) await phones.register(account(index))

  const expected = new Map<string, (call: LightCall) => void>()
  let ringing: ((call: LightCall, device: string) => void) | undefined
  phones.onCall((call, device) => {
    const expecting = expected.get(device)
    expected.delete(device)
    if (expecting) expecting(call)
    else if (ringing) ringing(call, device)
    else void call.hangUp()
  })
  let count = 0

  const talk = async (index: number): Promise<Talk> => {
    const device = deviceOf(index)
    const atPhone = new Promise<LightCall>((resolve) => expected.set(device, resolve))
    const number = `+46701${String(100_000 + (count++ % 900_000))}`
    const caller = await outside.call(numberOf(index), { number })
    caller.sound.speak(marks.outside)
    try {
      const phone = await inTime(atPhone, `the phone ${device} to ring`)
      phone.sound.speak(marks.phone)
      phone.accept()
      await inTime(caller.answered, `the phone ${device} to be answered`)
      // Before they are together Asterisk refuses to transfer.
      const heard = [caller.sound.untilHeard(marks.phone), phone.sound.untilHeard(marks.outside)]
      await inTime(Promise.all(heard), `the phone ${device} to be put through`)
      return { caller, phone }
    } catch (error) {
      expected.delete(device)
      void caller.hangUp()
      throw error
    }
  }
  return {
    office,
    outside,
    phones,
    phoneCount: options.phones,
    extension: (index) => String(1000 + index),
    account,
    signIn: (index) => phones.register(account(index)),
    talk,
    park: async (index, place) => {
      const { caller, phone } = await talk(index)
      try {
        await pause(beforeTransfer)
        await inTime(phone.refer(`*68*${place}#`), 'the transfer')
      } catch (error) {
        void caller.hangUp()
        throw error
      }
      caller.sound.speak(marks.outside, rarely)
      return caller
    },
    learnPasswords: async () => {
      passwords = await passwordsOf(office)
    },
    onRinging: (listener) => {
      ringing = listener
    },
    stop: async () => {
      outside.close()
      phones.close()
      await office.stop()
    },
  }
}

/** Whether or not the exchange has waited for it: on a machine that many use Växel may take long to start. */
async function untilReady(port: number): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/ready`).catch(() => undefined)
    if (answer?.ok) return
    await pause(100)
  }
  throw new Error('Växel did not start')
}

/** Nobody transfers within the same few milliseconds in which they answer. */
const beforeTransfer = 500

async function passwordsOf(office: RealOffice): Promise<ReadonlyMap<DeviceName, string>> {
  const rows = (await office.vaxel('phones', '--json'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly registration: DeviceName; readonly password: string })
  return new Map(rows.map(({ registration, password }) => [registration, password]))
}
