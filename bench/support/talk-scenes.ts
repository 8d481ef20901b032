import { setTimeout as pause } from 'node:timers/promises'
import type { LightCall } from '../../test/support/light/call.js'
import { marks, type LightOffice, type Talk } from '../../test/support/light/office.js'

/** A-law for nothing. */
export const quiet = 0xd5

export interface ThreeParty extends Talk {
  readonly invited: LightCall
  /** From the end of `#` to the INVITE at the phone that is invited. */
  readonly inviteMs: number
  /** From its answer until it hears the caller, and the caller hears it. */
  readonly soundMs: number
}

/** The next call at this phone; undefined when it does not ring for a while. */
export type Rings = (index: number) => Promise<LightCall | undefined>

/** Phones of light people that ring: each call goes to whoever waits for that phone. */
export function atPhones(office: LightOffice): Rings {
  const waiting = new Map<string, (call: LightCall) => void>()
  office.onRinging((call, device) => {
    call.ring()
    waiting.get(device)?.(call)
    waiting.delete(device)
  })
  return async (index) => {
    const { name } = office.account(index)
    const late = pause(6_000, undefined, { ref: false }).then(() => undefined)
    return Promise.race([new Promise<LightCall>((resolve) => waiting.set(name, resolve)), late])
  }
}

/** A caller talks with this person, who invites that one: all three hear one another. */
export async function talkOfThree(
  office: LightOffice,
  rings: Rings,
  agent: number,
  third: number,
): Promise<ThreeParty> {
  const { caller, phone } = await office.talk(agent)
  await pause(300)
  // Only the caller and the invited speak: what is mixed of one voice comes out as it went in, and the byte tells whose it is.
  phone.sound.speak(quiet)
  const { at: keyedAt, call: invited } = await keyUntilRung(office, rings, phone, '*3', third)
  const inviteMs = invited.invitedAt - keyedAt
  invited.sound.speak(marks.phone)
  await pause(300)
  caller.sound.listenFrom()
  const answeredAt = performance.now()
  invited.accept()
  const heard = await Promise.all([
    invited.sound.untilHeard(marks.outside),
    caller.sound.untilHeard(marks.phone),
  ])
  return { caller, phone, invited, inviteMs, soundMs: Math.max(...heard) - answeredAt }
}

/**
 * Keys a code with this person's extension until their phone rings. On a machine with too much to do a key may be lost, or the person
 * be taken for busy because an earlier call of theirs has not ended yet: then a person would key again.
 */
export async function keyUntilRung(
  office: LightOffice,
  rings: Rings,
  from: LightCall,
  code: string,
  to: number,
): Promise<{ readonly at: number; readonly call: LightCall }> {
  for (let tries = 0; tries < 3; tries += 1) {
    const ringing = rings(to)
    const at = await from.sound.press(`${code}${office.extension(to)}#`)
    const call = await ringing
    if (call) return { at, call }
  }
  throw new Error(`person ${String(to)} was keyed three times and does not ring`)
}

export async function hangUpAll(calls: readonly LightCall[]): Promise<void> {
  await Promise.all(calls.map(async (call) => call.hangUp()))
  await pause(500)
}
