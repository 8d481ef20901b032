import { setTimeout as pause } from 'node:timers/promises'
import type { LightCall } from '../../test/support/light/call.js'
import { marks, type LightOffice } from '../../test/support/light/office.js'

/** Half of them talk, the phones of the others ring. */
const agents = 20
const talking = agents / 2
const number = '+46846600300'

/** The queue in the company file; the first twenty people answer for it. */
export const queueOfMany = {
  id: 'many',
  name: 'Many',
  number: '300',
  numbers: [number],
  members: Array.from({ length: agents }, (_, index) => `p${String(index)}`),
  login: 'always',
  strategy: 'longestAvailable',
  ringSeconds: 60,
  noAnswers: 0,
  noAnswerSeconds: 0,
  wrapUpSeconds: 0,
  maxWaiting: 1000,
  maxWaitSeconds: 3600,
  firstSeconds: 120,
}

/** Callers of the queue: twenty of them ring or talk, the others wait. */
export class WaitingMany {
  readonly #office: LightOffice
  readonly #callers = new Set<LightCall>()
  readonly #talks: { readonly call: LightCall; readonly device: string }[] = []
  #rung: ((device: string) => void) | undefined
  #answering = true
  #count = 0

  constructor(office: LightOffice) {
    this.#office = office
    office.onRinging((call, device) => {
      call.ring()
      this.#rung?.(device)
      const index = Number(device.replace('light-', ''))
      if (this.#answering && index < talking) this.#answer(call, device)
    })
  }

  get count(): number {
    return this.#callers.size
  }

  /** So many wait besides those who ring or talk. */
  async fill(waiting: number): Promise<void> {
    while (this.#callers.size < waiting + agents) await this.#comes()
    for (let tries = 0; tries < 200 && this.#talks.length < talking; tries += 1) await pause(100)
    if (this.#talks.length < talking) throw new Error(`${String(this.#talks.length)} agents talk`)
  }

  /** An agent hangs up; settles when the phone rings for the next caller, with the moment (`Date.now`). */
  freeOne(): Promise<number> {
    const talk = this.#talks.shift()
    if (!talk) throw new Error('nobody talks')
    void talk.call.hangUp()
    return new Promise<number>((resolve) => {
      this.#rung = (device) => {
        if (device !== talk.device) return
        this.#rung = undefined
        resolve(Date.now())
      }
    })
  }

  async close(): Promise<void> {
    this.#answering = false
    this.#office.onRinging(undefined)
    await Promise.all([...this.#callers].map((caller) => caller.hangUp()))
  }

  async #comes(): Promise<void> {
    const caller = await this.#office.outside.call(number, {
      number: `+467020${String(10_000 + this.#count++)}`,
    })
    caller.sound.speak(marks.outside, 4_000)
    this.#callers.add(caller)
    void caller.over.then(() => this.#callers.delete(caller))
    await caller.answered
  }

  #answer(call: LightCall, device: string): void {
    call.sound.speak(marks.phone, 200)
    call.accept()
    const talk = { call, device }
    this.#talks.push(talk)
    void call.over.then(() => {
      const index = this.#talks.indexOf(talk)
      if (index >= 0) this.#talks.splice(index, 1)
    })
  }
}
