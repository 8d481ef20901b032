import type { Person } from '../domain/directory/company.js'
import type { FeatureCode } from '../domain/feature-codes/table.js'
import { maySetHours, readEnd, setByHand, type HoursWish } from '../domain/hours/set-by-hand.js'
import type { HoursId } from '../domain/ids.js'
import { grammarOf } from '../domain/speech/grammar.js'
import { joined, type Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import { whenOf } from '../domain/speech/when.js'
import type { SeenHours } from '../ports/hours-operations.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { seenHours } from './hours-operations.js'
import { accept } from './speak.js'
import type { CodeEnd } from './take-code.js'

type HoursCode = Extract<FeatureCode, { id: `hours.${string}` }>
interface Refused {
  readonly refused: Sentence
}

/** O-04: the reception opens and closes by hand, all hours of the company or those of one queue, and hears how it is now. */
export async function hoursByCode(
  call: Call,
  person: Person,
  code: HoursCode,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  const whose = hoursOf(call, code.args.queue)
  if ('refused' in whose) return whose
  if (code.id === 'hours.readBack') {
    const now = stateNow(call, whose.hours, deps)
    if ('refused' in now) return now
    await accept(call, now.words, scope, deps)
    return 'done'
  }
  if (!maySetHours(call.company, person)) return { refused: say(call.tongue, 'refuse/not-allowed') }
  const wish = wishOf(call, code, deps)
  if ('refused' in wish) return wish
  const setter = { id: `code-${call.id}`, setBy: person.id, means: 'keypad' } as const
  const outcome = setByHand(call.company, { ...wish, hours: whose.hours }, setter, deps.clock.now())
  if ('refused' in outcome) return { refused: say(call.tongue, refusals[outcome.refused]) }
  await scope.of(deps.hours.change(call.company.company, outcome.change))
  const now = stateNow(call, whose.hours, deps)
  const usual = code.id === 'hours.usual' ? say(call.tongue, 'hours/usual') : []
  await accept(call, joined(usual, 'refused' in now ? [] : now.words), scope, deps)
  return 'done'
}

const refusals = {
  noSuchHours: 'hours/none',
  needsEnd: 'refuse/invalid-time',
  endPassed: 'refuse/time-passed',
} as const

/** Those of the queue with this number; with none keyed all of the company. */
function hoursOf(call: Call, number: string | undefined): Refused | { readonly hours: HoursId | undefined } {
  if (call.company.hours.length === 0) return { refused: say(call.tongue, 'hours/none') }
  if (number === undefined) return { hours: undefined }
  const queue = call.directory.queue(call.company.company, number)
  if (!queue) return { refused: say(call.tongue, 'queue/no-such') }
  return queue.hours === undefined ? { refused: say(call.tongue, 'hours/none') } : { hours: queue.hours }
}

/** A time that is past today is one of tomorrow, as on the command line. */
function wishOf(
  call: Call,
  code: Extract<HoursCode, { id: 'hours.set' | 'hours.usual' }>,
  deps: Deps,
): Refused | HoursWish {
  if (code.id === 'hours.usual') return { what: 'usual' }
  const { state, until: keyed } = code.args
  if (state !== '0' && state !== '1') return { refused: say(call.tongue, 'refuse/wrong-key') }
  const until = readEnd(`${keyed.slice(0, 2)}:${keyed.slice(2)}`, deps.clock.now(), call.company.zone)
  if (until === undefined) return { refused: say(call.tongue, 'refuse/invalid-time') }
  return { what: state === '1' ? 'open' : 'closed', until }
}

/** How it is now, and until when, if that is the same for all that are meant. */
function stateNow(
  call: Call,
  hours: HoursId | undefined,
  deps: Deps,
): Refused | { readonly words: Sentence } {
  const seen = seenHours(call.company, deps).filter(({ id }) => hours === undefined || id === hours)
  const [first, ...others] = seen
  if (!first) return { refused: say(call.tongue, 'hours/none') }
  const isSame = ({ open, until, because }: SeenHours): boolean =>
    open === first.open && until === first.until && because === first.because
  return others.every(isSame)
    ? { words: wordsFor(call, first, deps) }
    : { refused: say(call.tongue, 'hours/which') }
}

/** "Nu är det stängt. Det är inställt för hand. Det ändras i dag klockan sjutton." */
function wordsFor(call: Call, { open, because, until }: SeenHours, deps: Deps): Sentence {
  const byHand = because === 'override' || because === 'emergency'
  const when = until && whenOf(until, 'time', deps.clock.now(), call.company.zone)
  return joined(
    say(call.tongue, open ? 'hours/open' : 'hours/closed'),
    byHand ? say(call.tongue, 'hours/by-hand') : [],
    when ? say(call.tongue, 'hours/changes', { moment: grammarOf(call.tongue.language).moment(when) }) : [],
  )
}
