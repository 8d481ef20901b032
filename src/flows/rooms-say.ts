import type { LegId } from '../domain/ids.js'
import type { LegInfo, Notes, RoomInfo, Snapshot } from '../ports/pbx.js'
import { phaseOf } from './phase.js'

/**
 * What an earlier run of the process meant is noted on the legs. Of a parked call that was just being joined with whoever fetched it
 * their room says so first (`joinAtOnce`): whoever is in the room was joined, as if it stood on the legs. Before the call has entered,
 * and when the other is gone before it could be noted that they were together, it is still parked.
 */
export function asRoomsSay(snapshot: Snapshot): Snapshot {
  const said = new Map(snapshot.rooms.flatMap((room) => saidBy(room, snapshot)))
  if (said.size === 0) return snapshot
  const legs = snapshot.legs.map((leg) => ({ ...leg, notes: said.get(leg.id) ?? leg.notes }))
  return { ...snapshot, legs }
}

function saidBy({ notes, legs }: RoomInfo, snapshot: Snapshot): readonly (readonly [LegId, Notes])[] {
  const phase = phaseOf(notes)
  if (phase?.at !== 'talk' || phase.parked === undefined) return []
  const caller = snapshot.legs.find(({ id }) => id === notes['caller'] && legs.includes(id))
  const other = snapshot.legs.find(({ id }) => id === phase.with)
  // Noted since: it talks, or has been parked anew.
  if (!caller || !other || !isParkedAs(caller, phase.parked.call)) return []
  const { company = '', call = '', conversation = '' } = caller.notes
  return [
    [caller.id, { ...caller.notes, phase: notes['phase'] ?? '' }],
    [other.id, { company, call, conversation, role: 'called' }],
  ]
}

function isParkedAs({ notes }: LegInfo, call: string): boolean {
  const phase = phaseOf(notes)
  return phase?.at === 'parked' && phase.record.call === call
}
