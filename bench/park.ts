/**
 * `npm run bench park`: what parking costs, beside Asterisk's own res_parking in the same Asterisk.
 * usage: bench/park [--quick] [--part latency|many|recall]
 *   --quick       a tenth of the calls: to see that it works, not to judge by
 *   --part NAME   only this part, without the last line
 */
import { parseArgs } from 'node:util'
import type { LightCall } from '../test/support/light/call.js'
import { startLightOffice, type LightOffice } from '../test/support/light/office.js'
import { findInGroup, many, parkAll } from './support/park-many.js'
import { latency, type Ratios } from './support/park-latency.js'
import { recalls } from './support/park-recall.js'
import { openResParking } from './support/res-parking.js'

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, part: { type: 'string' } },
})
const share = options.quick === true ? 0.1 : 1
const wants = (part: string): boolean => options.part === undefined || options.part === part

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

async function main(): Promise<void> {
  const office = await startLightOffice({
    people: 310,
    phones: 200,
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
          members: Array.from({ length: 200 }, (_, index) => `p${String(index)}`),
        },
      ],
    },
  })
  try {
    const ratios = wants('latency') ? await beside(office) : undefined
    const crowd = wants('many') ? await crowded(office) : undefined
    const recallSpreadMs = wants('recall') ? await returning(office, crowd?.callers ?? []) : undefined
    if (options.part === undefined) say(JSON.stringify({ ...ratios, ...crowd?.figures, recallSpreadMs }))
  } catch (error) {
    throw new Error(`the bench did not come to its end\n${office.office.exchange.logs(20)}`, { cause: error })
  } finally {
    await office.stop()
  }
}

/** (a), (b) */
async function beside(office: LightOffice): Promise<Ratios> {
  const resParking = await openResParking(office.office.exchange)
  try {
    return await latency(office, resParking, Math.ceil(150 * share), say)
  } finally {
    resParking.close()
  }
}

/** (c), (d) */
async function crowded(office: LightOffice): Promise<{
  readonly figures: { readonly kbPerParked: number; readonly groupFindMs: number }
  readonly callers: readonly LightCall[]
}> {
  const { kbPerParked, callers } = await many(office, [10, 60, 120, 180, 240, 300], say)
  const groupFindMs = await findInGroup(office, Math.ceil(100 * share), say)
  return { figures: { kbPerParked, groupFindMs }, callers }
}

/** (e) with the first hundred of those who are parked already, and then with a hundred new ones. */
async function returning(office: LightOffice, parked: readonly LightCall[]): Promise<number> {
  const hundred = Array.from({ length: 100 }, (_, index) => index)
  await Promise.all(parked.slice(100).map((caller) => caller.hangUp()))
  let there = parked.slice(0, 100)
  return recalls(
    office,
    async () => {
      const callers = there.length > 0 ? there : await parkAll(office, hundred, say)
      there = []
      return callers
    },
    say,
  )
}

await main()
