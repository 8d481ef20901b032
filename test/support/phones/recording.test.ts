import { describe, expect, it } from 'vitest'
import { cutAtGaps, type Mark } from './recording.js'

/** Looks each 10 ms at a file that grows by a packet each 20 ms, but not while packets or looks stand still (milliseconds, from and to). */
function watched(
  seconds: number,
  noPackets: readonly [number, number] = [-1, -1],
  noLooks: readonly [number, number] = [-1, -1],
): { readonly samples: Float32Array; readonly marks: readonly Mark[] } {
  const within = (at: number, [from, to]: readonly [number, number]): boolean => at >= from && at < to
  const marks: Mark[] = []
  let written = 0
  let seen = 0
  let since = 0
  for (let at = 10; at <= seconds * 1000; at += 10) {
    if (at % 20 === 0 && !within(at, noPackets)) written += 160
    if (within(at, noLooks)) continue
    if (written !== seen) marks.push({ at, since, count: written })
    seen = written
    since = at
  }
  return { samples: new Float32Array(written), marks }
}

const lengths = ({ samples, marks }: ReturnType<typeof watched>): readonly number[] =>
  cutAtGaps(samples, marks).map((piece) => piece.samples.length / 8)

describe('the watched file of what a phone heard', () => {
  it('is one piece where packets came evenly', () => {
    expect(lengths(watched(2))).toEqual([2000])
  })

  it('is cut where packets were missing', () => {
    expect(lengths(watched(2, [500, 800]))).toEqual([480, 1220])
  })

  it('is cut there also when the test stood still meanwhile and looked again later', () => {
    expect(lengths(watched(3, [500, 1100], [400, 1300]))).toHaveLength(2)
  })

  it('is one piece when the test stood still and the sound went on', () => {
    expect(lengths(watched(2, undefined, [500, 1400]))).toEqual([2000])
  })

  it('is one piece when the test stood still until after the end of the sound', () => {
    expect(lengths(watched(4, [1500, 5000], [800, 3800]))).toEqual([1480])
  })

  it('is cut when packets were missing at the end, before the test stood still', () => {
    expect(lengths(watched(4, [500, 1500], [1450, 4000]))).toEqual([480, 2520])
  })
})
