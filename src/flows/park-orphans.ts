import type { CallId } from '../domain/ids.js'
import type { Snapshot } from '../ports/pbx.js'
import type { ParkedCall } from '../ports/park-store.js'
import { StoreUnavailable } from '../ports/stores.js'
import type { Deps } from './call.js'
import { parkLamp } from './park-lamps.js'

/** P-33, P-34: a record whose call is gone, because the exchange restarted or the caller hung up unheard, frees its place. */
export async function freeOrphans(snapshot: Snapshot, deps: Deps): Promise<void> {
  const alive = new Set(snapshot.legs.map((leg) => leg.id))
  try {
    for (const company of deps.directory().companies.keys()) {
      const records = await deps.stores.parking.list(company)
      for (const record of records) if (!alive.has(record.leg)) await free(record, deps)
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    deps.log.warn('park places could not be compared with the exchange: the store is away')
  }
}

/** Whoever parked it sees that the call was lost. */
async function free(record: ParkedCall, deps: Deps): Promise<void> {
  const { company, place, call, parkedBy, party } = record
  await deps.stores.parking.free(company, place, call)
  await deps.lamps.set(parkLamp(record), 'off')
  await deps.stores.missedCalls.add(company, {
    call: `${call}-lost` as CallId,
    at: deps.clock.now(),
    person: parkedBy,
    from: party.number,
    fromName: party.name,
    why: 'parkedLost',
  })
}
