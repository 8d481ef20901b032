import { setTimeout as pause } from 'node:timers/promises'
import type { LightCall } from '../../test/support/light/call.js'
import type { LightOffice } from '../../test/support/light/office.js'
import { line, rounded, table } from './figures.js'
import { openInspector } from './inspector.js'
import { groupSize } from './park-group.js'
import { cpuMs, residentKb } from './process-cost.js'

type Say = (text: string) => void

/** How many calls are being parked at the same moment. */
const hands = 4
/** On a machine that others use too a call may fail; it is made once more, and told. */
const tries = 3

/** Parks calls of phone after phone on these places, some at a time. Gives the callers in the order of the places. */
export async function parkAll(
  office: LightOffice,
  places: readonly number[],
  say: Say,
): Promise<readonly LightCall[]> {
  const callers: LightCall[] = []
  const left = places.map((place, index) => ({ place, index, failed: 0 }))
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { place, index, failed } = next
      try {
        callers[index] = await office.park(place % office.phoneCount, office.extension(place))
      } catch (error) {
        say(`(place ${String(place)}: ${String(error)})`)
        if (failed + 1 === tries) throw error
        left.push({ place, index, failed: failed + 1 })
        await pause(1_000)
        // A phone that answers too late when it is asked whether it is there is taken for gone.
        await office.signIn(place % office.phoneCount)
      }
    }
  }
  await Promise.all(Array.from({ length: hands }, work))
  return callers
}

/** What a caller heard lately who hears no music; a healthy one hears fifty packets a second. */
async function silent(callers: readonly LightCall[]): Promise<number> {
  for (const caller of callers) caller.sound.listenFrom()
  await pause(1_000)
  return callers.filter((caller) => caller.sound.course().packets < 10).length
}

export interface Many {
  readonly kbPerParked: number
  readonly callers: readonly LightCall[]
}

/** (c) CPU and memory with 10 to 300 parked calls. */
export async function many(office: LightOffice, steps: readonly number[], say: Say): Promise<Many> {
  const { exchange } = office.office
  const [vaxel, asterisk] = [exchange.vaxel.pid ?? 0, exchange.asterisk.pid ?? 0]
  const inspector = await openInspector(vaxel, `${exchange.places.directory}/logs/vaxel.log`)
  await inspector.heapBytes()
  const callers: LightCall[] = []
  const points: { calls: number; heap: number; vaxel: number; asterisk: number }[] = []
  const rows: (readonly string[])[] = []
  for (const wanted of steps) {
    callers.push(...(await parkAll(office, placesFrom(callers.length, wanted), say)))
    await pause(1_500)
    const mute = await silent(callers)
    const heap = (await inspector.heapBytes()) / 1024
    const window = 5_000
    const before = [cpuMs(vaxel), cpuMs(asterisk)] as const
    await pause(window)
    const cpu = [cpuMs(vaxel) - before[0], cpuMs(asterisk) - before[1]].map((ms) => ms / (window / 1000))
    points.push({ calls: wanted, heap, vaxel: cpu[0] ?? 0, asterisk: cpu[1] ?? 0 })
    rows.push(
      [wanted, heap, residentKb(vaxel), residentKb(asterisk), ...cpu, mute].map((value) => value.toFixed(0)),
    )
  }
  inspector.close()
  const fit = (what: 'heap' | 'vaxel' | 'asterisk') => line(points.map((point) => [point.calls, point[what]]))
  const [memory, ours, theirs] = [fit('heap'), fit('vaxel'), fit('asterisk')]
  say('(c) With parked calls: memory in kB, heap and buffers after a full collection; CPU in ms a second\n')
  say(table(['parked', 'heap', 'resident', 'Asterisk res.', 'CPU', 'Asterisk CPU', 'without music'], rows))
  say(
    `each parked call: ${memory.slope.toFixed(1)} kB (R² ${memory.fit.toFixed(3)}), ` +
      `${ours.slope.toFixed(3)} ms CPU a second (R² ${ours.fit.toFixed(3)}), ` +
      `Asterisk ${theirs.slope.toFixed(2)} ms CPU a second (R² ${theirs.fit.toFixed(3)})\n`,
  )
  return { kbPerParked: rounded(memory.slope, 1), callers }
}

/** The last member of the group is left out: the next part looks for that place. */
const placesFrom = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first }, (_, index) => first + index).map((place) =>
    place < groupSize - 1 ? place : place + 1,
  )
