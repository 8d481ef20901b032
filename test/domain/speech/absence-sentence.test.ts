import { fromZonedTime } from 'date-fns-tz'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReturnForm } from '../../../src/domain/absence/absence.js'
import type { CompanyId, Extension, Instant, Language, PersonId, Zone } from '../../../src/domain/ids.js'
import { languages } from '../../../src/domain/ids.js'
import type { SpokenReason } from '../../../src/domain/speech/absence-sentence.js'
import { absenceNote, absenceSentence, attendantNotice } from '../../../src/domain/speech/absence-sentence.js'
import { personName } from '../../../src/domain/speech/names.js'
import { textOf } from '../../../src/domain/speech/phrase.js'
import { say } from '../../../src/domain/speech/tongue.js'
import { tongues } from './tongues.js'

const company = 'exempel' as CompanyId
const stockholm = 'Europe/Stockholm'
const anna = {
  company,
  person: 'anna' as PersonId,
  name: 'Anna Andersson',
  extension: '101' as Extension,
}

function reason(id: string, more: Partial<SpokenReason> = {}): SpokenReason {
  return { id, sensitive: false, ...more }
}

function at(wall: string, zone: Zone = stockholm): Instant {
  return fromZonedTime(wall, zone).getTime()
}

interface Spoken {
  readonly reason?: SpokenReason
  readonly back?: string
  readonly form?: ReturnForm
  readonly now?: string
  readonly zone?: Zone
}

function absenceOf({
  reason: why = reason('lunch'),
  back,
  form = 'time',
  now = '2026-10-07T11:30',
  zone = stockholm,
}: Spoken) {
  const returning = back === undefined ? undefined : { at: at(back, zone), form }
  return { company, reason: why, return: returning, now: at(now, zone), zone }
}

function spoken(language: Language, what: Spoken): string {
  const tongue = tongues[language]
  return textOf(absenceSentence(tongue, personName(tongue, anna), absenceOf(what)))
}

/** Each line: return as keyed | form | now | sv | de | en. 2026-10-07 is a Wednesday. */
const returns = `
2026-10-07T13:00 | time | 2026-10-07T11:30 | och är åter klockan tretton | und ist ab dreizehn Uhr wieder erreichbar | and will be back at one p.m.
2026-10-07T13:30 | time | 2026-10-07T11:30 | och är åter klockan tretton och trettio | und ist ab dreizehn Uhr dreißig wieder erreichbar | and will be back at one thirty p.m.
2026-10-07T13:05 | time | 2026-10-07T11:30 | och är åter klockan tretton noll fem | und ist ab dreizehn Uhr fünf wieder erreichbar | and will be back at one oh five p.m.
2026-10-07T01:00 | time | 2026-10-07T00:10 | och är åter klockan ett | und ist ab ein Uhr wieder erreichbar | and will be back at one a.m.
2026-10-07T01:01 | time | 2026-10-07T00:10 | och är åter klockan ett noll ett | und ist ab ein Uhr eins wieder erreichbar | and will be back at one oh one a.m.
2026-10-07T12:00 | time | 2026-10-07T11:30 | och är åter klockan tolv | und ist ab zwölf Uhr wieder erreichbar | and will be back at noon
2026-10-07T12:15 | time | 2026-10-07T11:30 | och är åter klockan tolv och femton | und ist ab zwölf Uhr fünfzehn wieder erreichbar | and will be back at twelve fifteen p.m.
2026-10-07T21:21 | time | 2026-10-07T11:30 | och är åter klockan tjugoett och tjugoett | und ist ab einundzwanzig Uhr einundzwanzig wieder erreichbar | and will be back at nine twenty-one p.m.
2026-10-08T08:00 | time | 2026-10-07T17:30 | och är åter i morgon klockan åtta | und ist morgen ab acht Uhr wieder erreichbar | and will be back tomorrow at eight a.m.
2026-10-08T00:00 | time | 2026-10-07T17:30 | och är åter i morgon klockan noll | und ist morgen ab null Uhr wieder erreichbar | and will be back tomorrow at midnight
2026-10-08T00:30 | time | 2026-10-07T17:30 | och är åter i morgon klockan noll och trettio | und ist morgen ab null Uhr dreißig wieder erreichbar | and will be back tomorrow at twelve thirty a.m.
2026-10-08T00:00 | date | 2026-10-07T23:59 | och är åter i morgon | und ist morgen wieder erreichbar | and will be back tomorrow
2026-10-08T08:00 | date | 2026-10-08T00:00 | och är åter i dag | und ist heute wieder erreichbar | and will be back today
2026-10-09T00:00 | date | 2026-10-07T11:30 | och är åter på fredag | und ist am Freitag wieder erreichbar | and will be back on Friday
2026-10-12T00:00 | date | 2026-10-07T11:30 | och är åter på måndag | und ist am Montag wieder erreichbar | and will be back on Monday
2026-10-12T08:30 | dateTime | 2026-10-07T11:30 | och är åter på måndag klockan åtta och trettio | und ist am Montag ab acht Uhr dreißig wieder erreichbar | and will be back on Monday at eight thirty a.m.
2026-10-13T00:00 | date | 2026-10-07T11:30 | och är åter på tisdag | und ist am Dienstag wieder erreichbar | and will be back on Tuesday
2026-10-14T00:00 | date | 2026-10-07T11:30 | och är åter den fjortonde oktober | und ist am Mittwoch, dem vierzehnten Oktober wieder erreichbar | and will be back on the fourteenth of October
2026-10-17T00:00 | date | 2026-10-07T11:30 | och är åter den sjuttonde oktober | und ist am Samstag, dem siebzehnten Oktober wieder erreichbar | and will be back on the seventeenth of October
2026-10-19T10:00 | dateTime | 2026-10-07T11:30 | och är åter den nittonde oktober klockan tio | und ist am Montag, dem neunzehnten Oktober ab zehn Uhr wieder erreichbar | and will be back on the nineteenth of October at ten a.m.
2027-01-11T00:00 | date | 2026-12-20T11:30 | och är åter den elfte januari tjugohundratjugosju | und ist am Montag, dem elften Januar zweitausendsiebenundzwanzig wieder erreichbar | and will be back on the eleventh of January twenty twenty-seven
2027-01-01T08:00 | time | 2026-12-31T15:00 | och är åter i morgon klockan åtta | und ist morgen ab acht Uhr wieder erreichbar | and will be back tomorrow at eight a.m.
2027-01-04T00:00 | date | 2026-12-30T15:00 | och är åter på måndag | und ist am Montag wieder erreichbar | and will be back on Monday
2027-01-07T00:00 | date | 2026-12-31T15:00 | och är åter den sjunde januari tjugohundratjugosju | und ist am Donnerstag, dem siebten Januar zweitausendsiebenundzwanzig wieder erreichbar | and will be back on the seventh of January twenty twenty-seven
2028-02-29T00:00 | date | 2028-02-01T15:00 | och är åter den tjugonionde februari | und ist am Dienstag, dem neunundzwanzigsten Februar wieder erreichbar | and will be back on the twenty-ninth of February
`
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))

describe('spoken absence', () => {
  it.each(returns)(
    'says the return %s (%s) at %s',
    (back = '', form, now = '', sv = '', de = '', en = '') => {
      const what = { back, form: form as ReturnForm, now }
      expect({ sv: spoken('sv', what), de: spoken('de', what), en: spoken('en', what) }).toEqual({
        sv: `Anna Andersson är på lunch ${sv}.`,
        de: `Anna Andersson ist in der Mittagspause ${de}.`,
        en: `Anna Andersson is at lunch ${en}${en.endsWith('m.') ? '' : '.'}`,
      })
    },
  )

  it('says only the reason when no return was stated', () => {
    expect(languages.map((language) => spoken(language, {}))).toEqual([
      'Anna Andersson är på lunch.',
      'Anna Andersson ist in der Mittagspause.',
      'Anna Andersson is at lunch.',
    ])
  })

  it.each([
    ['unavailable', 'är inte anträffbar', 'ist nicht erreichbar', 'is unavailable'],
    ['lunch', 'är på lunch', 'ist in der Mittagspause', 'is at lunch'],
    ['meeting', 'sitter i möte', 'ist in einer Besprechung', 'is in a meeting'],
    ['out', 'är tillfälligt ute', 'ist kurz außer Haus', 'is out for a moment'],
    ['gone', 'har gått för dagen', 'ist heute nicht mehr im Haus', 'has left for the day'],
    ['travel', 'är på tjänsteresa', 'ist auf Dienstreise', 'is travelling'],
    ['holiday', 'har semester', 'ist im Urlaub', 'is on holiday'],
    ['absent', 'är frånvarande', 'ist abwesend', 'is absent'],
    ['training', 'är på utbildning', 'ist in einer Schulung', 'is in training'],
  ])('says the default reason %s', (id, sv, de, en) => {
    expect(languages.map((language) => spoken(language, { reason: reason(id) }))).toEqual(
      [sv, de, en].map((words) => `Anna Andersson ${words}.`),
    )
  })

  it.each(['sick', 'vab', 'parental-leave', 'lunch'])(
    'H-31 says a sensitive reason (%s) as absent, even when it has words of its own',
    (id) => {
      const text = { sv: 'är sjuk', de: 'ist krank', en: 'is ill' }
      const why = reason(id, { sensitive: true, text })
      expect(languages.map((language) => spoken(language, { reason: why }))).toEqual([
        'Anna Andersson är frånvarande.',
        'Anna Andersson ist abwesend.',
        'Anna Andersson is absent.',
      ])
    },
  )

  it('H-28 says an own reason in its own words, and a general one in a language it has no words for', () => {
    const why = reason('lektion', { text: { sv: 'har lektion' } })
    expect(spoken('sv', { reason: why })).toBe('Anna Andersson har lektion.')
    expect(spoken('de', { reason: why })).toBe('Anna Andersson ist nicht erreichbar.')
    expect(spoken('en', { reason: reason('lektion') })).toBe('Anna Andersson is unavailable.')
  })

  it('H-27 computes "i morgon" when it is spoken, in the zone of the company', () => {
    const back = '2026-10-08T08:00'
    const said = (now: string): string => spoken('sv', { back, now })
    expect(said('2026-10-01T23:59')).toBe(
      'Anna Andersson är på lunch och är åter den åttonde oktober klockan åtta.',
    )
    expect(said('2026-10-02T00:00')).toBe('Anna Andersson är på lunch och är åter på torsdag klockan åtta.')
    expect(said('2026-10-07T00:00')).toBe('Anna Andersson är på lunch och är åter i morgon klockan åtta.')
    expect(said('2026-10-08T00:00')).toBe('Anna Andersson är på lunch och är åter klockan åtta.')
  })

  it('H-27 tells the zones apart: the same instant is today in one and tomorrow in the other', () => {
    const now = at('2026-10-07T23:30', 'Europe/Berlin')
    const absence = {
      company,
      reason: reason('out'),
      return: { at: now + 45 * 60_000, form: 'time' as const },
      now,
    }
    const said = (zone: Zone): string =>
      textOf(absenceSentence(tongues.de, personName(tongues.de, anna), { ...absence, zone }))
    expect(said('Europe/Berlin')).toBe(
      'Anna Andersson ist kurz außer Haus und ist morgen ab null Uhr fünfzehn wieder erreichbar.',
    )
    expect(said('Europe/London')).toBe(
      'Anna Andersson ist kurz außer Haus und ist ab dreiundzwanzig Uhr fünfzehn wieder erreichbar.',
    )
  })

  it.each(['Europe/Stockholm', 'Europe/Berlin'])(
    'H-26 counts days over the changes of the clock in %s',
    (zone) => {
      const day = (back: string, now: string): string => spoken('sv', { back, now, zone, form: 'date' })
      // The spring day has 23 hours, the autumn day 25.
      expect(day('2026-03-30T00:00', '2026-03-29T00:00')).toMatch(/ i morgon\.$/)
      expect(day('2026-03-29T23:59', '2026-03-29T00:00')).toMatch(/ i dag\.$/)
      expect(day('2026-04-04T00:00', '2026-03-28T23:00')).toMatch(/ den fjärde april\.$/)
      expect(day('2026-10-26T00:00', '2026-10-25T00:00')).toMatch(/ i morgon\.$/)
      expect(day('2026-10-25T23:30', '2026-10-25T00:30')).toMatch(/ i dag\.$/)
      expect(day('2026-10-31T00:00', '2026-10-25T12:00')).toMatch(/ på lördag\.$/)
    },
  )

  it('H-26 says the time on the wall on both sides of a change of the clock', () => {
    const said = (instant: string, zone: Zone): string => {
      const now = Date.parse(instant)
      const absence = {
        company,
        reason: reason('lunch'),
        return: { at: now, form: 'time' as const },
        now,
        zone,
      }
      return textOf(absenceSentence(tongues.sv, personName(tongues.sv, anna), absence))
    }
    expect(said('2026-03-29T00:59:00Z', 'Europe/Stockholm')).toMatch(/klockan ett och femtionio\.$/)
    expect(said('2026-03-29T01:00:00Z', 'Europe/Stockholm')).toMatch(/klockan tre\.$/)
    expect(said('2026-10-25T00:30:00Z', 'Europe/Berlin')).toMatch(/klockan två och trettio\.$/)
    expect(said('2026-10-25T01:30:00Z', 'Europe/Berlin')).toMatch(/klockan två och trettio\.$/)
    expect(said('2026-10-25T02:30:00Z', 'Europe/Berlin')).toMatch(/klockan tre och trettio\.$/)
  })

  it('reads an absence back as a note', () => {
    const note = (language: Language, what: Spoken): string =>
      textOf(
        say(tongues[language], 'absence/set', { absence: absenceNote(tongues[language], absenceOf(what)) }),
      )
    const today = { back: '2026-10-07T13:00' }
    expect(languages.map((language) => note(language, today))).toEqual([
      'Hänvisning: lunch, åter klockan tretton.',
      'Abwesenheit: Mittagspause, ab dreizehn Uhr wieder erreichbar.',
      'Absence: lunch, back at one p.m.',
    ])
    const monday = { back: '2026-10-12T00:00', form: 'date', reason: reason('holiday') } as const
    expect(languages.map((language) => note(language, monday))).toEqual([
      'Hänvisning: semester, åter på måndag.',
      'Abwesenheit: Urlaub, am Montag wieder erreichbar.',
      'Absence: holiday, back on Monday.',
    ])
    expect(note('sv', {})).toBe('Hänvisning: lunch.')
  })

  it('H-39 gives an attendant the reason and the return first, then the way through', () => {
    const tongue = tongues.sv
    expect(
      textOf(attendantNotice(tongue, personName(tongue, anna), absenceOf({ back: '2026-10-07T13:00' }))),
    ).toBe('Anna Andersson är på lunch och är åter klockan tretton. Tryck ett för att koppla ändå.')
  })
})

describe('an absence that is spoken again', () => {
  it('H-27 is said as if it were said for the first time, whatever was said of the person before', () => {
    const names = new Map(languages.map((language) => [language, personName(tongues[language], anna)]))
    const reasons = ['lunch', 'meeting', 'absent', 'lektion'].map((id) =>
      reason(id, { sensitive: id === 'absent' }),
    )
    const minute = 60_000
    const start = at('2026-12-29T22:00')
    const absence = fc.record({
      company: fc.constant(company),
      reason: fc.constantFrom(...reasons),
      return: fc.option(
        fc.record({
          at: fc.nat(6_000).map((minutes) => start + minutes * minute),
          form: fc.constantFrom<ReturnForm>('time', 'date', 'dateTime'),
        }),
        { nil: undefined },
      ),
      now: fc.nat(3_000).map((minutes) => start + minutes * minute),
      zone: fc.constantFrom<Zone>(stockholm, 'Asia/Tokyo'),
    })
    const telling = fc.record({ language: fc.constantFrom(...languages), absence })
    fc.assert(
      fc.property(fc.array(telling, { minLength: 2, maxLength: 4 }), fc.nat(3), (tellings, again) => {
        const twice = tellings[again]
        for (const { language, absence: told } of [...tellings, ...(twice ? [twice, twice] : [])]) {
          const tongue = tongues[language]
          const name = names.get(language) ?? personName(tongue, anna)
          expect(absenceSentence(tongue, name, told)).toEqual(absenceSentence(tongue, { ...name }, told))
        }
      }),
      { numRuns: 10_000 },
    )
  })
})
