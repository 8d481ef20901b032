import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallId, CompanyId, DeviceName, LegId, PersonId } from '../../../src/domain/ids.js'
import { arrangementOf } from '../../../src/domain/talk/arrangement.js'
import { decide } from '../../../src/domain/talk/decide.js'
import type { TalkEvent } from '../../../src/domain/talk/events.js'
import { headCount } from '../../../src/domain/talk/head-count.js'
import { parseTalkKeys, readTalkKey } from '../../../src/domain/talk/keys.js'
import type { TalkRules } from '../../../src/domain/talk/settings.js'
import {
  inRole,
  newTalk,
  readTalk,
  speakers,
  type Callee,
  type Role,
  type Talk,
} from '../../../src/domain/talk/talk.js'

const rules: TalkRules = {
  coachCounts: true,
  inviteTime: 30_000,
  coachTime: 20_000,
  whenInviterLeaves: 'recall',
  partingTime: 30_000,
}
const leg = (name: string): LegId => name as LegId
const callee = (name: string): Callee => ({
  dialled: name,
  person: name as PersonId,
  name,
  number: name,
  devices: [`${name}-bord` as DeviceName],
})
const two = (): Talk =>
  newTalk({ call: 'c' as CallId, conversation: 'c' as CallId, company: 'kontoret' as CompanyId }, [
    { leg: leg('customer'), role: 'customer', number: '+46701740630' },
    { leg: leg('rut'), role: 'agent', person: 'rut' as PersonId, number: '100' },
  ])

/** The talk after these events; a refused one changes nothing. */
function after(talk: Talk, events: readonly TalkEvent[], by: TalkRules = rules): Talk {
  return events.reduce((now, event) => {
    const decided = decide(now, event, by, 0)
    return 'refused' in decided ? now : decided.talk
  }, talk)
}

const invite = (who: string, aside = false): TalkEvent => ({
  kind: 'invite',
  by: leg('rut'),
  callee: callee(who),
  aside,
})
const threeWay = (): Talk => after(two(), [invite('bo'), { kind: 'answered', leg: leg('bo') }])
const coached = (): Talk =>
  after(two(), [
    { kind: 'coach', by: leg('rut'), callee: callee('erik'), aside: false },
    { kind: 'answered', leg: leg('erik') },
    { kind: 'accepted' },
  ])

const names = ['customer', 'rut', 'bo', 'erik', 'ida', 'stranger'] as const
const anyLeg = fc.constantFrom(...names).map(leg)
const anyCallee = fc.constantFrom('bo', 'erik', 'ida', 'rut').map(callee)
const anyEvent: fc.Arbitrary<TalkEvent> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('invite' as const, 'coach' as const),
    by: anyLeg,
    callee: anyCallee,
    aside: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('dialled' as const) }),
  fc.record({ kind: fc.constant('answered' as const), leg: anyLeg }),
  fc.record({
    kind: fc.constant('notCome' as const),
    why: fc.constantFrom('busy' as const, 'noAnswer' as const, 'declined' as const),
  }),
  fc.record({ kind: fc.constant('accepted' as const) }),
  fc.record({
    kind: fc.constant('switch' as const),
    by: anyLeg,
    to: fc.constantFrom(undefined, 'threeWay' as const, 'invited' as const, 'customer' as const),
  }),
  fc.record({
    kind: fc.constantFrom('remove' as const, 'hold' as const, 'resume' as const, 'leave' as const),
    by: anyLeg,
  }),
  fc.record({ kind: fc.constant('bargeIn' as const), by: anyLeg, allowed: fc.boolean() }),
  fc.record({ kind: fc.constant('announced' as const) }),
  fc.record({ kind: fc.constant('phoneHeld' as const), leg: anyLeg, recallAfter: fc.constant(90_000) }),
  fc.record({
    kind: fc.constantFrom('phoneResumed' as const, 'gone' as const, 'recalled' as const),
    leg: anyLeg,
  }),
  fc.record({ kind: fc.constantFrom('holdTooLong' as const, 'timeUp' as const) }),
)

/** Plays events until the talk is over; `look` sees every state with what led to it. */
function play(
  events: readonly TalkEvent[],
  by: TalkRules,
  look: (
    talk: Talk,
    decided: Exclude<ReturnType<typeof decide>, { refused: unknown }>,
    event: TalkEvent,
  ) => void,
): void {
  let talk = two()
  for (const event of events) {
    // A leg answers or is recalled once, and is none that is in the talk.
    if (
      (event.kind === 'answered' || event.kind === 'recalled') &&
      talk.parties.some((one) => one.leg === event.leg)
    )
      continue
    const decided = decide(talk, event, by, 0)
    if ('refused' in decided) continue
    look(talk, decided, event)
    if (decided.over === true) return
    talk = decided.talk
  }
}

/** Whom each leg hears, by the arrangement alone. */
function heardBy(talk: Talk): ReadonlyMap<LegId, readonly LegId[]> {
  const { room, aside, coach } = arrangementOf(talk)
  const heard = new Map<LegId, readonly LegId[]>()
  for (const one of aside) heard.set(one, [])
  for (const one of room)
    heard.set(one, [...room.filter((other) => other !== one), ...(coach?.agent === one ? [coach.leg] : [])])
  if (coach) heard.set(coach.leg, [coach.agent, ...room.filter((one) => one !== coach.agent)])
  return heard
}

const roles = (talk: Talk): readonly Role[] => talk.parties.map(({ role }) => role)

describe('the rules of a talk', () => {
  it('I-02 I-21 never hold more than three people, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), fc.boolean(), (events, coachCounts) => {
        play(events, { ...rules, coachCounts }, (_, { talk }) => {
          expect(headCount(talk, { coachCounts })).toBeLessThanOrEqual(3)
          expect(speakers(talk).length).toBeLessThanOrEqual(3)
          expect(arrangementOf(talk).room.length).toBeLessThanOrEqual(3)
        })
      }),
      { numRuns: 10_000 },
    )
  })

  it('C-03 C-04 C-06 C-12 never let anybody but the agent hear a coach who has not been announced', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        let announced = false
        play(events, rules, (before, { talk }, event) => {
          const coach = inRole(talk, 'coach')
          if (inRole(before, 'coach')?.leg !== coach?.leg) announced = false
          if (event.kind === 'announced') announced = true
          if (!coach || announced) return
          const agent = inRole(talk, 'agent')
          for (const [listener, heard] of heardBy(talk))
            if (listener !== agent?.leg && listener !== coach.leg) expect(heard).not.toContain(coach.leg)
        })
      }),
      { numRuns: 10_000 },
    )
  })

  it('I-01 everybody stands somewhere, exactly once, and a talk that goes on has two who speak, or agent and coach', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        play(events, rules, (_, { talk, over }) => {
          if (over === true) return
          const { room, aside, coach } = arrangementOf(talk)
          const standing = [...room, ...aside, ...(coach ? [coach.leg] : [])]
          expect([...standing].sort()).toEqual(talk.parties.map((party) => party.leg).sort())
          expect(new Set(standing).size).toBe(standing.length)
          expect(room.length).toBeGreaterThan(0)
          if (talk.endsAt === undefined) expect(speakers(talk).length).toBeGreaterThanOrEqual(2)
          else expect([...roles(talk)].sort()).toEqual(['agent', 'coach'])
          expect(new Set(roles(talk)).size).toBe(talk.parties.length)
        })
      }),
      { numRuns: 10_000 },
    )
  })

  it('C-06 I-10 whoever is left when a talk ends is released, sent off or sent back: nobody is forgotten', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        play(events, rules, (before, { talk, effects, over }, event) => {
          const left = before.parties.filter(
            (party) => !talk.parties.some((one) => one.leg === party.leg) || over === true,
          )
          const dealtWith = new Set(
            effects.flatMap((effect) =>
              effect.kind === 'release' || effect.kind === 'sendOff' || effect.kind === 'goBack'
                ? [effect.leg]
                : [],
            ),
          )
          for (const party of left)
            if (event.kind !== 'gone' || event.leg !== party.leg) expect(dealtWith).toContain(party.leg)
        })
      }),
      { numRuns: 10_000 },
    )
  })

  it('I-19 a talk that was noted is read as it was', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), (events) => {
        play(events, rules, (_, { talk }) => {
          if (talk.parties.length > 0)
            expect(readTalk(JSON.stringify(talk))).toEqual(JSON.parse(JSON.stringify(talk)))
        })
      }),
    )
    expect(readTalk('{"v":2}')).toBeUndefined()
    expect(readTalk('not json')).toBeUndefined()
    expect(readTalk(undefined)).toBeUndefined()
  })

  it.each<readonly [string, Talk, TalkEvent, string]>([
    ['I-03 a fourth', threeWay(), invite('ida'), 'full'],
    ['I-05 somebody who is in it', two(), invite('rut'), 'alreadyIn'],
    ['I-03 a second while one rings', after(two(), [invite('bo')]), invite('ida'), 'alreadyCalling'],
    ['I-21 a third beside a coach', coached(), invite('bo'), 'full'],
    [
      'C-09 a second coach',
      coached(),
      { kind: 'coach', by: leg('rut'), callee: callee('ida'), aside: false },
      'secondCoach',
    ],
    ['I-11 nobody to take away', two(), { kind: 'remove', by: leg('rut') }, 'nobodyInvited'],
    ['I-11 taking away by the invited', threeWay(), { kind: 'remove', by: leg('bo') }, 'notYours'],
    ['I-12 switching without anybody', two(), { kind: 'switch', by: leg('rut') }, 'nobodyInvited'],
    ['I-12 switching by the customer', threeWay(), { kind: 'switch', by: leg('customer') }, 'notYours'],
    [
      'C-12 speaking without permission',
      coached(),
      { kind: 'bargeIn', by: leg('erik'), allowed: false },
      'mayNotBargeIn',
    ],
  ])('%s is refused', (_, talk, event, why) => {
    expect(decide(talk, event, rules, 0)).toEqual({ refused: why })
  })

  it('I-21 where the coach does not count, a third may come beside one', () => {
    const decided = decide(coached(), invite('bo'), { ...rules, coachCounts: false }, 0)
    expect('refused' in decided).toBe(false)
  })
})

describe('codes in a talk', () => {
  it.each([
    ['*3101#', { id: 'invite', number: '101' }],
    ['*40701740630#', { id: 'coach', number: '0701740630' }],
    ['*3*68*102#', { id: 'invite', number: '*68*102' }],
    ['*4*68#', { id: 'coach', number: '*68' }],
    ['*5', { id: 'switch' }],
    ['*6', { id: 'remove' }],
  ])('I-22 %s', (keys, code) => {
    expect(parseTalkKeys(keys)).toEqual({ kind: 'complete', code })
  })

  it.each(['', '*', '*3', '*310', '*4', '*3*', '*3*6'])('I-22 %j may become one', (keys) => {
    expect(parseTalkKeys(keys)).toEqual({ kind: 'more' })
  })

  it.each(['1', '#', '**', '*7', '*3#', '*51', '*3101*', '*3123456789012345678901'])(
    'I-22 %s is none',
    (keys) => {
      expect(parseTalkKeys(keys)).toEqual({ kind: 'invalid' })
    },
  )

  it('I-22 no key is lost, doubled or swapped: what is passed on, held and read as codes is what was keyed', () => {
    const keys = fc.string({ unit: fc.constantFrom(...'0123456789*#3456**##'.split('')), maxLength: 40 })
    fc.assert(
      fc.property(keys, (keyed) => {
        let held = ''
        let seen = ''
        for (const key of keyed) {
          const before = held
          const read = readTalkKey(held, key)
          const whole = before + key
          const code = read.code === undefined ? '' : whole.slice(read.pass.length)
          if (read.code !== undefined)
            expect(parseTalkKeys(code)).toEqual({ kind: 'complete', code: read.code })
          expect(read.pass + code + read.held).toBe(whole)
          held = read.held
          seen += read.pass + code
        }
        expect(seen + held).toBe(keyed)
      }),
      { numRuns: 10_000 },
    )
  })
})
