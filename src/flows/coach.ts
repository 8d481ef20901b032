import type { Person } from '../domain/directory/company.js'
import type { Milliseconds } from '../domain/ids.js'
import { isLoggedIn } from '../domain/queue/agent.js'
import { agentOf, membersOf } from '../domain/queue/settings.js'
import { personName } from '../domain/speech/names.js'
import type { Sentence } from '../domain/speech/phrase.js'
import { say, type Tongue } from '../domain/speech/tongue.js'
import { consentOf, mayBeCoached, mayCoach } from '../domain/talk/settings.js'
import type { Party } from '../domain/talk/talk.js'
import type { Scope } from '../runtime/scope.js'
import { sentenceOf } from './announce.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import type { Found, Inviter } from './invite.js'
import { absenceOf, isTalking } from './situation.js'
import { askForKey } from './speak.js'

/** How long a coach who has answered may take to press 1 after the question (C-02). */
const acceptTime: Milliseconds = 8_000

/** What the phone of a coach shows before the agent's name (C-02). */
export const coachingLabel = { sv: 'Coachning:', de: 'Coaching:', en: 'Coaching:' } as const

/** C-01: the coach must be a logged-in agent, idle, not absent and permitted; else the inviter is told why. */
export function findCoach(call: Call, inviter: Inviter, dialled: string, deps: Deps): Found {
  const refused = (sentence: Sentence): Found => ({ refused: sentence })
  const { company } = call
  const { tongue } = inviter
  const coach = call.directory.extension(company.company, dialled)
  if (!coach) return refused(say(tongue, 'refuse/no-such-person'))
  if (!mayBeCoached(company, inviter.person.id) || !mayCoach(company, coach.id))
    return refused(say(tongue, 'refuse/not-allowed'))
  const absence = absenceOf(call, coach, deps)
  if (absence) {
    const says = { because: 'absent', ...absence } as const
    return refused(sentenceOf({ company, tongue, arrivedAt: deps.clock.now() }, coach, { says }))
  }
  const devices = coach.devices.map(({ name }) => name).filter((name) => deps.exchange.isReachable(name))
  if (devices.length === 0 || !isLoggedInSomewhere(call, coach, deps))
    return refused(say(tongue, 'coach/not-logged-in'))
  if (coach.doNotDisturb) return refused(say(tongue, 'coach/not-available'))
  if (isTalking(call, coach, deps) || isRung(coach, deps)) return refused(say(tongue, 'talk/busy'))
  return {
    callee: { dialled, person: coach.id, name: coach.name, number: coach.extension, devices },
  }
}

/** Where there are queues a coach is an agent of one; elsewhere whoever has a phone that is signed on counts as logged in. */
function isLoggedInSomewhere({ company }: Call, person: Person, deps: Deps): boolean {
  const agent = agentOf(person.id)
  const record = deps.queues.agents.read(company.company, agent)
  return (
    company.queues.length === 0 ||
    company.queues.some((queue) => membersOf(queue).includes(agent) && isLoggedIn(record, queue))
  )
}

/** A phone that rings for another call is not idle. */
const isRung = (person: Person, deps: Deps): boolean =>
  deps.exchange.legs.some(
    (leg) => leg.here && leg.state !== 'up' && person.devices.some(({ name }) => name === leg.info.device),
  )

/** C-02: the coach is told who asks, and accepts by 1. Whatever else they do is a refusal. */
export async function askCoach(
  call: Call,
  coach: Leg,
  agent: Party | undefined,
  tongue: Tongue,
  scope: Scope,
  deps: Deps,
): Promise<boolean> {
  const name = personName(tongue, {
    company: call.company.company,
    person: agent?.person ?? ('' as never),
    name: agent?.name ?? '',
  })
  const key = await askForKey(
    { ...call, leg: coach, tongue },
    say(tongue, 'coach/ask', { name }),
    acceptTime,
    scope,
    deps,
  )
  return key === '1'
}

/** C-13: where the company says so, customers hear at the start of the talk that somebody may listen. */
export const announcesAtStart = (call: Call, agent: Person | undefined): boolean =>
  agent !== undefined && consentOf(call.company) === 'start' && mayBeCoached(call.company, agent.id)
