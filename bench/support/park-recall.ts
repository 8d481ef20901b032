import { setTimeout as pause } from 'node:timers/promises'
import type { CompanyId } from '../../src/domain/ids.js'
import type { LightCall } from '../../test/support/light/call.js'
import type { LightOffice } from '../../test/support/light/office.js'
import { percentile, rounded, table } from './figures.js'

type Say = (text: string) => void

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
    office.onRinging((call) => {
      rung.push(Date.now())
      call.ring()
    })
    const at = due === 'while dead' ? -1_000 : untilDue
    const { deadline, restarted } = await restart(office, callers, at)
    const from = Math.max(deadline, restarted.adoptedAt)
    const patience = Math.max(Date.now(), deadline) + 25_000
    while (rung.length < callers.length && Date.now() < patience) await pause(50)
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
  for (const caller of callers) caller.sound.listenFrom()
  await exchange.vaxel.kill()
  const company = 'lasten' as CompanyId
  const deadline = Date.now() + dueIn
  for (const record of await redis.stores.parking.list(company))
    await redis.stores.parking.update({ ...record, deadline })
  const startedAt = Date.now()
  const adopted = adoptedAt(exchange.ports.http, callers.length)
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

/** When Växel says that it has so many calls. */
async function adoptedAt(port: number, calls: number): Promise<number> {
  const patience = Date.now() + 30_000
  while (Date.now() < patience) {
    const health = await fetch(`http://127.0.0.1:${String(port)}/health`)
      .then((answer) => answer.json() as Promise<{ readonly calls?: number }>)
      .catch(() => undefined)
    if ((health?.calls ?? 0) >= calls) return Date.now()
    await pause(10)
  }
  throw new Error('the parked calls were not taken up')
}

/** From the log: the moment from which this process was the writer. */
function lastLease(log: string): number {
  const times = [...log.matchAll(/"time":(\d+).*this process is the writer/g)]
  return Number(times.at(-1)?.[1] ?? Number.NaN)
}
