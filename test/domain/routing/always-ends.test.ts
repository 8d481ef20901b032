import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { companySchema, type Company } from '../../../src/domain/directory/company.js'
import { buildDirectory } from '../../../src/domain/directory/directory.js'
import type { CallId, E164, PersonId } from '../../../src/domain/ids.js'
import type { Decision, Outcome } from '../../../src/domain/routing/decision.js'
import { next } from '../../../src/domain/routing/next.js'
import type { Caller, Question, Situation } from '../../../src/domain/routing/question.js'
import { reconsider } from '../../../src/domain/routing/reconsider.js'
import { route } from '../../../src/domain/routing/route.js'
import { absent, now, reason } from './office.js'

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
const numberOf = (id: string): string => `+4681234560${String(ids.indexOf(id as 'a'))}`

const target = fc.oneof(
  fc.constantFrom('voicemail', 'reception', 'announcement', 'reject', 'queue:sales', 'person:nobody'),
  fc.constantFrom(...ids).map((id) => `person:${id}`),
  fc
    .constantFrom(...ids.map(numberOf), '+46701740605', '+88212345678', '+46812345000')
    .map((n) => `number:${n}`),
)
const profile = fc.record(
  {
    busy: target,
    absent: target,
    noAnswer: target,
    notReachable: target,
    doNotDisturb: target,
    menu: target,
  },
  { requiredKeys: [] },
)
const company: fc.Arbitrary<Company> = fc
  .record({
    profiles: fc.array(profile, { minLength: ids.length, maxLength: ids.length }),
    substitutes: fc.array(fc.option(target, { nil: undefined }), {
      minLength: ids.length,
      maxLength: ids.length,
    }),
    withoutPhone: fc.subarray([...ids]),
    common: profile,
    reception: fc.subarray([...ids], { minLength: 1 }),
    diversions: fc.integer({ min: 1, max: 10 }),
    trunk: fc.boolean(),
    vip: fc.subarray(['+46701740605']),
  })
  .map((drawn) =>
    companySchema.parse({
      company: 'exempel',
      name: 'Exempel AB',
      language: 'sv',
      zone: 'Europe/Stockholm',
      country: 'SE',
      main: '+46812345000',
      reception: { people: drawn.reception },
      grey: { outgoing: ['+882'], incoming: ['+881'] },
      settings: { diversions: drawn.diversions },
      profile: drawn.common,
      vip: drawn.vip.map((number) => ({ number })),
      ...(drawn.trunk ? { trunk: { name: 'provider', host: 'sip.example.net' } } : {}),
      people: ids.map((id, index) => ({
        id,
        name: id,
        extension: String(101 + index),
        numbers: [numberOf(id)],
        profile: drawn.profiles[index],
        ...(drawn.substitutes[index] === undefined ? {} : { substitute: drawn.substitutes[index] }),
        devices: drawn.withoutPhone.includes(id) ? [] : [{ name: `${id}-desk` }],
      })),
    }),
  )
const situation = (id: string): fc.Arbitrary<Situation | 'fails'> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant('fails' as const) },
    {
      weight: 9,
      arbitrary: fc.record({
        absent: fc.constantFrom(
          undefined,
          absent(id),
          absent(id, { source: 'schedule', number: '102' }),
          absent(id, { reason: reason('trip', { stillRing: true }) }),
        ),
        busy: fc.boolean(),
        doNotDisturb: fc.option(fc.boolean(), { nil: undefined }),
        phones: fc.constantFrom('some', 'none', 'unknown'),
      }),
    },
  )
const caller: fc.Arbitrary<Caller> = fc.oneof(
  fc.constantFrom(...ids, 'stranger').map((id) => ({ kind: 'phone' as const, person: id as PersonId })),
  fc.record({
    kind: fc.constant('trunk' as const),
    number: fc.constantFrom(undefined, '+46701740605' as E164, '+88112345678' as E164),
    divertedBy: fc.array(fc.constantFrom(...ids.map((id) => numberOf(id) as E164), '+46701740699' as E164), {
      maxLength: 12,
    }),
  }),
)
const dialled = fc.oneof(
  fc.constantFrom(...ids.map((_, index) => String(101 + index)), ...ids.map(numberOf)),
  fc.constantFrom('+46812345000', '0701740605', '', '*23#'),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const question: fc.Arbitrary<Question> = fc
  .record({
    company,
    caller,
    dialled,
    situations: fc.tuple(...ids.map(situation)),
    insists: fc.boolean(),
  })
  .map((drawn) => ({
    call: 'call-1' as CallId,
    now,
    company: drawn.company,
    directory: buildDirectory([drawn.company]),
    caller: drawn.caller,
    dialled: drawn.dialled,
    insists: drawn.insists,
    situationOf: (id) => {
      const found = drawn.situations[ids.indexOf(id as unknown as 'a')]
      if (found === undefined || found === 'fails') throw new Error('no facts')
      return found
    },
  }))

const outcomes: readonly Outcome[] = [
  'busy',
  'noAnswer',
  'notReachable',
  'rejected',
  'failed',
  'message',
  'callback',
  'other',
  'reception',
  'connect',
  'noKey',
  'wrongKeys',
]

/** Where a call may rest: it is with a mailbox, or was refused in words, or in a story of its own. */
const atRest = (decision: Decision): boolean =>
  ['voicemail', 'reject', 'feature', 'service', 'emergency'].includes(decision.to)

describe('every call', () => {
  it('R-03 R-09 ends in a person, a mailbox or a spoken refusal, after few steps, whatever is set and happens', () => {
    fc.assert(
      fc.property(
        question,
        fc.array(fc.constantFrom(...outcomes), { minLength: 40, maxLength: 40 }),
        (asked, happens) => {
          let { decision } = route(asked)
          let steps = 0
          const rung: string[] = []
          while (!atRest(decision)) {
            expect(steps).toBeLessThan(40)
            if (decision.to === 'ring') expect(decision.devices.length).toBeGreaterThan(0)
            if (decision.to === 'reception') expect(decision.phones.length).toBeGreaterThan(0)
            if (decision.to === 'ring' && decision.as !== 'offered') rung.push(decision.person)
            if (decision.to === 'announce') expect(decision.otherwise).not.toBe('announcement')
            // The offer of H-20 may come at any announcement, and must not open an endless way.
            if (decision.to === 'announce')
              decision = { ...decision, menu: { ...decision.menu, connect: steps % 2 === 0 } }
            decision = next(asked, decision, happens[steps] ?? 'failed').decision
            steps += 1
          }
          expect(new Set(rung).size).toBe(rung.length)
        },
      ),
      { numRuns: 10_000 },
    )
  })
  it('R-03 is not refused by a fault of ours while the mailbox works', () => {
    fc.assert(
      fc.property(question, (asked) => {
        let { decision } = route(asked)
        for (let step = 0; step < 40 && !atRest(decision); step += 1)
          decision = next(asked, decision, 'noAnswer').decision
        if (decision.to === 'reject') expect(decision.why).not.toBe('failure')
      }),
      { numRuns: 2_000 },
    )
  })
  it('R-01 an emergency number always goes out from a phone, whatever else is set', () => {
    const ways = fc.constantFrom('112', '1 1 2', '112#', '+46112', '0046112', '%31%31%32')
    fc.assert(
      fc.property(question, ways, fc.constantFrom(...ids, 'stranger'), (asked, number, who) => {
        const { decision } = route({
          ...asked,
          dialled: number,
          caller: { kind: 'phone', person: who as PersonId },
        })
        expect(decision).toEqual({ to: 'emergency', number: '112', shown: '+46812345000' })
      }),
      { numRuns: 2_000 },
    )
  })
  it('R-04 a call that came in never goes out by what was dialled, only by a target of the company', () => {
    fc.assert(
      fc.property(question, fc.string({ unit: 'binary' }), (asked, text) => {
        const { decision } = route({ ...asked, caller: { kind: 'trunk' }, dialled: text })
        expect(['external', 'emergency', 'feature']).not.toContain(decision.to)
      }),
      { numRuns: 2_000 },
    )
  })
  it('R-08 R-10 the same question has the same answer, and one trace from R-01 on', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const first = route(asked)
        expect(route(asked)).toEqual(first)
        expect(first.trace[0]?.rule).toBe('R-01')
        expect(reconsider(asked, { to: 'service' })).toBeUndefined()
      }),
      { numRuns: 1_000 },
    )
  })
})
