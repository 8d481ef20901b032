import type { Person } from '../domain/directory/company.js'
import { reasonsOf, reasonWithDigit } from '../domain/absence/reasons.js'
import type { RecordingName } from '../domain/ids.js'
import { ownReasonKey } from '../domain/speech/absence-sentence.js'
import type { PromptKey } from '../domain/speech/phrase.js'
import type { TextKey } from '../domain/speech/text-keys.js'
import { say } from '../domain/speech/tongue.js'
import { NoSuchThing, type RecordingLimits } from '../ports/pbx.js'
import type { KeptRecording } from '../ports/voice.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { accept, askForKey, speak } from './speak.js'
import type { CodeEnd } from './take-code.js'

type Question = Extract<TextKey, 'record/name' | 'record/greeting' | 'record/reason'>
interface Subject {
  readonly question: Question
  readonly kept: KeptRecording
}

const limits: RecordingLimits = { maxSeconds: 60, silenceSeconds: 4, beep: true, endKey: '#' }

/** `*77`: records the person's name (H-32), greeting (O-17) or an own reason (H-28) in their own voice. */
export async function recordOwn(
  call: Call,
  person: Person,
  what: string | undefined,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  const subject =
    what === undefined ? await chooseSubject(call, person, scope, deps) : subjectOf(call, person, what)
  if (!subject) return { refused: say(call.tongue, 'refuse/wrong-key') }
  const recording = `own-${call.id}` as RecordingName
  scope.defer(() => deps.exchange.pbx.deleteRecording(recording))

  for (let take = 0; take < call.company.settings.attempts; take += 1) {
    await speak(call, say(call.tongue, subject.question), scope, deps)
    await scope.of(deps.exchange.pbx.stopRecording(recording)) // of an earlier run of the process
    await scope.of(deps.exchange.pbx.deleteRecording(recording))
    const { ended } = await scope.of(deps.exchange.record(call.leg, recording, limits))
    await scope.of(ended)
    const choice = await review(call, recording, scope, deps)
    if (choice === 'again') continue
    if (choice === 'remove') {
      const removed = await scope.of(deps.voice.removeRecording(subject.kept))
      await accept(call, say(call.tongue, removed ? 'record/removed' : 'record/none'), scope, deps)
      return 'done'
    }
    const kept = await scope.of(deps.voice.keepRecording(recording, subject.kept))
    if (kept !== 'kept') return { refused: say(call.tongue, 'record/empty') }
    await accept(call, say(call.tongue, 'record/saved'), scope, deps)
    return 'done'
  }
  return { refused: say(call.tongue, 'record/discarded') }
}

/** 1 listen, 2 save, 3 again, 0 remove what is in use. Silence saves nothing and asks once more. */
async function review(
  call: Call,
  recording: RecordingName,
  scope: Scope,
  deps: Deps,
): Promise<'save' | 'again' | 'remove'> {
  for (;;) {
    const question = say(call.tongue, 'record/review')
    const key = await askForKey(call, question, call.company.settings.menuSeconds * 1000, scope, deps)
    if (key === '1') await playBack(call, recording, scope, deps)
    else if (key === '2') return 'save'
    else if (key === '0') return 'remove'
    else return 'again'
  }
}

async function playBack(call: Call, recording: RecordingName, scope: Scope, deps: Deps): Promise<void> {
  try {
    await deps.exchange.play(scope, call.leg, [{ kind: 'recording', name: recording }])
  } catch (error) {
    if (!(error instanceof NoSuchThing)) throw error
    await speak(call, say(call.tongue, 'record/empty'), scope, deps)
  }
}

/** `*77*1#` is the name, `*77*2#` to `*77*9#` the reason with that digit. */
function subjectOf(call: Call, person: Person, what: string): Subject | undefined {
  if (what === '1') return named(call, person)
  return reasonSubject(call, person, what)
}

/** Asks: 1 name, 2 greeting, 3 a reason. */
async function chooseSubject(
  call: Call,
  person: Person,
  scope: Scope,
  deps: Deps,
): Promise<Subject | undefined> {
  const wait = call.company.settings.menuSeconds * 1000
  switch (await askForKey(call, say(call.tongue, 'record/menu'), wait, scope, deps)) {
    case '1':
      return named(call, person)
    case '2':
      return {
        question: 'record/greeting',
        kept: kept(call, `greeting/${call.company.company}/${person.id}`),
      }
    case '3':
      return reasonSubject(
        call,
        person,
        await askForKey(call, say(call.tongue, 'record/choose-reason'), wait, scope, deps),
      )
    default:
      return undefined
  }
}

function named(call: Call, person: Person): Subject {
  return { question: 'record/name', kept: kept(call, `name/${call.company.company}/${person.id}`) }
}

/** A reason of the person's own is recorded for them alone, one of the company for everybody. */
function reasonSubject(call: Call, person: Person, digit: string | undefined): Subject | undefined {
  const reason = digit === undefined ? undefined : reasonWithDigit(reasonsOf(call.company, person), digit)
  if (!reason) return undefined
  const key = ownReasonKey(call.company.company, reason)
  return { question: 'record/reason', kept: { ...kept(call, key), language: call.tongue.language } }
}

const kept = (call: Call, key: PromptKey): KeptRecording => ({ company: call.company.company, key })
