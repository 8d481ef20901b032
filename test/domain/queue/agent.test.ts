import { describe, expect, it } from 'vitest'
import {
  answered,
  callOver,
  callsOf,
  endedWrapUp,
  extendedWrapUp,
  freeSince,
  isLoggedIn,
  loggedIn,
  loggedOut,
  newAgent,
  paused,
  readyAt,
  refused,
  resumed,
  talkOver,
} from '../../../src/domain/queue/agent.js'
import type { CompanyId } from '../../../src/domain/ids.js'
import { agent, noon, queue } from './queue-sample.js'

const one = queue()
const anna = newAgent('kontoret' as CompanyId, agent(0))
const here = loggedIn(anna, one, noon)

describe('somebody who answers for queues', () => {
  it('Q-20 is logged in by code, or from the beginning where the queue says so', () => {
    expect([isLoggedIn(anna, one), isLoggedIn(here, one)]).toEqual([false, true])
    const always = queue({ login: 'always' })
    expect([isLoggedIn(anna, always), isLoggedIn(loggedOut(anna, always, noon), always)]).toEqual([
      true,
      false,
    ])
    expect(loggedIn(here, one, noon + 5)).toBe(here)
    expect(loggedOut(anna, one, noon)).toBe(anna)
  })

  it('Q-10 has been free since the latest of login, end of wrap-up, end of another call and end of absence', () => {
    expect(freeSince(here, one, 0)).toBe(noon)
    expect(freeSince(callOver(here, noon + 5), one, 0)).toBe(noon + 5)
    expect(freeSince(here, one, noon + 6)).toBe(noon + 6)
    expect(freeSince(talkOver(here, one, noon + 7), one, 0)).toBe(noon + 7 + 10_000)
  })

  it('Q-10 calls are counted since the login', () => {
    const twice = answered(answered(here, one), one)
    expect(callsOf(twice, one)).toBe(2)
    expect(callsOf(loggedIn(loggedOut(twice, one, noon), one, noon), one)).toBe(0)
  })

  it.each([
    ['rejected', 30],
    ['noAnswer', 30],
    ['busy', 10],
  ] as const)('Q-09 after %s is not rung for %i s', (how, seconds) => {
    expect(readyAt(refused(here, how, one, noon))).toBe(noon + seconds * 1000)
  })

  it('Q-09 is paused by three calls in a row not answered, not by others, and not after an answer between', () => {
    const twice = refused(refused(here, 'noAnswer', one, noon), 'noAnswer', one, noon)
    expect(twice.paused).toBeUndefined()
    expect(refused(twice, 'noAnswer', one, noon).paused).toEqual({ since: noon, why: 'noAnswers' })
    expect(refused(twice, 'rejected', one, noon).paused).toBeUndefined()
    expect(refused(answered(twice, one), 'noAnswer', one, noon).paused).toBeUndefined()
    expect(refused(twice, 'noAnswer', queue({ noAnswers: 0 }), noon).paused).toBeUndefined()
  })

  it('Q-12 finishes for 10 s after a talk, which is extended once, or ended', () => {
    const done = talkOver(here, one, noon)
    expect(readyAt(done)).toBe(noon + 10_000)
    const longer = extendedWrapUp(done, noon + 1)
    expect(longer && readyAt(longer)).toBe(noon + 20_000)
    expect(longer && extendedWrapUp(longer, noon + 2)).toBeUndefined()
    expect(extendedWrapUp(done, noon + 10_000)).toBeUndefined()
    expect(extendedWrapUp(here, noon)).toBeUndefined()
    const ended = endedWrapUp(done, noon + 3)
    expect([readyAt(ended), freeSince(ended, one, 0)]).toEqual([0, noon + 3])
    expect(readyAt(talkOver(here, queue({ wrapUpSeconds: 0 }), noon))).toBe(0)
  })

  it('Q-20 a pause holds until it is ended, and then nothing else holds the agent back', () => {
    const away = paused(refused(here, 'rejected', one, noon), 'code', noon)
    expect(readyAt(away)).toBeUndefined()
    expect(readyAt(resumed(away, noon + 1))).toBe(0)
    expect(freeSince(resumed(away, noon + 1), one, 0)).toBe(noon + 1)
  })
})
