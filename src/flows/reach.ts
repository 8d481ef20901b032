import type { Person } from '../domain/directory/company.js'
import type { Sentence } from '../domain/speech/phrase.js'
import { say, type Tongue } from '../domain/speech/tongue.js'
import type { Decision, Outcome, Routed } from '../domain/routing/decision.js'
import { next } from '../domain/routing/next.js'
import type { Ticket } from '../domain/queue/ticket.js'
import { route } from '../domain/routing/route.js'
import type { Scope } from '../runtime/scope.js'
import { announce } from './announce.js'
import { askCallback } from './ask-callback.js'
import { askQueueCallback } from './ask-queue-callback.js'
import type { Call, Deps } from './call.js'
import { askMenu } from './menu.js'
import { callEmergency, callOutside } from './call-outside.js'
import { takeCode } from './take-code.js'
import { leaveMessage } from './leave-message.js'
import { keepPhase } from './phase.js'
import { refuseCall, wordsFor } from './refuse-call.js'
import { ringPerson, ringReception } from './ring-person.js'
import { serviceNumber } from './service-number.js'
import { questionOf } from './situation.js'
import { keepTrace } from './trace.js'
import { waitInQueue } from './wait-in-queue.js'

/** How carrying out a decision ended: the call is over, or it goes on by the rules, or by a decision made meanwhile. */
export type Step = 'over' | Outcome | Routed

/** What an earlier run of the process had done of the first decision. */
export interface Earlier {
  /** The phones rang. */
  readonly dialled?: boolean
  /** The caller talked with whoever had answered: when that is over, nothing follows. */
  readonly talked?: boolean
  /** What the caller said was being recorded. */
  readonly recorded?: boolean
  /** The caller waited in a queue. */
  readonly ticket?: Ticket
}

/**
 * One call from the question "where to?" to its end: a decision is carried out, and as long as that does not end the call, the
 * rules say what follows. The rules guarantee that the chain ends in a person, a mailbox or a spoken refusal.
 */
export function reach(call: Call, dialled: string, scope: Scope, deps: Deps): Promise<void> {
  const question = questionOf(call, dialled, deps)
  return follow(call, dialled, keepTrace(call, route(question), deps), {}, scope, deps)
}

/**
 * P-03, Q-24: a transferred call that reaches nobody comes back to whoever transferred it, who sees that and hears why. If they cannot
 * be had either it goes on as any call to them.
 */
export function comeBack(
  call: Call,
  to: Person,
  why: NonNullable<Call['comesBack']>,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  return reach({ ...call, comesBack: why }, to.extension, scope, deps)
}

/** Goes on with a call that an earlier run of the process began. */
export async function follow(
  call: Call,
  dialled: string,
  first: Decision,
  earlier: Earlier,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  let decision = first
  let run = earlier
  for (;;) {
    const step = await scope.run(decision.to, (inner) =>
      carryOut(call, dialled, decision, run, scope, inner, deps),
    )
    if (step === 'over' || run.talked === true) return
    const routed = typeof step === 'string' ? next(questionOf(call, dialled, deps), decision, step) : step
    decision = keepTrace(call, routed, deps)
    run = {}
    await keepPhase(call, { at: 'carryingOut', decision }, scope, deps)
  }
}

function carryOut(
  call: Call,
  dialled: string,
  decision: Decision,
  earlier: Earlier,
  callScope: Scope,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  const back = call.comesBack ? undefined : call.transferredBy
  switch (decision.to) {
    case 'ring':
      return ringPerson(call, dialled, decision, earlier, callScope, scope, deps)
    case 'reception':
      return ringReception(call, decision, earlier, callScope, scope, deps)
    case 'announce':
      return announce(call, dialled, decision, scope, deps)
    case 'menu':
      return askMenu(call, decision, scope, deps)
    case 'voicemail':
      return leaveMessage(call, decision, earlier, scope, deps)
    case 'callback':
      return askCallback(call, decision, scope, deps)
    case 'queueCallback':
      return askQueueCallback(call, decision, scope, deps)
    case 'external':
      return callOutside(call, decision, earlier, callScope, scope, deps)
    case 'emergency':
      return callEmergency(call, decision, earlier, callScope, scope, deps)
    case 'feature':
      if (back) return comeBack(call, back, unknownCode, callScope, deps).then(over)
      return takeCode(call, decision.code, scope, deps)
    case 'service':
      return serviceNumber(call, scope, deps)
    case 'queue':
      return waitInQueue(call, dialled, decision, earlier, callScope, scope, deps)
    case 'reject':
      if (back)
        return comeBack(call, back, (tongue) => say(tongue, wordsFor(decision.why)), callScope, deps).then(
          over,
        )
      return refuseCall(call, decision, scope, deps)
    default:
      return decision satisfies never
  }
}

const unknownCode = (tongue: Tongue): Sentence => say(tongue, 'refuse/unknown-code')
const over = (): Step => 'over'
