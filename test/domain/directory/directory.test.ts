import { describe, expect, it } from 'vitest'
import { diffCompanies } from '../../../src/domain/directory/diff.js'
import { buildDirectory } from '../../../src/domain/directory/directory.js'
import { lintCompany } from '../../../src/domain/directory/lint.js'
import { pathText } from '../../../src/domain/directory/problem.js'
import { profileOf, shownNumber } from '../../../src/domain/directory/profile.js'
import {
  devicesToProvision,
  provisioningToRemove,
  SecretMissing,
  type Provisioning,
} from '../../../src/domain/directory/provision.js'
import type { Company, Person } from '../../../src/domain/directory/company.js'
import type { CompanyId, DeviceName } from '../../../src/domain/ids.js'
import { company, person, plain, withPerson } from './sample.js'

const named = (of: Company, id: string): Person => {
  const found = of.people.find((each) => each.id === id)
  if (found === undefined) throw new Error(`the sample has no ${id}`)
  return found
}

describe('the directory', () => {
  const other = company({
    company: 'annan',
    main: '+493023125000',
    owned: [],
    serviceNumber: '+493023125009',
    emergencyShows: undefined,
    trunk: { name: 'annan-trunk', host: '127.0.0.3' },
    people: [person('maria', '100', { name: 'Maria Groß', devices: [{ name: 'annan-maria' }] })],
  })
  const directory = buildDirectory([company(), other])

  it('keeps tenants apart: the same extension and id are another person in another company', () => {
    expect(directory.extension('liten' as CompanyId, '100')?.name).toBe('Namn maria')
    expect(directory.extension('annan' as CompanyId, '100')?.name).toBe('Maria Groß')
    expect(directory.person('annan' as CompanyId, 'maria')?.name).toBe('Maria Groß')
    expect(directory.extension('annan' as CompanyId, '101')).toBeUndefined()
    expect(directory.extension('annan/1' as CompanyId, '00')).toBeUndefined()
  })
  it('finds company, person and device by the name a phone registers with', () => {
    const found = directory.device('annan-maria')
    expect([found?.company.company, found?.person.id, found?.device.kind]).toEqual([
      'annan',
      'maria',
      'fixed',
    ])
    expect(directory.device('maria')).toBeUndefined()
  })
  it('R-04 knows who stands behind a public number', () => {
    expect(directory.number('+46846500410')).toMatchObject({ kind: 'person', person: { id: 'anna' } })
    expect(directory.number('+46846500400')).toMatchObject({
      kind: 'reception',
      company: { company: 'liten' },
    })
    expect(directory.number('+46846500405')).toMatchObject({ kind: 'reception' })
    expect(directory.number('+493023125009')).toMatchObject({
      kind: 'service',
      company: { company: 'annan' },
    })
    expect(directory.number('+46846500499')).toBeUndefined()
  })
  it('finds the company of a trunk', () => {
    expect(directory.trunk('annan-trunk')?.company).toBe('annan')
    expect(directory.trunk('bord-anna')).toBeUndefined()
  })
})

describe('the profile of a person (O-07)', () => {
  const all = {
    profile: { busy: 'reception', noAnswer: 'reception', menu: 'reception' },
    roles: { Säljare: { profile: { busy: 'person:erik', shows: '+46846500405' } } },
  }
  it('O-07 takes the standard where nobody says anything', () => {
    expect(profileOf(company(), named(company(), 'anna'))).toEqual({
      busy: 'voicemail',
      absent: 'announcement',
      noAnswer: 'voicemail',
      notReachable: 'voicemail',
      doNotDisturb: 'voicemail',
      menu: 'voicemail',
      ringSeconds: 20,
    })
  })
  it('O-07 puts the person before the role, the role before the company, the company before the standard', () => {
    const checked = withPerson(
      'anna',
      { role: 'Säljare', profile: { menu: 'person:maria' }, ringSeconds: 33 },
      all,
    )
    expect(profileOf(checked, named(checked, 'anna'))).toMatchObject({
      menu: 'person:maria',
      busy: 'person:erik',
      noAnswer: 'reception',
      notReachable: 'voicemail',
      ringSeconds: 33,
    })
    expect(profileOf(checked, named(checked, 'erik'))).toMatchObject({ busy: 'reception', menu: 'reception' })
  })
  it.each([
    ['fixed shows the direct number', { kind: 'fixed' }, {}, '+46846500410'],
    ['mobile shows the main number', { kind: 'mobile' }, {}, '+46846500400'],
    ['the browser shows the direct number', { kind: 'webrtc' }, {}, '+46846500410'],
    ['the role decides over the kind', { kind: 'mobile' }, { role: 'Säljare' }, '+46846500405'],
    [
      'the person decides over the role',
      { kind: 'mobile' },
      { role: 'Säljare', profile: { shows: 'own' } },
      '+46846500410',
    ],
    [
      'the device decides over all',
      { kind: 'mobile', shows: 'main' },
      { role: 'Säljare', profile: { shows: 'own' } },
      '+46846500400',
    ],
  ])('O-10 %s', (_what, device, over, number) => {
    const checked = withPerson('anna', { devices: [{ name: 'bord-anna', ...device }], ...over }, all)
    const anna = named(checked, 'anna')
    expect(shownNumber(checked, anna, anna.devices[0])).toEqual({ number, notOwned: false })
  })
  it('O-10 never shows a number that is not owned', () => {
    const checked = withPerson('anna', { profile: { shows: '+46700000000' } })
    expect(shownNumber(checked, named(checked, 'anna'), undefined)).toEqual({
      number: '+46846500400',
      notOwned: true,
    })
  })
  it('O-10 shows the main number for somebody without a direct one', () => {
    expect(shownNumber(company(), named(company(), 'erik'), undefined).number).toBe('+46846500400')
  })
})

describe('what Asterisk is told', () => {
  const secrets = (of: Company): ReadonlyMap<DeviceName, string> =>
    new Map(
      of.people.flatMap((each) =>
        each.devices.map((device) => [device.name, `geheim-${device.name}`] as const),
      ),
    )
  const provisioning = (of: Company): Provisioning => devicesToProvision(of, secrets(of))
  const field = (of: Provisioning, type: string, id: string, attribute: string): readonly string[] =>
    of.objects
      .filter((object) => object.type === type && object.id === id)
      .flatMap((object) =>
        object.fields.filter((each) => each.attribute === attribute).map((each) => each.value),
      )

  it('gives each phone its password, name, company and context', () => {
    const told = provisioning(company())
    expect(field(told, 'auth', 'bord-anna', 'password')).toEqual(['geheim-bord-anna'])
    expect(field(told, 'endpoint', 'bord-anna', 'callerid')).toEqual(['"Namn anna" <101>'])
    expect(field(told, 'endpoint', 'bord-anna', 'set_var')).toEqual([
      'VAXEL_COMPANY=liten',
      'VAXEL_DEVICE=bord-anna',
    ])
    expect(field(told, 'endpoint', 'bord-anna', 'context')).toEqual(['vaxel-phones'])
    expect(field(told, 'endpoint', 'liten-trunk', 'context')).toEqual(['vaxel-trunk'])
    expect(field(told, 'identify', 'liten-trunk', 'match')).toEqual(['127.0.0.2'])
  })
  it('P-02 a phone that transfers is told so at once, and never that a transfer failed that was carried out', () => {
    const told = provisioning(company())
    expect(field(told, 'endpoint', 'bord-anna', 'refer_blind_progress')).toEqual(['no'])
    expect(field(told, 'endpoint', 'liten-trunk', 'allow_transfer')).toEqual(['no'])
  })
  it('tells an endpoint after the auth and aor it names', () => {
    expect(
      provisioning(company())
        .objects.map(({ type, id }) => `${type} ${id}`)
        .slice(-6),
    ).toEqual([
      'auth bord-erik',
      'aor bord-erik',
      'endpoint bord-erik',
      'aor liten-trunk',
      'endpoint liten-trunk',
      'identify liten-trunk',
    ])
  })
  it('encrypts the sound of browser phones only', () => {
    const told = provisioning(withPerson('anna', { devices: [{ name: 'webb-anna', kind: 'webrtc' }] }))
    expect(field(told, 'endpoint', 'webb-anna', 'webrtc')).toEqual(['yes'])
    expect(field(told, 'endpoint', 'bord-erik', 'webrtc')).toEqual([])
  })
  it('speaks the language of the person, with the tones of the company', () => {
    const told = provisioning(withPerson('anna', { language: 'de' }))
    expect(field(told, 'endpoint', 'bord-anna', 'language')).toEqual(['de'])
    expect(field(told, 'endpoint', 'bord-anna', 'tone_zone')).toEqual(['se'])
    expect(field(told, 'endpoint', 'bord-erik', 'language')).toEqual(['sv'])
  })
  it('lets the dialplan reach people while the application is away', () => {
    const { variables } = provisioning(
      withPerson(
        'anna',
        { devices: [{ name: 'bord-anna' }, { name: 'mobil-anna' }] },
        { emergency: ['112', '11313'] },
      ),
    )
    expect(Object.fromEntries(variables.map(({ name, value }) => [name, value]))).toEqual({
      VAXEL_DIAL_liten_100: 'PJSIP/bord-maria',
      VAXEL_DIAL_liten_101: 'PJSIP/bord-anna&PJSIP/mobil-anna',
      VAXEL_DIAL_liten_102: 'PJSIP/bord-erik',
      VAXEL_DIAL_liten_reception: 'PJSIP/bord-maria',
      VAXEL_DID_46846500400: 'PJSIP/bord-maria',
      VAXEL_DID_46846500405: 'PJSIP/bord-maria',
      VAXEL_DID_46846500410: 'PJSIP/bord-anna&PJSIP/mobil-anna',
      VAXEL_TRUNK_liten: 'liten-trunk',
      // whatever asks for help, and the number it means.
      ...Object.fromEntries(
        ['112', '11313'].flatMap((number) =>
          ['', '+', '+46', '0046'].map((opening) => [`VAXEL_EMERGENCY_liten_${opening}${number}`, number]),
        ),
      ),
    })
  })
  it('refuses to tell a phone without a password', () => {
    expect(() => devicesToProvision(company(), new Map())).toThrow(SecretMissing)
  })
  it('takes away what is no longer there, endpoints first', () => {
    const before = provisioning(company())
    const after = provisioning(company({ people: plain.people.slice(0, 2) }))
    const gone = provisioningToRemove(before, after)
    expect(gone.objects.map(({ type, id }) => `${type} ${id}`)).toEqual([
      'endpoint bord-erik',
      'aor bord-erik',
      'auth bord-erik',
    ])
    expect(gone.variables).toEqual(['VAXEL_DIAL_liten_102'])
    expect(provisioningToRemove(before, before)).toEqual({ objects: [], variables: [] })
  })
})

describe('the difference of two versions', () => {
  it('says nothing when nothing changes', () => {
    expect(diffCompanies(company(), company())).toEqual([])
  })
  it('tells a new company and one that goes', () => {
    expect(diffCompanies(undefined, company())).toEqual(['+ company liten (Liten AB): 3 people, 3 devices'])
    expect(diffCompanies(company(), undefined)).toEqual(['- company liten (Liten AB)'])
  })
  it('tells people by their name, whatever their place in the file', () => {
    const after = company({ people: [...plain.people.slice(1).reverse(), person('ny', '103')] })
    expect(diffCompanies(company(), after)).toEqual([
      '- people.maria: Namn maria, 100',
      '+ people.ny: Namn ny, 103',
    ])
  })
  it('tells values before and after', () => {
    const after = withPerson('anna', { extension: '111' }, { settings: { ringSeconds: 30 } })
    expect(diffCompanies(company(), after)).toEqual([
      '~ settings.ringSeconds: 20 -> 30',
      '~ people.anna.extension: 101 -> 111',
    ])
  })
  it('never shows a secret', () => {
    const secret = (pin: string, password: string): Company =>
      withPerson('anna', { pin }, { trunk: { ...plain.trunk, user: 'u', password } })
    const lines = [
      ...diffCompanies(secret('2704', 'hemligt1'), secret('2705', 'hemligt2')),
      ...diffCompanies(company(), secret('2704', 'hemligt1')),
      ...diffCompanies(
        secret('2704', 'hemligt1'),
        company({ people: plain.people.slice(0, 1), trunk: undefined }),
      ),
      ...diffCompanies(company({ trunk: undefined }), secret('2704', 'hemligt1')),
    ].join('\n')
    expect(lines).toContain('~ people.anna.pin (secret changed)')
    expect(lines).not.toMatch(/270|hemligt/)
  })
})

const queue = (id: string, number: string, more: object = {}) => ({
  ...{ id, name: id, number, members: ['anna'], mailbox: 'anna', overflow: ['voicemail'], ...more },
})

describe('good manners (O-18)', () => {
  const findings = (of: Company): readonly string[] =>
    lintCompany(of).map(({ path, message }) => `${pathText(path)}: ${message}`)
  it('O-18 has nothing to remark on the sample', () => {
    expect(findings(company())).toEqual([])
  })
  it.each<[string, Company, string]>([
    [
      'a call that is only rejected',
      withPerson('anna', { profile: { busy: 'reject' } }),
      'that meet "busy" reach neither',
    ],
    [
      'a menu that ends in nothing',
      company({ settings: { menuTarget: 'reject' } }),
      'calls to anna that meet "absent" reach neither',
    ],
    [
      'a reception without a telephone',
      withPerson('maria', { devices: [], substitute: 'person:anna' }),
      'key 0 never reaches a human',
    ],
    [
      'more than two keys to a human',
      company({
        people: [
          person('maria', '100', { substitute: 'person:anna' }),
          person('anna', '101', { substitute: 'person:erik' }),
          person('erik', '102', { substitute: 'person:ola' }),
          person('ola', '103'),
        ],
      }),
      'may take 3 key presses to a human: maria -> anna -> erik -> ola',
    ],
    [
      'H-31 an illness told to callers',
      company({ reasons: [{ id: 'hemma', digit: '9', argument: 'date', text: { sv: 'är sjuk' } }] }),
      'set sensitive: true',
    ],
    [
      'H-28 H-31 an illness that one person tells callers',
      withPerson('anna', {
        reasons: [{ id: 'hemma', digit: '9', argument: 'date', text: { sv: 'är sjuk' } }],
      }),
      'set sensitive: true',
    ],
    [
      'G-07 a reason that takes too long to say',
      company({
        reasons: [
          { id: 'lang', digit: '9', argument: 'date', text: { sv: 'är på resa '.repeat(40).trim() } },
        ],
      }),
      'more than 25 seconds',
    ],
    ['somebody nobody reaches', withPerson('anna', { devices: [] }), 'neither a telephone nor a substitute'],
    [
      'R-01 a company that cannot call for help',
      company({ trunk: undefined }),
      'emergency calls cannot leave the house',
    ],
    [
      'R-01 an emergency call that shows no place',
      company({ emergencyShows: undefined }),
      'emergencyShows is missing',
    ],
    [
      'R-01 a German company whose telephones do not know the number of the police',
      company({ country: 'DE', zone: 'Europe/Berlin', emergency: ['112'] }),
      '110 is missing',
    ],
    [
      'music of which nothing is known',
      company({ parking: { music: 'radio' } }),
      'parking.music: nobody has said that the music "radio" is instrumental',
    ],
    [
      'music with words that is to be paid for',
      company({
        queues: [{ ...queue('salj', '200'), music: 'radio' }],
        music: [{ class: 'radio', instrumental: false, royaltyFree: false }],
      }),
      'queues[0].music: the music "radio" is not instrumental',
    ],
    [
      'queues that hand callers on for longer than the policy allows, with the way',
      company({
        queues: [
          queue('salj', '200', { overflow: ['queue:support', 'voicemail'], maxWaitSeconds: 60 }),
          queue('support', '201', {
            overflow: ['queue:salj', 'queue:alla', 'voicemail'],
            maxWaitSeconds: 61,
          }),
          queue('alla', '202', { maxWaitSeconds: 60 }),
        ],
      }),
      'queues[0].overflow: callers may wait 181 seconds in all: salj -> support -> alla; the policy allows 180',
    ],
    ...['Exempelbolaget', '+46812345678', '12345', '', 'Räksmörgås', 'A_B'].map(
      (smsSender) =>
        ['a sender that networks refuse', company({ smsSender }), 'smsSender: '] as [string, Company, string],
    ),
    ['H-13 a PIN that is easy to guess', withPerson('anna', { pin: '1111' }), 'easy to guess'],
  ])('O-18 remarks %s', (_what, checked, says) => {
    expect(findings(checked).some((line) => line.includes(says))).toBe(true)
  })
  it.each<[string, Company]>([
    ...['Exempel AB', 'A', '46elks', 'abcdefghijk'].map(
      (smsSender) => [`a sender like ${smsSender}`, company({ smsSender })] as [string, Company],
    ),
    [
      'music that is instrumental and royalty free',
      company({
        parking: { music: 'piano' },
        music: [{ class: 'piano', instrumental: true, royaltyFree: true }],
      }),
    ],
    [
      'queues that hand callers on within the policy, back and forth',
      company({
        queues: [
          queue('salj', '200', { overflow: ['queue:support', 'voicemail'], maxWaitSeconds: 90 }),
          queue('support', '201', { overflow: ['queue:salj', 'voicemail'], maxWaitSeconds: 90 }),
        ],
      }),
    ],
    [
      'R-01 a German company with both emergency numbers',
      company({ country: 'DE', zone: 'Europe/Berlin', emergency: ['112', '110'] }),
    ],
    [
      'H-31 a private reason that is kept private',
      company({
        reasons: [{ id: 'sjuk', digit: '9', argument: 'date', sensitive: true, text: { sv: 'är sjuk' } }],
      }),
    ],
    [
      'a reason that only looks like one',
      company({
        reasons: [
          { id: 'kurs', digit: '9', argument: 'date', text: { sv: 'är på kurs', de: 'ist im Kurs' } },
        ],
      }),
    ],
  ])('O-18 leaves alone %s', (_what, checked) => {
    expect(findings(checked)).toEqual([])
  })
})
