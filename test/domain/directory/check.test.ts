import { describe, expect, it } from 'vitest'
import { checkCompanies } from '../../../src/domain/directory/check-companies.js'
import { checkCompany } from '../../../src/domain/directory/check.js'
import { pathText, type Problem } from '../../../src/domain/directory/problem.js'
import type { Company } from '../../../src/domain/directory/company.js'
import { company, person, plain, withPerson } from './sample.js'

const shown = (problems: readonly Problem[]): readonly string[] =>
  problems.map(({ severity, path, message }) => `${severity} ${pathText(path)}: ${message}`)
const meeting = (over: object) => ({
  recurring: [{ id: 'mote', reason: 'meeting', from: '09:00', to: '10:00', ...over }],
})

describe('what must agree inside a company', () => {
  it('finds nothing in the sample', () => {
    expect(shown(checkCompany(company()))).toEqual([])
  })

  const wrong: readonly (readonly [what: string, company: Company, path: string, says: string])[] = [
    ['one extension twice', withPerson('erik', { extension: '101' }), 'people[2].extension', 'used twice'],
    ['one person id twice', withPerson('erik', { id: 'anna' }), 'people[2].id', 'used twice'],
    [
      'one device twice',
      withPerson('erik', { devices: [{ name: 'bord-anna' }] }),
      'people[2].devices[0].name',
      'used twice',
    ],
    [
      'a device named like the trunk',
      withPerson('erik', { devices: [{ name: 'liten-trunk' }] }),
      'trunk.name',
      'used twice',
    ],
    [
      'one direct number twice',
      withPerson('erik', { numbers: ['+46846500410'] }),
      'people[2].numbers[0]',
      'used twice',
    ],
    [
      'the main number given to a person',
      withPerson('erik', { numbers: ['+46846500400'] }),
      'people[2].numbers[0]',
      'used twice',
    ],
    [
      'a service number that is a direct number',
      company({ serviceNumber: '+46846500410' }),
      'people[1].numbers[0]',
      'used twice',
    ],
    ['the service extension taken', company({ serviceExtension: '101' }), 'serviceExtension', 'used twice'],
    ['an unknown zone', company({ zone: 'Europe/Sthlm' }), 'zone', 'not a time zone'],
    ['a zone with a space', company({ zone: 'Europe /Stockholm' }), 'zone', 'not a time zone'],
    [
      'an unknown receptionist',
      company({ reception: { people: ['nn'] } }),
      'reception.people[0]',
      'no person',
    ],
    [
      'an unknown role',
      withPerson('anna', { role: 'Chef' }),
      'people[1].role',
      'no role "Chef" (there are: Säljare)',
    ],
    [
      'a role named like a built-in of the language',
      withPerson('anna', { role: 'constructor' }),
      'people[1].role',
      'no role',
    ],
    [
      'H-13 a deputy for nobody',
      withPerson('anna', { deputyFor: ['nn'] }),
      'people[1].deputyFor[0]',
      'no person "nn"',
    ],
    [
      'R-01 an extension that is an emergency number',
      withPerson('anna', { extension: '112' }),
      'people[1].extension',
      'emergency number',
    ],
    [
      'R-01 an extension that is an emergency number with the prefix',
      withPerson('anna', { extension: '9112' }, { prefix: '9' }),
      'people[1].extension',
      'emergency number 112',
    ],
    [
      'an extension behind the prefix for outside',
      withPerson('anna', { extension: '901' }, { prefix: '9' }),
      'people[1].extension',
      'begins with the outside line prefix',
    ],
    [
      'a name with a quote',
      withPerson('anna', { name: 'Anna "A" Berg' }),
      'people[1].name',
      'the character "',
    ],
    [
      'a name with a line break',
      withPerson('anna', { name: 'Anna\nset_var' }),
      'people[1].name',
      'control character',
    ],
    [
      'a name with a variable',
      withPerson('anna', { name: '${ENV(HOME)}' }),
      'people[1].name',
      'the character $',
    ],
    [
      'a target that is nobody',
      withPerson('anna', { substitute: 'person:nn' }),
      'people[1].substitute',
      'no person "nn"',
    ],
    [
      'a target that is oneself',
      withPerson('anna', { substitute: 'person:anna' }),
      'people[1].substitute',
      'back to anna',
    ],
    [
      'a queue there is none of',
      company({ profile: { busy: 'queue:salj' } }),
      'profile.busy',
      'no queue "salj"',
    ],
    [
      'an outside target without a trunk',
      withPerson('anna', { substitute: 'number:+46701740605' }, { trunk: undefined }),
      'people[1].substitute',
      'no trunk',
    ],
    [
      'O-12 a target on the grey list',
      company({ profile: { noAnswer: 'number:+46900123456' }, grey: { outgoing: ['+46900'] } }),
      'profile.noAnswer',
      'grey list',
    ],
    [
      'a menu that leads to itself',
      company({ profile: { menu: 'announcement' } }),
      'profile.menu',
      'cannot lead to itself',
    ],
    [
      'O-10 a shown number of somebody else',
      withPerson('anna', { devices: [{ name: 'bord-anna', shows: '+46700000000' }] }),
      'people[1].devices[0].shows',
      'not a number of this company',
    ],
    [
      'R-01 an emergency number shown that is not owned',
      company({ emergencyShows: '+46700000000' }),
      'emergencyShows',
      'not a number of this company',
    ],
    [
      'O-12 a grey prefix without +',
      company({ grey: { outgoing: ['0900'] } }),
      'grey.outgoing[0]',
      'international',
    ],
    [
      'a trunk host with a space',
      company({ trunk: { name: 'liten-trunk', host: 'a b' } }),
      'trunk.host',
      'not a host',
    ],
    [
      'a trunk port beyond',
      company({ trunk: { name: 'liten-trunk', host: 'a:70000' } }),
      'trunk.host',
      'not a host',
    ],
    [
      'a trunk that registers without credentials',
      company({ trunk: { name: 'liten-trunk', host: 'a.example', register: true } }),
      'trunk.register',
      'user and password',
    ],
    [
      'a trunk password with a line break',
      company({ trunk: { name: 'liten-trunk', host: 'a.example', user: 'u', password: 'a\nb' } }),
      'trunk.password',
      'control character',
    ],
    [
      'H-28 an own reason without words',
      company({ reasons: [{ id: 'kurs', digit: '9', argument: 'time' }] }),
      'reasons[0].text',
      'text.sv',
    ],
    [
      'H-28 a person’s reason without words',
      withPerson('anna', {
        reasons: [{ id: 'jour', digit: '8', argument: 'time', text: { en: 'is on call' } }],
      }),
      'people[1].reasons[0].text',
      'text.sv',
    ],
    [
      'H-28 two reasons of a person with one digit',
      withPerson('anna', {
        reasons: [
          { id: 'jour', digit: '8', argument: 'time', text: { sv: 'har jour' } },
          { id: 'resa', digit: '8', argument: 'time', text: { sv: 'är på resa' } },
        ],
      }),
      'people[1].reasons[1].digit',
      'the reason digit of anna 8 is used twice',
    ],
    [
      'H-28 two reasons of a person with one id',
      withPerson('anna', {
        reasons: [
          { id: 'jour', digit: '8', argument: 'time', text: { sv: 'har jour' } },
          { id: 'jour', digit: '9', argument: 'time', text: { sv: 'har jour' } },
        ],
      }),
      'people[1].reasons[1].id',
      'the reason of anna jour is used twice',
    ],
    [
      'H-28 a person’s reason that gives a known name to another digit',
      withPerson('anna', { reasons: [{ id: 'lunch', digit: '3', argument: 'time' }] }),
      'people[1].reasons[0].digit',
      '"lunch" has the digit 1 in this company',
    ],
    [
      'H-28 H-31 a person’s reason that tells what the company keeps to itself',
      withPerson(
        'anna',
        { reasons: [{ id: 'vab', digit: '7', argument: 'date' }] },
        { reasons: [{ id: 'vab', digit: '7', argument: 'date', sensitive: true, text: { sv: 'vabbar' } }] },
      ),
      'people[1].reasons[0].id',
      'add sensitive: true',
    ],
    [
      'H-28 H-16 a rule with a reason that the person’s own has replaced',
      withPerson('anna', {
        ...meeting({ days: ['mon'] }),
        reasons: [{ id: 'jour', digit: '2', argument: 'time', text: { sv: 'har jour' } }],
      }),
      'people[1].recurring[0].reason',
      'no reason "meeting"',
    ],
    [
      'H-28 H-16 a rule with a reason of somebody else',
      company({
        people: plain.people.map((each) => ({
          ...each,
          ...(each.id === 'anna' ? meeting({ days: ['mon'], reason: 'jour' }) : {}),
          ...(each.id === 'erik'
            ? { reasons: [{ id: 'jour', digit: '8', argument: 'time', text: { sv: 'har jour' } }] }
            : {}),
        })),
      }),
      'people[1].recurring[0].reason',
      'no reason "jour"',
    ],
    [
      'two reasons of one digit',
      company({
        reasons: [
          { id: 'kurs', digit: '9', argument: 'time', text: { sv: 'är på kurs' } },
          { id: 'resa', digit: '9', argument: 'time', text: { sv: 'är på resa' } },
        ],
      }),
      'reasons[1].digit',
      'used twice',
    ],
    [
      'a reason that requires an argument it does not take',
      company({ reasons: [{ id: 'lunch', digit: '1', argument: 'none', required: true }] }),
      'reasons[0].required',
      'none can be required',
    ],
    [
      'H-16 an unknown reason',
      withPerson('anna', meeting({ days: ['mon'], reason: 'mote' })),
      'people[1].recurring[0].reason',
      'no reason "mote"',
    ],
    [
      'H-16 a reason that is not enabled',
      withPerson('anna', meeting({ days: ['mon'] }), {
        reasons: [{ id: 'meeting', digit: '2', argument: 'time', enabled: false }],
      }),
      'people[1].recurring[0].reason',
      'not enabled',
    ],
    ['H-16 neither days nor rule', withPerson('anna', meeting({})), 'people[1].recurring[0]', 'needs days'],
    [
      'H-16 both',
      withPerson('anna', meeting({ days: ['mon'], rule: 'FREQ=DAILY' })),
      'people[1].recurring[0].rule',
      'exclude each other',
    ],
    [
      'H-16 no length',
      withPerson('anna', meeting({ days: ['mon'], to: '09:00' })),
      'people[1].recurring[0].to',
      'never hold',
    ],
    [
      'H-16 a date of no calendar',
      withPerson('anna', meeting({ days: ['mon'], except: ['2026-02-29'] })),
      'people[1].recurring[0].except[0]',
      'not in the calendar',
    ],
    [
      'H-16 an end before its start',
      withPerson('anna', meeting({ days: ['mon'], starting: '2026-05-01', until: '2026-04-01' })),
      'people[1].recurring[0].until',
      'before starting',
    ],
    [
      'H-16 no Monday between start and end',
      withPerson('anna', meeting({ days: ['mon'], starting: '2026-01-06', until: '2026-01-11' })),
      'people[1].recurring[0].until',
      'none of the days',
    ],
    [
      'H-16 only an excepted Monday between start and end',
      withPerson(
        'anna',
        meeting({ days: ['mon'], starting: '2026-01-05', until: '2026-01-11', except: ['2026-01-05'] }),
      ),
      'people[1].recurring[0].until',
      'none of the days',
    ],
    [
      'H-16 the thirtieth of February',
      withPerson('anna', meeting({ rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' })),
      'people[1].recurring[0].rule',
      'never happens',
    ],
    [
      'H-16 a day there is none of',
      withPerson('anna', meeting({ rule: 'FREQ=WEEKLY;BYDAY=XX' })),
      'people[1].recurring[0].rule',
      'BYDAY cannot be "XX"',
    ],
    [
      'H-16 a rule of seconds',
      withPerson('anna', meeting({ rule: 'FREQ=SECONDLY' })),
      'people[1].recurring[0].rule',
      'FREQ cannot be',
    ],
    [
      'O-02 hours of no length',
      withPerson('anna', { schedule: { mon: ['08:00-08:00'] } }),
      'people[1].schedule.mon[0]',
      'never open',
    ],
    [
      'O-02 hours that overlap',
      withPerson('anna', { schedule: { mon: ['08:00-12:00', '11:00-13:00'] } }),
      'people[1].schedule.mon[1]',
      'overlaps',
    ],
    [
      'O-02 hours that overlap some over midnight',
      withPerson('anna', { schedule: { mon: ['22:00-06:00', '23:00-23:30'] } }),
      'people[1].schedule.mon[1]',
      'overlaps',
    ],
    [
      'H-19 a calendar that is no address',
      withPerson('anna', { calendar: 'anna.ics' }),
      'people[1].calendar',
      'https://',
    ],
  ]
  it.each(wrong)('refuses %s', (_what, checked, path, says) => {
    const errors = checkCompany(checked).filter((problem) => problem.severity === 'error')
    expect(errors.map((problem) => pathText(problem.path))).toContain(path)
    expect(errors.find((problem) => pathText(problem.path) === path)?.message).toContain(says)
    expect(errors).toHaveLength(1)
  })

  it.each([
    ['O-02 a night', withPerson('anna', { schedule: { mon: ['22:00-06:00'] } })],
    ['a lunch hour', withPerson('anna', { schedule: { mon: ['08:00-12:00', '12:00-17:00'] } })],
    ['H-13 a deputy for all', withPerson('anna', { deputyFor: ['*', 'erik'] })],
    ['H-16 a rule', withPerson('anna', meeting({ rule: 'FREQ=MONTHLY;BYDAY=-1FR' }))],
    ['H-16 a night', withPerson('anna', meeting({ days: ['fri'], from: '22:00', to: '06:00' }))],
    ['a name with an accent and a hyphen', withPerson('anna', { name: "Anna-Karin Öst d'Arc" })],
    ['busy -> colleague, absent back again', withPerson('anna', { profile: { busy: 'person:erik' } })],
    ['O-12 a lone plus, which is every number', company({ grey: { outgoing: ['+'], except: ['+46'] } })],
    [
      'O-12 a target that is an exception of the grey list',
      company({
        profile: { noAnswer: 'number:+46900112000' },
        grey: { outgoing: ['+46900'], except: ['+46900112'] },
      }),
    ],
  ])('accepts %s', (_what, checked) => {
    expect(shown(checkCompany(checked))).toEqual([])
  })

  it.each([
    ['the same digit', '0000'],
    ['a row', '1234'],
    ['a row down', '9876'],
    ['a pair', '4747'],
    ['a year', '1987'],
    ['the extension', '5101'],
  ])('H-13 warns of a PIN that is %s', (_what, pin) => {
    expect(shown(checkCompany(withPerson('anna', { pin })))).toEqual([
      'warning people[1].pin: is easy to guess: choose digits without a pattern, year or extension',
    ])
  })
  it('H-13 takes another PIN as it is', () => {
    expect(shown(checkCompany(withPerson('anna', { pin: '2704' })))).toEqual([])
  })
  it('H-15 warns of a service number nobody can use', () => {
    expect(shown(checkCompany(company({ serviceNumber: '+46846500409' })))).toEqual([
      'warning serviceNumber: nobody has a PIN, so nobody can use it (H-15)',
    ])
  })
})

describe('chains that would never end (R-03)', () => {
  const ring = (over: Readonly<Record<string, object>>, more: object = {}): Company =>
    company({
      ...more,
      people: ['maria', 'anna', 'erik'].map((id, index) => person(id, String(100 + index), over[id] ?? {})),
    })
  const errors = (checked: Company): readonly string[] => shown(checkCompany(checked))

  it.each([
    [
      'of two',
      { anna: { profile: { busy: 'person:erik' } }, erik: { profile: { busy: 'person:anna' } } },
      'people[1].profile.busy',
    ],
    [
      'of three',
      {
        maria: { profile: { noAnswer: 'person:anna' } },
        anna: { profile: { noAnswer: 'person:erik' } },
        erik: { profile: { noAnswer: 'person:maria' } },
      },
      'people[0].profile.noAnswer',
    ],
    [
      'through the reception',
      { maria: { profile: { busy: 'person:anna' } }, anna: { profile: { busy: 'reception' } } },
      'people[1].profile.busy',
    ],
    [
      'through the menu',
      { anna: { profile: { menu: 'person:erik' } }, erik: { profile: { menu: 'person:anna' } } },
      'people[1].profile.menu',
    ],
    [
      'through a direct number',
      {
        anna: { profile: { busy: 'number:+46846500411' } },
        erik: { numbers: ['+46846500411'], profile: { busy: 'person:anna' } },
      },
      'people[1].profile.busy',
    ],
  ])('R-03 refuses a ring %s', (_what, over, path) => {
    const found = errors(ring(over))
    expect(found.some((line) => line.startsWith(`error ${path}: `) && line.includes('loop for ever'))).toBe(
      true,
    )
  })
  it('R-03 refuses a role that leads to its own holder', () => {
    const found = errors(
      ring({ anna: { role: 'Säljare' } }, { roles: { Säljare: { profile: { busy: 'person:anna' } } } }),
    )
    expect(found).toEqual([
      'error roles.Säljare.profile.busy: calls to anna would go round in a loop for ever (busy)',
    ])
  })
  it('R-03 accepts a reception of which one ends elsewhere', () => {
    expect(
      errors(
        ring(
          { maria: { profile: { busy: 'reception' } }, anna: { profile: { busy: 'voicemail' } } },
          { reception: { people: ['maria', 'anna'] } },
        ),
      ),
    ).toEqual([])
  })
  it('R-03 accepts a ring of different conditions: it is cut at run time', () => {
    expect(
      errors(
        ring({ anna: { profile: { busy: 'person:erik' } }, erik: { profile: { noAnswer: 'person:anna' } } }),
      ),
    ).toEqual([])
  })
  it('S-03 refuses substitutes in a ring and says which', () => {
    const found = errors(
      ring({
        maria: { substitute: 'person:anna' },
        anna: { substitute: 'person:erik' },
        erik: { substitute: 'person:maria' },
      }),
    )
    expect(found).toEqual([
      'error people[0].substitute: substitutes in a ring: maria -> anna -> erik -> maria',
      'error people[1].substitute: substitutes in a ring: anna -> erik -> maria -> anna',
      'error people[2].substitute: substitutes in a ring: erik -> maria -> anna -> erik',
    ])
  })
})

describe('tenants are apart', () => {
  const other = (over: object): Company =>
    company({
      company: 'annan',
      main: '+493023125000',
      owned: [],
      emergencyShows: undefined,
      trunk: { name: 'annan-trunk', host: '127.0.0.3' },
      people: [person('maria', '100', { devices: [{ name: 'annan-maria' }] })],
      ...over,
    })
  it('lets two companies have the same extensions and person names', () => {
    expect(checkCompanies([company(), other({})])).toEqual([])
  })
  it.each([
    ['device', { people: [person('maria', '100')] }, 'people[0].devices[0].name'],
    ['main number', { main: '+46846500410' }, 'main'],
    [
      'direct number',
      { people: [person('maria', '100', { devices: [], numbers: ['+46846500405'] })] },
      'people[0].numbers[0]',
    ],
    ['trunk name', { trunk: { name: 'liten-trunk', host: '127.0.0.3' } }, 'trunk.name'],
    [
      'device named as the other trunk',
      { people: [person('maria', '100', { devices: [{ name: 'liten-trunk' }] })] },
      'people[0].devices[0].name',
    ],
    ['provider address', { trunk: { name: 'annan-trunk', host: '127.0.0.2' } }, 'trunk.host'],
    [
      'provider address among several',
      { trunk: { name: 'annan-trunk', host: 'a.example', from: ['10.0.0.1', '127.0.0.2'] } },
      'trunk.from[1]',
    ],
  ])('refuses a %s both have', (_what, over, path) => {
    const found = checkCompanies([company(), other(over)])
    expect(found.map(({ company: id, problem }) => [id, pathText(problem.path)])).toEqual([['annan', path]])
    expect(found[0]?.problem.message).toContain('belongs to the company liten')
  })
})
