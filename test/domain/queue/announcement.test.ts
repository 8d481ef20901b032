import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { announcementNow, nextAnnouncementAt, type Answered } from '../../../src/domain/queue/announcement.js'
import { noon, queue, ticket } from './queue-sample.js'

const answered = (count: number, waited = 120_000): readonly Answered[] =>
  Array.from({ length: count }, (_, index) => ({ at: noon - index * 1000, waited, position: 2 }))

describe('what a waiting caller is told', () => {
  it('Q-03 after 10 s, then every 60 s, with 15 s between the end and the next', () => {
    const one = queue()
    expect(nextAnnouncementAt(ticket(1), one) - noon).toBe(10_000)
    const said = ticket(1, { saidAt: noon + 10_000, saidUntil: noon + 20_000 })
    expect(nextAnnouncementAt(said, one) - noon).toBe(70_000)
    expect(nextAnnouncementAt(said, queue({ repeatSeconds: 15 })) - noon).toBe(35_000)
  })

  it('Q-02 the place that is said never gets worse, whatever happens before the caller', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 30 }), (positions) => {
        const one = ruled
        let waiting = ticket(1)
        const heard: number[] = []
        for (const position of positions) {
          const said = announcementNow(waiting, position, one, [], noon)
          if (said?.position === undefined) continue
          heard.push(said.position)
          waiting = { ...waiting, saidPosition: said.position }
        }
        expect(heard).toEqual([...heard].sort((left, right) => right - left))
        const best = Math.min(...positions)
        if (positions.length > 0) expect(heard.at(-1)).toBeGreaterThanOrEqual(best)
      }),
      { numRuns: 10_000 },
    )
  })
  const ruled = queue()

  it.each([
    [4, 1, undefined],
    [5, 1, 1],
    [5, 2, 2],
    [5, 3, 3],
  ] as const)(
    'Q-03 with %i answered lately, in place %i the waiting time is %s minutes',
    (count, place, minutes) => {
      expect(announcementNow(ticket(1), place, queue(), answered(count), noon)).toEqual({
        position: place,
        minutes,
      })
    },
  )

  it('Q-03 those answered more than 30 minutes ago do not count', () => {
    const old = answered(9).map((one) => ({ ...one, at: noon - 30 * 60_000 }))
    expect(announcementNow(ticket(1), 1, queue(), old, noon)).toEqual({ position: 1, minutes: undefined })
  })

  it('Q-03 a queue may say neither place nor time', () => {
    expect(announcementNow(ticket(1), 1, queue({ sayPosition: false }), answered(9), noon)).toEqual({})
    expect(announcementNow(ticket(1), 1, queue({ sayWait: false }), answered(9), noon)).toEqual({
      position: 1,
      minutes: undefined,
    })
  })
})
