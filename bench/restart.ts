/**
 * `npm run bench restart`: Växel is killed while callers are parked; how long until another process has taken them all up. Then the same
 * while callers wait in a queue, and agents ring or talk with others. Växel is kept running as `npm start` and the container keep it: with
 * a process that stands by, or without one (VAXEL_STANDBY=no).
 * usage: bench/restart [--calls N] [--rounds N] [--what parked|waiting] [--alone]
 */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { KeptPart } from '../test/support/kept-vaxel.js'
import { startLightOffice, type LightOffice } from '../test/support/light/office.js'
import { median, rounded, table } from './support/figures.js'
import { parkAll } from './support/park-many.js'
import { queueOfMany, WaitingMany } from './support/wait-many.js'

const { values: options } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '7' },
    what: { type: 'string', default: 'both' },
    alone: { type: 'boolean', default: false },
  },
})
const calls = Number(options.calls)
const rounds = Number(options.rounds)

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/**
 * What Växel writes when it takes calls: for each step the milliseconds since the process began, or since it was told to take over, and
 * its processor time until then.
 */
type Steps = Readonly<Record<string, readonly [wall: number, cpu: number]>>

interface Restarts {
  /** Milliseconds from the kill until all calls were taken up, in each round. */
  readonly adopted: readonly number[]
  readonly steps: readonly Steps[]
}

async function main(): Promise<void> {
  const office = await startLightOffice({
    people: calls + 1,
    phones: 20,
    rtp: { first: 24_000, last: 27_999 },
    waitForVaxel: false,
    kept: options.alone ? 'alone' : 'with standby',
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
    async (killed) => {
      offers.push(((await rung) ?? Number.NaN) - killed)
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
  afterwards: (killed: number) => Promise<void> = () => Promise.resolve(),
): Promise<Restarts> {
  const adopted: number[] = []
  const steps: Steps[] = []
  for (let round = 0; round < rounds; round += 1) {
    if (!options.alone) await until('another process to stand by', () => kept(office).standby !== undefined)
    // It has run steadily by then, and nothing of the start before is under way any more.
    await pause(4_000)
    const killed = Date.now()
    await kept(office).kill()
    const wanted = expected()
    meanwhile()
    await until('the calls to be taken up', async () => (await carried(office)) === wanted)
    const { time, start } = lastStart(office.office.exchange.logs(300))
    adopted.push(time - killed)
    steps.push(start)
    say(
      `round ${String(round + 1)}: ${String(wanted)} calls (${what}) taken up ${adopted.at(-1)?.toFixed(0) ?? ''} ms after the kill`,
    )
    await afterwards(killed)
  }
  return { adopted, steps }
}

function kept(office: LightOffice): KeptPart {
  const part = office.office.exchange.kept
  if (part === undefined) throw new Error('Växel is not kept running')
  return part
}

/** For how many calls Växel has a story, if it says that it is ready. */
async function carried(office: LightOffice): Promise<number | undefined> {
  const health = await fetch(`http://127.0.0.1:${String(office.office.exchange.ports.http)}/health`)
    .then((answer) => answer.json() as Promise<{ readonly ready: boolean; readonly calls: number }>)
    .catch(() => undefined)
  return health?.ready === true ? health.calls : undefined
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const patience = Date.now() + 60_000
  while (!(await holds())) {
    if (Date.now() > patience) throw new Error(`waited in vain for ${what}`)
    await pause(20)
  }
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
    `\n${what}: until the end of each step, in ms since ${options.alone ? 'the process began' : 'it was told to take over'}; the middle of ${String(rounds)} rounds\n`,
  )
  say(table(['step', 'wall', 'CPU'], rows))
  say(
    `\nfrom the kill until all were taken up, ms: middle ${median(adopted).toFixed(0)}, shortest ${Math.min(...adopted).toFixed(0)}, longest ${Math.max(...adopted).toFixed(0)}\n`,
  )
  return rounded(median(adopted), 0)
}

await main()
