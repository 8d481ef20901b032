import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { calendarFeeds } from '../../../src/adapters/calendar/feeds.js'
import { CalendarUnavailable } from '../../../src/ports/calendar.js'
import { systemClock } from '../../../src/runtime/clock.js'

const port = 25_071
const address = `http://127.0.0.1:${String(port)}/anna/secret-token.ics`
const window = {
  from: Date.parse('2026-11-21T00:00:00+01:00'),
  until: Date.parse('2027-01-22T00:00:00+01:00'),
  zone: 'Europe/Stockholm',
}
const calendar = (title: string) =>
  `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261123T090000Z\r\nDTEND:20261123T100000Z\r\nSUMMARY:${title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`

let answer: (request: IncomingMessage, response: ServerResponse) => void
let server: Server
const requests: IncomingMessage[] = []

// One server for all: connections are kept for a while, also past a test.
beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
})
beforeEach(() => {
  requests.length = 0
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const feeds = (more: object = {}) => calendarFeeds({ clock: systemClock, timeout: 5_000, ...more })

async function problemOf(reading: Promise<unknown>): Promise<CalendarUnavailable> {
  const error: unknown = await reading.then(
    () => undefined,
    (fault: unknown) => fault,
  )
  if (!(error instanceof CalendarUnavailable)) throw new Error(`not refused: ${String(error)}`)
  return error
}

describe('H-19 calendar feeds', () => {
  it('are fetched over http and read', async () => {
    answer = (_request, response) => response.end(calendar('Möte'))
    const { entries, skipped } = await feeds().read(address, window)
    expect(entries).toMatchObject([
      { id: '1', title: 'Möte', start: Date.parse('2026-11-23T10:00:00+01:00') },
    ])
    expect(skipped).toBe(0)
  })

  it('that have not changed are not sent again', async () => {
    answer = (request, response) => {
      if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end()
      else response.writeHead(200, { etag: '"v1"' }).end(calendar('Möte'))
    }
    const source = feeds()
    const first = await source.read(address, window)
    expect(await source.read(address, window)).toBe(first)
    expect(requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"'])
  })

  it('are read anew for another window, and when they change', async () => {
    let title = 'Ett'
    answer = (request, response) => {
      const tag = `"${title}"`
      if (request.headers['if-none-match'] === tag) response.writeHead(304).end()
      else response.writeHead(200, { etag: tag }).end(calendar(title))
    }
    const source = feeds()
    await source.read(address, window)
    const later = { ...window, from: Date.parse('2026-11-24T00:00:00+01:00') }
    expect((await source.read(address, later)).entries).toEqual([])
    title = 'Två'
    expect((await source.read(address, window)).entries).toMatchObject([{ title: 'Två' }])
  })

  it('log in with the name and password of the address', async () => {
    answer = (request, response) => {
      const asked = request.headers.authorization === `Basic ${Buffer.from('anna:p@ss').toString('base64')}`
      response.writeHead(asked ? 200 : 401).end(calendar('Möte'))
    }
    const { entries } = await feeds().read(address.replace('//', '//anna:p%40ss@'), window)
    expect(entries).toHaveLength(1)
  })

  it('are read from files', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vaxel-calendar-'))
    try {
      const file = join(directory, 'anna.ics')
      await writeFile(file, `\ufeff${calendar('Fil')}`)
      expect((await feeds().read(pathToFileURL(file).href, window)).entries).toMatchObject([{ title: 'Fil' }])
      expect((await problemOf(feeds({ largest: 10 }).read(pathToFileURL(file).href, window))).problem).toBe(
        'tooLarge',
      )
    } finally {
      await rm(directory, { recursive: true })
    }
    expect((await problemOf(feeds().read('file:///nowhere/at/all.ics', window))).problem).toBe('unreachable')
  })

  it.each([
    ['refused', (response: ServerResponse) => response.writeHead(403).end('no'), 403],
    ['notACalendar', (response: ServerResponse) => response.end('<html>Log in</html>'), undefined],
    ['unreachable', (response: ServerResponse) => response.destroy(), undefined],
    ['tooLarge', (response: ServerResponse) => response.end(calendar('x'.repeat(20_000))), undefined],
  ] as const)('%s is told apart, without a word of the address', async (problem, give, status) => {
    answer = (_request, response) => void give(response)
    const error = await problemOf(feeds({ largest: 10_000 }).read(address, window))
    expect(error).toMatchObject({ problem, status })
    expect(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('secret-token')
  })

  it('that unpack to more than is read are given up', async () => {
    const packed = gzipSync(calendar('x'.repeat(1_000_000)))
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed)
    expect(packed.byteLength).toBeLessThan(10_000)
    expect((await problemOf(feeds({ largest: 100_000 }).read(address, window))).problem).toBe('tooLarge')
  })

  it('that never end are given up in time', async () => {
    answer = (_request, response) => void response.write('BEGIN:VCALENDAR\r\n')
    expect((await problemOf(feeds({ timeout: 50 }).read(address, window))).problem).toBe('timedOut')
  })

  it.each(['', 'anna.ics', 'ftp://127.0.0.1/a.ics', 'data:text/calendar,x', 'http://'])(
    '%j is no address',
    async (text) => {
      expect((await problemOf(feeds().read(text, window))).problem).toBe('badAddress')
    },
  )
})
