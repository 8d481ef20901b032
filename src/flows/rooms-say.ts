import type { LegId } from '../domain/ids.js'
import type { ParkedCall } from '../ports/park-store.js'
import type { LegInfo, Notes, RoomInfo, Snapshot } from '../ports/pbx.js'
import { phaseOf, type Phase } from './phase.js'
import { callOfTalkRoom } from './talk-room.js'

/**
 * What an earlier run of the process meant is noted on the legs. Of a parked call that was just being joined with whoever fetched it
 * their room says so first (`joinAtOnce`): who is in it with the parked party has fetched it, as if it stood on the legs. One who is
 * there alone is still parked.
 */
export function asRoomsSay(snapshot: Snapshot): Snapshot {
  const said = new Map(snapshot.rooms.flatMap((room) => saidBy(room, snapshot)))
  if (said.size === 0) return snapshot
  const legs = snapshot.legs.map((leg) => ({ ...leg, notes: said.get(leg.id) ?? leg.notes }))
  return { ...snapshot, legs }
}

function saidBy(room: RoomInfo, snapshot: Snapshot): readonly (readonly [LegId, Notes])[] {
  const id = room.kind === 'talk' ? callOfTalkRoom(room) : undefined
  if (id === undefined || room.legs.length < 2) return []
  const inside = snapshot.legs.filter((leg) => room.legs.includes(leg.id) && leg.earOf === undefined)
  const caller = inside.find((leg) => recordOn(leg)?.call === id)
  const parked = caller && recordOn(caller)
  const other = inside.find((leg) => leg !== caller)
  if (!caller || !parked || !other) return []
  const { company = '', call = '', conversation = '' } = caller.notes
  const phase: Phase = { at: 'talk', with: other.id, parked }
  return [
    [caller.id, { ...caller.notes, phase: JSON.stringify(phase) }],
    [other.id, { company, call, conversation, role: 'called' }],
  ]
}

function recordOn({ notes }: LegInfo): ParkedCall | undefined {
  const phase = phaseOf(notes)
  return phase?.at === 'parked' ? phase.record : undefined
}
