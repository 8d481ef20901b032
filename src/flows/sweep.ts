import type { Instant, LegId, Milliseconds } from '../domain/ids.js'
import { NoSuchThing, WrongState, type LegInfo } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import { beginCallback } from './call-back.js'
import type { Deps } from './call.js'
import { deleteOldRecordings, lookForOld } from './old-recordings.js'
import { recorderEar } from './record-call.js'
import { mendPlaces } from './park-mend.js'
import type { Switchboard } from './switchboard.js'

/** G-10 */
const every: Milliseconds = 10_000
const patience: Milliseconds = 15_000

/** G-10: finds legs in our hands that belong to no running story, and after a while sends them where somebody answers. */
export async function sweep(switchboard: Switchboard, scope: Scope, deps: Deps): Promise<never> {
  const suspects = new Map<LegId, Instant>()
  let lookAt = scope.clock.now()
  for (;;) {
    await scope.sleep(every)
    try {
      await sweepOnce(suspects, switchboard, scope, deps)
      await scope.of(mendPlaces(deps))
      await scope.of(deps.visits.catchUp())
      for (const ticket of deps.callbacks.all) beginCallback(ticket, deps)
      if (scope.clock.now() < lookAt) continue
      lookAt = scope.clock.now() + lookForOld
      await scope.of(deleteOldRecordings(deps))
    } catch (error) {
      if (scope.cancelled) throw error
      deps.log.warn('the exchange could not be swept', { error })
    }
  }
}

async function sweepOnce(
  suspects: Map<LegId, Instant>,
  switchboard: Switchboard,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const now = scope.clock.now()
  const { legs } = await scope.of(deps.exchange.pbx.snapshot())
  const lost = legs.filter((leg) => !switchboard.isRunning(leg.id) && !isRecorder(leg))
  for (const id of suspects.keys()) if (!lost.some((leg) => leg.id === id)) suspects.delete(id)
  for (const leg of lost) {
    const since = suspects.get(leg.id)
    if (since === undefined) suspects.set(leg.id, now)
    else if (now - since >= patience) await rescueUnlessGone(leg, scope, deps)
  }
}

/** Belongs to its leg and to no story, and ends with the leg. */
const isRecorder = ({ id, earOf }: LegInfo): boolean => earOf !== undefined && id === recorderEar(earOf)

async function rescueUnlessGone(leg: LegInfo, scope: Scope, deps: Deps): Promise<void> {
  try {
    await rescue(leg, scope, deps)
  } catch (error) {
    // One leg that cannot be helped now must not keep the others, and what else the sweep does, from it.
    if (error instanceof WrongState) deps.log.warn('a leg could not be swept', { leg: leg.id, error })
    else if (!(error instanceof NoSuchThing)) throw error
  }
}

/** A caller goes to the reception by the dialplan; a leg that we dialled is ended, and so is an inner one, behind which nobody is. */
async function rescue(leg: LegInfo, scope: Scope, deps: Deps): Promise<void> {
  deps.log.error('a leg belonged to no call', { leg: leg.id, role: leg.notes['role'] })
  const { pbx } = deps.exchange
  await scope.of(
    leg.notes['role'] === 'called' || leg.pair !== undefined
      ? pbx.hangUp(leg.id, 'normal')
      : pbx.leaveTo(leg.id, { context: 'vaxel-fallback', extension: 'reception' }),
  )
}
