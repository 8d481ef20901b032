/**
 * `npm run bench queue`: how fast a free agent is rung and put together with who waits, how many calls are handled and what they cost,
 * beside Asterisk's app_queue in the same Asterisk; and how long it takes to decide who is rung for whom.
 * usage: bench/queue [--quick] [--part latency|crowd|select]
 *   --quick       a tenth of it: to see that it works, not to judge by
 *   --part NAME   only this part, without the last line
 */
import { getPriority, setPriority } from 'node:os'
import { startLightOffice } from '../test/support/light/office.js'
import { agentCount, openAppQueue, queuesOfFile, vaxelQueues } from './support/app-queue.js'
import { rounded } from './support/figures.js'
import { benchOptions } from './support/options.js'
import { crowd } from './support/queue-crowd.js'
import { latency } from './support/queue-latency.js'
import { selectMs } from './support/select.js'

const { quick, share, whole, wants } = benchOptions(['latency', 'crowd', 'select'])

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** Pure computing, while nothing else runs. */
function select(): number {
  selectMs(1_000, 200) // warm
  const { usual, least } = selectMs(1_000, 200)
  say(
    `(e) Who is rung for whom, 1 000 waiting, 200 agents: ${usual.toFixed(3)} ms, at best ${least.toFixed(3)} ms\n`,
  )
  return rounded(usual, 3)
}

/** As what is measured: a client that comes too late with its packets measures itself. Where it is not permitted it stays as it is. */
function beAsQuick(): void {
  try {
    setPriority(getPriority() - 10)
  } catch {
    // not as root
  }
}

async function main(): Promise<void> {
  const decided = wants('select') ? select() : undefined
  if (!wants('latency') && !wants('crowd')) return
  const office = await startLightOffice({
    people: agentCount,
    phones: agentCount,
    benchmarkModules: true,
    // Sound of 300 legs at once, away from the ports of the tests and the other benchmarks.
    rtp: { first: 28_000, last: 29_999 },
    file: { queues: queuesOfFile },
  })
  try {
    const appQueue = await openAppQueue(office.office.exchange)
    beAsQuick()
    const vaxel = vaxelQueues(office)
    const times = wants('latency') ? await latency(vaxel, appQueue, 100 * share, say) : undefined
    const handled = wants('crowd') ? await crowd(office, { vaxel, appQueue }, quick, say) : undefined
    appQueue.close()
    if (whole) say(JSON.stringify({ ...times, ...handled, selectMs: decided }))
  } catch (error) {
    throw new Error(`the bench did not come to its end\n${office.office.exchange.logs(20)}`, { cause: error })
  } finally {
    await office.stop()
  }
}

await main()
