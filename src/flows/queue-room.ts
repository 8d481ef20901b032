import type { RoomId } from '../domain/ids.js'
import type { Queue } from '../domain/queue/settings.js'
import { NoSuchThing, WrongState } from '../ports/pbx.js'
import type { Call, Deps } from './call.js'

export const queueRoom = (call: Call, queue: Queue): RoomId =>
  `queue-${call.company.company}-${queue.id}` as RoomId

/** one room for all who wait in the queue; each hears its music from where it is. */
export async function putInQueueRoom(call: Call, queue: Queue, deps: Deps): Promise<void> {
  const { pbx } = deps.exchange
  const room = queueRoom(call, queue)
  if (call.leg.room === room) return
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      // Where others wait already it is open: to ask for it takes Asterisk longer the more there are.
      if (attempt > 0 || deps.queues.count(call.company.company, queue.id) < 2)
        await pbx.openRoom(room, 'holding', { company: call.company.company })
      await pbx.enter(room, [call.leg.id], { music: queue.music })
      return
    } catch (error) {
      // The first of them has not opened it yet, or the last has left at this very moment, and it was closed.
      if (!(error instanceof NoSuchThing) || attempt === 1) throw error
    }
  }
}

export async function leaveQueueRoom(call: Call, queue: Queue, deps: Deps): Promise<void> {
  try {
    await deps.exchange.pbx.leave(queueRoom(call, queue), [call.leg.id])
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
  }
}
