import { inRole } from '../domain/talk/talk.js'
import type { newStanding } from './arrange.js'
import type { Call, Deps } from './call.js'
import { sendOff } from './send-off.js'
import { asideRoom, coachRoom } from './talk-room.js'
import type { Table } from './talks.js'

/**
 * However a talk ends, also when its leg was parked or transferred away: no way from the coach stays open, the coach hears that it is
 * over (C-06, P-25), and whoever is left of it is released.
 */
export async function clearTable(
  call: Call,
  table: Table,
  standing: ReturnType<typeof newStanding>,
  deps: Deps,
): Promise<void> {
  const { exchange, talks } = deps
  talks.close(table)
  if (standing.alone !== undefined && exchange.leg(standing.alone))
    await exchange.pbx.feedSilence(standing.alone, false).catch(() => undefined)
  if (standing.coach) await exchange.pbx.closeRoom(coachRoom(call))
  const coach = inRole(table.talk, 'coach')
  const coachLeg = coach && exchange.leg(coach.leg)
  if (coachLeg) await sendOff(call, coachLeg, 'coachingOver', deps)
  if (standing.asideOpen) await exchange.pbx.closeRoom(asideRoom(call))
  for (const leg of exchange.legs)
    if (leg.id !== call.leg.id && leg.story === call.id) await exchange.release(leg, call.id)
}
