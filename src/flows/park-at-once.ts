import type { Extension } from '../domain/ids.js'
import { NoSuchThing } from '../ports/pbx.js'
import type { ParkedCall } from '../ports/park-store.js'
import { RecordUnreadable, StoreUnavailable } from '../ports/stores.js'
import type { Call, Deps } from './call.js'
import { dropCoach, newRecord, putAside, type Parker } from './park.js'
import { parkRoom } from './parked.js'
import { keepUnlessAway } from './store-away.js'

/**
 * Parks a call on a place without waiting for the store: a phone has transferred it there and let go of it, so each moment waited for
 * is silence. Act (the leg is noted as parked and enters the room), and at the same moment the claim; whoever dies in between leaves a
 * leg whose own note says where it is to be, and what the store makes of that is decided at the next start (`resumeParked`).
 * Gives the record, for `tellParked`. Refused: the leg is in no room, and is still noted as parked.
 */
export async function parkAtOnce(
  call: Call,
  place: Extension,
  parker: Omit<Parker, 'wish'>,
  deps: Deps,
): Promise<ParkedCall | 'occupied' | 'ended'> {
  const record = newRecord(call, { kind: 'place', place }, parker, deps)
  const { company } = record
  if (deps.parks.at(company, place)) return 'occupied'
  deps.parks.open(record)
  await dropCoach(call.leg, deps)
  const [put, claimed] = await Promise.allSettled([putAside(call, record, deps), claim(record, deps)])
  if (put.status === 'fulfilled' && claimed.status === 'fulfilled' && claimed.value === 'claimed')
    return record
  deps.parks.close(record)
  if (put.status === 'rejected') {
    await keepUnlessAway(deps.stores.parking.free(company, place, record.call))
    if (put.reason instanceof NoSuchThing) return 'ended'
    throw put.reason
  }
  // Nobody else can be in it: this process knew of no call there.
  await deps.exchange.pbx.closeRoom(parkRoom(record))
  if (claimed.status === 'rejected') throw claimed.reason
  return 'occupied'
}

/** M-05: while the store is away the call is parked by what is known here, and is written down when it is back (`mendPlaces`). */
async function claim(record: ParkedCall, { stores, log }: Deps): Promise<'claimed' | 'occupied'> {
  try {
    return await stores.parking.claim(record)
  } catch (error) {
    if (error instanceof RecordUnreadable) return 'occupied'
    if (!(error instanceof StoreUnavailable)) throw error
    log.warn('a call is parked without the store', { call: record.call })
    return 'claimed'
  }
}
