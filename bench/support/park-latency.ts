import { setTimeout as pause } from 'node:timers/promises'
import type { LightCall } from '../../test/support/light/call.js'
import { marks, type LightOffice, type Talk } from '../../test/support/light/office.js'
import { percentile, rounded, table } from './figures.js'
import type { ResParking } from './res-parking.js'

/** All in milliseconds. */
interface Round {
  /** REFER, which carries every digit, until the phone that parks is told that it is done, or hung up. */
  readonly free: number
  /** REFER until the first packet of music at the caller. */
  readonly music: number
  /** INVITE of the phone that fetches until both hear each other. */
  readonly both: number
  /** Until it is answered. */
  readonly answered: number
}

interface Parking {
  talk(): Promise<Talk>
  readonly parkTo: string
  fetch(): Promise<LightCall>
}

/** Long enough for what was begun to be carried out, and not always the same beside the 20 ms of the packets. */
const settle = (): Promise<void> => pause(80 + Math.random() * 40)

async function round(parking: Parking): Promise<Round> {
  const { caller, phone } = await parking.talk()
  await Promise.all([caller.sound.untilHeard(marks.phone), phone.sound.untilHeard(marks.outside)])
  await settle()
  caller.sound.listenFrom()
  const referredAt = performance.now()
  const music = caller.sound.untilOther(marks.phone)
  const freeAt = await phone.refer(parking.parkTo)
  const musicAt = await music
  await settle()
  caller.sound.listenFrom()
  const fetching = await parking.fetch()
  fetching.sound.speak(marks.phone)
  await fetching.answered
  const answeredAt = performance.now()
  const heard = await Promise.all([
    caller.sound.untilHeard(marks.phone),
    fetching.sound.untilHeard(marks.outside),
  ])
  const since = fetching.invitedAt
  await settle()
  await fetching.hangUp()
  await caller.over
  return {
    free: freeAt - referredAt,
    music: musicAt - referredAt,
    both: Math.max(...heard) - since,
    answered: answeredAt - since,
  }
}

/** Hold, then the code: INVITE of the code until the line with the held call is free. The words come after it. */
async function holdAndCall(office: LightOffice, place: string): Promise<number> {
  const { caller, phone } = await office.talk(0)
  await phone.hold()
  const code = await office.phones.call(`*68*${place}#`, office.account(0))
  const freeAt = await phone.over
  await Promise.all([code.hangUp(), caller.hangUp()])
  await settle()
  return freeAt - code.invitedAt
}

const patience = 10_000

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('a round did not come to its end'))
    }, patience)
  })
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer)
  })
}

export interface Ratios {
  readonly parkRatio: number
  readonly fetchRatio: number
}

/** (a), (b): Växel and res_parking by turns, one call at a time. */
export async function latency(
  office: LightOffice,
  resParking: ResParking,
  rounds: number,
  say: (text: string) => void,
): Promise<Ratios> {
  const place = office.extension(5)
  const ways = {
    vaxel: {
      talk: () => office.talk(0),
      parkTo: `*68*${place}#`,
      fetch: () => office.phones.call(`*88*${place}#`, office.account(1)),
    },
    resParking,
  } satisfies Record<string, Parking>
  const seen: Record<keyof typeof ways, Round[]> = { vaxel: [], resParking: [] }
  const held: number[] = []
  const warmUp = Math.min(10, rounds)
  for (let index = -warmUp; index < rounds; index += 1) {
    const order = index % 2 === 0 ? (['vaxel', 'resParking'] as const) : (['resParking', 'vaxel'] as const)
    for (const way of order) {
      const one = await inTime(round(ways[way])).catch((error: unknown) => {
        throw new Error(`${way}, round ${String(index)}`, { cause: error })
      })
      if (index >= 0) seen[way].push(one)
    }
    if (index >= 0 && index % 4 === 0) held.push(await inTime(holdAndCall(office, place)))
  }
  say(`(a), (b) Parking and fetching, ms, ${String(rounds)} calls each, by turns\n`)
  const rows = (['free', 'music', 'answered', 'both'] as const).map((what) => {
    const [ours, theirs] = [seen.vaxel.map((one) => one[what]), seen.resParking.map((one) => one[what])]
    return [
      names[what],
      ...pair(ours),
      ...pair(theirs),
      ...ratios(ours, theirs).map((ratio) => ratio.toFixed(2)),
    ]
  })
  say(
    table(
      ['', 'Växel p50', 'p95', 'res_parking p50', 'p95', 'ratio p50', 'p95'],
      [...rows, ['hold and call: line free', ...pair(held), '', '', '', '']],
    ),
  )
  const worst = (what: 'free' | 'both'): number =>
    rounded(
      Math.max(
        ...ratios(
          seen.vaxel.map((one) => one[what]),
          seen.resParking.map((one) => one[what]),
        ),
      ),
    )
  const result = { parkRatio: worst('free'), fetchRatio: worst('both') }
  say(
    `the greater of p50 and p95: parker free ${String(result.parkRatio)}, sound both ways ${String(result.fetchRatio)} (wanted: at most 1.2 each)\n`,
  )
  return result
}

const names = {
  free: 'REFER to parker free',
  music: 'REFER to music',
  answered: 'INVITE to answered',
  both: 'INVITE to sound both ways',
} as const

const pair = (values: readonly number[]): readonly string[] =>
  [0.5, 0.95].map((share) => percentile(values, share).toFixed(1))
const ratios = (ours: readonly number[], theirs: readonly number[]): readonly number[] =>
  [0.5, 0.95].map((share) => percentile(ours, share) / percentile(theirs, share))
