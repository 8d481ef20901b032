/**
 * `npm run bench talk`: how fast a third person is brought into a talk, what sound is lost at changes, and what fifty talks of three
 * cost beside ConfBridge and ChanSpy in the same Asterisk.
 * usage: bench/talk [--quick] [--part latency|changes|crowd]
 *   --quick       a tenth of it: to see that it works, not to judge by
 *   --part NAME   only this part, without the last line
 */
import { setTimeout as pause } from 'node:timers/promises'
import { startLightOffice, type LightOffice } from '../test/support/light/office.js'
import { percentile, rounded, table } from './support/figures.js'
import { benchOptions } from './support/options.js'
import { changes } from './support/talk-changes.js'
import { crowd } from './support/talk-crowd.js'
import { atPhones, hangUpAll, talkOfThree } from './support/talk-scenes.js'

const { share, whole, wants } = benchOptions(['latency', 'changes', 'crowd'])
const talks = 50 * share
const coaches = 10 * share

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

async function main(): Promise<void> {
  const office = await startLightOffice({
    people: 2 * talks + coaches,
    phones: 2 * talks + coaches,
    benchmarkModules: true,
    // Sound of 160 legs at once, away from the ports of the tests.
    rtp: { first: 24_000, last: 27_999 },
    // A free port, should the inspector be opened; it is not opened by this.
    environment: { NODE_OPTIONS: '--inspect-port=127.0.0.1:0', VAXEL_LOG_LEVEL: 'info' },
    // A coach comes besides the three.
    file: { talk: { coachCounts: false } },
  })
  try {
    const times = wants('latency') ? await latency(office, 60 * share) : undefined
    if (wants('changes')) await changes(office, Math.ceil(10 * share), say)
    const cost = wants('crowd') ? await crowd(office, talks, coaches, say) : undefined
    if (whole) say(JSON.stringify({ ...times, ...cost }))
  } catch (error) {
    throw new Error(`the bench did not come to its end\n${office.office.exchange.logs(20)}`, { cause: error })
  } finally {
    await office.stop()
  }
}

/** (a) One talk at a time. */
async function latency(
  office: LightOffice,
  rounds: number,
): Promise<{ readonly inviteMs: number; readonly soundMs: number }> {
  const rings = atPhones(office)
  const invite: number[] = []
  const sound: number[] = []
  for (let index = 0; index < rounds; index += 1) {
    const { caller, phone, invited, inviteMs, soundMs } = await talkOfThree(office, rings, 0, 1)
    invite.push(inviteMs)
    sound.push(soundMs)
    await hangUpAll([caller, phone, invited])
    await pause(100 + Math.random() * 40)
  }
  const row = (name: string, values: readonly number[]): readonly string[] => [
    name,
    ...[0.5, 0.95].map((part) => percentile(values, part).toFixed(1)),
  ]
  say(`(a) Bringing in a third, ms, ${String(rounds)} talks one after the other\n`)
  say(
    table(
      ['', 'p50', 'p95'],
      [row('# of *3EXT# to INVITE', invite), row('answer to sound both ways', sound)],
    ),
  )
  say('')
  return { inviteMs: rounded(percentile(invite, 0.95), 1), soundMs: rounded(percentile(sound, 0.95), 1) }
}

await main()
