import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { companySchema, type Company } from '../../../src/domain/directory/company.js'
import {
  readCalledNumber,
  readDialled,
  readPublicNumber,
  type Dialled,
} from '../../../src/domain/numbers/dialled.js'

const company = (more: object = {}): Company =>
  companySchema.parse({
    company: 'exempel',
    name: 'Exempel AB',
    language: 'sv',
    zone: 'Europe/Stockholm',
    country: 'SE',
    main: '+46812345600',
    reception: { people: ['rut'] },
    serviceExtension: '790',
    people: [
      { id: 'rut', name: 'Rut', extension: '100' },
      { id: 'anna', name: 'Anna', extension: '101', numbers: ['+46812345601'] },
    ],
    ...more,
  })
const swedish = company()
const german = company({ country: 'DE', main: '+493012345600', emergency: ['110', '112'] })
const withPrefix = company({ prefix: '0' })
const withNine = company({ prefix: '9' })

const out = (number: string) => ({ kind: 'external', number })
const emergency = (number: string) => ({ kind: 'emergency', number })

describe('R-04 what was dialled', () => {
  const table: readonly [string, string, Company, object][] = [
    ['an extension', '101', swedish, { kind: 'extension', extension: '101' }],
    ['the service extension', '790', swedish, { kind: 'extension', extension: '790' }],
    ['an extension ended by #', '101#', swedish, { kind: 'extension', extension: '101' }],
    ['an extension nobody has', '199', swedish, { kind: 'invalid', why: 'noSuchExtension' }],
    ['a Swedish number', '08-123 456 78', swedish, out('+46812345678')],
    ['a Swedish mobile', '0701740605', swedish, out('+46701740605')],
    ['a number abroad with 00', '0049 30 1234567', swedish, out('+49301234567')],
    ['a number abroad with +', '+49 (30) 123-4567', swedish, out('+49301234567')],
    ['the (0) of business cards', '+46 (0)8 123 456 78', swedish, out('+46812345678')],
    ['international form without +', '46812345678', swedish, out('+46812345678')],
    ['a plus sign sent as %2B', '%2B46812345678', swedish, out('+46812345678')],
    ['a number with SIP parameters', '+46812345678;phone-context=x', swedish, out('+46812345678')],
    ['no-break spaces', '08\u00a0123\u2011456\u202f78', swedish, out('+46812345678')],
    ['wide digits', '０８１２３４５６７８', swedish, out('+46812345678')],
    ['a German number', '030 1234567', german, out('+49301234567')],
    ['a Swedish number from Germany', '0046 8 123 456 78', german, out('+46812345678')],
    ['an outside number behind the prefix', '0 08 123 456 78', withPrefix, out('+46812345678')],
    ['abroad behind the prefix', '0 00 49 30 1234567', withPrefix, out('+49301234567')],
    ['a number with + although there is a prefix', '+46812345678', withPrefix, out('+46812345678')],
    ['a number without the prefix', '0812345678', withNine, out('+46812345678')],
    ['a feature code', '*23*1*1300#', swedish, { kind: 'feature', code: '*23*1*1300#' }],
    ['a feature code with # sent as %23', '*23*1*1300%23', swedish, { kind: 'feature', code: '*23*1*1300#' }],
    ['cancelling', '#23#', swedish, { kind: 'feature', code: '#23#' }],
    ['a code with letters in it', '*23a', swedish, { kind: 'invalid', why: 'notANumber' }],
    ['nothing', '', swedish, { kind: 'nothing' }],
    ['only spaces', ' \t\u200b', swedish, { kind: 'nothing' }],
    [
      'letters, which are not taken for digits',
      '0800FLOWERS',
      swedish,
      { kind: 'invalid', why: 'notANumber' },
    ],
    ['a number too long', `0${'8'.repeat(40)}`, swedish, { kind: 'invalid', why: 'notANumber' }],
    ['a number too short', '+4612', swedish, { kind: 'invalid', why: 'notANumber' }],
  ]
  it.each(table)('R-04 reads %s: %s', (_words, text, of, meant) => {
    expect(readDialled(text, of)).toEqual(meant)
  })
})

describe('R-01 emergency numbers', () => {
  const table: readonly [string, Company, object][] = [
    ['112', swedish, emergency('112')],
    ['1 1 2', swedish, emergency('112')],
    ['112#', swedish, emergency('112')],
    ['%31%31%32', swedish, emergency('112')],
    ['+46112', swedish, emergency('112')],
    ['0046112', swedish, emergency('112')],
    ['0112', withPrefix, emergency('112')],
    ['112', withPrefix, emergency('112')],
    ['9112', withNine, emergency('112')],
    ['110', german, emergency('110')],
    ['112', company({ emergency: [] }), emergency('112')],
    ['112', company({ people: [{ id: 'rut', name: 'Rut', extension: '112' }] }), emergency('112')],
    ['1121', swedish, { kind: 'invalid', why: 'noSuchExtension' }],
  ]
  it.each(table)('R-01 %s', (text, of, meant) => {
    expect(readDialled(text, of)).toEqual(meant)
  })
})

describe('R-04 short public numbers', () => {
  const short = (number: string) => ({ kind: 'short', number })
  const nobody = { kind: 'invalid', why: 'noSuchExtension' }
  const table: readonly [string, Company, object][] = [
    ['1177', swedish, short('1177')],
    ['113 13', swedish, short('11313')],
    ['11414', swedish, short('11414')],
    ['118 118', swedish, short('118118')],
    ['116117#', swedish, short('116117')],
    ['90200', swedish, short('90200')],
    ['01177', withPrefix, short('1177')],
    ['1177', withPrefix, short('1177')],
    ['115', german, short('115')],
    ['116117', german, short('116117')],
    ['11833', german, short('11833')],
    ['118000', german, short('118000')],
    ['110', company({ country: 'DE', main: '+493012345600' }), short('110')],
    ['110', german, emergency('110')],
    ['1177', company({ emergency: ['1177'] }), emergency('1177')],
    [
      '1177',
      company({ people: [{ id: 'rut', name: 'Rut', extension: '1177' }] }),
      { kind: 'extension', extension: '1177' },
    ],
    ['1177', german, nobody],
    ['115', swedish, nobody],
    ['1178', swedish, nobody],
    ['11771', swedish, nobody],
  ]
  it.each(table)('R-04 %s', (text, of, meant) => {
    expect(readDialled(text, of)).toEqual(meant)
  })
})

describe('numbers of the public network', () => {
  it('R-04 finds a number of the company however the trunk writes it', () => {
    for (const text of ['+46812345601', '46812345601', '0046812345601', '0812345601', '08-123 456 01'])
      expect(readCalledNumber(text, swedish)).toBe('+46812345601')
  })
  it('R-04 finds no number in what is none', () => {
    for (const text of ['anonymous', '', 's', '*23#', 'trunk-account'])
      expect(readCalledNumber(text, swedish)).toBeUndefined()
  })
})

describe('any text', () => {
  const kinds: readonly Dialled['kind'][] = [
    'emergency',
    'short',
    'extension',
    'external',
    'feature',
    'nothing',
    'invalid',
  ]
  const digits = fc.string({ unit: fc.constantFrom(...Array.from('0123456789+*#%() -;')), maxLength: 40 })
  const anything = fc.oneof(
    digits,
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.array(fc.nat(0xffff), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  )
  it('R-04 has exactly one clear answer for every text, and throws for none', () => {
    fc.assert(
      fc.property(anything, fc.constantFrom(swedish, german, withPrefix, withNine), (text, of) => {
        const read = readDialled(text, of)
        expect(kinds).toContain(read.kind)
        if (read.kind === 'external') expect(read.number).toMatch(/^\+[1-9][0-9]{6,14}$/)
        if (read.kind === 'extension')
          expect([of.serviceExtension, ...of.people.map((p) => p.extension)]).toContain(read.extension)
        if (read.kind === 'feature') expect(read.code).toMatch(/^[*#][0-9*#]*$/)
        const called = readCalledNumber(text, of)
        if (called !== undefined) expect(called).toMatch(/^\+[1-9][0-9]{6,14}$/)
      }),
      { numRuns: 10_000 },
    )
  })
  it('R-04 reads its own answer again as the same number', () => {
    fc.assert(
      fc.property(digits, (text) => {
        const number = readPublicNumber(text, swedish)
        if (number !== undefined) expect(readPublicNumber(number, swedish)).toBe(number)
      }),
      { numRuns: 10_000 },
    )
  })
})
