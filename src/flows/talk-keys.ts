import { heldKeys, readTalkKey, type TalkCode } from '../domain/talk/keys.js'
import { arrangementOf } from '../domain/talk/arrangement.js'
import type { Talk } from '../domain/talk/talk.js'
import { NoSuchThing, WrongState } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import type { Deps } from './call.js'
import type { Leg } from './exchange.js'

/**
 * I-22: reads what somebody keys during a talk. What begins no code goes to the others at once, what may begin one after a second
 * without a further key; a code goes to nobody.
 */
export async function attendKeys(
  leg: Leg,
  talkNow: () => Talk,
  onCode: (code: TalkCode) => void,
  scope: Scope,
  deps: Deps,
): Promise<never> {
  let held = ''
  for (;;) {
    const key =
      held === ''
        ? await leg.digits.take(scope)
        : await scope.within(heldKeys, (waiting) => leg.digits.take(waiting))
    const read = key === undefined ? { pass: held, held: '' } : readTalkKey(held, key)
    held = read.held
    await passOn(leg, read.pass, talkNow(), scope, deps)
    if (read.code) onCode(read.code)
  }
}

/** To those who hear this leg; a coach's keys go to nobody (C-10), and nobody's go to a coach. */
async function passOn(leg: Leg, keys: string, talk: Talk, scope: Scope, deps: Deps): Promise<void> {
  const { room } = arrangementOf(talk)
  if (keys === '' || !room.includes(leg.id)) return
  for (const other of room) {
    if (other === leg.id) continue
    try {
      await scope.of(deps.exchange.pbx.sendDigits(other, keys))
    } catch (error) {
      if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error
    }
  }
}
