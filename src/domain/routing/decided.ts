import type { Decision, Journey, Routed } from './decision.js'
import type { Question } from './question.js'
import { receptionOrMailbox } from './reception.js'
import { describe, inquire, type Inquiry } from './tracer.js'

/**
 * Carries out one evaluation. What goes wrong in it sends the call to the reception, with an alarm, never silently nowhere.
 */
export function decided(
  question: Question,
  journey: () => Journey,
  evaluate: (inquiry: Inquiry, journey: Journey) => Decision,
): Routed {
  const inquiry = inquire(question)
  let begun = emptyJourney
  const decision = guarded(
    () => {
      begun = journey()
      return evaluate(inquiry, begun)
    },
    (problem) => {
      inquiry.tracer.alarm('evaluationError', { problem: describe(problem) })
      return guarded(
        () => receptionOrMailbox(inquiry, begun),
        () => ({ to: 'reject', why: 'failure' }),
      )
    },
  )
  return { decision, trace: inquiry.tracer.steps, alarms: inquiry.tracer.alarms }
}

const emptyJourney: Journey = { visited: [], announced: [], diversions: 0, receptionTried: false }

function guarded(attempt: () => Decision, otherwise: (problem: unknown) => Decision): Decision {
  try {
    return attempt()
  } catch (problem) {
    return otherwise(problem)
  }
}
