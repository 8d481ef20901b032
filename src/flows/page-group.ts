import { digits } from '../domain/speech/digits.js'
import { say } from '../domain/speech/tongue.js'
import type { CallId, DeviceName, LegId } from '../domain/ids.js'
import type { ParkedCall } from '../ports/park-store.js'
import { CannotReach, NoSuchThing, WrongState } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { speak } from './speak.js'

/** Asks a phone to answer by itself: the three ways in which phones understand it. */
export const autoAnswer = {
  'Call-Info': '<sip:127.0.0.1>;answer-after=0',
  'Alert-Info': 'info=alert-autoanswer',
  'P-Auto-Answer': 'normal',
}

const answerSeconds = 5

const pageOf = (call: CallId, device: DeviceName | ''): LegId => `${call}-page-${device}` as LegId

/** Phones that an earlier run was paging would wait in silence: they are let go. */
export async function endPages(call: Call, deps: Deps): Promise<void> {
  for (const { id } of deps.exchange.legs)
    if (id.startsWith(pageOf(call.id, ''))) await deps.exchange.pbx.hangUp(id, 'normal')
}

/** P-31: the phones of the group answer by themselves and say where the call is parked. Ends when it is fetched. */
export async function pageGroup(call: Call, record: ParkedCall, scope: Scope, deps: Deps): Promise<void> {
  const group = call.company.parkGroups.find(({ id }) => id === record.group)
  if (!group?.paging) return
  const devices = group.members
    .flatMap((id) => call.directory.person(record.company, id)?.devices ?? [])
    .map(({ name }) => name)
    .filter((device) => deps.exchange.isReachable(device) && !isInUse(device, deps))
  for (const device of devices) scope.spawn(`page ${device}`, (one) => page(call, record, device, one, deps))
  await scope.forever()
}

const isInUse = (device: DeviceName, deps: Deps): boolean =>
  deps.exchange.legsOf(device).some((leg) => leg.here)

async function page(
  call: Call,
  record: ParkedCall,
  device: DeviceName,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { exchange } = deps
  try {
    const leg = await exchange.create(
      scope,
      {
        id: pageOf(call.id, device),
        to: { kind: 'device', device },
        caller: record.party,
        notes: { company: record.company, call: call.id, role: 'called' },
        headers: autoAnswer,
        originator: call.leg.id,
      },
      () => 'normal',
    )
    exchange.assign(leg, call.id)
    await scope.of(exchange.pbx.dial(leg.id, { ringSeconds: answerSeconds }))
    const end = await exchange.watch(
      scope,
      leg,
      (now) => now.ended ?? (now.state === 'up' ? 'up' : undefined),
    )
    if (end !== 'up') return
    const words = say(call.tongue, 'park/page', { extension: digits(call.tongue, record.place) })
    await speak({ ...call, leg }, words, scope, deps)
  } catch (error) {
    if (!(error instanceof CannotReach || error instanceof NoSuchThing || error instanceof WrongState))
      throw error
  }
}
