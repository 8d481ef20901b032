import { setTimeout as pause } from 'node:timers/promises'
import { companySchema, type Company } from '../../src/domain/directory/company.js'
import type { CallId, CompanyId, Extension, LegId, PersonId } from '../../src/domain/ids.js'
import { mayPark } from '../../src/domain/parking/places.js'
import type { ParkedCall } from '../../src/ports/park-store.js'
import { marks, type LightOffice } from '../../test/support/light/office.js'
import { percentile, rounded, table } from './figures.js'

/** The first so many people are one park group. */
export const groupSize = 200

/**
 * (d) The place of a group of 200 with 199 occupied, asked for as Växel asks: by its rules and by the script in the same Redis; and as a
 * phone asks.
 */
export async function findInGroup(
  office: LightOffice,
  times: number,
  say: (text: string) => void,
): Promise<number> {
  const { stores } = office.office.redis
  const stored = await stores.companies.read('lasten' as CompanyId)
  if (!stored) throw new Error('the company is not there')
  const company = companySchema.parse(stored.company)
  const last = office.extension(groupSize - 1)
  const taken = await occupy(office)
  const finding: number[] = []
  for (let index = 0; index < times; index += 1) {
    const { place, ms } = await find(company, office, index)
    finding.push(ms)
    if (place !== last) throw new Error(`not the free place: ${place}`)
    await stores.parking.free(company.company, last as Extension, callOf(index))
  }
  const referring: number[] = []
  for (let index = 0; index < Math.ceil(times / 10); index += 1) referring.push(await refer(office))
  for (const { place, call } of taken) await stores.parking.free(company.company, place, call)
  const figures = (values: readonly number[]): readonly string[] =>
    [0.5, 0.95].map((share) => percentile(values, share).toFixed(1))
  say(`(d) The place in a group of ${String(groupSize)} with all but one occupied, ms\n`)
  say(
    table(
      ['', 'p50', 'p95'],
      [
        ['rules and Redis', ...figures(finding)],
        ['REFER to *58# until the music', ...figures(referring)],
      ],
    ),
  )
  say('')
  return rounded(percentile(finding, 0.95), 1)
}

/** Every place but the last; those on which somebody is parked stay as they are. */
async function occupy(office: LightOffice): Promise<readonly ParkedCall[]> {
  const { parking } = office.office.redis.stores
  const taken: ParkedCall[] = []
  for (let index = 0; index < groupSize - 1; index += 1) {
    const record = { ...recordOf(callOf(10_000 + index)), place: office.extension(index) as Extension }
    if ((await parking.claim(record)) === 'claimed') taken.push(record)
  }
  return taken
}

async function find(
  company: Company,
  office: LightOffice,
  index: number,
): Promise<{ readonly place: string; readonly ms: number }> {
  const [parker] = company.people
  if (!parker) throw new Error('nobody is there')
  const begun = performance.now()
  const where = mayPark(company, parker, { kind: 'group' }, () => ({ phones: 'some' }))
  if ('refused' in where || where.kind !== 'group') throw new Error('the group cannot be parked in')
  const { parking } = office.office.redis.stores
  const place = await parking.claimInGroup(where.group, where.places, recordOf(callOf(index)), where.order)
  return { place, ms: performance.now() - begun }
}

async function refer(office: LightOffice): Promise<number> {
  const { caller, phone } = await office.talk(0)
  await pause(100)
  caller.sound.listenFrom()
  const begun = performance.now()
  await phone.refer('*58#')
  const musicAt = await caller.sound.untilOther(marks.phone)
  await caller.hangUp()
  await pause(200)
  return musicAt - begun
}

const callOf = (index: number): CallId => `bench-${String(index)}` as CallId

function recordOf(call: CallId): ParkedCall {
  const now = Date.now()
  return {
    v: 1,
    company: 'lasten' as CompanyId,
    place: '' as Extension,
    call,
    leg: call as string as LegId,
    phase: 'parked',
    parkedBy: 'p0' as PersonId,
    party: { number: '+46701740630' },
    since: now,
    deadline: now + 600_000,
    ceiling: now + 1_200_000,
    round: 0,
  }
}
