import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CompanyId } from '../../src/domain/ids.js'
import { careForFailures } from '../support/after-failure.js'
import type { LightCall } from '../support/light/call.js'
import { marks, startLightOffice, type LightOffice } from '../support/light/office.js'
import { headerValue } from '../support/phones/sip-message.js'

/**
 * A hundred callers wait and twenty agents ring or talk while Växel and Redis are killed. They are the same callers throughout:
 * whoever were lost in one test would be missing in all that follow.
 */
const agents = 20
const talking = 10
const waiting = 100
const company = 'lasten' as CompanyId
const number = '+46846600100'
const numberOf = (index: number): string => `+467020${String(10_000 + index)}`

let office: LightOffice
const callers: LightCall[] = []
/** The callers offered to agents, in the order in which phones began to ring. */
const offered: { readonly caller: string; readonly device: string; readonly call: LightCall }[] = []

careForFailures(() => office.office)
beforeAll(async () => {
  office = await startLightOffice({
    people: agents + 1,
    phones: agents,
    waitForVaxel: false,
    rtp: { first: 27_000, last: 27_999 },
    file: {
      queues: [
        {
          id: 'last',
          name: 'Last',
          number: '300',
          numbers: [number],
          members: Array.from({ length: agents }, (_, index) => `p${String(index)}`),
          login: 'always',
          strategy: 'longestAvailable',
          ringSeconds: 60,
          noAnswers: 0,
          noAnswerSeconds: 600,
          wrapUpSeconds: 0,
          maxWaiting: 500,
          maxWaitSeconds: 3600,
          firstSeconds: 120,
          sayPosition: false,
        },
      ],
    },
  })
  office.onRinging((call, device) => {
    call.ring()
    offered.push({ caller: callerOf(call), device, call })
  })
})
afterAll(async () => {
  await office.stop()
})

/** Whose call rings at an agent's phone. */
const callerOf = ({ invitation }: LightCall): string =>
  /sip:(\+?\d+)@/.exec((invitation && headerValue(invitation, 'From')) ?? '')?.[1] ?? ''

async function callIn(): Promise<void> {
  const caller = await office.outside.call(number, { number: numberOf(callers.length) })
  caller.sound.speak(marks.outside, 4_000)
  callers.push(caller)
  await caller.answered
}

async function answers(call: LightCall): Promise<void> {
  call.sound.speak(marks.phone, 200)
  call.accept()
  await call.answered
}

/** Nobody has been dropped, and no phone has two calls at once. */
function expectNobodyLost(): void {
  expect(callers.flatMap((caller, index) => (caller.isOver ? [numberOf(index)] : []))).toEqual([])
  const busy = offered.filter(({ call }) => !call.isOver).map(({ device }) => device)
  expect(new Set(busy).size).toBe(busy.length)
}

/** How many calls have a story; -1: Växel is not ready. */
async function stories(): Promise<number> {
  const address = `http://127.0.0.1:${String(office.office.exchange.ports.http)}/health`
  const answer = await fetch(address).catch(() => undefined)
  if (!answer?.ok) return -1
  const { ready, calls } = (await answer.json()) as { readonly ready: boolean; readonly calls: number }
  return ready ? calls : -1
}

/** Växel is started, and has taken up what was there. */
async function startAgain(): Promise<void> {
  const begun = performance.now()
  await office.office.exchange.vaxel.start()
  await expect.poll(stories, { timeout: 60_000, interval: 50 }).toBe(agents + waiting)
  const after = (performance.now() - begun).toFixed(0)
  console.log(
    `${String(waiting)} waiting, ${String(agents)} ringing or talking: taken up ${after} ms after the start`,
  )
}

const inStore = async (): Promise<number> => (await office.office.redis.stores.queues.list(company)).length

it('Q-07 the first twenty ring at twenty phones, in order; a hundred more wait', async () => {
  for (let index = 0; index < agents + waiting; index += 1) await callIn()
  await expect.poll(() => offered.length, { timeout: 60_000 }).toBe(agents)
  expect(offered.map(({ caller }) => caller).sort()).toEqual(
    Array.from({ length: agents }, (_, index) => numberOf(index)),
  )
  for (const { call } of offered.slice(0, talking)) await answers(call)
  await expect.poll(inStore, { timeout: 60_000 }).toBe(agents + waiting - talking)
  expectNobodyLost()
}, 180_000)

it('Q-23 kill -9 of Växel: nobody is dropped, nobody has two calls', async () => {
  await office.office.exchange.vaxel.kill()
  await startAgain()
  expectNobodyLost()
  expect(await inStore()).toBe(agents + waiting - talking)
}, 180_000)

it('M-05 kill -9 of Redis: the same', async () => {
  await office.office.exchange.redis.restart()
  await expect
    .poll(async () => (await office.office.redis.health()).reachable, { timeout: 60_000 })
    .toBe(true)
  await pause(3_000)
  expectNobodyLost()
  expect(await inStore()).toBe(agents + waiting - talking)
}, 180_000)

it('M-06 Redis loses everything: the same', async () => {
  const redis = new Redis(office.office.exchange.redisUrl)
  await redis.flushall()
  redis.disconnect()
  await pause(3_000)
  expectNobodyLost()
}, 180_000)

it('Q-23 Q-01 then each agent who becomes free gets the one who came first of all who wait', async () => {
  // Those who still ring are answered: nobody's ringing ends meanwhile.
  for (const { call } of offered) if (!call.isOver && !call.isUp) await answers(call)
  await pause(3_000)
  const talks = offered.filter(({ call }) => call.isUp)
  const served = new Set(talks.map(({ caller }) => caller))
  const order: string[] = []
  for (const { call } of talks.slice(0, talking)) {
    const before = offered.length
    await call.hangUp()
    await expect.poll(() => offered.length, { timeout: 60_000 }).toBe(before + 1)
    const next = offered.at(-1)
    if (next) await answers(next.call)
    order.push(next?.caller ?? '')
  }
  const first = callers.map((_, index) => numberOf(index)).filter((caller) => !served.has(caller))
  expect(order).toEqual(first.slice(0, talking))
}, 180_000)
