import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { codeTable, dialplanFor, helpText, usage } from '../../../src/domain/feature-codes/derived.js'
import {
  defineCodes,
  tableProblems,
  type CodeOf,
  type CodeRow,
} from '../../../src/domain/feature-codes/grammar.js'
import {
  beginKeying,
  continueKeying,
  dialledKeys,
  feedKey,
  formatCode,
  parseCode,
  parseWhole,
  type Keying,
} from '../../../src/domain/feature-codes/parse.js'
import { featureCodes, type FeatureCode } from '../../../src/domain/feature-codes/table.js'

type AnyCode = (typeof featureCodes)[number]

const feed = <Row extends CodeRow>(start: Keying<Row>, keys: string) =>
  Array.from(keys).reduce((keying, key) => feedKey(keying, key), start)

describe('the table', () => {
  it('is unambiguous, together with the codes kept for later', () => {
    expect(tableProblems(featureCodes)).toEqual([])
  })

  const help = { sv: '', de: '', en: '' }
  const row = (id: string, code: string, more: Partial<CodeRow> = {}): CodeRow => ({
    id,
    code,
    takes: [],
    help,
    ...more,
  })
  const digits = { min: 1, max: 3 }
  it.each<[string, readonly CodeRow[], RegExp]>([
    ['one code twice', [row('a', '*1'), row('b', '*1')], /have the code/],
    ['one name twice', [row('a', '*1'), row('a', '*2')], /two rows/],
    [
      'digits that two rows claim',
      [row('a', '*6', { joined: true, takes: [{ name: 'x', digits }] }), row('b', '*68')],
      /as its own/,
    ],
    ['no code', [row('a', '23')], /no code/],
    [
      'an optional argument before a required one',
      [
        row('a', '*1', {
          takes: [
            { name: 'x', digits, optional: true },
            { name: 'y', digits },
          ],
        }),
      ],
      /follows an optional/,
    ],
    [
      'a name twice in a row',
      [
        row('a', '*1', {
          takes: [
            { name: 'x', digits },
            { name: 'x', digits },
          ],
        }),
      ],
      /one name/,
    ],
    ['no digits', [row('a', '*1', { takes: [{ name: 'x', digits: { min: 0, max: 2 } }] })], /no digits/],
    ['nothing to join', [row('a', '*1', { joined: true })], /nothing to join/],
  ])('is refused with %s', (_what, rows, problem) => {
    expect(tableProblems(rows).join()).toMatch(problem)
  })

  it('gives each code exactly the arguments its row takes', () => {
    type For = Extract<FeatureCode, { id: 'absence.setFor' }>
    expectTypeOf<For['args']['extension']>().toEqualTypeOf<string>()
    expectTypeOf<For['args']['first']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<keyof Extract<FeatureCode, { id: 'messages' }>['args']>().toEqualTypeOf<never>()
  })
})

describe('H-01 en bloc', () => {
  it.each<[string, FeatureCode['id'], object]>([
    ['*23*1*1300#', 'absence.set', { reason: '1', first: '1300' }],
    ['*23*1*1300', 'absence.set', { reason: '1', first: '1300' }],
    ['*23*1*1300%23', 'absence.set', { reason: '1', first: '1300' }],
    ['%2A23%2a4%23', 'absence.set', { reason: '4' }],
    ['*23*6*0800*1017#', 'absence.set', { reason: '6', first: '0800', second: '1017' }],
    ['*23*6*08001#', 'absence.set', { reason: '6', first: '08001' }],
    ['*23#', 'absence.set', {}],
    ['*23', 'absence.set', {}],
    ['#23#', 'absence.cancel', {}],
    ['%2323', 'absence.cancel', {}],
    ['*#23#', 'absence.readBack', {}],
    ['*%2323%23', 'absence.readBack', {}],
    ['*230*101*2*1500#', 'absence.setFor', { extension: '101', reason: '2', first: '1500' }],
    ['*230*101', 'absence.setFor', { extension: '101' }],
    ['#230*101#', 'absence.cancelFor', { extension: '101' }],
    ['*#230*101#', 'absence.readBackFor', { extension: '101' }],
    ['*98', 'messages', {}],
    ['*98#', 'messages', {}],
    ['*77', 'record', {}],
    ['*77*3#', 'record', { what: '3' }],
  ])('understands %s', (dialled, id, args) => {
    expect(parseWhole(dialled, featureCodes)).toEqual({ kind: 'complete', code: { id, args } })
  })

  it.each<[string, AnyCode['id'], object]>([
    ['*68*101#', 'park.here', { extension: '101' }],
    ['*68101', 'park.here', { extension: '101' }],
    ['*68#', 'park.here', {}],
    ['*88*101#', 'park.fetch', { extension: '101' }],
    ['#58', 'park.onlyGroup', {}],
    ['*58*2#', 'park.group', { group: '2' }],
    ['*8*101#', 'pickup', { extension: '101' }],
    ['*28*7#', 'queue.login', { queue: '7' }],
    ['#29#', 'queue.resume', {}],
  ])('has kept %s for later', (dialled, id, args) => {
    expect(parseWhole(dialled, featureCodes)).toEqual({ kind: 'complete', code: { id, args } })
  })

  it.each([
    '*24#',
    '*2',
    '23',
    '',
    '#',
    '*23**#',
    '*23*12*1300#',
    '*23*1*#',
    '*98*1#',
    '*981',
    '*23*1##',
    '*#2',
    '+4681',
    '*23*1*2*3*4#',
    '*23#1',
  ])('refuses %s', (dialled) => {
    expect(parseWhole(dialled, featureCodes)).toEqual({ kind: 'invalid' })
  })

  it('tells which argument is missing', () => {
    expect(parseWhole('*230', featureCodes)).toEqual({
      kind: 'more',
      open: { id: 'absence.setFor', next: 'extension' },
    })
    expect(parseWhole('#230*1', featureCodes)).toEqual({
      kind: 'more',
      open: { id: 'absence.cancelFor', next: 'extension' },
    })
    expect(dialledKeys('anna')).toBeUndefined()
  })
})

describe('H-01 key by key', () => {
  it('tells when only the # is missing', () => {
    const keying = feed(beginKeying(featureCodes), '*23*1*1300')
    expect(keying.parsed).toEqual({
      kind: 'more',
      completable: { id: 'absence.set', args: { reason: '1', first: '1300' } },
      open: { id: 'absence.set', next: 'second' },
    })
    expect(feedKey(keying, '#').parsed).toMatchObject({ kind: 'complete' })
    expect(feedKey(feedKey(keying, '#'), '1').parsed).toEqual({ kind: 'invalid' })
  })

  it('keeps *23 and *230 apart', () => {
    const kinds = ['*', '*2', '*23', '*230', '*2301'].map(
      (keys) => feed(beginKeying(featureCodes), keys).parsed,
    )
    expect(
      kinds.map((parsed) => (parsed.kind === 'more' ? (parsed.open?.id ?? 'more') : parsed.kind)),
    ).toEqual(['more', 'more', 'absence.set', 'absence.setFor', 'invalid'])
  })

  it.each([
    ['*23', '1*1300#'],
    ['*23', '*1*1300#'],
    ['*23', '11300#'],
    ['*23#', '1*1300#'],
    ['*23*1', '1300#'],
    ['*23*1', '*1300#'],
  ])('goes on in two steps: %s dialled, then %s keyed', (dialled, keys) => {
    expect(feed(continueKeying(dialled, featureCodes), keys).parsed).toEqual({
      kind: 'complete',
      code: { id: 'absence.set', args: { reason: '1', first: '1300' } },
    })
  })

  it('means the dialled code in the second step: *23 and then 0 is the reason 0', () => {
    expect(feed(continueKeying('*23', featureCodes), '0#').parsed).toEqual({
      kind: 'complete',
      code: { id: 'absence.set', args: { reason: '0' } },
    })
    expect(feed(continueKeying('*230', featureCodes), '101*2#').parsed).toEqual({
      kind: 'complete',
      code: { id: 'absence.setFor', args: { extension: '101', reason: '2' } },
    })
  })

  it('refuses to go on from what is no code, and keys that are none', () => {
    expect(feed(continueKeying('*2', featureCodes), '1').parsed).toEqual({ kind: 'invalid' })
    expect(feed(continueKeying('anna', featureCodes), '1').parsed).toEqual({ kind: 'invalid' })
    expect(feed(beginKeying(featureCodes), 'A').parsed).toEqual({ kind: 'invalid' })
  })
})

describe('what is made from the table', () => {
  it.each(featureCodes.map((row) => [row.id, row] as const))('%s has help in three languages', (_id, row) => {
    for (const language of ['sv', 'de', 'en'] as const) {
      expect(row.help[language]).not.toBe('')
      expect(helpText([row], language)).toBe(`${usage(row, language)}  ${row.help[language]}\n`)
    }
    expect(codeTable([row])).toContain(row.code)
  })

  it('writes what may be left out in brackets', () => {
    expect(featureCodes.slice(0, 4).map((row) => usage(row, 'sv'))).toEqual([
      '*23[*O][*TTMM][*MMDD]#',
      '#23#',
      '*#23#',
      '*230*ANKN[*O][*TTMM][*MMDD]#',
    ])
  })

  it('is a dialplan that takes every code to Växel', () => {
    const text = dialplanFor(featureCodes)
    for (const row of featureCodes) expect(text).toContain(`exten => _${row.code}!,1,`)
    expect(text).toContain('exten => _[*#]!,1,')
    expect(text.match(/Goto\(vaxel-enter,\$\{EXTEN\},1\)/g)).toHaveLength(featureCodes.length + 1)
  })
})

describe('for any keys', () => {
  const groups = new Map<string, fc.Arbitrary<string>>()
  /** Made once per length: making an arbitrary costs far more than drawing from it. */
  const group = ({ min, max }: { readonly min: number; readonly max: number }) => {
    const key = `${String(min)},${String(max)}`
    const made =
      groups.get(key) ??
      fc.string({
        unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'),
        minLength: min,
        maxLength: max,
      })
    groups.set(key, made)
    return made
  }
  const codesOf = (row: CodeRow) =>
    fc
      .tuple(
        fc.integer({
          min: row.takes.filter(({ optional }) => optional !== true).length,
          max: row.takes.length,
        }),
        fc.tuple(...row.takes.map(({ digits }) => group(digits))),
      )
      .map(([count, keyed]) => ({
        id: row.id,
        args: Object.fromEntries(row.takes.slice(0, count).map(({ name }, index) => [name, keyed[index]])),
      }))
  const anyCode = fc.oneof(...featureCodes.map(codesOf)).map((code) => code as CodeOf<AnyCode>)

  it('parsing undoes formatting, en bloc and key by key, with and without #', () => {
    fc.assert(
      fc.property(anyCode, (code) => {
        const keys = formatCode(code, featureCodes)
        const all = [
          parseCode(keys, featureCodes),
          parseWhole(keys.slice(0, -1), featureCodes),
          feed(beginKeying(featureCodes), keys).parsed,
        ]
        expect(all).toEqual(Array.from({ length: 3 }, () => ({ kind: 'complete', code })))
      }),
      { numRuns: 10_000 },
    )
  })

  it('nothing throws, each string means one row at most, and only what can still become a code is kept open', () => {
    const keys = fc.oneof(
      fc.stringMatching(/^[0-9*#]{0,16}$/),
      fc
        .tuple(fc.constantFrom(...featureCodes.map(({ code }) => code)), fc.stringMatching(/^[0-9*#]{0,9}$/))
        .map((two) => two.join('')),
      fc.string(),
    )
    fc.assert(
      fc.property(keys, (text) => {
        const meaning = featureCodes.filter((row) => {
          const parsed = parseCode(text, [row])
          return parsed.kind === 'complete' || (parsed.kind === 'more' && parsed.completable !== undefined)
        })
        expect(meaning.length).toBeLessThanOrEqual(1)
        const parsed = parseWhole(text, featureCodes)
        if (parsed.kind === 'complete') {
          const written = formatCode(parsed.code, featureCodes)
          expect(parseCode(written, featureCodes)).toEqual(parsed)
        }
        feed(continueKeying(text, featureCodes), text)
        const before = parseCode(text.slice(0, -1), featureCodes)
        if (parseCode(text, featureCodes).kind !== 'invalid') expect(before.kind).toBe('more')
      }),
      { numRuns: 10_000 },
    )
  })

  it('a table of one’s own is typed by its rows', () => {
    const own = defineCodes([
      {
        id: 'x',
        code: '*1',
        takes: [{ name: 'a', digits: { min: 1, max: 2 } }],
        help: { sv: '', de: '', en: '' },
      },
    ])
    const parsed = parseWhole('*1*22#', own)
    expect(parsed.kind === 'complete' && parsed.code.args.a).toBe('22')
  })
})
