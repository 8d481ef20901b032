import type { LegInfo, Snapshot } from '../ports/pbx.js'
import type { Deps } from './call.js'
import { carryOut, newTransfer } from './transfer.js'
import { unlessGone } from './unless-gone.js'

/** That anything is kept at all; so a start asks only once. */
const anyKept = 'untold'
const keptFor = (link: string): string => `${anyKept}-${link}`

/**
 * Carries out what phones have transferred blind while no run of the process was there. Asterisk told them that it was done, and did
 * nothing: the phone hangs up, and the other party is alone. The dialplan has kept what was dialled, and by which phone (`vaxel-untold` in
 * `extensions.conf`). True if there was anything to do: the snapshot is old then.
 */
export async function carryOutUntold({ rooms, legs }: Snapshot, deps: Deps): Promise<boolean> {
  const { pbx } = deps.exchange
  if ((await pbx.kept(anyKept)) === '') return false
  for (const room of rooms) {
    const inside = legs.filter((leg) => room.legs.includes(leg.id) && isPerson(leg))
    // Whoever has hung up just now needs nothing more.
    if (room.kind === 'talk') await unlessGone(carryOutAmong(inside, deps))
  }
  await pbx.keep(anyKept, '')
  return true
}

/** An arranged phone that still rings, an ear and the half of a pair have transferred nothing. */
const isPerson = ({ state, earOf, pair }: LegInfo): boolean =>
  state === 'up' && earOf === undefined && pair === undefined

async function carryOutAmong(inside: readonly LegInfo[], deps: Deps): Promise<void> {
  const { exchange } = deps
  const { pbx } = exchange
  const [one] = inside
  if (!one) return
  const name = keptFor(await pbx.linkOf(one.id))
  const [dialled, device] = (await pbx.kept(name)).split(' ')
  if (dialled === undefined || dialled === '' || device === undefined) return
  const [left, ...more] = inside.filter((leg) => leg.device !== device)
  const party = left && exchange.leg(left.id)
  // Of three the two others go on with each other (I-07).
  if (party && more.length === 0) {
    const by = deps.directory().device(device)?.person
    await carryOut({ ...newTransfer(), dialled, talks: [{ party, by }] }, () => undefined, deps)
  }
  // Told that it was done, it may not have hung up yet.
  for (const leg of inside) if (leg.device === device) await pbx.hangUp(leg.id, 'normal')
  await pbx.keep(name, '')
}
