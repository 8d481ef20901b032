import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallId, PersonId } from '../../../src/domain/ids.js'
import {
  afterWait,
  deadlineAfterRestart,
  firstDeadlines,
  nextComfort,
  type ParkOutcome,
  type ParkSituation,
  type ParkState,
  type ParkStep,
} from '../../../src/domain/parking/recall.js'
import { alertInfo, callerPrefix } from '../../../src/domain/parking/returning.js'
import type { ParkSettings } from '../../../src/domain/parking/settings.js'
import { company } from '../directory/sample.js'

const noon = Date.UTC(2026, 9, 5, 10)
const minute = 60_000
const settings = (over: Partial<ParkSettings> = {}): ParkSettings => ({ ...company().parking, ...over })
const both = settings({ plan: 'parker-then-alternate', alternate: 'person:erik' })
const instead = settings({ plan: 'alternate', alternate: 'person:erik' })
const state = (over: Partial<ParkState> = {}): ParkState => ({
  phase: 'parked',
  parkedBy: 'maria' as PersonId,
  deadline: noon,
  ceiling: noon + 20 * minute,
  round: 0,
  ...over,
})
const free: ParkSituation = { parker: 'free', noAnswer: 'voicemail' }
const when = (over: Partial<ParkSituation>): ParkSituation => ({ ...free, ...over })
const up = noon + 20 * minute

const ring = (who: string, seconds: number) => ({ kind: 'ring', who, seconds })
const wait = (milliseconds: number, round = 0, parkerBusy = false) => ({
  kind: 'wait',
  until: noon + milliseconds,
  record: { phase: 'parked', round, parkerBusy },
})
const leave = (to: string) => ({ kind: 'leave', to })

describe('a parked call that nobody fetches', () => {
  const cases: readonly (readonly [
    what: string,
    record: Partial<ParkState>,
    outcome: ParkOutcome,
    situation: Partial<ParkSituation>,
    settings: ParkSettings,
    next: object,
    now?: number,
  ])[] = [
    ['P-07 comes back to the parker for 20 s', {}, 'waited', {}, settings(), ring('parker', 20)],
    ['P-07 skips an absent parker', {}, 'waited', { parker: 'absent' }, both, ring('person:erik', 45)],
    ['P-07 skips a parker without a phone', {}, 'waited', { parker: 'away' }, both, ring('person:erik', 45)],
    [
      'P-07 an absent parker and nobody else: parked again',
      {},
      'waited',
      { parker: 'absent' },
      settings(),
      wait(45_000, 1),
    ],
    ['P-08 plan alternate: the alternate at once', {}, 'waited', {}, instead, ring('person:erik', 45)],
    ['P-08 parker, then alternate', { phase: 'recalling' }, 'noAnswer', {}, both, ring('person:erik', 45)],
    [
      'P-08 the parker could not be reached: alternate',
      { phase: 'recalling' },
      'notReachable',
      {},
      both,
      ring('person:erik', 45),
    ],
    [
      'P-08 plan parker: no answer, parked again',
      { phase: 'recalling' },
      'noAnswer',
      {},
      settings(),
      wait(45_000, 1),
    ],
    [
      'P-08 plan parker does not ring an alternate that is written',
      { phase: 'recalling' },
      'noAnswer',
      {},
      settings({ alternate: 'person:erik' }),
      wait(45_000, 1),
    ],
    [
      'P-08 the alternate is the parker: not rung twice',
      { phase: 'recalling' },
      'noAnswer',
      {},
      settings({ plan: 'parker-then-alternate', alternate: 'person:maria' }),
      wait(45_000, 1),
    ],
    [
      'P-08 a number as alternate',
      {},
      'waited',
      {},
      settings({ plan: 'alternate', alternate: 'number:+46701740605', alternateSeconds: 60 }),
      ring('number:+46701740605', 60),
    ],
    [
      'P-08 the mailbox as alternate does not ring',
      {},
      'waited',
      {},
      settings({ plan: 'alternate', alternate: 'voicemail' }),
      leave('voicemail'),
    ],
    ['P-09 a busy parker gets 10 s', {}, 'waited', { parker: 'busy' }, both, wait(10_000, 0, true)],
    [
      'P-09 a parker who says busy gets 10 s',
      { phase: 'recalling' },
      'busy',
      {},
      both,
      wait(10_000, 0, true),
    ],
    [
      'P-09 still busy after 10 s: the alternate',
      { parkerBusy: true },
      'waited',
      { parker: 'busy' },
      both,
      ring('person:erik', 45),
    ],
    [
      'P-09 busy again when rung after 10 s: the alternate',
      { phase: 'recalling', parkerBusy: true },
      'busy',
      {},
      both,
      ring('person:erik', 45),
    ],
    ['P-09 free after 10 s: rung', { parkerBusy: true }, 'waited', {}, both, ring('parker', 20)],
    [
      'P-09 still busy and no alternate: parked again',
      { parkerBusy: true },
      'waited',
      { parker: 'busy' },
      settings(),
      wait(45_000, 1),
    ],
    [
      'P-09 nobody at the alternate: parked again',
      { phase: 'alternate' },
      'noAnswer',
      {},
      both,
      wait(45_000, 1),
    ],
    [
      'P-09 the alternate is busy: parked again',
      { phase: 'alternate', round: 1 },
      'busy',
      {},
      both,
      wait(45_000, 2),
    ],
    [
      'P-09 after the third round it is led on',
      { phase: 'alternate', round: 2 },
      'noAnswer',
      { noAnswer: 'reception' },
      both,
      leave('reception'),
    ],
    [
      'P-09 after the third round, plan parker',
      { phase: 'recalling', round: 2 },
      'noAnswer',
      {},
      settings(),
      leave('voicemail'),
    ],
    [
      'P-10 the alternate cannot be reached: no-answer target',
      { phase: 'alternate' },
      'notReachable',
      { noAnswer: 'person:anna' },
      both,
      leave('person:anna'),
    ],
    [
      'P-10 a no-answer target that rejects: the mailbox',
      { phase: 'alternate' },
      'notReachable',
      { noAnswer: 'reject' },
      both,
      leave('voicemail'),
    ],
    [
      'P-23 the extension is gone: the reception',
      { phase: 'alternate' },
      'notReachable',
      { noAnswer: undefined },
      both,
      leave('reception'),
    ],
    ['P-18 the time is up: alternate', {}, 'waited', {}, both, ring('person:erik', 45), up],
    [
      'P-18 the time is up: the alternate, also with plan parker',
      {},
      'waited',
      {},
      settings({ alternate: 'reception' }),
      ring('reception', 45),
      up,
    ],
    [
      'P-18 the time is up and there is no alternate: mailbox',
      {},
      'waited',
      { noAnswer: 'reception' },
      settings(),
      leave('voicemail'),
      up,
    ],
    [
      'P-18 nobody at the alternate after the time was up: mailbox',
      { phase: 'alternate' },
      'noAnswer',
      { noAnswer: 'reception' },
      both,
      leave('voicemail'),
      up,
    ],
    [
      'P-18 the time is up while the parker is rung: alternate',
      { phase: 'recalling' },
      'noAnswer',
      {},
      both,
      ring('person:erik', 45),
      up,
    ],
    [
      'P-18 the time is up while the parker says busy: alternate',
      { phase: 'recalling' },
      'busy',
      {},
      both,
      ring('person:erik', 45),
      up,
    ],
  ]
  for (const [what, over, outcome, situation, of, next, now = noon] of cases)
    it(what, () => {
      expect(afterWait(state(over), outcome, when(situation), of, now)).toMatchObject(next)
    })

  it('M-04 every step carries the record to write: phase, absolute deadline and round', () => {
    expect(afterWait(state({ round: 1 }), 'waited', free, both, noon)).toMatchObject({
      record: { phase: 'recalling', deadline: noon + 20_000, round: 1, parkerBusy: false },
    })
    expect(afterWait(state({ phase: 'recalling' }), 'noAnswer', free, both, noon)).toMatchObject({
      record: { phase: 'alternate', deadline: noon + 45_000, round: 0 },
    })
  })
  it('P-18 waiting again never goes beyond the ceiling', () => {
    const record = state({ phase: 'alternate', ceiling: noon + 30_000 })
    expect(afterWait(record, 'noAnswer', free, both, noon)).toMatchObject({ until: noon + 30_000 })
    const soon = state({ ceiling: noon + 4_000 })
    expect(afterWait(soon, 'waited', when({ parker: 'busy' }), both, noon)).toMatchObject({
      until: noon + 4_000,
    })
  })
  it('P-06, P-18 first deadlines; 0 seconds = only when the time is up', () => {
    expect(firstDeadlines(settings(), noon)).toEqual({ deadline: noon + 45_000, ceiling: noon + 30 * minute })
    expect(firstDeadlines(settings({ recallSeconds: 0 }), noon).deadline).toBe(noon + 30 * minute)
    expect(firstDeadlines(settings({ recallSeconds: 600, ceilingMinutes: 5 }), noon).deadline).toBe(
      noon + 5 * minute,
    )
  })
})

const anySettings: fc.Arbitrary<ParkSettings> = fc.record({
  recallSeconds: fc.oneof(fc.constant(0), fc.integer({ min: 30, max: 600 })),
  plan: fc.constantFrom('parker' as const, 'parker-then-alternate' as const, 'alternate' as const),
  alternate: fc.constantFrom(
    undefined,
    'person:erik',
    'person:maria',
    'reception',
    'voicemail',
    'reject',
    'queue:x',
  ),
  alternateSeconds: fc.integer({ min: 5, max: 120 }),
  ringSeconds: fc.integer({ min: 5, max: 60 }),
  busySeconds: fc.integer({ min: 1, max: 60 }),
  rounds: fc.integer({ min: 1, max: 10 }),
  ceilingMinutes: fc.integer({ min: 1, max: 240 }),
  comfortSeconds: fc.constantFrom(0, 60),
  backupSeconds: fc.constant(60),
  music: fc.constant('default'),
})
const anySituation: fc.Arbitrary<ParkSituation> = fc.record({
  parker: fc.constantFrom('free' as const, 'busy' as const, 'absent' as const, 'away' as const),
  noAnswer: fc.constantFrom(undefined, 'voicemail', 'reception', 'reject', 'person:anna'),
})
/** What the world answers, over and over; the call is taken by nobody. */
const anyWorld = fc.array(
  fc.record({
    situation: anySituation,
    outcome: fc.constantFrom('busy' as const, 'noAnswer' as const, 'notReachable' as const),
    /** How much of the ringing time passes, and how late we notice. */
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    late: fc.integer({ min: 0, max: 200_000 }),
  }),
  { minLength: 1, maxLength: 40 },
)

/** The whole life of a parked call that nobody takes. */
function live(
  of: ParkSettings,
  world: readonly (typeof anyWorld extends fc.Arbitrary<readonly (infer W)[]> ? W : never)[],
) {
  let now = noon
  let record: ParkState = state({ ...firstDeadlines(of, noon) })
  const steps: { readonly step: ParkStep; readonly now: number }[] = []
  for (let index = 0; ; index += 1) {
    const moment = world[index % world.length]!
    const waits = record.phase === 'parked'
    const left = Math.max(0, record.deadline - now)
    now += waits ? left + moment.late : Math.floor(left * moment.share)
    const step = afterWait(record, waits ? 'waited' : moment.outcome, moment.situation, of, now)
    steps.push({ step, now })
    if (step.kind === 'leave' || steps.length > 1000) return { steps, ceiling: record.ceiling }
    record = { ...record, ...step.record }
  }
}

describe('whatever the world answers (10 000 lives of a parked call)', () => {
  it('P-09, P-10, P-18 it always ends, with a target and not with a disconnect; deadlines are never past; never more than the rounds', () => {
    fc.assert(
      fc.property(anySettings, anyWorld, (of, world) => {
        const { steps, ceiling } = live(of, world)
        const last = steps.at(-1)!.step
        expect(last.kind).toBe('leave')
        if (last.kind === 'leave') expect(['reject', 'announcement']).not.toContain(last.to)
        // In each round at most: busy wait, parker, alternate, again; and the alternate once more when the time is up.
        expect(steps.length).toBeLessThanOrEqual(of.rounds * 5 + 2)
        for (const { step, now } of steps) {
          if (step.kind === 'leave') continue
          expect(step.record.deadline).toBeGreaterThan(now)
          expect(step.record.round).toBeLessThan(of.rounds)
          if (step.kind === 'wait') expect(step.until).toBeLessThanOrEqual(ceiling)
        }
        const recalls = steps.filter(({ step }) => step.kind === 'wait' && !step.record.parkerBusy).length
        expect(recalls).toBeLessThan(of.rounds)
      }),
      { numRuns: 10_000 },
    )
  })
  it('is decided by its arguments alone, and leaves them as they are', () => {
    fc.assert(
      fc.property(anySettings, anySituation, fc.nat(), (of, situation, later) => {
        const record = Object.freeze(state())
        const once = afterWait(record, 'waited', Object.freeze(situation), Object.freeze(of), noon + later)
        expect(afterWait(record, 'waited', situation, of, noon + later)).toEqual(once)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('recalls overdue after a restart', () => {
  const due = (call: string, deadline: number) => ({ call: call as CallId, deadline })
  it('P-32 M-04 the others keep their absolute deadline', () => {
    expect(deadlineAfterRestart(due('1795303452.0-park-1795303452.2', noon + 1), noon)).toBe(noon + 1)
  })
  it('P-32 any call comes up within 5 s, at the same part of them whenever the app is started', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), (call, ago, later) => {
        const at = deadlineAfterRestart(due(call, noon - ago), noon) - noon
        expect(at).toBeGreaterThanOrEqual(0)
        expect(at).toBeLessThan(5_000)
        expect(deadlineAfterRestart(due(call, noon - ago), noon + later) - later - noon).toBe(at)
      }),
    )
  })
  it('P-32 a hundred calls with ids as the exchange gives them are spread over the whole of it', () => {
    const calls = Array.from({ length: 100 }, (_, n) => `17953034${String(52 + (n >> 3))}.${String(2 * n)}`)
    const seconds = calls.map((call) =>
      Math.floor((deadlineAfterRestart(due(`${call}-park-${call}`, noon), noon) - noon) / 1000),
    )
    const each = [0, 1, 2, 3, 4].map((second) => seconds.filter((one) => one === second).length)
    expect(Math.min(...each)).toBeGreaterThanOrEqual(8)
    expect(Math.max(...each)).toBeLessThanOrEqual(40)
  })
})

describe('comfort messages', () => {
  const record = { phase: 'parked' as const, since: noon, deadline: noon + 150_000 }
  const every = settings({ comfortSeconds: 60 })
  it('P-19 are off by default', () => {
    expect(nextComfort(record, settings(), noon)).toBeUndefined()
  })
  it('P-19 come every 60 s, by absolute times, until the call comes back', () => {
    expect(nextComfort(record, every, noon)).toBe(noon + 60_000)
    expect(nextComfort(record, every, noon + 59_999)).toBe(noon + 60_000)
    expect(nextComfort(record, every, noon + 60_000)).toBe(noon + 120_000)
    expect(nextComfort(record, every, noon + 120_000)).toBeUndefined()
  })
  it('P-11 none while a phone rings', () => {
    expect(nextComfort({ ...record, phase: 'recalling' }, every, noon)).toBeUndefined()
  })
})

describe('how a returning call looks', () => {
  it('TN-4 the prefix in each language', () => {
    expect([callerPrefix('sv'), callerPrefix('de'), callerPrefix('en')]).toEqual([
      'Åter:',
      'Zurück:',
      'Back:',
    ])
  })
  it('TN-4 the distinctive ring is a value a SIP header can carry', () => {
    expect(alertInfo).toMatch(/^<urn:alert:[a-z:]+>;info=[A-Za-z0-9-]+$/)
  })
})
