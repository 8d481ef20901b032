import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { notedOf, noteNews } from '../../../src/adapters/ari/noted.js'
import type { Notes } from '../../../src/ports/pbx.js'

const value = fc.constantFrom('', 'one', 'two')
const notes = fc.record({ call: value, role: value, phase: value }, { requiredKeys: [] })
/** A note that is made, after some of the answers that were outstanding have come. */
const step = fc.record({ notes, answersBefore: fc.nat(3), writes: fc.constantFrom('all', 'some', 'nothing') })

describe('the notes of a leg', () => {
  it('M-06 stand on it when they are written, however late the answers to earlier ones come, and whichever of those failed', async () => {
    await fc.assert(
      fc.asyncProperty(notes, fc.array(step, { maxLength: 12 }), async (first, steps) => {
        const leg = new Map<string, string>(Object.entries(first))
        const noted = notedOf(first)
        const outstanding: (() => void)[] = []
        const ends: Promise<unknown>[] = []
        for (const { notes, answersBefore, writes } of steps) {
          for (const answer of outstanding.splice(0, answersBefore)) answer()
          await Promise.resolve().then(() => undefined)
          const write = (news: Notes): Promise<void> => {
            const entries = Object.entries(news)
            const carriedOut = writes === 'all' ? entries : writes === 'some' ? entries.slice(1) : []
            for (const [key, text] of carriedOut) leg.set(key, text)
            return new Promise((resolve, reject) =>
              outstanding.push(() => {
                if (writes === 'all') resolve()
                else reject(new Error('refused'))
              }),
            )
          }
          ends.push(noteNews(noted, notes, write).catch(() => undefined))
          if (writes === 'all') expect(Object.fromEntries(leg)).toMatchObject(notes)
        }
        for (const answer of outstanding) answer()
        await Promise.all(ends)
      }),
      { numRuns: 10_000 },
    )
  })

  it('are not written again once they are known to stand there; the last one is, to see that the leg is there', async () => {
    const noted = notedOf({ company: 'exempel', call: 'a' })
    const written: Notes[] = []
    const note = (notes: Notes): Promise<void> =>
      noteNews(noted, notes, (news) => {
        written.push(news)
        return Promise.resolve()
      })
    await note({ company: 'exempel', call: 'a', phase: 'parked' })
    await note({ company: 'exempel', call: 'a', phase: 'talk' })
    await note({ company: 'exempel', call: 'a', phase: 'talk' })
    await note({ phase: '' })
    await note({ call: 'b', phase: '' })
    expect(written).toEqual([
      { phase: 'parked' },
      { phase: 'talk' },
      { phase: 'talk' },
      { phase: '' },
      { call: 'b' },
    ])
  })
})
