import { setTimeout as pause } from 'node:timers/promises'
import type { LightCall } from '../../test/support/light/call.js'
import { inTime } from '../../test/support/light/in-time.js'
import { marks } from '../../test/support/light/office.js'
import { queues, type QueueName, type QueueWay } from './app-queue.js'
import { percentile, rounded, table } from './figures.js'

/** In milliseconds. */
interface Round {
  /** BYE of the agent, whom somebody waits for, until the next INVITE at the phone. */
  readonly offer: number
  /** The phone answers until both hear each other. */
  readonly answer: number
  /** INVITE of a caller, for whom an agent is free, until the INVITE at the agent's phone. */
  readonly door: number
}

/** One of the two, with callers who wait and the talk that is going on. */
class Side {
  readonly #way: QueueWay
  readonly #expected = new Map<number, (call: LightCall) => void>()
  readonly #waiting: LightCall[] = []
  #talk: LightCall | undefined

  constructor(way: QueueWay) {
    this.#way = way
    way.onRinging((call, agent) => {
      call.ring()
      this.#expected.get(agent)?.(call)
      this.#expected.delete(agent)
    })
  }

  /** Somebody talks with the agent, three more wait. */
  async open(): Promise<void> {
    const ringing = this.#next('wanted')
    await this.#comes()
    await this.#together(await inTime(ringing, 'the first call'))
    for (let index = 0; index < 3; index += 1) await this.#comes()
  }

  async round(): Promise<Round> {
    // At any moment of the second in which app_queue looks whether somebody is free.
    await pause(300 + Math.random() * 1_000)
    const ringing = this.#next('wanted')
    const freeAt = performance.now()
    void this.#talk?.hangUp()
    const call = await inTime(ringing, 'the agent to be rung')
    const offer = call.invitedAt - freeAt
    await pause(150 + Math.random() * 40)
    const answer = await this.#together(call)
    await this.#comes()
    return { offer, answer, door: await this.#door() }
  }

  async close(): Promise<void> {
    for (const call of [...this.#waiting, this.#talk]) await call?.hangUp()
  }

  async #comes(): Promise<void> {
    const caller = await this.#way.call('wanted')
    this.#waiting.push(caller)
    await inTime(caller.answered, 'a caller to be let in')
  }

  /** The agent answers; whoever waited longest is who must be heard. Gives how long that took. */
  async #together(call: LightCall): Promise<number> {
    const caller = this.#waiting.shift()
    if (!caller) throw new Error('the phone rings, and nobody waits')
    caller.sound.listenFrom()
    call.sound.speak(marks.phone)
    const answeredAt = performance.now()
    call.accept()
    this.#talk = call
    const heard = await inTime(
      Promise.all([call.sound.untilHeard(marks.outside), caller.sound.untilHeard(marks.phone)]),
      'the agent and the one who waited longest to hear each other',
    )
    return Math.max(...heard) - answeredAt
  }

  async #door(): Promise<number> {
    const ringing = this.#next('idle')
    const caller = await this.#way.call('idle')
    const call = await inTime(ringing, 'the free agent to be rung')
    const door = call.invitedAt - caller.invitedAt
    await pause(50)
    await caller.hangUp()
    await inTime(call.over, 'the phone to stop')
    return door
  }

  #next(queue: QueueName): Promise<LightCall> {
    return new Promise((resolve) => this.#expected.set(queues[queue].agents[0], resolve))
  }
}

export interface LatencyRatios {
  readonly offerRatio: number
  readonly answerRatio: number
}

const names = {
  offer: 'agent hangs up to INVITE of the next call',
  answer: 'answer to sound both ways',
  door: 'INVITE of a caller to INVITE at a free agent',
} as const
type What = keyof typeof names
const shares = [0.5, 0.95] as const

/** (a), (b): both by turns, one call at a time. */
export async function latency(
  vaxel: QueueWay,
  appQueue: QueueWay,
  rounds: number,
  say: (text: string) => void,
): Promise<LatencyRatios> {
  const sides = { vaxel: new Side(vaxel), appQueue: new Side(appQueue) }
  const seen: Record<keyof typeof sides, Round[]> = { vaxel: [], appQueue: [] }
  for (const side of Object.values(sides)) await side.open()
  const warmUp = Math.min(8, rounds)
  for (let index = -warmUp; index < rounds; index += 1) {
    const order = index % 2 === 0 ? (['vaxel', 'appQueue'] as const) : (['appQueue', 'vaxel'] as const)
    for (const way of order) {
      const one = await sides[way].round().catch((error: unknown) => {
        throw new Error(`${way}, round ${String(index)}`, { cause: error })
      })
      if (index >= 0) seen[way].push(one)
    }
    if (index > 0 && index % 20 === 0) say(`(${String(index)} of ${String(rounds)} rounds)`)
  }
  for (const side of Object.values(sides)) await side.close()
  const times = (way: keyof typeof sides, what: What): readonly number[] => seen[way].map((one) => one[what])
  const ratios = (what: What): readonly number[] =>
    shares.map(
      (share) => percentile(times('vaxel', what), share) / percentile(times('appQueue', what), share),
    )
  const rows = (Object.keys(names) as What[]).map((what) => [
    names[what],
    ...(['vaxel', 'appQueue'] as const).flatMap((way) =>
      shares.map((share) => percentile(times(way, what), share).toFixed(1)),
    ),
    ...ratios(what).map((ratio) => ratio.toFixed(2)),
  ])
  say(
    `(a), (b) One call at a time, ms, ${String(rounds)} calls each, by turns; somebody waits, but in the last line\n`,
  )
  say(table(['', 'Växel p50', 'p95', 'app_queue p50', 'p95', 'ratio p50', 'p95'], rows))
  const result = {
    offerRatio: rounded(Math.max(...ratios('offer')), 3),
    answerRatio: rounded(Math.max(...ratios('answer'))),
  }
  say(
    `\nthe greater of p50 and p95: agent free to INVITE ${String(result.offerRatio)} (wanted: under 1), ` +
      `answer to sound both ways ${String(result.answerRatio)} (wanted: at most 1.2)\n`,
  )
  return result
}
