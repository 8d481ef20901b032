import { say } from '../domain/speech/tongue.js'
import type { Effect, Notice } from '../domain/talk/decided.js'
import { consentOf } from '../domain/talk/settings.js'
import { partyOf, speakers, type Invitation } from '../domain/talk/talk.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { askCoach, coachingLabel } from './coach.js'
import type { Leg } from './exchange.js'
import { goBack } from './go-back.js'
import { recallHeld } from './hold-recall.js'
import { ringInvited } from './invite.js'
import { sendOff, wordsOf } from './send-off.js'
import { shortToneLength } from './speak.js'
import { tell, type Table } from './talks.js'
import { beginTask, type Task } from './task.js'
import { tongueOf } from './tongue-of.js'
import { whisper, type ShortTone } from './whisper.js'

/** What goes on beside the talk on its behalf. */
interface Errands {
  ringing: Task | undefined
  recall: Task | undefined
}

export const newErrands = (): Errands => ({ ringing: undefined, recall: undefined })

/** What follows from a decision, after everybody stands where they should. Nothing here keeps the talk waiting for a sound. */
export async function carryOut(
  call: Call,
  table: Table,
  errands: Errands,
  effects: readonly Effect[],
  scope: Scope,
  deps: Deps,
): Promise<void> {
  if (!table.talk.held) errands.recall?.stop()
  for (const effect of effects) await one(call, table, errands, effect, scope, deps)
}

async function one(
  call: Call,
  table: Table,
  errands: Errands,
  effect: Effect,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { exchange } = deps
  switch (effect.kind) {
    case 'ring': {
      const { invitation } = table.talk
      if (invitation)
        errands.ringing = beginTask(scope, 'ringing', (ringing) =>
          ring(call, table, invitation, ringing, deps),
        )
      return
    }
    case 'stopRinging':
      errands.ringing?.stop()
      return
    case 'askCoach':
      beginTask(scope, 'asking', (asking) => ask(call, table, effect.leg, asking, deps))
      return
    case 'tell': {
      const leg = exchange.leg(effect.leg)
      if (leg) scope.spawn('telling', (telling) => tellOnly(call, leg, effect.what, telling, deps))
      return
    }
    case 'beep': {
      const leg = exchange.leg(effect.leg)
      const tones: readonly ShortTone[] = Array.from({ length: effect.times }, () => beep)
      if (leg) scope.spawn('beep', (beeping) => whisper(call, leg, { tones }, beeping, deps))
      return
    }
    case 'announce':
      scope.spawn('announcing', async (saying) => {
        await announce(call, table, 'coach/speaks', saying, deps)
        tell(table, { kind: 'announced' })
      })
      return
    case 'sendOff': {
      const leg = exchange.leg(effect.leg)
      if (leg) await scope.of(sendOff(call, leg, effect.what, deps))
      return
    }
    case 'release': {
      const leg = exchange.leg(effect.leg)
      if (leg) await scope.of(exchange.release(leg, call.id))
      return
    }
    case 'recall':
      errands.recall = beginTask(scope, 'recall', (recalling) => recallHeld(call, table, recalling, deps))
      return
    case 'goBack': {
      const leg = exchange.leg(effect.leg)
      if (leg) await scope.of(goBack(call, leg, effect.to, effect.transfer, deps))
      return
    }
    default:
      effect satisfies never
  }
}

/** TN-3 */
const beep: ShortTone = { tone: 'beep', length: 300 }

async function ring(
  call: Call,
  table: Table,
  invitation: Invitation,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const inviter = deps.exchange.leg(invitation.by)
  const who = partyOf(table.talk, invitation.by)
  if (!inviter || !who) return
  const name =
    invitation.as === 'coach' ? `${coachingLabel[call.company.language]} ${who.name ?? who.number}` : who.name
  await ringInvited(
    call,
    invitation,
    inviter,
    { name, number: who.number },
    (event) => deps.talks.ask(table, event),
    scope,
    deps,
  )
}

/** C-02: accepted by 1; and C-13: where the company says so, everybody is told before the coach hears anything. */
async function ask(call: Call, table: Table, id: Leg['id'], scope: Scope, deps: Deps): Promise<void> {
  const leg = deps.exchange.leg(id)
  const by = table.talk.invitation?.by
  if (!leg || by === undefined) {
    tell(table, { kind: 'gone', leg: id })
    return
  }
  const agent = partyOf(table.talk, by)
  const end = await scope.race({
    gone: (waiting) => deps.exchange.untilEnded(waiting, leg),
    asked: (asking) => askCoach(call, leg, agent, tongueOf(call, leg, deps), asking, deps),
  })
  if (end.won === 'gone' || !end.value) {
    tell(table, { kind: 'notCome', why: 'declined' })
    return
  }
  if (consentOf(call.company) === 'join') await announce(call, table, 'coach/listens', scope, deps)
  tell(table, { kind: 'accepted' })
}

/** Everybody but the coach hears it to its end. */
async function announce(
  call: Call,
  table: Table,
  what: 'coach/listens' | 'coach/speaks',
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const legs = speakers(table.talk).flatMap(({ leg }) => deps.exchange.leg(leg) ?? [])
  await scope.run('announce', async (saying) => {
    const all = legs.map((leg) => {
      const tongue = tongueOf(call, leg, deps)
      return whisper(call, leg, { sentence: say(tongue, what), tongue }, saying, deps)
    })
    await Promise.all(all)
  })
}

async function tellOnly(call: Call, leg: Leg, what: Notice, scope: Scope, deps: Deps): Promise<void> {
  const tongue = tongueOf(call, leg, deps)
  const tones = what === 'otherLeft' ? [beep, beep] : [{ tone: 'congestion', length: shortToneLength }]
  await whisper(call, leg, { tones, sentence: say(tongue, wordsOf(what)), tongue }, scope, deps)
}
