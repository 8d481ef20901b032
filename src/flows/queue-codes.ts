import type { Person } from '../domain/directory/company.js'
import type { FeatureCode } from '../domain/feature-codes/table.js'
import { endedWrapUp, extendedWrapUp, loggedIn, loggedOut, paused, resumed } from '../domain/queue/agent.js'
import { agentOf, type Queue } from '../domain/queue/settings.js'
import { queueName } from '../domain/speech/names.js'
import type { Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { accept } from './speak.js'
import type { CodeEnd } from './take-code.js'

type QueueCode = Extract<FeatureCode, { id: `queue.${string}` }>

/** people log in to their queues and out of them, pause, and end or extend the time after a call. */
export async function queueByCode(
  call: Call,
  person: Person,
  code: QueueCode,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  const { company } = call.company
  const agent = agentOf(person.id)
  const now = deps.clock.now()
  const confirm = async (words: Sentence): Promise<CodeEnd> => {
    await accept(call, words, scope, deps)
    return 'done'
  }
  switch (code.id) {
    case 'queue.login':
    case 'queue.logout': {
      const queue = queueOf(call, person, code.args.queue)
      if ('refused' in queue) return queue
      const change = code.id === 'queue.login' ? loggedIn : loggedOut
      await scope.of(deps.queues.change(company, agent, (record) => change(record, queue, now)))
      const words = code.id === 'queue.login' ? 'queue/logged-in' : 'queue/logged-out'
      return confirm(say(call.tongue, words, { queue: [queueName(company, queue)] }))
    }
    case 'queue.pause':
      await scope.of(deps.queues.change(company, agent, (record) => paused(record, 'code', now)))
      return confirm(say(call.tongue, 'queue/paused'))
    case 'queue.resume':
      await scope.of(deps.queues.change(company, agent, (record) => resumed(record, now)))
      return confirm(say(call.tongue, 'queue/resumed'))
    case 'queue.extendWrapUp':
    case 'queue.endWrapUp': {
      const before = deps.queues.agent(company, agent)
      const extend = code.id === 'queue.extendWrapUp'
      const running = before.wrapUp !== undefined && before.wrapUp.until > now
      if (!running || (extend && !extendedWrapUp(before, now)))
        return { refused: say(call.tongue, 'queue/no-wrap-up') }
      const change = extend ? extendedWrapUp : endedWrapUp
      await scope.of(deps.queues.change(company, agent, (record) => change(record, now)))
      return confirm(say(call.tongue, extend ? 'queue/wrap-up-extended' : 'queue/wrap-up-ended'))
    }
    default:
      return code satisfies never
  }
}

/** The queue with this number, if the person answers for it. */
function queueOf(call: Call, person: Person, number: string): Queue | { readonly refused: Sentence } {
  const queue = call.directory.queue(call.company.company, number)
  if (!queue) return { refused: say(call.tongue, 'queue/no-such') }
  return queue.members.includes(person.id) ? queue : { refused: say(call.tongue, 'queue/not-member') }
}
