import type { Decision, RejectReason } from '../domain/routing/decision.js'
import type { TextKey } from '../domain/speech/text-keys.js'
import { say } from '../domain/speech/tongue.js'
import type { HangUpReason } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { Step } from './reach.js'
import { refuse } from './speak.js'

/** What is said, and what the caller's phone is told, for each reason. */
const refusals = {
  greyOutgoing: { text: 'refuse/blocked-number', hangUp: 'rejected' },
  greyIncoming: { text: 'refuse/blocked-number', hangUp: 'rejected' },
  tooManyDiversions: { text: 'refuse/diverted-too-often', hangUp: 'congestion' },
  nothingDialled: { text: 'refuse/nothing-keyed', hangUp: 'notFound' },
  noSuchExtension: { text: 'refuse/no-such-person', hangUp: 'notFound' },
  notANumber: { text: 'refuse/invalid-number', hangUp: 'notFound' },
  noOutsideLine: { text: 'refuse/line-unavailable', hangUp: 'congestion' },
  busy: { text: 'call/engaged', hangUp: 'busy' },
  noAnswer: { text: 'refuse/line-unavailable', hangUp: 'noAnswer' },
  notReachable: { text: 'refuse/line-unavailable', hangUp: 'unavailable' },
  refused: { text: 'refuse/line-unavailable', hangUp: 'rejected' },
  closed: { text: 'call/closed', hangUp: 'normal' },
  failure: { text: 'refuse/error', hangUp: 'congestion' },
} as const satisfies Readonly<Record<RejectReason, { readonly text: TextKey; readonly hangUp: HangUpReason }>>

/** The words for a reason why a call cannot be made. */
export const wordsFor = (why: RejectReason): (typeof refusals)[RejectReason]['text'] => refusals[why].text

/** TN-1: reject tone, the reason in words, the end. An unanswered caller hears it without being charged for an answer. */
export async function refuseCall(
  call: Call,
  decision: Extract<Decision, { to: 'reject' }>,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  const { text, hangUp } = refusals[decision.why]
  await refuse(call, say(call.tongue, text), scope, deps, hangUp)
  return 'over'
}
