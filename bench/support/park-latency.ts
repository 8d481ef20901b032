import { setTimeout as pause } from 'node:timers/promises'
import { inTime } from '../../test/support/light/in-time.js'
import { marks, type LightOffice } from '../../test/support/light/office.js'
import { percentile, rounded, table } from './figures.js'
import type { BesideVaxel, Parking } from './res-parking.js'

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

/** Long enough for what was begun to be carried out, and not always the same beside the 20 ms of the packets. */
const settle = (): Promise<void> => pause(80 + Math.random() * 40)

/**
 * Whoever is fetched is heard with their next packet, up to 20 ms later. So that this wait is the same for every way, and not chance, the
 * moments of all rounds are spread evenly over those 20 ms (by the golden ratio), and each way fetches at the same ones.
 */
const afterPacket = (index: number): number => 20 * ((((index * 0.618034) % 1) + 1) % 1)

/** More exactly than a timer, which is up to a millisecond late. */
async function pauseExactly(milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds
  if (milliseconds > 2) await pause(milliseconds - 2)
  while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve))
}

async function round(parking: Parking, sinceLastPacket: number): Promise<Round> {
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
  await caller.sound.untilSent()
  await pauseExactly(sinceLastPacket)
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

/** What Asterisk sends where nothing is to be heard, in A-law. */
const silence = 0xd5

/** P-04: two people park on one extension at the same moment; INVITE of the second one's code until its first sound, the reject tone. */
async function refused(office: LightOffice, place: string): Promise<number> {
  const talks = await Promise.all([office.talk(0), office.talk(1)])
  await Promise.all(talks.map(({ phone }) => phone.hold()))
  const codes = await Promise.all(
    talks.map((_, index) => office.phones.call(`*68*${place}#`, office.account(index))),
  )
  const parked = await Promise.race(talks.map(({ phone }, index) => phone.over.then(() => index)))
  const other = codes[1 - parked]
  if (!other) throw new Error('neither of two was refused')
  const toldAt = await other.sound.untilOther(silence)
  await Promise.all([...codes, ...talks.map(({ caller }) => caller)].map((one) => one.hangUp()))
  await settle()
  return toldAt - other.invitedAt
}

export interface Ratios {
  readonly parkRatio: number
  readonly fetchRatio: number
  /** P-04, p95, of one of two who park on one extension at the same moment. */
  readonly rejectMs: number
  /** Of the least ARI program, as `fetchRatio` is of Växel. */
  readonly bareFetchRatio: number
}

const names = {
  free: 'REFER to parker free',
  music: 'REFER to music',
  answered: 'INVITE to answered',
  both: 'INVITE to sound both ways',
} as const
const ways = ['vaxel', 'resParking', 'bare'] as const
type Way = (typeof ways)[number]
type What = keyof typeof names

/** (a), (b): Växel, res_parking and the least ARI program by turns, one call at a time. */
export async function latency(
  office: LightOffice,
  beside: BesideVaxel,
  rounds: number,
  say: (text: string) => void,
): Promise<Ratios> {
  const place = office.extension(5)
  const vaxel: Parking = {
    talk: () => office.talk(0),
    parkTo: `*68*${place}#`,
    fetch: () => office.phones.call(`*88*${place}#`, office.account(1)),
  }
  const parkings = { vaxel, resParking: beside.resParking, bare: beside.bare } satisfies Record<Way, Parking>
  const seen: Record<Way, Round[]> = { vaxel: [], resParking: [], bare: [] }
  const held: number[] = []
  const refusals: number[] = []
  const warmUp = Math.min(20, rounds)
  for (let index = -warmUp; index < rounds; index += 1) {
    // Each way comes first, second and last equally often.
    for (let turn = 0; turn < ways.length; turn += 1) {
      const way = ways[(turn + index + warmUp) % ways.length] ?? 'vaxel'
      const one = await inTime(round(parkings[way], afterPacket(index)), 'the end of a round').catch(
        (error: unknown) => {
          throw new Error(`${way}, round ${String(index)}`, { cause: error })
        },
      )
      if (index >= 0) seen[way].push(one)
    }
    if (index >= 0 && index % 4 === 0) {
      held.push(await inTime(holdAndCall(office, place), 'a held call to be parked'))
      refusals.push(await inTime(refused(office, place), 'the reject tone'))
    }
    if (index > 0 && index % 25 === 0) say(`(${String(index)} of ${String(rounds)} rounds)`)
  }
  const times = (way: Way, what: What): readonly number[] => seen[way].map((one) => one[what])
  const ratio = (way: Way, what: What, share: number): number =>
    percentile(times(way, what), share) / percentile(times('resParking', what), share)
  const worst = (way: Way, what: What): number =>
    rounded(Math.max(...shares.map((share) => ratio(way, what, share))))
  say(`(a), (b) Parking and fetching, ms, ${String(rounds)} calls each, by turns\n`)
  const rows = (Object.keys(names) as What[]).map((what) => [
    names[what],
    ...ways.flatMap((way) => pair(times(way, what))),
    ...(['vaxel', 'bare'] as const).flatMap((way) =>
      shares.map((share) => ratio(way, what, share).toFixed(2)),
    ),
  ])
  const head = ['Växel p50', 'p95', 'res_parking p50', 'p95', 'bare ARI p50', 'p95']
  say(
    table(
      ['', ...head, 'Växel / res p50', 'p95', 'bare / res p50', 'p95'],
      [
        ...rows,
        ['hold and call: line free', ...pair(held)],
        ['two at once: one hears the reject tone', ...pair(refusals)],
      ],
    ),
  )
  const result = {
    parkRatio: worst('vaxel', 'free'),
    fetchRatio: worst('vaxel', 'both'),
    rejectMs: rounded(percentile(refusals, 0.95)),
    bareFetchRatio: worst('bare', 'both'),
  }
  say(
    `\nthe greater of p50 and p95: parker free ${String(result.parkRatio)}, sound both ways ${String(result.fetchRatio)} ` +
      `(wanted: at most 1.2 each); the least ARI program ${String(result.bareFetchRatio)}\n`,
  )
  return result
}

const shares = [0.5, 0.95] as const
const pair = (values: readonly number[]): readonly string[] =>
  shares.map((share) => percentile(values, share).toFixed(1))
