import { describe, expect, it } from 'vitest'
import { checkCompany } from '../../../src/domain/directory/check.js'
import { companySchema, type Company } from '../../../src/domain/directory/company.js'
import { lintCompany } from '../../../src/domain/directory/lint.js'
import { pathText } from '../../../src/domain/directory/problem.js'
import { company, plain } from './sample.js'

const hours = [{ id: 'kontor', week: { mon: ['08:00-17:00'] }, holidays: {} }]
const menu = (over: object = {}) => ({
  id: 'start',
  text: { sv: 'Tryck ett' },
  keys: { '1': 'person:anna' },
  ...over,
})
const number = (to: unknown) => ({ number: plain.main, to })
const withMenus = (menus: readonly object[], numbers: readonly object[] = [number('menu:start')]): Company =>
  company({ hours, menus, numbers })

describe('menus and numbers in the company file', () => {
  it('R-04 are taken: words, hours that decide, all keys', () => {
    const of = withMenus(
      [
        menu({
          keys: {
            '1': 'person:anna',
            '2': { hours: 'kontor', open: 'reception', closed: 'voicemail:maria' },
            '3': 'menu:mer',
            '*': 'callback:anna',
            '#': 'reject',
          },
        }),
        menu({ id: 'mer', noKey: 'menu:start' }),
      ],
      [number({ hours: 'kontor', open: 'menu:start', closed: 'voicemail:maria' })],
    )
    expect(checkCompany(of)).toEqual([])
    expect(of.menus[0]).toMatchObject({ noKey: 'reception', wrongKeys: 'reception' })
  })

  it.each([
    menu({ keys: {} }),
    menu({ keys: { '10': 'reception' } }),
    menu({ keys: { '1': 'anna' } }),
    menu({ keys: { '1': { hours: 'kontor', open: 'reception' } } }),
    menu({ text: { fr: 'Bonjour' } }),
    menu({ seconds: 1 }),
  ])('R-04 refuses the form %j', (wrong) => {
    expect(companySchema.safeParse({ ...plain, menus: [wrong] }).success).toBe(false)
  })

  const wrong: readonly (readonly [what: string, company: Company, path: string, says: string])[] = [
    [
      'a key to nobody',
      withMenus([menu({ keys: { '1': 'person:nn' } })]),
      'menus[0].keys.1',
      'no person "nn"',
    ],
    ['a key to no menu', withMenus([menu({ keys: { '1': 'menu:nn' } })]), 'menus[0].keys.1', 'no menu "nn"'],
    [
      'a key to no mailbox',
      withMenus([menu({ keys: { '1': 'voicemail:nn' } })]),
      'menus[0].keys.1',
      'no person "nn"',
    ],
    ['a mailbox of nobody', withMenus([menu({ noKey: 'voicemail' })]), 'menus[0].noKey', 'whose mailbox?'],
    [
      'an announcement of nobody',
      withMenus([menu({ wrongKeys: 'announcement' })]),
      'menus[0].wrongKeys',
      'nobody was called',
    ],
    [
      'O-04 hours there are none of',
      withMenus([menu({ keys: { '1': { hours: 'nn', open: 'reception', closed: 'reject' } } })]),
      'menus[0].keys.1.hours',
      'no hours "nn"',
    ],
    [
      'a closed state that leads nowhere',
      withMenus([menu()], [number({ hours: 'kontor', open: 'menu:start', closed: 'menu:nn' })]),
      'numbers[0].to.closed',
      'no menu "nn"',
    ],
    [
      'words in another language only',
      withMenus([menu({ text: { en: 'Press one' } })]),
      'menus[0].text',
      'text.sv',
    ],
    ['words that are none', withMenus([menu({ text: { sv: ' ' } })]), 'menus[0].text.sv', 'cannot be spoken'],
    [
      'a number of somebody else',
      withMenus([menu()], [{ number: '+46846500499', to: 'menu:start' }]),
      'numbers[0].number',
      'not a number of this company',
    ],
    [
      'the number of a person',
      withMenus([menu()], [{ number: '+46846500410', to: 'menu:start' }]),
      'numbers[0].number',
      'direct number of anna',
    ],
    [
      'a number twice',
      withMenus([menu()], [number('menu:start'), number('reception')]),
      'numbers[1].number',
      'used twice',
    ],
    ['a menu twice', withMenus([menu(), menu()]), 'menus[1].id', 'used twice'],
    [
      'R-03 a number that leads to itself by another',
      withMenus(
        [menu()],
        [number('number:+46846500405'), { number: '+46846500405', to: `number:${plain.main}` }],
      ),
      'numbers[0].to',
      'leads back to',
    ],
    [
      'O-12 a key to a grey number',
      company({
        hours,
        grey: { outgoing: ['+46900'] },
        menus: [menu({ keys: { '1': 'number:+46900123456' } })],
        numbers: [number('menu:start')],
      }),
      'menus[0].keys.1',
      'grey list',
    ],
    [
      'P-10 a menu for parked calls',
      company({ menus: [menu()], numbers: [number('menu:start')], parking: { alternate: 'menu:start' } }),
      'parking.alternate',
      'reaches nobody',
    ],
  ]
  it.each(wrong)('R-04 refuses %s', (_what, of, path, says) => {
    const found = checkCompany(of).filter(({ severity }) => severity === 'error')
    expect(found.map((problem) => pathText(problem.path))).toContain(path)
    expect(found.find((problem) => pathText(problem.path) === path)?.message).toContain(says)
  })
})

describe('the telephone policy on menus', () => {
  const findings = (of: Company) =>
    lintCompany(of)
      .filter(({ path }) => ['menus', 'numbers', 'hours'].includes(String(path[0])))
      .map(({ path, message }) => `${pathText(path)}: ${message}`)

  it('O-18 a human is at most two key presses away', () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, index) =>
        menu({
          id: index === 0 ? 'start' : `m${String(index)}`,
          keys:
            index === length - 1
              ? { '1': 'person:anna', '9': 'menu:start' }
              : { '2': `menu:m${String(index + 1)}` },
        }),
      )
    expect(findings(withMenus(chain(2)))).toEqual([])
    expect(findings(withMenus(chain(3)))).toEqual([
      'menus[2].keys.1: 3 key presses to a human: the policy allows 2',
    ])
  })

  it('O-18 every queue leads on within 180 seconds', () => {
    const waiting = (over: object) =>
      lintCompany(
        company({
          queues: [{ id: 'salj', name: 'Sälj', number: '200', members: ['anna'], mailbox: 'anna', ...over }],
        }),
      )
        .filter(({ path }) => path[0] === 'queues')
        .map(({ message }) => message)
    expect(waiting({ overflow: ['voicemail'], maxWaitSeconds: 180 })).toEqual([])
    expect(waiting({ overflow: ['voicemail'], maxWaitSeconds: 181 })).toEqual([
      'callers may wait 181 seconds: the policy allows 180',
    ])
    expect(waiting({})).toEqual([expect.stringContaining('nobody said where callers go on')])
  })

  it('O-18 every closed state has a mailbox or an answering service', () => {
    const closedTo = (closed: string) =>
      findings(
        withMenus(
          [menu(), menu({ id: 'stangt', keys: { '1': 'voicemail:maria' } }), menu({ id: 'tyst' })],
          [
            number({ hours: 'kontor', open: 'menu:start', closed }),
            { number: '+46846500405', to: { hours: 'kontor', open: 'menu:stangt', closed: 'menu:stangt' } },
          ],
        ),
      ).filter((text) => text.startsWith('numbers[0]'))
    expect(closedTo('voicemail:maria')).toEqual([])
    expect(closedTo('number:+46812345678')).toEqual([])
    expect(closedTo('menu:stangt')).toEqual([])
    for (const without of ['reject', 'menu:tyst', 'reception'])
      expect(closedTo(without)).toEqual([expect.stringContaining('nobody can leave a message here')])
  })

  it('O-18 G-07 long menus, menus nobody hears and hours without holidays are told', () => {
    const of = company({
      hours: [{ id: 'kontor', week: { mon: ['08:00-17:00'] } }],
      menus: [menu({ text: { sv: 'Tryck ett. '.repeat(40) } }), menu({ id: 'ensam' })],
      numbers: [number('menu:start')],
    })
    expect(findings(of)).toEqual([
      expect.stringContaining('menus[1]: no number and no other menu leads to the menu "ensam"'),
      expect.stringContaining('menus[0].text.sv: takes more than 25 seconds'),
      expect.stringContaining('hours[0]: says nothing of public holidays'),
    ])
  })
})
