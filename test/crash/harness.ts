import { expect } from 'vitest'
import type { RoomId } from '../../src/domain/ids.js'
import { phaseOf } from '../../src/flows/phase.js'
import { talkRoom } from '../../src/flows/talk-room.js'
import { closeDown } from '../flows/opened.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import { settle } from '../support/manual-clock.js'
import { Office, officeFile } from '../support/office.js'

/** What people do, without knowing whether the app is there. It says itself what must have come of it. */
export type Script = (office: Office) => Promise<void>

/** So long nobody is there after a kill. */
const deadSeconds = 3

/** Moments at which the app could have been killed, before and after each call of a port: in the first run, and in the one after a kill. */
interface Telling {
  readonly moments: number
  readonly momentsAfter: number
}

/** What is done to the app beside the one kill. */
interface Worse {
  /** What happens before the app can be killed. */
  readonly before?: Script
  /** The next run is killed too, at every so many-th of its own moments. */
  readonly againAtEach?: number
  /** The store loses everything while nobody is there (M-06). */
  readonly wiped?: boolean
  /** For the next run the exchange takes its time with each command, unlike the store. */
  readonly slow?: boolean
}

/**
 * Tells the script on a fresh office. The app is killed at its `kill`-th moment and started again a little later, and once more at the
 * `again`-th moment of that run.
 */
async function tell(
  script: Script,
  [kill, again]: readonly [kill: number, again: number],
  file: object,
  { before, wiped, slow }: Worse,
): Promise<Telling> {
  const office = new Office(file)
  const killedAt: string[] = []
  const moments = [0, 0] as [number, number]
  let counts = before === undefined
  const hookOf =
    (run: 0 | 1) =>
    (name: string, moment: 'before' | 'after'): void | Promise<void> => {
      if (!counts) return undefined
      moments[run] += 1
      if (moments[run] !== (run === 0 ? kill : again))
        return slow === true && run === 1 && moment === 'before' && isOfExchange(name)
          ? later(office)
          : undefined
      killedAt.push(`${String(moments[run])}: ${moment} ${name}`)
      office.kill()
      if (wiped === true) office.memory.control.wipe()
      const next = run === 0 ? hookOf(1) : undefined
      office.clock.after(deadSeconds * 1000, () => void office.start(next))
      return new Promise(() => undefined)
    }
  void office.start(hookOf(0))
  await settle()
  try {
    await before?.(office)
    counts = true
    await script(office)
    counts = slow !== true // a run that has just been started would not be ready yet
    await office.pass(40) // the sweep has had its time
    expectNothingLost(office)
    await closeDown(office)
  } catch (error) {
    throw new Error(
      `killed at ${killedAt.join(', ')}: ${error instanceof Error ? error.message : String(error)}\n${storyOf(office)}`,
      {
        cause: error,
      },
    )
  }
  return { moments: moments[0], momentsAfter: moments[1] }
}

/** Those of stores are named with their store. */
const isOfExchange = (name: string): boolean => !name.includes('.')

const later = (office: Office): Promise<void> =>
  new Promise((resolve) => {
    office.clock.after(20, resolve)
  })

/** For whoever reads a failure. */
const storyOf = (office: Office): string => {
  const faults = office.faults.map(({ message, error }) => `${message}: ${String(error)}`)
  const legs = office.exchange.allLegs.map((leg) => {
    const end = leg.ended ? `${leg.ended.end} by ${leg.ended.by}` : leg.state
    return `${leg.id} ${leg.device} [${end}] ${leg.leftTo ?? ''} heard ${leg.sounds.join(' | ')} phase ${leg.notes['phase'] ?? '-'}`
  })
  return [...faults, ...legs].join('\n')
}

function roomAheadOf({ notes }: FakeLeg): RoomId | undefined {
  const phase = phaseOf(notes)
  return phase?.at === 'parked' ? talkRoom({ id: phase.record.call }) : undefined
}

/** True of every telling, whenever the app was killed. */
function expectNothingLost(office: Office): void {
  for (const leg of office.exchange.legs.values()) {
    expect(leg.here && office.switchboard.isRunning(leg.id), `${leg.device} belongs to a story`).toBe(true)
  }
  // That of a talk to come stands ready as long as its call is parked.
  const ready = new Set([...office.exchange.legs.values()].map(roomAheadOf))
  for (const room of office.exchange.rooms)
    if (!ready.has(room.id)) expect(room.legs.length, `${room.id} is not empty`).toBeGreaterThan(0)
  const rung = new Map<string, FakeLeg>()
  for (const leg of office.exchange.allLegs) {
    if (leg.notes['role'] !== 'called' || !leg.dialling) continue
    const key = `${leg.notes['call'] ?? ''} at ${leg.device}`
    const before = rung.get(key)
    expect(before?.ended?.by ?? 'exchange', `${key} rang again after somebody had dealt with it`).toBe(
      'exchange',
    )
    rung.set(key, leg)
  }
}

/** Tells the script once for every moment at which the app can be killed, and once without. */
export async function atEveryMoment(
  script: Script,
  file: object = officeFile,
  worse: Worse = {},
): Promise<number> {
  const { moments } = await tell(script, [0, 0], file, worse)
  expect(moments).toBeGreaterThan(10)
  const failures: string[] = []
  let tellings = 0
  const attempt = async (kill: number, again: number): Promise<Telling | undefined> => {
    tellings += 1
    return tell(script, [kill, again], file, worse).catch((error: unknown) => {
      failures.push(error instanceof Error ? error.message : String(error))
      return undefined
    })
  }
  const { againAtEach } = worse
  for (let kill = 1; kill <= moments; kill += 1) {
    const { momentsAfter = 0 } = (await attempt(kill, 0)) ?? {}
    if (againAtEach === undefined) continue
    // Not the same ones after each kill.
    for (let again = 1 + (kill % againAtEach); again <= momentsAfter; again += againAtEach)
      await attempt(kill, again)
  }
  expect(failures.slice(0, 3).join('\n\n'), `${String(failures.length)} of ${String(tellings)} failed`).toBe(
    '',
  )
  return moments
}

// What people do

/** Waits until it is so, at most `seconds`. */
export async function until(office: Office, isSo: () => boolean, seconds = 60): Promise<void> {
  for (let waited = 0; waited < seconds * 2 && !isSo(); waited += 1) await office.pass(0.5)
  expect(isSo(), `after ${String(seconds)} seconds: ${isSo.toString()}`).toBe(true)
}

/** A patient person: whenever one of the questions is heard, keys the answer to it, until the call has ended. */
export async function answers(
  office: Office,
  leg: FakeLeg,
  questions: readonly (readonly [question: RegExp, keys: string])[],
  isDone: () => boolean = () => !leg.alive,
): Promise<void> {
  let heard = 0
  for (let waited = 0; waited < 200 && !isDone(); waited += 1) {
    await office.pass(0.5)
    const fresh = leg.sounds.slice(heard)
    heard = leg.sounds.length
    for (const [question, keys] of questions) if (fresh.some((sound) => question.test(sound))) leg.press(keys)
  }
  expect(isDone(), `${leg.device} came to the end: ${isDone.toString()}`).toBe(true)
}

/** Waits until the app is there: without it Asterisk carries out no transfer (docs/asterisk-notes.md). */
export const untilThere = (office: Office): Promise<void> => until(office, () => office.isRunning)

/** Waits until the phone rings. */
export async function rings(office: Office, device: string): Promise<FakeLeg> {
  await until(office, () => office.exchange.ringing(device).length > 0)
  return office.ring(device)
}

/** Waits until the two hear each other. */
export async function talkTogether(office: Office, one: FakeLeg, other: FakeLeg): Promise<void> {
  await until(office, () => one.hears.includes(other) && other.hears.includes(one))
}
