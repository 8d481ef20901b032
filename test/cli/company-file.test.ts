import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemText, readCompanyFile, type CompanyFile } from '../../src/adapters/files/company-file.js'
import { checkCompanies } from '../../src/domain/directory/check-companies.js'
import { checkCompany } from '../../src/domain/directory/check.js'
import { lintCompany } from '../../src/domain/directory/lint.js'

const read = (name: string): string => readFileSync(new URL(`../../company/${name}`, import.meta.url), 'utf8')
const exempel = read('exempel.yaml')
const beispiel = read('beispiel.yaml')
const problems = (text: string): readonly string[] => {
  const file = readCompanyFile(text)
  return (file.kind === 'refused' ? file.problems : file.warnings).map((problem) =>
    problemText('f.yaml', problem),
  )
}
function company(text: string) {
  const file = readCompanyFile(text)
  if (file.kind === 'refused') throw new Error(problems(text).join('\n'))
  return file.company
}

describe('the example companies', () => {
  it('are without errors and warnings, and without anything to remark', () => {
    for (const text of [exempel, beispiel]) {
      expect(problems(text)).toEqual([])
      expect(lintCompany(company(text))).toEqual([])
    }
  })
  it('can be on one exchange, with the same extensions', () => {
    expect(checkCompanies([company(exempel), company(beispiel)])).toEqual([])
    const extensions = new Set(company(exempel).people.map((person) => person.extension))
    expect(company(beispiel).people.every((person) => extensions.has(person.extension))).toBe(true)
  })
  it('have what the stories need', () => {
    const { people, roles } = company(exempel)
    const devices = people.flatMap((person) => person.devices)
    expect(people.length).toBeGreaterThanOrEqual(12)
    expect(Object.keys(roles)).toEqual(['Säljare', 'Teknisk service', 'Reception'])
    expect(new Set(devices.map((device) => device.kind))).toEqual(new Set(['fixed', 'mobile', 'webrtc']))
    expect(people.some((person) => person.devices.length === 0)).toBe(true)
    expect(people.some((person) => person.devices.length === 2)).toBe(true)
    // Scanners try registration names that are numbers: no phone registers as its extension.
    expect(devices.filter((device) => /\d{2}/.test(device.name))).toEqual([])
  })
})

const small = `company: liten
name: Liten AB
language: sv
zone: Europe/Stockholm
country: SE
main: +46846500400
reception: {people: [anna]}
people:
  - id: anna
    name: Anna Berg
    extension: 101
    pin: 0420
    devices: [{name: bord-ett}]
`

describe('reading a company file', () => {
  it('takes digits as they are written, without quotes', () => {
    const { main, people } = company(small)
    expect([main, people[0]?.extension, people[0]?.pin]).toEqual(['+46846500400', '101', '0420'])
  })
  it.each<[string, string, readonly string[]]>([
    [
      'a word that is no setting',
      small.replace('pin: 0420', 'pni: 0420'),
      [
        'f.yaml:12:10: error: people[0].pni: there is no setting "pni" here: is it misspelt or indented wrongly?',
      ],
    ],
    [
      'a value of the wrong form',
      small.replace('extension: 101', 'extension: 0101'),
      ['f.yaml:11:16: error: people[0].extension: an extension has 2 to 6 digits and does not begin with 0'],
    ],
    [
      'something that is missing',
      small.replace('main: +46846500400\n', ''),
      ['f.yaml:1:1: error: main: is missing'],
    ],
    [
      'something that does not agree, at its place',
      small.replace('[anna]', '[nn]'),
      ['f.yaml:7:22: error: reception.people[0]: there is no person "nn" in this company'],
    ],
    [
      'a key that stands twice',
      small.replace('country: SE', 'country: SE\ncountry: DE'),
      ['f.yaml:6:1: error: not YAML: Map keys must be unique'],
    ],
    [
      'two documents',
      `${small}---\na: 1\n`,
      [
        'f.yaml:14:1: error: not YAML: Source contains multiple documents; please use YAML.parseAllDocuments()',
      ],
    ],
    [
      'a tag',
      small.replace('Liten AB', '!!binary aGVq'),
      ['f.yaml:2:7: error: not YAML: Unresolved tag: tag:yaml.org,2002:binary'],
    ],
    ['nothing', '', ['f.yaml:1:1: error: expected object, received null']],
    ['a list', '- a\n', ['f.yaml:1:1: error: expected object, received array']],
  ])('tells line, column and path of %s', (_what, text, expected) => {
    expect(problems(text)).toEqual(expected)
  })
  it('tells every problem of a file at once, in its order', () => {
    const lines = problems(
      small
        .replace('zone: Europe/Stockholm', 'zone: nowhere')
        .replace('101', '112')
        .replace('[anna]', '[nn]'),
    )
    expect(lines.map((line) => line.split(':')[1])).toEqual(['4', '7', '11'])
  })
  it.each([
    [
      'aliases that grow without end',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghij')
        .map(
          (name, at) =>
            `${name}: &${name} [${Array(9)
              .fill(`*${'abcdefghij'[at] ?? ''}`)
              .join(',')}]`,
        )
        .join('\n')}`,
    ],
    ['an alias of itself', 'a: &a [*a]'],
    ['a depth nobody writes', '['.repeat(20_000)],
    ['a depth nobody writes, in objects', '{a: '.repeat(5_000)],
    ['a file that is too long', `company: x # ${'x'.repeat(2_000_001)}`],
    ['a prototype', '__proto__: {company: liten}\nconstructor: 1\n'],
    ['a role of that name', small + 'roles: {__proto__: {mayDeputise: true}}\n'],
  ])('refuses %s', (_what, text) => {
    expect(readCompanyFile(text).kind).toBe('refused')
  })
})

/** What a file may answer: a company that holds what it promises, or problems somebody can act on. */
function clearAnswer(file: CompanyFile, text: string): void {
  if (file.kind === 'company') {
    expect(checkCompany(file.company).filter((problem) => problem.severity === 'error')).toEqual([])
    return
  }
  const lines = text.split('\n').length
  expect(file.problems.length).toBeGreaterThan(0)
  for (const problem of file.problems) {
    expect(problem.message).not.toBe('')
    expect(problem.line).toBeGreaterThanOrEqual(1)
    expect(problem.line).toBeLessThanOrEqual(lines)
    expect(problem.column).toBeGreaterThanOrEqual(1)
  }
}

const strange = [
  'null',
  '~',
  '[]',
  '{}',
  '0',
  '-1',
  '1e999',
  '.nan',
  '"',
  "'",
  '*office',
  '&a',
  '!!str',
  '|',
  '>',
  '? ',
  ': ',
  '- ',
  '<<: *a',
  '__proto__',
  '\t',
  '\u0000',
  '\u{10ffff}',
  'FREQ=DAILY',
  '24:00',
  '2026-02-30',
  'person:anna',
  'reception',
  '+46',
  '112',
]
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(40),
  insert: fc.oneof(fc.constantFrom(...strange), fc.string({ maxLength: 12 }), fc.constant('')),
})
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never
const mutate = (text: string, { at, remove, insert }: Mutation): string => {
  const start = Math.floor(at * text.length)
  return text.slice(0, start) + insert + text.slice(start + remove)
}
/** Two lines exchanged, one doubled or one gone: what a slip of an editor does. */
const lineMove = fc.record({
  from: fc.nat(400),
  to: fc.nat(400),
  kind: fc.constantFrom('swap', 'double', 'drop'),
})
const moveLine = (text: string, move: { from: number; to: number; kind: string }): string => {
  const lines = text.split('\n')
  const [from, to] = [move.from % lines.length, move.to % lines.length]
  const line = lines[from] ?? ''
  if (move.kind === 'drop') lines.splice(from, 1)
  else if (move.kind === 'double') lines.splice(to, 0, line)
  else [lines[from], lines[to]] = [lines[to] ?? '', line]
  return lines.join('\n')
}

// Slow on a busy machine, never wrong: the limit is only there for a reader that hangs.
describe('any text (10 000 and more)', { timeout: 240_000 }, () => {
  it('of any characters gets a clear answer', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string(),
          fc.string({ unit: fc.constantFrom(...strange, '\n', ' ', 'a: ') }),
        ),
        (text) => {
          clearAnswer(readCompanyFile(text), text)
        },
      ),
      { numRuns: 7_000 },
    )
  })
  it('that is a small file spoilt in one to three places gets a clear answer', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const text = mutations.reduce(mutate, small)
        clearAnswer(readCompanyFile(text), text)
      }),
      { numRuns: 2_800 },
    )
  })
  it('that is an example with lines moved or spoilt gets a clear answer', () => {
    fc.assert(
      fc.property(fc.constantFrom(beispiel, exempel), lineMove, fc.option(mutation), (from, move, also) => {
        const moved = moveLine(from, move)
        const text = also === null ? moved : mutate(moved, also)
        clearAnswer(readCompanyFile(text), text)
      }),
      { numRuns: 200 },
    )
  })
})
