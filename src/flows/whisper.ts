import type { LegId } from '../domain/ids.js'
import type { Sentence } from '../domain/speech/phrase.js'
import type { Tongue } from '../domain/speech/tongue.js'
import { NoSuchThing, WrongState, type Sound } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import { mediaOf, soundOf, zoneOf } from './speak.js'

/** A tone of the company's country for so many milliseconds; 0 = until it is stopped. */
export interface ShortTone {
  readonly tone: string
  readonly length: number
}

/**
 * Tones and words that one party of a talk alone hears. They are added to what the party hears, so that nobody's speech is cut: a
 * sound played to the party itself would take it out of the talk meanwhile.
 */
export async function whisper(
  call: Call,
  leg: Leg,
  what: { readonly tones?: readonly ShortTone[]; readonly sentence?: Sentence; readonly tongue?: Tongue },
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { exchange } = deps
  if (leg.ended) return
  await scope.run('whisper', async (inner) => {
    try {
      const ear = await exchange.openEar(inner, leg, call.id)
      for (const tone of what.tones ?? []) await toneFor(call, ear, tone, inner, deps)
      const tongue = what.tongue ?? call.tongue
      const media = await mediaOf({ tongue }, what.sentence ?? [], inner, deps)
      await exchange.play(inner, ear, media.map(soundOf))
    } catch (error) {
      if (!(error instanceof NoSuchThing || error instanceof WrongState)) throw error // it has just hung up
    }
  })
}

async function toneFor(
  call: Call,
  ear: Leg,
  { tone, length }: ShortTone,
  scope: Scope,
  { exchange }: Deps,
): Promise<void> {
  const sounds: readonly Sound[] = [{ kind: 'tone', tone, zone: zoneOf(call) }]
  if (length === 0) await exchange.play(scope, ear, sounds)
  else await scope.within(length, (playing) => exchange.play(playing, ear, sounds))
}

/** The ear through which a coach hears and speaks; there is one for each agent's leg, so that it can be found again. */
export const coachEar = (agent: LegId): LegId => `${agent}-coach-ear` as LegId
