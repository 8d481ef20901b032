import fc from 'fast-check'
import * as ws from 'ws'
import type { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { takeTexts } from '../../../src/adapters/ari/frames.js'

/** What reads the frames in `ws`; not in its types. */
const { Receiver } = ws as unknown as { readonly Receiver: new () => Writable }

/** One frame as a server writes it, or as none should (RFC 6455, 5.2). */
function frame(first: number, payload: Buffer, { masked = false, widen = 0 } = {}): Buffer {
  const length = payload.length
  const mask = masked ? 0x80 : 0
  if (length < 126 && widen === 0) return Buffer.concat([Buffer.of(first, mask + length), payload])
  if (length < 65_536 && widen < 2) {
    const head = Buffer.of(first, mask + 126, 0, 0)
    head.writeUInt16BE(length, 2)
    return Buffer.concat([head, payload])
  }
  const head = Buffer.from([first, mask + 127, 0, 0, 0, 0, 0, 0, 0, 0])
  head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}

/** What `ws` makes of the frames, in order; a fault ends it. */
function wsOn(told: string[]): (bytes: Buffer) => void {
  const receiver = new Receiver()
  let broken = false
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    told.push(`${isBinary ? 'binary' : 'text'} ${data.toString('utf8')}`)
  })
  for (const kind of ['ping', 'pong'])
    receiver.on(kind, (data: Buffer) => told.push(`${kind} ${data.toString('hex')}`))
  receiver.on('conclude', (code: number) => told.push(`conclude ${String(code)}`))
  receiver.on('error', () => {
    broken = true
  })
  return (bytes) => {
    if (!broken) receiver.write(bytes)
  }
}

/** Cuts a stream into pieces as a network might. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

const lengths = fc.oneof(
  { weight: 8, arbitrary: fc.nat(300) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 124, 125, 126, 127, 128) },
  { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536, 70_000) },
)
const ascii = lengths.map((length) => Buffer.alloc(length, 'event '))
const letters = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => Buffer.from(text))
const bytes = fc.uint8Array({ maxLength: 130 }).map((array) => Buffer.from(array))
const plain = fc.oneof(
  fc.record({ first: fc.constant(0x81), payload: fc.oneof(ascii, letters) }),
  fc.record({
    first: fc.constantFrom(0x89, 0x8a),
    payload: fc.uint8Array({ maxLength: 125 }).map((array) => Buffer.from(array)),
  }),
)
const odd = fc.record({ first: fc.nat(255), payload: fc.oneof(bytes, letters) })
const shape = fc.record({ masked: fc.boolean(), widen: fc.nat(2) })

const written = fc.oneof(
  { weight: 12, arbitrary: plain.map(({ first, payload }) => frame(first, payload)) },
  { weight: 2, arbitrary: fc.tuple(odd, shape).map(([{ first, payload }, as]) => frame(first, payload, as)) },
  {
    weight: 1,
    arbitrary: fc.tuple(plain, shape).map(([{ first, payload }, as]) => frame(first, payload, as)),
  },
)

describe('frames of the websocket to Asterisk', () => {
  it('are read as `ws` reads them, whatever comes and however it is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.array(written, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (frames, places) => {
          const pieces = cut(Buffer.concat(frames), places)
          const [expected, told] = [[] as string[], [] as string[]]
          const whole = wsOn(expected)
          for (const piece of pieces) whole(piece)
          const take = takeTexts((text) => told.push(`text ${text}`), wsOn(told))
          for (const piece of pieces) take(piece)
          expect(told).toEqual(expected)
        },
      ),
      { numRuns: 10_000 },
    )
  })

  it('are left to `ws` only where they are not whole texts', () => {
    const left: Buffer[] = []
    const told: string[] = []
    const take = takeTexts(
      (text) => told.push(text),
      (bytes) => left.push(bytes),
    )
    const ping = frame(0x89, Buffer.from('are you there'))
    for (const piece of cut(
      Buffer.concat([frame(0x81, Buffer.from('{"a":"é"}')), ping, frame(0x81, Buffer.alloc(70_000, 'x'))]),
      [3, 9, 20, 40, 1_000],
    ))
      take(piece)
    expect(told).toEqual(['{"a":"é"}', 'x'.repeat(70_000)])
    expect(Buffer.concat(left)).toEqual(ping)
  })

  it('are all left to `ws` from one on that breaks the rules', () => {
    const left: Buffer[] = []
    const told: string[] = []
    const take = takeTexts(
      (text) => told.push(text),
      (bytes) => left.push(bytes),
    )
    const wrong = frame(0x81, Buffer.of(0xc3, 0x28))
    const later = frame(0x81, Buffer.from('later'))
    take(Buffer.concat([frame(0x81, Buffer.from('first')), wrong, later]))
    take(later)
    expect(told).toEqual(['first'])
    expect(Buffer.concat(left)).toEqual(Buffer.concat([wrong, later, later]))
  })
})
