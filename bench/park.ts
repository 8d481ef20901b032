/**
 * `npm run bench park`: how long parking and fetching take, beside Asterisk's own res_parking in the same Asterisk. Many calls at once
 * and returns due together are not measured yet.
 * usage: bench/park [--quick]
 *   --quick   a tenth of the calls: to see that it works, not to judge by
 */
import { parseArgs } from 'node:util'
import { startLightOffice } from '../test/support/light/office.js'
import { latency } from './support/park-latency.js'
import { openResParking } from './support/res-parking.js'

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' } },
})
const share = options.quick === true ? 0.1 : 1

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
const office = await startLightOffice({
  people: 310,
  phones: 20,
  benchmarkModules: true,
  rtp: { first: 24_000, last: 27_999 },
  environment: { NODE_OPTIONS: '--inspect-port=127.0.0.1:0', VAXEL_LOG_LEVEL: 'info' },
  file: { parking: { recallSeconds: 600, ceilingMinutes: 240 } },
})
try {
  const resParking = await openResParking(office.office.exchange)
  await latency(office, resParking, Math.ceil(200 * share), say)
  resParking.close()
} catch (error) {
  say(String(error) + office.office.exchange.logs(40))
  process.exitCode = 1
} finally {
  await office.stop()
}
