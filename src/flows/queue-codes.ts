import type { Company, Person } from '../domain/directory/company.js'
import type { FeatureCode } from '../domain/feature-codes/table.js'
import { queueName } from '../domain/speech/names.js'
import type { Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { AgentVerb, NotAsAgent } from '../ports/queue-operations.js'
import { actAsAgent } from './agent-verbs.js'
import type { Call, Deps } from './call.js'
import { accept } from './speak.js'
import type { CodeEnd } from './take-code.js'

type QueueCode = Extract<FeatureCode, { id: `queue.${string}` }>
type Queue = Company['queues'][number]

const verbs = {
  'queue.pause': 'pause',
  'queue.resume': 'resume',
  'queue.extendWrapUp': 'extendWrapUp',
  'queue.endWrapUp': 'endWrapUp',
} as const

const confirmations = {
  login: 'queue/logged-in',
  logout: 'queue/logged-out',
  pause: 'queue/paused',
  resume: 'queue/resumed',
  extendWrapUp: 'queue/wrap-up-extended',
  endWrapUp: 'queue/wrap-up-ended',
} as const

const refusals = {
  noSuchQueue: 'queue/no-such',
  noSuchPerson: 'queue/no-such',
  notMember: 'queue/not-member',
  noWrapUp: 'queue/no-wrap-up',
} as const satisfies Record<NotAsAgent, string>

/** what agents do by code, with a word about how it went. */
export async function queueByCode(
  call: Call,
  person: Person,
  code: QueueCode,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  const queue = 'queue' in code.args ? queueNumbered(call, code.args.queue) : undefined
  const verb = verbOf(code, queue)
  const end = await scope.of(actAsAgent(call.company, person, verb, deps))
  if (end !== 'done') return { refused: say(call.tongue, refusals[end.refused]) }
  await accept(call, confirmation(call, verb, queue), scope, deps)
  return 'done'
}

const queueNumbered = (call: Call, number: string): Queue | undefined =>
  call.directory.queue(call.company.company, number)

/** A number that no queue has names none. */
const verbOf = (code: QueueCode, queue: Queue | undefined): AgentVerb =>
  code.id === 'queue.login' || code.id === 'queue.logout'
    ? { kind: code.id === 'queue.login' ? 'login' : 'logout', queue: queue?.id ?? '' }
    : { kind: verbs[code.id] }

function confirmation(call: Call, { kind }: AgentVerb, queue: Queue | undefined): Sentence {
  if (kind !== 'login' && kind !== 'logout') return say(call.tongue, confirmations[kind])
  const name = queue ? [queueName(call.company.company, queue)] : []
  return say(call.tongue, confirmations[kind], { queue: name })
}
