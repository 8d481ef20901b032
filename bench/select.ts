/**
 * `npm run bench select`: how long it takes to decide whose phones ring for whom, over all queues of a company, while 1 000 callers
 * wait and 200 agents are free, and how that grows. Pure computing: no Asterisk, no Redis. The last line is JSON.
 */
import { rounded } from './support/figures.js'
import { selectMs } from './support/select.js'

selectMs(1000, 200) // warm
const sizes = [250, 500, 1000, 2000, 4000].map((callers) => ({ callers, ...selectMs(callers, 200) }))
for (const { callers, usual, least } of sizes)
  process.stdout.write(
    `${String(callers).padStart(5)} waiting, 200 agents: ${rounded(usual, 3).toFixed(3)} ms, at best ${rounded(least, 3).toFixed(3)} ms\n`,
  )
const asked = sizes.find(({ callers }) => callers === 1000)?.usual ?? Number.NaN
process.stdout.write(`${JSON.stringify({ selectMs: rounded(asked, 3) })}\n`)
