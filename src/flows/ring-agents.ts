import type { AgentId, DeviceName, Instant, PersonId } from '../domain/ids.js'
import { refused, type Refusal } from '../domain/queue/agent.js'
import { agentOf, externalOf, queueNamed, type Queue } from '../domain/queue/settings.js'
import { shownFor } from '../domain/routing/queue.js'
import { queueName } from '../domain/speech/names.js'
import { joined, type Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { LegEnd } from '../ports/pbx.js'
import type { Mailbox } from '../runtime/mailbox.js'
import type { Scope } from '../runtime/scope.js'
import { ringBells, type Bell } from './bells.js'
import { nameOf, type Deps, type Ringer } from './call.js'
import type { Leg } from './exchange.js'
import type { Pickup } from './pickups.js'
import type { WaitingCaller } from './queue-floor.js'
import { maySit, seat, stand } from './meet.js'
import { pickedUpBefore } from './queue-resume.js'
import { pausedMail } from './mail-texts.js'
import { askForKey } from './speak.js'
import { keepUnlessAway } from './store-away.js'
import { sayTooLate } from './too-late.js'

/** so long a telephone outside has to say that a person has answered. */
const confirmWithin = 8_000

/** An agent who has answered; the caller's story decides who gets the caller. */
export interface AgentAnswer {
  readonly agent: AgentId
  readonly leg: Leg
  /** The phone was not rung: somebody answered for an agent whose phone was. */
  readonly pickup?: Pickup | undefined
  /** The caller is another's: whoever answered hears so. Missing where the phone was not rung. */
  readonly turnAway?: (() => void) | undefined
}

/**
 * Rings the agents that the floor gives to a waiting caller, each on all phones, one after the other or together, as they come
 * . Those who answer are put into `answers`. Ends when the caller does not need anybody any more: the phones then stop,
 * told "answered elsewhere" if somebody has the caller, and whoever answered too late hears that the call is taken. `adopted` are
 * those whose phones ring since an earlier run.
 */
export async function ringAgents(
  call: Ringer,
  caller: WaitingCaller,
  adopted: readonly AgentId[],
  answers: Mailbox<AgentAnswer>,
  scope: Scope,
  deps: Deps,
): Promise<never> {
  for (const answer of pickedUpBefore(call, deps)) {
    deps.exchange.assign(answer.leg, call.id)
    answers.put(answer)
  }
  for (const agent of adopted) ringOne(agent, true)
  for (;;) {
    const agents = await caller.offers.take(scope)
    for (const agent of agents) ringOne(agent, false)
  }
  function ringOne(agent: AgentId, dialled: boolean): void {
    scope.spawn(`agent ${agent}`, (one) => ringAgent(call, caller, agent, dialled, answers, one, deps))
  }
}

async function ringAgent(
  call: Ringer,
  caller: WaitingCaller,
  agent: AgentId,
  dialled: boolean,
  answers: Mailbox<AgentAnswer>,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { company } = call.company
  const queue = queueNamed(call.company, caller.ticket.queue)
  const hasCaller = (): boolean => caller.taken === agent && !caller.joining
  let isTurnedAway = false
  scope.defer(() => {
    caller.ringing.delete(agent)
    if (caller.seated?.info.notes['agent'] === agent) caller.seated = undefined
    return hasCaller() ? undefined : deps.queues.agents.disengage(company, agent, call.id)
  })
  if (!queue) return
  const refusals: Refusal[] = []
  if (externalOf(queue, agent)) makeReady(call, queue, deps)
  scope.spawn('pickups', (picking) => takePickups(caller, agent, answers, picking, deps))
  const bells = bellsOf(call, queue, agent)
  // Whoever is to hear something before the caller is not.
  const isOnlyPhone = bells.length === 1 && bells[0]?.kind === 'device' && !queue.agentGreeting
  const end = await ringBells(
    call,
    {
      bells,
      seconds: queue.ringSeconds,
      dialled,
      onMade: () => Promise.resolve(),
      onAnswered: (leg) => {
        scope.defer(() => {
          if (hasCaller()) return undefined
          const stood = stand(call, caller, leg, deps) // before anything is said
          return Promise.all([stood, sayTooLate(call, isTurnedAway || isTaken(caller), leg, deps)])
        })
      },
      onEnded: (ended, rang) => refusals.push(...refusalOf(ended, rang)),
      stopped: () => (isTaken(caller) ? 'answeredElsewhere' : 'noAnswer'),
      prefix: prefixOf(call, queue, caller),
      notes: { agent },
      // Several telephones outside ring through one trunk.
      name: externalOf(queue, agent) && agent.replace('+', 'ext'),
    },
    (leg) => {
      if (isOnlyPhone && !dialled && maySit(call, caller)) seat(call, caller, leg, scope, deps)
      return Promise.resolve()
    },
    scope,
    deps,
  )
  if ('noLuck' in end) return rest(call, queue, agent, strongest(refusals), scope, deps)
  const { answered } = end
  if (externalOf(queue, agent) && !(await confirms(call, queue, answered, scope, deps))) {
    await scope.of(deps.exchange.release(answered, call.id))
    return rest(call, queue, agent, 'noAnswer', scope, deps)
  }
  await scope.race({
    ended: (waiting) => deps.exchange.untilEnded(waiting, answered),
    turnedAway: (waiting) =>
      waiting.wait<undefined>(({ resolve }) => {
        answers.put({
          agent,
          leg: answered,
          turnAway: () => {
            isTurnedAway = true
            resolve(undefined)
          },
        })
        return undefined
      }),
  })
}

/** Somebody is together with the caller. */
const isTaken = (caller: WaitingCaller): boolean => caller.taken !== undefined && !caller.joining

/** What the phones of agents show before the caller: which queue it is, and that it is a callback. */
function prefixOf(call: Ringer, queue: Queue, { ticket }: WaitingCaller): string {
  const name = ticket.callback ? `${queue.name} ${callbackWord[call.tongue.language]}` : queue.name
  return nameOf(call.origin) === undefined ? name : `${name}:`
}
const callbackWord = { sv: 'ring upp', de: 'Rückruf', en: 'callback' } as const

/** Whoever picks the call up answers as themselves; the agent's phones ring until it is certain that they have the caller. */
async function takePickups(
  caller: WaitingCaller,
  agent: AgentId,
  answers: Mailbox<AgentAnswer>,
  scope: Scope,
  deps: Deps,
): Promise<never> {
  for (;;) {
    const pickup = await deps.pickups.taker(caller.ticket.company, [agent as string as PersonId], scope)
    scope.defer(() => {
      pickup.turnAway(isTaken(caller) ? 'taken' : 'ended')
    })
    answers.put({ agent: agentOf(pickup.person), leg: pickup.leg, pickup })
  }
}

/** All phones of a person ring together; a telephone outside sees the queue's number (O-10). */
function bellsOf(call: Ringer, queue: Queue, agent: AgentId): readonly Bell[] {
  const external = externalOf(queue, agent)
  const { trunk, main } = call.company
  if (external) {
    const shown = { name: queue.name, number: shownFor(queue, main) ?? main }
    return trunk ? [{ kind: 'trunk', trunk: trunk.name, number: external.number, shown }] : []
  }
  const person = call.directory.person(call.company.company, agent)
  return (
    person?.devices.map(({ name }): { readonly kind: 'device'; readonly device: DeviceName } => ({
      kind: 'device',
      device: name,
    })) ?? []
  )
}

/** a phone that says busy without having rung is in use elsewhere; one that rang was told to. */
function refusalOf(end: LegEnd, rang: boolean): readonly Refusal[] {
  switch (end) {
    case 'rejected':
      return ['rejected']
    case 'busy':
      return [rang ? 'rejected' : 'busy']
    case 'notReachable':
    case 'failed':
      return []
    case 'normal':
    case 'noAnswer':
    case 'answeredElsewhere':
      return ['noAnswer']
    default:
      return end satisfies never
  }
}

/** Of several phones of one agent the one by which most is known of the person. Undefined: none could be reached. */
const strongest = (refusals: readonly Refusal[]): Refusal | undefined =>
  (['rejected', 'busy', 'noAnswer'] as const).find((refusal) => refusals.includes(refusal))

/** the agent is left in peace for a while. */
async function rest(
  call: Ringer,
  queue: Queue,
  agent: AgentId,
  how: Refusal | undefined,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { company } = call.company
  const now = deps.clock.now()
  if (how === undefined) {
    deps.queues.agents.passOver(company, agent, now + queue.busySeconds * 1000)
    return
  }
  const before = deps.queues.agents.read(company, agent)
  const after = await scope.of(
    deps.queues.agents.change(company, agent, (record) => refused(record, how, queue, now)),
  )
  if (after.paused && !before.paused) await scope.of(tellPaused(call, queue, agent, now, deps))
}

/** whoever did not answer several times in a row learns by mail that they get no calls any more. */
async function tellPaused(
  call: Ringer,
  queue: Queue,
  agent: AgentId,
  now: Instant,
  deps: Deps,
): Promise<void> {
  deps.log.warn('an agent was paused after calls nobody answered', { agent, queue: queue.id })
  const person = call.directory.person(call.company.company, agent)
  const mail = person && pausedMail(call.company, person, queue.name, now)
  if (mail) await keepUnlessAway(deps.stores.outbox.put(call.company.company, mail))
}

/** the words are there when they are needed, also those that have never been said yet. */
function makeReady(call: Ringer, queue: Queue, deps: Deps): void {
  Promise.resolve(deps.voice.media(call.tongue.language, questionFor(call, queue))).catch(
    (error: unknown) => {
      deps.log.warn('a question could not be made ready', { queue: queue.id, error })
    },
  )
}

function questionFor(call: Ringer, queue: Queue): Sentence {
  const name = queueName(call.company.company, queue)
  return joined(say(call.tongue, 'queue/for', { queue: [name] }), say(call.tongue, 'queue/confirm'))
}

/** a voicemail presses no key. */
async function confirms(call: Ringer, queue: Queue, leg: Leg, scope: Scope, deps: Deps): Promise<boolean> {
  const told = { ...call, leg }
  const question = questionFor(call, queue)
  const confirmed = await scope.within(confirmWithin, async (asking) => {
    const end = await asking.race({
      key: async (keys) => {
        let key = await askForKey(told, question, confirmWithin, keys, deps)
        while (key !== '1') key = await askForKey(told, [], confirmWithin, keys, deps)
        return true
      },
      gone: async (watching) => {
        await deps.exchange.untilEnded(watching, leg)
        return false
      },
    })
    return end.value
  })
  return confirmed ?? false
}
