import { deadlineAfterRestart } from '../domain/parking/recall.js'
import { parkSettings } from '../domain/parking/settings.js'
import type { ParkedCall } from '../ports/park-store.js'
import type { Snapshot } from '../ports/pbx.js'
import { StoreUnavailable } from '../ports/stores.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { endPages } from './page-group.js'
import { backupSeconds, parked } from './parked.js'
import { phaseOf } from './phase.js'
import { reach } from './reach.js'

/**
 * Goes on with a call that was parked when an earlier run ended (P-32). The store knows best how far it was; what the store lost
 * is put back from the leg's own notes (M-06). A call that took a place over has it from here on (P-20); one whose place somebody
 * else has by now goes to whoever parked it.
 */
export async function resumeParked(call: Call, noted: ParkedCall, scope: Scope, deps: Deps): Promise<void> {
  // The place is open already (`expectParked`). If the caller hangs up before the store has said whose it is, the sweep frees it.
  scope.defer(() => {
    deps.parks.close(noted)
  })
  await scope.of(endPages(call, deps))
  const record = await recordOf(noted, scope, deps)
  if (!record) {
    deps.parks.close(noted) // the place itself is another's
    const parker = call.directory.person(noted.company, noted.parkedBy)
    return reach({ ...call, transferredBy: parker }, parker?.extension ?? call.leg.info.dialled, scope, deps)
  }
  // Whoever noted the call may have ended before the backup was set.
  const settings = parkSettings(call.company, record.group)
  const now = deps.clock.now()
  await scope.of(deps.exchange.pbx.limit(call.leg.id, backupSeconds(record, settings, now)))
  return parked(call, { ...record, deadline: deadlineAfterRestart(record, now) }, scope, deps)
}

async function recordOf(noted: ParkedCall, scope: Scope, deps: Deps): Promise<ParkedCall | undefined> {
  const { parking } = deps.stores
  try {
    const stored = await scope.of(parking.read(noted.company, noted.place))
    if (stored?.call === noted.call) return stored
    if (stored && stored.call === noted.before)
      return (await scope.of(parking.update(noted))) === 'updated' ? noted : undefined
    if (stored) return undefined
    return (await scope.of(parking.claim(noted))) === 'claimed' ? noted : undefined
  } catch (error) {
    if (error instanceof StoreUnavailable) return noted
    throw error
  }
}

/** P-32: before any story goes on. Places that are taken are open for those who come to fetch at this very moment. */
export function expectParked({ legs }: Snapshot, deps: Deps): void {
  for (const { notes } of legs) {
    const phase = phaseOf(notes)
    if (phase?.at === 'parked') deps.parks.expect(phase.record)
  }
}
