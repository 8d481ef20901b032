import type { Instant, LegId } from '../domain/ids.js'
import type { TalkCode } from '../domain/talk/keys.js'
import type { TalkVerb } from '../domain/talk/verbs.js'
import { say } from '../domain/speech/tongue.js'
import { partyOf } from '../domain/talk/talk.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { attendHold } from './hold-recall.js'
import { shortToneLength } from './speak.js'
import { attendKeys } from './talk-keys.js'
import { mayKeyCodes } from './talk-room.js'
import { askTalk } from './talk-verbs.js'
import { tell, type Table } from './talks.js'
import { beginTask, type Task } from './task.js'
import { tongueOf } from './tongue-of.js'
import { whisper } from './whisper.js'

/** Who is listened to, and the next moment at which something is due. */
interface Attendance {
  readonly legs: Map<LegId, Task>
  deadline: { readonly what: 'holdTooLong' | 'timeUp'; readonly at: Instant; readonly task: Task } | undefined
}

export const newAttendance = (): Attendance => ({ legs: new Map(), deadline: undefined })

/** Listens to everybody who is in the talk now: their keys, their holding, their end. */
export function attendAll(call: Call, table: Table, attendance: Attendance, scope: Scope, deps: Deps): void {
  for (const [leg, task] of attendance.legs) {
    if (partyOf(table.talk, leg)) continue
    task.stop()
    attendance.legs.delete(leg)
  }
  for (const { leg } of table.talk.parties) {
    if (attendance.legs.has(leg)) continue
    const here = deps.exchange.leg(leg)
    // Gone, or taken into another story while no run of the process was there.
    if (here && !here.ended && here.story === call.id)
      attendance.legs.set(
        leg,
        beginTask(scope, `party ${leg}`, (one) => attend(call, here, table, one, deps)),
      )
    else tell(table, { kind: 'gone', leg })
  }
}

async function attend(call: Call, leg: Leg, table: Table, scope: Scope, deps: Deps): Promise<void> {
  leg.digits.clear()
  scope.spawn('hold', (one) => attendHold(call, leg, table, one, deps))
  if (mayKeyCodes(leg, deps))
    scope.spawn('keys', (keys) =>
      attendKeys(
        leg,
        () => table.talk,
        (code) => {
          keys.spawn('code', (one) => carryOutCode(call, leg, code, table, one, deps))
        },
        keys,
        deps,
      ),
    )
  await deps.exchange.untilEnded(scope, leg)
  tell(table, { kind: 'gone', leg: leg.id })
}

/** What was keyed is done, or refused in words that nobody else hears (I-03). */
async function carryOutCode(
  call: Call,
  leg: Leg,
  code: TalkCode,
  table: Table,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const tongue = tongueOf(call, leg, deps)
  const verb = verbOf(code, partyOf(table.talk, leg.id)?.role === 'coach')
  const end = verb ? await askTalk(call, table, leg, verb, deps) : { words: say(tongue, 'talk/not-yours') }
  if (end === 'done') return
  const tones = [{ tone: 'congestion', length: shortToneLength }]
  await whisper(call, leg, { tones, sentence: end.words, tongue }, scope, deps)
}

/** For a coach the same two keys mean to speak to everybody, and to leave. */
function verbOf(code: TalkCode, isCoach: boolean): TalkVerb | undefined {
  switch (code.id) {
    case 'invite':
    case 'coach':
      return isCoach ? undefined : { kind: code.id, number: code.number }
    case 'switch':
      return isCoach ? { kind: 'bargeIn' } : { kind: 'switch' }
    case 'remove':
      return { kind: 'remove' }
    default:
      return code satisfies never
  }
}

/** G-06, C-07: the talk is told when its next moment has come. */
export function keepDeadlines(table: Table, attendance: Attendance, scope: Scope): void {
  const { endsAt, held } = table.talk
  const next =
    endsAt !== undefined
      ? ({ what: 'timeUp', at: endsAt } as const)
      : held?.recallAt !== undefined
        ? ({ what: 'holdTooLong', at: held.recallAt } as const)
        : undefined
  const { deadline } = attendance
  if (deadline?.what === next?.what && deadline?.at === next?.at) return
  deadline?.task.stop()
  attendance.deadline = next && {
    ...next,
    task: beginTask(scope, 'deadline', async (waiting) => {
      await waiting.until(next.at)
      tell(table, { kind: next.what })
    }),
  }
}
