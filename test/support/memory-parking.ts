import type { CallId, CompanyId, Extension, Instant, LegId } from '../../src/domain/ids.js'
import type { ParkedCall, ParkStore } from '../../src/ports/park-store.js'
import { RecordUnreadable } from '../../src/ports/stores.js'

export interface ParkClaim {
  readonly leg: LegId
  readonly until: Instant
}
interface ParkTables {
  /** JSON by `company/place`; the claims stand apart, so that a change of the record keeps them. */
  readonly parked: Map<string, string>
  readonly parkClaims: Map<string, ParkClaim>
  /** The place last used, by `company/group`. */
  readonly parkGroups: Map<string, Extension>
}
type Guard = <Arguments extends readonly unknown[], Result>(
  method: string,
  run: (...given: Arguments) => Result,
) => (...given: Arguments) => Promise<Result>

export function memoryParking(tables: ParkTables, guard: Guard): ParkStore {
  const { parked, parkClaims, parkGroups } = tables
  const read = (company: CompanyId, place: Extension): ParkedCall | undefined => {
    const key = `${company}/${place}`
    const text = parked.get(key)
    if (text === undefined) return undefined
    if (text === 'spoilt') throw new RecordUnreadable(key, 'spoilt by the test')
    const claim = parkClaims.get(key)
    return { ...(JSON.parse(text) as ParkedCall), ...(claim === undefined ? {} : { fetching: claim }) }
  }
  const write = (record: ParkedCall): void => {
    const { fetching: _beside, ...rest } = record
    parked.set(`${record.company}/${record.place}`, JSON.stringify(rest))
  }
  const put = (record: ParkedCall): void => {
    write(record)
    parkClaims.delete(`${record.company}/${record.place}`)
  }
  return {
    claim: guard('claim', (record) => {
      const there = read(record.company, record.place)
      if (there !== undefined) return there.call === record.call ? 'claimed' : 'occupied'
      put(record)
      return 'claimed'
    }),
    claimInGroup: guard('claimInGroup', (group, places, record, order = places) => {
      const { company } = record
      const callOn = (place: Extension): CallId | undefined => {
        const text = parked.get(`${company}/${place}`)
        return text === undefined || text === 'spoilt' ? undefined : read(company, place)?.call
      }
      const has = order.find((place) => callOn(place) === record.call)
      if (has !== undefined) return has
      const last = order.lastIndexOf(parkGroups.get(`${company}/${group}`) ?? ('' as Extension))
      const turn = [...order.slice(last + 1), ...order.slice(0, last + 1)]
      const place = turn.find(
        (candidate) => places.includes(candidate) && !parked.has(`${company}/${candidate}`),
      )
      if (place === undefined) return 'full'
      put({ ...record, place })
      parkGroups.set(`${company}/${group}`, place)
      return place
    }),
    update: guard('update', (record) => {
      const there = read(record.company, record.place)?.call
      if (there === undefined || (there !== record.call && there !== record.before)) return 'gone'
      write(record)
      return 'updated'
    }),
    fetch: guard('fetch', (company, place, leg, now, claim) => {
      const record = read(company, place)
      if (record === undefined) return 'nothing'
      if (record.fetching !== undefined && record.fetching.leg !== leg && record.fetching.until > now)
        return 'taken'
      const fetching = { leg, until: now + claim }
      parkClaims.set(`${company}/${place}`, fetching)
      return { won: { ...record, fetching } }
    }),
    giveBack: guard('giveBack', (company, place, leg) => {
      const key = `${company}/${place}`
      if (parkClaims.get(key)?.leg === leg) parkClaims.delete(key)
    }),
    free: guard('free', (company, place, call) => {
      if (read(company, place)?.call !== call) return
      parked.delete(`${company}/${place}`)
      parkClaims.delete(`${company}/${place}`)
    }),
    read: guard('read', read),
    list: guard('list', (company) =>
      [...parked]
        .filter(([key, text]) => key.startsWith(`${company}/`) && text !== 'spoilt')
        .flatMap(([key]) => read(company, key.slice(company.length + 1) as Extension) ?? [])
        .sort((a, b) => a.since - b.since || (a.place < b.place ? -1 : 1)),
    ),
  }
}
