import type { PersonId } from '../domain/ids.js'
import type { MissedCall } from '../ports/stores.js'
import { nameOf, numberOf, type Call, type Deps } from './call.js'

/** Tells a person of a call that did not reach them (H-30). The call does not wait for it. */
export function noteMissed(
  call: Call,
  person: PersonId,
  why: Pick<MissedCall, 'why' | 'absence'>,
  deps: Pick<Deps, 'stores' | 'clock' | 'log'>,
): void {
  const missed: MissedCall = {
    call: call.id,
    at: deps.clock.now(),
    person,
    from: numberOf(call.origin),
    fromName: nameOf(call.origin),
    why: why.why,
    absence: why.absence,
  }
  deps.stores.missedCalls.addSoon(call.company.company, missed).catch((error: unknown) => {
    deps.log.warn('a missed call was not kept', { call: call.id, error })
  })
}
