import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CompanyId, Extension, Language, PersonId, Zone } from '../../../src/domain/ids.js'
import { languages } from '../../../src/domain/ids.js'
import { absenceNote, absenceSentence } from '../../../src/domain/speech/absence-sentence.js'
import { count, digits, phoneNumber } from '../../../src/domain/speech/digits.js'
import { menuSentence } from '../../../src/domain/speech/menu.js'
import {
  callbackRequest,
  messageHeader,
  moment,
  waitingSummary,
} from '../../../src/domain/speech/messages.js'
import { companyName, greeting, personName } from '../../../src/domain/speech/names.js'
import type { Phrase, Sentence } from '../../../src/domain/speech/phrase.js'
import { groupPause, textOf } from '../../../src/domain/speech/phrase.js'
import { textKeys, textParameters } from '../../../src/domain/speech/text-keys.js'
import {
  CatalogueError,
  cataloguePhrases,
  phraseOf,
  say,
  tongueOf,
} from '../../../src/domain/speech/tongue.js'
import { tongues } from './tongues.js'

const company = 'exempel' as CompanyId
const anna = { company, person: 'anna' as PersonId, name: 'Anna Andersson', extension: '101' as Extension }
const zone = 'Europe/Stockholm'

function inAll(sentence: (language: Language) => Sentence): readonly string[] {
  return languages.map((language) => textOf(sentence(language)))
}

/** Texts of a language from words for every key, for tests that spoil one of them. */
function texts(): Record<string, string> {
  return Object.fromEntries(
    textKeys.map((key) => [key, ['word', ...textParameters[key].map((name) => `{${name}}`)].join(' ')]),
  )
}

describe('catalogue', () => {
  it('has the same phrases in the three languages apart from what the rules of a language need', () => {
    const fixed = (language: Language): readonly string[] =>
      textKeys.filter((key) => tongues[language].pieces[key].length > 0)
    expect(fixed('sv')).toEqual(textKeys)
    expect(fixed('de')).toEqual(textKeys)
    expect(fixed('en')).toEqual(textKeys)
  })

  it.each(languages)('names every phrase of %s once, each with words', (language) => {
    const phrases = cataloguePhrases(tongues[language])
    expect(new Set(phrases.map(({ key }) => key)).size).toBe(phrases.length)
    expect(phrases.filter(({ key, text }) => text === '' && !key.startsWith('pause/'))).toEqual([])
  })

  it.each([
    ['a missing key', (all: Record<string, string>) => delete all['reason/lunch'], 'reason/lunch is missing'],
    [
      'an unknown key',
      (all: Record<string, string>) => (all['reason/lunhc'] = 'x'),
      'reason/lunhc is not a known key',
    ],
    ['an empty text', (all: Record<string, string>) => (all['reason/lunch'] = ' '), 'reason/lunch is empty'],
    [
      'another parameter',
      (all: Record<string, string>) => (all['park/parked-on'] = 'on {place}'),
      'park/parked-on has the parameters [place] and needs [extension]',
    ],
    [
      'a parameter too few',
      (all: Record<string, string>) => (all['park/parked-on'] = 'on'),
      'park/parked-on has the parameters [] and needs [extension]',
    ],
  ])('is refused with %s', (_, spoil, problem) => {
    expect(() => tongueOf('sv', texts())).not.toThrow()
    const spoiled = texts()
    spoil(spoiled)
    expect(() => tongueOf('sv', spoiled)).toThrow(new CatalogueError('sv', [problem]))
  })

  it('shares no sentence between Swedish and another language, so that no English stands inside Swedish', () => {
    const words = (language: Language) =>
      new Map(
        textKeys
          .filter((key) => !key.startsWith('label/'))
          .map((key) => [
            key,
            tongues[language].pieces[key].map((piece) => ('phrase' in piece ? piece.phrase.text : '')).join(),
          ]),
      )
    const swedish = words('sv')
    for (const language of ['de', 'en'] as const) {
      const same = [...words(language)].filter(
        ([key, text]) => swedish.get(key) === text && /\p{L}/u.test(text),
      )
      expect(same).toEqual([])
    }
  })

  it('H-27 H-32 has every phrase of any instant, in any language and zone', () => {
    const known = new Map(
      languages.map((language) => [
        language,
        new Map(cataloguePhrases(tongues[language]).map((phrase) => [phrase.key, phrase.text])),
      ]),
    )
    const instant = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2140, 0, 1) })
    const near = fc.integer({ min: -2 * 86_400_000, max: 9 * 86_400_000 })
    const zones = fc.constantFrom<Zone>(
      'Europe/Stockholm',
      'Europe/Berlin',
      'America/St_Johns',
      'Pacific/Apia',
    )
    const forms = fc.constantFrom('time', 'date', 'dateTime')
    const name: Phrase = { key: 'name/exempel/anna', text: 'Anna' }
    fc.assert(
      fc.property(
        fc.constantFrom(...languages),
        instant,
        fc.oneof(near, instant),
        zones,
        forms,
        (language, now, distance, where, form) => {
          const tongue = tongues[language]
          const absence = {
            company,
            reason: { id: 'lunch', sensitive: false },
            return: { at: now + distance, form },
            now,
            zone: where,
          }
          const [, ...said] = absenceSentence(tongue, name, absence)
          for (const { key, text } of [
            ...said,
            ...absenceNote(tongue, absence),
            ...moment(tongue, now + distance, now, where),
          ]) {
            expect(known.get(language)?.get(key)).toBe(text.replace(/^, /, ''))
          }
        },
      ),
      { numRuns: 10_000 },
    )
  })
})

describe('rules of the languages', () => {
  const spoken = (language: Language, prefix: string): readonly string[] =>
    cataloguePhrases(tongues[language])
      .filter(({ key }) => key.startsWith(`${prefix}/`))
      .map(({ text }) => text)

  it('words every hour', () => {
    expect(spoken('sv', 'at').join()).toBe(
      'noll ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton tjugo tjugoett tjugotvå tjugotre'
        .split(' ')
        .map((hour) => `klockan ${hour}`)
        .join(),
    )
    expect(spoken('de', 'from').join()).toBe(
      'null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig einundzwanzig zweiundzwanzig dreiundzwanzig'
        .split(' ')
        .map((hour) => `ab ${hour} Uhr`)
        .join(),
    )
    const half = 'one two three four five six seven eight nine ten eleven'.split(' ')
    expect(spoken('en', 'at')).toEqual([
      'at midnight',
      ...half.map((hour) => `at ${hour} a.m.`),
      'at noon',
      ...half.map((hour) => `at ${hour} p.m.`),
    ])
  })

  it('words every weekday, month and ordinal', () => {
    expect(spoken('sv', 'weekday').join(' ')).toBe(
      'på måndag på tisdag på onsdag på torsdag på fredag på lördag på söndag',
    )
    expect(spoken('de', 'weekday').join(' ')).toBe(
      'am Montag am Dienstag am Mittwoch am Donnerstag am Freitag am Samstag am Sonntag',
    )
    expect(spoken('en', 'weekday').join(' ')).toBe(
      'on Monday on Tuesday on Wednesday on Thursday on Friday on Saturday on Sunday',
    )
    expect(spoken('sv', 'month').join(' ')).toBe(
      'januari februari mars april maj juni juli augusti september oktober november december',
    )
    expect(spoken('de', 'month').join(' ')).toBe(
      'Januar Februar März April Mai Juni Juli August September Oktober November Dezember',
    )
    expect(spoken('en', 'month').join(' ')).toBe(
      'of January of February of March of April of May of June of July of August of September of October of November of December',
    )
    expect(
      spoken('sv', 'day')
        .map((text) => text.replace(/^den /, ''))
        .join(' '),
    ).toBe(
      'första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte trettonde fjortonde femtonde sextonde sjuttonde artonde nittonde tjugonde tjugoförsta tjugoandra tjugotredje tjugofjärde tjugofemte tjugosjätte tjugosjunde tjugoåttonde tjugonionde trettionde trettioförsta',
    )
    expect(
      spoken('de', 'day')
        .map((text) => text.replace(/^dem /, ''))
        .join(' '),
    ).toBe(
      'ersten zweiten dritten vierten fünften sechsten siebten achten neunten zehnten elften zwölften dreizehnten vierzehnten fünfzehnten sechzehnten siebzehnten achtzehnten neunzehnten zwanzigsten einundzwanzigsten zweiundzwanzigsten dreiundzwanzigsten vierundzwanzigsten fünfundzwanzigsten sechsundzwanzigsten siebenundzwanzigsten achtundzwanzigsten neunundzwanzigsten dreißigsten einunddreißigsten',
    )
    expect(
      spoken('en', 'day')
        .map((text) => text.replace(/^on the /, ''))
        .join(' '),
    ).toBe(
      'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first',
    )
  })

  it('words minutes', () => {
    const [sv, de, en] = [spoken('sv', 'minute'), spoken('de', 'minute'), spoken('en', 'minute-pm')]
    expect([sv.length, de.length, en.length]).toEqual([59, 59, 59])
    const some = [1, 5, 9, 10, 21, 30, 59]
    expect(some.map((minute) => sv[minute - 1])).toEqual([
      'noll ett',
      'noll fem',
      'noll nio',
      'och tio',
      'och tjugoett',
      'och trettio',
      'och femtionio',
    ])
    expect(some.map((minute) => de[minute - 1])).toEqual([
      'eins',
      'fünf',
      'neun',
      'zehn',
      'einundzwanzig',
      'dreißig',
      'neunundfünfzig',
    ])
    expect(some.map((minute) => en[minute - 1])).toEqual([
      'oh one p.m.',
      'oh five p.m.',
      'oh nine p.m.',
      'ten p.m.',
      'twenty-one p.m.',
      'thirty p.m.',
      'fifty-nine p.m.',
    ])
  })

  it('says digits one by one, larger counts too, and nothing for what is no digit', () => {
    expect(inAll((language) => digits(tongues[language], '1234'))).toEqual([
      'Ett två tre fyra.',
      'Eins zwei drei vier.',
      'One two three four.',
    ])
    expect(inAll((language) => count(tongues[language], 21))).toEqual([
      'Tjugoett.',
      'Einundzwanzig.',
      'Twenty-one.',
    ])
    expect(textOf(count(tongues.sv, 120))).toBe('Ett två noll.')
    expect(textOf(digits(tongues.sv, '+46*#'))).toBe('Plus fyra sex stjärna fyrkant.')
    expect(digits(tongues.sv, 'abc')).toEqual([])
  })

  it('says a number in the groups people know, national at home and with country code abroad', () => {
    const said = phoneNumber(tongues.sv, '+46701234567', '+46812345678')
    expect(textOf(said)).toBe('Noll sju noll ett två tre fyra fem sex sju.')
    expect(said.filter((phrase) => phrase === groupPause).length).toBe(3)
    expect(textOf(phoneNumber(tongues.sv, '+4930123456', '+46812345678'))).toMatch(/^Plus fyra nio tre noll /)
    expect(textOf(phoneNumber(tongues.de, '101'))).toBe('Eins null eins.')
  })
})

describe('things to say', () => {
  it('H-32 has the chain name, digits of the extension, "personen du söker" ready in the phrase', () => {
    const name = personName(tongues.sv, anna)
    expect(name).toMatchObject({ key: 'name/exempel/anna', text: 'Anna Andersson' })
    expect(textOf(name.instead ?? [])).toBe('Ett noll ett.')
    expect(textOf(name.instead?.[0]?.instead ?? [])).toBe('Personen du söker.')
    expect(textOf([personName(tongues.sv, { ...anna, name: ' ' })])).toBe('Ett noll ett.')
    expect(textOf([personName(tongues.de, { ...anna, name: '', extension: undefined })])).toBe(
      'Die gewünschte Person.',
    )
  })

  it('H-34 offers only the options that exist', () => {
    const menu = menuSentence(tongues.sv, {
      message: true,
      callback: true,
      substitute: { key: 'name/exempel/bo', text: 'Bo Berg' },
      reception: true,
    })
    expect(textOf(menu)).toBe(
      'Tryck ett för att lämna ett meddelande. Tryck två för att bli uppringd. Tryck tre för att kopplas till Bo Berg. Tryck noll för att kopplas till receptionen.',
    )
    expect(textOf(menuSentence(tongues.sv, { message: false, substitute: 'number' }))).toBe(
      'Tryck tre för att kopplas till ett annat nummer.',
    )
    expect(menuSentence(tongues.sv, {})).toEqual([])
  })

  it('H-37 tells at return who asked to be called back', () => {
    const name = personName(tongues.sv, anna)
    expect(textOf(callbackRequest(tongues.sv, { name, number: '102' }))).toBe(
      'Anna Andersson har bett att bli uppringd på ett noll två.',
    )
    expect(textOf(callbackRequest(tongues.de, { number: '102' }))).toBe(
      'Eine Person bittet um Rückruf unter eins null zwei.',
    )
  })

  it.each([
    [0, 0, 'Du har inga nya meddelanden.'],
    [1, 0, 'Du har ett nytt meddelande.'],
    [0, 1, 'En person har bett att bli uppringd.'],
    [2, 3, 'Du har två nya meddelanden. Tre personer har bett att bli uppringda.'],
  ])('O-17 sums up %i messages and %i requests to be called', (messages, callbacks, text) => {
    expect(textOf(waitingSummary(tongues.sv, { messages, callbacks }))).toBe(text)
  })

  it('O-17 says from whom and when a message is', () => {
    const now = Date.parse('2026-10-07T12:00:00Z')
    const header = (at: string, from: Parameters<typeof messageHeader>[1]['from']): string =>
      textOf(messageHeader(tongues.sv, { position: 1, from, at: Date.parse(at), now, zone }))
    expect(header('2026-10-07T11:05:00Z', { number: '102' })).toBe(
      'Meddelande ett. Från ett noll två. Mottaget i dag klockan tretton noll fem.',
    )
    expect(header('2026-10-06T06:00:00Z', {})).toBe(
      'Meddelande ett. Från dolt nummer. Mottaget i går klockan åtta.',
    )
    expect(header('2025-10-06T06:30:00Z', { name: personName(tongues.sv, anna) })).toBe(
      'Meddelande ett. Från Anna Andersson. Mottaget den sjätte oktober tjugohundratjugofem klockan åtta och trettio.',
    )
  })

  it('O-17 greets with the name of the person and the company', () => {
    expect(textOf(greeting(tongues.sv, anna, companyName(company, 'Exempel AB')))).toBe(
      'Hej! Du har kommit till Anna Andersson på Exempel AB. Jag kan tyvärr inte ta ditt samtal just nu, men lämna gärna ett meddelande, så återkommer jag till dig så fort jag kan. Tack för att du ringde!',
    )
    expect(textOf(greeting(tongues.en, anna))).toMatch(/^Hello! You have reached Anna Andersson\. I cannot/)
  })

  it('H-13 a colon between a name and what is said of it is written, not spoken', () => {
    const name = personName(tongues.sv, { ...anna, name: 'Anna Andersson' })
    const set = say(tongues.sv, 'absence/set-for', { name, absence: phraseOf(tongues.sv, 'label/lunch') })
    expect(textOf(set)).toBe('Hänvisning för Anna Andersson: lunch.')
    expect(set.map(({ key }) => key)).toEqual(['absence/set-for.1', name.key, 'label/lunch'])
    const recorded = {
      key: 'own-reason/exempel/jour',
      text: '',
      instead: [phraseOf(tongues.sv, 'label/out')],
    } as const
    expect(textOf(say(tongues.sv, 'absence/set-for', { name, absence: recorded }))).toBe(
      'Hänvisning för Anna Andersson: tillfälligt ute.',
    )
  })

  it.each([
    ['H-03 refuse/give-time', 'Ange klockslag.'],
    ['H-03 refuse/give-date', 'Ange datum.'],
    ['H-04 refuse/unknown-reason', 'Okänd orsak.'],
    ['H-05 refuse/time-passed', 'Tiden har passerat.'],
    ['H-07 refuse/invalid-date', 'Ogiltigt datum.'],
    ['H-13 refuse/wrong-pin', 'Fel pinkod.'],
    ['H-14 refuse/not-allowed', 'Du saknar behörighet.'],
    ['H-14 refuse/locked', 'Spärrad i femton minuter.'],
    ['O-12 refuse/blocked-number', 'Numret är spärrat.'],
    ['P-12 park/already-fetched', 'Samtalet är redan hämtat.'],
    ['P-15 park/ended', 'Samtalet har avslutats.'],
    ['G-03 refuse/error', 'Ett fel har uppstått. Försök igen senare.'],
  ] as const)('%s is said as %s', (title, text) => {
    const key = title.slice(title.indexOf(' ') + 1) as 'refuse/give-time'
    expect(textOf(say(tongues.sv, key))).toBe(text)
  })

  it('P-05 P-22 says parking places digit by digit', () => {
    const extension = digits(tongues.sv, '1234')
    expect(textOf(say(tongues.sv, 'park/parked-on', { extension }))).toBe('Parkerat på ett två tre fyra.')
    expect(textOf(say(tongues.sv, 'park/nothing-on', { extension }))).toBe(
      'Inget parkerat samtal på ett två tre fyra.',
    )
  })
})
