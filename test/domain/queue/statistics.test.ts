import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { figuresOf } from '../../../src/domain/queue/statistics.js'
import { csvOf } from '../../../src/domain/queue/statistics-text.js'
import { callbackResults, visitOf, type QueueVisit, type VisitEnd } from '../../../src/domain/queue/visit.js'
import { agent, noon, ticket } from './queue-sample.js'

const visit = (waitedMs: number, end: VisitEnd, name: string | number = 1): QueueVisit =>
  visitOf(ticket(name), end, noon + waitedMs)

const answered: VisitEnd = { how: 'answered', agent: agent(1) }
const hungUp: VisitEnd = { how: 'abandoned', position: 2 }

/** What may have become of a call, and after how long. */
const whyNot = fc.constantFrom('closed', 'full', 'nobodyLoggedIn', 'maxWait', 'removed', 'key')
const anyEnd: fc.Arbitrary<VisitEnd> = fc.oneof(
  fc.constant(answered),
  fc.constant(hungUp),
  fc.record({ how: fc.constantFrom('overflowed', 'turnedAway'), why: whyNot, to: fc.constant('reception') }),
  fc.record({ how: fc.constant('callback'), result: fc.constantFrom(...callbackResults) }),
)
const anyVisit = fc.tuple(fc.integer({ min: 0, max: 400_000 }), anyEnd).map(([wait, end]) => visit(wait, end))

describe('the figures of a queue', () => {
  it('Q-25 every call is in exactly one of them, and the shares are of those they say', () => {
    fc.assert(
      fc.property(
        fc.array(anyVisit, { maxLength: 30 }),
        fc.integer({ min: 1, max: 300 }),
        (visits, within) => {
          const figures = figuresOf(visits, within)
          const sum = (counts: Readonly<Record<string, number>>): number =>
            Object.values(counts).reduce((total, one) => total + one, 0)
          const { offered, abandoned, abandonedShort, overflowed, callbacks, serviceLevel, longWaits } =
            figures
          expect(offered + figures.outsideHours).toBe(visits.length)
          expect(figures.answered + abandoned + abandonedShort + sum(overflowed) + sum(callbacks)).toBe(
            offered,
          )

          // Counted once more, call by call.
          let [inTime, given, gaveUp, long, closedAtDoor] = [0, 0, 0, 0, 0]
          for (const { end, leftAt } of visits) {
            const seconds = Math.floor((leftAt - noon) / 1000)
            if (end.how === 'turnedAway' && end.why === 'closed') {
              closedAtDoor += 1
              continue
            }
            if (seconds > 180) long += 1
            if (end.how === 'answered') given += 1
            if (end.how === 'answered' && seconds <= within) inTime += 1
            if (end.how === 'abandoned' && seconds >= 5) gaveUp += 1
          }
          expect([figures.outsideHours, figures.answered, abandoned]).toEqual([closedAtDoor, given, gaveUp])
          expect(serviceLevel.answered).toBe(inTime)
          expect(longWaits.callers).toBe(long)
          const shareOf = (part: number, whole: number) => (whole === 0 ? undefined : part / whole)
          expect(serviceLevel.ofAnsweredAndAbandoned).toBe(shareOf(inTime, given + gaveUp))
          expect(serviceLevel.ofOffered).toBe(shareOf(inTime, offered))
          expect(longWaits.ofOffered).toBe(shareOf(long, offered))
        },
      ),
      { numRuns: 10_000 },
    )
  }, 60_000)

  it('Q-25 tells those who hung up within five seconds from those who gave up, by whole seconds', () => {
    const figures = figuresOf([visit(4_999, hungUp), visit(5_000, hungUp), visit(61_900, hungUp)], 20)
    expect(figures).toMatchObject({
      offered: 3,
      abandoned: 2,
      abandonedShort: 1,
      waits: { abandoned: { average: 33, longest: 61 } },
    })
  })

  it('Q-25 a caller sent on after three minutes did not wait longer than three minutes', () => {
    const overflow: VisitEnd = { how: 'overflowed', why: 'maxWait', to: 'voicemail' }
    expect(figuresOf([visit(180_400, overflow)], 20).longWaits).toEqual({
      overSeconds: 180,
      callers: 0,
      ofOffered: 0,
    })
    expect(figuresOf([visit(181_000, answered)], 20).longWaits.callers).toBe(1)
  })

  it('Q-25 of nobody there is no share and no average, in CSV an empty cell', () => {
    const figures = figuresOf([], 20)
    expect([figures.waits.answered.average, figures.serviceLevel.ofOffered]).toEqual([undefined, undefined])
    const days = [{ date: '2026-10-05', figures }]
    const csv = csvOf({ queue: 'support', name: 'Support', from: '', to: '', total: figures, days })
    expect(csv.split('\r\n')[1]).toBe('support,2026-10-05,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,,,,,20,0,,,0,')
    expect(csv.split('\r\n')[0]?.split(',')).toHaveLength(csv.split('\r\n')[1]?.split(',').length ?? 0)
  })
})
