/**
 * `npm run bench park`: what parking costs, beside Asterisk's own res_parking and the least ARI program in the same Asterisk.
 * usage: bench/park [--quick] [--part latency|many|group|recall]
 *   --quick       a tenth of the calls: to see that it works, not to judge by
 *   --part NAME   only this part, without the last line
 */
import type { LightCall } from '../test/support/light/call.js'
import { startLightOffice, type LightOffice } from '../test/support/light/office.js'
import { benchOptions } from './support/options.js'
import { findInGroup, groupSize } from './support/park-group.js'
import { latency, type Ratios } from './support/park-latency.js'
import { many, parkAll } from './support/park-many.js'
import { recalls } from './support/park-recall.js'
import { openBeside } from './support/res-parking.js'

const { quick, share, whole, wants } = benchOptions(['latency', 'many', 'group', 'recall'])

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

async function main(): Promise<void> {
  const office = await startLightOffice({
    people: 310,
    phones: groupSize,
    benchmarkModules: true,
    // Sound of 600 legs at once, away from the ports of the tests.
    rtp: { first: 24_000, last: 27_999 },
    // A free port, should the inspector be opened; it is not opened by this.
    environment: { NODE_OPTIONS: '--inspect-port=127.0.0.1:0', VAXEL_LOG_LEVEL: 'info' },
    file: {
      parking: { recallSeconds: 600, ceilingMinutes: 240 },
      parkGroups: [
        {
          id: 'alla',
          number: '1',
          name: 'Alla',
          members: Array.from({ length: groupSize }, (_, index) => `p${String(index)}`),
        },
      ],
    },
  })
  try {
    const ratios = wants('latency') ? await beside(office) : undefined
    const crowd = wants('many') ? await many(office, steps(), say) : undefined
    const groupFindMs = wants('group') ? await findInGroup(office, Math.ceil(100 * share), say) : undefined
    const recallSpreadMs = wants('recall') ? await returning(office, crowd?.callers ?? []) : undefined
    if (recallSpreadMs === Infinity) process.exitCode = 1
    const kbPerParked = crowd?.kbPerParked
    if (whole) say(JSON.stringify({ ...ratios, kbPerParked, groupFindMs, recallSpreadMs }))
  } catch (error) {
    throw new Error(`the bench did not come to its end\n${office.office.exchange.logs(20)}`, { cause: error })
  } finally {
    await office.stop()
  }
}

const steps = (): readonly number[] => (quick ? [10, 20, 30] : [10, 60, 120, 180, 240, 300])

/** (a), (b) */
async function beside(office: LightOffice): Promise<Ratios> {
  const others = await openBeside(office.office.exchange)
  try {
    return await latency(office, others, Math.ceil(200 * share), say)
  } finally {
    others.close()
  }
}

/** (e) with the first of those who are parked already, and then with as many new ones. */
async function returning(office: LightOffice, parked: readonly LightCall[]): Promise<number> {
  const places = Array.from({ length: 100 * share }, (_, index) => index)
  await Promise.all(parked.slice(places.length).map((caller) => caller.hangUp()))
  let there = parked.slice(0, places.length)
  return recalls(
    office,
    async () => {
      const callers = there.length > 0 ? there : await parkAll(office, places, say)
      there = []
      return callers
    },
    say,
  )
}

await main()
