import type { Alarm, TraceStep } from './decision.js'
import type { Question } from './question.js'

/** Collects the trace of one decision. */
export interface Tracer {
  readonly steps: readonly TraceStep[]
  readonly alarms: readonly Alarm[]
  note(rule: string, inputs: TraceStep['inputs'], result: string): void
  alarm(alarm: Alarm, inputs: TraceStep['inputs']): void
}

/** A question on its way through the rules, with the trace that grows as it goes. */
export interface Inquiry extends Question {
  readonly tracer: Tracer
}

export function inquire(question: Question): Inquiry {
  const steps: TraceStep[] = []
  const alarms: Alarm[] = []
  const note: Tracer['note'] = (rule, inputs, result) => {
    steps.push({ at: question.now, zone: question.company.zone, rule, inputs, result })
  }
  const alarm: Tracer['alarm'] = (which, inputs) => {
    if (!alarms.includes(which)) alarms.push(which)
    note(which === 'shownNumberNotOwned' ? 'O-10' : 'R-09', inputs, `alarm: ${which}`)
  }
  // Written out: an object that is spread and then gets a field more has a shape of its own each time, and everything that reads it
  // has to look for each field anew.
  const { call, now, company, directory, caller, dialled, situationOf } = question
  const { arrivedAt, opens, insists, chosenNumber, queueNumber } = question
  return {
    call,
    now,
    company,
    directory,
    caller,
    dialled,
    situationOf,
    arrivedAt,
    opens,
    insists,
    chosenNumber,
    queueNumber,
    tracer: { steps, alarms, note, alarm },
  }
}

/** Anything can be thrown, also what has no text. */
export const describe = (problem: unknown): string =>
  problem instanceof Error ? `${problem.name}: ${problem.message}` : typeof problem
