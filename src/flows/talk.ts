import type { RoomId } from '../domain/ids.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'

/** The room in which a call's two parties talk; its name leads back to the call after a crash. */
export const talkRoom = (call: Pick<Call, 'id'>): RoomId => `talk-${call.id}` as RoomId

/**
 * Two parties talk until one hangs up or leaves; then the other is released.
 *
 *     talking --either hangs up--> released
 *            \--either is transferred away--> the other is released with it, unless the exchange took it along
 */
export async function talk(
  call: Call,
  other: Leg,
  scope: Scope,
  deps: Pick<Deps, 'exchange'>,
): Promise<void> {
  const { exchange } = deps
  const end = await exchange.untilEnded(scope, other)
  await scope.of(exchange.pbx.closeRoom(talkRoom(call)))
  if (end !== 'left') await scope.of(exchange.release(call.leg, call.id))
}
