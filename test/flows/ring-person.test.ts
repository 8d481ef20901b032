import { describe, expect, it } from 'vitest'
import { openOffice } from './opened.js'

describe('a caller from outside', () => {
  it('R-04 reaches the person whose number was dialled, and both talk until one hangs up', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500401')
    const phone = office.ring('anna-bord')
    expect(caller.ringback).toBe(true)
    expect(caller.state).toBe('ringing')

    phone.answer()
    await office.pass(1)
    expect(caller.state).toBe('up')
    expect(caller.hears).toEqual([phone])
    expect(phone.hears).toEqual([caller])

    phone.hangUp()
    await office.pass(1)
    expect(caller.ended).toMatchObject({ by: 'exchange', reason: 'normal' })
    expect(office.exchange.rooms).toEqual([])
    expect(office.switchboard.calls).toBe(0)
    expect(office.faults).toEqual([])
  })

  it('G-04 is led on when nobody answers in time, and the person sees a missed call', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500401')
    await office.pass(21)
    expect(office.exchange.ringing('anna-bord')).toEqual([])
    expect(caller.alive).toBe(true)
    expect(caller.sounds[0]).toMatch(/Anna Andersson/)
    const missed = await office.memory.stores.missedCalls.list(
      office.company.company,
      office.company.people[1]!.id,
      5,
    )
    expect(missed.map((call) => call.why)).toContain('noAnswer')
  })

  it('rings all phones of a person; the others are told "answered elsewhere"', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500402')
    const desk = office.ring('erik-bord')
    const mobile = office.ring('erik-mobil')
    mobile.answer()
    await office.pass(1)
    expect(desk.ended).toMatchObject({ end: 'answeredElsewhere' })
    expect(caller.hears).toEqual([mobile])
    caller.hangUp()
    await office.pass(1)
    expect(mobile.alive).toBe(false)
    expect(office.exchange.rooms).toEqual([])
  })

  it('who hangs up while it rings stops the phone', async () => {
    const office = await openOffice()
    const caller = await office.outsideCalls('+46846500401')
    const phone = office.ring('anna-bord')
    caller.hangUp()
    await office.pass(1)
    expect(phone.alive).toBe(false)
    expect(office.switchboard.calls).toBe(0)
    expect(office.faults).toEqual([])
  })
})
