import type { CallId } from '../domain/ids.js'
import { NoSuchThing, WrongState } from '../ports/pbx.js'
import type { Notice } from '../domain/talk/decided.js'
import type { TextKey } from '../domain/speech/text-keys.js'
import { say } from '../domain/speech/tongue.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { dismiss } from './speak.js'

/** What is said of each reason. */
const words = {
  full: 'talk/full',
  alreadyIn: 'talk/already-in',
  alreadyCalling: 'talk/already-calling',
  nobodyInvited: 'talk/nobody-invited',
  notYours: 'talk/not-yours',
  secondCoach: 'coach/second',
  mayNotBargeIn: 'coach/may-not-speak',
  notHeld: 'talk/not-held',
  otherLeft: 'talk/other-left',
  removed: 'talk/removed',
  coachingOver: 'coach/over',
  talkOver: 'talk/over',
  busy: 'talk/busy',
  noAnswer: 'talk/no-answer',
  notReachable: 'talk/not-reachable',
  declined: 'talk/declined',
} as const satisfies Readonly<Record<Notice, TextKey>>

export const wordsOf = (what: Notice): (typeof words)[Notice] => words[what]

/**
 * Takes a leg out of a talk with a tone and words, then ends it (C-06, I-11). It has a story of its own from here on: the talk
 * goes on, or ends, without waiting for it.
 */
export async function sendOff(call: Call, leg: Leg, what: Notice, deps: Deps): Promise<void> {
  const { exchange, calls } = deps
  if (leg.ended || leg.story !== call.id) return
  const own = leg.state === 'up' ? calls.callFor(leg, `${leg.id}-off` as CallId) : undefined
  if (!own) {
    await exchange.release(leg, call.id)
    return
  }
  exchange.assign(leg, own.id)
  try {
    if (leg.room !== undefined) await exchange.pbx.leave(leg.room, [leg.id])
  } catch (error) {
    if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
  }
  calls.tell(own, (scope) => dismiss(own, say(own.tongue, wordsOf(what)), scope, deps))
}
