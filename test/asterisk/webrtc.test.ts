import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readCompanyFile } from '../../src/adapters/files/company-file.js'
import type { CompanyId, PersonId } from '../../src/domain/ids.js'
import { projectDirectory } from '../../src/project.js'
import { startBrowserPhone, type BrowserCall, type BrowserPhone } from '../support/browser/browser-phone.js'
import { careForFailures } from '../support/after-failure.js'
import type { Call } from '../support/phones/call.js'
import type { Phone } from '../support/phones/phone.js'
import { startRealOffice, type CompanyFile, type RealOffice } from '../support/real-office.js'
import { matrix } from '../support/sound/matrix.js'

/** The example company as it stands, but always at work: a test must not hang on the time of day. */
function exampleAtWork(): CompanyFile {
  const read = readCompanyFile(readFileSync(join(projectDirectory, 'company/exempel.yaml'), 'utf8'))
  if (read.kind !== 'company') throw new Error(JSON.stringify(read))
  const people = read.company.people.map((person) => ({ ...person, schedule: undefined, recurring: [] }))
  return { ...read.company, people }
}

describe('Fatima, whose telephone is her browser, and Anna, who has one on the desk', () => {
  let office: RealOffice
  let fatima: BrowserPhone
  let anna: Phone
  const open: { stop(): Promise<void> }[] = []

  beforeAll(async () => {
    office = await startRealOffice({ files: [exampleAtWork()] })
    open.push(office)
    anna = await office.phone('bord-eken', 500)
    fatima = await startBrowserPhone({
      name: 'webb-fyren',
      password: office.passwordOf('webb-fyren'),
      socket: `${office.exchange.ari.url.replace('http', 'ws')}/ws`,
      tone: 1300,
    })
    open.push(fatima)
  })
  careForFailures(() => office)
  afterEach(async () => {
    await fatima.hangupAll()
    await Promise.all(anna.calls().map((call) => call.hangup().catch(() => undefined)))
    await office.noChannelsLeft()
  })
  afterAll(async () => {
    for (const started of open.reverse()) await started.stop()
  })

  const bothHear = async (browser: BrowserCall, desk: Call): Promise<void> => {
    // Packets on their way before: the first of them come while keys are still being agreed on.
    await expect
      .poll(async () => (await browser.statistics()).received, { timeout: 10_000 })
      .toBeGreaterThan(20)
    expect(
      await matrix({
        fatima: { tone: fatima.tone, listen: browser.listen },
        anna: { tone: anna.tone, listen: desk.listen },
      }),
    ).toEqual({ fatima: ['anna'], anna: ['fatima'] })
  }

  it('R-04 she calls: Anna’s telephone rings, and both hear each other, encrypted up to the exchange', async () => {
    const calling = await fatima.dial('101')
    const ringing = await anna.ringing()
    expect(ringing.peer).toMatchObject({ number: '111', name: 'Fatima Haddad' })
    await ringing.accept()
    await calling.talking()
    await bothHear(calling, ringing)
    const { encryption, cipher, codec, sent } = await calling.statistics()
    expect(encryption).toBe('connected')
    expect(cipher).toMatch(/AES/)
    expect(codec).toMatch(/^audio\/(PCMA|PCMU|G722)$/)
    expect(sent).toBeGreaterThan(20)
    await calling.hangup()
    await ringing.closed()
  })

  it('R-04 she is called: the page rings with the caller’s number, and both hear each other', async () => {
    const calling = await anna.dial('111')
    const ringing = await fatima.ringing()
    expect(ringing.peer).toBe('101')
    expect((await calling.progress()).status).toBe(180)
    await ringing.accept()
    await calling.answered()
    await ringing.talking()
    await bothHear(ringing, calling)
    await calling.hangup()
    await ringing.over()
  })

  it('H-01 H-30 she dials a whole absence, and Anna is told of it', async () => {
    const setting = await fatima.dial('*23*1*2359#')
    await setting.over()
    const { set } = await office.redis.stores.absences.read('exempel' as CompanyId, 'fatima' as PersonId)
    expect(set).toMatchObject([{ reason: 'lunch' }])
    const calling = await anna.dial('111')
    await calling.answered()
    await calling.listen(4000)
    await calling.hangup()
    await calling.closed()
    expect(await office.lines.heardOf(calling.heard(), 'sv', ['reason'])).toEqual([
      expect.stringContaining('reason-lunch'),
    ])
    await office.away('fatima', undefined)
  })

  it('H-01 she dials the bare code and keys the rest during the call', async () => {
    const setting = await fatima.dial('*23')
    await setting.talking()
    await setting.keys('2*2359#')
    await setting.over()
    const { set } = await office.redis.stores.absences.read('exempel' as CompanyId, 'fatima' as PersonId)
    expect(set).toMatchObject([{ reason: 'meeting' }])
    await office.away('fatima', undefined)
  })
})
