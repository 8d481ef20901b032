import { readPublicNumber } from '../domain/numbers/dialled.js'
import { say } from '../domain/speech/tongue.js'
import { decide } from '../domain/talk/decide.js'
import type { Effect } from '../domain/talk/decided.js'
import { talkRules } from '../domain/talk/settings.js'
import { newTalk, type Party, type Role, type Talk } from '../domain/talk/talk.js'
import type { Scope } from '../runtime/scope.js'
import { arrange, newStanding } from './arrange.js'
import { nameOf, numberOf, originOf, type Call, type Deps } from './call.js'
import { announcesAtStart } from './coach.js'
import type { Leg } from './exchange.js'
import { attendAll, keepDeadlines, newAttendance } from './talk-attendance.js'
import { attendRecording } from './record-call.js'
import { carryOut, newErrands } from './talk-effects.js'
import { clearTable } from './talk-end.js'
import { talkRoom } from './talk-room.js'
import type { Table } from './talks.js'
import { tongueOf } from './tongue-of.js'
import { whisper } from './whisper.js'

/**
 * Two parties talk until one hangs up or leaves; then the other is released. Meanwhile a third may be brought in, for a talk of
 * three or as a coach (I-01 to I-12, C-01 to C-12); the states are drawn in src/domain/talk/talk.ts.
 */
export async function talk(call: Call, other: Leg, scope: Scope, deps: Deps): Promise<void> {
  const { id, conversation, company } = call
  const first = newTalk({ call: id, conversation, company: company.company }, partiesOf(call, other, deps))
  scope.spawn('notice of coaching', (inner) => announceCoaching(call, first, inner, deps))
  await holdTalk(call, first, 'fresh', scope, deps)
}

/**
 * Something happens, the rules decide (src/domain/talk/decide.ts), it is noted, everybody is put where they stand now, and what
 * follows is begun. `found`: an earlier run of the process held this talk (I-19).
 */
export async function holdTalk(
  call: Call,
  first: Talk,
  how: 'fresh' | 'found',
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { talks, calls, clock } = deps
  const rules = talkRules(call.company)
  const standing = newStanding(first, how === 'found')
  const table = talks.open(first)
  calls.outlive(call.id)
  scope.defer(() => clearTable(call, table, standing, deps))
  const attendance = newAttendance()
  const errands = newErrands()
  if (how === 'found') await arrange(call, first, standing, scope, deps)
  attendAll(call, table, attendance, scope, deps)
  keepDeadlines(table, attendance, scope)
  const recording = attendRecording(call, table, scope, deps)
  if (how === 'found') await carryOut(call, table, errands, begunBefore(first), scope, deps)

  for (;;) {
    const { event, answer } = await table.wishes.take(scope)
    const decided = decide(table.talk, event, rules, clock.now())
    if ('refused' in decided) {
      answer(decided.refused)
      continue
    }
    if (decided.over !== true) {
      await keep(table, decided.talk, scope, deps)
      await arrange(call, decided.talk, standing, scope, deps)
      attendAll(call, table, attendance, scope, deps)
      keepDeadlines(table, attendance, scope)
      recording.changed()
    }
    await carryOut(call, table, errands, decided.effects, scope, deps)
    answer('done')
    talks.changed(table.talk.company)
    // What was noted stays until the room is closed: a later run that finds it comes to the same end.
    if (decided.over === true) return
  }
}

/** What an earlier run had begun and nobody does any more. */
function begunBefore({ invitation }: Talk): readonly Effect[] {
  if (!invitation) return []
  return invitation.asked === undefined ? [{ kind: 'ring' }] : [{ kind: 'askCoach', leg: invitation.asked }]
}

/** Kept on the talk's room by the exchange itself, so that it lasts exactly as long as the talk (I-19, M-06). */
async function keep(table: Table, next: Talk, scope: Scope, deps: Deps): Promise<void> {
  if (next === table.talk) return
  table.talk = next
  await scope.of(deps.exchange.pbx.noteRoom(talkRoom({ id: next.call }), { talk: JSON.stringify(next) }))
}

function partiesOf(call: Call, other: Leg, deps: Deps): readonly [Party, Party] {
  const mine = partyFor(call.leg, 'customer', deps)
  const theirs = partyFor(other, 'agent', deps)
  if (theirs.person !== undefined || mine.person === undefined) return [mine, theirs]
  return [
    { ...mine, role: 'agent' },
    { ...theirs, role: 'customer' },
  ]
}

function partyFor(leg: Leg, role: Role, deps: Deps): Party {
  const known = originOf(leg.info, deps.directory(), readPublicNumber)
  if (!known) return { leg: leg.id, role, number: leg.info.caller.number }
  const { origin } = known
  return {
    leg: leg.id,
    role,
    person: origin.kind === 'phone' ? origin.person.id : undefined,
    name: nameOf(origin),
    number: numberOf(origin),
  }
}

/** C-13: said once in a talk with somebody outside; both hear it. */
async function announceCoaching(call: Call, { parties }: Talk, scope: Scope, deps: Deps): Promise<void> {
  const agent = parties.find(({ role }) => role === 'agent')
  const person =
    agent?.person === undefined ? undefined : call.directory.person(call.company.company, agent.person)
  const outside = parties.some((party) => party.person === undefined)
  if (!outside || !announcesAtStart(call, person) || call.leg.info.notes['coachingTold'] !== undefined) return
  await scope.of(deps.exchange.pbx.note(call.leg.id, { coachingTold: 'yes' }))
  for (const { leg } of parties) {
    const listener = deps.exchange.leg(leg)
    if (!listener) continue
    const tongue = tongueOf(call, listener, deps)
    scope.spawn('notice', (inner) =>
      whisper(call, listener, { sentence: say(tongue, 'coach/may-listen'), tongue }, inner, deps),
    )
  }
  await scope.forever()
}
