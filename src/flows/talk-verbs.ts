import type { Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { TalkRefusal } from '../domain/talk/decided.js'
import type { TalkEvent } from '../domain/talk/events.js'
import type { TalkVerb } from '../domain/talk/verbs.js'
import { mayBargeIn } from '../domain/talk/settings.js'
import { partyOf } from '../domain/talk/talk.js'
import type { Call, Deps } from './call.js'
import { findCoach } from './coach.js'
import type { Leg } from './exchange.js'
import { findCallee, type Inviter } from './invite.js'
import { wordsOf } from './send-off.js'
import type { Table } from './talks.js'
import { tongueOf } from './tongue-of.js'

/** Why not; `why` is missing where only the words tell it. */
export interface VerbRefused {
  readonly why?: TalkRefusal | undefined
  readonly words: Sentence
}

/** Puts the wish of whoever is at this leg to the talk. */
export async function askTalk(
  call: Call,
  table: Table,
  leg: Leg,
  verb: TalkVerb,
  deps: Deps,
): Promise<'done' | VerbRefused> {
  const tongue = tongueOf(call, leg, deps)
  const event = eventFor(call, table, leg, verb, deps)
  if ('words' in event) return event
  const end = await deps.talks.ask(table, event)
  return end === 'done' ? end : { why: end, words: say(tongue, wordsOf(end)) }
}

function eventFor(call: Call, table: Table, leg: Leg, verb: TalkVerb, deps: Deps): TalkEvent | VerbRefused {
  const by = leg.id
  const tongue = tongueOf(call, leg, deps)
  const id = partyOf(table.talk, by)?.person
  const person = id === undefined ? undefined : call.directory.person(call.company.company, id)
  if (!person) return { why: 'notYours', words: say(tongue, 'talk/not-yours') }
  const inviter: Inviter = { person, leg, tongue }
  switch (verb.kind) {
    case 'invite':
    case 'coach': {
      const find = verb.kind === 'invite' ? findCallee : findCoach
      const found = find(call, inviter, verb.number, deps)
      if ('refused' in found) return { words: found.refused }
      const aside = verb.kind === 'invite' && (verb.privately ?? person.autoHold)
      return { kind: verb.kind, by, callee: found.callee, aside }
    }
    case 'switch':
      return { kind: 'switch', by, to: verb.to }
    case 'bargeIn':
      return { kind: 'bargeIn', by, allowed: mayBargeIn(call.company, person.id) }
    case 'remove':
    case 'hold':
    case 'resume':
    case 'leave':
      return { kind: verb.kind, by }
    default:
      return verb satisfies never
  }
}
