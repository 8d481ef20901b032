import type { AgentId } from '../domain/ids.js'
import { answered, talkOver } from '../domain/queue/agent.js'
import { queueNamed, type Queue } from '../domain/queue/settings.js'
import { queueName } from '../domain/speech/names.js'
import { say } from '../domain/speech/tongue.js'
import { NoSuchThing, WrongState } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import { nameOf, numberOf, originOf, type Call, type Deps } from './call.js'
import type { Leg } from './exchange.js'
import { keepPhase, notesOf, type Phase } from './phase.js'
import type { WaitingCaller } from './queue-floor.js'
import { takeBack } from './queue-resume.js'
import type { AgentAnswer } from './ring-agents.js'
import { speak } from './speak.js'
import { isStoreFault, keepUnlessAway } from './store-away.js'
import { talk } from './talk.js'
import { keysKept, talkRoom } from './talk-room.js'
import { readPublicNumber } from '../domain/numbers/dialled.js'

/** M-10: how long a claim holds if whoever made it dies. */
const claimLength = 10_000

/**
 * Puts the caller together with the agent who answered, if nobody else was first. False: the caller waits on, because
 * another agent has the claim or this one has hung up.
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
  const { company, call: id } = caller.ticket
  if (leg.ended) return false
  scope.defer(() => (caller.taken === undefined ? deps.exchange.pbx.closeRoom(talkRoom(call)) : undefined))
  // Both at once: each answer waited for is silence.
  const [claimed] = await scope.of(Promise.all([claim(caller, agent, deps), openTalkRoom(call, deps)]))
  if (claimed === 'taken') return false
  caller.taken = agent
  keepHold(call, caller, answer, callScope, deps)
  try {
    if (answer.pickup) await receive(call, agent, leg, scope, deps)
    await greet(call, caller, leg, scope, deps)
    await enterTogether(call, leg, scope, deps)
    caller.servedAt = deps.clock.now()
    return true
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
    caller.taken = undefined
    await scope.of(keepUnlessAway(deps.stores.queues.giveBack(company, id, agent)))
    return false
  }
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
async function greet(
  call: Call,
  { ticket }: WaitingCaller,
  leg: Leg,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const queue = queueNamed(call.company, ticket.queue)
  if (!queue?.agentGreeting) return
  const name = queueName(call.company.company, queue)
  await speak({ ...call, leg }, say(call.tongue, 'queue/for', { queue: [name] }), scope, deps)
}

/** A phone that was not rung becomes part of the call, and is found as such by a later run. */
async function receive(call: Call, agent: AgentId, leg: Leg, scope: Scope, deps: Deps): Promise<void> {
  const notes = { ...notesOf(call), role: 'called', phase: '', agent, pickup: 'yes' }
  await scope.of(deps.exchange.pbx.note(leg.id, notes))
  await scope.of(deps.calls.takeOver(leg, call.id))
}

async function openTalkRoom(call: Call, { exchange }: Deps): Promise<void> {
  const notes = { company: call.company.company, call: call.id, caller: call.leg.id }
  await exchange.pbx.openRoom(talkRoom(call), 'talk', notes)
}

/** Entering the room cuts whatever plays to the caller. */
async function enterTogether(call: Call, leg: Leg, scope: Scope, deps: Deps): Promise<void> {
  const both = keysKept([call.leg, leg], deps)
  await scope.of(deps.exchange.pbx.enter(talkRoom(call), [call.leg.id, leg.id], both))
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
  if (!other) return scope.of(exchange.pbx.closeRoom(talkRoom(call)))
  await takeBack(call, other, scope, deps)
  const was = { ticket: { queue: phase.queue }, taken: phase.agent }
  keepHold(call, was, { agent: phase.agent, leg: other }, scope, deps)
  await scope.of(openTalkRoom(call, deps))
  await enterTogether(call, other, scope, deps)
  await scope.of(exchange.pbx.limit(call.leg.id, 0))
  await showWho(call, other, scope, deps)
  await talk(call, other, scope, deps)
}
