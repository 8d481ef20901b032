import type { Decision, Ring, RingReception } from '../domain/routing/decision.js'
import { reconsider } from '../domain/routing/reconsider.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { noteMissed } from './missed-call.js'
import { keepPhase } from './phase.js'
import type { Earlier, Step } from './reach.js'
import { endBells, isAnswered, type Bell, type RingEnd } from './bells.js'
import { ringOrPickUp } from './ring-or-pick-up.js'
import { questionOf } from './situation.js'
import { talk } from './talk.js'
import { tongueOf } from './tongue-of.js'
import { whisper } from './whisper.js'

/** Rings a person on all their phones; whoever answers talks with the caller. */
export async function ringPerson(
  call: Call,
  dialled: string,
  decision: Ring,
  earlier: Earlier,
  callScope: Scope,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  let why: string | undefined = 'cancelled'
  scope.defer(() => {
    if (why !== undefined) noteMissed(call, decision.person, { why }, deps)
  })
  const wasUp = call.leg.state === 'up'
  let answered = false
  const bells = decision.devices.map((device): Bell => ({ kind: 'device', device }))
  const end = await scope.race({
    rung: (ringScope) =>
      ringOrPickUp(
        call,
        { decision, people: [decision.person], bells, earlier, onAnswered: () => (answered = true) },
        callScope,
        ringScope,
        deps,
      ),
    absent: async (waiting) => {
      const changed = await untilAwayByOwnWord(call, dialled, decision, waiting, deps)
      return answered || isAnswered(bells, call, deps) ? waiting.forever() : changed // H-23
    },
  })
  if (end.won === 'absent') {
    why = undefined // the announcement tells the person
    await endBells(bells, call, scope, deps) // what an earlier run of the process had let ring
    return end.value
  }
  why = 'answered' in end.value ? undefined : end.value.noLuck
  if ('answered' in end.value) tellWhyBack(call, end.value.answered, callScope, deps)
  return talkOr(call, decision, end.value, wasUp, callScope, deps)
}

/** P-03: whoever has tried to park the call hears why it comes back; the reject tone is short, because they talk. */
function tellWhyBack(call: Call, leg: Leg, scope: Scope, deps: Deps): void {
  const { comesBack } = call
  if (!comesBack) return
  const tongue = tongueOf(call, leg, deps)
  const what = { tones: [{ tone: 'congestion', length: 1_000 }], sentence: comesBack(tongue), tongue }
  scope.spawn('why it comes back', async (telling) => {
    await whisper(call, leg, what, telling, deps)
    await telling.forever() // a talk has no part that ends before it
  })
}

/** Rings the reception's phones together. */
export async function ringReception(
  call: Call,
  decision: RingReception,
  earlier: Earlier,
  callScope: Scope,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  const wasUp = call.leg.state === 'up'
  const bells = decision.phones.map(({ device }): Bell => ({ kind: 'device', device }))
  const people = decision.phones.map(({ person }) => person)
  const ringing = { decision, people, bells, earlier, onAnswered: () => undefined }
  const end = await ringOrPickUp(call, ringing, callScope, scope, deps)
  return talkOr(call, decision, end, wasUp, callScope, deps)
}

/** Lets the two talk, if somebody answered. */
export async function talkOr(
  call: Call,
  decision: Decision,
  end: RingEnd & { readonly pickedUp?: true },
  wasUp: boolean,
  callScope: Scope,
  deps: Deps,
): Promise<Step> {
  if ('noLuck' in end) return end.noLuck
  if (wasUp && !end.pickedUp) await keepPhase(call, { at: 'talking', decision }, callScope, deps)
  await talk(call, end.answered, callScope, deps)
  return 'over'
}

/** H-22: the phone stops ringing when its own person becomes absent meanwhile; what others set counts from the next call. */
async function untilAwayByOwnWord(
  call: Call,
  dialled: string,
  decision: Ring,
  scope: Scope,
  deps: Deps,
): Promise<Exclude<Step, string>> {
  for (;;) {
    const changed = reconsider(questionOf(call, dialled, deps), decision)
    if (changed) return changed
    await deps.absences.untilChanged(
      scope,
      call.company.company,
      decision.person,
      (by) => by === decision.person,
    )
  }
}
