import { callbackResults, waitedFor, type CallbackResult, type QueueLeave, type QueueVisit } from './visit.js'

/** Whoever hangs up sooner has not given up waiting: they dialled wrongly, or changed their mind. */
const shortSeconds = 5
/** "No customer is to wait more than three minutes." */
const longSeconds = 180

const leaves = ['full', 'nobodyLoggedIn', 'closed', 'maxWait', 'removed', 'key', 'moved'] as const

/** In whole seconds; nothing when there was nobody. */
export interface Waits {
  readonly average: number | undefined
  readonly longest: number | undefined
}

/**
 * What became of those who came to a queue. Always
 * `offered = answered + abandoned + abandonedShort + all of overflowed + all of callbacks`.
 */
export interface QueueFigures {
  /** Callers who came while the queue was open, let in or not. */
  readonly offered: number
  /** Callers who came while it was closed and were sent on; they are in none of the other figures. */
  readonly outsideHours: number
  readonly answered: number
  /** Hung up after five seconds or more. */
  readonly abandoned: number
  /** Hung up before. */
  readonly abandonedShort: number
  /** Went on elsewhere, by reason; `key`: by their own choice, `moved`: to another queue by hand. */
  readonly overflowed: Readonly<Record<QueueLeave, number>>
  /** Asked to be called back, by what came of it. */
  readonly callbacks: Readonly<Record<CallbackResult, number>>
  /** How long those waited who were answered, and those who hung up after five seconds or more. */
  readonly waits: { readonly answered: Waits; readonly abandoned: Waits }
  readonly serviceLevel: {
    readonly withinSeconds: number
    /** Answered in that time. */
    readonly answered: number
    /** Share of those who were answered or hung up after five seconds or more. */
    readonly ofAnsweredAndAbandoned: number | undefined
    /** Share of all who were offered. */
    readonly ofOffered: number | undefined
  }
  /** Those who waited on the line for longer, however it ended. */
  readonly longWaits: {
    readonly overSeconds: number
    readonly callers: number
    readonly ofOffered: number | undefined
  }
}

/** The figures of a queue, of all days together and day by day, in the company's time zone. */
export interface QueueStatistics {
  readonly queue: string
  readonly name: string
  /** First and last day, ISO dates. */
  readonly from: string
  readonly to: string
  readonly total: QueueFigures
  readonly days: readonly { readonly date: string; readonly figures: QueueFigures }[]
}

const waited = (visit: QueueVisit): number => Math.floor(Math.max(0, waitedFor(visit)) / 1000)

const isOutsideHours = ({ end }: QueueVisit): boolean => end.how === 'turnedAway' && end.why === 'closed'

/** The figures of these visits. `serviceSeconds`: in what time an answer counts as good service. */
export function figuresOf(visits: readonly QueueVisit[], serviceSeconds: number): QueueFigures {
  const offered = visits.filter((visit) => !isOutsideHours(visit))
  const answered = offered.filter(({ end }) => end.how === 'answered')
  const hungUp = offered.filter(({ end }) => end.how === 'abandoned')
  const abandoned = hungUp.filter((visit) => waited(visit) >= shortSeconds)
  const inTime = answered.filter((visit) => waited(visit) <= serviceSeconds).length
  const long = offered.filter((visit) => waited(visit) > longSeconds).length
  return {
    offered: offered.length,
    outsideHours: visits.length - offered.length,
    answered: answered.length,
    abandoned: abandoned.length,
    abandonedShort: hungUp.length - abandoned.length,
    overflowed: counted(leaves, offered, ({ end }) =>
      end.how === 'overflowed' || end.how === 'turnedAway' ? end.why : undefined,
    ),
    callbacks: counted(callbackResults, offered, ({ end }) =>
      end.how === 'callback' ? end.result : undefined,
    ),
    waits: { answered: waitsOf(answered), abandoned: waitsOf(abandoned) },
    serviceLevel: {
      withinSeconds: serviceSeconds,
      answered: inTime,
      ofAnsweredAndAbandoned: share(inTime, answered.length + abandoned.length),
      ofOffered: share(inTime, offered.length),
    },
    longWaits: { overSeconds: longSeconds, callers: long, ofOffered: share(long, offered.length) },
  }
}

function counted<Name extends string>(
  names: readonly Name[],
  visits: readonly QueueVisit[],
  nameOf: (visit: QueueVisit) => Name | undefined,
): Readonly<Record<Name, number>> {
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>
  for (const visit of visits) {
    const name = nameOf(visit)
    if (name !== undefined) counts[name] += 1
  }
  return counts
}

function waitsOf(visits: readonly QueueVisit[]): Waits {
  if (visits.length === 0) return { average: undefined, longest: undefined }
  const waits = visits.map(waited)
  const sum = waits.reduce((total, wait) => total + wait, 0)
  return { average: Math.round(sum / waits.length), longest: waits.reduce((a, b) => Math.max(a, b)) }
}

const share = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole)
