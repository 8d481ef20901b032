import type { CalendarEntry } from '../domain/absence/calendar-entries.js'
import type { Company, Person } from '../domain/directory/company.js'
import type { CompanyId, Milliseconds, PersonId, Zone } from '../domain/ids.js'
import { addDays } from '../domain/time/calendar.js'
import { dateAt, startOfDay } from '../domain/time/wall-time.js'
import { CalendarUnavailable, type CalendarFeeds, type CalendarWindow } from '../ports/calendar.js'
import type { Logger } from '../ports/log.js'
import type { Scope } from '../runtime/scope.js'

const refreshEvery: Milliseconds = 300_000
/** What happened the day before yesterday may still run; a return further away than this is not told in advance. */
const daysBack = 2
const daysAhead = 60
/** Feeds fetched at once: one slow server does not hold up the others. */
const lanes = 8

interface Known {
  readonly address: string
  readonly zone: Zone
  readonly entries: readonly CalendarEntry[]
  /** Said once, not every five minutes. */
  readonly failing: boolean
}

interface Feed {
  readonly company: CompanyId
  readonly person: PersonId
  readonly address: string
  readonly zone: Zone
}

/**
 * The entries of people's calendar feeds as last fetched (H-19), read again every five minutes and when a company changes. When a feed
 * cannot be read, what was read before stays; a person whose address changed has no entries until the new one was read.
 */
export class CalendarBook {
  readonly #feeds: CalendarFeeds
  readonly #log: Logger
  readonly #known = new Map<string, Known>()
  #changed: () => void = () => undefined

  constructor(feeds: CalendarFeeds, log: Logger) {
    this.#feeds = feeds
    this.#log = log
  }

  entries(company: CompanyId, person: PersonId): readonly CalendarEntry[] {
    return this.#known.get(keyOf(company, person))?.entries ?? []
  }

  /** The companies were read again: feeds are fetched now, and those of people who are gone are forgotten. */
  companiesChanged(): void {
    this.#changed()
  }

  /** Keeps the entries fresh for as long as the scope lives. */
  async follow(scope: Scope, companies: () => readonly Company[]): Promise<never> {
    for (;;) {
      let changed = false
      this.#changed = () => {
        changed = true
      }
      const feeds = companies().flatMap(feedsOf)
      this.#forgetAllBut(feeds)
      await this.#refresh(feeds, scope)
      // What changed during the round is fetched at once. Told by the callback, which the compiler does not see.
      if (changed as boolean) continue
      await scope.race({
        changed: (waiting) =>
          waiting.wait<undefined>(({ resolve }) => {
            this.#changed = () => {
              resolve(undefined)
            }
          }),
        // Nobody has a calendar: nothing is due until a company changes.
        due: (waiting) => (feeds.length === 0 ? waiting.forever() : waiting.sleep(refreshEvery)),
      })
    }
  }

  #forgetAllBut(feeds: readonly Feed[]): void {
    const kept = new Map(feeds.map((feed) => [keyOf(feed.company, feed.person), feed]))
    for (const [key, known] of this.#known) {
      const feed = kept.get(key)
      if (feed?.address !== known.address || feed.zone !== known.zone) this.#known.delete(key)
    }
  }

  async #refresh(feeds: readonly Feed[], scope: Scope): Promise<void> {
    const waiting = [...feeds]
    const lane = async (running: Scope): Promise<void> => {
      for (let feed = waiting.shift(); feed; feed = waiting.shift())
        await running.of(this.#read(feed, running))
    }
    await Promise.all(
      Array.from({ length: Math.min(lanes, feeds.length) }, () => scope.run('calendars', lane)),
    )
  }

  async #read(feed: Feed, scope: Scope): Promise<void> {
    const { company, person, address, zone } = feed
    const known = this.#known.get(keyOf(company, person))
    try {
      const { entries, skipped } = await this.#feeds.read(address, windowAt(scope.clock.now(), zone))
      this.#known.set(keyOf(company, person), { address, zone, entries, failing: false })
      this.#log.debug('a calendar was read', { company, person, entries: entries.length, skipped })
    } catch (error) {
      if (!(error instanceof CalendarUnavailable)) throw error
      const { problem, status } = error
      this.#known.set(keyOf(company, person), { address, zone, entries: known?.entries ?? [], failing: true })
      const fields = { company, person, problem, status }
      if (known?.failing === true) this.#log.debug('a calendar still cannot be read', fields)
      else this.#log.warn('a calendar cannot be read; its last known entries stay', fields)
    }
  }
}

/** Whole days, so that an unchanged feed need not be read again until midnight. */
function windowAt(now: number, zone: Zone): CalendarWindow {
  const today = dateAt(now, zone)
  return {
    from: startOfDay(addDays(today, -daysBack), zone),
    until: startOfDay(addDays(today, daysAhead), zone),
    zone,
  }
}

const feedsOf = ({ company, zone, people }: Company): readonly Feed[] =>
  people.flatMap(({ id, calendar }: Person) =>
    calendar === undefined ? [] : [{ company, person: id, address: calendar, zone }],
  )

const keyOf = (company: CompanyId, person: PersonId): string => `${company} ${person}`
