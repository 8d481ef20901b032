/**
 * `npm run bench park`: what parking costs, beside Asterisk's own res_parking in the same Asterisk.
 * usage: bench/park [--quick] [--part latency|many|recall]
 *   --quick       a tenth of the calls: to see that it works, not to judge by
 *   --part NAME   only this part, without the last line
 */
import { parseArgs } from 'node:util'
import { startLightOffice } from '../test/support/light/office.js'
import { latency } from './support/park-latency.js'
import { openResParking } from './support/res-parking.js'

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, part: { type: 'string' } },
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
} finally {
  await office.stop()
}
