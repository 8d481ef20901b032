import { describe, expect, it } from 'vitest'
import { throughALaw } from './alaw.js'
import { cadence, firstHeardAt, HEARD_AT_LEAST, loudness, silences, tones, UNHEARD_BELOW } from './ears.js'
import { matrix } from './matrix.js'
import { cadencedTone, joined, mixed, PHONE_TONES, silence, sine } from './tone.js'

describe('tones', () => {
  it('finds each phone tone after A-law and none of the others', () => {
    for (const played of PHONE_TONES) {
      const levels = tones(throughALaw(sine(played, 1000)), PHONE_TONES)
      for (const hertz of PHONE_TONES) {
        if (hertz === played) expect(levels[hertz]).toBeCloseTo(0.3, 2)
        else expect(levels[hertz]).toBeLessThan(UNHEARD_BELOW)
      }
    }
  })

  it('finds three at once, and not the two that are missing', () => {
    const talk = mixed(mixed(sine(500, 1000), sine(1300, 1000)), sine(2100, 1000))
    const levels = tones(throughALaw(talk), PHONE_TONES)
    expect(PHONE_TONES.filter((hertz) => (levels[hertz] ?? 0) >= HEARD_AT_LEAST)).toEqual([500, 1300, 2100])
    expect(PHONE_TONES.filter((hertz) => (levels[hertz] ?? 0) < UNHEARD_BELOW)).toEqual([900, 1700])
  })

  it('survives a lost packet', () => {
    const sound = sine(900, 1000)
    const lossy = joined(sound.subarray(0, 3000), sound.subarray(3160))
    const levels = tones(lossy, [900, 1300])
    expect(levels[900]).toBeGreaterThan(HEARD_AT_LEAST)
    expect(levels[1300]).toBeLessThan(UNHEARD_BELOW)
  })

  it('hears nothing in silence, in no sound at all and in the 425 Hz of the exchange', () => {
    for (const sound of [silence(1000), new Float32Array(0), sine(425, 1000)]) {
      for (const level of Object.values(tones(sound, PHONE_TONES))) expect(level).toBeLessThan(UNHEARD_BELOW)
    }
  })

  it('tells a faint leak from nothing', () => {
    expect(tones(sine(900, 1000, 0.01), [900])[900]).toBeGreaterThan(UNHEARD_BELOW)
  })
})

describe('matrix', () => {
  const party = (tone: number, ...hears: readonly number[]) => ({
    tone,
    listen: (ms: number) =>
      Promise.resolve({ samples: hears.reduce((sum, hertz) => mixed(sum, sine(hertz, ms)), silence(ms)) }),
  })

  it('says who hears whom', async () => {
    const parties = {
      customer: party(500, 900),
      agent: party(900, 500, 1300),
      coach: party(1300, 500, 900),
    }
    expect(await matrix(parties)).toEqual({
      customer: ['agent'],
      agent: ['customer', 'coach'],
      coach: ['customer', 'agent'],
    })
  })

  it('refuses to judge a tone that is neither there nor absent', async () => {
    const faint = { tone: 500, listen: (ms: number) => Promise.resolve({ samples: sine(900, ms, 0.05) }) }
    await expect(matrix({ faint, other: party(900) })).rejects.toThrow('faint hears other unclearly')
  })
})

describe('silences', () => {
  it('finds a gap over 300 ms and its place, and not a shorter one', () => {
    const sound = joined(sine(500, 500), silence(400), sine(500, 500), silence(200), sine(500, 300))
    expect(silences(throughALaw(sound), { over: 300 })).toEqual([{ from: 500, until: 900 }])
  })

  it('counts silence at the beginning and the end', () => {
    const sound = joined(silence(350), sine(500, 500), silence(350))
    expect(silences(sound, { over: 300 })).toEqual([
      { from: 0, until: 350 },
      { from: 850, until: 1200 },
    ])
  })

  it('finds none in a steady tone', () => {
    expect(silences(sine(500, 2000), { over: 20 })).toEqual([])
  })
})

describe('loudness', () => {
  it('is the root mean square', () => {
    expect(loudness(sine(1000, 1000, 1))).toBeCloseTo(Math.SQRT1_2, 3)
    expect(loudness(silence(100))).toBe(0)
    expect(loudness(new Float32Array(0))).toBe(0)
  })
})

describe('cadence', () => {
  it.each([
    ['Swedish busy', 250, 250],
    ['Swedish congestion, the reject tone', 250, 750],
    ['German busy', 480, 480],
    ['German congestion', 240, 240],
    ['ringing', 1000, 5000],
  ])('measures %s', (_, onMs, offMs) => {
    const heard = cadence(throughALaw(cadencedTone(425, onMs, offMs, 15_000)), 425)
    expect(Math.abs(heard.onMs - onMs)).toBeLessThanOrEqual(20)
    expect(Math.abs(heard.offMs - offMs)).toBeLessThanOrEqual(20)
    expect(heard.bursts).toBe(Math.ceil(15_000 / (onMs + offMs)))
  })

  it('finds none in silence or another tone', () => {
    expect(cadence(silence(3000), 425).bursts).toBe(0)
    expect(cadence(sine(425, 3000), 425).offMs).toBe(0)
  })
})

describe('firstHeardAt', () => {
  it('says when a tone began, on the clock', () => {
    const heard = { samples: joined(silence(700), sine(900, 500)), startedAt: 1_000_000, rate: 8000 }
    expect(firstHeardAt(heard, 900)).toBe(1_000_700)
    expect(firstHeardAt(heard, 500)).toBeUndefined()
  })
})
