import type { Person } from '../domain/directory/company.js'
import {
  beginKeying,
  continueKeying,
  feedKey,
  formatCode,
  parseWhole,
  type Keying,
  type Parsed,
} from '../domain/feature-codes/parse.js'
import { featureCodes, type FeatureCode } from '../domain/feature-codes/table.js'
import type { PersonId } from '../domain/ids.js'
import type { Routed } from '../domain/routing/decision.js'
import { joined, type Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { keepPhase } from './phase.js'
import type { Step } from './reach.js'
import { runCode } from './run-code.js'
import { askForKey, refuse } from './speak.js'
import type { Whose } from './whose-absence.js'

/** How the story of a code ended: carried out, refused with words (it may be keyed again), or a call that goes on elsewhere. */
export type CodeEnd = 'done' | { readonly refused: Sentence } | { readonly goOn: Routed }

/** Who keys, and by what means it counts. */
export interface Keyer {
  readonly actor: Person
  readonly means: Whose['means']
}

type Rows = typeof featureCodes
type Row = Rows[number]

/**
 * A feature code was dialled from a phone (H-01): in full, or only its beginning, and then the rest is keyed.
 * What is dialled in full and refused ends with the reject tone; what is keyed may be keyed again (G-03).
 */
export async function takeCode(call: Call, dialled: string, scope: Scope, deps: Deps): Promise<Step> {
  if (call.origin.kind !== 'phone') return 'failed'
  const keyer: Keyer = { actor: call.origin.person, means: 'keypad' }
  const parsed = parseWhole(dialled, featureCodes)
  // Answered when they are with the call, not before; and what was dialled says all there is to note.
  if (parsed.kind === 'complete' && parsed.code.id === 'park.fetch')
    return endOf(call, await runCode(call, parsed.code, keyer, scope, deps), scope, deps)
  await deps.exchange.answer(scope, call.leg)
  if (parsed.kind === 'invalid') return refused(call, say(call.tongue, 'refuse/unknown-code'), scope, deps)
  if (parsed.kind === 'complete' && !isBare(parsed.code)) {
    return endOf(call, await carryOut(call, parsed.code, keyer, scope, deps), scope, deps)
  }
  return keyCode(call, () => continueKeying(dialled, featureCodes), keyer, scope, deps)
}

/** Codes keyed after an answered service number: any code for which no phone of the company is needed (H-15). */
export function keyServiceCode(call: Call, keyer: Keyer, scope: Scope, deps: Deps): Promise<Step> {
  return keyCode(call, () => beginKeying(featureCodes), keyer, scope, deps)
}

/** Goes on with a code that an earlier run of the process had taken in full. */
export async function repeatCode(
  call: Call,
  phase: { readonly digits: string; readonly actor: PersonId; readonly means: Whose['means'] },
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  const actor = call.directory.person(call.company.company, phase.actor)
  const parsed = parseWhole(phase.digits, featureCodes)
  if (!actor || parsed.kind !== 'complete')
    return refused(call, say(call.tongue, 'refuse/error'), scope, deps)
  const end = await carryOut(call, parsed.code, { actor, means: phase.means }, scope, deps)
  return endOf(call, end, scope, deps)
}

/** `*23` alone sets nothing yet: the reason is still to come. */
const isBare = (code: FeatureCode): boolean =>
  (code.id === 'absence.set' || code.id === 'absence.setFor') && code.args.reason === undefined

async function keyCode(
  call: Call,
  begin: () => Keying<Row>,
  keyer: Keyer,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  let before: Sentence = []
  for (let tries = 1; ; tries += 1) {
    const parsed = await keyed(call, begin(), before, scope, deps)
    const code = parsed && codeOf(parsed)
    const end = code
      ? await carryOut(call, code, keyer, scope, deps)
      : { refused: say(call.tongue, parsed ? 'refuse/unknown-code' : 'refuse/nothing-keyed') }
    if (end === 'done' || 'goOn' in end || tries === call.company.settings.attempts)
      return endOf(call, end, scope, deps)
    before = end.refused
  }
}

/** Takes keys until the code is whole, impossible, or a pause is too long (G-01, G-02). Undefined: not one key came. */
async function keyed(
  call: Call,
  start: Keying<Row>,
  before: Sentence,
  scope: Scope,
  deps: Deps,
): Promise<Parsed<Row> | undefined> {
  const { firstDigitSeconds, digitSeconds } = call.company.settings
  let keying = start
  let key = await askForKey(
    call,
    joined(before, question(call, start.parsed)),
    firstDigitSeconds * 1000,
    scope,
    deps,
  )
  if (key === undefined) return undefined
  while (key !== undefined) {
    keying = feedKey(keying, key)
    if (keying.parsed.kind !== 'more') return keying.parsed
    key = await askForKey(call, [], digitSeconds * 1000, scope, deps)
  }
  return keying.parsed
}

function codeOf(parsed: Parsed<Row>): FeatureCode | undefined {
  if (parsed.kind === 'complete') return parsed.code
  const code = parsed.kind === 'more' ? parsed.completable : undefined
  return code && !isBare(code) ? code : undefined
}

/** What is asked for: the argument that comes next. */
function question(call: Call, parsed: Parsed<Row>): Sentence {
  const next = parsed.kind === 'more' ? parsed.open?.next : undefined
  if (next === 'reason') return say(call.tongue, 'enter/reason')
  return say(call.tongue, next === 'extension' ? 'enter/extension' : 'enter/code')
}

/** The whole code is noted first, so that a crash from here on repeats it; whoever carries it out twice changes nothing. */
async function carryOut(
  call: Call,
  code: FeatureCode,
  keyer: Keyer,
  scope: Scope,
  deps: Deps,
): Promise<CodeEnd> {
  const digits = formatCode(code, featureCodes)
  await keepPhase(call, { at: 'code', digits, actor: keyer.actor.id, means: keyer.means }, scope, deps)
  return runCode(call, code, keyer, scope, deps)
}

async function endOf(call: Call, end: CodeEnd, scope: Scope, deps: Deps): Promise<Step> {
  if (end === 'done') {
    await scope.of(deps.exchange.pbx.hangUp(call.leg.id, 'normal'))
    return 'over'
  }
  return 'goOn' in end ? end.goOn : refused(call, end.refused, scope, deps)
}

async function refused(call: Call, reason: Sentence, scope: Scope, deps: Deps): Promise<Step> {
  await deps.exchange.answer(scope, call.leg)
  await refuse(call, reason, scope, deps)
  return 'over'
}
