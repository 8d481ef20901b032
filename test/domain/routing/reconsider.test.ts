import { describe, expect, it } from 'vitest'
import { next } from '../../../src/domain/routing/next.js'
import { reconsider } from '../../../src/domain/routing/reconsider.js'
import { route } from '../../../src/domain/routing/route.js'
import { absent, asked, customer, inWords, reason, type Situations } from './office.js'

const annas = '+46812345101'
const decide = (people: Situations, caller = customer()) => route(asked(annas, { people, caller })).decision
const after = (people: Situations, decision: ReturnType<typeof decide>) =>
  reconsider(asked(annas, { people }), decision)?.decision

describe('an absence that changes during a call', () => {
  it('H-20 ends while it is spoken: the menu offers to connect, and then it rings', () => {
    const spoken = decide({ anna: { absent: absent('anna') } })
    const offered = after({}, spoken)
    expect(offered).toMatchObject({ to: 'announce', menu: { connect: true } })
    if (offered === undefined) throw new Error('nothing offered')
    const rings = next(asked(annas), offered, 'connect').decision
    expect(inWords(rings)).toBe('ring anna')
    expect(inWords(next(asked(annas), rings, 'noAnswer').decision)).toBe('voicemail anna')
  })
  it('H-20 still holds at the end of the sentence: nothing is offered', () => {
    const people = { anna: { absent: absent('anna') } }
    expect(after(people, decide(people))).toBeUndefined()
    expect(inWords(next(asked(annas, { people }), decide(people), 'connect').decision)).toBe(
      'reception rut+rolf',
    )
  })
  it('H-21 ends during a voice message: nothing changes', () => {
    const spoken = decide({ anna: { absent: absent('anna') } })
    expect(after({}, next(asked(annas), spoken, 'message').decision)).toBeUndefined()
  })
  it('H-22 set by the person while the phone rings: it stops and the caller hears why', () => {
    const changed = after({ anna: { absent: absent('anna') } }, decide({}))
    expect(changed === undefined ? undefined : inWords(changed)).toBe('announce anna lunch')
  })
  it.each([
    ['a deputy', absent('anna', { source: 'deputy', setBy: 'eva' })],
    ['a rule', absent('anna', { source: 'recurring', setBy: 'rule' })],
    [
      'the person, for a reason that still rings',
      absent('anna', { reason: reason('trip', { stillRing: true }) }),
    ],
  ])('H-22 set by %s: it rings on', (_words, away) => {
    expect(after({ anna: { absent: away } }, decide({}))).toBeUndefined()
  })
  it('H-22 a VIP is not sent away', () => {
    expect(after({ anna: { absent: absent('anna') } }, decide({}, customer('+46800000002')))).toBeUndefined()
  })
  it('H-23 H-24 changes nothing but a ringing phone and an announcement', () => {
    const people = { anna: { absent: absent('anna') }, rut: { absent: absent('rut') } }
    expect(after(people, route(asked('+46812345000')).decision)).toBeUndefined()
    expect(after(people, decide({ anna: { busy: true } }))).toBeUndefined()
  })
  it('R-10 facts that cannot be had change nothing', () => {
    const question = {
      ...asked(annas),
      situationOf: () => {
        throw new Error('no facts')
      },
    }
    expect(reconsider(question, decide({}))).toBeUndefined()
  })
})
