import { setTimeout as pause } from 'node:timers/promises'
import type { CompanyId } from '../../src/domain/ids.js'
import type { LightCall } from '../../test/support/light/call.js'
import type { LightOffice } from '../../test/support/light/office.js'
import { percentile, rounded, table } from './figures.js'

type Say = (text: string) => void

const company = 'lasten' as CompanyId

/** Växel is killed and started again; what is needed to tell how it took the parked calls up. */
interface Restarted {
  /** `Date.now()` when the new process was started, and when it had a story for every parked call. */
  readonly startedAt: number
  readonly adoptedAt: number
  readonly leaseAt: number
  /** The longest hole in the music of any caller, by its own timestamps. */
  readonly longestHoleMs: number
  readonly restarts: number
}

/** Longer than a dead process keeps its lease, a new one starts and takes the calls up. */
const untilDue = 20_000

/** (e) The returns of as many calls as there are, all due at one moment: while Växel is dead, and while it runs. */
export async function recalls(
  office: LightOffice,
  park: () => Promise<readonly LightCall[]>,
  say: Say,
): Promise<number> {
  const rows: (readonly string[])[] = []
  let spread = 0
  for (const due of ['while dead', 'while it runs'] as const) {
    const callers = await park()
    const rung: number[] = []
    const devices = new Set<string>()
    office.onRinging((call, device) => {
      // A phone that rings and is asked once more has rung already.
      if (!devices.has(device)) rung.push(Date.now())
      devices.add(device)
      call.ring()
    })
    const at = due === 'while dead' ? -1_000 : untilDue
    const { deadline, restarted } = await restart(office, callers, at)
    const from = Math.max(deadline, restarted.adoptedAt)
    const patience = Math.max(Date.now(), deadline) + 25_000
    while (rung.length < callers.length && Date.now() < patience) await pause(50)
    if (rung.length < callers.length)
      for (const record of await office.office.redis.stores.parking.list(company))
        say(`(${record.place} parked by ${record.parkedBy}: ${record.phase}, round ${String(record.round)})`)
    const late = rung.map((time) => time - from)
    // Not all of them: no figure, and the table says how many.
    spread = Math.max(spread, rung.length < callers.length ? Infinity : rounded(Math.max(...late), 0))
    rows.push([
      due,
      `${String(rung.length)} of ${String(callers.length)}`,
      ...[Math.min(...late), percentile(late, 0.5), percentile(late, 0.95), Math.max(...late)].map((value) =>
        value.toFixed(0),
      ),
      (restarted.leaseAt - restarted.startedAt).toFixed(0),
      (restarted.adoptedAt - restarted.leaseAt).toFixed(0),
      `${restarted.longestHoleMs.toFixed(0)} / ${String(restarted.restarts)}`,
    ])
    office.onRinging(undefined)
    await Promise.all(callers.map(async (caller) => caller.hangUp()))
    await pause(2_000)
  }
  say(
    `(e) Växel killed and started with parked calls, and their returns, all due at one moment; ms after that moment, or after they were taken up\n`,
  )
  say(
    table(
      [
        'due',
        'rung',
        'first',
        'p50',
        'p95',
        'last',
        'start to lease',
        'to taken up',
        'music: hole / restarts',
      ],
      rows,
    ),
  )
  say('')
  return spread
}

async function restart(
  office: LightOffice,
  callers: readonly LightCall[],
  dueIn: number,
): Promise<{ readonly deadline: number; readonly restarted: Restarted }> {
  const { exchange, redis } = office.office
  const parked = () => redis.stores.parking.list(company)
  // A phone is told that it has transferred before the call is on its place, and those who have just hung up still leave theirs.
  const patience = Date.now() + 60_000
  while ((await parked()).length !== callers.length && Date.now() < patience) await pause(50)
  for (const caller of callers) caller.sound.listenFrom()
  await exchange.vaxel.kill()
  const deadline = Date.now() + dueIn
  const records = await parked()
  if (records.length !== callers.length)
    throw new Error(`${String(callers.length)} callers, but ${String(records.length)} records`)
  await Promise.all(records.map((record) => redis.stores.parking.update({ ...record, deadline })))
  const startedAt = Date.now()
  const adopted = adoptedAt(exchange.ports.http, records.length)
  await exchange.vaxel.start()
  const at = await adopted
  const courses = callers.map((caller) => caller.sound.course())
  return {
    deadline,
    restarted: {
      startedAt,
      adoptedAt: at,
      leaseAt: lastLease(exchange.logs(200)),
      longestHoleMs: Math.max(...courses.map(({ longestHoleMs }) => longestHoleMs)),
      restarts: courses.reduce((sum, course) => sum + course.restarts, 0),
    },
  }
}

/** When Växel says that it has so many calls; on a machine that others use too its start alone has taken half a minute. */
async function adoptedAt(port: number, calls: number): Promise<number> {
  const patience = Date.now() + 120_000
  let seen = 0
  while (Date.now() < patience) {
    const health = await fetch(`http://127.0.0.1:${String(port)}/health`)
      .then((answer) => answer.json() as Promise<{ readonly calls?: number }>)
      .catch(() => undefined)
    seen = Math.max(seen, health?.calls ?? 0)
    if (seen >= calls) return Date.now()
    await pause(10)
  }
  throw new Error(`of ${String(calls)} parked calls ${String(seen)} were taken up`)
}

/** From the log: the moment from which this process was the writer. */
function lastLease(log: string): number {
  const times = [...log.matchAll(/"time":(\d+).*this process is the writer/g)]
  return Number(times.at(-1)?.[1] ?? Number.NaN)
}
