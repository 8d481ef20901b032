import { matrix } from '../test/support/sound/matrix.js'
import type { Conversation, Stage } from './stage.js'

/** A conversation with the tone that is played into it. */
export type Voice = readonly [Conversation, tone: number]

/** Everybody hears everybody else, and nothing else. */
export const everybodyHears = (stage: Stage, voices: readonly Voice[]): Promise<void> =>
  hears(stage, voices, (listener, speaker) => listener !== speaker)

/** On a busy machine sound may be late, or have gaps. */
const patienceMs = 15_000

/** Says who hears whom, by the tones that they play; rejects when it does not become as it should be. */
export async function hears(
  stage: Stage,
  voices: readonly Voice[],
  should: (listener: string, speaker: string) => boolean,
): Promise<void> {
  const names = voices.map(([{ name }]) => name)
  const wanted = names.map(
    (listener) =>
      `${listener} hears ${said(names.filter((one) => one !== listener && should(listener, one)))}`,
  )
  const begun = Date.now()
  for (;;) {
    const heard = await whoHears(voices)
    if (heard.join() === wanted.join()) break
    if (Date.now() - begun > patienceMs) throw new Error(`${heard.join(', ')}; wanted: ${wanted.join(', ')}`)
  }
  stage.say(`${wanted.join(', ')}.`)
}

async function whoHears(voices: readonly Voice[]): Promise<readonly string[]> {
  const parties = voices.map(([{ name, call }, tone]) => [name, { tone, listen: call.listen }] as const)
  try {
    const heard = await matrix(Object.fromEntries(parties), { skip: 800, over: 800 })
    return parties.map(([listener]) => `${listener} hears ${said(heard[listener] ?? [])}`)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

const said = (names: readonly string[]): string => (names.length === 0 ? 'nobody' : names.join(' and '))
