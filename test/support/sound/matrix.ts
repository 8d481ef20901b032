import { HEARD_AT_LEAST, tones, UNHEARD_BELOW } from './ears.js'

/** One party of a talk: what it heard lately, and the tone that it plays. */
export interface Party {
  readonly tone: number
  readonly listen: (ms: number) => Promise<{ readonly samples: Float32Array }>
}

export type AudioMatrix = Readonly<Record<string, readonly string[]>>

export interface MatrixOptions {
  /** How long to listen; default 1000 ms. */
  readonly over?: number
  /** Left out at the beginning, while sound settles; default 300 ms. */
  readonly skip?: number
}

/**
 * Who hears whom: `{customer: ['agent'], agent: ['customer', 'coach'], ...}`, names in the order given.
 * Throws when a tone is neither plainly there nor plainly absent, with all levels.
 */
export async function matrix(
  parties: Readonly<Record<string, Party>>,
  { over = 1000, skip = 300 }: MatrixOptions = {},
): Promise<AudioMatrix> {
  const names = Object.keys(parties)
  const heard = await Promise.all(
    Object.values(parties).map(async (party) => (await party.listen(skip + over)).samples.subarray(skip * 8)),
  )
  return Object.fromEntries(
    names.map((name, index) => [name, audible(name, heard[index] ?? new Float32Array(0), parties)]),
  )
}

function audible(
  listener: string,
  samples: Float32Array,
  parties: Readonly<Record<string, Party>>,
): readonly string[] {
  const speakers = Object.entries(parties).filter(([, { tone }]) => tone > 0)
  const levels = tones(
    samples,
    speakers.map(([, { tone }]) => tone),
  )
  return speakers.flatMap(([speaker, { tone }]) => {
    const level = levels[tone] ?? 0
    if (level >= HEARD_AT_LEAST) return [speaker]
    if (level < UNHEARD_BELOW) return []
    throw new Error(`${listener} hears ${speaker} unclearly: levels ${JSON.stringify(levels)}`)
  })
}
