import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { LightAgent } from '../../test/support/light/agent.js'
import type { LightCall } from '../../test/support/light/call.js'
import { marks, type LightOffice } from '../../test/support/light/office.js'
import { rounded, table } from './figures.js'
import { openInspector } from './inspector.js'
import { cpuMs, residentKb } from './process-cost.js'
import { outsideAddress, pushEndpoints } from './res-parking.js'
import { atPhones, hangUpAll, keyUntilRung, talkOfThree } from './talk-scenes.js'

type Say = (text: string) => void

/** How long CPU and packets are looked at. */
const window = 10_000

interface Cost {
  /** Milliseconds of CPU in a second. */
  readonly vaxel: number
  readonly asterisk: number
  /** The longest time that the sender's own timestamps leave out. */
  readonly holeMs: number
  readonly waitMs: number
  readonly missing: number
}

async function look(office: LightOffice, calls: readonly LightCall[]): Promise<Cost> {
  const { exchange } = office.office
  const pids = [exchange.vaxel.pid ?? 0, exchange.asterisk.pid ?? 0] as const
  for (const call of calls) call.sound.listenFrom()
  const before = pids.map(cpuMs)
  await pause(window)
  const [vaxel = 0, asterisk = 0] = pids.map(
    (pid, index) => (cpuMs(pid) - (before[index] ?? 0)) / (window / 1000),
  )
  const courses = calls.map(({ sound }) => sound.course())
  const worst = (of: (course: (typeof courses)[number]) => number): number => Math.max(0, ...courses.map(of))
  return {
    vaxel,
    asterisk,
    holeMs: worst((course) => course.longestHoleMs),
    waitMs: worst((course) => course.longestWaitMs),
    missing: courses.reduce((sum, { missing }) => sum + missing, 0),
  }
}

/** As Asterisk has it by default, without its announcements. */
const conferences = `[general]
[default_bridge]
type=bridge
[default_user]
type=user
quiet=yes
announce_only_user=no
`

/** The same number of conferences of three, and of whisperers, by Asterisk's own applications in the same Asterisk. */
async function confBridges(office: LightOffice, talks: number, coaches: number): Promise<Cost> {
  const { exchange } = office.office
  writeFileSync(join(exchange.places.directory, 'etc/confbridge.conf'), conferences)
  await exchange.asteriskCli('module load app_confbridge.so')
  await exchange.asteriskCli('module load app_chanspy.so')
  await pushEndpoints(exchange)
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['_6XX', ['Answer()', 'Set(SPYGROUP=${EXTEN:1})', 'ConfBridge(${EXTEN:1})']],
    ['_7XX', ['Answer()', 'ConfBridge(${EXTEN:1})']],
    ['_8XX', ['Answer()', 'ChanSpy(,qwg(${EXTEN:1}))']],
  ]
  for (const [extension, applications] of steps)
    for (const [index, application] of applications.entries())
      await exchange.asteriskCli(
        `dialplan add extension ${extension},${String(index + 1)},${application} into bench-outside`,
      )
  const outside = await LightAgent.open(outsideAddress, exchange.sip)
  const calls: LightCall[] = []
  const call = async (to: string): Promise<void> => {
    const made = await outside.call(to, { number: '+46701740630' })
    made.sound.speak(marks.outside)
    calls.push(made)
    await made.answered
  }
  const two = (index: number): string => String(index).padStart(2, '0')
  for (let index = 0; index < talks; index += 1)
    for (const first of ['6', '7', '7']) await call(`${first}${two(index)}`)
  for (let index = 0; index < coaches; index += 1) await call(`8${two(index)}`)
  await pause(2_000)
  const cost = await look(office, calls)
  await hangUpAll(calls)
  outside.close()
  return cost
}

export interface Crowd {
  readonly maxGapMs: number
  readonly cpuRatio: number
}

/** So many talks of three at once, some of them with a coach; beside ConfBridge and ChanSpy. */
export async function crowd(office: LightOffice, talks: number, coaches: number, say: Say): Promise<Crowd> {
  const { exchange } = office.office
  const rings = atPhones(office)
  const pids = [exchange.vaxel.pid ?? 0, exchange.asterisk.pid ?? 0] as const
  const inspector = await openInspector(pids[0], `${exchange.places.directory}/logs/vaxel.log`)
  // What the first talk of a process makes and keeps is not the price of each.
  const { caller, phone, invited } = await talkOfThree(office, rings, 0, talks)
  await hangUpAll([caller, phone, invited])
  await pause(2_000)
  await inspector.heapBytes()
  const heapBefore = await inspector.heapBytes()
  const memory = pids.map(residentKb)
  const calls: LightCall[] = []
  const set = async (index: number): Promise<void> => {
    const { caller, phone, invited } = await talkOfThree(office, rings, index, talks + index)
    calls.push(caller, phone, invited)
    if (index >= coaches) return
    const { call: coach } = await keyUntilRung(office, rings, phone, '*4', 2 * talks + index)
    coach.accept()
    coach.sound.speak(marks.outside)
    await pause(1_000)
    await coach.sound.press('1')
    calls.push(coach)
  }
  for (let index = 0; index < talks; index += 1)
    await set(index).catch((error: unknown) => {
      // Told, and seen in the legs that are up: on a machine that others use too a talk may fail.
      say(`(talk ${String(index)}: ${String(error)})`)
    })
  await pause(3_000)
  const ours = await look(office, calls)
  const after = pids.map(residentKb)
  const heapKb = ((await inspector.heapBytes()) - heapBefore) / 1024 / talks
  inspector.close()
  const up = calls.filter((call) => call.isUp).length
  await hangUpAll(calls)
  await pause(2_000)
  const idle = await look(office, [])
  const theirs = await confBridges(office, talks, coaches)
  if (theirs.waitMs === 0) throw new Error('nobody in the conferences heard anything')
  const row = (name: string, cost: Cost): readonly string[] => [
    name,
    ...[cost.vaxel, cost.asterisk, cost.holeMs, cost.waitMs].map((value) => value.toFixed(0)),
    String(cost.missing),
  ]
  say(
    `(c) ${String(talks)} talks of three, ${String(coaches)} of them coached, ${String(up)} of ${String(3 * talks + coaches)} legs up; CPU in ms a second\n`,
  )
  say(
    table(
      ['', 'Växel CPU', 'Asterisk CPU', 'hole ms', 'wait ms', 'missing'],
      [row('nobody', idle), row('Växel', ours), row('ConfBridge, ChanSpy', theirs)],
    ),
  )
  const [vaxelKb = 0, asteriskKb = 0] = after.map((kb, index) => (kb - (memory[index] ?? 0)) / talks)
  const each = (ms: number, without: number): string => ((ms - without) / talks).toFixed(2)
  say(
    `\neach talk: Växel ${each(ours.vaxel, idle.vaxel)} ms CPU a second, ${heapKb.toFixed(0)} kB of living objects and ${vaxelKb.toFixed(0)} kB resident, ` +
      `Asterisk ${each(ours.asterisk, idle.asterisk)} ms and ${asteriskKb.toFixed(0)} kB resident\n`,
  )
  return {
    maxGapMs: rounded(ours.holeMs, 0),
    cpuRatio: rounded((ours.vaxel + ours.asterisk) / theirs.asterisk),
  }
}
