import type { CallId } from '../domain/ids.js'
import type { LegInfo, Snapshot } from '../ports/pbx.js'
import type { ParkedCall } from '../ports/park-store.js'
import { StoreUnavailable } from '../ports/stores.js'
import { allOf } from '../runtime/all-of.js'
import type { Deps } from './call.js'
import { parkLamp } from './park-lamps.js'
import { parkRoom } from './parked.js'
import { phaseOf } from './phase.js'

/**
 * P-33, P-34: a record whose call is gone, because the exchange restarted or the caller hung up unheard, frees its place; so does
 * one whose leg was claimed for, but not yet put on the place.
 */
export async function freeOrphans(snapshot: Snapshot, deps: Deps): Promise<void> {
  const legs = new Map(snapshot.legs.map((leg) => [leg.id, leg]))
  const followed = placesFollowed(snapshot)
  try {
    for (const company of deps.directory().companies.keys()) {
      const records = await deps.stores.parking.list(company)
      const orphans = records.filter((record) => {
        const leg = legs.get(record.leg)
        return !followed.has(keyOf(record, record.call)) && !(leg && isParked(leg, record))
      })
      // Together: missed calls of one moment are one write, and nobody is put through meanwhile.
      await allOf(
        orphans.map(async (record) => {
          if (!legs.has(record.leg)) await tellLost(record, deps)
          await freeRecord(record, deps)
        }),
      )
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    deps.log.warn('park places could not be compared with the exchange: the store is away')
  }
}

/** A leg that was fetched, or that nobody has put on the place yet, is not parked whatever the record says. */
const isParked = (leg: LegInfo, record: ParkedCall): boolean =>
  leg.notes['call'] === record.call && phaseOf(leg.notes)?.at === 'parked'

/** P-20: places, with their call, that another leg took over; its story puts the record right. */
const placesFollowed = ({ legs }: Snapshot): ReadonlySet<string> =>
  new Set(
    legs.flatMap(({ notes }) => {
      const phase = phaseOf(notes)
      return phase?.at === 'parked' && phase.record.before !== undefined
        ? [keyOf(phase.record, phase.record.before)]
        : []
    }),
  )

const keyOf = ({ company, place }: ParkedCall, call: CallId): string => `${company} ${place} ${call}`

export async function freeRecord(record: ParkedCall, deps: Deps): Promise<void> {
  // First: as long as the place is taken nobody else can be in its room.
  await deps.exchange.pbx.closeRoom(parkRoom(record))
  await deps.stores.parking.free(record.company, record.place, record.call)
  await deps.lamps.set(parkLamp(record), 'off')
}

/** Whoever parked it sees that the call was lost. */
async function tellLost({ company, call, parkedBy, party }: ParkedCall, deps: Deps): Promise<void> {
  await deps.stores.missedCalls.add(company, {
    call: `${call}-lost` as CallId,
    at: deps.clock.now(),
    person: parkedBy,
    from: party.number,
    fromName: party.name,
    why: 'parkedLost',
  })
}
