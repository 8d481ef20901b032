import type { Person } from '../domain/directory/company.js'
import type { CompanyId, Extension } from '../domain/ids.js'
import { partyOf, readTalk } from '../domain/talk/talk.js'
import type { LegInfo, RoomInfo, Snapshot } from '../ports/pbx.js'
import type { ParkedCall } from '../ports/park-store.js'
import { StoreUnavailable } from '../ports/stores.js'
import type { Deps } from './call.js'
import { phaseOf } from './phase.js'
import { talkRoom } from './talk-room.js'
import { carryOut, newTransfer, nextCall, type Transfer } from './transfer.js'

/**
 * Carries out the transfers that an earlier run had begun: inner legs are left, each in the room in which it took a phone's place.
 * What was dialled is not known any more: what was transferred to nobody comes back to whoever transferred it, or goes to the reception if
 * the talk was not noted. True if there was anything to do: the snapshot is old then.
 */
export async function finishTransfers(snapshot: Snapshot, deps: Deps): Promise<boolean> {
  const pairs = new Map<string, Transfer>()
  for (const half of snapshot.legs) {
    if (half.pair === undefined) continue
    const transfer = pairs.get(half.pair) ?? newTransfer()
    pairs.set(half.pair, transfer)
    transfer.halves.push(half.id)
    const room = snapshot.rooms.find(({ legs }) => legs.includes(half.id))
    if (!room) continue
    if (room.kind === 'holding') transfer.places.push(...(await placeLeft(room, snapshot, deps)))
    else {
      transfer.talks.push(...talkLeft(room, snapshot, deps))
      transfer.seats.push(...seatLeft(room, snapshot))
    }
  }
  for (const transfer of pairs.values()) await carryOut(transfer, () => undefined, deps)
  return pairs.size > 0
}

/** The place whose party is gone, for the call that is to have it. */
async function placeLeft(
  { notes }: RoomInfo,
  snapshot: Snapshot,
  deps: Deps,
): Promise<readonly ParkedCall[]> {
  try {
    const { company, place } = notes
    if (company === undefined || place === undefined) return []
    const record = await deps.stores.parking.read(company as CompanyId, place as Extension)
    if (!record || snapshot.legs.some(({ id }) => id === record.leg)) return []
    return [{ ...record, call: nextCall(record.leg, deps), before: record.call }]
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    return []
  }
}

function talkLeft(room: RoomInfo, snapshot: Snapshot, deps: Deps): Transfer['talks'] {
  const { legs } = room
  const left = snapshot.legs.filter(
    (leg) => legs.includes(leg.id) && leg.pair === undefined && leg.state === 'up',
  )
  // Two who are left of a talk of three go on with each other (I-07).
  if (left.length > 1 && left.every((leg) => !hasGoneOn(leg, snapshot))) return []
  return left
    .filter((leg) => !hasGoneOn(leg, snapshot))
    .slice(0, 1)
    .flatMap(({ id }) => {
      const party = deps.exchange.leg(id)
      return party ? [{ party, by: transferredBy(room, snapshot, deps) }] : []
    })
}

/** The one of a talk of two whose leg is gone. A talk is noted as soon as somebody holds, as phones do before they ask another. */
function transferredBy({ notes }: RoomInfo, { legs }: Snapshot, deps: Deps): Person | undefined {
  const talk = readTalk(notes['talk'])
  const gone = talk?.parties.filter(({ leg }) => !legs.some(({ id }) => id === leg)) ?? []
  const [party, ...more] = gone
  if (!talk || party?.person === undefined || more.length > 0) return undefined
  return deps.directory().person(talk.company, party.person)
}

/** The place in a talk of three whose leg is gone. */
function seatLeft({ id, notes }: RoomInfo, { legs }: Snapshot): Transfer['seats'] {
  const talk = readTalk(notes['talk'])
  if (!talk || id !== talkRoom({ id: talk.call })) return []
  const here = talk.parties.filter((party) => legs.some((leg) => leg.id === party.leg))
  const [left, ...more] = talk.parties.filter((party) => !here.includes(party))
  return left && more.length === 0 && here.length > 1 ? [{ talk, leg: left.leg }] : []
}

/** The earlier run came so far as to note where the party goes on. */
function hasGoneOn(leg: LegInfo, { legs, rooms }: Snapshot): boolean {
  const talks = rooms.flatMap((room) =>
    room.legs.includes(leg.id) ? [] : (readTalk(room.notes['talk']) ?? []),
  )
  if (talks.some((talk) => talk.call === leg.notes['call'] && partyOf(talk, leg.id))) return true
  const phase = phaseOf(leg.notes)
  if (phase?.at === 'parked' || phase?.at === 'transferred') return true
  if (phase?.at === 'talk' && legs.some(({ id }) => id === phase.with)) return true
  return legs
    .map(({ notes }) => phaseOf(notes))
    .some((other) => other?.at === 'talk' && other.with === leg.id)
}
