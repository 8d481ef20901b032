import { describe, expect, it } from 'vitest'
import { openOffice } from './opened.js'

describe('somebody who goes to lunch', () => {
  it('H-01 H-09 keys the whole code, hears it confirmed, and callers hear why and until when', async () => {
    const office = await openOffice()
    const anna = await office.dials('anna-bord', '*23*1*1300#')
    expect(anna.state).toBe('up')
    await office.pass(0.7)
    expect(anna.sounds).toEqual(['tone:accept:se', 'Hänvisning: lunch, åter klockan tretton.'])
    expect((await office.absencesOf('anna')).set).toMatchObject([
      { reason: 'lunch', until: Date.parse('2026-11-23T13:00:00+01:00') },
    ])
    await office.pass(2)
    expect(anna.ended).toMatchObject({ reason: 'normal' })

    const caller = await office.outsideCalls('+46846500401')
    await office.pass(1)
    expect(caller.sounds[0]).toBe('Anna Andersson är på lunch och är åter klockan tretton.')
    expect(office.exchange.ringing('anna-bord')).toEqual([])
    expect(office.faults).toEqual([])
  })

  it('H-01 dials the bare code and keys the rest', async () => {
    const office = await openOffice()
    const anna = await office.dials('anna-bord', '*23')
    anna.press('1*1300#')
    await office.pass(1)
    expect(anna.sounds).toContain('Hänvisning: lunch, åter klockan tretton.')
  })
})
