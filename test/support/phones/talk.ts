import { expect } from 'vitest'
import { matrix } from '../sound/matrix.js'
import type { Call } from './call.js'

/** One end of a talk: the call at a phone, and the tone that the phone plays. */
export interface TalkEnd {
  readonly call: Call
  readonly tone: number
}

/** Waits until the two hear each other; on a busy machine packets are late, and then it is listened to again. */
export async function hearEachOther(left: TalkEnd, right: TalkEnd): Promise<void> {
  const parties = {
    left: { tone: left.tone, listen: left.call.listen },
    right: { tone: right.tone, listen: right.call.listen },
  }
  await expect
    .poll(() => matrix(parties).catch(String), { timeout: 20_000, interval: 100 })
    .toEqual({ left: ['right'], right: ['left'] })
}
