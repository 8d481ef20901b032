import { describe, expect, it } from 'vitest'
import { mailboxOf } from '../../src/domain/directory/provision.js'
import type { PersonId } from '../../src/domain/ids.js'
import { officeFile, type Office } from '../support/office.js'
import { openOffice } from './opened.js'

const anna = 'anna' as PersonId
const messagesOf = (office: Office) => office.memory.stores.messages.list(office.company.company, anna)
const callbacksOf = (office: Office) => office.memory.stores.callbacks.list(office.company.company, anna)
const mails = async (office: Office) =>
  (await office.memory.stores.outbox.due(office.clock.now(), 10)).map(({ item }) => item)
const lamp = (office: Office) =>
  office.exchange.lamps.get(
    mailboxOf(
      office.company,
      office.company.people.find(({ id }) => id === anna)!,
    ),
  )

/** Somebody calls Anna, who does not answer, and is in her mailbox after the tone. */
async function leavesMessage(office: Office, from = '+46701740630', speaksFor = 5) {
  const caller = await office.outsideCalls('+46846500401', from)
  caller.speaksFor = speaksFor
  await office.pass(21.5)
  expect(caller.recording).toBeDefined()
  return caller
}

describe('the mailbox', () => {
  it('O-17 greets, records, ends at five seconds of silence; lamp and mail', async () => {
    const office = await openOffice()
    const caller = await leavesMessage(office)
    expect(caller.sounds[0]).toMatch(/^Hej! Du har kommit till Anna Andersson på Kontoret AB/)
    await office.pass(10)
    expect(caller.sounds.at(-1)).toBe('Tack. Ditt meddelande är sparat.')
    await office.pass(1)
    expect(caller.alive).toBe(false)
    expect(await messagesOf(office)).toMatchObject([{ from: '+46701740630', seconds: 10, heard: false }])
    expect(lamp(office)).toEqual({ fresh: 1, heard: 0 })
    expect(await mails(office)).toMatchObject([
      { to: ['anna@kontoret.example'], attachment: { recording: (await messagesOf(office))[0]!.recording } },
    ])
  })

  it('O-17 a message ends after three minutes, or with #', async () => {
    const office = await openOffice()
    await leavesMessage(office, '+46701740630', 1_000)
    await office.pass(181)
    expect(await messagesOf(office)).toMatchObject([{ seconds: 180 }])
    const quick = await leavesMessage(office)
    await office.pass(3)
    quick.press('#')
    await office.pass(0.1)
    expect((await messagesOf(office))[0]?.seconds).toBeLessThanOrEqual(4)
  })

  it('O-17 less than two seconds is no message', async () => {
    const office = await openOffice()
    const caller = await leavesMessage(office)
    caller.press('#')
    await office.pass(1)
    expect(caller.sounds.at(-1)).toBe('Meddelandet var för kort.')
    expect(await messagesOf(office)).toEqual([])
    expect(office.exchange.recordings.size).toBe(0)
    expect(await mails(office)).toEqual([])
  })

  it('O-17 who hangs up while speaking has left the message', async () => {
    const office = await openOffice()
    const caller = await leavesMessage(office)
    await office.pass(3)
    caller.hangUp()
    await office.pass(1)
    expect(await messagesOf(office)).toHaveLength(1)
    expect(lamp(office)).toEqual({ fresh: 1, heard: 0 })
    expect(await office.memory.stores.calls.list(office.company.company)).toEqual([])
  })

  it('O-17 any key skips the greeting', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(20.5)
    caller.press('5')
    await office.pass(0.1)
    expect(caller.recording).toBeDefined()
  })

  it('M-05 a message that cannot be stored is not promised', async () => {
    const office = await openOffice()
    const caller = await leavesMessage(office)
    office.memory.control.setUnavailable(true)
    await office.pass(10.5)
    expect(caller.sounds.at(-1)).toBe('Meddelandet kunde inte sparas.')
    expect(office.faults.splice(0).map(({ message }) => message)).toEqual([
      'a voice message could not be stored',
    ])
    office.memory.control.setUnavailable(false)
    office.kill()
    await office.start()
    expect(await messagesOf(office), 'it is kept at the next start').toHaveLength(1)
  })

  it('O-17 *98 plays messages newest first: again, save, delete; the lamp follows', async () => {
    const office = await openOffice()
    await leavesMessage(office, '+46701740631')
    await office.pass(20)
    await leavesMessage(office, '+46701740632')
    await office.pass(20)
    expect(lamp(office)).toEqual({ fresh: 2, heard: 0 })
    const [newest, oldest] = await messagesOf(office)
    const listener = await office.dials('anna-bord', '*98')
    await office.pass(1)
    expect(listener.sounds[0]).toBe('Du har två nya meddelanden.')
    await office.pass(4)
    listener.press('1')
    await office.pass(4)
    expect(listener.sounds.filter((sound) => sound === `recording:${newest!.recording}`)).toHaveLength(2)
    listener.press('3')
    await office.pass(5)
    expect(listener.sounds).toContain(`recording:${oldest!.recording}`)
    listener.press('2')
    await office.pass(3)
    expect(listener.sounds.at(-1)).toBe('Det finns inga fler meddelanden.')
    expect(await messagesOf(office)).toMatchObject([{ recording: oldest!.recording, heard: true }])
    expect(office.exchange.recordings.has(newest!.recording)).toBe(false)
    expect(lamp(office)).toEqual({ fresh: 0, heard: 1 })
  })

  it('O-17 a message whose sound is gone ends no call', async () => {
    const office = await openOffice()
    await leavesMessage(office)
    await office.pass(12)
    office.exchange.recordings.clear()
    const listener = await office.dials('anna-bord', '*98')
    await office.pass(15)
    expect(listener.sounds.filter((sound) => sound.includes('Ett fel har uppstått'))).toHaveLength(1)
    expect(listener.sounds).toContain('Det finns inga fler meddelanden.')
    expect(listener.leftTo).toBeUndefined()
  })
})

describe('a request to be called back', () => {
  /** Anna is at lunch; somebody calls and presses 2. */
  async function asks(office: Office, from?: string) {
    const caller = await office.outsideCalls('+46846500401', from)
    await office.pass(1.5)
    caller.press('2')
    await office.pass(0.5)
    return caller
  }

  it('H-37 for the number shown, confirmed by 1: stored, lamp, mail; a second one is told so', async () => {
    const office = await openOffice()
    await office.away('anna', { reason: 'lunch' })
    const caller = await asks(office)
    caller.press('1')
    await office.pass(3)
    expect(caller.sounds.at(-1)).toMatch(/^Tack\. Du blir uppringd på .* Tack för att du ringde\.$/)
    expect(caller.alive).toBe(false)
    expect(await callbacksOf(office)).toMatchObject([{ number: '+46701740630' }])
    expect(lamp(office)).toEqual({ fresh: 1, heard: 0 })
    const again = await asks(office)
    again.press('1')
    await office.pass(3)
    expect(again.sounds.at(-1)).toMatch(/^Du har redan bett att bli uppringd/)
    expect(await callbacksOf(office)).toHaveLength(1)
    expect(await mails(office)).toHaveLength(1)
  })

  it('H-37 for another number that is keyed, or when none is shown; three wrong ones are too many', async () => {
    const office = await openOffice()
    await office.away('anna', { reason: 'lunch' })
    const other = await asks(office)
    other.press('2')
    await office.pass(1.5)
    other.press('0812345678#')
    await office.pass(4)
    const withheld = await asks(office, 'anonymous')
    expect(withheld.sounds.at(-1)).toMatch(/^Ditt nummer visas inte/)
    withheld.press('0812345679#')
    await office.pass(4)
    expect((await callbacksOf(office)).map(({ number }) => number)).toEqual(['+46812345678', '+46812345679'])
    const wrong = await asks(office, 'anonymous')
    wrong.press('1#2#3#')
    await office.pass(7)
    expect(wrong.sounds.at(-1)).toBe('För många försök.')
  })

  it('H-37 is heard by *98, and key 1 calls up', async () => {
    const office = await openOffice()
    await office.away('anna', { reason: 'lunch' })
    const caller = await asks(office)
    caller.press('1')
    await office.pass(3)
    const listener = await office.dials('anna-bord', '*98')
    await office.pass(1.5)
    expect(listener.sounds[0]).toBe('En person har bett att bli uppringd.')
    listener.press('1')
    await office.pass(0.5)
    const outside = office.ring('kontoret-trunk')
    expect(outside.dialled).toBe('+46701740630')
    outside.answer()
    await office.pass(1)
    expect(listener.hears).toEqual([outside])
    expect(await callbacksOf(office)).toEqual([])
  })
})

describe('own recordings', () => {
  it('H-28 H-32 *77 records name, greeting or reason; it may be heard, made again, saved and removed', async () => {
    const office = await openOffice()
    const phone = await office.dials('anna-bord', '*77*1#')
    await office.pass(3)
    phone.press('#')
    await office.pass(1.5)
    expect(phone.sounds.at(-1)).toMatch(/^Tryck ett för att lyssna/)
    phone.press('1')
    await office.pass(3.5)
    expect(phone.sounds).toContain('recording:own-in-1')
    phone.press('3')
    await office.pass(3)
    phone.press('#')
    await office.pass(1.5)
    phone.press('2')
    await office.pass(0.9)
    expect(phone.sounds.at(-1)).toBe('Inspelningen är sparad.')
    expect(office.voice.recordings).toMatchObject([{ key: 'name/kontoret/anna' }])
    await office.pass(2)
    expect(office.exchange.recordings.size).toBe(0)

    const menu = await office.dials('anna-bord', '*77')
    await office.pass(1.5)
    menu.press('2')
    await office.pass(3)
    menu.press('#')
    await office.pass(1)
    menu.press('2')
    await office.pass(1)
    expect(office.voice.recordings.at(-1)).toMatchObject({ key: 'greeting/kontoret/anna' })
    const reason = await office.dials('anna-bord', '*77*9#')
    await office.pass(3)
    reason.press('#')
    await office.pass(1)
    reason.press('2')
    await office.pass(1)
    expect(office.voice.recordings.at(-1)).toMatchObject({ key: 'own-reason/kontoret/own', language: 'sv' })
  })

  const jour = { id: 'jour', digit: '8', argument: 'time', ends: '90 min', text: { sv: 'har jour' } }
  const annaHas = (more: object) => ({
    ...officeFile,
    people: officeFile.people.map((person) => (person.id === 'anna' ? { ...person, ...more } : person)),
  })

  it('H-28 a person may have reasons of their own: set by them and for them, read, and told to callers', async () => {
    const office = await openOffice(annaHas({ reasons: [jour] }))
    const anna = await office.dials('anna-bord', '*23*8*1500#')
    await office.pass(1)
    expect(anna.sounds.at(-1)).toBe('Hänvisning: har jour, åter klockan femton.')
    await office.pass(3)
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(caller.sounds[0]).toBe('Anna Andersson har jour och är åter klockan femton.')
    const reading = await office.dials('anna-bord', '*#23#')
    await office.pass(1)
    expect(reading.sounds.at(-1)).toBe('Hänvisning: har jour, åter klockan femton.')

    const boss = await office.dials('bo-bord', '*230*101*8#')
    await office.pass(2)
    expect(boss.sounds.at(-1)).toContain('har jour')
    const [set] = (await office.absencesOf('anna')).set.filter(({ source }) => source === 'deputy')
    expect((set?.until ?? 0) - (set?.from ?? 0)).toBe(90 * 60_000)
  })

  it('H-28 for colleagues the same digit is the reason of the company', async () => {
    const office = await openOffice(annaHas({ reasons: [jour] }))
    const erik = await office.dials('erik-bord', '*23*8*1500#')
    await office.pass(1)
    expect(erik.sounds.at(-1)).toBe('Hänvisning: utbildning, åter klockan femton.')
  })

  it('H-28 *77 records a reason of one’s own for oneself, one of the company for everybody', async () => {
    const reasons = [{ id: 'kund', digit: '9', argument: 'time', text: { sv: 'är hos en kund' } }]
    const office = await openOffice({ ...annaHas({ reasons: [jour] }), reasons })
    const record = async (device: string, code: string) => {
      const phone = await office.dials(device, code)
      await office.pass(3)
      phone.press('#')
      await office.pass(1)
      phone.press('2')
      await office.pass(1)
      return office.voice.recordings.at(-1)?.key
    }
    expect(await record('anna-bord', '*77*8#')).toBe('own-reason/kontoret/anna/jour')
    expect(await record('anna-bord', '*77*9#')).toBe('own-reason/kontoret/kund')
    expect(await record('erik-bord', '*77*8#')).toBe('own-reason/kontoret/training')
  })

  it('H-28 a company may have reasons of its own, with its own words', async () => {
    const reasons = [{ id: 'kund', digit: '9', argument: 'time', text: { sv: 'är hos en kund' } }]
    const office = await openOffice({ ...officeFile, reasons })
    await office.dials('anna-bord', '*23*9*1500#')
    await office.pass(4)
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(caller.sounds[0]).toBe('Anna Andersson är hos en kund och är åter klockan femton.')
  })
})
