import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Milliseconds } from '../../domain/ids.js'
import { CalendarUnavailable, type CalendarFeeds, type CalendarReading } from '../../ports/calendar.js'
import type { Clock } from '../../runtime/clock.js'
import { readCalendar } from './entries.js'

export interface FeedOptions {
  readonly clock: Clock
  /** A server that has not sent everything by then is given up. */
  readonly timeout?: Milliseconds
  /** Bytes, after unpacking. */
  readonly largest?: number
}

/** What a server or file gave. */
interface Fetched {
  readonly text: string
  readonly tag?: string | undefined
  readonly modified?: string | undefined
}

/** What was read last from an address. The text itself, which may be large, is not kept. */
interface Known extends Omit<Fetched, 'text'> {
  readonly fingerprint: string
  /** The window for which it was read. */
  readonly window: string
  readonly reading: CalendarReading
}

/** Reading a calendar that takes longer is given up; calls go on meanwhile. */
const longestReading: Milliseconds = 10_000
/** So long at most does reading a calendar keep calls waiting. */
const slice: Milliseconds = 10
const mostRemembered = 5_000

/** Fetches calendars over https, http and webcal, and from files. What the server says has not changed is not sent again (RFC 9110, 13.1). */
export function calendarFeeds({ clock, timeout = 10_000, largest = 5_000_000 }: FeedOptions): CalendarFeeds {
  const last = new Map<string, Known>()
  return {
    read: async (address, { from, until, zone }) => {
      const window = `${String(from)} ${String(until)} ${zone}`
      const found = last.get(address)
      const known = found?.window === window ? found : undefined
      const fetched = await fetchText(address, known, clock, timeout, largest)
      if (fetched === undefined && known !== undefined) return known.reading
      if (fetched === undefined) throw new CalendarUnavailable('refused', 304)
      const { text, tag, modified } = fetched
      const fingerprint = createHash('sha256').update(text).digest('base64')
      const reading =
        known?.fingerprint === fingerprint
          ? known.reading
          : await inSlices(readCalendar(text, { from, until, zone }), clock)
      if (last.size >= mostRemembered) last.clear()
      last.set(address, { tag, modified, fingerprint, window, reading })
      return reading
    },
  }
}

/** Undefined: unchanged. */
async function fetchText(
  address: string,
  known: Known | undefined,
  clock: Clock,
  timeout: Milliseconds,
  largest: number,
): Promise<Fetched | undefined> {
  const url = addressOf(address)
  const fetched =
    url.protocol === 'file:'
      ? await fromFile(url, largest)
      : await fromServer(url, known, clock, timeout, largest)
  if (fetched !== undefined && !/^\s*BEGIN:VCALENDAR\b/i.test(fetched.text))
    throw new CalendarUnavailable('notACalendar')
  return fetched
}

function addressOf(address: string): URL {
  try {
    const url = new URL(address.replace(/^webcals?:/i, 'https:'))
    if (['https:', 'http:', 'file:'].includes(url.protocol)) return url
  } catch {
    // Said below.
  }
  throw new CalendarUnavailable('badAddress')
}

async function fromFile(url: URL, largest: number): Promise<Fetched> {
  try {
    const path = fileURLToPath(url)
    const { size } = await stat(path)
    if (size > largest) throw new CalendarUnavailable('tooLarge')
    return { text: (await readFile(path, 'utf8')).replace(/^\ufeff/, '') }
  } catch (error) {
    // The file system's own error names the path.
    throw error instanceof CalendarUnavailable ? error : new CalendarUnavailable('unreachable')
  }
}

/** Undefined: unchanged. */
async function fromServer(
  url: URL,
  known: Known | undefined,
  clock: Clock,
  timeout: Milliseconds,
  largest: number,
): Promise<Fetched | undefined> {
  const given = new AbortController()
  const disarm = clock.after(timeout, () => {
    given.abort()
  })
  try {
    const response = await fetch(withoutPassword(url), {
      headers: headersOf(url, known),
      signal: given.signal,
    })
    if (response.status === 304) return undefined
    if (!response.ok) {
      await response.body?.cancel()
      throw new CalendarUnavailable('refused', response.status)
    }
    return {
      text: await textOf(response, largest),
      tag: response.headers.get('etag') ?? undefined,
      modified: response.headers.get('last-modified') ?? undefined,
    }
  } catch (error) {
    if (error instanceof CalendarUnavailable) throw error
    // The cause is left out: it names the host.
    throw new CalendarUnavailable(given.signal.aborted ? 'timedOut' : 'unreachable')
  } finally {
    disarm()
  }
}

/** `fetch` refuses addresses that hold a password; it travels in a header. */
function withoutPassword(url: URL): URL {
  const plain = new URL(url)
  plain.username = ''
  plain.password = ''
  return plain
}

function headersOf(url: URL, known: Known | undefined): Record<string, string> {
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return {
    accept: 'text/calendar, */*;q=0.5',
    ...(login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
    ...(known?.tag === undefined ? {} : { 'if-none-match': known.tag }),
    ...(known?.modified === undefined ? {} : { 'if-modified-since': known.modified }),
  }
}

/** Counted while it comes: a small answer can unpack to anything. Leaving the loop ends the transfer. */
async function textOf(response: Response, largest: number): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.byteLength
    if (size > largest) throw new CalendarUnavailable('tooLarge')
    parts.push(part)
  }
  return new TextDecoder().decode(Buffer.concat(parts))
}

/** Does the work a little at a time, so that calls never wait for a calendar. */
async function inSlices(work: Generator<undefined, CalendarReading>, clock: Clock): Promise<CalendarReading> {
  const started = clock.now()
  for (let since = started; ;) {
    const step = work.next()
    if (step.done === true) return step.value
    const now = clock.now()
    if (now - started > longestReading) throw new CalendarUnavailable('timedOut')
    if (now - since >= slice) {
      await new Promise<void>((resolve) => {
        clock.after(0, resolve)
      })
      since = clock.now()
    }
  }
}
