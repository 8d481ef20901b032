import { describe, expect, it } from 'vitest'
import type { Office } from '../support/office.js'
import { openOffice } from './opened.js'
import { callsQueue, keys, queueFile, waits } from './queue-office.js'
import { openWeb } from './web.js'

interface Seen {
  readonly hours: readonly {
    readonly id: string
    readonly open: boolean
    readonly because: string
    readonly until?: string
    readonly override?: { readonly setBy: string; readonly means: string; readonly until?: string }
  }[]
}

const week = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, ['08:00-17:00']]))

/** A Monday at ten. Support keeps office hours; Sälj, with the number 301, has its own. */
const open = (start = '2026-11-23T10:00:00+01:00'): Promise<Office> =>
  openOffice(
    queueFile(
      { members: ['anna'], login: 'always', hours: 'kontor' },
      [
        { id: 'salj', name: 'Sälj', number: '301', members: ['erik'], hours: 'salj' },
        { id: 'jour', name: 'Jour', number: '302', members: ['bo'] },
      ],
      {
        hours: [
          { id: 'kontor', week },
          { id: 'salj', week: { mon: ['09:00-12:00'] } },
        ],
        roles: { chef: { maySetHours: true } },
      },
    ),
    start,
  )

const closedNow = 'Vi har stängt. Lämna ett meddelande efter tonen.'
const isLetIn = async (office: Office): Promise<boolean> => {
  const caller = await callsQueue(office)
  const letIn = waits(caller)
  if (!letIn) expect(caller.sounds[0]).toContain(closedNow)
  caller.hangUp()
  await office.pass(1)
  return letIn
}

describe('opening hours set by hand', () => {
  it('O-04 by HTTP: of many requests in one moment none is lost', async () => {
    const office = await open()
    const web = await openWeb(office)
    const until = '2026-11-23T11:00:00+01:00'
    const asked = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'kontor' : 'salj'))
    await Promise.all(
      asked.map((hours) => web.ask('PUT', `/hours/${hours}/override`, { state: 'closed', until })),
    )
    const { hours } = await web.ask<Seen>('GET', '/hours')
    expect(hours.map(({ id, open: isOpen, because }) => [id, isOpen, because])).toEqual([
      ['kontor', false, 'override'],
      ['salj', false, 'override'],
    ])
  })

  it('O-04 by HTTP: closed until then, shown with who and until when, and ended early', async () => {
    const office = await open()
    const web = await openWeb(office)
    expect(await web.ask<Seen>('GET', '/hours')).toEqual({
      hours: [
        { id: 'kontor', open: true, because: 'weekly', until: '2026-11-23T16:00:00.000Z' },
        { id: 'salj', open: true, because: 'weekly', until: '2026-11-23T11:00:00.000Z' },
      ],
    })
    const until = '2026-11-23T11:00:00+01:00'
    const closed = await web.ask<Seen>('PUT', '/hours/kontor/override', { state: 'closed', until })
    expect(closed.hours).toMatchObject([
      {
        ...{ id: 'kontor', open: false, because: 'override', until: '2026-11-23T10:00:00.000Z' },
        override: { kind: 'closed', setBy: 'operator', means: 'api', until: '2026-11-23T10:00:00.000Z' },
      },
    ])
    expect(await isLetIn(office)).toBe(false)
    const usual = await web.ask<Seen>('DELETE', '/hours/kontor/override')
    expect(usual.hours).toMatchObject([{ open: true, because: 'weekly' }])
    expect(await isLetIn(office)).toBe(true)
  })

  it('O-04 by HTTP: it ends by itself', async () => {
    const office = await open()
    const web = await openWeb(office)
    await web.ask('PUT', '/override', { state: 'closed', until: '2026-11-23T09:01:00Z' })
    expect(await isLetIn(office)).toBe(false)
    await office.pass(60)
    expect(await isLetIn(office)).toBe(true)
    expect((await web.ask<Seen>('GET', '/hours/kontor')).hours[0]).not.toHaveProperty('override')
  })

  it('O-04 by HTTP: an emergency of the whole company outlasts what is set by hand, until it is lifted', async () => {
    const office = await open()
    const web = await openWeb(office)
    await web.ask('PUT', '/emergency', {})
    await web.ask('PUT', '/override', { state: 'open', until: '2026-11-23T20:00:00Z' })
    const { hours } = await web.ask<Seen>('DELETE', '/override')
    expect(hours.map(({ open: is, because }) => [is, because])).toEqual([
      [false, 'emergency'],
      [false, 'emergency'],
    ])
    expect(await isLetIn(office)).toBe(false)
    expect((await web.ask<Seen>('DELETE', '/emergency')).hours[0]).toMatchObject({ open: true })
  })

  it.each([
    ['GET', '/hours/okand', undefined, 'noSuchHours', 404],
    ['PUT', '/hours/okand/override', { state: 'open', until: '2026-11-23T20:00:00Z' }, 'noSuchHours', 404],
    ['DELETE', '/hours/okand/emergency', undefined, 'noSuchHours', 404],
    ['PUT', '/override', { state: 'open', until: '2026-11-23T08:59:59Z' }, 'endPassed', 409],
    ['PUT', '/override', { state: 'open' }, 'badRequest', 400],
    ['PUT', '/override', { state: 'ajar', until: '2026-11-23T20:00:00Z' }, 'badRequest', 400],
    ['PUT', '/override', { state: 'open', until: '20:00' }, 'badRequest', 400],
    ['PUT', '/override', { state: 'open', until: '2026-02-30T20:00:00Z' }, 'badRequest', 400],
    ['PUT', '/emergency', { until: '2026-11-23T08:00:00Z' }, 'endPassed', 409],
    ['POST', '/override', { state: 'open' }, 'methodNotAllowed', 405],
  ] as const)('O-04 %s %s with %j is refused as %s', async (method, url, body, code, status) => {
    const office = await open()
    const web = await openWeb(office)
    expect(await web.refused(method, url, body)).toMatchObject({ code, status })
    expect((await office.memory.stores.hours.read(office.company.company)).set).toEqual([])
  })

  it('O-04 by code: the reception closes until a time, hears so, and goes back to the usual', async () => {
    const office = await open()
    const heard = await keys(office, 'rut-bord', '*24*0*1130*300#')
    expect(heard.join(' ')).toContain(
      'Nu är det stängt. Det är inställt för hand. Det ändras i dag klockan elva och trettio.',
    )
    expect(await isLetIn(office)).toBe(false)
    const { set } = await office.memory.stores.hours.read(office.company.company)
    expect(set).toMatchObject([{ kind: 'closed', hours: 'kontor', setBy: 'rut', means: 'keypad' }])
    const usual = await keys(office, 'rut-bord', '#24*300#')
    expect(usual.join(' ')).toContain('De vanliga öppettiderna gäller. Nu är det öppet.')
    expect(await isLetIn(office)).toBe(true)
  })

  it('O-04 by code: without a queue for the whole company, also by whose role allows it; a time past today is one of tomorrow', async () => {
    const office = await open('2026-11-23T18:00:00+01:00')
    expect((await keys(office, 'bo-bord', '*24*1*0700#')).join(' ')).toContain(
      'Nu är det öppet. Det är inställt för hand. Det ändras i morgon klockan sju.',
    )
    expect(await isLetIn(office)).toBe(true)
    expect((await keys(office, 'erik-bord', '*#24#')).join(' ')).toContain('Nu är det öppet.')
  })

  it('O-04 by code, keyed in two steps', async () => {
    const office = await open()
    const leg = await office.dials('rut-bord', '*24')
    for (const key of '01130#') {
      leg.press(key)
      await office.pass(0.3)
    }
    await office.pass(10)
    expect(leg.sounds.join(' ')).toContain('Det ändras i dag klockan elva och trettio.')
  })

  it.each([
    ['anna-bord', '*24*1*2000#', 'Du saknar behörighet'],
    ['rut-bord', '*24*1*2561#', 'klockslag'],
    ['rut-bord', '*24*7*2000#', 'Fel'],
    ['rut-bord', '*24*1*2000*399#', 'Kön finns inte'],
    ['rut-bord', '*24*1*2000*302#', 'Det finns inga öppettider'],
    ['rut-bord', '*#24#', 'Öppettiderna skiljer sig. Ange en kö'],
  ])('O-04 %s keys %s and is refused: %s', async (device, code, words) => {
    const office = await open()
    expect((await keys(office, device, code)).at(-1)).toContain(words)
    expect((await office.memory.stores.hours.read(office.company.company)).set).toEqual([])
  })

  it('O-04 a code taken before a crash is carried out once', async () => {
    const office = await open()
    const leg = await office.dials('rut-bord', '*24*0*1130#')
    office.kill()
    await office.start()
    await office.pass(10)
    expect(leg.alive).toBe(false)
    expect((await office.memory.stores.hours.read(office.company.company)).set).toHaveLength(1)
  })
})
