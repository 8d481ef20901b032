import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { absenceNote, absenceSentence, type SpokenAbsence } from '../../src/domain/speech/absence-sentence.js'
import { reasonNamed, reasonsOf } from '../../src/domain/absence/reasons.js'
import { companySchema } from '../../src/domain/directory/company.js'
import type { CompanyId, Language, PersonId } from '../../src/domain/ids.js'
import { menuSentence } from '../../src/domain/speech/menu.js'
import { personName } from '../../src/domain/speech/names.js'
import { phoneNumber } from '../../src/domain/speech/digits.js'
import { textOf, type Phrase, type Sentence } from '../../src/domain/speech/phrase.js'
import { say, type Tongue } from '../../src/domain/speech/tongue.js'
import { waitingSummary } from '../../src/domain/speech/messages.js'
import { careForFailures } from '../support/after-failure.js'
import { openLines } from '../support/lines.js'
import { officeFile } from '../support/office.js'
import { since, type Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import type { Heard } from '../support/phones/recording.js'
import type { Trunk } from '../support/phones/trunk.js'
import { rings, startRealOffice, type RealOffice } from '../support/real-office.js'
import { cadence, firstHeardAt, HEARD_AT_LEAST, silences, tones } from '../support/sound/ears.js'
import { matrix } from '../support/sound/matrix.js'

/** Short waits, so that the file is quick; the lengths themselves are proven with a manual clock. */
const settings = { menuTarget: 'reception', menuSeconds: 3, digitSeconds: 3, firstDigitSeconds: 5 }
const swedish = {
  ...officeFile,
  settings,
  reasons: [{ id: 'vernissage', digit: '9', argument: 'time', text: { sv: 'är på vernissage' } }],
  people: [
    ...officeFile.people,
    { id: 'eve', name: 'Eve Early', extension: '105', language: 'en', devices: [{ name: 'eve-bord' }] },
  ],
}
const german = {
  company: 'beispiel',
  name: 'Beispiel GmbH',
  language: 'de',
  zone: 'Europe/Berlin',
  country: 'DE',
  main: '+493012345600',
  trunk: { name: 'beispiel-trunk', host: '127.0.0.3' },
  reception: { people: ['hans'] },
  settings,
  people: [
    {
      id: 'greta',
      name: 'Greta Grün',
      extension: '201',
      numbers: ['+493012345601'],
      devices: [{ name: 'greta-tisch' }],
    },
    { id: 'hans', name: 'Hans Huber', extension: '200', profile: { menu: 'voicemail' }, devices: [] },
  ],
}
const companies = {
  kontoret: companySchema.parse(swedish),
  beispiel: companySchema.parse(german),
}
type CompanyName = keyof typeof companies

/** A time later today for all but the last minute of it. */
const BACK = '2359'
const ANNA = '+46846500401'
const CALLER = '+46701740630'
/** The highest silence allowed (G-08), and the time until something is heard. */
const SILENCE_MS = 2000

let office: RealOffice
let anna: Phone
let erik: Phone
let erikMobile: Phone
let bo: Phone
let rut: Phone
let eve: Phone
let greta: Phone
let outside: Trunk
let outsideGerman: Trunk

careForFailures(() => office)
beforeAll(async () => {
  office = await startRealOffice({ files: [swedish, german] })
  ;[anna, erik, erikMobile, bo, rut, eve, greta, outside, outsideGerman] = await Promise.all([
    office.phone('anna-bord', 900),
    office.phone('erik-bord', 1700),
    office.phone('erik-mobil'),
    office.phone('bo-bord'),
    office.phone('rut-bord', 1300),
    office.phone('eve-bord'),
    office.phone('greta-tisch'),
    office.trunk(500),
    office.trunk(500, 1),
  ])
})
afterEach(async () => {
  for (const phone of [anna, erik, erikMobile, bo, rut, eve, greta, outside, outsideGerman])
    await Promise.all(phone.calls().map((call) => call.hangup().catch(() => undefined)))
  await office.noChannelsLeft()
  await office.tidy('kontoret')
  await office.tidy('beispiel')
})
afterAll(async () => {
  await office.stop()
})

const tongue = (language: Language): Tongue => office.lines.tongues[language]

function nameOf(id: string, language: Language = 'sv', company: CompanyName = 'kontoret'): Phrase {
  const person = companies[company].people.find((one) => one.id === id)
  if (person === undefined) throw new Error(`nobody is called ${id}`)
  return personName(tongue(language), {
    company: companies[company].company,
    person: person.id,
    name: person.name,
    extension: person.extension,
  })
}

/** What is stored of the person's absence, as it is to be spoken now. */
async function spoken(id: string, company: CompanyName = 'kontoret'): Promise<SpokenAbsence> {
  const file = companies[company]
  const { set } = await office.redis.stores.absences.read(file.company, id as PersonId)
  const absence = set.find(({ source }) => source === 'person') ?? set[0]
  if (absence === undefined) throw new Error(`${id} has no absence`)
  const { until, returnForm } = absence
  return {
    company: file.company,
    reason: reasonNamed(reasonsOf(file), absence.reason),
    return: until === undefined || returnForm === undefined ? undefined : { at: until, form: returnForm },
    now: Date.now(),
    zone: file.zone,
  }
}

async function storedReason(id: string, company: CompanyName = 'kontoret'): Promise<string | undefined> {
  const { set } = await office.redis.stores.absences.read(companies[company].company, id as PersonId)
  return (set.find(({ source }) => source === 'person') ?? set[0])?.reason
}

/** Something is heard within 2 s of the answer, and no silence is longer than that (G-08). */
function expectNoLongSilence(heard: Heard, answeredAt: number, until?: number): void {
  const part = since(heard, answeredAt)
  const samples =
    until === undefined ? part.samples : part.samples.subarray(0, Math.max(0, (until - part.startedAt) * 8))
  expect(samples.length).toBeGreaterThan(8000)
  expect(silences(samples, { over: SILENCE_MS })).toEqual([])
}

/** TN-2 before a confirmation: three times 100 ms of 425 Hz. */
function expectAcceptTone(heard: Heard, before: number): void {
  const part = since(heard, before - 1200)
  const rhythm = cadence(part.samples.subarray(0, 1200 * 8), 425)
  expect(rhythm.bursts).toBe(3)
  expect(Math.abs(rhythm.onMs - 100)).toBeLessThanOrEqual(20)
}

/** TN-1: the congestion tone of the country for five seconds, then the words. */
async function expectRefused(
  call: Call,
  [onMs, offMs]: readonly [number, number],
  language: Language,
  words: Sentence,
): Promise<void> {
  const answeredAt = await call.answered()
  await call.closed(30_000)
  const heard = call.heard()
  const line = await office.lines.hear(heard, language, words)
  const begun = firstHeardAt(heard, 425) ?? 0
  const tone = since(heard, begun)
  const rhythm = cadence(tone.samples.subarray(0, 4800 * 8), 425)
  expect(Math.abs(rhythm.onMs - onMs)).toBeLessThanOrEqual(40)
  expect(Math.abs(rhythm.offMs - offMs)).toBeLessThanOrEqual(40)
  expect(begun - answeredAt).toBeLessThan(SILENCE_MS)
  expect(line.from - begun).toBeGreaterThan(4000)
  expect(line.from - begun).toBeLessThan(6500)
}

async function untilHeard(call: Call, sentence: Sentence): Promise<void> {
  await expect
    .poll(
      () =>
        office.lines.hear(call.heard(), 'sv', sentence).then(
          () => 'heard',
          (error: unknown) => String(error),
        ),
      { timeout: 40_000, interval: 2000 },
    )
    .toBe('heard')
}

const confirmationOf = async (
  id: string,
  language: Language = 'sv',
  company: CompanyName = 'kontoret',
): Promise<Sentence> =>
  say(tongue(language), 'absence/set', { absence: absenceNote(tongue(language), await spoken(id, company)) })

const callIn = (to: string = ANNA, from = CALLER): Promise<Call> => outside.callIn({ from, to })
const later = (hours: number): number => Date.now() + hours * 3_600_000

const menuOfAnna = (): Sentence =>
  menuSentence(tongue('sv'), { message: true, callback: true, substitute: nameOf('erik'), reception: true })

describe('setting an absence by keys', () => {
  it.each([
    ['raw', 'anna'],
    ['escaped', 'erik'],
    ['none', 'bo'],
  ] as const)('H-01 H-09 TN-2 G-08 en bloc with # %s: tone, confirmation, end', async (hash, id) => {
    const phone = { anna, erik, bo }[id]
    const call = await phone.dial(`*23*1*${BACK}#`, { hash })
    const answeredAt = await call.answered()
    await call.closed(20_000)
    const confirmation = await confirmationOf(id)
    expect(textOf(confirmation)).toBe('Hänvisning: lunch, åter klockan tjugotre och femtionio.')
    const heard = call.heard()
    const line = await office.lines.hear(heard, 'sv', confirmation)
    expectAcceptTone(heard, line.from)
    // Without # the end of the code is known by a pause of its own (G-01), which the caller spends keying.
    if (hash !== 'none') expectNoLongSilence(heard, answeredAt)
    expect(await storedReason(id)).toBe('lunch')
  })

  it('H-01 H-10 in two steps: the question, then keys that interrupt it; hanging up too early sets nothing', async () => {
    const question = say(tongue('sv'), 'enter/reason')
    const early = await erik.dial('*23')
    const call = await anna.dial('*23')
    const answeredAt = await call.answered()
    await early.answered()
    await call.listen(3000)
    await office.lines.hear(call.heard(), 'sv', question)
    expectNoLongSilence(call.heard(), answeredAt)
    await early.keys('1*23', 250)
    await early.hangup()
    await call.keys(`2*${BACK}#`, 250)
    await call.closed(20_000)
    const confirmation = await confirmationOf('anna')
    expect(textOf(confirmation)).toBe('Hänvisning: möte, åter klockan tjugotre och femtionio.')
    await office.lines.hear(call.heard(), 'sv', confirmation)
    expect(await storedReason('erik')).toBeUndefined()
  })

  it('H-09 hanging up during the confirmation leaves it set', async () => {
    const call = await anna.dial(`*23*1*${BACK}#`)
    await call.answered()
    await expect.poll(() => firstHeardAt(call.heard(), 425), { timeout: 5000 }).toBeDefined()
    await call.hangup()
    expect(await storedReason('anna')).toBe('lunch')
  })

  it('H-04 H-05 TN-1 a refused code: the Swedish tone for 5 s, the reason in words, nothing set', async () => {
    const [wrongTime, wrongDate] = await Promise.all([anna.dial('*23*1*2561#'), erik.dial('*23*6*1345#')])
    await expectRefused(wrongTime, [250, 750], 'sv', say(tongue('sv'), 'refuse/invalid-time'))
    await expectRefused(wrongDate, [250, 750], 'sv', say(tongue('sv'), 'refuse/give-date'))
    expect(await storedReason('anna')).toBeUndefined()
    expect(await storedReason('erik')).toBeUndefined()
  })

  it('H-13 a boss sets it for another, who gets a mail; others need the PIN; without permission it is refused', async () => {
    const forAnna = await bo.dial(`*230*101*2*${BACK}#`)
    const forIda = await erik.dial(`*230*104*1*${BACK}#`)
    await forAnna.closed(20_000)
    const note = absenceNote(tongue('sv'), await spoken('anna'))
    const words = say(tongue('sv'), 'absence/set-for', { name: nameOf('anna'), absence: note })
    expect(textOf(words)).toBe('Hänvisning för Anna Andersson: möte, åter klockan tjugotre och femtionio.')
    await office.lines.hear(forAnna.heard(), 'sv', words)
    await expect.poll(() => mailsTo('anna@kontoret.example').length, { timeout: 10_000 }).toBeGreaterThan(0)
    await expectRefused(forIda, [250, 750], 'sv', say(tongue('sv'), 'refuse/not-allowed'))
    expect(await storedReason('ida')).toBeUndefined()

    const byPin = await erik.dial(`*230*101*1*${BACK}#`)
    await byPin.answered()
    await byPin.listen(3500)
    await byPin.keys('4711#', 250)
    await byPin.closed(20_000)
    await office.lines.hear(byPin.heard(), 'sv', say(tongue('sv'), 'enter/pin'))
    expect(await storedReason('anna')).toBe('lunch')
  })

  it('H-15 from outside by the service number: caller id and PIN; a stranger is refused', async () => {
    const own = await callIn('+46846500409', '+46701740620')
    const answeredAt = await own.answered()
    const stranger = await callIn('+46846500409', '+46701740699')
    await own.listen(1500)
    expectNoLongSilence(own.heard(), answeredAt)
    await own.keys('4711#', 250)
    await own.listen(1500)
    await own.keys(`*23*2*${BACK}#`, 250)
    await expect.poll(() => storedReason('anna'), { timeout: 10_000 }).toBe('meeting')
    await own.closed(20_000)
    await office.lines.hear(own.heard(), 'sv', await confirmationOf('anna'))
    await stranger.closed(20_000)
    await office.lines.hear(stranger.heard(), 'sv', say(tongue('sv'), 'service/unknown-caller'))
  })
})

describe('talad hänvisning', () => {
  it('H-27 H-30 H-34 G-08 the sentence and the menu, word for word; hanging up leaves a missed call', async () => {
    await office.away('anna', { reason: 'lunch', until: tomorrowAt13(), returnForm: 'time' })
    const caller = await callIn()
    const answeredAt = await caller.answered()
    const sentence = absenceSentence(tongue('sv'), nameOf('anna'), await spoken('anna'))
    expect(textOf(sentence)).toBe('Anna Andersson är på lunch och är åter i morgon klockan tretton.')
    const menu = menuOfAnna()
    expect(textOf(menu)).toBe(
      'Tryck ett för att lämna ett meddelande. Tryck två för att bli uppringd. ' +
        'Tryck tre för att kopplas till Erik Ek. Tryck noll för att kopplas till receptionen.',
    )
    await untilHeard(caller, menu)
    await caller.hangup()
    const heard = caller.heard()
    const said = await office.lines.hear(heard, 'sv', sentence)
    const offered = await office.lines.hear(heard, 'sv', menu)
    expect(said.from - answeredAt).toBeLessThan(SILENCE_MS)
    expect(offered.from).toBeGreaterThanOrEqual(said.until - 100)
    expectNoLongSilence(heard, answeredAt, offered.until)
    // Written within a second.
    await expect
      .poll(async () => (await missedCallsOf('anna'))[0], { timeout: 30_000 })
      .toMatchObject({ from: CALLER, why: 'absence', absence: { reason: 'lunch' } })
    const [missed] = await missedCallsOf('anna')
    expect(missed?.absence?.heardSeconds).toBeGreaterThan(5)
  })

  it('H-34 a key interrupts the sentence within 300 ms: 0 reaches the reception, both hear each other', async () => {
    await office.away('anna', { reason: 'lunch', until: tomorrowAt13(), returnForm: 'time' })
    const caller = await callIn()
    await caller.answered()
    await caller.listen(1500)
    const keyedAt = Date.now()
    await caller.key('0')
    const ringing = await rings(rut)
    const after = since(caller.heard(), keyedAt + 400)
    expect(await office.lines.heardOf(after, 'sv', ['reason', 'and'])).toEqual([])
    await ringing.accept()
    expect(
      await matrix({
        caller: { tone: 500, listen: caller.listen },
        rut: { tone: 1300, listen: ringing.listen },
      }),
    ).toEqual({ caller: ['rut'], rut: ['caller'] })
    expectNoLongSilence(caller.heard(), keyedAt)
  })

  it('H-34 3 reaches the substitute; without a key, and after two wrong keys, the reception rings', async () => {
    await office.away('anna', { reason: 'meeting' })
    const [substitute, wrong] = await Promise.all([callIn(), callIn(ANNA, '+46701740631')])
    await Promise.all([substitute.answered(), wrong.answered()])
    await substitute.key('3')
    await wrong.key('7')
    await (await rings(erik)).accept()
    await wrong.listen(2500)
    await wrong.key('8')
    await (await rings(rut)).accept()
    await Promise.all([substitute.hangup(), wrong.hangup()])
    await office.lines.hear(wrong.heard(), 'sv', say(tongue('sv'), 'refuse/wrong-key'))
    const silent = await callIn()
    await silent.answered()
    await (await rings(rut, 40_000)).accept()
    await office.lines.hear(silent.heard(), 'sv', menuOfAnna())
  })

  it('H-37 2 asks to be called back; the lamp lights; *98 says so and calls up', async () => {
    await office.away('anna', { reason: 'lunch' })
    const caller = await callIn()
    await caller.answered()
    await caller.listen(500)
    await caller.key('2')
    await caller.listen(2500)
    await caller.key('1')
    await caller.closed(30_000)
    const sv = tongue('sv')
    const number = phoneNumber(sv, CALLER, companies.kontoret.main)
    await office.lines.hear(caller.heard(), 'sv', say(sv, 'callback/accepted', { number }))
    await anna.messageLampShows(({ waiting, newMessages }) => waiting && newMessages === 1)
    const listening = await anna.dial('*98')
    await listening.answered()
    await listening.listen(11_000)
    await listening.key('1')
    const out = await rings(outside)
    expect(out.dialled).toBe(CALLER)
    await out.accept()
    expect(
      await matrix({
        anna: { tone: 900, listen: listening.listen },
        caller: { tone: 500, listen: out.listen },
      }),
    ).toEqual({ anna: ['caller'], caller: ['anna'] })
    await anna.messageLampShows(({ waiting }) => !waiting)
    await office.lines.hear(listening.heard(), 'sv', waitingSummary(sv, { messages: 0, callbacks: 1 }))
    await office.lines.hear(listening.heard(), 'sv', say(sv, 'listen/asked-callback-number', { number }))
  })

  it('O-17 1 takes a message: lamp, mail with the sound, and *98 plays it', async () => {
    await office.away('anna', { reason: 'lunch' })
    const caller = await callIn()
    await caller.answered()
    await caller.listen(500)
    await caller.key('1')
    await caller.listen(800)
    await caller.key('5') // skips the greeting
    await caller.listen(4500)
    await caller.key('#')
    await caller.closed(20_000)
    await office.lines.hear(caller.heard(), 'sv', say(tongue('sv'), 'voicemail/saved'))
    await anna.messageLampShows(({ waiting, newMessages }) => waiting && newMessages === 1)
    const withSound = (): string | undefined =>
      mailsTo('anna@kontoret.example').findLast((mail) => mail.includes('audio/'))
    await expect.poll(withSound, { timeout: 10_000 }).toBeDefined()
    const mailed = soundIn(withSound() ?? '')
    expect(tones(mailed.subarray(8000, 24_000), [500])[500]).toBeGreaterThan(HEARD_AT_LEAST)

    const { said, places } = office.exchange
    expect(readdirSync(said.recordings)).toEqual([expect.stringMatching(/^kontoret-anna-.*\.wav$/)])
    expect(readdirSync(places.spoolDirectory)).toEqual([])

    const listening = await anna.dial('*98')
    await listening.answered()
    await expect
      .poll(() => firstHeardAt(listening.heard(), 500), { timeout: 30_000, interval: 500 })
      .toBeDefined()
    await listening.listen(1000)
    await listening.key('3')
    await listening.closed(30_000)
    await office.lines.hear(
      listening.heard(),
      'sv',
      waitingSummary(tongue('sv'), { messages: 1, callbacks: 0 }),
    )
    await office.lines.hear(listening.heard(), 'sv', say(tongue('sv'), 'listen/deleted'))
    await anna.messageLampShows(({ waiting }) => !waiting)
  })

  it('H-28 H-32 a name and a reason recorded from the phone are heard instead of the rendered ones', async () => {
    for (const code of ['*77*1#', '*77*9#']) {
      const call = await rut.dial(code)
      await call.answered()
      await call.listen(4500) // the question and the beep, then our own tone of 1300 Hz
      await call.listen(2000)
      await call.key('#')
      await call.listen(1500)
      await call.key('2')
      await call.closed(20_000)
      await office.lines.hear(call.heard(), 'sv', say(tongue('sv'), 'record/saved'))
    }
    await office.away('rut', { reason: 'vernissage', until: tomorrowAt13(), returnForm: 'time' })
    const sought = await erik.dial('100')
    const answeredAt = await sought.answered()
    await sought.listen(8000)
    await sought.hangup()
    const heardName = firstHeardAt(sought.heard(), 1300, 0.1)
    expect(heardName).toBeDefined()
    expect((heardName ?? 0) - answeredAt).toBeLessThan(SILENCE_MS)
    const lines = await openLines(office.exchange.environment)
    const sentence = absenceSentence(lines.tongues.sv, nameOf('rut'), await spoken('rut'))
    await lines.hear(sought.heard(), 'sv', sentence.slice(2))
    const rendered = await lines.heardOf(sought.heard(), 'sv', ['name', 'reason', 'own'])
    expect(rendered.filter((key) => !key.endsWith('-recorded'))).toEqual([])
    for (const code of ['*77*1#', '*77*9#']) {
      const remove = await rut.dial(code)
      await remove.answered()
      await remove.listen(4500)
      await remove.key('#')
      await remove.listen(500)
      await remove.key('0')
      await remove.closed(20_000)
      await office.lines.hear(remove.heard(), 'sv', say(tongue('sv'), 'record/removed'))
    }
  })

  it('H-32 every language keeps to itself: an English colleague hears no Swedish, a Swedish one no English', async () => {
    await office.away('rut', { reason: 'vernissage', until: tomorrowAt13(), returnForm: 'time' })
    await office.away('anna', { reason: 'lunch', until: tomorrowAt13(), returnForm: 'time' })
    const [fromErik, fromEve, ofOwn] = await Promise.all([erik.dial('101'), eve.dial('101'), bo.dial('100')])
    await Promise.all([fromErik.answered(), fromEve.answered(), ofOwn.answered()])
    await Promise.all([fromErik.listen(8000), fromEve.listen(8000), ofOwn.listen(9000)])
    await Promise.all([fromErik.hangup(), fromEve.hangup(), ofOwn.hangup()])
    const lunch = await spoken('anna')
    const vernissage = await spoken('rut')
    const swedishWords = absenceSentence(tongue('sv'), nameOf('anna'), lunch)
    const englishWords = absenceSentence(tongue('en'), nameOf('anna', 'en'), lunch)
    expect(textOf(englishWords)).toBe('Anna Andersson is at lunch and will be back tomorrow at one p.m.')
    await office.lines.hear(fromErik.heard(), 'sv', swedishWords)
    await office.lines.hear(fromEve.heard(), 'en', englishWords)
    expect(await office.lines.heardOf(fromErik.heard(), 'en', ['reason', 'and', 'back'])).toEqual([])
    expect(await office.lines.heardOf(fromEve.heard(), 'sv', ['reason', 'and', 'back'])).toEqual([])
    // Words that are missing in a language are never borrowed from another one.
    expect(textOf(absenceSentence(tongue('en'), nameOf('rut', 'en'), vernissage))).toContain('is unavailable')
    await office.lines.hear(ofOwn.heard(), 'sv', absenceSentence(tongue('sv'), nameOf('rut'), vernissage))
  })

  it('TN-1 TN-5 a German company speaks German, with German tones', async () => {
    const set = await greta.dial(`*23*1*${BACK}#`)
    await set.closed(20_000)
    const confirmation = await confirmationOf('greta', 'de', 'beispiel')
    await office.lines.hear(set.heard(), 'de', confirmation)
    const caller = await outsideGerman.callIn({ from: '+491701234567', to: '+493012345601' })
    await caller.answered()
    await caller.listen(6000)
    await caller.hangup()
    const sentence = absenceSentence(
      tongue('de'),
      nameOf('greta', 'de', 'beispiel'),
      await spoken('greta', 'beispiel'),
    )
    expect(textOf(sentence)).toBe(
      'Greta Grün ist in der Mittagspause und ist ab dreiundzwanzig Uhr neunundfünfzig wieder erreichbar.',
    )
    await office.lines.hear(caller.heard(), 'de', sentence)
    await expectRefused(
      await greta.dial('*23*1*2561#'),
      [240, 240],
      'de',
      say(tongue('de'), 'refuse/invalid-time'),
    )
  })

  it('H-35 a colleague reads reason and return on the display; H-31 not of a sensitive one', async () => {
    await office.away('anna', { reason: 'lunch', until: tomorrowAt13(), returnForm: 'time' })
    await office.away('bo', { reason: 'absent' })
    const call = await erik.dial('101')
    const shown = await call.displays(({ name }) => name.includes('Anna'))
    expect(shown).toEqual({
      number: '101',
      name: 'Anna Andersson – Lunch, åter i morgon klockan tretton',
    })
    await call.hangup()
    const sensitive = await erik.dial('103')
    expect((await sensitive.displays(({ name }) => name.includes('Bo'))).name).toBe('Bo Berg – Frånvaro')
  })

  it('H-20 an absence that ends while it is spoken: the sentence to its end, then the offer to connect', async () => {
    const until = Date.now() + 4000
    await office.away('anna', { reason: 'lunch', until, returnForm: 'time' })
    const sentence = absenceSentence(tongue('sv'), nameOf('anna'), await spoken('anna'))
    const caller = await callIn()
    await caller.answered()
    await caller.listen(10_500)
    await caller.key('1')
    await (await rings(anna)).accept()
    const said = await office.lines.hear(caller.heard(), 'sv', sentence)
    const offer = say(tongue('sv'), 'call/available-again', { name: nameOf('anna') })
    const offered = await office.lines.hear(caller.heard(), 'sv', offer)
    expect(offered.from).toBeGreaterThanOrEqual(said.until - 100)
  })

  it('H-25 an absence ends by itself within a second of its time', async () => {
    const until = Date.now() + 3000
    await office.away('anna', { reason: 'lunch', until, returnForm: 'time' })
    await new Promise((resolve) => setTimeout(resolve, until + 300 - Date.now()))
    await callIn()
    const ringing = await rings(anna, 2000)
    expect(ringing.startedAt - until).toBeLessThan(1000)
  })

  it('H-22 set on the mobile while the desk rings: the phones stop, and the caller hears why', async () => {
    const caller = await callIn('+46846500402')
    const [desk] = await Promise.all([rings(erik), rings(erikMobile)])
    const setting = await erikMobile.dial(`*23*2*${BACK}#`)
    expect(await desk.closed(10_000)).toMatchObject({ how: 'cancel', by: 'them' })
    await caller.answered(10_000)
    await untilHeard(caller, absenceSentence(tongue('sv'), nameOf('erik'), await spoken('erik')))
    await setting.closed(10_000)
  })

  it('H-23 set while talking: the talk goes on, the next caller hears it', async () => {
    const caller = await callIn()
    const talking = await rings(anna)
    await talking.accept()
    await caller.answered()
    await office.away('anna', { reason: 'meeting', until: later(1), returnForm: 'time' })
    const next = await callIn(ANNA, '+46701740631')
    await next.answered()
    await untilHeard(next, absenceSentence(tongue('sv'), nameOf('anna'), await spoken('anna')))
    expect(
      await matrix({
        caller: { tone: 500, listen: caller.listen },
        anna: { tone: 900, listen: talking.listen },
      }),
    ).toEqual({ caller: ['anna'], anna: ['caller'] })
  })
})

/** 13:00 of tomorrow in the company's zone. */
function tomorrowAt13(): number {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(later(24))
  const asUtc = Date.parse(`${day}T13:00:00Z`)
  const hour = Number(
    new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Stockholm',
      hour: '2-digit',
      hourCycle: 'h23',
    }).format(asUtc),
  )
  return asUtc - (hour - 13) * 3_600_000
}

async function missedCallsOf(person: string) {
  return office.redis.stores.missedCalls.list('kontoret' as CompanyId, person as PersonId, 10)
}

/** The mails written for an address, oldest first. */
function mailsTo(address: string): readonly string[] {
  const directory = office.exchange.environment['VAXEL_MAIL_DIR'] ?? ''
  let files: readonly string[] = []
  try {
    files = readdirSync(directory).sort()
  } catch {
    // no mail yet
  }
  return files
    .map((file) => readFileSync(join(directory, file), 'latin1'))
    .filter((text) => text.includes(address))
}

/** The sound attached to a mail, 8 kHz, -1..1. */
function soundIn(mail: string): Float32Array {
  const encoded = /Content-Type: audio\/[^]*?\r?\n\r?\n([A-Za-z0-9+/=\r\n]+)/i.exec(mail)?.[1] ?? ''
  const bytes = Buffer.from(encoded, 'base64')
  expect(bytes.toString('latin1', 0, 4)).toBe('RIFF')
  const samples = new Float32Array(Math.floor((bytes.length - 44) / 2))
  for (let index = 0; index < samples.length; index += 1)
    samples[index] = bytes.readInt16LE(44 + index * 2) / 32_768
  return samples
}
