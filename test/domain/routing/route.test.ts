import { describe, expect, it } from 'vitest'
import { companySchema } from '../../../src/domain/directory/company.js'
import { buildDirectory } from '../../../src/domain/directory/directory.js'
import type { E164 } from '../../../src/domain/ids.js'
import type { Announce, Decision, Outcome } from '../../../src/domain/routing/decision.js'
import { next } from '../../../src/domain/routing/next.js'
import { route } from '../../../src/domain/routing/route.js'
import {
  absent,
  asked,
  customer,
  inWords,
  now,
  office,
  phone,
  reason,
  way,
  type Situations,
} from './office.js'

const goes = (...of: Parameters<typeof asked>): string => inWords(route(asked(...of)).decision)
const wayOf = (of: Parameters<typeof asked>, ...outcomes: readonly Outcome[]): readonly string[] => {
  const question = asked(...of)
  return way(question, route(question), ...outcomes)
}
const announced = (decision: Decision): Announce => {
  if (decision.to !== 'announce') throw new Error(`not announced but ${inWords(decision)}`)
  return decision
}
const annas = '+46812345101'

describe('R-01 emergency numbers', () => {
  it('R-01 go out from any phone with the number of the place, whatever is set', () => {
    const company = office({ grey: { outgoing: ['+'], incoming: ['+'], except: [] } })
    const people = { anna: { absent: absent('anna'), busy: true, doNotDisturb: true } }
    const question = {
      ...asked('112', { caller: phone('anna'), company, people }),
      chosenNumber: annas as E164,
    }
    expect(inWords(route(question).decision)).toBe('emergency 112 shown +46812345999')
  })
  it('R-01 mean nothing in a call that comes in', () => {
    expect(goes('112', { caller: customer() })).toBe('reception rut+rolf')
  })
})

describe('R-02 the grey list', () => {
  it('R-02 O-12 refuses a call out', () => {
    expect(goes('0088212345678', { caller: phone('anna') })).toBe('reject greyOutgoing')
  })
  it('R-02 O-12 refuses a caller', () => {
    expect(goes(annas, { caller: customer('+88112345678') })).toBe('reject greyIncoming')
  })
  it('R-02 O-12 refuses a diversion to a listed number: the reception answers instead', () => {
    const company = office({ profile: { busy: 'number:+88212345678' } })
    expect(goes(annas, { company, people: { anna: { busy: true } } })).toBe('reception rut+rolf')
  })
  it('R-02 O-12 does not offer a listed number as the other number', () => {
    const people = { dag: { absent: absent('dag', { number: '+88212345678' }) } }
    expect(
      announced(route(asked('106', { caller: phone('bo'), people })).decision).menu.other,
    ).toBeUndefined()
  })
})

describe('R-04 what was dialled', () => {
  const inside = phone('bo')
  it.each([
    ['an extension', '101', 'ring anna'],
    ['the direct number of a colleague, which stays inside', annas, 'ring anna'],
    ['the main number', '08-123 450 00', 'reception rut+rolf'],
    ['the service extension (H-15)', '790', 'service'],
    ['a feature code', '*23*1*1300#', 'feature *23*1*1300#'],
    ['a number outside', '0701740605', 'external +46701740605 shown +46812345102'],
    ['a short public number, which goes out as it is', '1177', 'external 1177 shown +46812345102'],
    ['an extension nobody has', '199', 'reject noSuchExtension'],
    ['nothing', '', 'reject nothingDialled'],
    ['what is no number', 'hello', 'reject notANumber'],
  ])('R-04 a colleague dials %s', (_words, dialled, result) => {
    expect(goes(dialled, { caller: inside })).toBe(result)
  })
  it('O-12 R-02 the grey list knows short numbers by the calling code of the country', () => {
    const company = office({ grey: { outgoing: ['+46118'] } })
    expect(goes('118118', { caller: inside, company })).toBe('reject greyOutgoing')
    expect(goes('1177', { caller: inside, company })).toBe('external 1177 shown +46812345102')
  })
  it('R-04 a short number needs an outside line', () => {
    expect(goes('1177', { caller: inside, company: office({ trunk: undefined }) })).toBe(
      'reject noOutsideLine',
    )
  })
  it.each([
    ['a direct number', annas, 'ring anna'],
    ['a direct number written in national form', '0812345101', 'ring anna'],
    ['the main number', '+46812345000', 'reception rut+rolf'],
    ['an owned number nobody has', '+46812345650', 'reception rut+rolf'],
    ['the service number (H-15)', '+46812345790', 'service'],
  ])('R-04 a customer calls %s', (_words, dialled, result) => {
    expect(goes(dialled)).toBe(result)
  })
  it.each(['+4930123456', '*23*1#', '101', 'trunk-account', ''])(
    'R-04 a call that comes in never goes out nor takes codes: %s rings the reception, with an alarm',
    (dialled) => {
      const routed = route(asked(dialled))
      expect(inWords(routed.decision)).toBe('reception rut+rolf')
      expect(routed.alarms).toEqual(['unknownCalledNumber'])
    },
  )
  it('R-04 another company on the same exchange is outside', () => {
    const question = asked('+4930123456', { caller: inside })
    const other = companySchema.parse({
      company: 'beispiel',
      name: 'Beispiel GmbH',
      language: 'de',
      zone: 'Europe/Berlin',
      country: 'DE',
      main: '+4930123456',
      reception: { people: ['max'] },
      people: [{ id: 'max', name: 'Max', extension: '101' }],
    })
    const directory = buildDirectory([question.company, other])
    expect(route({ ...question, directory }).decision.to).toBe('external')
  })
  it('R-04 without an outside line a number outside is refused in words', () => {
    expect(goes('0701740605', { caller: inside, company: office({ trunk: undefined }) })).toBe(
      'reject noOutsideLine',
    )
  })
  it('O-10 a number chosen that is not owned goes out with main and an alarm', () => {
    const question = { ...asked('0701740605', { caller: inside }), chosenNumber: '+46701111111' as E164 }
    const routed = route(question)
    expect(inWords(routed.decision)).toBe('external +46701740605 shown +46812345000')
    expect(routed.alarms).toEqual(['shownNumberNotOwned'])
  })
})

describe('R-05 a person', () => {
  const everything = {
    absent: absent('anna', { source: 'calendar' }),
    busy: true,
    doNotDisturb: true,
    phones: 'none',
  } as const
  it('R-05 takes the rules in their order', () => {
    const rules = route(asked(annas)).trace.map((step) => step.rule)
    expect(rules).toEqual([
      'R-01',
      'R-02',
      'R-03',
      'R-04',
      'R-05 VIP of the person',
      'R-05 VIP of the company',
      'R-05 bypass',
      'R-05 appointment',
      'R-05 absence',
      'R-05 schedule',
      'R-05 do not disturb',
      'R-05 busy',
      'R-05 ring',
    ])
  })
  it.each([
    ['VIP of the person', customer('+46800000002'), { ...everything, phones: 'some' }, 'ring anna'],
    ['VIP of the company', customer('+46800000001'), { ...everything, phones: 'some' }, 'ring anna'],
    ['dated appointment', customer(), everything, 'announce anna lunch'],
    [
      'absence before do not disturb',
      customer(),
      { ...everything, absent: absent('anna') },
      'announce anna lunch',
    ],
    [
      'schedule before do not disturb',
      customer(),
      { ...everything, absent: absent('anna', { source: 'schedule', reason: reason('gone') }) },
      'announce anna gone',
    ],
    ['do not disturb before busy', customer(), { ...everything, absent: undefined }, 'reception rut+rolf'],
    ['busy before not reachable', customer(), { busy: true, phones: 'none' }, 'voicemail anna'],
    ['free', customer(), {}, 'ring anna'],
    ['not reachable', customer(), { phones: 'none' }, 'announce anna notReachable'],
  ] as const)('R-05 %s', (_words, caller, anna, result) => {
    const company = office({
      profile: { busy: 'voicemail', doNotDisturb: 'reception', notReachable: 'announcement' },
    })
    expect(goes(annas, { caller, people: { anna }, company })).toBe(result)
  })
  it.each([
    ['the reception', 'rut', true],
    ['a deputy of hers', 'eva', true],
    ['a boss whose role may deputise', 'karin', true],
    ['a colleague', 'bo', false],
  ] as const)('R-05 H-39 %s who insists: put through is %s', (_words, who, through) => {
    const people = { anna: { absent: absent('anna') } }
    const first = { caller: phone(who), people }
    expect(goes('101', first)).toBe('announce anna lunch')
    expect(goes('101', { ...first, insists: true })).toBe(through ? 'ring anna' : 'announce anna lunch')
  })
  it('R-06 someone at lunch who talks is at lunch', () => {
    expect(goes(annas, { people: { anna: { busy: true, absent: absent('anna') } } })).toBe(
      'announce anna lunch',
    )
  })
  it('R-06 486 from the phones is busy', () => {
    expect(wayOf([annas], 'busy')).toEqual(['ring anna', 'voicemail anna'])
  })
  it('R-05 no answer, not reachable and busy each have a target of their own', () => {
    const company = office({
      profile: { busy: 'person:bo', noAnswer: 'person:tove', notReachable: 'person:karin' },
    })
    const of: Parameters<typeof asked> = [annas, { company }]
    expect(wayOf(of, 'busy')[1]).toBe('ring bo')
    expect(wayOf(of, 'rejected')[1]).toBe('ring bo')
    expect(wayOf(of, 'noAnswer')[1]).toBe('ring tove')
    expect(wayOf(of, 'notReachable')[1]).toBe('ring karin')
    expect(goes(annas, { company, people: { anna: { phones: 'none' } } })).toBe('ring karin')
  })
  it('R-05 a person without any phone is not reachable', () => {
    expect(goes('106', { caller: phone('bo') })).toBe('voicemail dag')
  })
  it('R-05 H-36 a reason marked "still ring" rings first and is said when nobody answers', () => {
    const away = absent('anna', { reason: reason('travelling', { stillRing: true }) })
    const of: Parameters<typeof asked> = [annas, { people: { anna: { absent: away } } }]
    expect(wayOf(of, 'noAnswer', 'noKey')).toEqual([
      'ring anna',
      'announce anna travelling',
      'reception rut+rolf',
    ])
  })
  it('R-05 a VIP who rings an absent person in vain hears why', () => {
    const of: Parameters<typeof asked> = [
      annas,
      { caller: customer('+46800000002'), people: { anna: { absent: absent('anna') } } },
    ]
    expect(wayOf(of, 'noAnswer')).toEqual(['ring anna', 'announce anna lunch'])
  })
  it('G-04 rings as long as the person or the company says', () => {
    expect(route(asked(annas)).decision).toMatchObject({ seconds: 20, devices: ['anna-desk'] })
    const company = office({ settings: { ringSeconds: 35 } })
    expect(route(asked(annas, { company })).decision).toMatchObject({ seconds: 35 })
  })
})

describe('O-07 profiles and roles', () => {
  const talking = (who: string): Situations => ({ [who]: { busy: true } })
  const meeting = (who: string): Situations => ({
    [who]: { absent: absent(who, { reason: reason('meeting') }) },
  })
  it.each([
    ['fixed or mobile by default', '102', talking('bo'), 'voicemail bo'],
    ['Säljare', '103', talking('sven'), 'reception rut+rolf'],
    ['Teknisk service', '104', talking('tove'), 'queue service'],
  ])('O-07 busy on the phone, %s', (_words, extension, people, result) => {
    expect(goes(extension, { caller: phone('karin'), people })).toBe(result)
  })
  it.each([
    ['fixed or mobile by default', '102', 'bo', 'reception rut+rolf'],
    ['Säljare', '103', 'sven', 'queue sales'],
    ['Teknisk service', '104', 'tove', 'reception rut+rolf'],
  ])(
    'O-07 in a meeting, %s: the reason is heard first, without a key the call goes on',
    (_w, extension, who, result) => {
      expect(wayOf([extension, { caller: phone('karin'), people: meeting(who) }], 'noKey')).toEqual([
        `announce ${who} meeting`,
        result,
      ])
    },
  )
  it("O-07 Teknisk service shows the team's number outside", () => {
    expect(goes('0701740605', { caller: phone('tove') })).toBe('external +46701740605 shown +46812345650')
  })
  it('O-07 H-34 the target "announcement" goes on to the target of the menu', () => {
    const company = office({ profile: { absent: 'announcement', menu: 'person:bo' } })
    expect(wayOf([annas, { company, people: meeting('anna') }], 'noKey')[1]).toBe('ring bo')
    const plain = office({ profile: { absent: 'announcement' } })
    expect(wayOf([annas, { company: plain, people: meeting('anna') }], 'noKey')[1]).toBe('voicemail anna')
  })
  it('O-07 H-34 the person before the role before the company', () => {
    const people = office().people.map((one) =>
      one.id === 'sven' ? { ...one, profile: { absent: 'person:bo' } } : one,
    )
    const company = office({ people })
    expect(wayOf(['103', { caller: phone('karin'), company, people: meeting('sven') }], 'noKey')[1]).toBe(
      'ring bo',
    )
  })
})

describe('H-34 the menu', () => {
  const lunch: Situations = { anna: { absent: absent('anna') } }
  it.each([
    ['message', 'voicemail anna'],
    ['callback', 'callback anna'],
    ['other', 'ring bo'],
    ['reception', 'reception rut+rolf'],
    ['wrongKeys', 'reception rut+rolf'],
    ['noKey', 'reception rut+rolf'],
  ] as const)('H-34 %s leads to %s', (key, result) => {
    expect(wayOf([annas, { people: lunch }], key)[1]).toBe(result)
  })
  it('H-34 offers only what exists: no substitute, nobody in the reception', () => {
    const away = { rut: { absent: absent('rut') }, rolf: { phones: 'none' as const } }
    const people = { ...away, bo: { absent: absent('bo') } }
    const { menu } = announced(route(asked('102', { caller: phone('anna'), people })).decision)
    expect(menu).toEqual({
      message: true,
      callback: true,
      other: undefined,
      reception: false,
      connect: false,
    })
  })
  it('H-34 the number keyed with the absence comes before the substitute', () => {
    const people = { anna: { absent: absent('anna', { number: '104' }) } }
    expect(wayOf([annas, { people }], 'other')[1]).toBe('ring tove')
    const mobile = { anna: { absent: absent('anna', { number: '+46701740699' }) } }
    expect(wayOf([annas, { people: mobile }], 'other')[1]).toBe('external +46701740699 shown +46812345101')
  })
  it("H-34 a substitute who is absent too is announced in turn, respecting the substitute's own absence", () => {
    const people = { ...lunch, bo: { absent: absent('bo', { reason: reason('meeting') }) } }
    expect(wayOf([annas, { people }], 'other')).toEqual(['announce anna lunch', 'announce bo meeting'])
  })
  it('H-34 the one who calls is not offered as substitute', () => {
    expect(
      announced(route(asked('101', { caller: phone('bo'), people: lunch })).decision).menu.other,
    ).toBeUndefined()
  })
  it('H-31 a sensitive reason is marked for the voice and does not stand in the trace', () => {
    const ill = absent('anna', { reason: reason('vab-barn', { sensitive: true }) })
    const routed = route(asked(annas, { people: { anna: { absent: ill } } }))
    const { says } = announced(routed.decision)
    expect(says.because === 'absent' && says.reason.sensitive).toBe(true)
    expect(JSON.stringify(routed.trace)).not.toContain('vab-barn')
  })
})

describe('R-03 diversions', () => {
  const chain = (length: number) =>
    office({
      people: [
        ...office().people,
        ...Array.from({ length }, (_, index) => ({
          id: `p${String(index)}`,
          name: 'p',
          extension: String(200 + index),
          devices: [{ name: `p${String(index)}-desk` }],
          profile: { busy: `person:p${String(index + 1)}` },
        })),
      ],
    })
  const busyUpTo = (count: number): Situations =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${String(index)}`, { busy: true }]))
  it('G-05 five diversions are followed, a sixth is refused in words', () => {
    const company = chain(10)
    const caller = phone('bo')
    expect(goes('200', { caller, company, people: busyUpTo(5) })).toBe('ring p5')
    expect(goes('200', { caller, company, people: busyUpTo(6) })).toBe('reject tooManyDiversions')
  })
  it('G-05 diversions before the call came to us count', () => {
    const divertedBy = Array.from({ length: 6 }, (_, index) => `+4670000000${String(index)}` as E164)
    expect(goes(annas, { caller: { kind: 'trunk', divertedBy } })).toBe('reject tooManyDiversions')
    expect(goes(annas, { caller: { kind: 'trunk', divertedBy: divertedBy.slice(1) } })).toBe('ring anna')
  })
  it('R-03 two who divert to each other: the reception, then the mailbox of the one who was asked for', () => {
    const people = office().people.map((one) => {
      if (one.id === 'anna') return { ...one, profile: { noAnswer: 'person:bo' } }
      return one.id === 'bo' ? { ...one, profile: { noAnswer: 'person:anna' } } : one
    })
    expect(wayOf([annas, { company: office({ people }) }], 'noAnswer', 'noAnswer', 'noAnswer')).toEqual([
      'ring anna',
      'ring bo',
      'reception rut+rolf',
      'voicemail anna',
    ])
  })
  it('R-03 a diversion back to the caller goes to the reception', () => {
    const company = office({ profile: { busy: 'person:bo' } })
    expect(goes('101', { caller: phone('bo'), company, people: { anna: { busy: true } } })).toBe(
      'reception rut+rolf',
    )
  })
  it('R-03 a call that comes back from where it was sent is a loop; one from her other phone is not', () => {
    const back = { kind: 'trunk', divertedBy: [annas as E164] } as const
    expect(goes(annas, { caller: back })).toBe('reception rut+rolf')
    const people = office().people.map((one) =>
      one.id === 'anna' ? { ...one, numbers: [...one.numbers, '+46701740611'] } : one,
    )
    const mobile = { kind: 'trunk', divertedBy: ['+46701740611' as E164] } as const
    expect(goes(annas, { caller: mobile, company: office({ people }) })).toBe('ring anna')
  })
  it("R-03 a diversion to a colleague's public number stays inside", () => {
    const company = office({ profile: { busy: 'number:+46812345102' } })
    expect(goes(annas, { company, people: { anna: { busy: true } } })).toBe('ring bo')
  })
  it('R-03 a diversion outside that fails comes back to the reception', () => {
    const company = office({ profile: { noAnswer: 'number:+46701740699' } })
    expect(wayOf([annas, { company }], 'noAnswer', 'busy', 'noAnswer')).toEqual([
      'ring anna',
      'external +46701740699 shown +46812345101',
      'reception rut+rolf',
      'voicemail anna',
    ])
  })
  it('R-05 a call out of our own that fails is refused in words', () => {
    expect(wayOf(['0701740605', { caller: phone('bo') }], 'busy')[1]).toBe('reject busy')
  })
})

describe('the reception', () => {
  const main = '+46812345000'
  it.each([
    ['rings those who are there', { rut: { absent: absent('rut') } }, 'reception rolf'],
    ['leaves out those in a call', { rut: { busy: true } }, 'reception rolf'],
    [
      'rings those in a call when nobody else is there',
      { rut: { busy: true }, rolf: { phones: 'none' } },
      'reception rut',
    ],
    [
      'nobody there: the mailbox',
      { rut: { absent: absent('rut') }, rolf: { doNotDisturb: true } },
      'voicemail rut',
    ],
  ] as const)('O-17 %s', (_words, people, result) => {
    expect(goes(main, { people })).toBe(result)
  })
  it('O-17 nobody answers: the mailbox of the person who was asked for', () => {
    const of: Parameters<typeof asked> = ['103', { caller: phone('karin'), people: { sven: { busy: true } } }]
    expect(wayOf(of, 'noAnswer')).toEqual(['reception rut+rolf', 'voicemail sven'])
  })
  it('O-17 does not ring a receptionist the call was at, nor the caller', () => {
    const company = office({ profile: { noAnswer: 'reception' } })
    expect(wayOf(['+46812345100', { company }], 'noAnswer')).toEqual(['ring rut', 'reception rolf'])
    expect(goes('0812345000', { company, caller: phone('rut') })).toBe('reception rolf')
  })
  it('O-17 a mailbox that fails sends the call to a person', () => {
    expect(wayOf([annas], 'busy', 'failed', 'noAnswer', 'failed')).toEqual([
      'ring anna',
      'voicemail anna',
      'reception rut+rolf',
      'voicemail anna',
      'reject failure',
    ])
  })
})

describe('R-08, R-09, R-10', () => {
  it('R-08 each step holds rule, inputs, result, clock and zone', () => {
    for (const step of route(asked(annas)).trace)
      expect(step).toMatchObject({ at: now, zone: 'Europe/Stockholm' })
    expect(route(asked(annas)).trace.at(-1)).toMatchObject({
      rule: 'R-05 ring',
      inputs: { person: 'anna', as: 'free', seconds: 20 },
      result: 'ring',
    })
  })
  it('R-09 facts that cannot be had ring the reception with an alarm, then the mailbox of the person', () => {
    const question = {
      ...asked(annas),
      situationOf: () => {
        throw new Error('no facts')
      },
    }
    const routed = route(question)
    expect(way(question, routed, 'noAnswer')).toEqual(['reception rut+rolf', 'voicemail anna'])
    expect(routed.alarms).toEqual(['evaluationError'])
    expect(routed.trace.some((step) => step.rule === 'R-09')).toBe(true)
  })
  it('R-09 a directory that fails rings the reception; an emergency call does not even ask it', () => {
    const broken = (): never => {
      throw new Error('broken')
    }
    const directory = { ...asked(annas).directory, number: broken, person: broken, extension: broken }
    expect(inWords(route({ ...asked(annas), directory }).decision)).toBe('reception rut+rolf')
    const emergency = { ...asked('112', { caller: phone('anna') }), directory, situationOf: broken }
    expect(inWords(route(emergency).decision)).toBe('emergency 112 shown +46812345999')
  })
  it('R-10 where a ringing call goes on was decided when it began to ring', () => {
    const rings = route(asked(annas)).decision
    const changed = asked(annas, {
      company: office({ profile: { noAnswer: 'reject' } }),
      people: { anna: { absent: absent('anna'), doNotDisturb: true } },
    })
    expect(inWords(next(changed, rings, 'noAnswer').decision)).toBe('voicemail anna')
  })
  it('R-10 a decision is plain data that can be stored', () => {
    const { decision } = route(asked(annas, { people: { anna: { absent: absent('anna') } } }))
    const stored = JSON.parse(JSON.stringify(decision)) as Decision
    expect(inWords(next(asked(annas), stored, 'other').decision)).toBe('ring bo')
  })
})
