/**
 * `npm run bench absence`: what a spoken absence costs, beside the least that could be done instead.
 * usage: bench/absence [--quick] [--part cpu|latency|rate|memory] [--profile FILE]
 *   --quick         a tenth of the calls: to see that it works, not to judge by
 *   --part NAME     only this part, without the last line
 *   --profile FILE  only records where Växel's CPU time goes, as a .cpuprofile
 */
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { latencyOf, line, median, rounded, table, type Latency } from './support/figures.js'
import { openInspector } from './support/inspector.js'
import { load, type Load } from './support/load.js'
import { startBenchOffice, type BenchOffice, type Way } from './support/office.js'
import { cpuMs, residentKb } from './support/process-cost.js'

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, part: { type: 'string' }, profile: { type: 'string' } },
})
const share = options.quick === true ? 0.1 : 1
const begun = performance.now()
/** The last part that takes as long as it likes ends here, so that the whole stays under ten minutes. */
const searchEndsAt = begun + 8.5 * 60_000

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

async function main(): Promise<void> {
  const office = await startBenchOffice()
  try {
    await warmUp(office)
    if (options.profile !== undefined) {
      await profile(office, options.profile)
      return
    }
    if (options.part !== undefined) {
      await parts[options.part as keyof typeof parts](office)
      return
    }
    const cpuRatio = await cpu(office)
    const p95ExtraMs = await latency(office)
    const kbPerCall = await memory(office)
    const rateRatio = await highestRate(office) // last: it ends with an Asterisk that has far too much to do
    say('')
    say(JSON.stringify({ cpuRatio, p95ExtraMs, rateRatio, kbPerCall }))
  } finally {
    await office.stop()
  }
}

/**
 * Names are rendered and the code is compiled: V8 does so step by step, a function of a few lines only after some thousand calls, and
 * compiles part of it twice. What is measured before that is done is V8 at work, not a program that has run for a day; it shows most in the
 * program with more code. The ways are warmed up side by side, each as long as the other.
 */
async function warmUp({ callers }: BenchOffice): Promise<void> {
  const warm = async (way: Way): Promise<void> => {
    // Slowly at first: code that was never run takes ten times as long, and on a busy machine callers would give up.
    const cold = await load(callers[way], { rate: 10, calls: 200, holdMs: 300 })
    const more = way === 'plain' ? 0 : options.quick === true ? 1_800 : 5_000
    const results = [...cold, ...(await load(callers[way], { rate: 60, calls: more, holdMs: 300 }))]
    const calls = results.length
    const failures = results.flatMap(({ failure }) => failure ?? [])
    if (failures.length > calls / 10)
      throw new Error(`${String(failures.length)} calls by way of ${way} fail: ${failures[0] ?? ''}`)
    if (failures.length > 0) say(`(warming up, ${String(failures.length)} calls by way of ${way} failed)`)
  }
  // All of them end before the first failure is told: it would close the sockets of the others.
  const ended = await Promise.allSettled((['vaxel', 'bare', 'plain'] as const).map(warm))
  for (const way of ended) if (way.status === 'rejected') throw way.reason
}

async function profile({ callers, exchange, log }: BenchOffice, file: string): Promise<void> {
  const inspector = await openInspector(exchange.vaxel.pid ?? 0, log)
  const recorded = await inspector.profile(() => load(callers.vaxel, { rate: 30, calls: 600, holdMs: 200 }))
  inspector.close()
  writeFileSync(file, JSON.stringify(recorded))
  say(`written: ${file}`)
}

/** (a) Process CPU per call, Växel and the bare loop by turns. */
async function cpu({ callers, exchange, barePid }: BenchOffice): Promise<number> {
  const rounds = 5
  const calls = Math.ceil(400 * share)
  const perCall = async (way: Way, pid: number): Promise<number> => {
    const before = cpuMs(pid)
    await load(callers[way], { rate: 40, calls, holdMs: 300 })
    await pause(500) // what follows a call belongs to it
    return (cpuMs(pid) - before) / calls
  }
  const vaxel: number[] = []
  const bare: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    vaxel.push(await perCall('vaxel', exchange.vaxel.pid ?? 0))
    bare.push(await perCall('bare', barePid))
  }
  const ratio = rounded(median(vaxel) / median(bare))
  say(
    `(a) CPU per spoken absence, ms: median of ${String(rounds)} rounds of ${String(calls)} calls at 40 a second\n`,
  )
  const row = (name: string, values: readonly number[]): readonly string[] => [
    name,
    ...values.map((value) => value.toFixed(2)),
    median(values).toFixed(2),
  ]
  const heads = vaxel.map((_, round) => `round ${String(round + 1)}`)
  say(table(['', ...heads, 'median'], [row('Växel', vaxel), row('bare websocket loop', bare)]))
  say(`ratio ${String(ratio)} (wanted: at most 1.5)\n`)
  return ratio
}

/** (b) INVITE to the first packet of the sentence, Växel and the plain dialplan by turns. */
async function latency(office: BenchOffice): Promise<number> {
  const rows: (readonly string[])[] = []
  let extraAt20 = Number.NaN
  for (const [rate, rounds] of [
    [5, 2],
    [20, 5],
    [50, 3],
  ] as const) {
    const vaxel: Latency[] = []
    const plain: Latency[] = []
    for (let round = 0; round < rounds; round += 1) {
      const plan = { rate, calls: Math.max(10, Math.ceil(rate * 6 * share)), holdMs: 300 }
      vaxel.push(await measured(office, 'vaxel', plan))
      plain.push(await measured(office, 'plain', plan))
    }
    const extra = median(vaxel.map(({ p95 }, round) => p95 - (plain[round]?.p95 ?? Number.NaN)))
    if (rate === 20) extraAt20 = rounded(extra, 1)
    rows.push(latencyRow(`${String(rate)}/s Växel`, vaxel, `${extra >= 0 ? '+' : ''}${extra.toFixed(1)}`))
    rows.push(latencyRow(`${String(rate)}/s plain dialplan`, plain, ''))
  }
  say('(b) INVITE to the first packet of the sentence, ms: median of the rounds\n')
  say(table(['calls a second', 'calls', 'failed', 'p50', 'p95', 'p99', 'p95 extra'], rows))
  say(`p95 at 20 a second: ${String(extraAt20)} ms more than the plain dialplan (wanted: at most 50)\n`)
  return extraAt20
}

function latencyRow(name: string, rounds: readonly Latency[], extra: string): readonly string[] {
  const sum = (value: (round: Latency) => number): string =>
    String(rounds.reduce((total, round) => total + value(round), 0))
  const middle = (value: (round: Latency) => number): string => median(rounds.map(value)).toFixed(1)
  return [
    name,
    sum(({ calls }) => calls),
    sum(({ failed }) => failed),
    middle(({ p50 }) => p50),
    middle(({ p95 }) => p95),
    middle(({ p99 }) => p99),
    extra,
  ]
}

async function measured({ callers }: BenchOffice, way: Way, plan: Load): Promise<Latency> {
  return latencyOf(await load(callers[way], plan))
}

/** (c) The highest rate at which no call fails and p99 stays under half a second; up step by step, by turns. */
async function highestRate(office: BenchOffice): Promise<number> {
  const best = { vaxel: 0, plain: 0 }
  const climbing = new Set<'vaxel' | 'plain'>(['plain', 'vaxel'])
  const rows: (readonly string[])[] = []
  for (
    let rate = 20;
    climbing.size > 0 && rate < 2_000 && performance.now() < searchEndsAt;
    rate = Math.round(rate * 1.25)
  ) {
    for (const way of [...climbing]) {
      const { held, latency: seen } = await holds(office, way, rate)
      if (held) best[way] = rate
      else climbing.delete(way)
      rows.push([
        `${String(rate)}/s ${way}`,
        String(seen.calls),
        String(seen.failed),
        seen.p50.toFixed(0),
        seen.p99.toFixed(0),
        held ? 'yes' : 'no',
      ])
    }
  }
  const ratio = rounded(best.vaxel / best.plain)
  say(
    '(c) Highest rate with no failed call and p99 under 500 ms: 4 s a step, a step that fails is tried once more\n',
  )
  say(table(['calls a second', 'calls', 'failed', 'p50', 'p99', 'holds'], rows))
  say(
    `Växel ${String(best.vaxel)}/s, plain dialplan ${String(best.plain)}/s: ratio ${String(ratio)} (wanted: at least 0.5)\n`,
  )
  return ratio
}

async function holds(
  office: BenchOffice,
  way: 'vaxel' | 'plain',
  rate: number,
): Promise<{ readonly held: boolean; readonly latency: Latency }> {
  let seen: Latency | undefined
  for (let tries = 0; tries < 2; tries += 1) {
    seen = await measured(office, way, {
      rate,
      calls: Math.max(20, Math.ceil(rate * 4 * share)),
      holdMs: 300,
    })
    if (seen.failed === 0 && seen.p99 < 500) return { held: true, latency: seen }
    await pause(1_500) // what piled up is worked off
  }
  if (seen === undefined) throw new Error('nothing was measured')
  return { held: false, latency: seen }
}

/** (d) Memory of the Växel process with 10 to 300 callers who all listen. */
async function memory({ callers, exchange, log }: BenchOffice): Promise<number> {
  const pid = exchange.vaxel.pid ?? 0
  const inspector = await openInspector(pid, log)
  await inspector.heapBytes()
  const heap: (readonly [number, number])[] = []
  const rows: (readonly string[])[] = []
  const live: { hangUp(): Promise<void> }[] = []
  try {
    for (const wanted of [10, 60, 120, 180, 240, 300]) {
      const heard: Promise<unknown>[] = []
      while (live.length < wanted) {
        const call = callers.vaxel.call()
        live.push(call)
        heard.push(call.heard)
        await pause(12)
      }
      await Promise.all(heard)
      const kilobytes = (await inspector.heapBytes()) / 1024
      heap.push([live.length, kilobytes])
      rows.push([String(live.length), kilobytes.toFixed(0), String(residentKb(pid))])
    }
    if (callers.vaxel.live() < 300) throw new Error('not all callers were there at the end')
  } finally {
    await Promise.all(live.map((call) => call.hangUp()))
    inspector.close()
  }
  const { slope, fit } = line(heap)
  say('(d) Memory of the Växel process with live calls, kB: heap and buffers after a full collection\n')
  say(table(['live calls', 'heap', 'resident'], rows))
  say(`${slope.toFixed(1)} kB a call (wanted: under 50), R² of the straight line ${fit.toFixed(3)}`)
  return rounded(slope, 1)
}

const parts = { cpu, latency, memory, rate: highestRate }
await main()
