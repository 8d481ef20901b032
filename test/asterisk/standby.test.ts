import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTime } from '../../src/launcher/process.js'
import { careForFailures } from '../support/after-failure.js'
import type { KeptPart } from '../support/kept-vaxel.js'
import type { LightCall } from '../support/light/call.js'
import { startLightOffice, type LightOffice } from '../support/light/office.js'
import { distribution } from '../support/real-office.js'
import { socketsOf } from '../support/sockets.js'

/**
 * Växel as `npm start` runs it: two processes, of which one carries the calls. Callers are parked all the while, the same ones throughout:
 * whoever were lost in one test would be missing in all that follow.
 */
const phones = 4
let office: LightOffice
const callers: LightCall[] = []

careForFailures(() => office.office)
beforeAll(async () => {
  office = await startLightOffice({
    people: phones + 1,
    phones,
    kept: 'with standby',
    file: { parking: { recallSeconds: 600, ceilingMinutes: 240 } },
  })
  for (let place = 0; place < phones; place += 1)
    callers.push(await office.park(place, office.extension(place)))
}, 180_000)
afterAll(async () => {
  await office.stop()
})

function vaxel(): KeptPart {
  const { kept } = office.office.exchange
  if (kept === undefined) throw new Error('Växel is not kept')
  return kept
}

/** Pids of the process that carries the calls and of the one that stands by. */
async function both(): Promise<{ readonly active: number; readonly standby: number }> {
  await expect.poll(() => vaxel().standby, { timeout: 60_000 }).toBeDefined()
  const { pid: active, standby } = vaxel()
  if (active === undefined || standby === undefined) throw new Error('one of the two has ended')
  return { active, standby }
}

/** Ready, and how many calls it carries. */
async function health(): Promise<unknown> {
  const url = `http://127.0.0.1:${String(office.office.exchange.ports.http)}/health`
  return fetch(url).then(
    (answer) => answer.json(),
    () => undefined,
  )
}

/** All who are parked are there, in the hands of one Växel, of which the pid is given. */
async function carried(): Promise<number | undefined> {
  await expect
    .poll(health, { timeout: 60_000, interval: 50 })
    .toMatchObject({ ready: true, calls: callers.length })
  expect(callers.filter(({ isOver }) => isOver)).toEqual([])
  return vaxel().pid
}

describe('Växel with a process that stands by', () => {
  it('M-01 listens and is connected to Asterisk with one of the two only, and tells of the other', async () => {
    const { active, standby } = await both()
    const { ports } = office.office.exchange
    expect(socketsOf(active).listens).toEqual([ports.http])
    expect(socketsOf(active).connectedTo).toContain(ports.ari)
    // What it has read Asterisk's descriptions by closes after some seconds.
    await expect
      .poll(() => socketsOf(standby), { timeout: 30_000 })
      .toEqual({
        listens: [],
        connectedTo: [ports.redis, ports.redis],
      })
    await expect
      .poll(() => office.office.vaxel('status'), { timeout: 30_000 })
      .toContain('; a second process stands by')
  })

  it('M-03 goes on in the other one when the first is killed, by companies as they are by then', async () => {
    const { standby } = await both()
    await growCompany()
    await vaxel().kill()
    expect(await carried()).toBe(standby)
    callers.push(await office.park(0, '1099'))
    expect(await carried()).toBe(standby)
  })

  it('M-01 a process that hangs loses the lease, is killed, and the next one goes on', async () => {
    const { active, standby } = await both()
    process.kill(active, 'SIGSTOP')
    await expect.poll(() => startTime(active), { timeout: 60_000 }).toBeUndefined()
    expect(await carried()).toBe(standby)
    expect(vaxel().reports).toContain('Växel hangs: it is killed, and the process that stands by takes over.')
  })

  it('makes another one stand by when that one ends', async () => {
    const { active, standby } = await both()
    process.kill(standby, 'SIGKILL')
    await expect.poll(() => vaxel().standby, { timeout: 60_000 }).not.toBe(standby)
    expect((await both()).active).toBe(active)
    expect(await carried()).toBe(active)
  })

  it('M-03 starts anew when both are killed', async () => {
    const { active, standby } = await both()
    for (const pid of [standby, active]) process.kill(pid, 'SIGKILL')
    await expect
      .poll(() => [startTime(active), startTime(standby)], { timeout: 30_000 })
      .toEqual([undefined, undefined])
    await carried()
    expect([active, standby]).not.toContain((await both()).active)
  })

  it('leaves nothing behind when it is stopped', async () => {
    const pids = Object.values(await both())
    await vaxel().stop()
    expect(pids.map(startTime)).toEqual([undefined, undefined])
  })
})

describe('the container of Växel', () => {
  it('M-03 runs both processes as well, and ends both when it is stopped', async () => {
    const container = startContainer()
    await carried()
    const pids = await twoChildren(container)
    container.kill('SIGTERM')
    expect(await once(container, 'exit')).toEqual([0, null])
    expect(pids.map(startTime)).toEqual([undefined, undefined])
  })

  it('M-01 when what keeps them is killed, calls go on, and nobody stands by whom nobody would tell', async () => {
    const container = startContainer()
    await carried()
    const [active = 0, standby = 0] = await twoChildren(container)
    container.kill('SIGKILL')
    // Also one that is still loading.
    await expect.poll(() => startTime(standby), { timeout: 30_000 }).toBeUndefined()
    await carried()
    process.kill(active, 'SIGKILL')
    await expect.poll(() => startTime(active), { timeout: 30_000 }).toBeUndefined()
  })
})

/** One more extension, on which a call can be parked. */
async function growCompany(): Promise<void> {
  const file = join(office.office.exchange.places.directory, 'lasten.yaml')
  const company = parse(readFileSync(file, 'utf8')) as { readonly people: readonly unknown[] }
  const newcomer = { id: 'late', name: 'Lata Latecomer', extension: '1099', devices: [] }
  writeFileSync(file, stringify({ ...company, people: [...company.people, newcomer] }))
  await office.office.vaxel('apply', file)
}

function startContainer(): ChildProcess {
  const { environment, places } = office.office.exchange
  return spawn(process.execPath, [join(distribution, 'launcher/container.js')], {
    // Its pid files are its own.
    env: { ...process.env, ...environment, TMPDIR: places.directory },
    stdio: 'ignore',
  })
}

/** The first is the one that was started first. */
async function twoChildren({ pid = 0 }: ChildProcess): Promise<readonly number[]> {
  const children = (): readonly number[] =>
    readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number)
  await expect.poll(() => children().length, { timeout: 60_000 }).toBe(2)
  return children()
}
