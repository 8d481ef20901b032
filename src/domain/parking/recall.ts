import type { TargetWord } from '../directory/company.js'
import type { CallId, Instant, Milliseconds, PersonId } from '../ids.js'
import type { ParkSettings } from './settings.js'

/**
 * What the rules look at in a parked call.
 *
 *     parked --deadline--> recalling --nobody--> alternate --nobody--> parked again, until it has come back `rounds` times
 *         \--parker busy--> parked for `busySeconds` more (`parkerBusy`)
 */
export interface ParkState {
  readonly phase: 'parked' | 'recalling' | 'alternate'
  readonly parkedBy: PersonId
  /** When the present phase ends. */
  readonly deadline: Instant
  /** P-18 */
  readonly ceiling: Instant
  /** How often it has come back already. */
  readonly round: number
  /** P-09: in this round the parker was busy once already. */
  readonly parkerBusy?: boolean | undefined
}

/** How the phase ended: its time was up (`parked`), or why nobody answered. A closed queue is `notReachable`. */
export type ParkOutcome = 'waited' | 'busy' | 'noAnswer' | 'notReachable'

export interface ParkSituation {
  /** `away`: no phone is registered, or the person is not in the company any more. */
  readonly parker: 'free' | 'busy' | 'absent' | 'away'
  /** No-answer target of the person on whose extension the call is parked; absent when the extension was deleted (P-23). */
  readonly noAnswer?: TargetWord | undefined
}

export type ParkChange = Required<Pick<ParkState, 'phase' | 'deadline' | 'round' | 'parkerBusy'>>

/** What becomes of a parked call next. `record` is to be written before anything is done. */
export type ParkStep =
  | {
      readonly kind: 'ring'
      /** `parker`, or a target word. */
      readonly who: TargetWord
      readonly seconds: number
      readonly record: ParkChange
    }
  | { readonly kind: 'wait'; readonly until: Instant; readonly record: ParkChange }
  /** Off the place, to a target of the person it was parked on; a target that fails leads to their mailbox (P-10). */
  | { readonly kind: 'leave'; readonly to: TargetWord }

const seconds = (count: number): Milliseconds => count * 1000

/**
 * The next step of a parked call whose phase has ended without anybody taking the call (P-06 to P-10, P-18). Deadlines given are
 * always later than `now`, and a chain of steps always ends: no call is ever simply disconnected.
 */
export function afterWait(
  record: ParkState,
  outcome: ParkOutcome,
  situation: ParkSituation,
  settings: ParkSettings,
  now: Instant,
): ParkStep {
  switch (record.phase) {
    case 'parked':
      return now >= record.ceiling
        ? timeIsUp(record, settings, now)
        : beginRecall(record, situation, settings, now)
    case 'recalling':
      return outcome === 'busy'
        ? parkerIsBusy(record, situation, settings, now)
        : ringAlternate(record, situation, settings, now)
    case 'alternate':
      return outcome === 'notReachable'
        ? leave(record, situation, now)
        : parkAgain(record, situation, settings, now)
    default:
      return record.phase satisfies never
  }
}

/** When a call is first parked: the end of its first phase (P-06, P-18). 0 seconds = it never comes back by itself. */
export function firstDeadlines(
  settings: ParkSettings,
  now: Instant,
): { readonly deadline: Instant; readonly ceiling: Instant } {
  const ceiling = now + seconds(settings.ceilingMinutes * 60)
  return { deadline: recallAt(settings, ceiling, now), ceiling }
}

/** P-07: an absent parker is skipped, and so is one without a phone. */
function beginRecall(
  record: ParkState,
  situation: ParkSituation,
  settings: ParkSettings,
  now: Instant,
): ParkStep {
  if (settings.plan === 'alternate') return ringAlternate(record, situation, settings, now)
  switch (situation.parker) {
    case 'free':
      return {
        kind: 'ring',
        who: 'parker',
        seconds: settings.ringSeconds,
        record: changed(record, 'recalling', now + seconds(settings.ringSeconds)),
      }
    case 'busy':
      return parkerIsBusy(record, situation, settings, now)
    case 'absent':
    case 'away':
      return ringAlternate(record, situation, settings, now)
    default:
      return situation.parker satisfies never
  }
}

/** P-09: a busy parker gets a little time, once in each round. */
function parkerIsBusy(
  record: ParkState,
  situation: ParkSituation,
  settings: ParkSettings,
  now: Instant,
): ParkStep {
  if (record.parkerBusy === true || now >= record.ceiling)
    return ringAlternate(record, situation, settings, now)
  const until = Math.min(now + seconds(settings.busySeconds), record.ceiling)
  return { kind: 'wait', until, record: { ...changed(record, 'parked', until), parkerBusy: true } }
}

function ringAlternate(
  record: ParkState,
  situation: ParkSituation,
  settings: ParkSettings,
  now: Instant,
): ParkStep {
  if (now >= record.ceiling) return timeIsUp(record, settings, now)
  const alternate = settings.plan === 'parker' ? undefined : alternateOf(record, settings)
  return alternate === undefined
    ? parkAgain(record, situation, settings, now)
    : toAlternate(record, alternate, settings, now)
}

function toAlternate(
  record: ParkState,
  alternate: TargetWord,
  settings: ParkSettings,
  now: Instant,
): ParkStep {
  // A mailbox does not ring, and in a queue one waits.
  if (alternate.startsWith('voicemail') || alternate.startsWith('queue:'))
    return { kind: 'leave', to: alternate }
  return {
    kind: 'ring',
    who: alternate,
    seconds: settings.alternateSeconds,
    record: changed(record, 'alternate', now + seconds(settings.alternateSeconds)),
  }
}

/** The alternate, unless it is a word that reaches nobody or the very person who was tried just now. */
function alternateOf(record: ParkState, settings: ParkSettings): TargetWord | undefined {
  const { alternate, plan } = settings
  if (alternate === 'reject' || alternate === 'announcement') return undefined
  return plan !== 'alternate' && alternate === `person:${record.parkedBy}` ? undefined : alternate
}

/** P-09: back to the music, at most so many rounds. */
function parkAgain(
  record: ParkState,
  situation: ParkSituation,
  settings: ParkSettings,
  now: Instant,
): ParkStep {
  const round = record.round + 1
  if (now >= record.ceiling || round >= settings.rounds) return leave(record, situation, now)
  const until = recallAt(settings, record.ceiling, now)
  return { kind: 'wait', until, record: { phase: 'parked', deadline: until, round, parkerBusy: false } }
}

/** P-18: after the longest time of all the alternate, whatever the plan is, then the mailbox. */
function timeIsUp(record: ParkState, settings: ParkSettings, now: Instant): ParkStep {
  const alternate = alternateOf(record, settings)
  return alternate === undefined
    ? { kind: 'leave', to: 'voicemail' }
    : toAlternate(record, alternate, settings, now)
}

/** P-10, P-18: never a disconnect first; nobody's mailbox when the extension is gone, so the reception (P-23). */
function leave(record: ParkState, situation: ParkSituation, now: Instant): ParkStep {
  if (situation.noAnswer === undefined) return { kind: 'leave', to: 'reception' }
  const mailbox = now >= record.ceiling || situation.noAnswer === 'reject'
  return { kind: 'leave', to: mailbox ? 'voicemail' : situation.noAnswer }
}

const changed = (record: ParkState, phase: ParkState['phase'], deadline: Instant): ParkChange => ({
  phase,
  deadline,
  round: record.round,
  parkerBusy: record.parkerBusy ?? false,
})

const recallAt = (settings: ParkSettings, ceiling: Instant, now: Instant): Instant =>
  settings.recallSeconds === 0 ? ceiling : Math.min(now + seconds(settings.recallSeconds), ceiling)

/** P-32: recalls that became due while nobody watched do not all ring in the same moment. */
const spread: Milliseconds = 5000

/**
 * The deadline of a parked call after a restart: as it was, or, if it is over, a moment of the next five seconds. A call has the same
 * part of them at each restart, and needs to know nothing of the others.
 */
export function deadlineAfterRestart(
  { call, deadline }: Pick<ParkState, 'deadline'> & { readonly call: CallId },
  now: Instant,
): Instant {
  if (deadline > now) return deadline
  // FNV-1a: the ids of calls made together differ in few characters.
  let hash = 0x811c9dc5
  for (const character of call) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  return now + (hash % spread)
}

/** P-19: when the parked party is next told that they are still parked; never while a phone rings for them. */
export function nextComfort(
  record: Pick<ParkState, 'phase' | 'deadline'> & { readonly since: Instant },
  settings: ParkSettings,
  now: Instant,
): Instant | undefined {
  const every = seconds(settings.comfortSeconds)
  if (every === 0 || record.phase !== 'parked') return undefined
  const next = record.since + (Math.floor(Math.max(0, now - record.since) / every) + 1) * every
  return next < record.deadline ? next : undefined
}
