import { endOfDrain, mayBeAnswered } from '../domain/hours/closing.js'
import { hoursRulesOf, nextChange, openAt, type HoursRules } from '../domain/hours/open.js'
import type { Company } from '../domain/directory/company.js'
import type { Instant } from '../domain/ids.js'
import type { Queue } from '../domain/queue/settings.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'

/** While a closed queue is being emptied, it is looked at this often whether somebody is still there to answer. */
const lookEvery = 1_000

/**
 * Whether a call that reached the exchange then may (still) be answered for the queue: arrival decides (O-05), and the queue's
 * closing policy about those who wait (O-06). A closed queue for which nobody is logged in any more answers nobody.
 */
export function isOpenFor(
  call: Pick<Call, 'company'>,
  queue: Queue,
  reachedAt: Instant,
  deps: Deps,
): boolean {
  const rules = rulesOf(call, queue, deps)
  const now = deps.clock.now()
  if (!rules || openAt(rules, now)) return true
  return (
    mayBeAnswered(rules, queue.closing, reachedAt, now) &&
    deps.queues.refusal(call.company, queue) !== 'nobodyLoggedIn'
  )
}

/** Waits until the queue is closed for the call, by the clock or by hand (O-04). */
export async function untilClosed(
  call: Call,
  queue: Queue,
  reachedAt: Instant,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  while (isOpenFor(call, queue, reachedAt, deps)) {
    const next = nextLook(rulesOf(call, queue, deps), queue, reachedAt, deps.clock.now())
    await scope.race({
      time: (waiting) => (next === undefined ? waiting.forever() : waiting.until(next)),
      changed: (watching) => deps.hours.untilChanged(watching, call.company.company),
    })
  }
}

/** Waits until the queue is open: callbacks are made only then. */
export const untilOpen = (company: Company, queue: Queue, scope: Scope, deps: Deps): Promise<void> =>
  untilIs(true, company, queue, scope, deps)

/** Waits until the queue is not open, whatever becomes of those who wait on the line. */
export const untilShut = (company: Company, queue: Queue, scope: Scope, deps: Deps): Promise<void> =>
  untilIs(false, company, queue, scope, deps)

async function untilIs(
  open: boolean,
  company: Company,
  queue: Queue,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  for (;;) {
    const rules = rulesOf({ company }, queue, deps)
    const now = deps.clock.now()
    if ((!rules || openAt(rules, now)) === open) return
    const next = rules && nextChange(rules, now)
    await scope.race({
      time: (waiting) => (next === undefined ? waiting.forever() : waiting.until(next)),
      changed: (watching) => deps.hours.untilChanged(watching, company.company),
    })
  }
}

function nextLook(
  rules: HoursRules | undefined,
  queue: Queue,
  reachedAt: Instant,
  now: Instant,
): Instant | undefined {
  if (!rules) return undefined
  const change = nextChange(rules, now)
  if (openAt(rules, now)) return change
  const times = [change, endOfDrain(rules, queue.closing, reachedAt, now), now + lookEvery]
  return Math.min(...times.filter((time) => time !== undefined && time > now).map(Number))
}

const rulesOf = (call: Pick<Call, 'company'>, queue: Queue, deps: Deps): HoursRules | undefined =>
  queue.hours === undefined
    ? undefined
    : hoursRulesOf(call.company, queue.hours, deps.hours.of(call.company.company))
