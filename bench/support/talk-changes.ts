import { setTimeout as pause } from 'node:timers/promises'
import type { LightCall } from '../../test/support/light/call.js'
import { marks, type LightOffice } from '../../test/support/light/office.js'
import { percentile, table } from './figures.js'
import { atPhones, hangUpAll, keyUntilRung, quiet, talkOfThree, type Rings } from './talk-scenes.js'

/** Sound is looked at so long around a change. */
const around = 1_500

/** The sound that `who` loses of a voice while something changes, in milliseconds: a packet each 20 ms is none. */
async function lostBy(who: LightCall, voice: number, change: () => Promise<unknown>): Promise<number> {
  who.sound.listenFrom()
  await pause(300)
  await change()
  await pause(around)
  return Math.max(0, who.sound.longestWithout(voice) - 20)
}

/** Until the new state has been heard; then from when the key was let go to the first sound. */
async function soundAfter(who: LightCall, voice: number, change: () => Promise<number>): Promise<number> {
  const at = await change()
  who.sound.listenFrom()
  const heard = await Promise.race([
    who.sound.untilHeard(voice),
    pause(10_000, undefined, { ref: false }).then(() => Number.NaN),
  ])
  await pause(around)
  return heard - at
}

/** The agent hears beeps then, which are mixed with what the caller says: only what the caller loses can be told. */
async function coached(
  office: LightOffice,
  rings: Rings,
  note: (what: string, ms: number) => void,
): Promise<void> {
  const { caller, phone } = await office.talk(0)
  await pause(300)
  const { call: coach } = await keyUntilRung(office, rings, phone, '*4', 2)
  coach.accept()
  coach.sound.speak(quiet)
  await pause(1_000)
  note(
    'a coach accepts: the caller loses of the agent',
    await lostBy(caller, marks.phone, () => coach.sound.press('1')),
  )
  await heldWithCoach(office, { caller, phone, coach }, note)
  note(
    'the coach leaves: the caller loses of the agent',
    await lostBy(caller, marks.phone, () => coach.hangUp()),
  )
  await hangUpAll([caller, phone])
}

/** The agent's phone holds by its key, then a program holds for the agent. */
async function heldWithCoach(
  office: LightOffice,
  { caller, phone, coach }: Readonly<Record<'caller' | 'phone' | 'coach', LightCall>>,
  note: (what: string, ms: number) => void,
): Promise<void> {
  await phone.hold()
  await pause(around)
  note(
    'coached, the phone resumes: from then until the caller hears the agent',
    await soundAfter(caller, marks.phone, () => phone.resume()),
  )
  const ask = await talkVerbs(office)
  // Only the coach speaks, so that the agent hears one voice.
  caller.sound.speak(quiet)
  phone.sound.speak(quiet)
  coach.sound.speak(marks.phone)
  await pause(500)
  for (const verb of ['hold', 'resume'] as const)
    note(
      `coached, a program asks to ${verb}: the agent loses of the coach`,
      await lostBy(phone, marks.phone, () => ask(verb)),
    )
  phone.sound.speak(marks.phone)
  coach.sound.speak(quiet)
  await ask('hold')
  await pause(around)
  note(
    'coached, a program asks to resume: from then until the caller hears the agent',
    await soundAfter(caller, marks.phone, () => ask('resume')),
  )
}

/** What a program of the first person asks for; resolves with the moment at which it did. */
async function talkVerbs({ office }: LightOffice): Promise<(verb: 'hold' | 'resume') => Promise<number>> {
  const token = (await office.vaxel('token', 'lasten')).trim().split(/\s+/).at(-1) ?? ''
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const api = `http://127.0.0.1:${String(office.exchange.ports.http)}/companies/lasten/talks`
  return async (verb) => {
    const at = performance.now()
    const answer = await fetch(`${api}/${verb}`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ person: 'p0' }),
    })
    if (!answer.ok) throw new Error(`${verb}: ${await answer.text()}`)
    return at
  }
}

/** The two who stay hear a tone and words then: the voice is listened for beneath them. */
async function customerLeaves(
  office: LightOffice,
  rings: Rings,
  note: (what: string, ms: number) => void,
): Promise<void> {
  const { caller, phone, invited } = await talkOfThree(office, rings, 0, 1)
  caller.sound.speak(quiet)
  await pause(500)
  phone.sound.listenFrom(marks.phone)
  await pause(300)
  await caller.hangUp()
  await pause(around)
  note(
    'the caller hangs up: the agent loses of the invited',
    Math.max(0, phone.sound.longestWithoutVoice() - 20),
  )
  await hangUpAll([phone, invited])
}

/** (b) What those who stay lose at each change, and how long those who come back wait. */
export async function changes(
  office: LightOffice,
  rounds: number,
  say: (text: string) => void,
): Promise<void> {
  const rings = atPhones(office)
  const seen = new Map<string, number[]>()
  const note = (what: string, ms: number): void => {
    seen.set(what, [...(seen.get(what) ?? []), ms])
  }
  for (let index = 0; index < rounds; index += 1) {
    const first = await office.talk(0)
    first.phone.sound.speak(marks.phone)
    await pause(300)
    let ringing: LightCall | undefined
    note(
      'invited: the agent loses of the caller',
      await lostBy(first.phone, marks.outside, async () => {
        const { call } = await keyUntilRung(office, rings, first.phone, '*3', 1)
        ringing = call
      }),
    )
    if (!ringing) throw new Error('nobody was rung')
    const third: LightCall = ringing
    third.sound.speak(quiet)
    note(
      'the invited answers: the agent loses of the caller',
      await lostBy(first.phone, marks.outside, () => {
        third.accept()
        return Promise.resolve()
      }),
    )
    note(
      'the invited hangs up: the agent loses of the caller',
      await lostBy(first.phone, marks.outside, () => third.hangUp()),
    )
    await hangUpAll([first.caller, first.phone])

    const { caller, phone, invited } = await talkOfThree(office, rings, 0, 1)
    // Two voices mixed are neither of the two: whoever is not looked at is silent.
    caller.sound.speak(quiet)
    await pause(500)
    note(
      '*5 to private: the agent loses of the invited',
      await lostBy(phone, marks.phone, () => phone.sound.press('*5')),
    )
    note(
      '*5 together: the agent loses of the invited',
      await lostBy(phone, marks.phone, () => phone.sound.press('*5')),
    )
    await phone.sound.press('*5')
    await pause(around)
    note(
      '*5 together: from the key until the caller hears the invited',
      await soundAfter(caller, marks.phone, () => phone.sound.press('*5')),
    )
    note(
      'the agent hangs up: the caller loses of the invited',
      await lostBy(caller, marks.phone, () => phone.hangUp()),
    )
    await hangUpAll([caller, invited])
    await customerLeaves(office, rings, note)
    await coached(office, rings, note)
  }
  say(`(b) Lost sound at changes, ms, ${String(rounds)} times each\n`)
  say(
    table(
      ['', 'p50', 'greatest'],
      [...seen].map(([what, values]) => [
        what,
        percentile(values, 0.5).toFixed(0),
        Math.max(...values).toFixed(0),
      ]),
    ),
  )
  say('')
}
