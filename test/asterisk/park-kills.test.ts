import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CompanyId } from '../../src/domain/ids.js'
import type { ParkedCall } from '../../src/ports/park-store.js'
import { careForFailures } from '../support/after-failure.js'
import { openAriLine, type AriLine, type KeptBack } from '../support/ari-line.js'
import type { LightCall } from '../support/light/call.js'
import { hearEachOther, type Line } from '../support/light/desk.js'
import { inTime } from '../support/light/in-time.js'
import { startLightOffice, type LightOffice, type Talk } from '../support/light/office.js'

/**
 * `kill -9` of Växel while calls are parked and fetched. Of the requests about a call so many have reached Asterisk and no further one
 * (`openAriLine`), for each call another number: so one kill finds calls at every moment between the first request and the last.
 */
const company = 'lasten' as CompanyId
const count = 16

let line: AriLine
let office: LightOffice

careForFailures(() => office.office)
beforeAll(async () => {
  line = await openAriLine()
  office = await startLightOffice({
    people: count + 1,
    phones: count + 1,
    waitForVaxel: false,
    atStart: ({ VAXEL_ARI_URL = '' }) => ({ VAXEL_ARI_URL: line.inPlaceOf(VAXEL_ARI_URL) }),
    file: {
      parking: { recallSeconds: 600, ceilingMinutes: 240 },
      reception: { people: [`p${String(count)}`] }, // who parks nobody
    },
  })
}, 180_000)
afterEach(async () => {
  office.onRinging(undefined)
  line.clear()
  for (const { calls } of [office.outside, office.phones])
    await Promise.all(calls.map((call) => call.hangUp()))
  await start()
  await office.office.noChannelsLeft(30_000)
})
afterAll(async () => {
  await office.stop()
  line.close()
})

// What is there

const records = (): Promise<readonly ParkedCall[]> => office.office.redis.stores.parking.list(company)
const inStore = async (): Promise<readonly string[]> =>
  (await records()).map(({ place, leg }) => `${place} ${leg}`).sort()

interface Room {
  readonly name: string
  readonly channels: readonly string[]
}
const rooms = async (): Promise<readonly Room[]> =>
  (await office.office.exchange.rest('GET', '/bridges')).body as readonly Room[]
const inPlaces = async (): Promise<readonly string[]> =>
  (await rooms())
    .filter(({ name }) => name.startsWith('park-'))
    .flatMap(({ name, channels }) => channels.map((leg) => `${name.split('-').at(-1) ?? ''} ${leg}`))
    .sort()

interface Channel {
  readonly id: string
  readonly name: string
}
const channels = async (): Promise<readonly Channel[]> =>
  (await office.office.exchange.rest('GET', '/channels')).body as readonly Channel[]

/** What names the talk in which this phone is, and the place on which it parks. */
async function namesOf(index: number): Promise<readonly string[]> {
  const own = (await channels()).find(({ name }) => name.startsWith(`PJSIP/light-${String(index)}-`))
  const talk = (await rooms()).find((each) => own && each.channels.includes(own.id))
  return [...(talk?.channels ?? []), placeRoom(index)]
}

// What is done

/** Each phone parks on its own extension. */
const place = (index: number): string => office.extension(index)
const placeRoom = (index: number): string => `park-${company}-${place(index)}`

const silence = 0xd5
/** Loud, and another one for each of 64. */
const mark = (index: number): number => (index < 32 ? 0x20 : 0x80) + index
function speaks(call: LightCall, byte: number): Line {
  call.sound.speak(byte)
  return { call, mark: byte }
}

async function start(): Promise<void> {
  await office.office.exchange.vaxel.start()
  const url = `http://127.0.0.1:${String(office.office.exchange.ports.http)}/ready`
  await expect
    .poll(async () => (await fetch(url).catch(() => undefined))?.ok, { timeout: 60_000, interval: 50 })
    .toBe(true)
}

/** Växel dies. For each of these numbers the next one is killed after so many requests about the calls of these names; then one lives. */
async function killed(names: readonly string[], again: readonly number[]): Promise<void> {
  const { vaxel } = office.office.exchange
  await vaxel.kill()
  line.clear()
  for (const arriving of again) {
    const { waits } = line.keepBack(names, arriving)
    await vaxel.start()
    await inTime(waits, 'the next process to come so far')
    await vaxel.kill()
    line.clear()
  }
  await start()
}

/** Does it for the first so many, four at once. */
async function each<Made>(many: number, make: (index: number) => Promise<Made>): Promise<readonly Made[]> {
  const made: Made[] = []
  const left = [...Array(many).keys()]
  const work = async (): Promise<void> => {
    for (let index = left.shift(); index !== undefined; index = left.shift()) made[index] = await make(index)
  }
  await Promise.all([work(), work(), work(), work()])
  return made
}

/** False: all its requests have arrived. */
const comesToWait = ({ waits }: KeptBack): Promise<boolean> =>
  Promise.race([waits.then(() => true), pause(1_000, false)])

const heldTalks = (many: number): Promise<readonly Talk[]> =>
  each(many, async (index) => {
    const talk = await office.talk(index)
    await talk.phone.hold()
    talk.caller.sound.speak(mark(index))
    return talk
  })

/** All hear the music of their places. */
async function hearMusic(callers: readonly LightCall[]): Promise<void> {
  for (const { sound } of callers) sound.listenFrom()
  await inTime(Promise.all(callers.map(({ sound }) => sound.untilOther(silence))), 'music')
}

/** Killed once, and the next process and the one after it killed as well, each after so many requests. */
const kills = [
  ['once', []],
  ['three times, two of them while it takes the calls up again', [5, 25]],
] as const

describe('Växel is killed at every moment', { timeout: 120_000 }, () => {
  it.each(kills)(
    'P-12 P-32 P-14 of fetching, %s: both hear each other, and the place is free',
    async (_, again) => {
      const many = 11
      const callers = await each(many, async (index) =>
        speaks(await office.park(index, place(index)), mark(index)),
      )
      await expect.poll(inStore).toHaveLength(many)
      const legs = new Map((await records()).map((record) => [record.place as string, record.leg as string]))
      const fetched: { caller: Line; phone: Line; names: readonly string[] }[] = []
      const waited: boolean[] = []
      for (const [index, caller] of callers.entries()) {
        const names = [legs.get(place(index)) ?? '', placeRoom(index)]
        const kept = line.keepBack(names, index)
        const call = await office.phones.call(`*88*${place(index)}#`, office.account(index))
        fetched.push({ caller, phone: speaks(call, mark(count + index)), names })
        waited.push(await comesToWait(kept))
      }
      // Nothing is left of the last one: there are no further moments.
      expect([waited.lastIndexOf(true) > 5, waited.at(-1)]).toEqual([true, false])

      await killed(
        fetched.flatMap(({ names }) => names),
        again,
      )
      await Promise.all(fetched.map(({ caller, phone }) => hearEachOther(caller, phone)))
      await expect
        .poll(async () => [await inStore(), await inPlaces()], { timeout: 20_000 })
        .toEqual([[], []])
      for (const { caller, phone } of fetched) {
        await phone.call.hangUp()
        await inTime(caller.call.over, 'the end of the talk')
      }
    },
  )

  it.each(kills)(
    'P-02 P-05 P-32 of parking by code, %s: all are parked, with music, and the parkers are free',
    async (_, again) => {
      const talks = await heldTalks(count - 1)
      const [all, codes, waited]: [string[], LightCall[], boolean[]] = [[], [], []]
      for (const index of talks.keys()) {
        const names = await namesOf(index)
        all.push(...names)
        const kept = line.keepBack(names, index)
        codes.push(await office.phones.call(`*68*${place(index)}#`, office.account(index)))
        waited.push(await comesToWait(kept))
      }
      // The last requests follow the words that tell the parker where: whoever has not come so far hears them when Växel dies.
      expect(waited.filter(Boolean).length).toBeGreaterThan(9)

      await killed(all, again)
      await expect.poll(inPlaces, { timeout: 20_000 }).toHaveLength(talks.length)
      expect((await inPlaces()).map((entry) => entry.split(' ')[0])).toEqual([...talks.keys()].map(place))
      await expect.poll(inStore, { timeout: 20_000 }).toEqual(await inPlaces())
      await hearMusic(talks.map(({ caller }) => caller))
      const ended = [...codes, ...talks.map(({ phone }) => phone)].map(({ over }) => over)
      await inTime(Promise.all(ended), 'the parkers to be free')
    },
  )

  it('P-02 c P-32 of a transfer onto a code, attended: all are parked, with music, or ring the parker, and then hear them', async () => {
    const talks = await heldTalks(count)
    const back = new Map<string, LightCall>()
    office.onRinging((call, device) => {
      call.ring()
      back.set(device, call)
    })
    const halves = async (): Promise<number> =>
      (await channels()).filter(({ name }) => name.startsWith('Local/_attended@')).length
    for (const [index, { phone }] of talks.entries()) {
      // Requests of the code before the phone completes the transfer, and those of code and transfer from then on.
      const [before, after] = [[1, 2, 4, 6][index % 4] ?? 0, [0, 1, 2, 4][Math.floor(index / 4)] ?? 0]
      const kept = line.keepBack(await namesOf(index), before)
      const code = await office.phones.call(`*68*${place(index)}#`, office.account(index))
      await Promise.all([inTime(kept.waits, 'the code'), inTime(code.answered, 'an answer to the code')])
      const there = await halves()
      const refused = phone.referTo(code).then(
        () => 'over',
        () => 'refused',
      )
      const begun = expect.poll(halves, { timeout: 10_000, interval: 10 }).toBe(there + 2)
      await Promise.race([refused, begun])
      begun.catch(() => undefined)
      kept.letPass(after)
      await expect.poll(kept.arrived, { timeout: 10_000, interval: 10 }).toBe(before + after)
    }

    await killed([], [])
    const isBack = (index: number): boolean => back.has(`light-${String(index)}`)
    const parkedOn = async (): Promise<readonly string[]> =>
      (await inPlaces()).map((entry) => entry.split(' ')[0] ?? '')
    await expect
      .poll(
        async () => {
          const parked = await parkedOn()
          return [...talks.keys()].filter((index) => isBack(index) === parked.includes(place(index)))
        },
        { timeout: 20_000 },
      )
      .toEqual([])
    await expect.poll(inStore, { timeout: 20_000 }).toEqual(await inPlaces())
    expect([isBack(0), isBack(count - 1)]).toEqual([true, false])
    await hearMusic(talks.filter((_, index) => !isBack(index)).map(({ caller }) => caller))
    for (const [index, { caller }] of talks.entries()) {
      const call = back.get(`light-${String(index)}`)
      if (!call) continue
      const phone = speaks(call, mark(count + index))
      call.accept()
      await hearEachOther({ call: caller, mark: mark(index) }, phone)
    }
  })
})
