import { describe, expect, it } from 'vitest'
import { keepVaxel, type KeptVaxel } from '../../src/launcher/keep-vaxel.js'
import { supervise } from '../../src/launcher/supervise.js'
import { settle } from '../support/manual-clock.js'
import { fakeProcesses, manualTime, type FakeProcess } from './fake-processes.js'

function open(standby = true) {
  const time = manualTime()
  const { all, start } = fakeProcesses(time)
  const reports: string[] = []
  const vaxel: KeptVaxel = keepVaxel({
    vaxel: { environment: {}, log: '' },
    directory: 'run',
    standby,
    report: (line) => reports.push(line),
    time,
    start,
  })
  const process = (index: number): FakeProcess => {
    const found = all[index]
    if (found === undefined) throw new Error(`only ${String(all.length)} processes were started`)
    return found
  }
  return { time, all, vaxel, reports, process }
}

/** The first carries calls, the second stands by. */
async function opened() {
  const office = open()
  await settle()
  office.process(0).plan.onWord?.('takes calls')
  await office.time.advance(2_000)
  office.process(1).plan.onWord?.('stands by')
  return office
}

const lives = (process: FakeProcess): boolean => process.exit() === undefined

describe('Växel with a process that stands by', () => {
  it('has a second one when the first has taken up its calls and these had a moment for themselves', async () => {
    const { time, all, vaxel, process } = open()
    await time.advance(60_000)
    expect(all.map(({ plan }) => plan.standby)).toEqual([false])
    process(0).plan.onWord?.('takes calls')
    await time.advance(1_999)
    expect(all).toHaveLength(1)
    await time.advance(1)
    expect(all.map(({ plan }) => plan.standby)).toEqual([false, true])
    expect(vaxel.standby()).toBeUndefined()
    process(1).plan.onWord?.('stands by')
    expect(vaxel.standby()).toBe(process(1))
    expect(process(0).told).toEqual(['nobody stands by', 'somebody stands by'])
    expect(new Set(all.map(({ plan }) => plan.pidFile)).size).toBe(2)
  })

  it('M-03 goes on in the second one without a pause, and makes a third stand by', async () => {
    const { time, all, vaxel, process } = await opened()
    await time.advance(30_000)
    process(0).end()
    await settle()
    expect(process(1).told).toEqual(['take over'])
    expect(vaxel.active()).toBe(process(1))
    expect(vaxel.standby()).toBeUndefined()
    process(1).plan.onWord?.('takes calls')
    await time.advance(2_000)
    expect(all.map(({ plan }) => plan.standby)).toEqual([false, true, true])
    expect(process(2).plan.pidFile).toBe(process(0).plan.pidFile)
  })

  it('goes on in one that is still loading: nothing is ready earlier', async () => {
    const { time, all, process } = open()
    await settle()
    process(0).plan.onWord?.('takes calls')
    await time.advance(40_000)
    process(0).end()
    await settle()
    expect(all).toHaveLength(2)
    expect(process(1).told).toEqual(['take over'])
  })

  it.each([true, false])(
    'one that never lives long is started with growing pauses, standby: %s',
    async (standby) => {
      const { time, all, process, vaxel } = open(standby)
      const begins: number[] = []
      for (let round = 0; round < 9; round += 1) {
        await settle()
        const active = vaxel.active() as FakeProcess
        begins.push(time.now())
        active.plan.onWord?.('takes calls')
        await time.advance(2_500)
        active.end()
        while (vaxel.active() === undefined) await time.advance(1)
      }
      const pauses = begins.slice(1).map((begin, index) => begin - (begins[index] ?? 0) - 2_500)
      expect(pauses).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
      expect(
        all.every((each) => each === vaxel.active() || !lives(each) || each === process(all.length - 1)),
      ).toBe(true)
    },
  )

  it('M-01 kills one that has let the lease run out, and tells the other when it has ended, not before', async () => {
    const { time, process, reports } = await opened()
    await time.advance(30_000)
    process(1).plan.onWord?.('has the lease')
    expect(lives(process(0))).toBe(false)
    expect(process(1).told).toEqual([])
    await settle()
    expect(process(1).told).toEqual(['take over'])
    expect(reports[0]).toContain('hangs')
  })

  it('kills nobody for the lease that one has who was told to take it', async () => {
    const { time, process } = await opened()
    await time.advance(30_000)
    process(0).end()
    await settle()
    process(1).plan.onWord?.('has the lease')
    expect(lives(process(1))).toBe(true)
  })

  it('says of nobody that it hangs who has ended, also when the other has the lease before it was told', async () => {
    const { time, process, reports } = await opened()
    process(0).end()
    await settle()
    process(1).plan.onWord?.('has the lease')
    process(1).plan.onWord?.('takes calls')
    await time.advance(10_000)
    expect(process(1).told[0]).toBe('take over')
    expect(reports.join(' ')).not.toContain('hangs')
  })

  it('starts another one to stand by when that one ends, with growing pauses, and leaves the first alone', async () => {
    const { time, all, process, reports } = await opened()
    const gaps: number[] = []
    for (let round = 1; round < 9; round += 1) {
      process(round).end()
      const ended = time.now()
      while (all.length < round + 2) await time.advance(1)
      gaps.push(time.now() - ended)
    }
    expect(gaps).toEqual([400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000])
    expect(lives(process(0))).toBe(true)
    expect(process(0).told.slice(-1)).toEqual(['nobody stands by'])
    expect(reports).toHaveLength(8)
  })

  it('starts one without standing by when both have ended', async () => {
    const { time, all, process } = await opened()
    await time.advance(30_000)
    process(1).end()
    process(0).end()
    await time.advance(200)
    expect(all.map(({ plan }) => plan.standby)).toEqual([false, true, false])
    await time.advance(60_000)
    expect(all).toHaveLength(3)
  })

  it('ends both when it is stopped, and starts none', async () => {
    const { time, all, vaxel } = await opened()
    await vaxel.stop()
    await time.advance(60_000)
    expect(all.filter(lives)).toEqual([])
    expect(all).toHaveLength(2)
  })

  it('ends one that is just being started to stand by when it is stopped', async () => {
    const { time, all, vaxel, process } = open()
    await settle()
    process(0).plan.onWord?.('takes calls')
    const moving = time.advance(2_000)
    const stopping = vaxel.stop()
    await Promise.all([moving, stopping])
    expect(all.filter(lives)).toEqual([])
  })

  it('has no second one where none is wanted', async () => {
    const { time, all, process } = open(false)
    await settle()
    process(0).plan.onWord?.('takes calls')
    await time.advance(60_000)
    expect(all).toHaveLength(1)
    expect(process(0).told).toEqual([])
  })
})

describe('a process that is started again', () => {
  it('whenever it ends, at once the first time after it ran steadily', async () => {
    const time = manualTime()
    const { all, start } = fakeProcesses(time)
    const kept = supervise({
      start: () => start({ environment: {}, log: '', pidFile: '' }),
      report: () => undefined,
      time,
    })
    await kept.ready
    const pauses: number[] = []
    for (const life of [0, 0, 0, 30_001, 0]) {
      await time.advance(life)
      const ended = time.now()
      const count = all.length
      all.at(-1)?.end()
      while (all.length === count) await time.advance(1)
      pauses.push(time.now() - ended)
    }
    expect(pauses).toEqual([200, 400, 800, 200, 400])
    await kept.stop()
    expect(all.filter(lives)).toEqual([])
  })
})
