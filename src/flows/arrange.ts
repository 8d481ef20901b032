import { arrangementOf, shownTo, type Arrangement } from '../domain/talk/arrangement.js'
import type { LegId, RoomId } from '../domain/ids.js'
import { partyOf, type Talk } from '../domain/talk/talk.js'
import { NoSuchThing, WrongState } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { asideRoom, coachRoom, keysKept, talkRoom } from './talk-room.js'
import { beginTask, type Task } from './task.js'
import { unlessGone } from './unless-gone.js'
import { coachEar, whisper } from './whisper.js'

/** How things stand in the exchange, as far as the legs' rooms do not tell it. */
interface Standing {
  /** An earlier run may have left silence on. */
  unsure: boolean
  asideOpen: boolean
  coach: Arrangement['coach']
  alone: LegId | undefined
  tone: { readonly leg: LegId; readonly name: string; readonly task: Task } | undefined
  readonly shown: Map<LegId, string>
}

/** `found`: nothing is known of how an earlier run left things. */
export const newStanding = (talk: Talk, found: boolean): Standing => ({
  unsure: found,
  asideOpen: false,
  coach: undefined,
  alone: undefined,
  tone: undefined,
  shown: new Map(found ? [] : talk.parties.map(({ leg }) => [leg, shownTo(talk, leg)?.leg ?? ''])),
})

/**
 * Puts everybody where they stand by the rules. May be repeated: what is so already is not touched. A way is always closed before
 * another is opened, so that at no moment a coach is heard by anybody but the agent (C-04).
 */
export async function arrange(
  call: Call,
  talk: Talk,
  standing: Standing,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const wanted = arrangementOf(talk)
  endTone(standing, wanted)
  if (standing.alone !== undefined && standing.alone !== wanted.alone) {
    await feed(standing.alone, false, scope, deps)
    standing.alone = undefined
  }
  if (standing.unsure) {
    standing.unsure = false
    for (const leg of wanted.room) if (leg !== wanted.alone) await feed(leg, false, scope, deps)
  }
  if (standing.coach && standing.coach.agent !== wanted.coach?.agent)
    await endCoaching(call, standing, scope, deps)
  await sitAside(call, wanted.aside, standing, scope, deps)
  for (const leg of wanted.room) await enter(call, talkRoom(call), leg, scope, deps)
  await beginCoaching(call, wanted, standing, scope, deps)
  if (wanted.alone !== undefined && standing.alone === undefined) {
    standing.alone = wanted.alone
    await feed(wanted.alone, true, scope, deps)
  }
  beginTone(call, standing, wanted, scope, deps)
  await showAll(talk, standing, scope, deps)
}

const feed = (leg: LegId, on: boolean, scope: Scope, deps: Deps): Promise<unknown> =>
  scope.of(unlessGone(deps.exchange.pbx.feedSilence(leg, on)))

async function enter(call: Call, room: RoomId, id: LegId, scope: Scope, deps: Deps): Promise<void> {
  const leg = deps.exchange.leg(id)
  // Parked, or otherwise taken into another story, while no run of the process was there: it is not fetched back.
  if (leg?.story !== call.id || leg.room === room) return
  await scope.of(unlessGone(deps.exchange.pbx.enter(room, [id], keysKept([leg], deps))))
}

/** The room stays until the talk ends: whoever is put on hold once is put there again. */
async function sitAside(
  call: Call,
  legs: readonly LegId[],
  standing: Standing,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  if (legs.length === 0) return
  if (!standing.asideOpen)
    await scope.of(deps.exchange.pbx.openRoom(asideRoom(call), 'holding', roomNotes(call)))
  standing.asideOpen = true
  for (const leg of legs) await enter(call, asideRoom(call), leg, scope, deps)
}

const roomNotes = (call: Call) => ({ company: call.company.company, call: call.id })

async function beginCoaching(
  call: Call,
  { coach }: Arrangement,
  standing: Standing,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  if (!coach || standing.coach) return
  const { exchange } = deps
  const agent = exchange.leg(coach.agent)
  if (!agent) return
  standing.coach = coach
  try {
    const ear = await exchange.ear(scope, coachEar(coach.agent), agent, 'everything', call.id)
    await scope.of(exchange.pbx.openRoom(coachRoom(call), 'talk', roomNotes(call)))
    if (ear.room !== coachRoom(call)) await scope.of(exchange.pbx.enter(coachRoom(call), [ear.id]))
    // C-10: the keys of a coach reach nobody.
    if (exchange.leg(coach.leg)?.room !== coachRoom(call))
      await scope.of(exchange.pbx.enter(coachRoom(call), [coach.leg], { keysKept: [coach.leg] }))
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
  }
}

async function endCoaching(call: Call, standing: Standing, scope: Scope, deps: Deps): Promise<void> {
  const { pbx } = deps.exchange
  const { coach } = standing
  standing.coach = undefined
  await scope.of(pbx.closeRoom(coachRoom(call)))
  if (coach) await scope.of(pbx.hangUp(coachEar(coach.agent), 'normal'))
}

function endTone(standing: Standing, { tone }: Arrangement): void {
  if (!standing.tone || (standing.tone.leg === tone?.leg && standing.tone.name === tone.name)) return
  standing.tone.task.stop()
  standing.tone = undefined
}

function beginTone(call: Call, standing: Standing, { tone }: Arrangement, scope: Scope, deps: Deps): void {
  const leg = tone && deps.exchange.leg(tone.leg)
  if (!tone || !leg || standing.tone) return
  const task = beginTask(scope, tone.name, (playing) =>
    whisper(call, leg, { tones: [{ tone: tone.name, length: 0 }] }, playing, deps),
  )
  standing.tone = { ...tone, task }
}

/** I-18: each phone shows whom it talks with. */
async function showAll(talk: Talk, standing: Standing, scope: Scope, deps: Deps): Promise<void> {
  for (const { leg } of talk.parties) {
    const other = shownTo(talk, leg)
    if (!other || standing.shown.get(leg) === other.leg) continue
    standing.shown.set(leg, other.leg)
    const { name, number } = partyOf(talk, other.leg) ?? other
    await scope.of(unlessGone(deps.exchange.pbx.show(leg, { name, number })))
  }
}
