import type { ParkedCall } from '../ports/park-store.js'
import { StoreUnavailable } from '../ports/stores.js'
import type { Deps } from './call.js'
import { freeRecord } from './park-orphans.js'
import { payOwed } from './parked.js'

/**
 * Brings the store into line with the calls that are parked here (M-06, P-34): what it has lost is put back from the running stories,
 * and a record whose leg is gone, or has left the place while the store was away, frees its place. Does nothing while the store is away.
 */
export async function mendPlaces(deps: Deps): Promise<void> {
  try {
    for (const record of deps.parks.owed) await payOwed(record, deps)
    for (const company of deps.directory().companies.keys()) {
      const stored = await deps.stores.parking.list(company)
      const here = deps.parks.records.filter((record) => record.company === company)
      // A place that is being passed on stands in the store under the earlier call for a moment (P-20); its story puts that right.
      const has = new Set(stored.map(({ call }) => call))
      const isKnown = ({ call, before }: ParkedCall): boolean =>
        has.has(call) || (before !== undefined && has.has(before))
      for (const record of here) if (!isKnown(record)) await putBack(record, deps)
      const parkedHere = new Set(here.flatMap(({ call, before }) => [call, before]))
      for (const record of stored)
        if (!parkedHere.has(record.call) && !deps.exchange.leg(record.leg)) await freeRecord(record, deps)
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
  }
}

async function putBack(record: ParkedCall, deps: Deps): Promise<void> {
  if (!isHere(record, deps)) return
  const claimed = await deps.stores.parking.claim(record)
  // It may have been fetched while it was written.
  if (!isHere(record, deps)) await deps.stores.parking.free(record.company, record.place, record.call)
  else if (claimed === 'occupied')
    deps.log.error('a parked call has no record: its place was given to another', { call: record.call })
  else deps.log.warn('the record of a parked call was put back', { call: record.call })
}

const isHere = ({ call }: ParkedCall, deps: Deps): boolean =>
  deps.parks.records.some((record) => record.call === call)
