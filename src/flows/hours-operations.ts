import type { Company } from '../domain/directory/company.js'
import { hoursRulesOf, nextChange, openingAt } from '../domain/hours/open.js'
import { setByHand } from '../domain/hours/set-by-hand.js'
import type { HoursOperations, SeenHours } from '../ports/hours-operations.js'
import type { Deps } from './call.js'

/** What the HTTP interface shows of the opening hours, and sets by hand (O-04). */
export function hoursOperations(deps: Pick<Deps, 'directory' | 'hours' | 'clock'>): HoursOperations {
  let count = 0
  return {
    hours: (id) => {
      const company = deps.directory().companies.get(id)
      return company ? seenHours(company, deps) : []
    },
    setHours: async (id, wish) => {
      const company = deps.directory().companies.get(id)
      if (!company) return { refused: 'noSuchHours' }
      const now = deps.clock.now()
      count += 1
      const setter = { id: `http-${String(now)}-${String(count)}`, setBy: 'operator', means: 'api' } as const
      const outcome = setByHand(company, wish, setter, now)
      if ('refused' in outcome) return outcome
      await deps.hours.change(id, outcome.change)
      return 'done'
    },
  }
}

/** How each of the hours stands now, with what is set by hand. */
export function seenHours(company: Company, deps: Pick<Deps, 'hours' | 'clock'>): readonly SeenHours[] {
  const now = deps.clock.now()
  return company.hours.flatMap(({ id }) => {
    const rules = hoursRulesOf(company, id, deps.hours.of(company.company))
    if (!rules) return []
    const { open, because, override } = openingAt(rules, now)
    return [{ id, open, because, until: nextChange(rules, now), override }]
  })
}
