import fc from 'fast-check'
import type { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import * as ws from 'ws'
import { framesOf } from '../../../src/adapters/ari/masked.js'

/** What reads the frames in `ws`, here as a server, which takes masked ones only; not in its types. */
const { Receiver } = ws as unknown as {
  readonly Receiver: new (options: { readonly isServer: boolean }) => Writable
}

function readByServer(bytes: Buffer): readonly string[] {
  const texts: string[] = []
  const receiver = new Receiver({ isServer: true })
  receiver.on('message', (data: Buffer, isBinary: boolean) =>
    texts.push(`${isBinary ? 'binary' : 'text'} ${data.toString('utf8')}`),
  )
  receiver.on('error', (error) => texts.push(String(error)))
  receiver.write(bytes)
  return texts
}

const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 300 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 150 }) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 125, 126, 127).map((length) => 'x'.repeat(length)) },
)

describe('requests to Asterisk on the websocket', () => {
  it('are frames as a server wants them, whatever stands in them and however many leave together', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
        expect(readByServer(framesOf(texts))).toEqual(texts.map((one) => `text ${one}`))
      }),
      { numRuns: 10_000 },
    )
  })

  it.each([65_534, 65_535, 65_536, 200_000])('are as long as they have to be: %i bytes', (length) => {
    const texts = ['x'.repeat(length), 'behind it']
    expect(readByServer(framesOf(texts))).toEqual(texts.map((one) => `text ${one}`))
  })

  it('have a mask of their own each (RFC 6455, 5.3)', () => {
    const masks = new Set(Array.from({ length: 5_000 }, () => framesOf(['x']).subarray(2, 6).toString('hex')))
    expect(masks.size).toBeGreaterThan(4_900)
  })
})
