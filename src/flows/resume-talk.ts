import type { Talk } from '../domain/talk/talk.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { finishTakingIn } from './take-in.js'
import { holdTalk } from './talk.js'
import { asideRoom, coachRoom, talkRoom } from './talk-room.js'

/**
 * Goes on with a talk where an earlier run left it (I-19). Whoever hung up meanwhile is missed at once, and the rules say what
 * follows; phones that ring are not dialled again.
 */
export async function resumeTalk(call: Call, talk: Talk, scope: Scope, deps: Deps): Promise<void> {
  const { pbx } = deps.exchange
  scope.defer(() => pbx.closeRoom(talkRoom(call)))
  scope.defer(() => pbx.closeRoom(asideRoom(call)))
  scope.defer(() => pbx.closeRoom(coachRoom(call)))
  for (const { leg: id } of talk.parties) {
    const leg = deps.exchange.leg(id)
    if (leg) await scope.of(deps.exchange.hush(leg))
  }
  await holdTalk(call, await finishTakingIn(call, talk, scope, deps), 'found', scope, deps)
}
