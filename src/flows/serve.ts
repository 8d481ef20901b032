import type { AgentId } from '../domain/ids.js'
import { answered, talkOver } from '../domain/queue/agent.js'
import { queueNamed, type Queue } from '../domain/queue/settings.js'
import { queueName } from '../domain/speech/names.js'
import { say } from '../domain/speech/tongue.js'
import { NoSuchThing, WrongState } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import { nameOf, numberOf, originOf, type Call, type Deps } from './call.js'
import type { Leg } from './exchange.js'
import { enterTogether, meet } from './meet.js'
import { keepPhase, notesOf, type Phase } from './phase.js'
import type { WaitingCaller } from './queue-floor.js'
import { endOthers, takeBack } from './queue-resume.js'
import type { AgentAnswer } from './ring-agents.js'
import { speak } from './speak.js'
import { isStoreFault, keepUnlessAway } from './store-away.js'
import { talk } from './talk.js'
import { openTalkRoom, talkRoom } from './talk-room.js'
import { sayTooLate } from './too-late.js'
import { readPublicNumber } from '../domain/numbers/dialled.js'

/** M-10: how long a claim holds if whoever made it dies. */
const claimLength = 10_000

/**
 * Puts the caller together with the agent who answered. False: the caller waits on, because this one has hung up, or the
 * store says that another has the claim. The caller's own story decides on one answer after the other, in the only process that may
 * (M-01), so it knows who was first, and the store is asked beside it: what it takes to write to a disk is not heard as silence. Who is
 * in the room of the talk is what a later run goes by.
 */
export async function connect(
  call: Call,
  caller: WaitingCaller,
  answer: AgentAnswer,
  callScope: Scope,
  scope: Scope,
  deps: Deps,
): Promise<boolean> {
  const { agent, leg } = answer
  if (leg.ended) return false
  caller.taken = agent
  caller.joining = true
  // First what is waited for: all that is asked for in one turn leaves in the order in which it was asked for.
  const meeting = comeTogether(call, caller, answer, scope, deps)
  deps.queues.agents.engage(caller.ticket.company, agent, call.id)
  const claimed = claim(caller, agent, deps)
  claimed.catch(() => undefined) // whoever hangs up first hears nothing of it
  const together = await meeting
  if (together) {
    caller.joining = false
    caller.servedAt = deps.clock.now()
    keepHold(call, caller, answer, callScope, deps)
  }
  const isOurs = (await scope.of(claimed)) === 'won'
  if (together && isOurs) return true
  await part(call, caller, answer, isOurs, scope, deps)
  return false
}

/** False: one of the two has hung up. */
async function comeTogether(
  call: Call,
  caller: WaitingCaller,
  answer: AgentAnswer,
  scope: Scope,
  deps: Deps,
): Promise<boolean> {
  const { agent, leg, pickup } = answer
  try {
    if (pickup) {
      scope.defer(() => (caller.joining ? sendAway(call, answer, false, deps) : undefined))
      await receive(call, agent, leg, scope, deps)
    }
    const queue = queueNamed(call.company, caller.ticket.queue)
    if (queue?.agentGreeting) await greet(call, queue, leg, scope, deps)
    await meet(call, caller, leg, scope, deps)
    return true
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
    return false
  }
}

/** As if nobody had answered: the claim is given back, or is another's; whoever answered is not left in silence. */
async function part(
  call: Call,
  caller: WaitingCaller,
  answer: AgentAnswer,
  isOurs: boolean,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { company } = caller.ticket
  const { agent } = answer
  caller.taken = undefined
  caller.joining = false
  caller.servedAt = undefined
  caller.isRoomOpen = false
  caller.seated = undefined
  if (isOurs) await scope.of(keepUnlessAway(deps.stores.queues.giveBack(company, call.id, agent)))
  await scope.of(deps.exchange.pbx.closeRoom(talkRoom(call)))
  if (answer.turnAway) answer.turnAway()
  else await scope.of(sendAway(call, answer, true, deps))
  await scope.of(deps.queues.agents.disengage(company, agent, call.id))
}

/** Who was not rung, and is part of the call by now. */
async function sendAway(call: Call, { leg }: AgentAnswer, isTaken: boolean, deps: Deps): Promise<void> {
  if (leg.story === call.id) await sayTooLate(call, isTaken, leg, deps)
}

/** Without the store nobody outside this process can be ringing for the caller: who comes first here has the claim (M-05). */
async function claim({ ticket }: WaitingCaller, agent: AgentId, deps: Deps): Promise<'won' | 'taken'> {
  const now = deps.clock.now()
  try {
    const claimed = await deps.stores.queues.claim(ticket.company, ticket.call, agent, now, now + claimLength)
    return claimed === 'taken' ? 'taken' : 'won' // a ticket the store has lost is still here (M-06)
  } catch (error) {
    if (!isStoreFault(error)) throw error
    return 'won'
  }
}

/** The agent hears which queue it is, while the caller keeps the music. */
async function greet(call: Call, queue: Queue, leg: Leg, scope: Scope, deps: Deps): Promise<void> {
  const name = queueName(call.company.company, queue)
  await speak({ ...call, leg }, say(call.tongue, 'queue/for', { queue: [name] }), scope, deps)
}

/** A phone that was not rung becomes part of the call, and is found as such by a later run. */
async function receive(call: Call, agent: AgentId, leg: Leg, scope: Scope, deps: Deps): Promise<void> {
  const notes = { ...notesOf(call), role: 'called', phase: '', agent, pickup: 'yes' }
  await scope.of(deps.exchange.pbx.note(leg.id, notes))
  await scope.of(deps.calls.takeOver(leg, call.id))
}

/** Whatever becomes of the call from now on, the agent's leg ends with it, and the agent then has time to finish. */
export function keepHold(
  call: Call,
  caller: { readonly ticket: { readonly queue: string }; readonly taken: AgentId | undefined },
  { agent, leg }: AgentAnswer,
  callScope: Scope,
  deps: Deps,
): void {
  const { company } = call.company
  const queue = queueNamed(call.company, caller.ticket.queue)
  deps.queues.agents.engage(company, agent, call.id)
  const free = async (): Promise<void> => {
    if (queue)
      await deps.queues.agents.change(company, agent, (record) => talkOver(record, queue, deps.clock.now()))
    await deps.queues.agents.disengage(company, agent, call.id)
  }
  // The next caller need not wait until the room is closed.
  callScope.defer(async () => {
    if (caller.taken === agent) await Promise.all([deps.exchange.pbx.closeRoom(talkRoom(call)), free()])
  })
  callScope.defer(() => (caller.taken === agent ? deps.exchange.release(leg, call.id) : undefined))
}

/** The agent has answered: kept where a later run finds it, and counted. Each sees the other; nothing has to take over any more if we die. */
export async function noteServed(
  call: Call,
  queue: Queue | undefined,
  agent: AgentId,
  other: Leg,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const phase: Phase = { at: 'served', queue: queue?.id ?? '', agent, with: other.id }
  await Promise.all([
    keepPhase(call, phase, scope, deps),
    scope.of(deps.exchange.pbx.limit(call.leg.id, 0)),
    showWho(call, other, scope, deps),
  ])
  if (queue)
    await scope.of(
      deps.queues.agents.change(call.company.company, agent, (record) => answered(record, queue)),
    )
}

/** A colleague; a telephone outside is not shown. */
async function showWho(call: Call, other: Leg, scope: Scope, deps: Deps): Promise<void> {
  const known = originOf(other.info, deps.directory(), readPublicNumber)
  if (known?.origin.kind !== 'phone') return
  const party = { name: nameOf(known.origin), number: numberOf(known.origin) }
  await scope.of(deps.exchange.pbx.show(call.leg.id, party))
}

/** They talked when an earlier run ended. Other phones that still ring for the call stop. */
export async function resumeServed(
  call: Call,
  phase: Extract<Phase, { at: 'served' }>,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { exchange } = deps
  const other = exchange.leg(phase.with)
  if (!other) {
    await endOthers(call, undefined, scope, deps)
    return scope.of(exchange.pbx.closeRoom(talkRoom(call)))
  }
  await takeBack(call, other, scope, deps)
  const was = { ticket: { queue: phase.queue }, taken: phase.agent }
  keepHold(call, was, { agent: phase.agent, leg: other }, scope, deps)
  await scope.of(openTalkRoom(call, deps))
  await enterTogether(call, other, scope, deps)
  await scope.of(exchange.pbx.limit(call.leg.id, 0))
  await showWho(call, other, scope, deps)
  await talk(call, other, scope, deps)
}
