import type { Company, Person } from '../domain/directory/company.js'
import { endedWrapUp, extendedWrapUp, loggedIn, loggedOut, paused, resumed } from '../domain/queue/agent.js'
import { agentOf, queueNamed } from '../domain/queue/settings.js'
import type { AgentVerb, NotAsAgent } from '../ports/queue-operations.js'
import type { Deps } from './call.js'

/** people log in to their queues and out of them, pause, and end or extend the time after a call. */
export async function actAsAgent(
  company: Company,
  person: Person,
  verb: AgentVerb,
  deps: Pick<Deps, 'queues' | 'clock'>,
): Promise<'done' | { readonly refused: NotAsAgent }> {
  const agent = agentOf(person.id)
  const now = deps.clock.now()
  const { company: id } = company
  switch (verb.kind) {
    case 'login':
    case 'logout': {
      const queue = queueNamed(company, verb.queue)
      if (!queue) return { refused: 'noSuchQueue' }
      if (!queue.members.includes(person.id)) return { refused: 'notMember' }
      const change = verb.kind === 'login' ? loggedIn : loggedOut
      await deps.queues.agents.change(id, agent, (record) => change(record, queue, now))
      return 'done'
    }
    case 'pause':
      await deps.queues.agents.change(id, agent, (record) => paused(record, 'code', now))
      return 'done'
    case 'resume':
      await deps.queues.agents.change(id, agent, (record) => resumed(record, now))
      return 'done'
    case 'extendWrapUp':
    case 'endWrapUp': {
      const before = deps.queues.agents.read(id, agent)
      const extend = verb.kind === 'extendWrapUp'
      const running = before.wrapUp !== undefined && before.wrapUp.until > now
      if (!running || (extend && !extendedWrapUp(before, now))) return { refused: 'noWrapUp' }
      const change = extend ? extendedWrapUp : endedWrapUp
      await deps.queues.agents.change(id, agent, (record) => change(record, now))
      return 'done'
    }
    default:
      return verb satisfies never
  }
}
