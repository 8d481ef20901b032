import { describe, expect, it } from 'vitest'
import { checkCompany } from '../../../src/domain/directory/check.js'
import { companySchema } from '../../../src/domain/directory/company.js'
import { pathText } from '../../../src/domain/directory/problem.js'
import { officeFile } from '../../support/office.js'

const support = { id: 'support', name: 'Support', number: '300', members: ['anna'] }
const problemsOf = (queues: readonly object[], company: object = {}): readonly string[] =>
  checkCompany(companySchema.parse({ ...officeFile, ...company, queues }))
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message }) => `${pathText(path)}: ${message}`)

describe('queues in the company file', () => {
  it('Q-10 can be applied', () => {
    expect(problemsOf([support])).toEqual([])
  })

  it.each([
    [
      'Q-14 with nobody to answer',
      { members: [] },
      'queues[0].members: nobody answers for the queue "support"',
    ],
    [
      'with a member who is not there',
      { members: ['nils'] },
      'queues[0].members[0]: there is no person "nils"',
    ],
    ['with a member twice', { members: ['anna', 'anna'] }, 'queues[0].members[1]: anna stands here twice'],
    [
      'with an extension that is taken',
      { number: '101' },
      'queues[0].number: the extension 101 is used twice',
    ],
    ['R-01 with an emergency number', { number: '112' }, 'queues[0].number: 112 is an emergency number'],
    [
      'Q-13 that overflows into itself',
      { overflow: ['queue:support'] },
      'queues[0].overflow: callers overflow in a ring',
    ],
    [
      'Q-13 that overflows to nowhere',
      { overflow: ['queue:salj'] },
      'queues[0].overflow[0]: there is no queue "salj"',
    ],
    ['with a mailbox of nobody', { mailbox: 'nils' }, 'queues[0].mailbox: there is no person "nils"'],
    [
      'O-10 that shows a foreign number',
      { shows: '+46855512345' },
      'queues[0].shows: "+46855512345" is not a number',
    ],
    [
      'O-01 with hours there are none of',
      { hours: 'kontor' },
      'queues[0].hours: there are no hours "kontor"',
    ],
    [
      'O-06 with a closing policy and no hours',
      { closing: 'cut' },
      'queues[0].closing: a queue without hours never closes',
    ],
    [
      'Q-18 with a telephone outside twice',
      { external: [1, 2].map(() => ({ number: '+46701740660', name: 'Jour' })) },
      'queues[0].external[1].number: +46701740660 stands here twice',
    ],
    [
      'Q-18 with a telephone outside that is the queue itself',
      { numbers: ['+46846500450'], external: [{ number: '+46846500450', name: 'Jour' }] },
      'queues[0].external[0].number: +46846500450 is a number of this company itself',
    ],
    [
      'with a number twice',
      { numbers: [officeFile.main, officeFile.main] },
      `queues[0].numbers[1]: the number of a queue ${officeFile.main} is used twice`,
    ],
    [
      'with a name that nobody sees',
      { name: '\u200b' },
      'queues[0].name: an invisible character cannot stand here',
    ],
    [
      'with a name that is written backwards',
      { name: 'Sup\u202eport' },
      'queues[0].name: an invisible character cannot stand here',
    ],
  ])('%s is refused', (_, over, message) => {
    expect(problemsOf([{ ...support, ...over }]).join('\n')).toContain(message)
  })

  it.each(['💥 Kö', '👩\u200d💻 Service', 'Åäö ßü'])('is called %s', (name) => {
    expect(problemsOf([{ ...support, name }])).toEqual([])
  })

  it('two queues cannot have one number, also if it is the main number or an owned one', () => {
    const salj = { id: 'salj', name: 'Sälj', number: '301', members: ['bo'] }
    for (const number of [officeFile.main, '+46846500451', '+46846500455']) {
      const both = [support, salj].map((queue) => ({ ...queue, numbers: [number] }))
      expect(problemsOf(both, { owned: ['+46846500451'] })).toEqual([
        expect.stringContaining(`queues[1].numbers[0]: the number`),
      ])
    }
  })

  it('Q-13 two queues that overflow only into each other are refused; with another way out they are not', () => {
    const salj = { id: 'salj', name: 'Sälj', number: '301', members: ['bo'], overflow: ['queue:support'] }
    const ring = 'queues[0].overflow: callers overflow in a ring: support -> salj -> support'
    expect(problemsOf([{ ...support, overflow: ['queue:salj'] }, salj]).join('\n')).toContain(ring)
    expect(problemsOf([{ ...support, overflow: ['queue:salj', 'voicemail'] }, salj])).toEqual([])
  })
})
