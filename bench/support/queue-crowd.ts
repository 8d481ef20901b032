import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { LightCall } from '../../test/support/light/call.js'
import { marks, type LightOffice } from '../../test/support/light/office.js'
import { queues, type QueueWay } from './app-queue.js'
import { median, percentile, rounded, table } from './figures.js'
import { cpuMs } from './process-cost.js'

type Say = (text: string) => void

/** How long an agent talks with each caller. */
const talkMs = 2_000
/**
 * A packet of each caller comes this often: 220 of them at 50 a second would keep this process so busy that it would measure itself. Much rarer
 * ones would hold up Asterisk, which does what is asked of a leg outside of a room between two of its packets.
 */
const speaksEvery = 100
/** How many callers come in at the same moment, before it is measured. */
const hands = 4

interface Scale {
  readonly waiting: number
  readonly idleMs: number
  readonly windowMs: number
  readonly rounds: number
}

/** CPU in milliseconds a second, of each process. */
interface Cpu {
  readonly vaxel: number
  readonly redis: number
  readonly asterisk: number
}

interface Round {
  /** Talks that ended in the time that was measured, and in which the agent heard the caller, by the minute. */
  readonly handled: number
  /** Answered by an agent who heard nobody. */
  readonly lost: number
  /** BYE of an agent until the next INVITE at the same phone, in milliseconds. */
  readonly offers: readonly number[]
  /** While all wait and all agents talk, and nothing happens. */
  readonly idle: Cpu
  readonly busy: Cpu
}

/** Twenty agents, and as many callers as given who wait: whoever has talked hangs up, and another calls. */
class Crowd {
  readonly #way: QueueWay
  readonly #waiting: number
  readonly #callers = new Set<LightCall>()
  readonly #freeAt = new Map<number, number>()
  readonly #agents = queues.crowd.agents.length
  #begin: () => void = () => undefined
  readonly #begun = new Promise<void>((resolve) => (this.#begin = resolve))
  #talking = 0
  #open = true
  handled = 0
  lost = 0
  offers: number[] = []

  constructor(way: QueueWay, waiting: number) {
    this.#way = way
    this.#waiting = waiting
    way.onRinging((call, agent) => void this.#rings(call, agent))
  }

  /** The first callers talk, until `begin`, and so many more wait. */
  async fill(): Promise<void> {
    let left = this.#waiting + this.#agents
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        await (await this.#comes())?.answered.catch(() => undefined)
      }
    }
    await Promise.all(Array.from({ length: hands }, work))
    for (let tries = 0; tries < 150 && this.#talking < this.#agents; tries += 1) await pause(100)
    if (this.#talking < this.#agents || this.#callers.size < this.#waiting + this.#agents)
      throw new Error(`${String(this.#callers.size)} callers came, ${String(this.#talking)} agents talk`)
  }

  begin(): void {
    this.#begin()
  }

  forget(): void {
    this.handled = 0
    this.lost = 0
    this.offers = []
  }

  async close(): Promise<void> {
    this.#open = false
    this.#begin()
    await Promise.all([...this.#callers].map((caller) => caller.hangUp()))
  }

  async #comes(): Promise<LightCall | undefined> {
    if (!this.#open) return undefined
    const caller = await this.#way.call('crowd')
    caller.sound.speak(marks.outside, speaksEvery)
    this.#callers.add(caller)
    void caller.over.then(() => {
      this.#callers.delete(caller)
      if (!this.#open) return
      void this.#comes()
    })
    return caller
  }

  async #rings(call: LightCall, agent: number): Promise<void> {
    const freeAt = this.#freeAt.get(agent)
    if (freeAt !== undefined) this.offers.push(call.invitedAt - freeAt)
    this.#freeAt.delete(agent)
    call.ring()
    call.sound.speak(marks.phone)
    call.accept()
    this.#talking += 1
    await Promise.race([this.#begun, call.over])
    // Not all in one moment, also not after they have all begun in one.
    await Promise.race([pause(talkMs * (0.75 + Math.random() / 2)), call.over])
    this.#talking -= 1
    if (call.sound.firstHeard(marks.outside) === undefined) this.lost += 1
    else this.handled += 1
    if (!call.isOver) this.#freeAt.set(agent, performance.now())
    await call.hangUp()
  }
}

async function round(office: LightOffice, way: QueueWay, scale: Scale): Promise<Round> {
  const crowd = new Crowd(way, scale.waiting)
  const over = async (ms: number): Promise<Cpu> => {
    const { vaxel, redis, asterisk } = office.office.exchange
    const parts = [vaxel, redis, asterisk].map(({ pid }) => pid ?? 0)
    const before = parts.map(cpuMs)
    const begun = performance.now()
    await pause(ms)
    const seconds = (performance.now() - begun) / 1000
    const [ofVaxel = 0, ofRedis = 0, ofAsterisk = 0] = parts.map(
      (pid, index) => (cpuMs(pid) - (before[index] ?? 0)) / seconds,
    )
    return { vaxel: ofVaxel, redis: ofRedis, asterisk: ofAsterisk }
  }
  try {
    await crowd.fill()
    await pause(2_000)
    const idle = await over(scale.idleMs)
    crowd.begin()
    await pause(2 * talkMs)
    crowd.forget()
    const begun = performance.now()
    const busy = await over(scale.windowMs)
    const minutes = (performance.now() - begun) / 60_000
    const { handled, lost, offers } = crowd
    return { handled: handled / minutes, lost, offers, idle, busy }
  } finally {
    await crowd.close()
    await pause(3_000)
  }
}

/** Left out where one of the two handled nobody. */
export interface CrowdRatios {
  readonly handledRatio?: number
  readonly cpuRatio?: number
}

const ways = ['vaxel', 'appQueue'] as const
type Way = (typeof ways)[number]
const named = { vaxel: 'Växel', appQueue: 'app_queue' } as const

/** (c), (d): both by turns, in rounds. */
export async function crowd(
  office: LightOffice,
  both: Record<Way, QueueWay>,
  quick: boolean,
  say: Say,
): Promise<CrowdRatios> {
  const scale: Scale = quick
    ? { waiting: 40, idleMs: 2_000, windowMs: 5_000, rounds: 1 }
    : { waiting: 200, idleMs: 5_000, windowMs: 20_000, rounds: 3 }
  const seen: Record<Way, Round[]> = { vaxel: [], appQueue: [] }
  for (let index = 0; index < scale.rounds; index += 1)
    for (const way of index % 2 === 0 ? ways : [...ways].reverse()) {
      const one = await round(office, both[way], scale)
      seen[way].push(one)
      const free = median(one.offers).toFixed(0)
      // The other work of the machine decides more than either of them: a round with much of it is seen here.
      const load = loadavg()[0]?.toFixed(1) ?? ''
      say(
        `(${named[way]}: ${one.handled.toFixed(0)} a minute, ${String(one.lost)} lost, agent free to INVITE p50 ${free} ms; load average ${load})`,
      )
    }
  const handled = (way: Way): number => median(seen[way].map((one) => one.handled))
  const all = ({ vaxel, redis, asterisk }: Cpu): number => vaxel + redis + asterisk
  /** What app_queue costs is Asterisk's alone; Växel has its own process and Redis besides. */
  const cost = (way: Way, part: (cpu: Cpu) => number, net: boolean): number =>
    median(
      seen[way].map(
        ({ busy, idle, handled: perMinute }) => ((part(busy) - (net ? part(idle) : 0)) * 60) / perMinute,
      ),
    )
  const whole = (way: Way): ((cpu: Cpu) => number) => (way === 'vaxel' ? all : ({ asterisk }) => asterisk)
  const row = (way: Way): readonly string[] => {
    const offers = seen[way].flatMap((one) => one.offers)
    const own = way === 'vaxel'
    return [
      named[way],
      handled(way).toFixed(0),
      String(seen[way].reduce((sum, { lost }) => sum + lost, 0)),
      percentile(offers, 0.5).toFixed(0),
      percentile(offers, 0.95).toFixed(0),
      own ? cost(way, ({ vaxel }) => vaxel, true).toFixed(1) : '',
      own ? cost(way, ({ redis }) => redis, true).toFixed(1) : '',
      cost(way, ({ asterisk }) => asterisk, true).toFixed(1),
      cost(way, whole(way), true).toFixed(1),
      cost(way, whole(way), false).toFixed(1),
    ]
  }
  say(
    `\n(c), (d) ${String(queues.crowd.agents.length)} agents, ${String(scale.waiting)} waiting, talks of ${String(talkMs / 1000)} s, ` +
      `${String(scale.rounds)} rounds each of ${String(scale.windowMs / 1000)} s, by turns (medians). Free: agent hangs up to INVITE of the next call, ms.\n` +
      'CPU in ms for each handled call, without what the same waiting callers and talks cost when nothing happens; at the right with it.\n',
  )
  say(
    table(
      [
        '',
        'handled/min',
        'lost',
        'free p50',
        'p95',
        'Växel',
        'Redis',
        'Asterisk',
        'together',
        'with waiting',
      ],
      ways.map(row),
    ),
  )
  if (ways.some((way) => handled(way) < 60)) {
    say(
      '\nhardly anybody was handled: the machine had too much else to do for a comparison, and none is given\n',
    )
    return {}
  }
  const ratio = (net: boolean): number =>
    cost('vaxel', whole('vaxel'), net) / cost('appQueue', whole('appQueue'), net)
  const result = {
    handledRatio: rounded(handled('vaxel') / handled('appQueue')),
    cpuRatio: rounded(ratio(true)),
  }
  say(
    `\nhandled: ${String(result.handledRatio)} times app_queue (wanted: at least 1); CPU for a handled call: ` +
      `${String(result.cpuRatio)} times, with what waiting costs ${ratio(false).toFixed(2)} times\n`,
  )
  return result
}
