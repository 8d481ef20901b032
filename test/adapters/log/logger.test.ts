import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogger, type LoggerOptions } from '../../../src/adapters/log/logger.js'
import { redactedKeys } from '../../../src/adapters/log/redaction.js'

const recording = (level: LoggerOptions['level'] = 'debug') => {
  const lines: string[] = []
  const log = createLogger({ level, destination: { write: (line: string) => void lines.push(line) } })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') as Record<string, unknown> }
}

describe('the log', () => {
  it('writes one JSON object a line: level by name, the static message, the fields', () => {
    const { log, lines, last } = recording()
    log.info('call routed', { call: 'c1', rule: 'R-05', milliseconds: 3 })
    expect(lines).toHaveLength(1)
    expect(last()).toMatchObject({
      level: 'info',
      msg: 'call routed',
      call: 'c1',
      rule: 'R-05',
      milliseconds: 3,
    })
    expect(last()).not.toHaveProperty('hostname')
  })
  it('leaves out what is below its level', () => {
    const { log, lines } = recording('warn')
    log.debug('a')
    log.info('b')
    log.warn('c')
    log.error('d')
    expect(lines).toHaveLength(2)
  })
  it('adds the fields of `with` to every message, masked as well', () => {
    const { log, last } = recording()
    log.with({ company: 'acme', from: '0701234567' }).with({ call: 'c1' }).warn('x')
    expect(last()).toMatchObject({ company: 'acme', call: 'c1', from: '[redacted]' })
  })
  it.each([...redactedKeys])('masks %s at any depth', (key) => {
    const { log, lines } = recording()
    log.info('message', { [key]: 'hemlig77', inner: [{ deep: { [key]: ['hemlig77', { x: 'hemlig77' }] } }] })
    log.with({ [key]: 'hemlig77' }).info('message')
    expect(lines.join()).not.toContain('hemlig77')
    expect(lines.join()).toContain('[redacted]')
  })
  it.each([
    ['number in a message', '+46701234567'],
    ['spaced number', '+46 70 123 45 67'],
    ['SIP address', 'sip:0701234567@10.0.0.1'],
    ['address with password', 'redis://:hemlig77@127.0.0.1:6379'],
    ['mail address', 'anna.akesson@example.com'],
  ])('masks a %s wherever it stands', (_, text) => {
    const { log, lines } = recording()
    log.error(`failed for ${text}`, {
      detail: `it was ${text}.`,
      error: new Error(`no ${text}`, { cause: new Error(text) }),
    })
    for (const secret of [text, '0701234567', 'hemlig77', 'akesson'])
      expect(lines.join()).not.toContain(secret)
  })
  it('keeps type, message and stack of an error', () => {
    const { log, last } = recording()
    log.error('broken', { error: new TypeError('no such thing') })
    expect(last()['error']).toMatchObject({ type: 'TypeError', message: 'no such thing' })
    expect((last()['error'] as { stack: string }).stack).toContain('logger.test')
  })
  it('does not change the fields it is given', () => {
    const { log } = recording()
    const fields = { number: '+46701234567', list: [{ pin: '1234' }] }
    log.info('x', fields)
    expect(fields).toEqual({ number: '+46701234567', list: [{ pin: '1234' }] })
  })
  it('survives values that go round in circles', () => {
    const { log, lines } = recording()
    const circle: Record<string, unknown> = { call: 'c1' }
    circle['self'] = circle
    log.info('x', circle)
    expect(lines).toHaveLength(1)
  })
  it('never throws and never shows a masked value, whatever the fields (10 000 cases)', () => {
    const secret = 'hemlig77'
    const keys = [...redactedKeys]
    const { log, lines } = recording()
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true, maxDepth: 3 }),
        fc.constantFrom(...keys),
        (value, key) => {
          lines.length = 0
          log.info('x', { value, nested: { value, [key]: secret } })
          expect(lines).toHaveLength(1)
          expect(lines[0]).not.toContain(secret)
        },
      ),
      { numRuns: 10_000 },
    )
  })
})
