import { describe, expect, it } from 'vitest'
import { setByHand } from '../../src/domain/hours/set-by-hand.js'
import type { CompanyId, HoursId } from '../../src/domain/ids.js'
import { HoursBook } from '../../src/flows/hours-book.js'
import { StoreUnavailable } from '../../src/ports/stores.js'
import { settle } from '../support/manual-clock.js'
import { memoryStores } from '../support/memory-stores.js'
import { silentLogger } from '../support/silent-logger.js'
import { company } from '../domain/directory/sample.js'

const acme = 'acme' as CompanyId
const of = company({ hours: [{ id: 'kontor', week: { mon: ['08:00-17:00'] } }] })
const now = Date.UTC(2026, 10, 23, 10)
const change = (id: string, until = now + 3_600_000) => {
  const made = setByHand(
    of,
    { what: 'closed', hours: 'kontor' as HoursId, until },
    { id, setBy: 'operator', means: 'api' },
    now,
  )
  if ('refused' in made) throw new Error(made.refused)
  return made.change
}

describe('what is known of hours set by hand', () => {
  it('O-04 a change is known here at once and told to other processes', async () => {
    const { stores, feed } = memoryStores()
    const [one, two] = [new HoursBook(stores.hours, silentLogger), new HoursBook(stores.hours, silentLogger)]
    two.follow(feed, () => [acme])
    await one.change(acme, change('a'))
    expect(one.of(acme)).toHaveLength(1)
    await settle()
    expect(two.of(acme)).toEqual(one.of(acme))
  })

  it('O-04 two who set at once are both carried out, the same command only once', async () => {
    const { stores } = memoryStores()
    const [one, two] = [new HoursBook(stores.hours, silentLogger), new HoursBook(stores.hours, silentLogger)]
    await Promise.all([
      one.change(acme, change('a')),
      two.change(acme, change('b', now + 60_000)),
      one.change(acme, change('a')),
    ])
    const stored = await stores.hours.read(acme)
    expect(stored.version).toBe(2)
    // The later one took the place of the one before, which began at the same instant and so never held.
    expect(stored.set.map(({ id }) => id)).toHaveLength(1)
  })

  it('M-05 what was set stays known while the store is away, and nothing new can be set', async () => {
    const { stores, control } = memoryStores()
    const book = new HoursBook(stores.hours, silentLogger)
    await book.change(acme, change('a'))
    control.setUnavailable(true)
    await expect(book.change(acme, change('b'))).rejects.toBeInstanceOf(StoreUnavailable)
    expect(book.of(acme).map(({ id }) => id)).toEqual(['a'])
  })
})

describe('setting by hand', () => {
  const setter = { id: 'x', setBy: 'operator', means: 'api' } as const
  it('O-04 refuses hours there are none of, an end that is missing and one that is past', () => {
    expect(setByHand(company(), { what: 'lift' }, setter, now)).toEqual({ refused: 'noSuchHours' })
    expect(setByHand(of, { what: 'lift', hours: 'nn' as HoursId }, setter, now)).toEqual({
      refused: 'noSuchHours',
    })
    expect(setByHand(of, { what: 'open' }, setter, now)).toEqual({ refused: 'needsEnd' })
    expect(setByHand(of, { what: 'open', until: now }, setter, now)).toEqual({ refused: 'endPassed' })
    expect(setByHand(of, { what: 'emergency' }, setter, now)).toHaveProperty('change')
  })
})
