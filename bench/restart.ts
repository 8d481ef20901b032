/**
 * `npm run bench restart`: Växel is killed while callers are parked, and started again; how long until it has taken them all up. Then
 * the same while callers wait in a queue, and agents ring or talk with others.
 * usage: bench/restart [--calls N] [--rounds N] [--what parked|waiting]
 */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startLightOffice, type LightOffice } from '../test/support/light/office.js'
import { median, rounded, table } from './support/figures.js'
import { parkAll } from './support/park-many.js'
import { queueOfMany, WaitingMany } from './support/wait-many.js'

const { values: options } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '7' },
    what: { type: 'string', default: 'both' },
  },
})
const calls = Number(options.calls)
const rounds = Number(options.rounds)

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** What Växel writes when it takes calls: for each step the milliseconds since it began, and its processor time until then. */
type Steps = Readonly<Record<string, readonly [wall: number, cpu: number]>>

interface Restarts {
  /** Milliseconds from the start of the process until it takes calls, in each round. */
  readonly adopted: readonly number[]
  readonly steps: readonly Steps[]
}

async function main(): Promise<void> {
  const office = await startLightOffice({
    people: calls + 1,
    phones: 20,
    rtp: { first: 24_000, last: 27_999 },
    waitForVaxel: false,
    environment: { VAXEL_LOG_LEVEL: 'info' },
    file: { parking: { recallSeconds: 600, ceilingMinutes: 240 }, queues: [queueOfMany] },
  })
  try {
    const parked = options.what === 'waiting' ? undefined : await whileParked(office)
    const waiting = options.what === 'parked' ? undefined : await whileWaiting(office)
    say(JSON.stringify({ ...parked, ...waiting }))
  } finally {
    await office.stop()
  }
}

async function whileParked(office: LightOffice): Promise<{ readonly adoptedMs: number }> {
  const places = Array.from({ length: calls }, (_, index) => index)
  const callers = await parkAll(office, places, say)
  await restingNow()
  const restarts = await restartOften(office, 'parked', () => calls)
  for (const caller of callers) await caller.hangUp()
  return { adoptedMs: report(`${String(calls)} parked calls`, restarts) }
}

async function whileWaiting(office: LightOffice): Promise<{
  readonly waitingAdoptedMs: number
  readonly waitingOfferMs: number
}> {
  const many = new WaitingMany(office)
  await many.fill(calls)
  await restingNow()
  const offers: number[] = []
  let rung: Promise<number> | undefined
  const restarts = await restartOften(
    office,
    'waiting',
    // The one whose agent hung up meanwhile is let go.
    () => many.count - 1,
    () => {
      rung = many.freeOne()
    },
    async (begun) => {
      offers.push(((await rung) ?? Number.NaN) - begun)
      await many.fill(calls)
    },
  )
  const waitingAdoptedMs = report(`${String(calls)} waiting, 20 ringing or talking`, restarts)
  say(`an agent who hung up meanwhile is rung for the next, ms: middle ${median(offers).toFixed(0)}`)
  await many.close()
  return { waitingAdoptedMs, waitingOfferMs: rounded(median(offers), 0) }
}

async function restingNow(): Promise<void> {
  say('(half a minute, in which Växel keeps what it has compiled)')
  await pause(35_000)
}

/** `expected`: how many calls it must have, as soon as it is dead. */
async function restartOften(
  office: LightOffice,
  what: string,
  expected: () => number,
  meanwhile: () => void = () => undefined,
  afterwards: (begun: number) => Promise<void> = () => Promise.resolve(),
): Promise<Restarts> {
  const adopted: number[] = []
  const steps: Steps[] = []
  for (let round = 0; round < rounds; round += 1) {
    await pause(2_000)
    await office.office.exchange.vaxel.kill()
    const wanted = expected()
    meanwhile()
    await pause(500)
    const begun = Date.now()
    await restarted(office, wanted)
    const { time, start } = lastStart(office.office.exchange.logs(300))
    adopted.push(time - begun)
    steps.push(start)
    say(
      `round ${String(round + 1)}: ${String(wanted)} calls (${what}) taken up after ${adopted.at(-1)?.toFixed(0) ?? ''} ms`,
    )
    await afterwards(begun)
  }
  return { adopted, steps }
}

/** Settles when the new process says that it has a story for every call. */
async function restarted(office: LightOffice, wanted: number): Promise<void> {
  const { vaxel, ports } = office.office.exchange
  await vaxel.start()
  const patience = Date.now() + 60_000
  while (Date.now() < patience) {
    const health = await fetch(`http://127.0.0.1:${String(ports.http)}/health`)
      .then((answer) => answer.json() as Promise<{ readonly ready: boolean; readonly calls: number }>)
      .catch(() => undefined)
    if (health?.ready === true && health.calls === wanted) return
    await pause(20)
  }
  throw new Error('the calls were not taken up')
}

/** When it wrote that calls are taken, which is after it has begun a story for each, and how it came there. */
function lastStart(log: string): { readonly time: number; readonly start: Steps } {
  const line = log
    .split('\n')
    .filter((text) => text.includes('"calls are taken"'))
    .at(-1)
  if (line === undefined) throw new Error('Växel has not written how it started')
  return JSON.parse(line.slice(line.indexOf('{'))) as { readonly time: number; readonly start: Steps }
}

/** Gives the middle. */
function report(what: string, { adopted, steps: all }: Restarts): number {
  const at = (name: string, which: 0 | 1): number =>
    median(all.map((steps) => steps[name]?.[which] ?? Number.NaN))
  const rows = Object.keys(all[0] ?? {}).map((name) => [name, at(name, 0).toFixed(0), at(name, 1).toFixed(0)])
  say(
    `\n${what}: until the end of each step, in ms since the process began; the middle of ${String(rounds)} rounds\n`,
  )
  say(table(['step', 'wall', 'CPU'], rows))
  say(
    `\nall taken up after, ms: middle ${median(adopted).toFixed(0)}, shortest ${Math.min(...adopted).toFixed(0)}, longest ${Math.max(...adopted).toFixed(0)}\n`,
  )
  return rounded(median(adopted), 0)
}

await main()
